"""What a follow-up changes of the list of those about to churn."""

from __future__ import annotations

from typing import Any

from assistant.planner.clauses import DAYS
from assistant.planner.dialogue import Result
from assistant.planner.find_changes import change_find
from assistant.planner.intents.ask_numbers import check_range
from assistant.planner.limits import take_limit
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense
from assistant.planner.who import selection_rule

Args = dict[str, Any]
_HORIZON = (7, 180)
_AHEAD, _WITHIN = ("in ", "within", "未来", "接下来", "今后"), ("内", "以内")


def change_churn(sentence: Sentence, args: Args, last: Result) -> Plan | None:
    """Another band, horizon, definition, order or length; or other conditions."""
    before = dict(args)
    band, definition = sentence.take("band"), sentence.take("definition")
    args |= {"band": band.id} if band else {}
    args |= _churn_horizon(sentence)
    args |= {"definition": definition.id} if definition else {}
    args |= _churn_order(sentence)
    ranking = sentence.take("ranking")
    args |= {"limit": ranking.data["n"]} if ranking and ranking.data.get("n") else {}
    take_limit(sentence, args)
    if args != before:
        return Plan((Call("churn_risk", args),))
    return change_find(sentence, {"rule": selection_rule(last)}, last)


def _churn_horizon(sentence: Sentence) -> Args:
    """“In 90 days”, “60天内呢”: how far ahead."""
    found = sentence.first("horizon")
    for place, window in sentence.free("window") if found is None else ():
        token, days = sentence.tokens[place].text, window.data["window"].last_days
        if days and (token.startswith(_AHEAD) or token.endswith(_WITHIN)):
            found = (place, Sense("horizon", str(days), {"days": days}))
            break
    for place, quantity in sentence.free("quantity") if found is None else ():
        if quantity.data["unit"] in DAYS:
            days = int(quantity.data["value"] * DAYS[quantity.data["unit"]])
            found = (place, Sense("horizon", str(days), {"days": days}))
            break
    if found is None:
        return {}
    check_range(sentence, found[0], found[1].data["days"], *_HORIZON, "horizon_days")
    sentence.use(found[0])
    return {"horizon_days": found[1].data["days"]}


def _churn_order(sentence: Sentence) -> Args:
    """“Sort em by value”, “按概率排”: the order of those at risk."""
    listed = sentence.has("rank", "listing") or sentence.has("by")
    if listed and (sentence.take_all("field", "churn_probability") or sentence.take_all("part", "risk")):
        sentence.take_all("rank", "listing")
        return {"sort_by": "risk"}
    valued = sentence.take_all("option", "churn_risk.sort_by.value") or (
        listed and (sentence.take_all("field", "amount") or sentence.take_all("hint", "customer_value"))
    )
    if valued:
        sentence.take_all("rank", "listing")
    return {"sort_by": "value"} if valued else {}


def _by_spend(sentence: Sentence, *, listed: bool) -> bool:
    """Whether what they spend or are worth orders the list."""
    if not listed:
        return False
    found = [*sentence.take_all("field", "amount"), *sentence.take_all("hint", "customer_value"), *sentence.take_all("verb", "spend")]
    return bool(found)
