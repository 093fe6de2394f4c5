"""“More than twice as late as usual”: how many of their own usual gaps customers have been away."""

from __future__ import annotations

from typing import Any

from assistant.planner.clauses import plain
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.who import both, take_who

_FIELD = "gap_ratio"


def late_by(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """Those whose time since the last order is so many times their own median gap, the latest first."""
    if not sentence.has("definition", "rhythm"):
        return None
    times = _times(sentence)
    if times is None:
        return None
    sentence.take_all("definition", "rhythm")
    sentence.take_all("cue", "list", "count", "share", "churn", "silence")
    who = take_who(sentence, dialogue)
    return plan("find_customers", rule=both(who.rule, {"field": _FIELD, **times}), sort_by=_FIELD, descending=True, limit=who.limit)


def _times(sentence: Sentence) -> dict[str, Any] | None:
    """The comparison with the usual gap: “more than twice”, “3 times past”, “两倍”; of no unit, or of times."""
    for kind in ("comparison", "quantity"):
        for place, amount in sentence.free(kind):
            if amount.data["unit"] not in ("", "order", "times") or isinstance(amount.data["value"], list):
                continue
            op = amount.data.get("op", ">=")
            if kind == "quantity" and not _is_multiple(sentence, place):
                continue
            if op not in (">", ">=", "="):
                return None
            sentence.use(place, place + 1) if _is_multiple(sentence, place) else sentence.use(place)
            return {"op": ">=" if op == "=" else op, "value": plain(amount.data["value"])}
    return None


def _is_multiple(sentence: Sentence, place: int) -> bool:
    """Whether the number says how many times: “两倍”, “3x”, “3 times”."""
    token, after = sentence.tokens[place], sentence.tokens[place + 1 : place + 2]
    return token.text.endswith(("倍", "x", "times", "twice")) or any(one.text in ("倍", "x", "times") for one in after)
