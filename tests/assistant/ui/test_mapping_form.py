from __future__ import annotations

import re

import pytest

from assistant.ui.mapping_form import form_html, read_choices
from tools.contracts import Text
from tools.ingest.report import LoadPlan, PlannedTable
from tools.ingest.types import ColumnMapping, TableMapping


def plan(**changes: object) -> LoadPlan:
    columns = (
        ColumnMapping(source="订单号", target="orders.order_id", kind="id", confidence=0.98, reason="synonym"),
        ColumnMapping(source="<时间>", target="orders.ordered_at", kind="datetime", confidence=0.55, reason="values"),
        ColumnMapping(source="身份证", target="ignore", confidence=1.0, reason="name"),
        ColumnMapping(source="备注", target=None, confidence=0.0),
    )
    mapping = TableMapping(source="订单.csv", grain="orders", columns=columns, unsure=("<时间>",))
    table = PlannedTable(mapping=mapping, samples={"订单号": ["A1", "<b>", "A3", "A4"]}, rows=1234, notes={"encoding": "GB18030"})
    return LoadPlan(tables=(table.model_copy(update=changes),))


def selects(html: str) -> dict[str, list[tuple[str, bool]]]:
    found = {}
    for name, body in re.findall(r'data-column="([^"]*)".*?>(.*?)</select>', html, flags=re.DOTALL):
        found[name] = [(value, bool(mark)) for value, mark in re.findall(r'<option value="([^"]*)"( selected)?>', body)]
    return found


def test_every_column_has_its_meaning_chosen_and_the_others_to_choose() -> None:
    found = selects(form_html(plan(), "zh"))
    assert list(found) == ["订单号", "&lt;时间&gt;", "身份证", "备注"]
    chosen = {name: [value for value, mark in options if mark] for name, options in found.items()}
    assert chosen == {"订单号": ["orders.order_id"], "&lt;时间&gt;": ["orders.ordered_at"], "身份证": ["ignore"], "备注": ["none"]}
    assert {"orders.amount", "orders.customer_id", "customers.phone", "ignore"} <= {value for value, _ in found["订单号"]}


def test_unsure_columns_are_marked_and_counted() -> None:
    html = form_html(plan(), "zh")
    assert html.count('data-unsure="true"') == 1
    assert "1 列需要核对" in html
    assert "请核对" in html
    assert "98%" in html
    assert "GB18030" in html
    assert "1 to check" in form_html(plan(), "en")


def test_what_comes_from_the_file_is_escaped_and_samples_are_few() -> None:
    html = form_html(plan(), "en")
    assert "A1 · &lt;b&gt; · A3" in html
    assert "A4" not in html
    assert "<b>A" not in html


@pytest.mark.parametrize(("date_format", "chosen"), [("%m/%d/%Y", "month_first"), ("%d/%m/%Y", "day_first")])
def test_a_date_that_does_not_tell_its_order_is_read_as_the_operator_says(date_format: str, chosen: str) -> None:
    column = ColumnMapping(source="date", target="orders.ordered_at", kind="date", confidence=0.5, date_format=date_format)
    mapping = TableMapping(source="f.csv", grain="orders", columns=(column,), unsure=("date",))
    html = form_html(LoadPlan(tables=(PlannedTable(mapping=mapping, samples={}, rows=1),)), "en")
    options = selects(html)["date"]
    assert [value for value, _ in options][:2] == ["orders.ordered_at:day_first", "orders.ordered_at:month_first"]
    assert [value for value, mark in options if mark] == [f"orders.ordered_at:{chosen}"]
    assert "orders.ordered_at" not in [value for value, _ in options]
    assert "Order time (day/month/year)" in html


def test_it_is_said_before_that_the_demo_gives_way() -> None:
    assert "演示数据会被您的数据替换" in form_html(plan(), "zh", replaces_demo=True)
    assert "演示数据" not in form_html(plan(), "zh")


def test_a_table_that_cannot_be_loaded_says_why() -> None:
    broken = plan(problem=Text(zh="缺少日期列。", en="No column is a date."))
    assert "缺少日期列。" in form_html(broken, "zh")


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ('[{"source": "f.csv", "column": "时间", "target": "orders.ordered_at"}]', {"f.csv:时间": "orders.ordered_at"}),
        ('[{"source": "f", "column": "a", "target": ""}, {"column": "a", "target": "x"}, 3]', {}),
        ("not json", {}),
        ('{"column": "a"}', {}),
        ("", {}),
    ],
)
def test_only_what_the_form_can_send_is_read(sent: str, expected: dict[str, str]) -> None:
    assert read_choices(sent) == expected
