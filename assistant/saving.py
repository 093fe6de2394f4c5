"""Whether an operator asks to keep a group of customers as a segment."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.prompt_library import read_yaml

_BEFORE = 12
"""Characters before the word in which a refusal is looked for."""


def asks_to_save(question: str) -> bool:
    """Whether the operator's words ask to save, keep or name a segment."""
    wanted, refused = _patterns()
    return any(not refused.search(question[max(0, found.start() - _BEFORE) : found.start()]) for found in wanted.finditer(question))


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    words = read_yaml("saving.yaml")
    return _either(words["en"], words["zh"]), _either(words["refusals"]["en"], words["refusals"]["zh"])


def _either(english: list[str], chinese: list[str]) -> re.Pattern[str]:
    longest_first = sorted(english, key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, longest_first))})(?![A-Za-z])|{'|'.join(map(re.escape, chinese))}", re.I)
