"""A language model's question back to the operator, held to the same rule as its prose: no numbers without evidence."""

from __future__ import annotations

import re

from assistant.evidence import Evidence
from assistant.phrases import phrase
from assistant.prose import ProseStream, render_sentence

_PROPOSED = re.compile(
    r"(?:last|past|top|first|at least|over|最近|近|过去|前|至少|超过)\s?\d+(?:\s?(?:days?|weeks?|months?|天|日|周|个月|月|名|位|个|次|单))?"
    r"|\d+\s?(?:days?|weeks?|months?|天|周|个月)",
    re.I,
)
"""Numbers that a choice proposes rather than states: a window, a limit or a threshold."""


def vetted_question(question: str, evidence: Evidence, language: str) -> str:
    """The question without the sentences that state what nothing vouches for; a plain one when none is left."""
    stream = ProseStream(evidence, language)
    text = (stream.feed(question) + stream.finish()).strip()
    return text or phrase("which").say(language)


def vetted_choices(choices: list[str], evidence: Evidence, language: str) -> list[str]:
    """The choices that state no number without evidence; they may propose one."""
    return [choice for choice in choices if render_sentence(_PROPOSED.sub("", choice), evidence, language) is not None]
