"""Growth, a year before, the best of each, the others, percentiles and days to come back, on hand-made rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tools.contracts import ToolResult, Unit
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.comparison import earlier_window
from tools.metrics.measure import measure
from tools.requests import Measure
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse
from tools.windows import DateRange, Window

AS_OF = dt.date(2024, 2, 29)
FEBRUARY = {"period": "2024-02"}


def run(ctx: ToolContext, **request: Any) -> ToolResult:
    return measure(ctx, Measure.model_validate(request))


def rows(result: ToolResult) -> list[tuple[Any, ...]]:
    return list(result.tables[0].rows)


def caveats(result: ToolResult) -> str:
    return " ".join(text.en for text in result.caveats)


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ({"period": "2024-02"}, "2023-02-01", "2023-02-28"),
        ({"period": "2023-02"}, "2022-02-01", "2022-02-28"),
        ({"period": "2024-Q1"}, "2023-01-01", "2023-02-28"),
        ({"period": "2023-Q4"}, "2022-10-01", "2022-12-31"),
        ({"period": "last_month"}, "2023-01-01", "2023-01-31"),
        ({"period": "2023"}, "2022-01-01", "2022-12-31"),
        ({"last_days": 30}, "2023-01-31", "2023-02-28"),
        ({"start": "2024-02-10", "end": "2024-02-29"}, "2023-02-10", "2023-02-28"),
        ({"start": "2021-01-01", "end": "2021-02-28"}, "2020-01-01", "2020-02-29"),
        ({"period": "2024-W05"}, "2023-01-30", "2023-02-05"),
    ],
)
def test_a_year_before(window: dict[str, Any], start: str, end: str) -> None:
    found = earlier_window(Window.model_validate(window), "last_year", AS_OF).resolve(AS_OF)
    assert found == DateRange(dt.date.fromisoformat(start), dt.date.fromisoformat(end))


@pytest.mark.parametrize(
    ("period", "as_of", "start", "end"),
    [
        ("this_month", "2018-01-01", "2017-12-01", "2017-12-01"),
        ("this_month", "2018-03-31", "2018-02-01", "2018-02-28"),
        ("this_month", "2018-03-30", "2018-02-01", "2018-02-28"),
        ("this_month", "2018-02-28", "2018-01-01", "2018-01-31"),
        ("this_week", "2018-01-03", "2017-12-25", "2017-12-27"),
        ("this_quarter", "2018-02-10", "2017-10-01", "2017-11-10"),
        ("this_year", "2018-12-31", "2017-01-01", "2017-12-31"),
    ],
)
def test_a_period_that_goes_on_is_held_against_as_many_days(period: str, as_of: str, start: str, end: str) -> None:
    day = dt.date.fromisoformat(as_of)
    found = earlier_window(Window(period=period), "previous", day).resolve(day)
    assert found == DateRange(dt.date.fromisoformat(start), dt.date.fromisoformat(end))


def test_no_year_before_an_open_window() -> None:
    with pytest.raises(InputError, match="has no year before it"):
        earlier_window(Window(end=AS_OF), "last_year", AS_OF)


@pytest.fixture
def two_years(tmp_path: Path) -> Warehouse:
    """Orders of two Februaries in two channels: web grew from 100 to 250, the shop fell from 90 to 60, the app is new with 20."""
    warehouse = Warehouse(tmp_path / "years.duckdb")
    with warehouse.writing() as engine:
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, channel) VALUES "
            "('1', 'a', '2023-02-01', 'completed', 100, 'web'), ('2', 'b', '2023-02-28', 'completed', 90, 'shop'),"
            "('3', 'a', '2024-02-29', 'completed', 200, 'web'), ('4', 'c', '2024-02-01', 'completed', 50, 'web'),"
            "('5', 'b', '2024-02-03', 'completed', 60, 'shop'), ('6', 'a', '2024-02-03', 'completed', 20, 'app')"
        )
    return warehouse


def test_growth_against_last_year(two_years: Warehouse) -> None:
    request: dict[str, Any] = {"metrics": ["revenue"], "by": ["channel"], "window": FEBRUARY, "compare": "last_year"}
    with open_context(two_years) as ctx:
        result = run(ctx, **request, sort="growth")
        assert [(row[0], row[1], row[3], row[5]) for row in rows(result)] == [
            ("web", Decimal("250.00"), Decimal("100.00"), Decimal("150.00")),
            ("app", Decimal("20.00"), Decimal("0.00"), Decimal("20.00")),
            ("shop", Decimal("60.00"), Decimal("90.00"), Decimal("-30.00")),
        ]
        # 150 is more than the whole change of 140, and -30 of another direction: neither is a part of it.
        assert [row[6] for row in rows(result)] == [None, pytest.approx(20 / 140), None]
        assert result.figure("total.revenue.difference").value == Decimal("140.00")
        assert result.figure("total.revenue.previous").label.en == "total: revenue, a year before"
        assert result.interpretation is not None
        assert "与去年同期 2023-02-01 至 2023-02-28 比较" in result.interpretation.zh
        assert [row[0] for row in rows(run(ctx, **request, sort="decline", limit=1))] == ["shop"]
        by_rate = run(ctx, **{**request, "metrics": ["repeat_rate"]}, sort="growth")
        assert by_rate.figure("g1.repeat_rate.change").unit is Unit.POINTS
        months = run(ctx, metrics=["orders"], by=["month"], window=FEBRUARY, compare="last_year")
        assert rows(months) == [("2024-02", 4, 1.0, 2, 1.0)]


def test_a_year_that_the_data_do_not_reach_is_no_fall_to_nothing(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["channel"], window=FEBRUARY, compare="last_year")
    assert not [figure.id for figure in result.figures if figure.id.endswith((".change", ".previous"))]
    assert "The data begin on 2024-01-05, so there is nothing (or too little) from 2023-02-01 to 2023-02-28" in caveats(result)
    assert result.details["uncompared"]["zh"].startswith("数据从 2024-01-05 才开始")
    with pytest.raises(UnsupportedQuestion, match="compare with the period just before"):
        run(ctx, metrics=["revenue"], by=["channel"], window=FEBRUARY, compare="last_year", sort="growth")


def test_the_best_of_each_group(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["channel", "category"], limit_per_group=1)
    assert [(row[0], row[1], row[2]) for row in rows(result)] == [
        ("web", "Drinks", Decimal("80.00")),
        ("store", "Food", Decimal("40.00")),
    ]
    assert [[one["en"] for one in top["names"]] for top in result.details["tops"]] == [["Drinks"], ["Food"]]
    assert result.tables[0].row_count == 2
    smallest = run(ctx, metrics=["revenue"], by=["channel", "category"], limit_per_group=1, sort="smallest")
    assert ("web", "Food", Decimal("20.00")) in [row[:3] for row in rows(smallest)]
    assert result.interpretation is not None
    assert "the 1 largest of each channel" in result.interpretation.en


def test_the_others_are_what_is_left_of_the_total(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["category"], limit=1, rest=True)
    assert rows(result) == [("Food", Decimal("90.00"), 0.36), ("(others)", Decimal("160.00"), 0.64)]
    assert result.tables[0].columns[0].name_of("(others)", "zh") == "其他"
    assert result.figure("rest.revenue").value == Decimal("160.00")
    assert "has no category: it is part of the others" in caveats(result)
    (trace,) = result.charts[0].zh["data"]
    assert trace["x"][-1] == "其他"
    compared = run(ctx, metrics=["revenue"], by=["channel"], window=FEBRUARY, compare="previous", limit=1, rest=True)
    # Two orders of the window are in no channel shown: one by web without an amount, one of 30 without a channel.
    assert rows(compared)[1][:2] == ("(others)", Decimal("30.00"))
    assert rows(compared)[1][3] == Decimal("100.00")


def test_percentiles_of_hand_made_orders(ctx: ToolContext) -> None:
    """Orders of 0, 30, 50, 70 and 100; customers of 0, 70 and 150."""
    result = run(ctx, metrics=["average_order_value", "revenue_per_customer"], percentiles=[90, 50])
    found = {figure.id: figure.value for figure in result.figures}
    assert found["average_order_value_p50"] == Decimal("50.00")
    assert found["average_order_value_p90"] == Decimal("88.00")
    assert found["revenue_per_customer_p90"] == Decimal("134.00")
    assert result.figure("average_order_value_p90").label.zh == "订单金额的90分位数"
    both = run(ctx, metrics=["p90_order_value"], percentiles=[50])
    assert [figure.id for figure in both.figures][:2] == ["average_order_value_p50", "average_order_value_p90"]
    assert run(ctx, metrics=["orders_per_customer"], percentiles=[75]).figure("orders_per_customer_p75").value == 1.5


def test_back_within_days(ctx: ToolContext) -> None:
    """Ann came back 31 days after 5 January; Cai's 31 January and Bob's 29 February are too late for 30 days to be over."""
    within = run(ctx, metrics=["repurchase_rate"], within_days=31)
    assert within.figure("repurchase_rate").value == 1.0
    assert "2 customers whose 31 days after the first order are not over" in caveats(within)
    assert run(ctx, metrics=["repurchase_rate"]).figure("repurchase_rate").value == 0.0
    assert within.figure("repurchase_rate").label.en == "repurchase rate within 31 days"
    # On the 29th day after 31 January the days of Cai are over.
    assert run(ctx, metrics=["repurchase_rate"], within_days=29).figure("repurchase_rate").value == 0.0
    assert "1 customers whose 29 days" in caveats(run(ctx, metrics=["repurchase_rate"], within_days=29))
    with pytest.raises(UnsupportedQuestion, match="are not over for any of these customers"):
        run(ctx, metrics=["repurchase_rate"], window={"last_days": 1})


def test_guests_are_nobody(two_years: Warehouse) -> None:
    """Orders without a customer are not one customer with many orders: a and b come back, c does not."""
    with two_years.writing() as engine:
        engine.execute(
            "INSERT INTO orders (order_id, ordered_at, status, amount) VALUES ('g', '2024-02-02', 'completed', 5), "
            "('h', '2024-02-03', 'completed', 5)"
        )
    with open_context(two_years) as ctx:
        result = run(ctx, metrics=["one_time_customers", "repeat_customers", "average_order_gap"])
        assert [figure.value for figure in result.figures][:2] == [1, 2]
        assert run(ctx, metrics=["revenue_per_customer"], percentiles=[50]).figures[0].value == Decimal("150.00")


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        ({"metrics": ["revenue"], "by": ["channel"], "sort": "growth"}, InputError, "needs a comparison"),
        ({"metrics": ["revenue"], "within_days": 9}, InputError, "belongs to the metric repurchase_rate"),
        ({"metrics": ["revenue"], "by": ["channel"], "limit_per_group": 2}, InputError, "need two dimensions"),
        ({"metrics": ["revenue"], "by": ["channel"], "rest": True}, InputError, "needs groups and a limit"),
        ({"metrics": ["orders"], "by": ["category"], "limit": 1, "rest": True}, UnsupportedQuestion, "orders of single groups by category"),
        ({"metrics": ["revenue"], "percentiles": [50]}, UnsupportedQuestion, "revenue is not made of one value per order"),
        ({"metrics": ["revenue"], "by": ["customer_type"]}, InputError, "needs a window or a period"),
        (
            {"metrics": ["lapse_rate"], "by": ["customer_type"], "window": FEBRUARY},
            UnsupportedQuestion,
            "cannot be split or filtered by new",
        ),
    ],
)
def test_refusals_are_one_sentence(ctx: ToolContext, request_: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        run(ctx, **request_)


@pytest.mark.parametrize(
    "request_",
    [
        {"metrics": ["revenue"], "by": ["channel"], "window": FEBRUARY, "sort": "movement"},
        {
            "metrics": ["revenue"],
            "by": ["channel"],
            "window": FEBRUARY,
            "having": [{"metric": "revenue", "op": ">", "value": 1, "of": "before"}],
        },
        {"metrics": ["average_order_value"], "by": ["channel"], "window": FEBRUARY, "compare": "last_year", "sort": "contribution"},
        {"metrics": ["revenue"], "by": ["month"], "compare": "step", "sort": "decline", "change_by": "share"},
    ],
)
def test_changes_need_a_time_to_change_from_and_parts_of_a_whole(two_years: Warehouse, request_: dict[str, Any]) -> None:
    with open_context(two_years) as ctx, pytest.raises(InputError):
        run(ctx, **request_)


def test_changes_in_percent_and_of_the_share(two_years: Warehouse) -> None:
    request: dict[str, Any] = {"metrics": ["revenue"], "by": ["channel"], "window": FEBRUARY, "compare": "last_year"}
    with open_context(two_years) as ctx:
        # web 100 -> 250, shop 90 -> 60, app 0 -> 20: of nothing there is no percentage, so it comes last.
        assert [row[0] for row in rows(run(ctx, **request, sort="growth", change_by="percent"))] == ["web", "shop", "app"]
        assert [row[0] for row in rows(run(ctx, **request, sort="movement"))] == ["web", "shop", "app"]
        lost = run(ctx, **request, sort="decline", change_by="share", having=[{"metric": "revenue", "op": "<", "value": 0, "of": "share"}])
        assert [row[0] for row in rows(lost)] == ["shop"]
        assert lost.figure("g1.revenue.share_change").value == pytest.approx(60 / 330 - 90 / 190)
