"""“Drop anybody under $500” after one customer was looked up: it is said of the list before."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from assistant.planner.dialogue import Dialogue
from assistant.planner.lexicon import read_table
from assistant.planner.normalise import normalise

_LOOKED_UP = "look_up_customer"


def with_list_before(question: str, dialogue: Dialogue) -> Dialogue:
    """The conversation without the customers who were looked up last, where the question is about several.

    Args:
        question: As it was typed.
        dialogue: The conversation so far.
    """
    last = dialogue.last
    if last is None or last.call.name != _LOOKED_UP or not any(one.search(normalise(question)) for one in _patterns()):
        return dialogue
    results = list(dialogue.results)
    while results and results[-1].call.name == _LOOKED_UP:
        results.pop()
    return replace(dialogue, results=tuple(results))


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(one) for one in read_table("several")["patterns"])
