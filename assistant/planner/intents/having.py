"""Conditions on groups: “departments above 10,000 in sales”, “订单数低于1000的门店”, "categories bought by fewer than 100 customers"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.intents.changing import held_change, time_held
from assistant.planner.intents.metric_words import countable
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense
from tools.contracts import Unit
from tools.metrics.catalogue import catalogue

_OF_UNIT = {"money": "revenue", "order": "orders", "item": "items", "person": "customers"}
"""What a number of dollars, orders or customers is of."""
_OF_FIELD = {"amount": "revenue", "orders": "orders", "average_order_value": "average_order_value"}
_RATES = {"discount": "discount_share"}
"""Sums that a percentage is said of as a part of the price: “折扣超过30%的部门”."""
_EXACTLY = ("exactly", "equal", "precisely", "=", "正好", "恰好", "刚好", "等于")
_SOLD_AS = ("sold", "how_much")
_LEFT = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "between": "between"}
_LIGHT = ("stop", "pronoun", "conj", "dimension", "drop", "unit")
_NEAR = 3
"""How far from a word for more or less the word for the average may stand."""
_MEANS = ("平均", "均值", "整体", "大盘", "总体", "average")


def with_groups_counted(sentence: Sentence) -> None:
    """“categories bought by fewer than 100 customers”: what is counted are the groups' customers, and not a customer's categories."""
    if not any(one.data["unit"] == "person" for _, one in sentence.free("comparison")):
        return
    counted = Sense("dimension", "category")
    sentence.tokens = [
        replace(token, senses=(counted,)) if token.is_("field", "category_count") and not token.is_("dimension") else token
        for token in sentence.tokens
    ]


def take_having(sentence: Sentence, by: list[str], metrics: list[str]) -> list[dict[str, Any]]:
    """The conditions on groups; their metrics are put at the head of `metrics` where it has them not."""
    if not by or "customer" in by or any(token.is_("noun") for token in sentence.tokens) or _who(sentence):
        return []  # where people are spoken of, a comparison is about them
    found = _against_average(sentence, by, metrics)
    for place, comparison in list(sentence.free("comparison")):
        metric = _metric_of(sentence, place, by, metrics)
        only = comparison.data["op"] == "=" and not sentence.tokens[place].text.startswith(_EXACTLY)
        if metric is None or only or comparison.data["unit"] in ("age", "day", "different"):
            continue
        if comparison.data["unit"] == "money" and _counts(metric):
            continue  # “orders each month above $200”: an amount is no number of orders
        if comparison.data["unit"] == "share" and metric in _RATES and not sentence.says("cue", "share"):
            metrics[:] = [_RATES[metric] if one == metric else one for one in metrics]
            metric = _RATES[metric]
        denied = left_out(sentence, place)
        sentence.use(place, *denied)
        moved = held_change(sentence, place, comparison)
        if moved:
            found += [{"metric": metric, **one} for one in moved]
            metrics += [metric] if metric not in metrics else []
            continue
        when = time_held(sentence, place)
        found += [{"metric": metric, **one, **when} for one in _parts(metric, _opposite(comparison) if denied else comparison)]
        if metric not in metrics:
            metrics.append(metric)
    return found


def _counts(metric: str) -> bool:
    """Whether a metric is a number of things."""
    return any(one.id == metric and one.unit == Unit.COUNT for one in catalogue().metrics)


def left_out(sentence: Sentence, place: int) -> list[int]:
    """The words by which groups that fit a comparison are not wanted: “skip any with fewer than 50”, “不到100人的店别算”."""
    before = _denial(sentence, range(place - 1, -1, -1))
    return before or _denial(sentence, range(place + 1, len(sentence.tokens)))


def _denial(sentence: Sentence, places: range) -> list[int]:
    """The word that leaves out, where nothing but words for groups stands between."""
    first = places[0] if places else 0
    for at in places:
        token = sentence.tokens[at]
        if token.is_("neg", "except") or token.is_("drop"):
            return [at, *(one for one in range(min(at, first) + 1, max(at, first) + 1) if sentence.tokens[one].is_("dimension"))]
        if token.is_("ranking") or not (at in sentence.used or any(token.is_(kind) for kind in _LIGHT)):
            return []
    return []


def _opposite(comparison: Sense) -> Sense:
    """What is left, where those that fit are left out."""
    return replace(comparison, data={**comparison.data, "op": _LEFT[str(comparison.data["op"])]})


def _against_average(sentence: Sentence, by: list[str], metrics: list[str]) -> list[dict[str, Any]]:
    """“客单价低于平均的门店”, "stores with below average sales": groups against the average of all."""
    for place, op in list(sentence.free("op", "<", ">", "<=", ">=")):
        averages = [at for at in range(place + 1, place + 1 + _NEAR) if _is_average(sentence, at)]
        averages = averages or [at for at in (place + 1,) if _is_mean(sentence, at)]
        if not averages or not metrics:
            continue
        sentence.use(place, *averages)
        return [{"metric": _near_metric(sentence, place, by) or metrics[0], "op": op.data.get("op", op.id), "value": "average"}]
    return []


def _is_average(sentence: Sentence, place: int) -> bool:
    token = sentence.tokens[place] if place < len(sentence.tokens) else None
    return token is not None and (
        token.is_("cue", "average", "per_time") or (token.is_("cue", "everyone") and any(one in token.text for one in _MEANS))
    )


def _is_mean(sentence: Sentence, place: int) -> bool:
    """“a below average order value”: the name of a mean that has the word in it."""
    token = sentence.tokens[place] if place < len(sentence.tokens) else None
    return token is not None and token.is_("metric") and token.text.startswith(_MEANS)


def is_held_against(sentence: Sentence, place: int) -> bool:
    """Whether an average is what groups are held against, and not what is asked for."""
    return any(token.is_("op", "<", ">", "<=", ">=") for token in sentence.tokens[max(0, place - _NEAR) : place])


def _who(sentence: Sentence) -> bool:
    """“active customers who bought at least one”: customers that are limited, and not groups."""
    return sentence.says("conj", "who") and sentence.says("metric", "active_customers", "buyers")


def _parts(metric: str, comparison: Sense) -> list[dict[str, Any]]:
    """The comparison, or both ends of a range; a share may be written as a number of percent."""
    known = {one.id: one for one in catalogue().metrics}
    scale = 100 if known[metric].unit is Unit.SHARE and comparison.data["unit"] != "share" else 1
    value = comparison.data["value"]
    if comparison.data["unit"] == "share" and known[metric].unit is not Unit.SHARE:
        return [{**one, "of": "total"} for one in _ends(comparison, value, 1)]
    return _ends(comparison, value, scale)


def _ends(comparison: Sense, value: Any, scale: int) -> list[dict[str, Any]]:
    if comparison.data["op"] == "between":
        low, high = value
        return [{"op": ">=", "value": str(low / scale)}, {"op": "<=", "value": str(high / scale)}]
    return [{"op": comparison.data["op"], "value": str(value / scale)}]


def _metric_of(sentence: Sentence, place: int, by: list[str], metrics: list[str]) -> str | None:
    """What a comparison is of: its unit, the nearest metric, or the only one that is measured."""
    unit = str(sentence.tokens[place].get("comparison").data["unit"])  # type: ignore[union-attr]
    if unit in _OF_UNIT and unit != "money":
        return countable(sentence, _OF_UNIT[unit], by)
    near = _near_metric(sentence, place, by)
    if near is not None:
        return near
    if unit == "money" or sentence.says("cue", *_SOLD_AS) or sentence.says("verb", "spend"):
        return metrics[0] if metrics else "revenue"
    return metrics[0] if metrics and unit in ("", "share") else None


def _near_metric(sentence: Sentence, place: int, by: list[str]) -> str | None:
    """The metric that stands nearest to a comparison, used from now on."""
    after = [place + 1, place + 2, place + 3]
    nearest = [place - 1, place + 1, place - 2, place + 2, place - 3, place + 3]
    for at in [*after, *nearest] if _is_part_of(sentence, place) else nearest:
        token = sentence.tokens[at] if 0 <= at < len(sentence.tokens) else None
        if token is None or token.is_("noun"):
            continue
        metric, field = token.get("metric"), token.get("field", *_OF_FIELD)
        if metric is not None or field is not None:
            sentence.use(at)
            return countable(sentence, metric.id if metric is not None else _OF_FIELD[field.id], by)  # type: ignore[union-attr]
    return None


def _is_part_of(sentence: Sentence, place: int) -> bool:
    """“less than 1% of orders”: what the share is of comes after it."""
    share = sentence.tokens[place].get("comparison")
    follows = sentence.tokens[place + 1] if place + 1 < len(sentence.tokens) else None
    return share is not None and share.data["unit"] == "share" and follows is not None and follows.text.split()[0] == "of"
