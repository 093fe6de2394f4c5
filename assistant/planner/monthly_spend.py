"""English spend by the month: "who spend over 100 a month" is 1,200 in the last 365 days."""

from __future__ import annotations

from decimal import Decimal

from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_TIMES = {"month": 12, "week": 52, "quarter": 4, "year": 1}
_YEAR = {"last_days": 365}
_PER = ("a", "per", "each", "every", "in a")
_WHO = ("who", "that", "and", "but", "whose")


def monthly(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The tokens with what somebody spends in each of many times as a condition on a whole year."""
    for at, token in enumerate(tokens):
        amount, per, unit = token.get("comparison"), tokens[at + 1 : at + 2], tokens[at + 2 : at + 3]
        if amount is None or amount.data["unit"] not in ("", "money") or not per or per[0].text not in _PER or not unit:
            continue
        times = _TIMES.get(unit[0].text)
        before = tokens[max(at - 2, 0) : at]
        told = any(one.is_("verb", "spend") for one in before[-1:]) and any(one.text in _WHO for one in before[:1])
        if times is None or not told:
            continue
        rule = {"behaviour": "amount", "op": amount.data["op"], "value": _year(amount.data["value"], times), "window": _YEAR}
        return [*tokens[: at - 1], merged(tokens[at - 1 : at + 3], Sense("condition", "monthly_spend", {"rule": rule})), *tokens[at + 3 :]]
    return tokens


def _year(value: Decimal | list[Decimal], times: int) -> int | float | list[int | float]:
    """So much in each time, over a year."""
    if isinstance(value, list):
        return [_plain(one * times) for one in value]
    return _plain(value * times)


def _plain(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)
