"""The numbers of a question to a customer model: how far ahead, how many, how deep, in which order."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assistant.planner.abilities import Ability
from assistant.planner.clauses import DAYS, plain
from assistant.planner.field_rules import field_of
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text
from tools.windows import Window

Args = dict[str, Any]
_PERIODS = ("this_week", "this_month")
"""Periods that go on after the as-of date."""


class OutOfRange(Exception):
    """A number that the tool does not take, with the question that has the nearest one it does.

    Args:
        words: The number as it was typed.
        low: The least that is taken.
        high: The most that is taken.
        nearest: The question with the nearest number.
    """

    def __init__(self, words: str, low: int, high: int, nearest: str) -> None:
        super().__init__(words)
        self.words, self.low, self.high, self.nearest = words, low, high, nearest


def take_horizon(sentence: Sentence, ability: Ability) -> Args:
    """How far ahead: “in the next 14 days”, “未来半年”, and for some “within 14 days”."""
    wanted = ability.horizon
    if wanted is None:
        return {}
    found = sentence.first("horizon") or (_days_within(sentence) if wanted.get("within") else None)
    if found is None:
        return {}
    days = int(found[1].data["days"])
    sentence.use(found[0])
    check_range(sentence, found[0], days, wanted["low"], wanted["high"], "horizon_days")
    return {wanted["argument"]: days}


def _days_within(sentence: Sentence) -> tuple[int, Any] | None:
    """A length of time that is not said to lie ahead: “within 14 days”, “30天内”, “60 days”."""
    for place, token in enumerate(sentence.tokens):
        if place in sentence.used:
            continue
        window, quantity = token.get("window"), token.get("quantity")
        if window is not None and (days := _days_to(window.data["window"], sentence)):
            return place, type(window)("horizon", str(days), {"days": days})
        if quantity is not None and quantity.data["unit"] in DAYS:
            days = int(quantity.data["value"] * DAYS[quantity.data["unit"]])
            return place, type(quantity)("horizon", str(days), {"days": days})
        unit = token.get("unit", *DAYS)
        if unit is not None and place and sentence.tokens[place - 1].text in ("a", "an"):
            return place, type(unit)("horizon", unit.id, {"days": DAYS[unit.id]})
    return None


def _days_to(window: Window, sentence: Sentence) -> int | None:
    """How far ahead a time reaches: “within 14 days”, “this week”, “before 10 January”; None where it is past."""
    if window.last_days:
        return window.last_days
    as_of = sentence.vocabulary.as_of
    last = _last_day(window.period, as_of) if window.period in _PERIODS else window.end if not window.start else None
    return (last - as_of).days if last is not None and last > as_of else None


def _last_day(period: str, as_of: dt.date) -> dt.date:
    if period == "this_week":
        return as_of + dt.timedelta(days=6 - as_of.weekday())
    return (as_of.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def take_numbers(sentence: Sentence, ability: Ability) -> Args:
    """A plain number: “6类”, “into 6 groups”, “深度4”."""
    args: Args = {}
    sentence.use(*(place for place, one in sentence.free("quantity") if one.id == "1 person" and not ability.ranks))  # “一个客户”
    depth = sentence.first("part", "depth") if "depth" in ability.absorbs.get("part", ()) else None
    if depth:
        args |= _depth(sentence, depth[0])
    wanted = ability.number
    for place, quantity in [*sentence.free("quantity"), *_exact(sentence)] if wanted else []:
        assert wanted is not None
        if quantity.data["unit"] in wanted["units"] and wanted["argument"] not in args:
            args |= {**ability.unit_options.get(quantity.data["unit"], {}), wanted["argument"]: plain(quantity.data["value"])}
            sentence.use(place)
            check_range(sentence, place, quantity.data["value"], wanted["low"], wanted["high"], "")
    return args


def _exact(sentence: Sentence) -> list[tuple[int, Any]]:
    """Numbers said with an equals sign: “k = 6”."""
    return [(place, one) for place, one in sentence.free("comparison") if one.data["op"] == "=" and not isinstance(one.data["value"], list)]


def _depth(sentence: Sentence, place: int) -> Args:
    for at in (place - 1, place + 1, place + 2):
        token = sentence.tokens[at] if 0 <= at < len(sentence.tokens) and at not in sentence.used else None
        quantity = (token.get("quantity") or token.get("comparison")) if token is not None else None
        if quantity and quantity.data.get("op", "=") in ("=", "<="):
            sentence.use(at, *(at for at, _ in sentence.free("part", "depth")))
            check_range(sentence, at, quantity.data["value"], 1, 4, "")
            return {"depth": plain(quantity.data["value"])}
    return {}


def check_range(sentence: Sentence, place: int, value: Any, low: int, high: int, words: str) -> None:
    """Refuse a number outside of the bounds, or one that is not whole.

    Raises:
        OutOfRange: It is, with the question that has the nearest number which is not.
    """
    if low <= value <= high and value == int(value):
        return
    token, near = sentence.tokens[place], low if value < low else high if value > high else round(value)
    said = text(words, sentence.language).format(n=near) if words else _with_number(token.text, str(near))
    raise OutOfRange(token.text, low, high, f"{sentence.text[: token.start]}{said}{sentence.text[token.end :]}")


def _with_number(words: str, number: str) -> str:
    digits = [place for place, char in enumerate(words) if char.isdigit() or char == "."]
    return f"{words[: digits[0]]}{number}{words[digits[-1] + 1 :]}" if digits else number


def take_ranking(sentence: Sentence, ability: Ability, args: Args) -> Args:
    """“top 20”, “最低的10个”, “20 customers”: the limit, and the order where the tool has one."""
    wanted = ability.ranks
    if wanted is None:
        return {}
    found: Args = {}
    told = [place for place, one in sentence.free("ranking", "largest") if str(one.data.get("share")) in wanted.get("shares", ())]
    sentence.use(*told)
    rankings = [(place, one) for place, one in sentence.free("ranking") if not one.data.get("share")]
    ranking = next(iter(sorted(rankings, key=lambda found: not found[1].data["n"])), None)
    if ranking and _is_ours(sentence, ranking[0], ability, args):
        lowest = ranking[1].id == "smallest"
        if lowest and not wanted.get("order"):
            return {}
        found |= {"descending": False} if lowest else {}
        sentence.use(*(place for place, one in sentence.free("ranking", ranking[1].id)))
        if ranking[1].data.get("item"):
            found |= dict(ability.unit_options.get("item", {}))
        if ranking[1].data["n"]:
            return {**found, "limit": _limit(sentence, ranking[0], ranking[1].data["n"], wanted["limit"])}
    elif ranking:
        return {}
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] == "person" or (quantity.data["unit"] == "" and ability.number is None):
            sentence.use(place)
            return {**found, "limit": _limit(sentence, place, quantity.data["value"], wanted["limit"])}
    return found


def _limit(sentence: Sentence, place: int, value: Any, most: int) -> int:
    check_range(sentence, place, value, 1, most, "")
    return int(value)


def _is_ours(sentence: Sentence, place: int, ability: Ability, args: Args) -> bool:
    """Whether a ranking is by what the tool finds, and not by another field of the customers (“the top 10 by spend”)."""
    if "sort_by" in args:
        return True
    order = sorted((at for at in range(len(sentence.tokens)) if at != place), key=lambda at: (abs(at - place), at))
    for at in order:
        token = sentence.tokens[at]
        if token.is_("ask", ability.tool) or token.is_("hint", ability.tool) or any(token.is_("field", one) for one in ability.fields):
            return True
        if at not in sentence.used and not token.is_("noun") and (field_of(token) or token.is_("verb")):
            return False
    return True
