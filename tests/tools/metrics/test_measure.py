"""`measure` on the small warehouse of conftest.py; every number is added up by hand."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tools.contracts import CustomerQuery, Outcome, Text, ToolResult, Unit
from tools.errors import InputError, UnknownName, UnsupportedQuestion
from tools.metrics import results
from tools.metrics.measure import measure
from tools.requests import Measure
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

FEBRUARY = {"period": "2024-02"}


def run(ctx: ToolContext, chosen: CustomerQuery | None = None, **request: Any) -> ToolResult:
    return measure(ctx, Measure.model_validate(request), chosen)


def figures(result: ToolResult) -> dict[str, Any]:
    return {figure.id: figure.value for figure in result.figures}


def rows(result: ToolResult) -> list[tuple[Any, ...]]:
    return list(result.tables[0].rows)


def caveats(result: ToolResult) -> str:
    return " ".join(text.en for text in result.caveats)


@pytest.mark.parametrize(
    ("metric", "window", "value"),
    [
        ("customers", None, 4),
        ("active_customers", None, 3),
        ("buyers", None, 3),
        ("buyers", FEBRUARY, 2),
        ("orders", None, 5),
        ("revenue", None, Decimal("250.00")),
        ("average_order_value", None, Decimal("50.00")),
        ("median_order_value", None, Decimal("50.00")),
        ("revenue_per_customer", None, Decimal("73.33")),
        ("orders_per_customer", None, 4 / 3),
        ("items", None, 15),
        ("items_per_order", None, 3.0),
        ("products_sold", None, 4),
        ("discount", None, Decimal("30.00")),
        ("discount_share", None, 30 / 280),
        ("refunds", None, Decimal("85.00")),
        ("refunded_orders", None, 2),
        ("repeat_customers", None, 1),
        ("repeat_rate", None, 1 / 3),
        ("active_customers", FEBRUARY, 2),
        ("new_customers", FEBRUARY, 1),
        ("returning_customers", FEBRUARY, 1),
        ("lapsed_customers", FEBRUARY, 1),
        ("retained_customers", FEBRUARY, 1),
        ("retention_rate", FEBRUARY, 0.5),
        ("lapse_rate", FEBRUARY, 0.5),
        ("churned_customers", {"last_days": 29}, 1),
        ("churn_rate", {"last_days": 29}, 1 / 3),
        ("churned_customers", None, 0),
        ("contacts", None, 3),
        ("contacted_customers", None, 2),
        ("responses", None, 3),
        ("responders", None, 2),
        ("response_rate", None, 1 / 3),
        ("campaign_revenue", None, Decimal("50.00")),
        ("contacts", FEBRUARY, 2),
        ("events", None, 3),
        ("customers_with_events", None, 2),
        ("feedback_count", None, 2),
        ("average_rating", None, 2.5),
    ],
)
def test_metrics_by_hand(ctx: ToolContext, metric: str, window: dict[str, Any] | None, value: Any) -> None:
    result = run(ctx, metrics=[metric], **({"window": window} if window else {}))
    found = result.figure(metric).value
    assert found == (pytest.approx(value) if isinstance(value, float) else value)
    assert type(found) is type(value)


def test_an_order_with_two_lines_of_a_category_counts_once(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue", "orders", "average_order_value"], by=["category"])
    assert rows(result) == [
        ("Food", Decimal("90.00"), 0.36, 3, Decimal("30.00")),
        ("Drinks", Decimal("80.00"), 0.32, 2, Decimal("40.00")),
    ]
    assert figures(result)["total.revenue"] == Decimal("250.00")
    assert "¥80.00 of revenue (32.0%) has no category" in caveats(result)
    assert "not the whole order's" in caveats(result)


def test_penetration_divides_by_all_who_ordered(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["category_penetration"], by=["category"])
    assert rows(result) == [("Drinks", pytest.approx(2 / 3)), ("Food", pytest.approx(1 / 3))]
    assert run(ctx, metrics=["category_penetration"], where={"category": ["food"]}).figure("category_penetration").value == pytest.approx(
        1 / 3
    )


def test_figures_by_an_attribute_are_about_those_who_have_it(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["age_band"])
    assert rows(result) == [("25-34", Decimal("150.00"), 1.0), ("35-44", Decimal("0.00"), 0.0)]
    assert figures(result)["total.revenue"] == Decimal("150.00")
    assert "Age band is known for 2 of 4 customers" in caveats(result)
    assert "fewer than 30 customers" in caveats(result)


def test_segments_have_names_in_both_languages(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["rfm_group"])
    column = result.tables[0].columns[0]
    assert [row[0] for row in rows(result)] == ["champions", "lost"]
    assert column.names["champions"] == Text(zh="冠军客户", en="Champions")
    assert result.figure("g1.revenue").label == Text(zh="冠军客户：销售额", en="Champions: revenue")
    for name in ("champions", "冠军客户", "CHAMPIONS"):
        assert run(ctx, metrics=["revenue"], where={"rfm_group": [name]}).figure("revenue").value == Decimal("150.00")


def test_campaigns_of_one_name_stay_apart(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["response_rate", "contacts"], by=["campaign"])
    assert rows(result) == [("k1", 0.5, 2, pytest.approx(2 / 3)), ("k2", 0.0, 1, pytest.approx(1 / 3))]
    assert result.details["groups"] == [{"zh": "Spring (k1)", "en": "Spring (k1)"}, {"zh": "Spring (k2)", "en": "Spring (k2)"}]
    assert "The rows of control groups (1) are left out" in caveats(result)


def test_arms_are_told_apart_where_they_are_asked_for(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["contacts", "response_rate"], by=["arm"])
    assert [(row[0], row[1]) for row in rows(result)] == [("treatment", 3), ("control", 1)]
    assert run(ctx, metrics=["contacts"], where={"arm": ["control"]}).figure("contacts").value == 1
    assert "control groups" not in caveats(result)


def test_comparison_with_the_period_before(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue", "repeat_rate"], window=FEBRUARY, compare="previous")
    found = figures(result)
    assert (found["revenue"], found["revenue.previous"]) == (Decimal("80.00"), Decimal("170.00"))
    assert found["revenue.change"] == pytest.approx((80 - 170) / 170)
    assert result.figure("revenue.change").unit is Unit.CHANGE
    assert result.figure("repeat_rate.change").unit is Unit.POINTS
    assert (found["previous.start"], found["previous.end"]) == (dt.date(2024, 1, 1), dt.date(2024, 1, 31))
    assert [row[0] for row in rows(result)] == ["2024-02-01 – 2024-02-29", "2024-01-01 – 2024-01-31"]


def test_comparison_by_groups_keeps_groups_of_either_period(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["channel"], window=FEBRUARY, compare="previous")
    assert rows(result) == [
        ("store", Decimal("50.00"), 0.625, Decimal("70.00"), pytest.approx(-2 / 7)),
        ("web", Decimal("0.00"), 0.0, Decimal("100.00"), -1.0),
    ]
    assert figures(result)["g1.revenue.share_change"] == pytest.approx(50 / 80 - 70 / 170)
    only_before = run(ctx, metrics=["active_customers"], by=["customer"], window=FEBRUARY, compare="previous")
    assert ("c", 0, 0.0, 1, -1.0) in rows(only_before)


def test_top_with_the_rest(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["customer"], limit=1)
    found = figures(result)
    assert rows(result) == [("a", Decimal("150.00"), pytest.approx(150 / 220))]
    assert (found["rest.groups"], found["rest.revenue"]) == (2, Decimal("70.00"))
    assert found["total.revenue"] == Decimal("220.00")
    assert (found["highest.revenue"], found["lowest.revenue"]) == (Decimal("150.00"), Decimal("0.00"))


def test_smallest_and_natural_order(ctx: ToolContext) -> None:
    assert [row[0] for row in rows(run(ctx, metrics=["revenue"], by=["category"], sort="smallest"))] == ["Drinks", "Food"]
    weekdays = rows(run(ctx, metrics=["orders"], by=["weekday"]))
    assert [row[0] for row in weekdays] == ["Monday", "Wednesday", "Thursday", "Friday"]
    months = rows(run(ctx, metrics=["orders", "new_customers"], by=["month"]))
    assert [(row[0], row[1], row[3]) for row in months] == [("2024-01", 2, 2), ("2024-02", 3, 1)]


def test_filters_combine(ctx: ToolContext) -> None:
    assert run(ctx, metrics=["orders"], where={"channel": ["WEB", "store"], "weekday": ["周五"]}).figure("orders").value == 1
    assert run(ctx, metrics=["revenue"], where_not={"category": ["Food"]}).figure("revenue").value == Decimal("160.00")
    assert run(ctx, metrics=["orders"], where={"hour": ["9", "10"]}).figure("orders").value == 3
    assert run(ctx, metrics=["revenue"], where={"marketing_consent": ["no"]}).figure("revenue").value == Decimal("0.00")
    assert run(ctx, metrics=["revenue"], where={"attribute.会员 等级": ["金"]}).figure("revenue").value == Decimal("150.00")


def test_only_the_chosen_customers(ctx: ToolContext) -> None:
    chosen = CustomerQuery(
        sql="SELECT customer_id FROM customer_base WHERE city = $r_city",
        parameters={"r_city": "上海"},
        sentence=Text(zh="城市为上海", en="city is 上海"),
    )
    result = run(ctx, chosen, metrics=["revenue", "customers"], customers="t1")
    assert figures(result)["revenue"] == Decimal("220.00")
    assert figures(result)["customers"] == 2
    assert result.interpretation is not None
    assert "only customers: city is 上海" in result.interpretation.en
    assert result.receipts[0].statements[0].parameters["r_city"] == "上海"


def test_nothing_after_the_as_of_date_counts(small: Warehouse) -> None:
    with open_context(small, dt.date(2024, 1, 31)) as ctx:
        assert run(ctx, metrics=["revenue"]).figure("revenue").value == Decimal("170.00")
        assert run(ctx, metrics=["new_customers"], window={"period": "2024"}).figure("new_customers").value == 2
        late = run(ctx, metrics=["revenue"], window=FEBRUARY)
        assert late.outcome is Outcome.EMPTY


def test_nothing_in_the_window_is_empty_but_a_measured_zero_is_an_answer(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], window={"period": "2023"}, where={"category": ["Food"]})
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert "where category is Food; the data run from 2024-01-05 to 2024-02-29" in result.message.en
    zero = run(ctx, metrics=["new_customers"], window={"last_days": 1}, where={"gender": ["F"]})
    assert zero.outcome is Outcome.EMPTY
    free = run(ctx, metrics=["revenue"], window={"last_days": 1})
    assert (free.outcome, free.figure("revenue").value) == (Outcome.ANSWERED, Decimal("0.00"))


def test_windows_outside_the_data_and_incomplete_periods_are_told(ctx: ToolContext) -> None:
    assert "The data run from 2024-01-05" in caveats(run(ctx, metrics=["revenue"], window={"period": "2024-01"}))
    text = caveats(run(ctx, metrics=["revenue"], by=["month"]))
    assert "2024-01 is incomplete: it covers only 2024-01-05 to 2024-01-31" in text
    assert "2024-02 is incomplete" not in text
    assert "differ in length" not in caveats(run(ctx, metrics=["revenue"], window={"period": "this_week"}, compare="previous"))


def test_periods_cut_off_are_no_extremes(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, metrics=["revenue"], by=["month"])
    assert result.figure("lowest.revenue").value == min(row[1] for row in rows(result)[:-1])
    assert rows(result)[-1][0] == "2018-01"
    assert result.details["extremes"]["lowest"]["en"] != "2018-01"


def test_quantities_of_weight_or_volume_are_told(demo_ctx: ToolContext, ctx: ToolContext) -> None:
    assert "probably weights or volumes" in caveats(run(demo_ctx, metrics=["items_per_order"]))
    assert "volumes" not in caveats(run(ctx, metrics=["items_per_order"]))


def test_orders_without_a_customer_are_told(ctx: ToolContext) -> None:
    assert "1 orders in the data have no customer" in caveats(run(ctx, metrics=["active_customers"]))


@pytest.mark.parametrize(
    ("request_", "error", "message"),
    [
        (
            {"metrics": ["revenue"], "by": ["campaign"]},
            UnsupportedQuestion,
            "revenue cannot be split or filtered by campaign",
        ),
        ({"metrics": ["customers"], "by": ["month"]}, UnsupportedQuestion, "by month there are active customers"),
        (
            {"metrics": ["retention_rate"], "by": ["category"], "window": FEBRUARY},
            UnsupportedQuestion,
            "cannot be split or filtered by category",
        ),
        ({"metrics": ["revenue"], "by": ["brand"]}, UnsupportedQuestion, "products have no brand"),
        ({"metrics": ["revenue"], "by": ["store"]}, UnsupportedQuestion, "orders have no store"),
        ({"metrics": ["revenue"], "by": ["churn_x"]}, UnknownName, "no dimension named"),
        ({"metrics": ["revenue"], "by": ["attribute.level"]}, UnknownName, "no attribute named 'level'; known: 会员 等级"),
        ({"metrics": ["revenue"], "where": {"category": ["drink"]}}, UnknownName, "no category named 'drink'; known: Drinks"),
        ({"metrics": ["revenue"], "where": {"rfm_group": ["champion"]}}, UnknownName, "no RFM group named 'champion'; known: champions"),
        ({"metrics": ["revenue"], "where": {"category": []}}, InputError, "names no value"),
        ({"metrics": ["category_penetration"]}, InputError, "needs category or subcategory"),
        ({"metrics": ["returning_customers"]}, InputError, "needs a window or a period"),
        ({"metrics": ["revenue"], "compare": "previous"}, InputError, "needs a window"),
        ({"metrics": ["revenue"], "customers": "t3"}, InputError, "were not resolved"),
        ({"metrics": ["revenue"], "window": {"period": "soon"}}, InputError, "'soon' is not a period"),
    ],
)
def test_refusals_are_one_sentence(ctx: ToolContext, request_: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        run(ctx, **request_)


def test_a_missing_table_is_named(tmp_path: Any) -> None:
    warehouse = Warehouse(tmp_path / "bare.duckdb")
    with warehouse.writing() as engine:
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) VALUES ('1', 'a', '2024-01-05', 'completed', 1)"
        )
    with open_context(warehouse) as ctx:
        for metric, missing in [
            ("events", "no events"),
            ("items", "order lines have no quantity"),
            ("response_rate", "no campaign contacts"),
        ]:
            with pytest.raises(UnsupportedQuestion, match=missing):
                run(ctx, metrics=[metric])
        with pytest.raises(UnsupportedQuestion, match="have not been computed yet; run: fenqun refresh"):
            run(ctx, metrics=["revenue"], by=["rfm_group"])


def test_the_receipt_holds_what_ran(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["category"], window=FEBRUARY)
    receipt = result.receipts[0]
    assert receipt.source_tables == ("counted_orders", "order_lines", "products")
    assert receipt.as_of == dt.date(2024, 2, 29)
    assert receipt.arguments == {"metrics": ["revenue"], "by": ["category"], "window": {"period": "2024-02"}}
    assert len(receipt.statements) == 2
    again = ctx.engine.rows(receipt.statements[1].sql, receipt.statements[1].parameters)
    assert again == [(result.figure("total.revenue").value,)]


def test_a_long_list_comes_with_a_file(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, metrics=["revenue", "average_order_value"], by=["store"])
    table = result.tables[0]
    assert (len(table.rows), table.row_count) == (50, 457)
    assert table.path is not None
    lines = list(csv.reader(Path(table.path).read_text(encoding="utf-8-sig").splitlines()))
    assert lines[0] == ["store", "revenue", "revenue.share", "average_order_value"]
    assert len(lines) == 458
    assert run(demo_ctx, metrics=["revenue"], by=["store"], limit=50).tables[0].path is None


def test_churn_and_retention_by_periods(ctx: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(ctx, metrics=["retention_rate", "active_customers"], by=["month"])
    assert rows(result) == [("2024-01", None, 2), ("2024-02", 0.5, 2)]
    monkeypatch.setattr(results, "MOST_PERIODS", 10)
    with pytest.raises(InputError, match="more than 10 days"):
        run(ctx, metrics=["churn_rate"], by=["day"])


def test_active_means_ninety_days_unless_a_window_or_periods_are_asked_for(demo_ctx: ToolContext) -> None:
    found = run(demo_ctx, metrics=["active_customers"])
    path = demo_files()["transactions"]
    [(lately, ever)] = duckdb.sql(
        "SELECT count(DISTINCT household_id) FILTER (WHERE moment >= DATE '2017-10-04'), count(DISTINCT household_id) FROM ("
        f"SELECT household_id, basket_id, min(transaction_timestamp) AS moment FROM read_parquet('{path}') GROUP BY ALL)"
    ).fetchall()
    assert found.figure("active_customers").value == lately
    assert found.interpretation is not None
    assert "2017-10-04 至 2018-01-01（未指定时间范围，活跃按最近90天内下过单计" in found.interpretation.zh
    assert run(demo_ctx, metrics=["buyers"]).figure("buyers").value == ever
    assert run(demo_ctx, metrics=["active_customers"], window={"last_days": 366}).figure("active_customers").value == ever
    monthly = run(demo_ctx, metrics=["active_customers"], by=["month"])
    assert monthly.tables[0].row_count == 13
    assert monthly.interpretation is not None
    assert "90" not in monthly.interpretation.en
