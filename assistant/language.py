"""Which language a question is in."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def language_of(question: str, setting: str, before: str) -> str:
    """The language, "zh" or "en", to answer in.

    Args:
        question: The operator's words; any Chinese character makes them Chinese.
        setting: "zh" and "en" decide; "auto" leaves it to the question.
        before: The conversation's language, for a question without letters.
    """
    if setting in ("zh", "en"):
        return setting
    if _HAN.search(question):
        return "zh"
    return "en" if _LATIN.search(question) else before
