"""What describe_data says, against figures counted by hand and, for the demo, over its source files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from tools.contracts import ToolResult
from tools.errors import UnknownName
from tools.ingest.demo import load_demo_data
from tools.ingest.quality import describe_data
from tools.requests import DescribeData
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

PEOPLE = {
    "id": "customers.customer_id",
    "phone": "customers.phone",
    "sex": "customers.gender",
    "age": "customers.age",
    "hobby": None,
}
ORDERS = {"o": "orders.order_id", "c": "orders.customer_id", "t": "orders.ordered_at", "a": "orders.amount", "s": "orders.status"}
LINES = {"o": "order_lines.order_id", "p": "order_lines.product_id", "a": "order_lines.amount"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToolContext]:
    warehouse = Warehouse(tmp_path_factory.mktemp("quality") / "demo.duckdb")
    load_demo_data(warehouse)
    with open_context(warehouse) as ctx:
        yield ctx


@pytest.fixture
def shop(loader, source) -> Warehouse:
    people = [
        ("A", "13800138000", "男", "30", "tea"),
        ("B", None, "女", "41", None),
        ("C", "13900139000", None, None, None),
        ("D", "13700137000", "女", "28", "tea"),
        ("D", "13700137000", "女", "28", "tea"),
    ]
    orders = [
        ("1", "A", "2024-01-01", "100", "paid"),
        ("1", "A", "2024-01-02", "-40", "paid"),
        ("2", "A", "2024-01-02", "0", "paid"),
        ("3", "B", "2024-01-06", "50", "refunded"),
        ("4", None, "2024-01-10", "70", "paid"),
        ("5", "B", "2024-01-10", "9", "cancelled"),
        ("6", "B", "1900-01-00", "9", "paid"),
    ]
    lines = [("1", "P", "60"), ("9", "Q", "5")]
    loader.load(source("c", "customers", PEOPLE, people), source("o", "orders", ORDERS, orders), source("l", "order_lines", LINES, lines))
    return loader.warehouse


def ask(warehouse: Warehouse, **arguments: object) -> ToolResult:
    with open_context(warehouse) as ctx:
        return describe_data(ctx, DescribeData.model_validate(arguments))


def values(result: ToolResult) -> dict[str, object]:
    return {figure.id: figure.value for figure in result.figures}


def test_overview_of_the_demo(demo):
    found = values(describe_data(demo, DescribeData()))
    assert found["customers"] == 2469
    assert found["orders"] == 155_848
    assert found["revenue"] == Decimal("4596039.58")
    assert (found["first_date"], found["as_of"]) == (dt.date(2017, 1, 1), dt.date(2018, 1, 1))
    assert (found["rows.order_lines"], found["rows.campaigns"]) == (1_469_307, 27)


def test_coverage_of_the_demo(demo):
    result = describe_data(demo, DescribeData(topic="coverage", fields=["demographics", "contact", "attribute.marital_status"]))
    households, married = duckdb.sql(
        f"SELECT count(*), count(marital_status) FROM read_parquet('{demo_files()['demographics']}')"
    ).fetchall()[0]
    found = values(result)
    assert (found["demographics.known"], found["contact.known"], found["marital_status.known"]) == (households, 0, married)
    assert found["demographics.share"] == pytest.approx(801 / 2469)


def test_quality_of_the_demo(demo):
    found = values(describe_data(demo, DescribeData(topic="quality")))
    zero, silent = duckdb.sql(
        f"""
        SELECT
            (SELECT count(*) FROM (SELECT basket_id FROM t GROUP BY 1 HAVING sum(CAST(sales_value AS DECIMAL(18,2))) = 0)),
            date_diff('day', min(transaction_timestamp::DATE), max(transaction_timestamp::DATE)) + 1
                - count(DISTINCT transaction_timestamp::DATE)
        FROM read_parquet('{demo_files()["transactions"]}') AS t
        """.replace("FROM t GROUP", f"FROM read_parquet('{demo_files()['transactions']}') GROUP")
    ).fetchall()[0]
    assert (found["zero_amount_orders"], found["days_without_orders"]) == (zero, silent)
    assert found["complete_profiles"] == 801
    assert (found["orphan_lines"], found["rows_rejected"], found["merged_ids"]) == (0, 0, 0)


def test_defects_are_counted(shop):
    found = values(ask(shop, topic="quality"))
    assert found["rows_in"] == 14
    assert (found["rejected.duplicate"], found["rejected.impossible_date"], found["rows_rejected"]) == (1, 1, 2)
    assert (found["orders"], found["refunded_orders"], found["cancelled_orders"]) == (3, 1, 1)
    assert (found["partly_refunded_orders"], found["refunded_amount"]) == (1, Decimal("90.00"))
    assert (found["zero_amount_orders"], found["orders_without_customer"]) == (1, 1)
    assert (found["orphan_lines"], found["lines_of_unknown_product"]) == (1, 2)
    # Counted orders on the 1st, 2nd and 10th of January: one gap, of seven days.
    assert (found["gaps"], found["days_without_orders"], found["longest_gap"]) == (1, 7, 7)
    assert found["customers_without_orders"] == 2


def test_complete_profile_asks_only_for_what_the_data_hold(shop):
    result = ask(shop, topic="quality")
    # Held are contact, gender and age: complete for A and D, of A, B, C and D.
    assert values(result)["complete_profiles"] == 2
    assert values(result)["complete_share"] == 0.5
    assert "contact, gender, age" in result.details["complete_means"]["en"]
    assert values(result)["field.phone"] == 0.75
    assert values(result)["field.attributes.hobby"] == 0.5


def test_what_cannot_be_answered_is_said_in_both_languages(shop):
    told = ask(shop, topic="quality").details["cannot_answer"]
    assert any("feedback" in one["en"] and "反馈" in one["zh"] for one in told)
    assert not any("No orders" in one["en"] for one in told)


def test_figures_have_receipts_with_sql(shop):
    for arguments in ({}, {"topic": "quality"}, {"topic": "coverage", "fields": ["contact"]}):
        result = ask(shop, **arguments)
        receipts = {receipt.id: receipt for receipt in result.receipts}
        assert {figure.receipt for figure in result.figures} <= set(receipts)
        assert all(receipt.statements for receipt in result.receipts)


def test_chart_in_both_languages(shop):
    chart = ask(shop, topic="coverage", fields=["contact", "gender"]).charts[0]
    assert chart.zh["data"][0]["x"] == chart.en["data"][0]["x"] == [0.75, 0.75]
    assert "性别" in chart.zh["data"][0]["y"]
    assert "gender" in chart.en["data"][0]["y"]


def test_unknown_field_is_refused(shop):
    with pytest.raises(UnknownName, match="no field named 'shoe_size'"):
        ask(shop, topic="coverage", fields=["shoe_size"])


def _table(result: ToolResult, table_id: str) -> dict[str, tuple[object, ...]]:
    """Rows of a table by what operators read in their first column, in Chinese."""
    table = next(table for table in result.tables if table.id == table_id)
    named = {table.columns[0].name_of(row[0], "zh"): row[1:] for row in table.rows}
    assert None not in named, "every row has a name"
    return named  # type: ignore[return-value]


def test_tables_are_in_words_and_say_the_share(shop):
    with open_context(shop) as ctx:
        result = describe_data(ctx, DescribeData(topic="quality"))
    off = _table(result, "defects")
    # 14 rows were read; of 5 orders one has no customer, one was cancelled and two were given back, one of them in part.
    assert off["隔离：日期不可能"] == (1, pytest.approx(1 / 14))
    assert off["没有客户的订单数"] == (1, 0.2)
    assert off["已取消订单数"] == (1, 0.2)
    assert off["找不到订单的明细行数"] == (1, 0.5)
    counts = [row[0] for row in off.values()]
    assert counts == [*(count for count in counts if count), *(0 for count in counts if not count)]
    assert _table(result, "completeness") == {
        "手机号": (3, 0.75),
        "性别": (3, 0.75),
        "年龄": (3, 0.75),
        "年龄段": (3, 0.75),
        "hobby": (2, 0.5),
    }


def test_the_overview_leaves_out_tables_that_are_not_there(shop):
    with open_context(shop) as ctx:
        overview = describe_data(ctx, DescribeData(topic="overview"))
    assert {name: row[0] for name, row in _table(overview, "table").items()} == {"客户": 4, "订单": 5, "订单明细": 2}


def test_what_goes_without_saying_is_not_said(shop):
    with open_context(shop) as ctx:
        told = [text["en"] for text in describe_data(ctx, DescribeData(topic="quality")).details["cannot_answer"]]
    assert "No campaign contacts: no response rates and no effect of campaigns." in told
    assert not [text for text in told if "control group" in text or "responses:" in text]


def test_data_without_profiles_have_no_share_of_complete_ones(loader, source):
    loader.load(source("o", "orders", ORDERS, [("1", "A", "2024-01-01", "100", "paid")]))
    with open_context(loader.warehouse) as ctx:
        result = describe_data(ctx, DescribeData(topic="quality"))
    assert not {"complete_share", "complete_profiles"} & {figure.id for figure in result.figures}
    assert [table.id for table in result.tables] == ["defects"]


def test_average_completeness_counts_the_parts_of_a_profile(shop):
    result = ask(shop, topic="coverage", fields=["phone", "profile_completeness"])
    found = values(result)
    # Four customers; contact, gender and age are in the data. A, D have all three, B two, C one: 9 of 12.
    assert (found["average_completeness"], found["complete_profiles"], found["complete_share"]) == (0.75, 2, 0.5)
    assert found["phone.known"] == 3
    assert "profile_completeness.known" not in found, "it is known for everybody, which says nothing"
    assert [row[1:] for row in result.tables[1].rows] == [(3, 2, 0.5), (2, 1, 0.25), (1, 1, 0.25)]
    assert "average_completeness" in values(ask(shop, topic="coverage"))
    assert "average_completeness" not in values(ask(shop, topic="coverage", fields=["phone"]))
