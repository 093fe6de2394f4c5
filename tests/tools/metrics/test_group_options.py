"""Groups kept by their figures, a part of the groups, shares within groups and averages over time, on hand-made rows and the demo."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tools.contracts import ToolResult
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.averages import periods_in
from tools.metrics.measure import measure
from tools.requests import Measure
from tools.rules import Condition
from tools.warehouse.context import ToolContext
from tools.windows import DateRange


def run(ctx: ToolContext, **request: Any) -> ToolResult:
    return measure(ctx, Measure.model_validate(request))


def figures(result: ToolResult) -> dict[str, Any]:
    return {one.id: one.value for one in result.figures}


def above(metric: str, op: str, value: str) -> list[dict[str, str]]:
    return [{"metric": metric, "op": op, "value": value}]


def test_groups_are_kept_by_their_own_figure(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["category"], having=above("revenue", ">", "85"))
    # Food: 20 + 40 + 30 = 90; Drinks: 60 + 20 = 80.
    assert [row[:2] for row in result.tables[0].rows] == [("Food", Decimal("90.00"))]
    assert figures(result)["groups"] == 1
    assert "revenue is above 85" in result.interpretation.en


def test_a_condition_may_be_on_another_metric(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["category"], having=above("buyers", "<", "2"))
    # Food was bought by a (and by somebody unknown), Drinks by a and b.
    assert [row[0] for row in result.tables[0].rows] == ["Food"]


def test_groups_are_kept_by_their_share_of_the_total(demo_ctx: ToolContext) -> None:
    of_total = [{"metric": "revenue", "op": ">", "value": "0.1", "of": "total"}]
    result = run(demo_ctx, metrics=["revenue"], by=["category"], having=of_total)

    query = """
        SELECT p.category, sum(l.amount) FROM order_lines AS l JOIN products AS p USING (product_id) GROUP BY p.category
        HAVING sum(l.amount) > 0.1 * (SELECT sum(amount) FROM order_lines) ORDER BY 2 DESC
    """
    assert [row[:2] for row in result.tables[0].rows] == demo_ctx.engine.rows(query)
    assert "the share of all revenue is above 10%" in result.interpretation.en


def test_a_mean_has_no_total_to_have_a_share_of(ctx: ToolContext) -> None:
    with pytest.raises(InputError, match="has no total that a group could have a share of"):
        of_total = [{"metric": "average_order_value", "op": ">", "value": "0.1", "of": "total"}]
        run(ctx, metrics=["average_order_value"], by=["category"], having=of_total)


def test_what_a_group_has_on_average(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, metrics=["revenue", "buyers"], by=["store"], mean=True, window={"period": "2017-12"}, limit=5)

    december = "order_date BETWEEN DATE '2017-12-01' AND DATE '2017-12-31'"
    query = f"""
        SELECT round(sum(amount) / count(DISTINCT store_id), 2), CAST(sum(people) AS DOUBLE) / count(DISTINCT store_id)
        FROM (
            SELECT store_id, sum(amount) AS amount, count(DISTINCT customer_id) AS people FROM counted_orders
            WHERE {december} GROUP BY store_id
        )
    """
    ((revenue, buyers),) = demo_ctx.engine.rows(query)
    assert figures(result)["mean.revenue"] == Decimal(str(revenue)).quantize(Decimal("0.01"))
    assert figures(result)["mean.buyers"] == pytest.approx(buyers)
    assert "mean per store" in result.interpretation.en


def test_no_group_may_fit(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["category"], having=above("revenue", ">", "1000"))
    assert figures(result)["groups"] == 0
    assert not result.tables[0].rows


def test_conditions_hold_beside_a_comparison_of_periods(ctx: ToolContext) -> None:
    february = {"period": "2024-02"}
    result = run(ctx, metrics=["orders"], by=["channel"], window=february, compare="previous", having=above("orders", ">=", "1"))
    assert sorted(row[0] for row in result.tables[0].rows) == ["store", "web"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"by": []}, "needs a dimension to group by"),
        ({"by": ["category"], "rest": True, "limit": 1}, "and not with a condition on groups"),
    ],
)
def test_conditions_need_groups(ctx: ToolContext, request_: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(ctx, metrics=["revenue"], having=above("revenue", ">", "1"), **request_)


def test_conditions_agree_with_sql(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, metrics=["orders"], by=["store"], having=above("orders", ">", "1000"))
    counted = "SELECT count(*) FROM (SELECT store_id FROM counted_orders GROUP BY store_id HAVING count(*) > 1000)"
    assert figures(result)["groups"] == demo_ctx.engine.rows(counted, {})[0][0]


def test_groups_left_out_by_a_condition_are_not_told_to_be_without_a_group(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, metrics=["revenue"], by=["store"], having=above("revenue", ">", "50000"))
    assert not [caveat for caveat in result.caveats if "has no store" in caveat.en]


def test_a_part_of_the_groups_and_what_they_have_together(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, metrics=["revenue"], by=["customer"], sort="largest", limit_share=0.1, window={"period": "2017"})
    sql = """
    SELECT count(*), sum(paid) FILTER (WHERE place <= ceil(0.1 * households)), sum(paid)
    FROM (SELECT sum(amount) AS paid, row_number() OVER (ORDER BY sum(amount) DESC) AS place, count(*) OVER () AS households
          FROM counted_orders WHERE year(ordered_at) = 2017 GROUP BY customer_id)
    """
    households, together, everything = demo_ctx.engine.rows(sql, {})[0]
    found = figures(result)
    assert found["groups"] == households
    assert found["shown.revenue"] == together
    assert found["shown.revenue.share"] == pytest.approx(float(together) / float(everything))
    assert "the top 10 %" in result.interpretation.en


def test_the_first_few_and_what_they_have_together(ctx: ToolContext) -> None:
    found = figures(run(ctx, metrics=["revenue"], by=["category"], sort="largest", limit=1))
    assert (found["shown.revenue"], found["shown.groups"]) == (Decimal("90.00"), 1)
    # The total has lines of no category too: 80 + 90 + 10 + 70.
    assert found["shown.revenue.share"] == pytest.approx(90 / 250)


def test_shares_within_the_first_dimension(ctx: ToolContext) -> None:
    found = run(ctx, metrics=["revenue"], by=["month", "category"], share_within=True, where={"category": ["Food"]})
    # January: Food 20 of 170, with 70 of an unknown product; February: Food 70 of 80.
    shares = {row[0]: row[-1] for row in found.tables[0].rows}
    assert shares == {"2024-01": pytest.approx(20 / 170), "2024-02": pytest.approx(70 / 80)}


def test_shares_within_need_two_dimensions(ctx: ToolContext) -> None:
    with pytest.raises(InputError, match="need two dimensions"):
        run(ctx, metrics=["revenue"], by=["month"], share_within=True)


def test_an_average_per_day_divides_by_the_calendar(ctx: ToolContext) -> None:
    found = run(ctx, metrics=["revenue", "orders"], per="day", window={"period": "2024-02"})
    # Orders 2, 3, 6: 50 + 0 + 30 on the 29 days of February.
    assert figures(found)["revenue.per_day"] == Decimal("2.76")
    assert figures(found)["orders.per_day"] == pytest.approx(3 / 29)
    assert "average per day over 29 days" in found.interpretation.en


def test_customers_per_day_are_counted_day_by_day(demo_ctx: ToolContext) -> None:
    found = figures(run(demo_ctx, metrics=["active_customers"], per="day", window={"period": "2017-12"}))
    sql = """
    SELECT sum(people) / 31.0 FROM (SELECT count(DISTINCT customer_id) AS people FROM counted_orders
    WHERE ordered_at >= DATE '2017-12-01' AND ordered_at < DATE '2018-01-01' GROUP BY CAST(ordered_at AS DATE))
    """
    assert found["active_customers.per_day"] == pytest.approx(float(demo_ctx.engine.rows(sql, {})[0][0]))


def test_without_a_window_whole_months_are_averaged(demo_ctx: ToolContext) -> None:
    found = run(demo_ctx, metrics=["revenue"], per="month")
    sql = "SELECT sum(amount) / 12 FROM counted_orders WHERE year(ordered_at) = 2017"
    assert float(figures(found)["revenue.per_month"]) == pytest.approx(float(demo_ctx.engine.rows(sql, {})[0][0]), abs=0.01)
    assert figures(found)["window.end"] == dt.date(2017, 12, 31)


def test_each_group_of_time_has_days_of_its_own(demo_ctx: ToolContext) -> None:
    rows = run(demo_ctx, metrics=["orders"], by=["day_type"], per="day", window={"period": "2017"}).tables[0].rows
    # 2017 has 105 Saturdays and Sundays.
    sql = "SELECT count(*) FROM counted_orders WHERE year(ordered_at) = 2017 AND isodow(ordered_at) >= 6"
    weekend = demo_ctx.engine.rows(sql, {})[0][0]
    assert {row[0]: row[-1] for row in rows}["weekend"] == pytest.approx(weekend / 105)


def test_who_came_on_an_average_day_is_told_of_each_group(demo_ctx: ToolContext) -> None:
    rows = run(demo_ctx, metrics=["buyers"], by=["weekday"], per="day", window={"period": "2017"}).tables[0].rows
    # 2017 has 53 Sundays and 52 of each other day; nobody came on Christmas Day, a Monday.
    daily = """
        SELECT dayname(day), sum(came) / CASE dayname(day) WHEN 'Sunday' THEN 53.0 ELSE 52.0 END FROM (
            SELECT CAST(ordered_at AS DATE) AS day, count(DISTINCT customer_id) AS came FROM counted_orders
            WHERE year(ordered_at) = 2017 GROUP BY 1
        ) GROUP BY 1
    """
    wanted = {day: round(float(mean), 6) for day, mean in demo_ctx.engine.rows(daily, {})}
    assert {row[0]: round(row[2], 6) for row in rows} == wanted


def test_a_rate_has_no_average_per_day(ctx: ToolContext) -> None:
    with pytest.raises(UnsupportedQuestion, match="no average per day"):
        run(ctx, metrics=["repeat_rate"], per="day")


@pytest.mark.parametrize(
    ("unit", "start", "end", "number"),
    [
        ("day", "2017-02-01", "2017-02-28", 28),
        ("week", "2017-01-02", "2017-01-15", 2),
        ("month", "2017-01-01", "2017-12-31", 12),
        ("month", "2017-01-16", "2017-02-28", 16 / 31 + 1),
        ("quarter", "2017-07-01", "2017-12-31", 2),
        ("year", "2016-01-01", "2017-12-31", 2),
    ],
)
def test_periods_are_counted_by_the_part_that_is_covered(unit: str, start: str, end: str, number: float) -> None:
    dates = DateRange(dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    assert periods_in(unit, dates) == pytest.approx(number)


def test_groups_come_in_the_order_of_their_share_within(ctx: ToolContext) -> None:
    asked = {"metrics": ["revenue"], "by": ["month", "category"], "share_within": True, "where": {"category": ["Food"]}}
    assert [row[0] for row in run(ctx, **asked, sort="largest").tables[0].rows] == ["2024-02", "2024-01"]
    assert [row[0] for row in run(ctx, **asked, sort="smallest").tables[0].rows] == ["2024-01", "2024-02"]


@pytest.mark.parametrize(
    ("metric", "value"),
    # Orders 1, 2, 3, 6 and 7; items of known customers: 4 + 6 + 1 + 1, of three customers.
    [("max_order_value", Decimal("100.00")), ("min_order_value", Decimal("0.00")), ("items_per_customer", 4.0)],
)
def test_extremes_of_orders_and_items_for_each_customer(ctx: ToolContext, metric: str, value: Any) -> None:
    assert figures(run(ctx, metrics=[metric]))[metric] == value


@pytest.mark.parametrize(
    ("metric", "counted"),
    [("average_store_count", "o.store_id"), ("average_category_count", "p.category")],
)
def test_mean_numbers_of_sorts_agree_with_sql(demo_ctx: ToolContext, metric: str, counted: str) -> None:
    sql = f"""
    SELECT avg(sorts) FROM (SELECT count(DISTINCT {counted}) AS sorts FROM counted_orders AS o
    LEFT JOIN order_lines AS l USING (order_id) LEFT JOIN products AS p ON p.product_id = l.product_id
    WHERE o.customer_id IS NOT NULL GROUP BY o.customer_id)
    """
    assert figures(run(demo_ctx, metrics=[metric]))[metric] == pytest.approx(float(demo_ctx.engine.rows(sql, {})[0][0]))


def test_groups_are_held_against_the_average_of_all(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, metrics=["average_order_value"], by=["store"], having=above("average_order_value", "<", "average"))
    each = "SELECT store_id, sum(amount) / count(*) AS mean FROM counted_orders GROUP BY store_id"
    counted = f"SELECT count(*) FROM ({each}) WHERE mean < (SELECT sum(amount) / count(*) FROM counted_orders)"
    assert figures(result)["groups"] == demo_ctx.engine.rows(counted, {})[0][0]
    assert "is below the average of 29.49" in result.interpretation.en
    assert "客单价小于平均值 29.49" in result.interpretation.zh


def test_sums_are_held_against_the_mean_of_the_groups(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, metrics=["revenue"], by=["store"], having=above("revenue", ">", "average"))
    each = "SELECT store_id, sum(amount) AS paid FROM counted_orders WHERE store_id IS NOT NULL GROUP BY store_id"
    counted = f"WITH each AS ({each}) SELECT count(*) FROM each WHERE paid > (SELECT avg(paid) FROM each)"
    assert figures(result)["groups"] == demo_ctx.engine.rows(counted, {})[0][0]


def test_nothing_is_above_the_average_of_nothing(ctx: ToolContext) -> None:
    result = run(ctx, metrics=["revenue"], by=["category"], having=above("revenue", ">", "average"), window={"period": "2001"})
    assert not result.tables


@pytest.mark.parametrize("window", [None, {"period": "2017"}])
def test_who_is_new_in_each_month_has_no_total_over_the_months(demo_ctx: ToolContext, window: dict[str, str] | None) -> None:
    result = run(
        demo_ctx, metrics=["revenue"], by=["month"], where={"customer_type": ["returning"]}, **({"window": window} if window else {})
    )
    sql = """
    SELECT date_trunc('month', o.ordered_at) AS month, sum(o.amount)
    FROM counted_orders AS o
    INNER JOIN (SELECT customer_id, min(ordered_at) AS first_at FROM counted_orders GROUP BY customer_id) AS f USING (customer_id)
    WHERE f.first_at < date_trunc('month', o.ordered_at) AND o.ordered_at < DATE '2018-01-01'
    GROUP BY 1 ORDER BY 1
    """
    months = [row[1] for row in demo_ctx.engine.rows(sql, {})]
    assert [row[1] for row in result.tables[0].rows][: len(months)] == months
    assert "revenue" not in {figure.id for figure in result.figures if figure.value == 0}


def test_a_ranking_longer_than_its_table_is_about_all_its_customers(demo_ctx: ToolContext) -> None:
    result = run(demo_ctx, metrics=["revenue"], by=["customer"], limit=60, window={"period": "2017-12"})

    assert result.selection is not None
    rule = result.selection.rule
    assert isinstance(rule, Condition)
    expected = demo_ctx.engine.rows(
        "SELECT customer_id FROM counted_orders WHERE ordered_at >= '2017-12-01' AND ordered_at < '2018-01-01' "
        "GROUP BY customer_id ORDER BY sum(amount) DESC, customer_id LIMIT 60"
    )
    assert sorted(rule.value or []) == sorted(row[0] for row in expected)
