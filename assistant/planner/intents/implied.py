"""What a question for numbers leaves unsaid: the metric of a change, of a share, of names set side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from tools.contracts import Unit
from tools.metrics.catalogue import catalogue
from tools.windows import Window

_HOW = (
    "how",
    "hows",
    "怎么样",
    "如何",
    "怎样",
    "表现如何",
    "表现怎么样",
    "表现怎样",
    "情况如何",
    "表现",
    "咋样",
    "情况",
    "啥情况",
    "整体情况",
)
_OF_PEOPLE = ("noun", "verb", "segment", "condition", "pronoun", "field", "band", "comparison")
"""What is said of customers, and not of sales."""
_PAID = ("卖", "花", "消费")
_SELLS_WITHIN = 3
"""How far after “how much” its verb may stand."""
_COUNTED = frozenset({"orders", "items", "buyers", "customers", "active_customers", "new_customers"})
_PERSONS = ("多少人", "几个人", "人数")
_PEOPLE = ("new_customers", "returning_customers", "active_customers", "buyers", "responders")
_SIDES = 2
_PART_AND_WHOLE = 2
_EACH = {"spend": "revenue_per_customer", "order": "orders_per_customer"}
"""What customers do, and the metric by which two groups of them are set side by side."""
_GOODS = ("product", "order")
_SPREAD = ("分布", "的分布", "看分布", "分布情况", "distribution", "distribution of", "distributed", "spread")
_OF_SPREAD = [10, 25, 50, 75, 90]
_DIFFERS = ("高", "低", "多", "少", "差", "贵")
"""Beginnings of words for how far apart two things are, which need not be two times."""


def fared(sentence: Sentence) -> list[str]:
    """“how did deli do last month”, “11月环比怎么样”: what is told where no metric is named."""
    told = _goods_named(sentence)
    windows = len(list(sentence.free("window")))
    if windows > 1 and _only_people(sentence):
        return ["active_customers"]
    if windows > 1 and sentence.has("cue", "compare"):
        return ["revenue", "orders"]
    if sentence.has("cue", "compare") and len(_people_named(sentence)) == _SIDES and sentence.says("verb", *_EACH):
        sentence.take_all("verb", *_EACH)
        return [metric for verb, metric in _EACH.items() if sentence.says("verb", verb)]
    if any(sentence.says(kind) for kind in _OF_PEOPLE):
        return []
    if groups_named(sentence) and (sentence.has("cue", "compare") or sentence.has("ranking")):
        return ["revenue"]
    if len(told) > 1 and (sentence.has("cue", "compare") or sentence.has("ranking")) and len({one.data["dimension"] for one in told}) == 1:
        return ["revenue"]
    asked = any(token.text in _HOW for token in sentence.tokens) or _bare(sentence)
    changed = sentence.has("cue", "growth", "yoy")
    return ["revenue", "orders"] if (asked or changed) and (told or windows) else []


def _bare(sentence: Sentence) -> bool:
    """Whether only times and goods or shops are named: “6月6号到6月18号”, “超级碗那周的薯片”."""
    return sentence.says("window") and all(
        token.senses and (token.senses[0].kind in ("window", "value", "punctuation") or token.is_("stop")) for token in sentence.tokens
    )


def _only_people(sentence: Sentence) -> bool:
    """“11月和12月各有多少客户”, "customers in h1 vs h2": nothing but times, and the people who came in them."""
    light = ("window", "noun", "punctuation", "stop", "conj", "cue")
    people = [token for token in sentence.tokens if token.is_("noun") and token.is_("metric", "customers")]
    return len(people) == 1 and not any(token.text in _HOW or not any(token.is_(one) for one in light) for token in sentence.tokens)


def _goods_named(sentence: Sentence) -> list[Sense]:
    """The named goods and shops."""
    return [sense for _, sense in sentence.free("value") if sentence.vocabulary.levels.get(sense.data["dimension"]) in _GOODS]


def _people_named(sentence: Sentence) -> list[Sense]:
    """The named values of properties of customers, and the named segments."""
    values = [sense for _, sense in sentence.free("value") if sentence.vocabulary.levels.get(sense.data["dimension"]) == "customer"]
    return [*values, *(sense for _, sense in sentence.free("segment"))]


def shared_money(sentence: Sentence) -> bool:
    """“生鲜占了几成”, "private label's share": of goods and shops it is the share of what was sold."""
    return sentence.has("cue", "share") and bool(_goods_named(sentence)) and not sentence.says("noun") and not sentence.says("verb")


def joined_counts(sentence: Sentence, weak: list[tuple[int, str]], by: list[str]) -> list[tuple[int, str]]:
    """Words such as 人数 that stand beside a metric in a row of them: “客单价和人数”, “多少单 多少人”."""
    known = any(sentence.vocabulary.levels.get(one) == "customer" for one in by)
    people = [(place, "customers") for place, _ in sentence.free("cue", "count") if sentence.tokens[place].text.endswith(_PERSONS)]
    found = [(place, metric) for place, metric in [*weak, *people] if _in_row(sentence, place)]
    return [(place, "buyers" if metric == "customers" and not known else metric) for place, metric in found]


def _in_row(sentence: Sentence, place: int) -> bool:
    def joins(token: Token) -> bool:
        """Whether the token stands between two of a row."""
        return token.is_("conj", "and") or token.is_("punctuation", ",")

    def counts(at: int) -> bool:
        """Whether a metric or a sum of money stands there."""
        token = sentence.tokens[at] if 0 <= at < len(sentence.tokens) else None
        if token is None or token.is_("noun") or token.is_("metric", *_PEOPLE):
            return False
        return token.is_("metric") or token.is_("cue", "how_much")

    for step in (-1, 1):
        at = place + step
        if 0 <= at < len(sentence.tokens) and joins(sentence.tokens[at]):
            if counts(at + step):
                return True
        elif step < 0 and counts(at) and sentence.tokens[place].text.startswith(("多少", "几")):
            return True
    return False


def money_too(sentence: Sentence, found: list[str]) -> list[str]:
    """“卖了多少钱 多少单”: the sum of money beside what is counted."""
    asked = [
        place for place, _ in sentence.free("cue", "how_much") if not sentence.tokens[place].text.isascii() or _asks_sales(sentence, place)
    ]
    beside = any(sentence.tokens[place].text.isascii() for place in asked)
    if not asked or not found or "revenue" in found or not (set(found) <= _COUNTED or beside or _sum_apart(sentence, asked[0], found)):
        return found
    sentence.use(*asked)
    counted = [at for at in sentence.used if sentence.tokens[at].is_("metric")]
    return ["revenue", *found] if not counted or asked[0] < min(counted) else [*found, "revenue"]


def _asks_sales(sentence: Sentence, place: int) -> bool:
    """“the five with the most customers and how much did they sell”: the sum is asked for in a part of its own."""
    before = sentence.tokens[place - 1] if place else None
    joined = before is not None and (before.is_("conj", "and") or before.is_("punctuation", ","))
    asked = [at for at, token in enumerate(sentence.tokens) if at > place and token.is_("cue", "count")]
    joined = joined or any(sentence.tokens[at - 1].is_("conj", "and") or sentence.tokens[at - 1].is_("punctuation", ",") for at in asked)
    named = any(word in sentence.tokens[place].text for word in ("revenue", "sales", "money"))
    return joined and (named or any(token.is_("cue", "sold") for token in sentence.tokens[place + 1 : place + 1 + _SELLS_WITHIN]))


def _sum_apart(sentence: Sentence, asked: int, found: list[str]) -> bool:
    """“卖了多少钱，平均每单几件”: the sum is a part of its own beside the means that follow it."""
    said = sentence.tokens[asked].text
    named = {"revenue", "campaign_revenue", *(() if "卖" in said else ("revenue_per_customer",))}
    sold = any(word in said for word in _PAID) and not set(found) & named
    return sold and any(token.is_("punctuation", ",") or token.is_("conj", "and") for token in sentence.tokens[asked + 1 : asked + 2])


def of_campaigns(sentence: Sentence, args: dict[str, Any]) -> None:
    """“活动18带来多少销售额”: what campaigns brought is a metric of its own."""
    named = [*args["by"], *args["where"], *args["where_not"]]
    if any(sentence.vocabulary.levels.get(one) == "campaign" for one in named):
        args["metrics"] = ["campaign_revenue" if one == "revenue" else one for one in args["metrics"]]


def spread_of(sentence: Sentence, args: dict[str, Any]) -> None:
    """“客单价分布”: where single values lie, as percentiles."""
    metric = next((one for one in catalogue().metrics if one.id == args["metrics"][0]), None)
    asked = any(token.text in _SPREAD for token in sentence.tokens)
    if asked and not args["by"] and not args["percentiles"] and metric is not None and metric.spread is not None:
        args["metrics"], args["percentiles"] = args["metrics"][:1], list(_OF_SPREAD)


def take_apart(sentence: Sentence) -> None:
    """Words for how far apart two things are: “高多少”, “差多少”."""
    sentence.use(*(place for place, _ in sentence.free("cue", "growth") if sentence.tokens[place].text.startswith(_DIFFERS)))


def take_difference(sentence: Sentence, args: dict[str, Any]) -> None:
    """“A比B高多少”: of two names set side by side it is no change over time."""
    parts = args.get("customers")
    sides = len(parts.get("any", [])) if isinstance(parts, dict) else 0
    if sides < 2 and not any(len(values) > 1 and one in args["by"] for one, values in args["where"].items()):
        return
    take_apart(sentence)


def beside_everyone(metrics: list[str], sides: list[Any], window: Window | None = None) -> Plan:
    """“冠军客户客单价比普通客户高多少”: the metric of a group, and that of all customers; in one time, where one is named."""
    when = {"window": window.model_dump(mode="json", exclude_defaults=True)} if window is not None else {}
    whom: list[dict[str, Any]] = [{} if one == {"all": []} else {"customers": one} for one in sides]
    return Plan(tuple(Call("measure", {"metrics": metrics, **one, **when}) for one in whom))


def groups_named(sentence: Sentence) -> list[tuple[str, list[str]]]:
    """What is set side by side that is no two values of one dimension: weekend and working days, singles and families of four."""
    found = [sense for _, sense in sentence.free("value") if sense.data.get("also") or sense.data["dimension"] == "hour"]
    groups = [(str(one.data["dimension"]), [str(one.data["value"]), *map(str, one.data.get("also", ()))]) for one in found]
    groups = [one for place, one in enumerate(groups) if one not in groups[:place]]
    if len(groups) > 1 and len({dimension for dimension, _ in groups}) == 1:
        return groups
    named = [sense for _, sense in sentence.free("value") if sentence.vocabulary.levels.get(sense.data["dimension"]) == "customer"]
    people = [(str(one.data["dimension"]), [str(one.data["value"])]) for one in named]
    apart = len({dimension for dimension, _ in people}) == len(people) == _SIDES
    return people if apart and sentence.has("cue", "compare") else []


def beside_whole(sentence: Sentence, args: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """“周末订单占比”, "meat and deli combined, what portion of the total": a span of time or several values beside the whole."""
    where: dict[str, list[str]] = args["where"]
    spans = [(one, values) for one, values in where.items() if one == "hour" or (len(values) > 1 and (one == "weekday" or not args["by"]))]
    if (
        not sentence.has("cue", "share")
        or len(spans) != 1
        or (args["by"] not in ([], [spans[0][0]]) and spans[0][0] not in ("hour", "weekday"))
    ):
        return []
    sentence.take_all("cue", "share", "total", "everyone")
    return [*spans, (spans[0][0], [])]


def side_by_side(found: Plan, groups: list[tuple[str, list[str]]]) -> Plan:
    """The plan with one call for each of the groups."""
    if not groups:
        return found
    if len(groups) == _PART_AND_WHOLE and groups[1] == (groups[0][0], []) and len(found.calls) == 1 and _adds_up(found.calls[0].args):
        return replace(found, calls=tuple(_as_part(call, *groups[0]) for call in found.calls))
    dimensions = {dimension for dimension, _ in groups}
    calls = []
    for call in found.calls:
        for dimension, values in groups:
            by = [one for one in call.args.get("by", []) if one not in dimensions]
            common = {one: wanted for one, wanted in call.args.get("where", {}).items() if one not in dimensions}
            where = {**common, dimension: values}
            args = {**call.args, "by": by, "where": {one: wanted for one, wanted in where.items() if wanted}}
            dropped = ("by", "sort", "limit") if not by else ()
            dropped = (*dropped, "where") if not args["where"] else dropped
            calls.append(replace(call, args={key: value for key, value in args.items() if key not in dropped}))
    return replace(found, calls=tuple(calls))


def _adds_up(args: dict[str, Any]) -> bool:
    """Whether what is measured of a part can be a share of what is measured of all."""
    known = {one.id: one for one in catalogue().metrics}
    first = known.get(args["metrics"][0])
    return first is not None and bool(first.additive) and first.unit in (Unit.COUNT, Unit.MONEY) and not args.get("compare")


def _as_part(call: Call, dimension: str, values: list[str]) -> Call:
    """The call of a part, with its share of the whole."""
    by = [one for one in call.args.get("by", []) if one != dimension]
    args = {**call.args, "by": by, "where": {**call.args.get("where", {}), dimension: values}, "share_of": [dimension]}
    dropped = () if by else ("by", "sort", "limit")
    return replace(call, args={key: value for key, value in args.items() if key not in dropped})
