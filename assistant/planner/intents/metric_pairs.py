"""One metric as a share of another (“discount as a % of sales”), and which of several the groups are ranked by."""

from __future__ import annotations

from assistant.planner.intents.metric_words import is_busy
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token
from tools.contracts import Unit
from tools.metrics.catalogue import catalogue

_PAIR = 2
_SAME = {
    "revenue": {"revenue", "gross_revenue", "line_revenue"},
    "customers": {"customers", "active_customers", "customers_ever_active"},
    "buyers": {"active_customers", "customers_ever_active"},
    "orders": {"orders", "placed_orders"},
    "refunds": {"refunds", "refunded_orders"},
}
"""What a metric may be called as part of a share."""
_OF_ORDERS = {"discount": "discounted_orders"}
"""Sums of money, and the orders that have some: “what share of orders used a discount”."""
_CONDITIONED = ("discounted_orders", "refunded_orders")
"""Orders of which something holds: their share of all orders is asked for (“what share of orders had a discount”)."""
_KINDS = {"new": "new_customer_share", "new_customers": "new_customer_share", "returning_customers": "returning_customer_share"}
_COUNTED = {"new_customer_share": "new_customers", "returning_customer_share": "returning_customers"}
_PEOPLE = ("customers", "buyers", "active_customers")
_COUNTABLE = ("customers", "shoppers", "people", "members", "households", "clients", "visitors")
_BETWEEN = 3
_SELLS = ("卖", "热卖", "热销", "畅销", "销得", "best selling", "top selling", "worst selling")
"""Words of rankings that say themselves that they are of sales."""
_SUMS = frozenset({"revenue", "items", "gross_revenue", "line_revenue"})


def as_share(sentence: Sentence, metrics: list[str]) -> list[str]:
    """The metric that is the share of the two that are named; the same metrics where none is asked for."""
    if not sentence.has("cue", "share"):
        return metrics
    if len(metrics) == 1 and metrics[0] in _CONDITIONED:
        found = _ratio(metrics[0], "orders")
    else:
        found = (_ratio(*metrics) or _ratio(*reversed(metrics))) if len(metrics) == _PAIR else None
    if found is None:
        return metrics
    sentence.take_all("cue", "share")
    return [found]


def unshared(sentence: Sentence, metrics: list[str], by: list[str]) -> bool:
    """Whether two sums are named of which one is asked for as a share of the other, and nothing is: “items as a % of orders”."""
    known = {one.id: one for one in catalogue().metrics}
    sums = [one for one in metrics if one in known and known[one].ratio is None]
    said = next((at for at, _ in sentence.free("cue", "share")), None)
    if said is None or len(sums) != _PAIR or len(metrics) != _PAIR or by:
        return False
    near = [sentence.before(said, "metric", within=_BETWEEN), sentence.after(said, "metric", within=_BETWEEN)]
    return None not in near and sentence.tokens[said].text.startswith(("as ", "in "))


def _ratio(part: str, whole: str) -> str | None:
    parts = _SAME.get(part, {part}) | ({_OF_ORDERS[part]} if part in _OF_ORDERS and whole == "orders" else set())
    wholes = _SAME.get(whole, {whole})
    ratios = [one for one in catalogue().metrics if one.unit is Unit.SHARE and one.ratio is not None and "product" not in one.ratio.without]
    return next((one.id for one in ratios if one.ratio and one.ratio.numerator in parts and one.ratio.denominator in wholes), None)


def kind_share(sentence: Sentence) -> list[str]:
    """“What percentage of buyers in q4 were new”: the share of a kind of customers among those who ordered in a time."""
    timed = sentence.has("window") or sentence.says("dimension", "month", "quarter", "week", "year")
    asked = "share" if sentence.has("cue", "share") else "count"
    if not timed or not sentence.has("cue", asked):
        return []
    kinds = [(at, one) for at, token in enumerate(sentence.tokens) if at not in sentence.used and (one := _kind(token)) is not None]
    others = [token for at, token in enumerate(sentence.tokens) if token.is_("metric") and at not in dict(kinds)]
    people = [token for token in others if token.is_("noun") or token.is_("metric", *_PEOPLE)]
    if len({one for _, one in kinds}) != 1 or not people or len(people) != len(others) or sentence.has("neg"):
        return []
    if sentence.has("verb") or sentence.has("segment", "new") != sentence.has("segment"):
        return []
    sentence.use(*(at for at, _ in kinds))
    sentence.use(*(at for at, token in enumerate(sentence.tokens) if token in people))
    sentence.take_all("cue", asked, "everyone")
    return [kinds[0][1] if asked == "share" else _COUNTED[kinds[0][1]]]


def _kind(token: Token) -> str | None:
    sense = token.get("metric", "new_customers", "returning_customers") or token.get("segment", "new")
    return _KINDS[sense.id] if sense is not None else None


def ranked_first(sentence: Sentence, metrics: list[str]) -> list[str]:
    """The metrics, first the one that the groups are ranked by: “average basket and orders per store, top 10 by orders”."""
    people = _ranked_by_people(sentence)
    if people and metrics and not set(metrics) & set(_PEOPLE):
        return ["buyers", *metrics]
    sold = _with_sold(sentence, metrics)
    if sold != metrics:
        return sold
    if metrics and not set(metrics) & {"orders", *_PEOPLE}:
        crowds = "buyers" if _most_people(sentence) else "orders" if _ranked_by_crowds(sentence) else None
        if crowds is not None:
            return [crowds, *metrics]
    if len(metrics) < _PAIR:
        return metrics
    first = next((one for at, token in enumerate(sentence.tokens) if _ranks(token) and (one := _ranked_by(sentence, at, metrics))), None)
    return metrics if first is None else [first, *(one for one in metrics if one != first)]


def _ranks(token: Token) -> bool:
    return token.is_("ranking") or token.is_("rank", "listing")


def _ranked_by(sentence: Sentence, place: int, metrics: list[str]) -> str | None:
    """The metric right after a ranking: “the most orders”, “top 10 stores by orders”; in Chinese right before it: “复购率最高的5家”."""
    if place and not sentence.tokens[place].text.isascii() and (before := _measured_by(sentence, place, metrics)) is not None:
        return before
    for token in sentence.tokens[place + 1 : place + 1 + _BETWEEN]:
        named = _named_in(token, metrics)
        if named is not None:
            return named
        if not (token.is_("by") or token.is_("stop") or token.is_("dimension")):
            return None
    return None


def _measured_by(sentence: Sentence, place: int, metrics: list[str]) -> str | None:
    """The metric that stands alone right before a Chinese ranking; of several that are listed there the first leads."""
    named = next(
        (one for sense in sentence.tokens[place - 1].senses for one in metrics if sense.kind == "metric" and one in _counted_as(sense.id)),
        None,
    )
    listed = any(token.is_("conj", "and") for token in sentence.tokens[max(0, place - _BETWEEN) : place - 1])
    return None if listed else named


def _with_sold(sentence: Sentence, metrics: list[str]) -> list[str]:
    """“卖得最好的10家店的客单价”, “best selling stores, with orders”: ranked by sales, what else is named beside them."""
    place = next((at for at, token in enumerate(sentence.tokens) if token.is_("ranking") and _of_sales(sentence, at)), None)
    people = bool(metrics) and set(metrics) <= set(_PEOPLE)
    others = [at for at, token in enumerate(sentence.tokens) if token.is_("metric") and (people or not token.is_("noun"))]
    if place is None or not others or set(metrics) & (_SUMS | {"new_customers"}) or sentence.says("by") or sentence.says("rank", "listing"):
        return metrics
    return metrics if others[0] == place + 1 else ["revenue", *metrics]


def _of_sales(sentence: Sentence, place: int) -> bool:
    """Whether a ranking is of what sells: “卖得最好的”, "best selling", "the ten stores that sell the most"."""
    said = any(token.is_("cue", "sold") for token in sentence.tokens[max(0, place - _PAIR) : place])
    return said or any(one in sentence.tokens[place].text for one in _SELLS)


def _most_people(sentence: Sentence) -> bool:
    """“哪个时段客人最多，平均一单多少钱”: the number of people ranks, and not the number that is asked for, too."""
    return any(
        (_ranks(token) and token.text.startswith(("最多", "最少")) and place > 0 and sentence.tokens[place - 1].is_("noun"))
        or (_ranks(token) and token.text in ("most", "fewest", "the most", "the fewest") and _people_follow(sentence, place))
        for place, token in enumerate(sentence.tokens)
    )


def _people_follow(sentence: Sentence, place: int) -> bool:
    """“the 5 stores with the most customers”: people are what is counted, and not what is listed."""
    groups = any(token.is_("dimension") and not token.is_("noun") for token in sentence.tokens[:place])
    return groups and place + 1 < len(sentence.tokens) and sentence.tokens[place + 1].text in _COUNTABLE


def _ranked_by_crowds(sentence: Sentence) -> bool:
    """“最忙的是星期几，当天客单价多少”: how many come says which is the first, and not the number that is asked for, too."""
    return any(
        _ranks(token) and is_busy(token.text) and not (place and sentence.tokens[place - 1].is_("metric"))
        for place, token in enumerate(sentence.tokens)
    )


def _ranked_by_people(sentence: Sentence) -> bool:
    """“top 5 stores by customers, with their sales”: the groups are ranked by how many came."""
    for place, token in enumerate(sentence.tokens[1:], 1):
        before = sentence.tokens[place - 1]
        ranks = any(_ranks(one) for one in sentence.tokens[max(0, place - _BETWEEN - 1) : place])
        if (
            token.is_("metric", "customers")
            and before.text in ("by", "by number of", "by the number of")
            and ranks
            and token.text in _COUNTABLE
        ):
            return True
    return False


def _named_in(token: Token, metrics: list[str]) -> str | None:
    """The one of the metrics that a token names."""
    return next((one for sense in token.senses if sense.kind == "metric" for one in metrics if one in _counted_as(sense.id)), None)


def _counted_as(metric: str) -> tuple[str, ...]:
    """What a metric is measured as: customers of shops or months are those who ordered."""
    return _PEOPLE if metric in _PEOPLE else (metric,)
