"""“367和356只去过其中一家”, "bought MEAT or DELI but not both": those of one of two that are named, and not of the other."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.planner.asked import Asked
from assistant.planner.clauses import Rule
from assistant.planner.lexicon import read_table
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.set_changes import exclusive, two_alike


def with_one_of_two(asked: Asked) -> Plan | None:
    """The plan of those who did one of two things alone; None where the question names no two."""
    for pattern, both in _rewrites():
        words = pattern.sub(both, asked.text, count=1)
        if words == asked.text or not _names_two(asked.sentence(words)):
            continue
        found = asked.read(words)
        rule = _only(found)
        apart = apart_in(rule) if rule is not None else None
        if apart is not None:
            return Plan((Call("find_customers", {**found.calls[0].args, "rule": apart}),), found.notes)
    return None


def apart_in(rule: Rule) -> Rule | None:
    """The rule with its two conditions of one kind as one or the other alone; None where it has no two."""
    pair = two_alike(rule)
    if pair is None:
        return None
    others = [one for one in rule["all"] if one not in pair]
    one_only = exclusive(*pair)
    return {"all": [*others, one_only]} if others else one_only


def _names_two(sentence: Sentence) -> bool:
    """Whether two names or times are said."""
    return any(sum(token.is_(kind) for token in sentence.tokens) > 1 for kind in ("value", "window", "segment"))


def _only(found: Plan) -> Rule | None:
    call = found.calls[0] if len(found.calls) == 1 else None
    return call.args.get("rule") if call is not None and call.name == "find_customers" else None


@lru_cache(maxsize=1)
def _rewrites() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), both) for pattern, both in read_table("among")["one_of"])
