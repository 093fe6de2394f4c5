"""A coupon is what is handed out or redeemed, though the data may have goods of that name."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.tokens import Token

_GOODS = ("category", "subcategory", "product")
"""Dimensions whose name beside the word says that goods are meant: “the department COUPON”."""


def without_coupon_goods(tokens: list[Token]) -> list[Token]:
    """The tokens, those for coupons no longer the name of goods, unless a word for goods stands beside them."""
    return [_plain(tokens, place) if token.is_("part", "coupon") and token.is_("value") else token for place, token in enumerate(tokens)]


def _plain(tokens: list[Token], place: int) -> Token:
    token = tokens[place]
    beside = [*tokens[max(place - 1, 0) : place], *tokens[place + 1 : place + 2]]
    if any(one.get("dimension", *_GOODS) is not None for one in beside) or _left_out(tokens, place):
        return token
    return replace(token, senses=tuple(sense for sense in token.senses if sense.kind != "value"))


def _left_out(tokens: list[Token], place: int) -> bool:
    """“去掉燃油和优惠券”, "without fuel and coupons": left out in a list of goods, it is one of them."""
    if not any(token.is_("neg", "except") or token.is_("drop") for token in tokens[:place]):
        return False
    sides = (reversed(tokens[:place]), iter(tokens[place + 1 :]))
    nearest = [next((one for one in side if not _joins(one)), None) for side in sides]
    goods = [one.get("value") for one in nearest if one is not None]
    return any(one is not None and one.data["dimension"] in _GOODS for one in goods)


def _joins(token: Token) -> bool:
    """Whether a word joins the goods of a list."""
    return token.is_("conj", "and") or token.is_("punctuation", ",")
