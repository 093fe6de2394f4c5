"""“How many in each, and what do they spend”: the number of people, where something else of them is asked for, too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape
from tools.contracts import Unit
from tools.metrics.catalogue import catalogue

_MOST = 6
_APART = ("percentiles", "share_of", "share_within", "compare", "per", "having", "mean", "within_days")
_LEVEL = "customer"
_OTHER = ("metric", "dimension", "unit", "window", "option")
"""What else may be counted."""
_THEM = ("noun", "segment", "verb", "by", "conj", "punctuation", "condition", "act")


def with_people(found: Plan | None, sentence: Sentence) -> Plan | None:
    """The plan with the number of customers beside what is measured of them, where both are asked for; else unchanged."""
    if found is None or len(found.calls) != 1 or found.calls[0].name != "measure" or not _asks(sentence):
        return found
    args = found.calls[0].args
    metrics = list(args["metrics"])
    known = {one.id: one for one in catalogue().metrics}
    counted = any(one in known and known[one].unit is Unit.COUNT for one in metrics)
    if counted or len(metrics) >= _MOST or any(args.get(one) for one in _APART):
        return found
    heads = _heads(args, sentence)
    metrics = [*metrics, heads] if args.get("sort") in ("largest", "smallest") else [heads, *metrics]
    return replace(found, calls=(Call("measure", {**args, "metrics": metrics}),))


def _asks(sentence: Sentence) -> bool:
    """Whether people are counted beside something else that is said of them."""
    if not shape("people_beside", "said").search(sentence.text):
        return False
    return shape("people_beside", "surely").search(sentence.text) is not None or any(
        _counts_people(sentence, place) for place in _counts(sentence)
    )


def _counts(sentence: Sentence) -> list[int]:
    return [place for place, token in enumerate(sentence.tokens) if token.is_("cue", "count")]


def _counts_people(sentence: Sentence, place: int) -> bool:
    """“how many bought wine and …”: what follows the word is people, or what they did."""
    after = next((one for one in sentence.tokens[place + 1 :] if not one.is_("stop") or one.is_("noun")), None)
    if after is None:
        return False
    return any(after.is_(kind) for kind in _THEM) and not (any(after.is_(kind) for kind in _OTHER) and not after.is_("noun"))


def _heads(args: dict[str, Any], sentence: Sentence) -> str:
    """Those who are in it, or those who ordered there and then."""
    levels = sentence.vocabulary.levels
    limits = [*args.get("by", ()), *args.get("where", {}), *args.get("where_not", {})]
    return "buyers" if args.get("window") or args.get("basket") or any(levels.get(one) != _LEVEL for one in limits) else "customers"
