"""Questions for numbers: metrics by dimensions, filtered, in a window, compared with the one before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from assistant.planner.clauses import Rule
from assistant.planner.conditions import find_rules
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.absorbed import OF_CAMPAIGNS, absorb_counts, absorb_fields, absorb_predicates, kinds_ranked
from assistant.planner.intents.changing import changed_by, is_by_change, take_change
from assistant.planner.intents.day_types import by_day_type
from assistant.planner.intents.described import where_described
from assistant.planner.intents.extremes import take_extreme
from assistant.planner.intents.filters import APART, combined, go_down, segments_apart, split_values, take_customers, take_filters
from assistant.planner.intents.group_ranks import ranks_unknown, take_ranking
from assistant.planner.intents.having import take_having, with_groups_counted
from assistant.planner.intents.implied import beside_whole, fared, groups_named, of_campaigns, side_by_side, spread_of, take_difference
from assistant.planner.intents.listed_times import listed_times
from assistant.planner.intents.means import mean_over
from assistant.planner.intents.metric_pairs import as_share, kind_share, ranked_first, unshared
from assistant.planner.intents.metric_words import take_dimensions, take_metrics, who_came
from assistant.planner.intents.newcomers import new_against_old, newcomers, of_new_alone, of_returning
from assistant.planner.intents.opposites import beside_the_whole, of_one_group, opposites_apart
from assistant.planner.intents.over_time import averaged_over, of_each_person, take_per
from assistant.planner.intents.rates import (
    beside_everyone,
    penetrates,
    penetration,
    share_of_people,
    take_percentiles,
    take_silent_days,
    take_within_days,
)
from assistant.planner.intents.refusals import ask_when, refusal
from assistant.planner.intents.sides import against_last, in_each_time, named_apart, of_two_times, reached, with_sides, without_dates
from assistant.planner.intents.steps import take_steps
from assistant.planner.intents.usual import beside_usual, with_usual
from assistant.planner.intents.wholes import part_of_whole
from assistant.planner.intents.windowed import take_windows, with_windows
from assistant.planner.people_asked import asks_for_people
from assistant.planner.plan import FOCUS, PLACE, Plan, plan
from assistant.planner.ranked import with_places
from assistant.planner.sentence import Sentence
from tools.metrics.catalogue import catalogue
from tools.windows import Window

_MOST_METRICS = 6
_MOST_DIMENSIONS = 2
_SHORT_WINDOW = 62
_ADDED_UP = frozenset({"revenue", "orders", "items", "discount", "line_revenue", "gross_revenue"})
_ADDED_UP |= {"coupon_discount", "loyalty_discount", "coupon_match_discount"}
"""Metrics whose parts make a whole, so that a value has a share of it."""
_OF_PEOPLE = ("group", "groups", "segment", "人群", "群体", "客群", "群")
"""Words that only say again that a value or a segment is one."""
_WHO_RETURNS = ("repurchase_rate", "repeat_rate", "customers", "buyers", "active_customers", "new_customers", "new_customer_share")
"""What a share of those who come back within days may be called, or be of."""
_PER_DAY = ("per day", "a day", "each day", "daily", "每天", "每日", "一天")
_WHICH_DAY = ("what day", "on which day", "on what day", "哪天", "哪一天")


def measure(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“revenue by month”, “各部门的销售额排名前5”, “average order value by income band”."""
    if penetrates(sentence):
        return penetration(sentence)
    within = take_within_days(sentence)
    with_usual(sentence)
    if not with_sides(sentence) and within is None and asks_for_people(sentence):
        return None
    described = where_described(sentence)
    kind = of_returning(sentence)
    rule = newcomers(sentence) or (find_rules(sentence, loose=False, within=described) if described is not None else None)
    with_groups_counted(sentence)
    if ranks_unknown(sentence):
        return None
    change = take_change(sentence)
    args = _what(sentence, within, changed=bool(change))
    if args is None or (sentence.has("cue", "growth", "yoy") and any(one["value"] == "average" for one in args["having"])):
        return None  # changes are not held against their average
    silent = take_silent_days(sentence, args["metrics"])
    groups = _whose(sentence, dialogue, args, rule)
    if "sort" in change and not args["by"]:
        return None  # the order of groups that are not named
    args = changed_by(args, change)
    args["where"] |= kind
    return of_new_alone(_when(sentence, args, groups, silent), sentence)


def _what(sentence: Sentence, within: int | None, *, changed: bool) -> dict[str, Any] | None:
    """What is measured and by what: the first of the arguments; None where the question asks for no number."""
    per = take_per(sentence)
    by, extra = _by(sentence)
    per = per or _each_day(sentence, by)
    extreme = take_extreme(sentence) if not by and not named_apart(sentence) else None
    named = "sort" in extra and not sentence.has("metric")
    metrics = kind_share(sentence) or (["revenue"] if named else take_metrics(sentence, by or ([per] if per else [])))
    metrics = [extreme] if extreme else metrics or (["revenue"] if "sort" in extra else [])
    metrics = ranked_first(sentence, as_share(sentence, metrics))
    if unshared(sentence, metrics, by):
        return None
    beside = [one for one in metrics if one not in _WHO_RETURNS and sentence.says("metric", one)]
    metrics = ["repurchase_rate", *beside] if within else metrics or (["revenue"] if changed else fared(sentence))
    if metrics == ["responses"] and by in ([], ["customer"]) and _ranks_people(sentence):
        return None  # “customers with the most redemptions” are a list
    if not by and metrics and metrics[0] in OF_CAMPAIGNS and sentence.has("ranking") and not kinds_ranked(sentence):
        by = ["campaign"]  # “哪些活动响应率最高”
    percentiles = take_percentiles(sentence, metrics)
    metrics = of_each_person(sentence, averaged_over(metrics, dated=sentence.says("window"))) if per else metrics
    having = take_having(sentence, by, metrics)
    if (per and having) or (metrics == ["customers"] and not by and _lists_people(sentence)):
        return None  # “日均高于300的门店”: the sum is what groups are kept by
    if metrics == ["customers"] and not by:
        metrics = ["active_customers"] if sentence.has("window") else ["buyers"] if per else []
    if not metrics or (metrics == ["customers"] and "customer" in by):
        return None
    if sentence.has("cue", "share") and not by and sentence.has("segment") and not sentence.has("window") and _told_of_segments(metrics):
        return None
    extra |= {"within_days": within} if within else {} if having else mean_over(sentence, by, metrics)
    return {"metrics": metrics[:_MOST_METRICS], "by": by, "percentiles": percentiles, "per": per, "having": having, **extra}


def _told_of_segments(metrics: list[str]) -> bool:
    """Whether the summary of a segment tells these as shares."""
    return not metrics or not set(metrics) & (_ADDED_UP - {"revenue"})


def _ranks_people(sentence: Sentence) -> bool:
    """Whether customers are ranked, and neither groups of them nor campaigns."""
    ranked = [ranking for token in sentence.tokens if (ranking := token.get("ranking")) is not None]
    people = sentence.says("noun") or sentence.says("top_customers") or any(one.data.get("person") for one in ranked)
    return bool(ranked) and people and not any(token.is_("dimension") and not token.is_("noun") for token in sentence.tokens)


def _by(sentence: Sentence) -> tuple[list[str], dict[str, Any]]:
    """What is grouped by, and the order that goes with it."""
    kinds = new_against_old(sentence)
    by = without_dates(sentence, take_dimensions(sentence))[: _MOST_DIMENSIONS - kinds]
    shared = kinds and bool(by) and sentence.says("cue", "share")
    by = [*by, "customer_type"] if shared else ["customer_type", *by] if kinds else by
    if by:
        sentence.tokens = with_places(sentence.tokens)
    _dated(sentence, by)
    if not by and any(ranking.data.get("item") for _, ranking in sentence.free("ranking")):
        by = ["product"]  # “top 20 products”, “最畅销的10个商品”
    extra: dict[str, Any] = {"share_within": True} if shared else {}
    favourites = [place for place, _ in sentence.free("cue", "favourite")]
    if favourites:
        sentence.use(*(place for place in favourites if not sentence.tokens[place].is_("ranking")))
        by = by or [sentence.vocabulary.goods]
        extra["sort"] = "largest"
    return by, extra


def _each_day(sentence: Sentence, by: list[str]) -> Literal["day"] | None:
    """“Weekend revenue compared to weekday revenue per day”: of two groups of days, for each of their days."""
    said = any(token.is_("dimension", "day") and token.text in _PER_DAY for token in sentence.tokens)
    return "day" if said and "day" not in by and len(groups_named(sentence)) > 1 else None


def _whose(sentence: Sentence, dialogue: Dialogue, args: dict[str, Any], rule: Rule | None) -> list[tuple[str, list[str]]]:
    """Puts whom and what the measurement is limited to into `args`, and which groups come first; gives groups to set side by side."""
    whole, groups = _groups_of_values(sentence), groups_named(sentence)
    args |= take_filters(sentence)
    args["metrics"] = who_came(sentence, args)
    if not combined(sentence):
        split_values(args, whole)
    args["customers"] = take_customers(sentence, dialogue, rule)
    if args["customers"] is not None or args["where"]:
        sentence.use(*(place for place, _ in sentence.free("cue", "segments") if sentence.tokens[place].text in _OF_PEOPLE))
    args["by"] = args["by"] or segments_apart(args["customers"])
    args |= of_one_group(sentence, args)
    go_down(sentence, args)
    of_campaigns(sentence, args)
    spread_of(sentence, args)
    take_difference(sentence, args)
    _trend(sentence, args)
    args |= take_ranking(sentence, args) if args["by"] else {}
    if _counts_groups(sentence, args):
        args["sort"] = "largest"
    return groups


def _when(sentence: Sentence, args: dict[str, Any], groups: list[tuple[str, list[str]]], silent: int | None) -> Plan | None:
    """The plan of a measurement in the windows of the question, its other words used."""
    place = args.pop(PLACE, None)
    _chart(sentence, args)
    if args.get("per") and args.get("sort") and args["by"] and args["by"][0] in ("week", "month", "quarter", "year"):
        return None  # the month with the highest mean a day is not the one with the highest sum
    part = part_of_whole(sentence, args)
    groups = [] if part or args.get("share_of") else groups
    shares = len(groups) > 1 and sentence.has("cue", "share") and args["metrics"][0] in _ADDED_UP
    groups = [*groups, (groups[0][0], [])] if shares else groups or beside_whole(sentence, args)
    focus = part or _share_of_value(sentence, args)
    shared = share_of_people(sentence, args)
    told = reached(sentence, args)
    now = against_last(sentence)
    if now is not None:
        args["compare"] = "previous"
    windows = [now] if now else take_windows(sentence, changed=is_by_change(args), by=args["by"])
    windows = windows or ([Window(last_days=silent)] if silent else [])
    windows = listed_times(sentence, args, windows)
    of_two_times(sentence, args, len(windows))
    take_steps(sentence, args, windows)
    absorb_counts(sentence)
    against = sentence.has("cue", "compare") and sentence.has("cue", "everyone")
    held = args["customers"] is not None and against
    beside = against and not held and sum(map(len, args["where"].values())) == 1
    sentence.take_all("cue", "list", "share", "total", "compare", "everyone", "how_much", "summarize", "sold")
    if windows:
        sentence.take_all("cue", "recent")
    absorb_predicates(sentence)
    absorb_fields(sentence, args["metrics"])
    if not windows and _needs_time(sentence, args):
        return ask_when(sentence)
    if (shared or told) is not None and not windows:
        return plan("find_customers", rule=shared or told)
    found = side_by_side(with_windows(sentence, args, windows), groups)
    beside_others = held or (shared is not None and bool(args.get("compare")))
    found = beside_everyone(found) if beside_others else beside_usual(sentence, found) if against else found
    placed = bool(groups or focus or told or args.get("share_of")) or args["metrics"][0] not in _ADDED_UP
    found = by_day_type(opposites_apart(beside_the_whole(sentence, found, placed=placed, held=beside)))
    if any(is_by_change(call.args) and "compare" not in call.args for call in found.calls):
        return refusal(sentence, "growth_between")
    if focus and len(windows) > 1:
        found = in_each_time(found, windows)
    notes = [*([(FOCUS, focus)] if focus else []), *([(PLACE, str(place))] if place else [])]
    return replace(found, notes=tuple(notes))


def _dated(sentence: Sentence, by: list[str]) -> None:
    """“哪天”, "what day" of a month that is named: one date, and not a day of the week."""
    asked = any(token.is_("dimension", "weekday") and token.text in _WHICH_DAY for token in sentence.tokens)
    if asked and "weekday" in by and sentence.says("window"):
        by[by.index("weekday")] = "day"


def _counts_groups(sentence: Sentence, args: dict[str, Any]) -> bool:
    """“how many different products did we sell”: the number of groups, which is told where they are ranked."""
    if len(args["by"]) != 1 or args.get("sort") or args["having"] or sentence.vocabulary.levels.get(args["by"][0]) == "time":
        return False
    return any(
        (token.is_("cue", "count") or token.text.endswith("多少"))
        and any(one.is_("dimension") and not one.is_("noun") for one in sentence.tokens[place + 1 : place + 3])
        and not any(one.is_("metric") or one.is_("by") for one in sentence.tokens[place + 1 : place + 3])
        for place, token in enumerate(sentence.tokens)
    )


def _groups_of_values(sentence: Sentence) -> frozenset[str]:
    """Dimensions of which one group of values is named, such as the weekend: it is measured as a whole."""
    if any(token.text in APART and not _splits(sentence, place) for place, token in enumerate(sentence.tokens)):
        return frozenset()
    named = [sense for _, sense in sentence.free("value")]
    beside = [str(one.data["dimension"]) for one in named]
    return frozenset(name for one in named if one.data.get("also") and beside.count(name := str(one.data["dimension"])) == 1)


def _splits(sentence: Sentence, place: int) -> bool:
    """“各品类看周末…”: the word says by what the numbers are split, and nothing of values that are named."""
    return sentence.tokens[place].is_("by") and any(token.is_("dimension") for token in sentence.tokens[place + 1 : place + 2])


def _needs_time(sentence: Sentence, args: dict[str, Any]) -> bool:
    """Whether a metric compares with the time before, so that it needs one, and the question names none."""
    timely = any(sentence.vocabulary.levels.get(one) == "time" for one in args["by"])
    compared = sentence.has("cue", "previous", "growth", "yoy") or is_by_change(args)
    known = {one.id: one for one in catalogue().metrics}
    return not timely and not compared and any(known[one].window == "needed" for one in args["metrics"] if one in known)


def _lists_people(sentence: Sentence) -> bool:
    """“Members of the champions who bought produce last month”: people by what they did, and no number asked for."""
    asked = sentence.says("cue", "count") or sentence.says("cue", "share") or sentence.says("cue", "total")
    return not asked and sentence.says("segment") and sentence.says("conj", "who") and sentence.says("verb")


def _share_of_value(sentence: Sentence, args: dict[str, Any]) -> str | None:
    """“What share of revenue comes from produce”: measured by the dimension of the value, which is spoken of then.

    Goods in a shop, or at an hour, are a share of what is sold there or then: “DELI在406店占多少”.
    """
    where = args["where"]
    goods = [one for one in where if sentence.vocabulary.levels.get(one) == "product"]
    if goods and args["metrics"][0] == "orders":
        return None  # an order has goods of several kinds, so that these are no parts of it
    goods = ["brand"] if len(where) == len(goods) > 1 and "brand" in goods else goods
    part = next(iter(where), None) if len(where) == 1 else goods[0] if len(where) > 1 == len(goods) else None
    if part is None or not sentence.has("cue", "share") or args.get("customers") is not None or args["metrics"][0] not in _ADDED_UP:
        return None
    values = where[part]
    others = [one for one in args["by"] if one != part]
    if len(others) >= _MOST_DIMENSIONS:
        return None
    args["by"] = [*others, part]
    if others:
        args["share_within"] = True
        return None
    args["where"] = {one: found for one, found in where.items() if one != part}
    args.setdefault("sort", "largest")
    return str(values[0]) if len(values) == 1 else None


def _trend(sentence: Sentence, args: dict[str, Any]) -> None:
    if sentence.take_all("cue", "trend") and not any(one in ("day", "week", "month", "quarter", "year") for one in args["by"]):
        window = next((sense.data["window"] for _, sense in sentence.free("window")), None)
        args["by"] = ["week" if window and (window.last_days or 365) <= _SHORT_WINDOW else "month", *args["by"]][:_MOST_DIMENSIONS]


def _chart(sentence: Sentence, args: dict[str, Any]) -> None:
    charts = sentence.take_all("chart")
    wanted = next((chart.id for chart in charts if chart.id != "auto"), None)
    if wanted:
        args["chart"] = wanted
