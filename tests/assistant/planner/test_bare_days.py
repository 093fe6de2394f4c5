"""Days that are named without their month."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.planner.bare_days import with_month
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Call

AS_OF = dt.date(2018, 1, 10)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12号那天卖了多少", "2017年12月12日那天卖了多少"),
        ("9号卖了多少", "2018年1月9日卖了多少"),
        ("31号的订单", "2017年12月31日的订单"),
        ("5号到10号的销售额", "2018年1月5日到2018年1月10日的销售额"),
        ("12月8号和9号卖了多少", "12月8号和9号卖了多少"),
        ("18号活动的响应率", "18号活动的响应率"),
        ("第5号的销售额", "第5号的销售额"),
    ],
)
def test_a_bare_day_is_the_latest_such_day(text: str, read: str) -> None:
    assert with_month(text, AS_OF, Dialogue())[0] == read


def test_a_bare_day_is_of_the_month_that_is_spoken_of() -> None:
    """After an answer about November, “12号” is November 12."""
    last = Result(Call("measure", {"metrics": ["revenue"], "by": ["day"], "window": {"period": "2017-11"}}), "t1", "answered", {})
    assert with_month("12号卖了多少", AS_OF, Dialogue((last,)))[0] == "2017年11月12日卖了多少"
