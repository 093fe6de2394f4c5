"""“How do the top 10 % of customers compare with the rest”: the best are found first, then both sides are set side by side."""

from __future__ import annotations

from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.plan import PRELUDE, Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shapes
from assistant.planner.within_top import Reads, cut_of


def against_rest(sentence: Sentence, dialogue: Dialogue, read: Reads) -> Plan | None:
    """The best of all and all others side by side; None where the question is no such comparison.

    Args:
        sentence: The question.
        dialogue: The conversation so far.
        read: The plan of a part of the question.
    """
    text = sentence.text.strip(" ?.!").replace(" %", "%")
    halves = next((found for pattern in shapes("rest", "compared") if (found := pattern.match(text))), None)
    best = cut_of(halves["top"], read) if halves else None
    if best is None:
        return None
    first = next_handle(list(dialogue.results))
    sentence.use(*range(len(sentence.tokens)))
    return Plan((best, Call("compare_segments", {"first": first, "second": {"not": {"segment": first}}})), ((PRELUDE, "1"),))
