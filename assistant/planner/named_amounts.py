"""Amounts with the name of what they are an amount of: “收入5万到7万4”, "avg basket under 20 bucks", “一共花了多少”."""

from __future__ import annotations

from assistant.planner.bands import band_condition
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_BANDED = {"age_band": "age", "income_band": "income", "age": "age", "income": "income"}
_UNITS = {"age": ("", "age", "year"), "income": ("", "money")}
_REACH = 3
_ONE_ORDER = ("order", "basket", "purchase", "transaction", "ticket", "shop", "trip", "每单", "一单", "单笔", "每笔", "订单")
_MUCH = ("多少", "多少钱", "几多")
_TIMES = ("次", "单", "笔", "回", "趟")


def banded(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """“income under 35K”, “25岁到40岁”, "under 25K income": a condition on the bands of the data."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        joined = _band_after(tokens, at, vocabulary) or _band_before(tokens, at, vocabulary)
        found.append(joined[1] if joined else tokens[at])
        at += joined[0] if joined else 1
    return found


def _banded_name(token: Token, tokens: list[Token]) -> str | None:
    """“age” or “income” where the token names that of a customer; “收入” beside stores and goods is money taken."""
    sense = next((one for one in token.senses if one.kind in ("dimension", "field") and one.id in _BANDED), None)
    others = any(one.is_("dimension") and not one.is_("noun") and one is not token for one in tokens)
    return None if sense is None or (token.is_("metric") and others) else _BANDED[sense.id]


def _band_after(tokens: list[Token], at: int, vocabulary: Vocabulary) -> tuple[int, Token] | None:
    name = _banded_name(tokens[at], tokens)
    for place in range(at + 1, min(at + 1 + _REACH, len(tokens))) if name else ():
        comparison = tokens[place].get("comparison")
        if comparison is not None and name is not None and comparison.data["unit"] in _UNITS[name]:
            return place + 1 - at, _band_token(tokens[at : place + 1], name, comparison, vocabulary)
        if not tokens[place].is_("stop"):
            break
    return None


def _band_before(tokens: list[Token], at: int, vocabulary: Vocabulary) -> tuple[int, Token] | None:
    comparison, name = tokens[at].get("comparison"), _banded_name(tokens[at + 1], tokens) if at + 1 < len(tokens) else None
    if comparison is None or name is None or comparison.data["unit"] not in _UNITS[name]:
        return None
    return 2, _band_token(tokens[at : at + 2], name, comparison, vocabulary)


def _band_token(part: list[Token], name: str, comparison: Sense, vocabulary: Vocabulary) -> Token:
    return merged(part, Sense("condition", name, {"rule": band_condition(name, comparison, vocabulary)}))


def of_one_order(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“average order between $50 and $100”, "avg basket under 20 bucks": the average value of a customer's orders."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        averaged = bool(found) and found[-1].is_("cue", "average") and token.text in _ONE_ORDER
        amount = next((one.get("comparison") for one in tokens[at + 1 : at + 3] if one.is_("comparison")), None)
        if averaged and amount is not None and amount.data["unit"] in ("money", ""):
            found[-1] = merged([found[-1], token], Sense("field", "average_order_value"))
        else:
            found.append(token)
    return found


def asked_amounts(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“一共花了多少” asks how much; “下单几次” how many orders, “平均下单几次” how many of each customer."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        size, token = _asked(tokens, at) or (1, tokens[at])
        if token.is_("metric", "orders") and size > 1 and found and found[-1].is_("cue", "average"):
            token = merged([found.pop(), token], Sense("metric", "orders_per_customer"))
        found.append(token)
        at += size
    return found


def _asked(tokens: list[Token], at: int) -> tuple[int, Token] | None:
    verb, part = tokens[at].get("verb"), tokens[at : at + 3]
    if verb is None or len(part) < 2 or tokens[at].text.isascii():
        return None
    if verb.data["behaviour"] == "amount" and part[1].text in _MUCH:
        return 2, merged(part[:2], Sense("cue", "how_much"))
    if verb.data["behaviour"] == "orders" and part[1].text in (*_MUCH, "几") and len(part) == 3 and part[2].text in _TIMES:
        return 3, merged(part, Sense("metric", "orders"))
    return None
