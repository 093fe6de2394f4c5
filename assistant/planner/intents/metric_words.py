"""Which metrics a question names and what they are split by, also where the words only imply them."""

from __future__ import annotations

from typing import Any

from assistant.planner.intents.crowds import most_people, of_groups, take_spenders, take_visitors
from assistant.planner.intents.each_customer import are_those, each_customer, per_group
from assistant.planner.intents.extremes import PER_ORDER
from assistant.planner.intents.finer import with_finer
from assistant.planner.intents.implied import joined_counts, money_too, shared_money
from assistant.planner.intents.newcomers import both_kinds, counted_itself
from assistant.planner.intents.sized import SIZES, of_goods
from assistant.planner.sentence import Sentence

_MOST_DIMENSIONS = 2
_RECURRING = ("weekday", "day_type", "hour")
_SENDING = ("campaign", "contact")
"""Times that come again, unlike months."""
_OF_PEOPLE = {
    "revenue": "revenue_per_customer",
    "orders": "orders_per_customer",
    "items": "items_per_customer",
    "discount": "discount_per_customer",
}
"""Sums, and the metric that divides each by the customers who ordered."""
_SUMS_ASKED = ("how much revenue", "how much money", "how much sales")
_OF_THINGS = ("几家", "多少家", "几款", "几种", "几类", "几间", "多少种", "多少款")
"""“How many” of anything but people."""
_BUSY = frozenset(
    {
        "busiest",
        "quietest",
        "peak",
        "slowest",
        "hottest",
        "最忙",
        "高峰",
        "高峰期",
        "最高峰",
        "最冷清",
        "最旺",
        "旺",
        "最淡",
        "最火",
        "最集中",
    }
)
"""Rankings of times by how many come, and not by what they spend."""
AVERAGES = {
    "revenue": "revenue_per_customer",
    "orders": "orders_per_customer",
    "amount": "revenue_per_customer",
    "discount": "discount_share",
}


def take_dimensions(sentence: Sentence) -> list[str]:
    """What to group by; a dimension beside its value only names the value."""
    with_finer(sentence)
    found: list[str] = []
    has_metric = sum(1 for _ in sentence.free("metric"))
    for place, sense in list(sentence.free("dimension")):
        token = sentence.tokens[place]
        grouped = sentence.before(place, "by", within=1) is not None
        before = sentence.tokens[place - 1] if place else None
        acts = token.is_("verb") and before is not None and (before.is_("noun") or before.is_("conj", "who")) and not grouped
        named = token.is_("noun") or token.is_("condition") or (token.is_("value") and not grouped) or acts
        if named or (token.is_("metric") and not grouped and (has_metric < 2 or _is_listed(sentence, place))):
            continue
        again = sense.id in found and sentence.says("comparison")  # groups that are limited, and those that are ranked
        if again or _names_value(sentence, place, sense.id):
            sentence.use(place)
        elif sense.id not in found and len(found) < _MOST_DIMENSIONS:
            found.append(sense.id)
            sentence.use(place)
    sentence.take_all("by")
    return found


def _names_value(sentence: Sentence, place: int, dimension: str) -> bool:
    for near in (place - 1, place + 1):
        value = sentence.tokens[near].get("value") if 0 <= near < len(sentence.tokens) else None
        if value and (value.data["dimension"] == dimension or value.data["dimension"].startswith(f"{dimension}_")):
            return True
        if dimension.startswith("rfm") and 0 <= near < len(sentence.tokens) and sentence.tokens[near].is_("segment"):
            return True
    return False


def take_metrics(sentence: Sentence, by: list[str]) -> list[str]:
    """The metrics, in the order of the question."""
    if by and "customer" not in by and take_spenders(sentence):
        return ["revenue"]
    found: list[str] = []
    named = [place for place, _ in sentence.free("metric", "customers") if sentence.tokens[place].is_("noun")]
    people = [place for place in named if not (they_do(sentence, place) or are_those(sentence, place))]
    weak: list[tuple[int, str]] = []
    dated = bool(by) or sentence.says("window")
    for place, sense in list(sentence.free("metric")):
        token = sentence.tokens[place]
        grouped = token.is_("condition") or token.is_("segment")
        about = grouped and not counted_itself(sentence, place) and (not dated or _speaks_of_money(sentence, place))
        if place in named or about:
            continue
        if token.is_("stop"):
            weak.append((place, sense.id))
            continue
        metric = _averaged(sentence, place, sense.id)
        sentence.use(place)
        found += [one for one in (metric, *sense.data.get("also", ())) if one not in found]
    for place, metric in joined_counts(sentence, weak, by) if found or sentence.has("cue", "how_much") else ():
        sentence.use(place)
        found += [metric] if metric not in found else []
    counted = _counts_people(sentence)
    if found and not people:
        counted = [place for place in counted if not _asks_again(sentence, place)]
    if (people or counted) and (by or sentence.has("segment") or (found and counted and people)) and (not found or counted):
        sentence.use(*people, *counted)
        found = [_of_people(sentence), *(one for one in found if one != "customers")]
    listed = [at for at, _ in sentence.free("metric", "customers") if found and _is_listed(sentence, at)]
    if listed:
        sentence.use(*listed)
        found.append("customers" if by or not sentence.says("window") else "active_customers")
    if "average_order_value" in found and any(
        token.is_("metric", "average_order_value") and token.text in PER_ORDER for token in sentence.tokens
    ):
        found = _per_order(found)
    if {"revenue", "revenue_per_customer"} <= set(found) and sentence.says("verb", "spend") and not _names_sales(sentence):
        found.remove("revenue")
    if "new_customers" in found:
        sentence.take_all("field", "first_order_date")
    found = money_too(sentence, found)
    if not found:
        found = _implied(sentence, by, weak)
    if found == ["revenue"] and _each_pays(sentence):
        found = ["revenue_per_customer"]
    return list(dict.fromkeys(countable(sentence, metric, by) for metric in found))


def _each_pays(sentence: Sentence) -> bool:
    """“How much do they spend on average”, “他们平均花多少”: what a customer spends, and not what all do."""
    pays = any(token.is_("verb", "spend") or token.text.startswith(("花", "消费")) for token in sentence.tokens)
    return pays and not sentence.says("ranking") and bool(sentence.take_all("cue", "average"))


def _per_order(found: list[str]) -> list[str]:
    """“how many items do they buy per order”: what is counted, for each order."""
    if "items" in found:
        return ["items_per_order", *(one for one in found if one not in ("items", "average_order_value"))]
    return [one for one in found if one != "revenue"]


def _of_people(sentence: Sentence) -> str:
    """What groups of people are measured by: their number, unless they are ranked by worth (“最值钱”, "most valuable")."""
    worth = next((sense for token in sentence.tokens for sense in token.senses if sense.kind == "worth"), None)
    return str(worth.data["metric"]) if worth else "customers"


def countable(sentence: Sentence, metric: str, by: list[str]) -> str:
    """Customers by what they bought, where or when are those who ordered: other customers have no place in the split."""
    levels = {sentence.vocabulary.levels.get(dimension) for dimension in by}
    if metric == "customers" and levels & {"product", "order"}:
        return "buyers"
    if metric == "customers" and levels & set(_SENDING):
        return "contacted_customers"
    if metric == "customers" and set(by) & set(_RECURRING):
        return "buyers"  # of all time, where no window is named
    return "active_customers" if metric == "customers" and "time" in levels else metric


def who_came(sentence: Sentence, args: dict[str, Any]) -> list[str]:
    """The metrics, where customers of goods, shops or hours are those who ordered: “store 367 in december: shoppers, aov”."""
    limits = [*args["where"], *args["where_not"]]
    groups = any(token.is_("segment") and not token.is_("metric") for token in sentence.tokens)
    if not args["by"] and not limits and not groups and sentence.says("window") and len(args["metrics"]) > 1:
        return list(dict.fromkeys("active_customers" if one == "customers" else one for one in args["metrics"]))
    return list(dict.fromkeys(countable(sentence, one, limits if limits and one == "customers" else args["by"]) for one in args["metrics"]))


def _speaks_of_money(sentence: Sentence, place: int) -> bool:
    """Whether another word is the metric, so that "new customers" are whom it is about."""
    kinds = both_kinds(sentence)
    others = [at for at, _ in sentence.free("metric") if at != place and at not in kinds and not sentence.tokens[at].is_("noun")]
    return sentence.has("cue", "how_much") or any(not sentence.tokens[at].is_("segment") for at in others)


def _counts_people(sentence: Sentence) -> list[int]:
    """Where a "how many" stands for people: no metric follows it ("多少人", but not "多少订单")."""
    found = []
    for place, sense in [*sentence.free("cue", "count"), *sentence.free("cue", "share")]:
        if sentence.tokens[place].text.endswith(_OF_THINGS) or of_goods(sentence, place) or of_groups(sentence, place):
            continue
        if place and sentence.tokens[place - 1].is_("cue", "growth"):
            continue  # “比三季度涨跌多少”: how much it changed
        following = sentence.after(place, "metric", "dimension", within=1)
        people = following is not None and sentence.tokens[following].is_("noun")
        people = people or "".join(token.text for token in sentence.tokens[place : place + 2]).startswith(("有多少人", "多少人"))
        alone = following is None and sense.id == "count" and sentence.before(place, "metric", within=1) is None
        if people or alone:
            found.append(place)
    return found


def _asks_again(sentence: Sentence, place: int) -> bool:
    """“折扣最多的部门，一共多少”: how much of what is named already, and no people."""
    before = sentence.tokens[place - 1] if place else None
    again = sentence.tokens[place].text == "多少" and before is not None and (before.is_("cue", "total") or before.is_("punctuation"))
    if again:
        sentence.use(place)
    return again


def _averaged(sentence: Sentence, place: int, metric: str) -> str:
    if sentence.tokens[place].text == "basket":
        return "average_order_value"  # “the highest basket”, and not “baskets”
    if metric in _OF_PEOPLE and (people := each_customer(sentence, place)):
        sentence.use(*people)
        return _OF_PEOPLE[metric]
    at = sentence.before(place, "cue", within=0)
    if at is not None and at and sentence.tokens[at - 1].is_("op"):
        return metric  # “above average revenue” is a bound, and no mean
    if sentence.tokens[place].text.isascii() and per_group(sentence, place):
        return metric  # “average revenue per store” is of each store, and of no customer
    if metric in AVERAGES and at is not None and at not in sentence.used and sentence.tokens[at].is_("cue", "average"):
        sentence.use(at)
        return AVERAGES[metric]
    return metric


def _names_sales(sentence: Sentence) -> bool:
    """Whether a word is sales and nothing else, beside what customers spend."""
    return any(token.is_("metric", "revenue") and not token.is_("verb") and "spen" not in token.text for token in sentence.tokens)


_SHOWN_WITH = ("with", "show", "showing")


def _is_listed(sentence: Sentence, place: int) -> bool:
    """“revenue, orders, customers”, “客单价和人数”: customers named as one of several metrics."""
    for step in (-1, 1):
        joint, other = place + step, place + 2 * step
        if not 0 <= other < len(sentence.tokens):
            continue
        linked = sentence.tokens[joint].is_("conj", "and") or sentence.tokens[joint].is_("punctuation", ",")
        beside = sentence.tokens[other]
        if step > 0 and place and sentence.tokens[place - 1].text in _SHOWN_WITH and sentence.tokens[joint].is_("metric"):
            return True  # “departments with customers orders and aov”: a list without commas
        named = (beside.is_("metric") and not beside.is_("noun") and not beside.is_("condition")) or beside.text in _SUMS_ASKED
        if linked and named and sentence.tokens[joint].text != "的":
            return True
    return False


def _implied(sentence: Sentence, by: list[str], weak: list[tuple[int, str]]) -> list[str]:
    """“How much did they spend”, “各部门卖了多少钱”: money is revenue; “how many bought” is customers who ordered."""
    if most_people(sentence, by) or (not by and take_visitors(sentence)):
        return ["customers"]
    goods = [place for place, _ in sentence.free("cue", "count") if of_goods(sentence, place)]
    if goods:
        sentence.use(*goods)
        sentence.take_all("cue", "sold")
        return ["revenue" if sentence.tokens[goods[0]].text in SIZES else "items"]
    money = sentence.take_all("cue", "how_much") or _sold(sentence, by)
    spent = sentence.first("verb", "spend")
    noun = spent is not None and (spent[0] == 0 or sentence.tokens[spent[0] - 1].text == "的")
    if money or (spent and (by or noun or sentence.has("cue", "count"))):
        sentence.take_all("verb", "spend")
        return ["revenue"]
    if by and sentence.has("unit", "money"):
        sentence.take_all("unit", "money")  # “the biggest categories in $”
        return ["revenue"]
    if weak and (by or sentence.says("window")):
        sentence.use(weak[0][0])
        return [weak[0][1]]
    levels = {sentence.vocabulary.levels.get(one) for one in by}
    if levels == {"customer"} and "customer" not in by and sentence.says("worth"):
        return [_of_people(sentence)]
    if sentence.says("verb", "order") and levels & {"time", "product", "order"}:
        sentence.take_all("verb", "order")
        sentence.take_all("noun")
        return ["revenue" if levels & {"product", "order"} else "orders"]
    if (by and sentence.has("cue", "yoy", "growth")) or shared_money(sentence):
        return ["revenue"]
    if by and any(sentence.vocabulary.levels.get(sense.data["dimension"]) in ("product", "order") for _, sense in sentence.free("value")):
        return ["revenue"]
    if by and (sentence.has("ranking") or sentence.has("segment")):
        level = sentence.vocabulary.levels.get(by[0])
        visits = level in ("time", "order") and any(is_busy(token.text) for token in sentence.tokens)
        sold = level in ("time", "product", "order") or levels & {"product"}
        return ["orders" if visits else "revenue" if sold else "customers"]
    if by and (sentence.has("cue", "count") or sentence.has("cue", "share")) and sentence.says("noun"):
        return ["customers"]
    return []


def _sold(sentence: Sentence, by: list[str]) -> bool:
    """“Which stores sold the most”: what was sold is revenue."""
    asked = bool(by) or sentence.has("value") or sentence.has("window")
    return asked and bool(sentence.take_all("cue", "sold"))


def they_do(sentence: Sentence, place: int) -> bool:
    """“what time do people shop”: what they do is asked about, and not their number."""
    return any(one.text in ("do", "does", "did") for one in sentence.tokens[max(0, place - 2) : place])


def is_busy(word: str) -> bool:
    """“Busiest”, "3 busiest", 最忙, and how many people there are."""
    return word in _BUSY or word.startswith("人") or word.endswith((" busiest", " quietest"))
