"""Lists of customers against independent SQL over the source files."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tools.contracts import Outcome, ToolResult
from tools.errors import Blocked, UnknownName, UnsupportedQuestion
from tools.requests import ChurnRisk, FindCustomers
from tools.segments.churn.tool import churn_risk
from tools.segments.find import find_customers
from tools.segments.refresh import refresh
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context, write_meta
from tools.warehouse.warehouse import Warehouse

Ask = Callable[[str], list[tuple[Any, ...]]]
Q4_DELI = {
    "all": [
        {"behaviour": "orders", "op": ">=", "value": 5, "window": {"period": "2017-Q4"}},
        {"behaviour": "orders", "op": ">=", "value": 1, "where": {"category": ["DELI"]}},
    ]
}
Q4_DELI_SQL = """
SELECT household_id FROM baskets WHERE day BETWEEN DATE '2017-10-01' AND DATE '2017-12-31' GROUP BY 1 HAVING count(*) >= 5
INTERSECT SELECT household_id FROM lines JOIN products USING (product_id) WHERE department = 'DELI'
"""
SILENT = {
    "all": [
        {"behaviour": "orders", "op": "=", "value": 0, "window": {"last_days": 30}},
        {"behaviour": "amount", "op": ">", "value": 2000, "window": {"last_days": 365}},
    ]
}
SILENT_SQL = """
SELECT household_id FROM baskets WHERE day >= DATE '2017-01-02' GROUP BY 1
HAVING sum(paid) > 2000 AND count(*) FILTER (WHERE day >= DATE '2017-12-03') = 0
"""


def _find(ctx: ToolContext, **arguments: Any) -> ToolResult:
    return find_customers(ctx, FindCustomers.model_validate(arguments))


def test_a_share_of_the_customers_is_the_first_of_them_rounded_up(demo: ToolContext, source: Ask) -> None:
    found = _find(demo, share=0.2)

    ((everyone,),) = source("SELECT count(DISTINCT household_id) FROM baskets")
    ((spent,),) = source(
        f"SELECT sum(m) FROM (SELECT sum(paid) AS m FROM baskets GROUP BY household_id ORDER BY m DESC LIMIT {-(-everyone // 5)})"
    )
    figures = {figure.id: figure.value for figure in found.figures}
    assert figures["customers"] == -(-everyone // 5)
    assert figures["revenue"] == spent
    assert found.selection is not None
    assert found.selection.limit == -(-everyone // 5)


@pytest.mark.parametrize(("rule", "sql"), [(Q4_DELI, Q4_DELI_SQL), (SILENT, SILENT_SQL)])
def test_customers_of_a_rule(demo: ToolContext, source: Ask, rule: dict[str, Any], sql: str) -> None:
    found = _find(demo, rule=rule)
    [(count, revenue)] = source(f"SELECT count(*), sum(m) FROM rfm WHERE household_id IN ({sql})")
    assert found.figure("customers").value == count
    assert found.figure("revenue").value == revenue
    assert found.figure("share_of_customers").value == count / 2469
    table = found.tables[0]
    assert (table.row_count, len(table.rows), table.columns[0].id) == (count, min(count, 50), "customer_id")
    members = {str(row[0]) for row in source(sql)}
    assert {row[0] for row in table.rows} <= members
    if count > 50:
        assert table.path is not None
        with Path(table.path).open(encoding="utf-8-sig") as file:
            assert {row["customer_id"] for row in csv.DictReader(file)} == members


def test_the_largest_spenders_come_first_and_rows_have_figures(demo: ToolContext, source: Ask) -> None:
    found = _find(demo, limit=12)
    want = source("SELECT CAST(household_id AS VARCHAR), m FROM rfm ORDER BY m DESC, 1 LIMIT 12")
    amount = [column.id for column in found.tables[0].columns].index("amount")
    assert [(row[0], row[amount]) for row in found.tables[0].rows] == want
    assert found.figure("row1.amount").value == want[0][1]
    assert found.figure("row10.amount").value == want[9][1]
    assert found.figure("row1.amount").label.en == f"customer {want[0][0]}: total spend"
    assert found.selection is not None
    assert (found.selection.sort_by, found.selection.limit) == ("amount", 12)
    assert found.tables[0].path is None


def test_columns_are_those_of_the_sort_the_rule_and_the_request(demo: ToolContext) -> None:
    rule = {"field": "age_band", "op": "=", "value": "65+"}
    found = _find(demo, rule=rule, sort_by="recency_days", descending=False, columns=["top_store"])
    names = [column.id for column in found.tables[0].columns]
    assert names == ["customer_id", "recency_days", "age_band", "top_store", "orders", "amount", "rfm_group"]
    recencies = [row[1] for row in found.tables[0].rows]
    assert recencies == sorted(recencies)
    assert [caveat.en for caveat in found.caveats] == ["The age band is known for 801 of 2,469 customers only."]


def test_what_the_rule_measures_is_listed(demo: ToolContext, source: Ask) -> None:
    found = _find(demo, rule=Q4_DELI)
    columns = found.tables[0].columns
    assert [column.label.en for column in columns[1:3]] == ["orders (between 2017-10-01 and 2017-12-31)", "orders (DELI)"]
    assert columns[1].label.zh == "订单数（2017-10-01 至 2017-12-31 期间）"
    want = dict(
        source(
            "SELECT CAST(household_id AS VARCHAR), count(*) FROM baskets "
            "WHERE day BETWEEN DATE '2017-10-01' AND DATE '2017-12-31' GROUP BY 1"
        )
    )
    deli = dict(
        source(
            "SELECT CAST(household_id AS VARCHAR), count(DISTINCT basket_id) FROM lines JOIN products USING (product_id) "
            "WHERE department = 'DELI' GROUP BY 1"
        )
    )
    assert [row[1:3] for row in found.tables[0].rows] == [(want[row[0]], deli[row[0]]) for row in found.tables[0].rows]  # type: ignore[index]
    assert found.figure("row1.measured_1").value == found.tables[0].rows[0][1]
    silent = _find(demo, rule=SILENT)
    listed = [column.id for column in silent.tables[0].columns[:3]]
    assert listed == ["customer_id", "measured_1", "recency_days"], "what was not done is not listed"


def test_nobody_is_an_outcome_of_its_own(demo: ToolContext) -> None:
    found = _find(demo, rule={"field": "orders", "op": ">", "value": 100000})
    assert found.outcome is Outcome.EMPTY
    assert found.message is not None
    assert found.message.en == "No customers match: customers whose orders are over 100,000."
    assert found.message.zh == "没有符合条件的客户：累计订单数超过100000的客户。"
    assert found.figure("customers").value == 0
    assert found.tables == ()


def test_receipt_carries_the_statement_and_the_date(demo: ToolContext) -> None:
    found = _find(demo, rule={"segment": "champions"}, limit=3)
    receipt = found.receipts[0]
    assert (receipt.tool, receipt.as_of, receipt.data_version) == ("find_customers", demo.as_of, demo.data_version)
    rerun = demo.engine.rows(receipt.statements[0].sql, receipt.statements[0].parameters)
    assert [row[0] for row in rerun] == [row[0] for row in found.tables[0].rows]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"sort_by": "shoe_size"}, UnknownName, "no field named 'shoe_size'"),
        ({"columns": ["email"]}, Blocked, "personal data"),
        ({"rule": {"segment": "champs"}}, UnknownName, "no segment named 'champs'"),
    ],
)
def test_errors(demo: ToolContext, arguments: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        _find(demo, **arguments)


def test_features_must_exist(make_warehouse: Callable[..., Warehouse]) -> None:
    with (
        open_context(make_warehouse([("a", "2024-06-30", "5.00")])) as ctx,
        pytest.raises(UnsupportedQuestion, match="run: fenqun refresh"),
    ):
        _find(ctx)


def test_stale_features_are_told(demo_copy: Path) -> None:
    warehouse = Warehouse(demo_copy)
    with warehouse.writing() as engine:
        engine.execute("UPDATE meta SET value = 'newer' WHERE key = 'data_version'")
        engine.execute("UPDATE meta SET value = '2017-12-01' WHERE key = 'features_as_of'")
    with open_context(warehouse) as ctx:
        caveats = [caveat.en for caveat in _find(ctx, limit=1).caveats]
    assert caveats == [
        "Features and segments are as of 2017-12-01, not 2018-01-01.",
        "Data were loaded after the last refresh; features and segments do not have them yet: run fenqun refresh.",
    ]


def test_money_stays_exact(make_warehouse: Callable[..., Warehouse]) -> None:
    from tools.segments.refresh import refresh

    warehouse = make_warehouse([("a", "2024-06-30", "0.10"), ("a", "2024-06-30", "0.20"), ("b", "2024-06-29", "90071992547409.93")])
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        found = _find(ctx)
    assert found.figure("revenue").value == Decimal("90071992547410.23")


def test_an_attribute_may_be_called_by_its_plain_name(demo: ToolContext, source: Ask) -> None:
    rule = {"field": "marital_status", "op": "=", "value": "married"}
    assert "attribute.kids_count" in [column.id for column in _find(demo, rule=rule, columns=["kids_count"]).tables[0].columns]
    found = _find(demo, rule=rule).figure("customers").value
    assert [(found,)] == source("SELECT count(*) FROM demographics WHERE marital_status = 'Married'")


def test_whom_a_negation_takes_in_for_want_of_a_value_is_told(demo: ToolContext, source: Ask) -> None:
    rule = {"all": [{"not": {"field": "income_band", "op": "=", "value": "50-74K"}}, {"behaviour": "orders", "op": ">=", "value": 80}]}
    found = _find(demo, rule=rule)
    [(everyone, unknown)] = source(
        "WITH often AS (SELECT household_id FROM baskets GROUP BY 1 HAVING count(*) >= 80) "
        "SELECT count(*), count(*) FILTER (WHERE d.income IS NULL) FROM often LEFT JOIN demographics AS d USING (household_id) "
        "WHERE d.income IS NULL OR d.income <> '50-74K'"
    )
    assert found.figure("customers").value == everyone
    assert f"it is unknown for {unknown} of those found, who count as “not”." in found.caveats[0].en
    assert f"结果中有 {unknown} 位未知，按“不是”计入" in found.caveats[0].zh
    plain = _find(demo, rule={"field": "income_band", "op": "!=", "value": "50-74K"})
    assert [(plain.figure("customers").value,)] == source("SELECT count(*) FROM demographics WHERE income <> '50-74K'")
    assert "count as" not in plain.caveats[0].en


@pytest.mark.parametrize(
    "rule",
    [
        {"segment": "champions"},
        {"field": "amount", "op": ">", "value": 5},
        {"field": "churn_band", "op": "=", "value": "high"},
    ],
)
def test_without_orders_what_is_missing_is_said(make_warehouse: Callable[..., Warehouse], rule: dict[str, Any]) -> None:
    warehouse = make_warehouse([], ["a", "b"])
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO events (customer_id, occurred_at, kind) VALUES ('a', TIMESTAMP '2024-06-30', 'view')")
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        with pytest.raises(UnsupportedQuestion, match=r"have no orders, and .* needs them; load a file of orders"):
            _find(ctx, rule=rule)
        with pytest.raises(UnsupportedQuestion, match="and churn needs them") as caught:
            churn_risk(ctx, ChurnRisk())
        everybody = _find(ctx, limit=5)
        never = _find(ctx, rule={"segment": "prospects"})
    assert "没有订单，而流失分析需要订单" in caught.value.zh
    assert everybody.figure("customers").value == never.figure("customers").value == 2
    assert "revenue" not in {figure.id for figure in everybody.figures}


SPENT_MUCH = {"all": [{"behaviour": "amount", "op": ">", "value": 500}, {"behaviour": "orders", "op": "<", "value": 40}]}
SPENT_MUCH_SQL = "SELECT household_id FROM baskets GROUP BY 1 HAVING sum(paid) > 500 AND count(*) < 40"


def test_what_features_hold_is_not_added_up_again(demo: ToolContext, source: Ask) -> None:
    found = _find(demo, rule=SPENT_MUCH)

    [(count, revenue)] = source(f"SELECT count(*), sum(m) FROM rfm WHERE household_id IN ({SPENT_MUCH_SQL})")
    assert (found.figure("customers").value, found.figure("revenue").value) == (count, revenue)
    assert "counted_orders" not in found.receipts[0].statements[0].sql
    # The list shows both already, each once.
    assert [column.id for column in found.tables[0].columns].count("amount") == 1
    assert not any(column.id.startswith("measured") for column in found.tables[0].columns)


def test_of_another_date_orders_are_added_up(demo_path: Path, tmp_path: Path, source: Ask) -> None:
    with open_context(Warehouse(demo_path, Settings(home=tmp_path)), dt.date(2017, 6, 30)) as ctx:
        found = _find(ctx, rule=SPENT_MUCH)

    then = "SELECT 1 FROM baskets WHERE day <= DATE '2017-06-30' GROUP BY household_id HAVING sum(paid) > 500 AND count(*) < 40"
    assert found.figure("customers").value == source(f"SELECT count(*) FROM ({then})")[0][0]


def test_after_orders_that_features_lack_they_are_added_up(make_warehouse: Callable[..., Warehouse], tmp_path: Path) -> None:
    warehouse = make_warehouse([("a", "2024-01-01", "30.00"), ("b", "2024-01-02", "80.00")])
    refresh(warehouse)
    with warehouse.writing() as engine:
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) VALUES ('n', 'a', '2024-01-02', 'completed', 90)"
        )
        write_meta(engine, "data_version", "later")
    with open_context(warehouse) as ctx:
        found = _find(ctx, rule={"behaviour": "amount", "op": ">", "value": 100})

    assert [row[0] for row in found.tables[0].rows] == ["a"]


def test_for_how_many_of_the_others_an_attribute_is_known_is_told(demo: ToolContext, source: Ask) -> None:
    often = {"behaviour": "orders", "op": ">=", "value": 80}
    found = _find(demo, rule={"all": [often, {"field": "age_band", "op": "=", "value": "65+"}]})
    [(everyone, known)] = source(
        "WITH often AS (SELECT household_id FROM baskets GROUP BY 1 HAVING count(*) >= 80) "
        "SELECT count(*), count(d.age) FROM often LEFT JOIN demographics AS d USING (household_id)"
    )
    told = f"Of the {everyone:,} customers whom the other conditions fit, the age band is known for {known:,}."
    assert told in [caveat.en for caveat in found.caveats]
