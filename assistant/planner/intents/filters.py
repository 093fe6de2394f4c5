"""What limits a measurement: values, customers, windows, order and number of groups."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from assistant.planner.bands import band_condition
from assistant.planner.contact_times import take_contact_times
from assistant.planner.dialogue import Dialogue
from assistant.planner.people_asked import not_done_there
from assistant.planner.plan import PLACE, Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.who import Who, both, selection_rule, take_pronoun
from tools.metrics.options import CHANGES
from tools.metrics.steps import STEP
from tools.segments.schemes import scheme_of
from tools.windows import DateRange, Window

_MOST_DIMENSIONS = 2
_BELOW = {"category": "subcategory"}
"""The level below each level of goods."""
APART: tuple[str, ...] = (
    "各自",
    "分别",
    "各",
    "各是多少",
    "分开",
    "哪天",
    "哪一天",
    "each",
    "each of",
    "respectively",
    "in each of",
    "in each",
)
APART += ("within each",)
_BEHIND = ("除外", "之外", "以外", "不算", "不包括", "excluded")
"""Words that exclude what stands before them."""
_EACH_TIME = re.compile(
    r"各(?=自|卖|有|是|买|花|下|来|赚|收|做|消费|多少|几)|分别|\beach\b(?= *(?:$|[?,.;]))|\brespectively\b|\bseparately\b"
)
_JUST_BEFORE = ("last_week", "last_month", "last_quarter")


def take_filters(sentence: Sentence) -> dict[str, Any]:
    """Values of dimensions, wanted and unwanted."""
    where: dict[str, list[str]] = {}
    unwanted: dict[str, list[str]] = {}
    last: tuple[int, bool] = (-1, False)
    for place, sense in list(sentence.free("value")):
        negations = _negations(sentence, place)
        listed = _listed(sentence, last[0], place)
        target = unwanted if negations or (listed and last[1]) else where
        last = (place, target is unwanted)
        values = target.setdefault(sense.data["dimension"], [])
        values += [one for one in (sense.data["value"], *sense.data.get("also", ())) if one not in values]
        sentence.use(place, *negations)
    for band in sentence.take_all("band"):
        where.setdefault("churn_band", []).append(band.id)
    return {"where": where, "where_not": unwanted}


def _listed(sentence: Sentence, first: int, second: int) -> bool:
    """Whether nothing but joints stands between two values: "excluding fuel and grocery", “去掉燃油和优惠券杂项”."""
    between = sentence.tokens[first + 1 : second]
    return first >= 0 and all(token.is_("conj", "and", "or") or token.is_("punctuation", ",") for token in between)


def _negations(sentence: Sentence, place: int) -> list[int]:
    """The words around a value that exclude it: “excluding fuel”, “除了燃油以外”."""
    before = [at for at in (place - 1, place - 2) if at >= 0 and at not in sentence.used and sentence.tokens[at].is_("neg")]
    before = [] if place and sentence.tokens[place - 1].text.startswith("卖") else before  # “没有卖出DELI的店” are shops, not other goods
    before = [] if any(not_done_there(sentence, at, place) for at in before) else before
    following = sentence.tokens[place + 1] if place + 1 < len(sentence.tokens) else None
    after = [place + 1] if following is not None and following.is_("neg", "except") and following.text in _BEHIND else []
    return [*before[:1], *after]


_COMBINED = re.compile(r"\b(?:combined|together|altogether|jointly|added up|as one|summed(?: up)?)\b|合计|加起来|合起来|加在一起|合在一起")


def combined(sentence: Sentence) -> bool:
    """“produce and meat together”, “加起来”: several values are one whole."""
    found = _COMBINED.search(sentence.text) is not None
    if found:
        sentence.use(*(place for place, token in enumerate(sentence.tokens) if _COMBINED.fullmatch(token.text)))
    return found


def named_apart(sentence: Sentence) -> list[str]:
    """“For owners and renters”: dimensions of which several values are named, each with a word of its own."""
    named = [str(sense.data["dimension"]) for _, sense in sentence.free("value")]
    return [] if combined(sentence) else [one for one in dict.fromkeys(named) if named.count(one) > 1]


def split_values(args: dict[str, Any], whole: frozenset[str] = frozenset()) -> None:
    """Two values of one dimension are shown side by side, unless they were named as a whole."""
    for dimension, values in args.get("where", {}).items():
        if len(values) > 1 and dimension not in (*whole, *args["by"]) and len(args["by"]) < _MOST_DIMENSIONS:
            args["by"] = [*args["by"], dimension]


def go_down(sentence: Sentence, args: dict[str, Any]) -> None:
    """“5 most bought categories in the MEAT department”: within one value of a level, its parts of the level below are meant."""
    for place, level in enumerate(args["by"]):
        below = _BELOW.get(level)
        values = args["where"].get(level, ())
        ranked = next((one.data["n"] for _, one in sentence.free("ranking") if one.data.get("n")), None)
        if below is None or not values or not sentence.vocabulary.values.get(below) or below in args["by"]:
            continue
        if len(values) == 1:
            args["by"] = [*args["by"][:place], below, *args["by"][place + 1 :]]
        elif ranked is not None and (ranked >= len(values) or any(token.text in APART for token in sentence.tokens)):
            _within_each(sentence, args, level, below, ranked)


def _within_each(sentence: Sentence, args: dict[str, Any], level: str, below: str, ranked: int) -> None:
    """“MEAT 和 DELI 各自卖得最好的3个品类”: the best few of the level below in each value."""
    way = next(one.id for _, one in sentence.free("ranking") if one.data.get("n"))
    sentence.take_all("ranking", way)
    sentence.take_all("pair")
    args["by"] = [level, below]
    args |= {"sort": way, "limit_per_group": ranked}


def segments_apart(customers: Any) -> list[str]:
    """Several segments are shown side by side, where they belong to one scheme."""
    parts = customers.get("any", []) if isinstance(customers, dict) else []
    schemes = {scheme.field for part in parts if "segment" in part and (scheme := scheme_of(part["segment"])) is not None}
    return list(schemes) if len(schemes) == 1 else []


def take_customers(sentence: Sentence, dialogue: Dialogue, rule: dict[str, Any] | None) -> Any:
    """Whom the measurement is limited to, as the argument `customers`; None is everyone."""
    for place, sense in list(sentence.free("segment")):
        denied = [at for at in (place - 1, place - 2) if at >= 0 and at not in sentence.used and sentence.tokens[at].is_("neg")]
        if denied:
            sentence.use(place, denied[0], *(at for at, _ in sentence.free("neg", "except")))
            rule = both(rule, {"not": {"segment": sense.id}})
    ids = [sense.id for sense in sentence.take_all("customer_id")]
    if ids:
        one = {"op": "=", "value": ids[0]} if len(ids) == 1 else {"op": "in", "value": ids}
        rule = both(rule, {"field": "customer_id", **one})
    for place, comparison in list(sentence.free("comparison")):
        if comparison.data["unit"] == "age":
            sentence.use(place)
            rule = both(rule, band_condition("age", comparison, sentence.vocabulary))
    segments = [sense.id for sense in sentence.take_all("segment")]
    for condition in sentence.take_all("condition"):
        rule = both(rule, dict(condition.data["rule"]))
    if len(segments) == 1:
        rule = both(rule, {"segment": segments[0]})
    elif segments:
        rule = both(rule, {"any": [{"segment": one} for one in segments]})
    earlier = take_pronoun(sentence, dialogue)
    if earlier and rule is None:
        return earlier.customers
    who = Who(both(selection_rule(earlier), rule) if earlier else rule, named=True)
    return who.as_customers() if who.rule else None


_LATEST = {"week": "last_week", "周": "last_week", "quarter": "last_quarter", "季": "last_quarter"}
"""The latest whole period of the unit in which the one before it is named: “比前一周涨得最多的部门”."""


def take_windows(sentence: Sentence, *, changed: bool = False, by: Iterable[str] = ()) -> list[Window]:
    """The windows; “from Q3 to Q4” is two where growth is asked for, and one stretch of time otherwise, as by week."""
    places = [place for place, _ in sentence.free("window")]
    senses = sentence.take_all("window")
    ends = [sense.data["parts"] for place in places for sense in sentence.tokens[place].senses if sense.data.get("parts")]
    timely = any(sentence.vocabulary.levels.get(one) == "time" for one in by)
    if len(senses) == 1 and ends and not timely and (changed or sentence.has("cue", "previous", "growth")):
        sentence.take_all("cue", "previous", "growth")
        return list(ends[0])
    return [sense.data["window"] for sense in senses]


def with_windows(sentence: Sentence, args: dict[str, Any], windows: list[Window]) -> Plan:
    """The plan of a measurement in its windows: one call for each, or one compared with the window before or a year before."""
    windows = windows or take_contact_times(args)
    both = _change_words(sentence)
    named = "".join(sentence.tokens[place].text for place, _ in sentence.free("cue", "previous"))
    weekly = "week" in named
    lately = Window(period=next((one for word, one in _LATEST.items() if word in named.replace("周期", "")), "last_month"))
    if args.get("compare") == STEP:
        sentence.take_all("cue", "previous", "growth")
    elif sentence.take_all("cue", "yoy"):
        sentence.take_all("cue", "previous", "growth")
        args["compare"] = "last_year"
        timely = any(sentence.vocabulary.levels.get(one) == "time" for one in args["by"])
        windows = windows or [Window(last_days=365) if timely else Window(period="last_month")]
    elif _over_time(sentence, args) and not windows:
        sentence.take_all("cue", "previous", "growth")  # “逐季变化”: one after the other
    elif sentence.take_all("cue", "previous", "growth") or args.get("sort") in CHANGES:
        args["compare"] = "last_year" if "年" in named or "year" in named else "previous"
        windows = windows or [lately]
    if len(windows) == 2 and windows[0].last_days is None and len({one.resolve(sentence.vocabulary.as_of) for one in windows}) == 1:
        if sentence.says("cue", "compare") and any(one.period in _JUST_BEFORE for one in windows):
            args["compare"] = "previous"  # “this december compared to last month”, where these are one
        elif sentence.says("cue", "compare") and any(token.is_("window") and token.text.startswith("last ") for token in sentence.tokens):
            args["compare"] = "last_year"  # “december compared with last december”
        windows = windows[:1]  # “mother's day (14 May)”
    if len(windows) == 2 and windows[0] == windows[1]:
        args["compare"], windows = "previous", windows[:1]  # “最近7天和之前7天”
    windows = _within_whole(list(dict.fromkeys(windows)) if len(windows) > 2 else windows, sentence.vocabulary.as_of)
    if len(windows) == 2 and not _each_told(sentence, args):
        windows = _compared(args, windows, sentence.vocabulary.as_of)
    if args.get("compare") == "previous" and len(windows) == 1:
        windows = [_closed(windows[0], sentence.vocabulary.as_of)]
        args["compare"] = _week_earlier(windows[0], sentence.vocabulary.as_of) if weekly else "previous"
    shown: list[Window | None] = [*windows] or [None]
    compared = [args, {**args, "compare": "previous"}] if both and args.get("compare") == "last_year" else [args]
    calls = [Call("measure", _clean({**one, "window": _dump(window)})) for window in shown for one in compared]
    return Plan(tuple(calls))


def _closed(window: Window, as_of: dt.date) -> Window:
    """“since September”, compared with the time before: up to the last day of the data, as an open time has none before it."""
    dates = window.resolve(as_of)
    return Window(start=dates.start, end=as_of) if dates.start and not dates.end else window


def _week_earlier(window: Window, as_of: dt.date) -> dict[str, Any] | str:
    """What one day is compared with by “the week before”: the same day of it, not the day before."""
    start, end = window.resolve(as_of)
    if start is None or start != end:
        return "previous"
    day = start - dt.timedelta(days=7)
    return _dump(Window(start=day, end=day)) or "previous"


def _change_words(sentence: Sentence) -> bool:
    """“同比和环比都看一下”: whether the change from the period before is asked for beside that from a year before."""
    nearer = any("环比" in token.text for token in sentence.tokens)
    return nearer and sentence.has("cue", "yoy")


def _over_time(sentence: Sentence, args: dict[str, Any]) -> bool:
    """Whether periods are listed one after the other, so that the change from each to the next is seen."""
    listed = any(sentence.vocabulary.levels.get(one) == "time" for one in args.get("by", ()))
    return listed and args.get("sort") not in CHANGES


def _each_told(sentence: Sentence, args: dict[str, Any]) -> bool:
    """“三季度和四季度各卖了多少”: a figure for each of two times, and no change from one to the other."""
    return "compare" not in args and bool(_EACH_TIME.search(sentence.text)) and not sentence.says("cue", "compare")


def _compared(args: dict[str, Any], windows: list[Window], as_of: dt.date) -> list[Window]:
    """One window with its comparison, where the other is the one before it or that of a year before; else both."""
    later, earlier = sorted(windows, key=lambda one: str(one.resolve(as_of).end or as_of), reverse=True)
    dates = later.resolve(as_of)
    bounded = dates.start is not None and dates.end is not None
    if bounded and later.previous().resolve(as_of) == earlier.resolve(as_of):
        args["compare"] = "previous"
    elif _year_before(dates) == earlier.resolve(as_of):
        args["compare"] = "last_year"
    elif args.get("compare") == "previous" and _apart(earlier.resolve(as_of), dates):
        args["compare"] = _dump(earlier)
    else:
        args.pop("compare", None)
        return windows
    return [later]


def _within_whole(windows: list[Window], as_of: dt.date) -> list[Window]:
    """“今年下滑最厉害的部门，12月跟1月比”: the two times of a longer one that is only named around them."""
    if len(windows) != 3:
        return windows
    spans = [(one, one.resolve(as_of)) for one in windows]
    inner = [one for one, span in spans if not all(_holds(span, other) for _, other in spans)]
    return inner if len(inner) == 2 else windows


def _holds(outer: DateRange, inner: DateRange) -> bool:
    """Whether a time has all of another in it."""
    if None in (*outer, *inner):
        return False
    return outer.start <= inner.start and inner.end <= outer.end  # type: ignore[operator]


def _apart(earlier: DateRange, later: DateRange) -> bool:
    """Whether one time is over before the other begins."""
    return earlier.end is not None and later.start is not None and earlier.end < later.start


def _year_before(dates: DateRange) -> DateRange:
    return DateRange(*(one and one.replace(year=one.year - 1, day=28 if (one.month, one.day) == (2, 29) else one.day) for one in dates))


def _dump(window: Window | None) -> dict[str, Any] | None:
    return window.model_dump(mode="json", exclude_defaults=True) if window else None


def _clean(args: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in args.items() if value is not None and value not in ([], {})}


def take_sorting(sentence: Sentence) -> dict[str, Any]:
    """“top 5”, “前5”, “lowest”: the order of groups and how many."""
    args: dict[str, Any] = {}
    ranking = sentence.first("ranking")
    if ranking and not ranking[1].data.get("share"):
        same = sentence.take_all("ranking", ranking[1].id)
        limit = max((one.data["n"] or 0 for one in same), default=0)
        args = {"sort": ranking[1].id, "limit": limit or counted_groups(sentence)}
        place = next((one.data["place"] for one in same if one.data.get("place")), None)
        args |= {PLACE: place} if place else {}
    if sentence.take_all("rank", "listing") and "sort" not in args:
        args["sort"] = "largest"
    return args


def counted_groups(sentence: Sentence) -> int | None:
    """“Which 5 stores sold the most”: a number right before what is grouped by."""
    for place, quantity in sentence.free("quantity"):
        following = sentence.tokens[place + 1 : place + 2]
        if quantity.data["unit"] == "" and following and following[0].is_("dimension"):
            sentence.use(place)
            return int(quantity.data["value"])
    return None
