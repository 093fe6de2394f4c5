"""Questions for numbers: metrics by dimensions, filtered, in a window, compared with the one before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from assistant.planner.conditions import find_rules
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense
from assistant.planner.who import Who, both, selection_rule, take_order, take_pronoun
from tools.segments.schemes import scheme_of
from tools.windows import Window

_MOST_METRICS = 6
_MOST_DIMENSIONS = 2
_SHORT_WINDOW = 62
_METRIC_OF_FIELD = {"amount": "revenue", "orders": "orders", "average_order_value": "average_order_value"}
_AVERAGES = {"revenue": "revenue_per_customer", "orders": "orders_per_customer", "amount": "revenue_per_customer"}


def measure(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“revenue by month”, “各部门的销售额排名前5”, “average order value by income band”."""
    rule = find_rules(sentence, loose=False) if _restricted(sentence) else None
    by = take_dimensions(sentence)
    if sentence.take_all("cue", "favourite"):
        by = by or ["category"]
        args_sort = {"sort": "largest"}
    else:
        args_sort = {}
    metrics = take_metrics(sentence, by) or (["revenue"] if args_sort else [])
    if metrics == ["customers"] and not by:
        metrics = ["active_customers"] if sentence.has("window") else []
    if not metrics:
        return None
    if sentence.has("cue", "share") and not by and sentence.has("segment") and not sentence.has("window"):
        return None
    args: dict[str, Any] = {"metrics": metrics[:_MOST_METRICS], "by": by}
    args |= take_filters(sentence) | args_sort
    _split_values(args)
    args["customers"] = _customers(sentence, dialogue, rule)
    args["by"] = args["by"] or _segments_apart(args["customers"])
    _trend(sentence, args)
    args |= take_sorting(sentence, len(by)) if by or args.get("by") else {}
    _chart(sentence, args)
    windows = _windows(sentence)
    _absorb_counts(sentence)
    sentence.take_all("cue", "list", "share", "total", "compare", "everyone", "how_much", "summarize", "sold")
    _absorb_predicates(sentence)
    return _with_windows(sentence, args, windows)


def take_dimensions(sentence: Sentence) -> list[str]:
    """What to group by; a dimension beside its value only names the value."""
    found: list[str] = []
    has_metric = sum(1 for _ in sentence.free("metric"))
    for place, sense in list(sentence.free("dimension")):
        token = sentence.tokens[place]
        grouped = sentence.before(place, "by", within=1) is not None
        named = token.is_("noun") or token.is_("condition") or token.is_("value")
        if named or (token.is_("metric") and not grouped and has_metric < 2):
            continue
        if _names_value(sentence, place, sense.id):
            sentence.use(place)
        elif sense.id not in found and len(found) < _MOST_DIMENSIONS:
            found.append(sense.id)
            sentence.use(place)
    sentence.take_all("by")
    return found


def _names_value(sentence: Sentence, place: int, dimension: str) -> bool:
    for near in (place - 1, place + 1):
        value = sentence.tokens[near].get("value") if 0 <= near < len(sentence.tokens) else None
        if value and (value.data["dimension"] == dimension or value.data["dimension"].startswith(dimension)):
            return True
        if dimension.startswith("rfm") and 0 <= near < len(sentence.tokens) and sentence.tokens[near].is_("segment"):
            return True
    return False


def take_metrics(sentence: Sentence, by: list[str]) -> list[str]:
    """The metrics, in the order of the question."""
    found: list[str] = []
    people = [place for place, _ in sentence.free("metric", "customers") if sentence.tokens[place].is_("noun")]
    weak: list[tuple[int, str]] = []
    dated = bool(by) or sentence.says("window")
    for place, sense in list(sentence.free("metric")):
        token = sentence.tokens[place]
        if place in people or ((token.is_("condition") or token.is_("segment")) and not dated):
            continue
        if token.is_("stop"):
            weak.append((place, sense.id))
            continue
        metric = _averaged(sentence, place, sense.id)
        sentence.use(place)
        if metric not in found:
            found.append(metric)
    counted = _counts_people(sentence)
    if (people or counted) and (by or sentence.has("segment")) and (not found or counted):
        sentence.use(*people, *counted)
        found = ["customers", *(one for one in found if one != "customers")]
    if not found:
        found = _implied(sentence, by, weak)
    return found


def _counts_people(sentence: Sentence) -> list[int]:
    """Where a "how many" stands for people: no metric follows it ("多少人", but not "多少订单")."""
    found = []
    for place, sense in [*sentence.free("cue", "count"), *sentence.free("cue", "share")]:
        following = sentence.after(place, "metric", "dimension", within=1)
        people = following is not None and sentence.tokens[following].is_("noun")
        alone = following is None and sense.id == "count" and sentence.before(place, "metric", within=1) is None
        if people or alone:
            found.append(place)
    return found


def _averaged(sentence: Sentence, place: int, metric: str) -> str:
    if metric in _AVERAGES and (at := sentence.before(place, "cue", within=0)) is not None and sentence.tokens[at].is_("cue", "average"):
        sentence.use(at)
        return _AVERAGES[metric]
    return metric


def _implied(sentence: Sentence, by: list[str], weak: list[tuple[int, str]]) -> list[str]:
    """“How much did they spend”, “各部门卖了多少钱”: money is revenue; “how many bought” is customers who ordered."""
    money = sentence.take_all("cue", "how_much") or _sold(sentence, by)
    spent = sentence.first("verb", "spend")
    noun = spent is not None and (spent[0] == 0 or sentence.tokens[spent[0] - 1].text == "的")
    if money or (spent and (by or noun or sentence.has("cue", "count"))):
        sentence.take_all("verb", "spend")
        return ["revenue"]
    if weak and (by or sentence.says("window")):
        sentence.use(weak[0][0])
        return [weak[0][1]]
    if by and (sentence.has("ranking") or sentence.has("segment")):
        return ["revenue" if sentence.vocabulary.levels.get(by[0]) in ("product", "order") else "customers"]
    if by and (sentence.has("cue", "count") or sentence.has("cue", "share")) and sentence.says("noun"):
        return ["customers"]
    return []


def ranked_customers(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Top 10 customers by spend in 2017”, “2017年消费最多的10个客户”: customers ordered by what they did in a window or of something."""
    values = [
        sense for _, sense in sentence.free("value") if sentence.vocabulary.levels.get(sense.data["dimension"]) in ("product", "order")
    ]
    people = sentence.says("noun") or sentence.has("cue", "list") or any(sense.data.get("person") for _, sense in sentence.free("ranking"))
    if not people or not sentence.has("ranking") or not (values or sentence.has("window")) or sentence.has("comparison"):
        return None
    if sentence.has("neg") or sentence.has("cue", "export") or any(True for _ in _groupings(sentence)):
        return None
    who = Who()
    take_order(sentence, who)
    metric = _METRIC_OF_FIELD.get(who.sort_by or "")
    if metric is None:
        return None
    args: dict[str, Any] = {"metrics": [metric], "by": ["customer"], **take_filters(sentence)}
    args["customers"] = _customers(sentence, dialogue, None)
    args |= {"sort": "largest" if who.descending else "smallest", "limit": who.limit}
    windows = _windows(sentence)
    sentence.take_all("cue", "list", "count")
    _absorb_predicates(sentence)
    return _with_windows(sentence, args, windows)


def _groupings(sentence: Sentence) -> Iterator[int]:
    return (place for place, _ in sentence.free("dimension") if not sentence.tokens[place].is_("noun"))


def _sold(sentence: Sentence, by: list[str]) -> bool:
    """“Which stores sold the most”: what was sold is revenue."""
    asked = bool(by) or sentence.has("value") or sentence.has("window")
    return asked and bool(sentence.take_all("cue", "sold"))


def listing(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“How many stores do we have?”, “列出所有部门”: the values of a dimension, with what each one brings."""
    if not (sentence.has("cue", "count") or sentence.has("cue", "list") or sentence.says("stop")) or sentence.has("metric"):
        return None
    sentence.take_all("cue", "count", "list", "sold", "everyone")
    by = take_dimensions(sentence)
    if len(by) != 1:
        return None
    level = sentence.vocabulary.levels.get(by[0])
    metric = {"customer": "customers", "campaign": "contacted_customers", "contact": "contacts", "response": "responses"}.get(
        level or "", "revenue"
    )
    return plan("measure", metrics=[metric], by=by, sort="largest")


def _split_values(args: dict[str, Any]) -> None:
    """Two values of one dimension are shown side by side."""
    for dimension, values in args.get("where", {}).items():
        if len(values) > 1 and dimension not in args["by"] and len(args["by"]) < _MOST_DIMENSIONS:
            args["by"] = [*args["by"], dimension]


def _restricted(sentence: Sentence) -> bool:
    """Whether the question limits the customers by what they did: "customers who bought", "买过…的客户"."""
    for place, token in enumerate(sentence.tokens):
        if not token.is_("noun") and not token.is_("pronoun"):
            continue
        following = sentence.tokens[place + 1 : place + 3]
        if any(next_token.is_("conj", "who") or next_token.is_("verb") for next_token in following[:1]) and token.text.isascii():
            return _acts(sentence, place + 1, len(sentence.tokens))
        before = sentence.tokens[place - 1] if place else None
        if before is not None and (before.text == "的" or before.is_("comparison")) and _acts(sentence, 0, place):
            return True
    return False


def _acts(sentence: Sentence, start: int, end: int) -> bool:
    return any(token.is_("verb") or token.is_("comparison") or token.is_("neg") for token in sentence.tokens[start:end])


def take_filters(sentence: Sentence) -> dict[str, Any]:
    """Values of dimensions, wanted and unwanted."""
    where: dict[str, list[str]] = {}
    unwanted: dict[str, list[str]] = {}
    for place, sense in list(sentence.free("value")):
        negations = _negations(sentence, place)
        target = unwanted if negations else where
        values = target.setdefault(sense.data["dimension"], [])
        values += [one for one in (sense.data["value"], *sense.data.get("also", ())) if one not in values]
        sentence.use(place, *negations)
    for band in sentence.take_all("band"):
        where.setdefault("churn_band", []).append(band.id)
    return {"where": where, "where_not": unwanted}


def _segments_apart(customers: Any) -> list[str]:
    """Several segments are shown side by side, where they belong to one scheme."""
    parts = customers.get("any", []) if isinstance(customers, dict) else []
    schemes = {scheme.field for part in parts if "segment" in part and (scheme := scheme_of(part["segment"])) is not None}
    return list(schemes) if len(schemes) == 1 else []


def _negations(sentence: Sentence, place: int) -> list[int]:
    """The words around a value that exclude it: “excluding fuel”, “除了燃油以外”."""
    before = [at for at in (place - 1, place - 2) if at >= 0 and at not in sentence.used and sentence.tokens[at].is_("neg")]
    after = [place + 1] if place + 1 < len(sentence.tokens) and sentence.tokens[place + 1].is_("neg", "except") else []
    return [*before[:1], *after]


def _customers(sentence: Sentence, dialogue: Dialogue, rule: dict[str, Any] | None) -> Any:
    segments = [sense.id for sense in sentence.take_all("segment")]
    for condition in sentence.take_all("condition"):
        rule = both(rule, dict(condition.data["rule"]))
    if len(segments) == 1:
        rule = both(rule, {"segment": segments[0]})
    elif segments:
        rule = both(rule, {"any": [{"segment": one} for one in segments]})
    earlier = take_pronoun(sentence, dialogue)
    who = Who(rule, earlier.handle if earlier and rule is None else None, named=True)
    if earlier and rule is not None:
        who.rule = both(selection_rule(earlier), rule)
    return who.as_customers() if who.rule or who.handle else None


def _trend(sentence: Sentence, args: dict[str, Any]) -> None:
    if sentence.take_all("cue", "trend") and not any(one in ("day", "week", "month", "quarter", "year") for one in args["by"]):
        window = next((sense.data["window"] for _, sense in sentence.free("window")), None)
        args["by"] = ["week" if window and (window.last_days or 365) <= _SHORT_WINDOW else "month", *args["by"]][:_MOST_DIMENSIONS]


def take_sorting(sentence: Sentence, groups: int = 1) -> dict[str, Any]:
    """“top 5”, “前5”, “lowest”: the order of groups and how many."""
    args: dict[str, Any] = {}
    ranking = sentence.take("ranking")
    if ranking and groups > 1 and ranking.data["n"]:
        _left_over(sentence)  # the best of each group cannot be asked for, and the number must not be dropped
        return {}
    if ranking and not ranking.data.get("share"):
        args["sort"] = ranking.id
        args["limit"] = ranking.data["n"]
        sentence.take_all("ranking", ranking.id)
        args["limit"] = args["limit"] or _counted_groups(sentence)
    if sentence.take_all("rank", "listing") and "sort" not in args:
        args["sort"] = "largest"
    return args


def _left_over(sentence: Sentence) -> None:
    """Give the ranking back, so that the planner asks about it."""
    sentence.used -= {place for place, token in enumerate(sentence.tokens) if token.is_("ranking")}


def _counted_groups(sentence: Sentence) -> int | None:
    """“Which 5 stores sold the most”: a number right before what is grouped by."""
    for place, quantity in sentence.free("quantity"):
        following = sentence.tokens[place + 1 : place + 2]
        if quantity.data["unit"] == "" and following and following[0].is_("dimension"):
            sentence.use(place)
            return int(quantity.data["value"])
    return None


def _chart(sentence: Sentence, args: dict[str, Any]) -> None:
    charts = sentence.take_all("chart")
    if charts and charts[0].id != "auto":
        args["chart"] = charts[0].id


def _windows(sentence: Sentence) -> list[Window]:
    """The windows; “from Q3 to Q4” is two where growth is asked for, and one stretch of time otherwise."""
    senses = sentence.take_all("window")
    if len(senses) == 1 and senses[0].data.get("parts") and sentence.has("cue", "previous"):
        sentence.take_all("cue", "previous")
        return list(senses[0].data["parts"])
    return [sense.data["window"] for sense in senses]


def _absorb_counts(sentence: Sentence) -> None:
    """“How many” that goes with a metric that was taken: right before or after it; of anything else it is another question."""
    for place, _ in list(sentence.free("cue", "count")):
        near = [sentence.after(place, "metric", "dimension", "verb", within=1), sentence.before(place, "metric", within=1)]
        if any(at is not None and (at in sentence.used or sentence.tokens[at].is_("verb")) for at in near):
            sentence.use(place)


def _absorb_predicates(sentence: Sentence) -> None:
    """Verbs that only say what the metric says: "how many orders did they place"."""
    if not sentence.has("neg"):
        sentence.take_all("verb")
    sentence.take_all("field", "amount", "orders")
    sentence.take_all("cue", "average")
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] in ("day", "week", "month") and sentence.says("cue", "previous"):
            sentence.use(place)


def _with_windows(sentence: Sentence, args: dict[str, Any], windows: list[Window]) -> Plan:
    as_of = sentence.vocabulary.as_of
    if sentence.take_all("cue", "yoy"):
        first = windows[0] if windows else Window(period="this_year")
        windows = [first, year_before(first, as_of)]
    elif sentence.take_all("cue", "previous"):
        args["compare"] = "previous"
        windows = windows or [Window(period="last_month")]
    if len(windows) == 2:
        later, earlier = sorted(windows, key=lambda one: str(one.resolve(as_of).end or as_of), reverse=True)
        if later.previous().resolve(as_of) == earlier.resolve(as_of):
            args["compare"], windows = "previous", [later]
    shown: list[Window | None] = [*windows] or [None]
    calls = [Call("measure", _clean({**args, "window": _dump(window)})) for window in shown]
    return Plan(tuple(calls))


def year_before(window: Window, as_of: dt.date) -> Window:
    """The same dates a year earlier."""
    start, end = window.resolve(as_of)
    return Window(start=_back(start), end=_back(end or as_of))


def _back(day: dt.date | None) -> dt.date | None:
    if day is None:
        return None
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _dump(window: Window | None) -> dict[str, Any] | None:
    return window.model_dump(mode="json", exclude_defaults=True) if window else None


def _clean(args: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in args.items() if value is not None and value not in ([], {})}


__all__ = ["Sense", "measure", "plan", "take_dimensions", "take_filters", "take_metrics", "take_sorting", "year_before"]
