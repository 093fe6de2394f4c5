"""A coupon is no goods of that name, customers who do not come, and who is asked for by what is sent."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.planner.coupons import without_coupon_goods
from assistant.planner.lately import lately
from assistant.planner.purposes import for_sending
from assistant.planner.tokens import Sense, Token

NEVER: dict[str, Any] = {"behaviour": "orders", "op": "=", "value": 0}
LATELY = {**NEVER, "window": {"last_days": 90}}


def token(text: str, *senses: Sense) -> Token:
    """A token of these senses."""
    return Token(0, len(text), text, senses)


def test_coupon_is_not_the_goods_of_that_name() -> None:
    coupon = token("coupon", Sense("part", "coupon"), Sense("value", "category=COUPON", {"dimension": "category", "value": "COUPON"}))
    (found,) = without_coupon_goods([coupon])

    assert [sense.kind for sense in found.senses] == ["part"]


def test_coupon_beside_a_word_for_goods_is_their_name() -> None:
    coupon = token("coupon", Sense("part", "coupon"), Sense("value", "category=COUPON", {"dimension": "category", "value": "COUPON"}))
    _, found = without_coupon_goods([token("department", Sense("dimension", "category")), coupon])

    assert found == coupon


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("customers who dont shop here", LATELY),
        ("不来的客户", LATELY),
        ("people who never bought anything", NEVER),
        ("customers who have not ordered", NEVER),
        ("从没来过的客户", NEVER),
        ("customers with no orders", NEVER),
    ],
)
def test_who_does_not_come_has_not_come_of_late(text: str, rule: dict[str, Any]) -> None:
    assert lately(NEVER, text) == rule
    assert lately({"all": [NEVER]}, text) == {"all": [rule]}


def test_a_time_that_is_said_stays() -> None:
    said = {**NEVER, "window": {"last_days": 14}}

    assert lately(said, "who does not come") == said


def test_who_would_use_what_is_sent_is_asked_for() -> None:
    send, likely, use = (
        token("发券", Sense("unsupported", "send")),
        token("最可能", Sense("part", "likely")),
        token("核销", Sense("verb", "respond")),
    )
    found = for_sending([send, likely, use])

    assert found[0].is_("ask", "predict_response")
    assert found[2].is_("ask", "predict_response")


def test_sending_alone_stays_declined() -> None:
    send = token("发券", Sense("unsupported", "send"))

    assert for_sending([send]) == [send]
