"""What a follow-up changes of a measurement: its time, metrics, groups, filters, order and chart."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Result
from assistant.planner.intents.changing import moved_most, reordered, take_change
from assistant.planner.intents.filters import named_apart, split_values, take_filters, take_sorting
from assistant.planner.intents.group_ranks import take_ranking
from assistant.planner.intents.metric_words import countable, take_dimensions
from assistant.planner.intents.windowed import with_windows
from assistant.planner.levels import without_finer, without_other_goods
from assistant.planner.lexicon import read_table
from assistant.planner.limits import bare_ranking, change_limit
from assistant.planner.metric_changes import change_metrics, order_by_what_adds_up
from assistant.planner.more_time import with_more_time
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shown_groups import hold_groups, keep_shown
from assistant.planner.tokens import Sense
from assistant.planner.whose_changes import (
    change_condition,
    change_customers,
    change_values_of_rule,
    in_one_place,
    in_time_of_rule,
    instead_of_those,
    move_first_orders,
    of_new_or_returning,
    open_to_all,
)
from tools.metrics.options import CHANGES
from tools.windows import Window

Args = dict[str, Any]
_MOST_DIMENSIONS = 2
_SAID_AGAIN = ("value", "window", "metric", "segment", "ranking", "rank")
"""What may be said again of what is shown already."""
_SPLITS = ("分", "拆", "拆分", "拆开", "细分", "split", "broken down", "per")
_OF_GROUPS = ("by", "sort", "change_by", "limit", "limit_per_group", "limit_share", "having", "rest", "share_within", "mean", "chart")
"""Arguments that mean something only where a measurement is split."""


def change_measure(sentence: Sentence, args: Args, last: Result) -> Plan | None:
    """The measurement with what the question says anew; None where it says nothing of it."""
    before, change = dict(args), take_change(sentence) or moved_most(sentence, args)
    _as_exclusions(sentence)
    compared = _with_other_window(sentence, args) or _with_other_value(sentence, args) or with_more_time(sentence, args)
    if compared is not None:
        return compared
    if args.get("by") and sentence.take_all("whole", "unsplit"):
        stepped = ("compare",) if args.get("compare") == "step" else ()
        return Plan((Call("measure", {key: value for key, value in args.items() if key not in (*_OF_GROUPS, *stepped)}),))
    if not args.get("by") and (args.get("where") or args.get("customers")) and sentence.take_all("whole", "unsplit"):
        open_to_all(sentence, args)
    keep_shown(sentence, args, last)
    _change_window(sentence, args)
    if sentence.has("cue", "everyone") and not (args.get("limit") and sentence.has("cue", "rest")):
        sentence.take_all("cue", "everyone")
        open_to_all(sentence, args)
    if args.get("by") and sentence.has("ranking"):
        sentence.take_all("cue", "share")
    of_new_or_returning(sentence, args)
    change_customers(sentence, args)
    change_values_of_rule(sentence, args)
    hold_groups(sentence, args)
    by = _deeper(take_dimensions(sentence), args, sentence)
    if by == ["day"] and args.get("by") == ["weekday"] and sentence.has("ranking"):
        by = []  # “which day is the busiest” of a week
    if not by and not args.get("by") and sentence.has("ranking"):
        return None
    if by and by == args.get("by", [])[:1] and args.get("limit_per_group") and (first := _first_groups(sentence)):
        return Plan((Call("measure", {**args, "limit": first}),))
    change_metrics(sentence, args, by)
    if by:
        args = _regrouped(sentence, args, by, same=args["metrics"] == before["metrics"])
    order_by_what_adds_up(args)
    _change_filters(sentence, args)
    change_condition(sentence, args, last)
    in_one_place(args, before)
    instead_of_those(sentence, args, before)
    if "sort" in change:
        return reordered(sentence, args, change)
    _rank_anew(sentence, args)
    _turn_around(sentence, args)
    _change_length(sentence, args)
    charts = [one.id for one in sentence.take_all("chart")]
    chart = next((one for one in charts if one != "auto"), None) or next(iter(charts), None)
    args |= {"chart": chart} if chart else {}
    if sentence.take_all("shown", "table"):
        args.pop("chart", None)
        return Plan((Call("measure", args),))
    if args == before and not chart and (sentence.leftover() or not any(sentence.says(kind) for kind in _SAID_AGAIN)):
        return None
    return Plan((Call("measure", args),))


def _regrouped(sentence: Sentence, args: Args, by: list[str], *, same: bool) -> Args:
    """The measurement split by other groups, or further; ``same``: its metrics are those before."""
    args |= {"by": [*args.get("by", []), *by][-_MOST_DIMENSIONS:] if sentence.says("ellipsis", "also") else by}
    args |= {"metrics": [countable(sentence, metric, args["by"]) for metric in args["metrics"]]}
    kept = ("sort", "limit") if same and _names_groups(sentence, args, by) and not sentence.says("listed") else ()
    args = {key: value for key, value in args.items() if key in kept or key not in ("sort", "limit", "limit_per_group", "chart")}
    args |= {"where": without_finer(args["where"], by)} if args.get("where") and not sentence.says("ellipsis", "also", "only") else {}
    return args


def _rank_anew(sentence: Sentence, args: Args) -> None:
    """How the groups are ordered and how many of them are wanted, where the question says so."""
    ordered = take_ranking(sentence, args) if args.get("by") else take_sorting(sentence)
    if args.get("sort") in CHANGES and bare_ranking(sentence):
        ordered = {**ordered, "sort": args["sort"]}  # “the first three” of what fell most
    elif args.get("sort") == "smallest" and bare_ranking(sentence) and any(token.text.startswith("前") for token in sentence.tokens):
        ordered = {**ordered, "sort": "smallest"}  # “前20个呢” of the lowest
    if ordered.get("sort") in CHANGES:
        args.setdefault("compare", "previous")
        args.setdefault("window", {"period": "last_month"})
        sentence.take_all("cue", "growth", "previous")
    args |= {key: value for key, value in ordered.items() if value is not None}
    if ordered.get("sort"):
        sentence.take_all("flip")  # “反过来，从低到高”: how it is turned is said


def _deeper(by: list[str], args: Args, sentence: Sentence) -> list[str]:
    """“By category” where departments are shown already: the level below them."""
    said = any(token.is_("dimension", "category") and token.text in read_table("places")["level_below"] for token in sentence.tokens)
    below = said and by == ["category"] == args.get("by") and "subcategory" in sentence.vocabulary.values
    return ["subcategory"] if below else by


def _change_length(sentence: Sentence, args: Args) -> None:
    """“And the rest?”, “全部看一下”, “5 more”: how many of the groups."""
    if not args.get("by"):
        return
    limited = "limit" in args
    if limited and sentence.take_all("cue", "rest"):
        sentence.take_all("cue", "everyone")
        args["rest"] = True
    if limited and sentence.take_all("entire"):
        for key in ("limit", "rest"):
            args.pop(key, None)
        return
    change_limit(sentence, args)


def _names_groups(sentence: Sentence, args: Args, by: list[str]) -> bool:
    """“Departments instead”, “那部门的排名呢” after the best stores: as many of others, in the same order; times are told in theirs."""
    ranked = bool(args.get("limit")) and args.get("sort") not in CHANGES
    timed = any(sentence.vocabulary.levels.get(one) == "time" for one in by)
    return ranked and not timed and not any(token.is_("by") and token.text in _SPLITS for token in sentence.tokens)


_OPPOSITE = {"largest": "smallest", "smallest": "largest", "growth": "decline", "decline": "growth"}


def _turn_around(sentence: Sentence, args: Args) -> None:
    """“倒过来”, “reverse it”: the groups in the opposite order."""
    if args.get("by") and sentence.take_all("flip"):
        args["sort"] = _OPPOSITE.get(args.get("sort", "largest"), "smallest")


def _first_groups(sentence: Sentence) -> int | None:
    """“只看前2个门店” of the best in each store: how many of the groups within which the best are shown."""
    found = [(place, ranking) for place, ranking in sentence.free("ranking") if ranking.data["n"]]
    if len(found) != 1:
        return None
    sentence.use(found[0][0])
    return int(found[0][1].data["n"])


def _as_exclusions(sentence: Sentence) -> None:
    """“不要GROCERY”: what is taken off without having been wanted is left out."""
    for place, _ in list(sentence.free("drop")):
        following = next((token for token in sentence.tokens[place + 1 :] if not token.is_("stop")), None)
        if following is not None and following.is_("value"):
            token = sentence.tokens[place]
            changed = replace(token, senses=(Sense("neg", "except"), Sense("drop", "take_off")))
            sentence.tokens = [*sentence.tokens[:place], changed, *sentence.tokens[place + 1 :]]


def _change_filters(sentence: Sentence, args: Args) -> None:
    """Other values in place of those of the same dimension; one that was wanted and is denied goes."""
    added = sentence.says("ellipsis", "also")
    apart = [one for one in named_apart(sentence) if one not in args.get("by", ())]
    found = take_filters(sentence)
    for dimension, values in found.get("where_not", {}).items():
        wanted = args.get("where", {}).get(dimension, [])
        kept = [one for one in wanted if one not in values]
        if kept == wanted:
            left_out = dict.fromkeys([*args.get("where_not", {}).get(dimension, []), *values])
            args["where_not"] = {**args.get("where_not", {}), dimension: list(left_out)}
        else:
            args["where"] = {name: one for name, one in {**args["where"], dimension: kept}.items() if one}
            if len(kept) == 1 and dimension in args.get("by", [])[1:]:
                args["by"] = [one for one in args["by"] if one != dimension]
    if args.get("where") and not sentence.says("ellipsis", "also", "only"):
        named = list(found.get("where", {}))
        args["where"] = without_other_goods(without_finer(args["where"], named), named)
    for dimension, values in found.get("where", {}).items():
        before = args.get("where", {}).get(dimension, []) if added else []
        args["where"] = {**args.get("where", {}), dimension: list(dict.fromkeys([*before, *values]))}
        if before or dimension in apart:
            args["by"] = args.get("by", [])
            split_values(args)
    for key in ("where", "where_not"):
        if key in args and not args[key]:
            del args[key]


def _with_other_window(sentence: Sentence, args: Args) -> Plan | None:
    """“Compared with last month?”: the same in the window before and in the one that is named."""
    windows = [sense.data["window"] for _, sense in sentence.free("window")]
    if len(windows) != 1 or not args.get("window") or not sentence.has("cue", "compare"):
        return None
    sentence.take_all("window")
    sentence.take_all("cue", "compare", "growth", "previous", "how_much", "count")
    sentence.take_all("gap")
    sentence.take_all("conj")
    if windows[0].period == "last_year" and (args.get("compare") or not _is_year(args["window"])):
        return Plan((Call("measure", {**args, "compare": "last_year"}),))
    earlier = Window.model_validate(args["window"])
    if earlier == windows[0] or _is_one_before(earlier, windows[0]):
        return Plan((Call("measure", {**args, "compare": "previous"}),))
    return with_windows(sentence, dict(args), [earlier, windows[0]])


_CALENDAR = {
    "last_week": re.compile(r"this_week|last_week"),
    "last_month": re.compile(r"\d{4}-\d{2}|this_month|last_month"),
    "last_quarter": re.compile(r"\d{4}-Q\d|this_quarter|last_quarter"),
    "last_year": re.compile(r"\d{4}|this_year|last_year"),
}
"""The times that are as long as the one before that is named."""


def _is_one_before(shown: Window, named: Window) -> bool:
    """“跟上个月比” of a month: the month before the one that is shown."""
    alike = _CALENDAR.get(named.period or "")
    return alike is not None and alike.fullmatch(shown.period or "") is not None


def _is_year(window: Args) -> bool:
    return _CALENDAR["last_year"].fullmatch(str(window.get("period"))) is not None


def _with_other_value(sentence: Sentence, args: Args) -> Plan | None:
    """“Compared with weekdays”, “vs store 406”: the same of the value before and of the one that is named."""
    dimensions = {sense.data["dimension"] for _, sense in sentence.free("value")}
    if len(dimensions) != 1 or not dimensions <= set(args.get("where") or ()) or not sentence.has("cue", "compare"):
        return None
    sentence.take_all("cue", "compare")
    sentence.take_all("conj")
    wanted = take_filters(sentence).get("where", {})
    sentence.take_all("dimension", *dimensions)
    return Plan((Call("measure", args), Call("measure", {**args, "where": {**args["where"], **wanted}})))


def _change_window(sentence: Sentence, args: Args) -> None:
    windows = [sense.data["window"] for sense in sentence.take_all("window")]
    if windows:
        window = windows[0].model_dump(mode="json", exclude_defaults=True)
        if not in_time_of_rule(args, window):
            move_first_orders(sentence, args, window)
            args["window"] = window
        args.pop("compare", None)
        _without_change(args)
    elif sentence.take_all("cue", "yoy"):
        sentence.take_all("cue", "previous", "growth", "compare", "count", "how_much")
        args |= {"compare": "last_year", "window": args.get("window") or {"period": "last_month"}}
    elif args.get("by") and sentence.has("cue", "growth") and sentence.has("ranking"):
        return  # “跌得最厉害的呢”: the order of the groups
    elif sentence.has("cue", "growth") or (sentence.has("cue", "compare") and sentence.has("cue", "previous")):
        for place, _ in sentence.free("cue", "previous"):
            if place and sentence.tokens[place - 1].is_("unit") and not sentence.says("by"):
                sentence.use(place - 1)  # “compared to the month before”
        sentence.take_all("cue", "previous", "growth", "compare", "count", "how_much")
        args |= {"compare": "previous", "window": args.get("window") or {"period": "last_month"}}
        _take_lengths(sentence)
    elif sentence.has("cue", "previous") and args.get("window"):
        sentence.take_all("cue", "previous")
        args["window"] = Window.model_validate(args["window"]).previous().model_dump(mode="json", exclude_defaults=True)
        args.pop("compare", None)
        _take_lengths(sentence)


def _without_change(args: Args) -> None:
    """An order by change needs a time to change from."""
    if args.get("sort") in CHANGES:
        del args["sort"]


def _take_lengths(sentence: Sentence) -> None:
    """“the 90 days before”: the length of the window before is said again."""
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] in ("day", "week", "month", "year"):
            sentence.use(place)
