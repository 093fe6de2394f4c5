"""“How did those do in December”, “only stores with at least 500 orders” after groups of a kind: the ones that stay."""

from __future__ import annotations

from typing import Any

from assistant.planner.dialogue import Result
from assistant.planner.intents.having import take_having
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape


def keep_shown(sentence: Sentence, args: dict[str, Any], last: Result) -> None:
    """Limit a measurement to the groups of the answer before, where the question speaks of them at another time.

    Args:
        sentence: The later question.
        args: The measurement, changed in place.
        last: The answer before.
    """
    by = args.get("by", [])
    cut = args.get("limit") and len(by) == 1 and not args.get("limit_per_group") and not args.get("having")
    if not cut or not sentence.has("window") or not shape("shown", "those").search(sentence.text):
        return
    known: Any = sentence.vocabulary.values.get(by[0], {})
    shown = [str(row[0]) for row in last.rows]
    if shown and len(shown) == args["limit"] and all(one in known for one in shown):
        args["where"] = {**args.get("where", {}), by[0]: shown}
        del args["limit"]


_OF_OTHERS = ("customer", "time")
"""Levels of groups of which a bare condition is no condition: customers have their own, and times are long."""


def hold_groups(sentence: Sentence, args: dict[str, Any]) -> None:
    """“Only stores with at least 500 orders”, “只看订单满500的”: a condition on the groups that are measured, not on customers.

    Args:
        sentence: The later question.
        args: The measurement, changed in place.
    """
    by = [one for one in args.get("by", ()) if one != "customer"]
    if not by or by != args["by"] or not sentence.has("comparison"):
        return
    named = any(token.is_("dimension", *by) for token in sentence.tokens)
    if not named and sentence.vocabulary.levels.get(by[-1]) in _OF_OTHERS:
        return
    metrics = list(args["metrics"])
    held = take_having(sentence, by, metrics)
    if not held:
        return
    sentence.take_all("dimension", *by)
    again = {one["metric"] for one in held}
    args |= {"metrics": metrics, "having": [*(one for one in args.get("having", ()) if one["metric"] not in again), *held]}
