"""Greetings, asking to be told, and thanks: taken off a question as it was typed, as most patterns look at where a question begins or ends.

What remains is the operator's own text, with its capitals and signs. A text that is nothing but manners stays as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.planner.lexicon import filled, named_patterns, read_table


def without_manners(question: str) -> str:
    """The question without what only opens and closes it: “你好，帮我…，谢谢” is “帮我…”."""
    bare = question.strip()
    for pattern in (*_patterns("opened"), *_patterns("closed")):
        bare = pattern.sub("", bare, count=1)
    return bare if bare.strip() else question


@lru_cache(maxsize=2)
def _patterns(part: str) -> tuple[re.Pattern[str], ...]:
    table = read_table("manners")
    names = named_patterns(table["names"])
    return tuple(re.compile(filled(one, names), re.IGNORECASE) for one in table[part])
