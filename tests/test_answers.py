"""Every shape of a measured answer, asked of the demo: it is answered, in whole sentences, with the figure that SQL gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.conversation import open_conversation
from tools.warehouse.warehouse import Warehouse

SHAPES = [
    ("number of customers by age", "Customers are highest for **45-54** (**288**)"),
    ("active customers per month", "Active customers peaked in"),
    ("repeat rate by age band", "Repeat rate is highest for"),
    ("which store has the most customers", "**214**"),
    ("revenue by month", "Revenue peaked in 2017-12"),
    ("top 3 departments by orders", "GROCERY"),
    ("orders and revenue in November 2017", "Orders"),
    ("revenue and orders by weekday", "Sunday"),
    ("share of revenue from PRODUCE", "7%"),
    ("按年龄段看客户数", "**45-54** 最高（**288**）"),
    ("每个月的活跃客户数", "最高的是"),
    ("各门店客户数前3", "**214**"),
    ("按星期看订单数", "周日"),
    ("2017年11月的订单数和销售额", "订单数"),
    # sum(sales_value) / count(DISTINCT household_id) of the households aged 35-44 in the source files
    ("哪个年龄段的客户最值钱", "**$3,733.80**"),
    # count(*) of households with count(DISTINCT store_id) >= 3 in the source file
    ("customers who shopped in at least 3 different stores", "**1,687**"),
    ("在至少3家不同门店买过的客户有多少", "**1,687**"),
]


@pytest.fixture(scope="module")
def warehouse(demo_path: Path) -> Warehouse:
    return Warehouse(demo_path)


@pytest.mark.parametrize(("question", "part"), SHAPES, ids=[question for question, _ in SHAPES])
def test_measured_answers_of_every_shape(warehouse: Warehouse, question: str, part: str) -> None:
    answer = open_conversation(warehouse).answer(question)
    assert answer.outcome == "answered", answer.text
    assert part in answer.text
    assert not answer.caveats or not any("left out" in caveat or "省略" in caveat for caveat in answer.caveats)
