"""Chinese characters that are typed for one another because they sound alike."""

from __future__ import annotations

from functools import lru_cache

from assistant.planner.lexicon import read_table


def sound(text: str) -> str:
    """A text with each character that is often typed for another replaced by the first of them."""
    return "".join(_sounds().get(char, char) for char in text)


@lru_cache(maxsize=1)
def _sounds() -> dict[str, str]:
    found: dict[str, str] = {}
    for group in read_table("typos")["sounds"]:
        first = next((found[char] for char in group if char in found), group[0])
        found.update(dict.fromkeys(group, first))
    return found
