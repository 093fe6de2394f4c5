"""Reasons from effects to words: which themes are told, what is stored, and what an operator reads."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from importlib import resources

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.segments.churn.reasons import read_reasons, reason_text
from tools.segments.churn.run import MODEL
from tools.segments.churn.scores import predict_churn
from tools.segments.churn.themes import LEAST_EFFECT, THEMES, choose
from tools.settings import Settings
from tools.warehouse.warehouse import Warehouse


def raw(count: int = 1, order_days: int = 9, days_60: int = 3, days_90: int = 4) -> pa.Table:
    return pa.table({"order_days": [order_days] * count, "days_60": [days_60] * count, "days_90": [days_90] * count})


def told(table: pa.Table, **effects: float) -> list[tuple[str, float]]:
    chosen = choose(table, {theme: np.full(table.num_rows, effects.get(theme, 0.0)) for theme in THEMES})
    found = [(THEMES[chosen.first[0]], float(chosen.first_effect[0]))]
    return found + ([(THEMES[chosen.second[0]], float(chosen.second_effect[0]))] if chosen.second[0] >= 0 else [])


@pytest.mark.parametrize(
    ("effects", "expected"),
    [
        ({"silence": 1.0, "spend": 0.4, "basket": -0.9}, [("silence", 1.0), ("spend", 0.4)]),
        # What lowers it most, where the themes lower it on the whole.
        ({"silence": -1.0, "spend": 0.4, "basket": -0.9}, [("silence", -1.0), ("basket", -0.9)]),
        # Rhythm would say what silence said, so the next one speaks; too small an effect does not.
        ({"silence": 1.0, "rhythm": 0.8, "basket": 0.2}, [("silence", 1.0), ("basket", 0.2)]),
        ({"trend": 1.0, "recent": 0.9, "history": 0.8, "spend": 0.049}, [("trend", 1.0)]),
    ],
)
def test_the_strongest_is_told_and_one_that_says_something_else(effects: dict[str, float], expected: list[tuple[str, float]]) -> None:
    assert told(raw(), **effects) == expected


def test_silence_speaks_for_themes_that_say_nothing_else() -> None:
    effects = {"silence": 0.1, "recent": 0.2, "trend": 0.3, "spend": 0.4, "history": 0.3}
    assert told(raw(days_60=0, days_90=0), **effects) == [("silence", pytest.approx(1.0)), ("history", 0.3)]
    once = told(raw(order_days=1), **effects)
    assert once == [("silence", pytest.approx(0.9)), ("spend", 0.4)]


@given(st.lists(st.floats(-3, 3), min_size=len(THEMES), max_size=len(THEMES)), st.integers(1, 9), st.integers(0, 3), st.integers(0, 4))
def test_a_second_reason_is_weaker_and_points_the_same_way(values: list[float], visits: int, days_60: int, more: int) -> None:
    chosen = choose(
        raw(1, visits, days_60, days_60 + more), {theme: np.array([value]) for theme, value in zip(THEMES, values, strict=True)}
    )
    if chosen.second[0] >= 0:
        assert chosen.second[0] != chosen.first[0]
        assert abs(chosen.second_effect[0]) <= abs(chosen.first_effect[0])
        assert chosen.second_effect[0] * chosen.first_effect[0] > 0
        assert abs(chosen.second_effect[0]) >= LEAST_EFFECT


def test_the_stored_themes_are_in_the_models_order() -> None:
    sql = (resources.files("tools.segments.churn") / "sql" / "scored.sql").read_text(encoding="utf-8")
    assert f"ARRAY[{', '.join(repr(theme) for theme in THEMES)}] AS themes" in sql


@pytest.mark.parametrize(
    ("stored", "zh", "en"),
    [
        (
            '[["silence",0.8,60,12.5,5],["spend",0.1,350.2,1512.3]]',
            "最近一次下单是60天前，是其平时间隔的4.8倍；最近90天消费¥350.20（平均客户¥1,512.30）",
            "last order 60 days ago, 4.8 times their usual gap; spent ¥350.20 in the last 90 days (average customer ¥1,512.30)",
        ),
        ('[["silence",0.8,1,null,1]]', "最近一次下单是1天前，且只在一天下过单", "last order 1 day ago, and ordered on one date only"),
        (
            '[["recent",0.8,0,2]]',
            "最近30天没有下单，之前30天有2天下单",
            "no order in the last 30 days, 2 days with orders in the 30 before",
        ),
        ('[["trend",0.8,1,3,90,2.25]]', "最近90天有1天下单（平均客户2.2天）", "ordered on 1 day in the last 90 (average customer 2.2)"),
        ('[["trend",0.8,1,3,300,2.25]]', "最近90天有1天下单，之前90天有2天", "ordered on 1 day in the last 90, on 2 in the 90 before"),
        (
            '[["history",-0.8,53,"2017-03-04",20.0]]',
            "自2017-03-04以来共53天下过单（平均客户20天）",
            "ordered on 53 days since 2017-03-04 (average customer 20)",
        ),
        (
            '[["rhythm",-0.8,7.0,31,9,14.5]]',
            "平时每7天下单一次，最长间隔31天（平均客户每14.5天一次）",
            "usually 7 days between orders, at most 31 (average customer 14.5)",
        ),
        ('[["rhythm",-0.8,null,null,1,14.5]]', "一共只在1天下过单，看不出购买节奏", "ordered on 1 day in all, too few for a rhythm"),
        ('[["basket",-0.8,4,100.00,25.00]]', "每单平均¥25.00，享受折扣20%", "average order ¥25.00, 20% off in discounts"),
        ('[["activity",0.8,0,null]]', "没有任何互动记录", "no interaction on record"),
        (
            '[["activity",0.8,3,2]]',
            "最近30天有3次互动，最近一次在2天前",
            "3 interactions in the last 30 days, the latest 2 days ago",
        ),
        # Of a version that stored the words.
        ('[{"id":"silence","effect":0.5,"zh":"很久没来","en":"long silent"}]', "很久没来", "long silent"),
    ],
)
def test_words_by_hand(stored: str, zh: str, en: str) -> None:
    text = reason_text(stored, "¥")
    assert text is not None
    assert (text.zh, text.en) == (zh, en)


@pytest.mark.parametrize("stored", [None, "", "[]"])
def test_no_reasons_are_no_text(stored: str | None) -> None:
    assert (read_reasons(stored, "$"), reason_text(stored, "$")) == ([], None)


def test_stored_facts_are_those_of_the_customer(make_warehouse: Callable[..., Warehouse]) -> None:
    # Too few for a model: the rhythm rule tells silence alone. A name with a quote and nobody's gap must not break the JSON.
    orders = [(who, day, "10.00") for who in ('o"neil', "bob") for day in ("2024-03-01", "2024-03-11", "2024-03-21", "2024-04-10")]
    with make_warehouse([*orders, ("once", "2024-04-30", "0.00")]).reading() as engine:
        run = predict_churn(engine, dt.date(2024, 4, 30), 30, Settings(threads=1))
    found = {row["customer_id"]: json.loads(row["churn_reasons"]) for row in run.scores.to_pylist()}
    assert found == {
        'o"neil': [["silence", 0.0, 20, 10.0, 4]],
        "bob": [["silence", 0.0, 20, 10.0, 4]],
        "once": [["silence", 0.0, 0, None, 1]],
    }
    assert run.scores.column("churn_band").to_pylist() == ["high", "high", None]
    assert run.version == f"{MODEL}-2-rhythm"


def test_nobody_to_score_gives_an_empty_table(make_warehouse: Callable[..., Warehouse]) -> None:
    with make_warehouse([("late", "2020-01-01", "5.00")]).reading() as engine:
        run = predict_churn(engine, dt.date(2024, 4, 30), 30, Settings(threads=1))
    assert (run.scored, run.scores.num_rows) == (0, 0)
    assert run.scores.column_names == ["customer_id", "churn_probability", "churn_band", "churn_reasons"]
