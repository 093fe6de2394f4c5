"""Questions for those who may leave: “which customers are about to churn?”, “60天没买就算流失，名单给我”."""

from __future__ import annotations

from typing import Any

from assistant.planner.clauses import DAYS
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.ask_numbers import check_range
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.who import Who, both, selection_rule, take_who

_BANDS = ("churn_high", "churn_middle", "churn_low")
_HORIZON = (7, 180)
_TOP = 20
_BOUGHT = {"behaviour": "orders", "op": ">=", "value": 1}
_LATE = {"field": "gap_ratio", "op": ">=", "value": 2}
"""Late by the rhythm: twice their own median gap or more without an order."""
_TOLD = ("recent", "churn", "churned", "list", "count", "why", "share", "summarize")
"""What the list of those at risk tells anyway."""


def churn(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The list by one definition; of some customers only, those of them at risk."""
    if sentence.has("part", "counts_as_churn"):
        return _defined(sentence)
    if sentence.take_all("part", "definitions"):
        _absorb(sentence)
        sentence.take_all("cue", "compare", "explain")
        return plan("churn_risk")
    listed = sentence.first("segment", *_BANDS) if sentence.says("cue", "list") else None
    if not (_asks(sentence) or listed) or _other(sentence):
        return None
    args: dict[str, Any] = {}
    band, definition = sentence.take("band"), sentence.take("definition")
    named = sentence.take("segment", *_BANDS) if listed else None
    args["band"] = band.id if band else named.id.removeprefix("churn_") if named else None
    args["definition"] = definition.id if definition else None
    args["sort_by"] = "value" if sentence.take_all("option", "churn_risk.sort_by.value") else None
    if any(sentence.tokens[place].is_("part", "worth") for place, _ in sentence.free("ranking")):
        args["sort_by"] = "value"  # “the 20 most valuable of them”
    ranked = sentence.take("ranking")
    args["limit"] = (ranked.data.get("n") if ranked else None) or _people(sentence)
    _absorb(sentence)
    if ranked:
        sentence.take_all("noun")
    if definition:
        sentence.take_all("cue", "compare", "explain")
    who = take_who(sentence, dialogue)
    who.rule = None if who.rule == _BOUGHT else who.rule  # all who are scored have bought
    if who.rule is None and who.handle is None:
        if who.sort_by == "amount":
            args["sort_by"] = "value"  # the big spenders among them
        horizon = sentence.take("horizon")
        sentence.take_all("unsupported", "forecast")
        return plan("churn_risk", horizon_days=horizon.data["days"] if horizon else None, **args)
    if definition is not None:
        return _late_of_some(who, dialogue, args) if definition.id == "rhythm" else None
    return _of_some(who, dialogue, args, ranked is not None)


def _asks(sentence: Sentence) -> bool:
    if sentence.says("cue", "churn") or sentence.says("band") or sentence.says("field", "churn_probability"):
        return True
    return (sentence.says("cue", "churned") and sentence.says("definition")) or sentence.says("definition", "rhythm")


def _other(sentence: Sentence) -> bool:
    """Whether a limit, the least or an average is asked for, which another reading holds."""
    apart = sentence.has("dimension", "rfm_group") and sentence.has("by")
    return sentence.has("comparison") or apart or sentence.has("ranking", "smallest") or sentence.has("cue", "average")


def _people(sentence: Sentence) -> int | None:
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] in ("", "person"):
            sentence.use(place)
            return int(quantity.data["value"])
    return None


def _absorb(sentence: Sentence) -> None:
    sentence.take_all("cue", *_TOLD)
    sentence.take_all("part", "likely", "loss", "overlap")
    sentence.take_all("field", "churn_probability", "churn_band", "churn_reasons", "customer_id")
    sentence.take_all("ask", "model")


def _of_some(who: Who, dialogue: Dialogue, args: dict[str, Any], ranked: bool) -> Plan:
    """Those of the named customers at risk; the ones with the highest risk where a ranking asks for them."""
    earlier = dialogue.last_customers
    rule = selection_rule(earlier) if who.rule is None and earlier is not None else who.rule
    top = ranked and args["band"] is None
    risky = None if top else {"field": "churn_band", "op": "=", "value": args["band"] or "high"}
    limit = args["limit"] or (_TOP if top else None)
    return plan("find_customers", rule=both(rule, risky), sort_by="churn_probability", descending=True, limit=limit)


def _late_of_some(who: Who, dialogue: Dialogue, args: dict[str, Any]) -> Plan:
    """Those of the named customers who are late by their own rhythm, the latest first."""
    earlier = dialogue.last_customers
    rule = selection_rule(earlier) if who.rule is None and earlier is not None else who.rule
    return plan("find_customers", rule=both(rule, _LATE), sort_by=_LATE["field"], descending=True, limit=args["limit"])


def _defined(sentence: Sentence) -> Plan | None:
    """“45天没下单算流失”: the definition by days without an order, with the operator's own number of days."""
    for place, token in enumerate(sentence.tokens):
        window, quantity = token.get("window"), token.get("quantity") or token.get("comparison")
        days = window.data["window"].last_days if window else None
        if quantity and quantity.data["unit"] in DAYS and not isinstance(quantity.data["value"], list):
            days = int(quantity.data["value"] * DAYS[quantity.data["unit"]])
        if not days:
            continue
        sentence.use(place)
        check_range(sentence, place, days, *_HORIZON, "")
        for kind in ("neg", "noun", "ellipsis", "pronoun"):
            sentence.take_all(kind)
        sentence.take_all("verb", "order")
        sentence.take_all("field", "recency_days")
        sentence.take_all("cue", "silence")
        sentence.take_all("part", "counts_as_churn")
        _absorb(sentence)
        return plan("churn_risk", definition="window", horizon_days=days)
    return None
