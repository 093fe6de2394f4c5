"""What a follow-up changes of a question to a customer model, to findings in behaviour or to an overview."""

from __future__ import annotations

from typing import Any

from assistant.planner.abilities import abilities
from assistant.planner.clauses import DAYS
from assistant.planner.dialogue import Result
from assistant.planner.intents import asks, findings, tiers
from assistant.planner.intents.ask_numbers import check_range
from assistant.planner.intents.metric_words import take_metrics
from assistant.planner.intents.pictures import GROUPED_BY
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence

Args = dict[str, Any]
_APART = {"within_days": "overdue", "overdue": "within_days"}
"""Arguments of which the one takes the place of the other."""


def change_ability(sentence: Sentence, last: Result) -> Plan | None:
    """Another option, number or time, or other customers.

    Raises:
        OutOfRange: A number is outside of what the tool takes.
    """
    other = _other_customer(sentence, last)
    if other is not None:
        return other
    ahead = _ahead(sentence, last)
    if ahead:
        return Plan((Call(last.call.name, {**last.call.args, **ahead}),))
    if last.call.name == "find_behaviour":
        changed = findings.take_changes(sentence)
    else:
        ability = abilities()[last.call.name]
        changed = asks.take_changes(sentence, ability)
        one = sentence.take("cluster") if ability.tool == "cluster_customers" else None
        changed |= {"cluster": one.id} if one else {}
        segment = sentence.take("segment") if ability.customers or ability.tool == "find_rules" else None
        if segment:
            changed |= {"customers": segment.id} | ({"target": "segment"} if ability.tool == "find_rules" else {})
        sentence.take_all("ask", ability.tool)
        sentence.take_all("dimension")
        sentence.take_all("by")
    kept = {key: value for key, value in last.call.args.items() if key != "cluster" and _APART.get(key) not in changed}
    return Plan((Call(last.call.name, {**kept, **changed}),)) if changed else None


def _other_customer(sentence: Sentence, last: Result) -> Plan | None:
    """“1609呢” after what to offer to customer 1023: the same for the other."""
    named = sentence.first("customer_id")
    if named is None:
        return None
    given = last.call.args.get("customers")
    if "customer_id" in last.call.args:
        changed: Args = {"customer_id": named[1].id}
    elif isinstance(given, str) or (isinstance(given, dict) and given.get("field") == "customer_id" and given.get("op") == "="):
        changed = {"customers": {"field": "customer_id", "op": "=", "value": named[1].id}}
    else:
        return None
    sentence.use(named[0])
    return Plan((Call(last.call.name, {**last.call.args, **changed}),))


def _ahead(sentence: Sentence, last: Result) -> Args:
    """“Next 14 instead”: so many of the days that were asked for before."""
    wanted = abilities()[last.call.name].horizon if last.call.name in abilities() else None
    if wanted is None:
        return {}
    lengths = [(place, one) for kind in ("quantity", "comparison") for place, one in sentence.free(kind) if one.data["unit"] in DAYS]
    lengths = [(place, one) for place, one in lengths if not isinstance(one.data["value"], list)]
    dated = [(place, one.data["window"].last_days) for place, one in sentence.free("window") if one.data["window"].last_days]
    if not lengths and len(dated) == 1 and not sentence.has("horizon"):
        check_range(sentence, dated[0][0], dated[0][1], wanted["low"], wanted["high"], "horizon_days")
        sentence.use(dated[0][0])
        return {wanted["argument"]: int(dated[0][1])}
    if len(lengths) == 1 and not sentence.has("horizon"):
        place, days = lengths[0][0], lengths[0][1].data["value"] * DAYS[lengths[0][1].data["unit"]]
        check_range(sentence, place, days, wanted["low"], wanted["high"], "horizon_days")
        sentence.use(place)
        return {wanted["argument"]: int(days)}
    for place, quantity in sentence.free("quantity"):
        if (
            place
            and wanted["argument"] in last.call.args
            and quantity.data["unit"] == ""
            and sentence.tokens[place - 1].is_("part", "next")
        ):
            check_range(sentence, place, quantity.data["value"], wanted["low"], wanted["high"], "horizon_days")
            sentence.use(place, place - 1)
            return {wanted["argument"]: int(quantity.data["value"])}
    return {}


def change_overview(sentence: Sentence, args: Args, _: Result) -> Plan | None:
    """Another scheme, other limits of its tiers, another period, or one of its groups.

    Raises:
        OutOfRange: A period is longer than the tool takes.
    """
    scheme = sentence.take("scheme")
    if scheme is None and args.get("scheme") == "membership" and (limits := tiers.take_limits(sentence)):
        return Plan((Call("segment_overview", {**args, "tiers": {**args.get("tiers", {}), **limits}}),))
    if scheme is None and args.get("scheme") == "lifecycle" and (days := tiers.take_period(sentence)):
        return Plan((Call("segment_overview", {**args, "period_days": days}),))
    if scheme is not None:
        tiers.absorb(sentence)
        return plan("segment_overview", scheme=scheme.id)
    segment = sentence.take("segment")
    return plan("summarize_segment", customers=segment.id) if segment else _of_groups(sentence, args)


def _of_groups(sentence: Sentence, args: Args) -> Plan | None:
    """“画个饼图”, “各自的销售额”: the groups of the overview as a picture, or what is measured of each."""
    by = GROUPED_BY.get(str(args.get("scheme")))
    charts = [one.id for one in sentence.take_all("chart")]
    metrics = take_metrics(sentence, [])
    if by is None or set(args) != {"scheme"} or not (charts or metrics):
        return None
    sentence.take_all("cue", "how_much", "count", "total")
    chart = next((one for one in charts if one != "auto"), next(iter(charts), None))
    return plan("measure", metrics=metrics or ["customers"], by=[by], chart=chart)
