"""One customer's page: timeline, scores with reasons, segments, completeness and next steps, against hand-made rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tools.contracts import Table, ToolResult
from tools.requests import LookUpCustomer
from tools.rules import Condition
from tools.segments.look_up import look_up_customer
from tools.segments.look_up.lists import kind_name
from tools.segments.look_up.standing import FOR_ONE, actions_for_one, next_steps
from tools.segments.membership import save_segment
from tools.segments.playbook import playbook
from tools.segments.refresh import refresh
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> ToolResult:
    """Customer a, who did everything; b and c are there to compare with."""
    folder = tmp_path_factory.mktemp("page")
    warehouse = Warehouse(folder / "page.duckdb", Settings(home=folder))
    orders = [("a", "2024-05-01 10:00", "30.00"), ("a", "2024-06-20", "50.00"), ("b", "2024-06-25", "9.00"), ("c", "2024-01-05", "7.00")]
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO customers (customer_id) VALUES ('a'), ('b'), ('c')")
        for number, (customer, moment, amount) in enumerate(orders):
            engine.execute(
                "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) VALUES ($o, $c, $t, 'completed', $a)",
                {"o": f"o{number}", "c": customer, "t": moment, "a": Decimal(amount)},
            )
        engine.execute("UPDATE customers SET name = 'Ann', phone = '1', city = 'Ghent', marketing_consent = false WHERE customer_id = 'b'")
        engine.execute("UPDATE customers SET phone = '2', marketing_consent = false WHERE customer_id = 'a'")
        engine.execute("INSERT INTO orders VALUES ('x1', 'a', '2024-06-21', 'cancelled', 5, NULL, NULL, 'web', NULL, NULL)")
        engine.execute("INSERT INTO products (product_id, name) VALUES ('p1', 'Kettle')")
        engine.execute(
            "INSERT INTO events (customer_id, occurred_at, kind, product_id) VALUES ('a', '2024-06-22 08:30', 'view', 'p1'), "
            "('a', '2024-06-23', 'unboxed', NULL), ('b', '2024-06-23', 'view', 'p1')"
        )
        engine.execute("INSERT INTO campaigns (campaign_id, name, start_date) VALUES ('m1', 'Spring', '2024-03-01')")
        engine.execute("INSERT INTO campaign_contacts VALUES ('m1', 'a', NULL, 'treatment'), ('m1', 'b', '2024-03-01', 'control')")
        engine.execute("INSERT INTO campaign_responses VALUES ('m1', 'a', '2024-03-04', 'redeem', 12.5)")
        engine.execute("INSERT INTO feedback VALUES ('a', '2024-06-24', 4.5, 'call me on 0123 456'), ('b', '2024-06-24', 1, 'no')")
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) VALUES ('o9', 'b', '2024-06-30', 'completed', 5)"
        )
        save_segment(engine, "mine", kind_name("feedback"), Condition(field="amount", op=">", value=20), "saved", None)
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        return look_up_customer(ctx, LookUpCustomer(customer_id="a"))


def table(result: ToolResult, table_id: str) -> Table:
    return next(one for one in result.tables if one.id == table_id)


def shown(result: ToolResult, table_id: str, language: str) -> list[list[object]]:
    found = table(result, table_id)
    return [[column.name_of(value, language) or value for column, value in zip(found.columns, row, strict=True)] for row in found.rows]


def test_timeline_newest_first(page: ToolResult) -> None:
    found = table(page, "timeline")
    assert [column.id for column in found.columns] == ["happened_at", "kind", "what", "amount", "rating", "channel"]
    assert shown(page, "timeline", "en") == [
        ["2024-06-24", "feedback", None, None, Decimal("4.5"), None],
        ["2024-06-23", "unboxed", None, None, None, None],
        ["2024-06-22 08:30", "viewed", "Kettle", None, None, None],
        ["2024-06-21", "cancelled order", "x1", 5, None, "web"],
        ["2024-06-20", "order", "o1", 50, None, None],
        ["2024-05-01 10:00", "order", "o0", 30, None, None],
        ["2024-03-04", "redeemed an offer", "Spring", Decimal("12.50"), None, None],
        ["2024-03-01", "campaign contact", "Spring", None, None, None],
    ]
    assert [row[1] for row in shown(page, "timeline", "zh")][:4] == ["反馈", "unboxed", "浏览", "取消的订单"]
    assert found.row_count == 8
    figures = {figure.id: figure.value for figure in page.figures}
    assert (figures["event4.amount"], figures["event4.kind"]) == (5, "cancelled order")


def test_what_was_written_is_not_shown(page: ToolResult) -> None:
    text = page.model_dump_json()
    assert "0123" not in text
    assert "Ann" not in text


def test_completeness_and_what_is_missing(page: ToolResult) -> None:
    # Name, contact and place are in the data; a has a contact alone.
    assert page.figure("profile_completeness").value == pytest.approx(1 / 3)
    assert [part["en"] for part in page.details["missing"]] == ["name", "place"]


def test_segments_of_every_scheme_and_saved_ones(page: ToolResult) -> None:
    found = {one["scheme"]["en"]: one["id"] for one in page.details["segments"]}
    assert found["Saved segments"] == "mine"
    assert found["RFM segments"] == page.figure("rfm_group").value
    assert [row[0] for row in table(page, "segments").rows][-1] == "saved"


def test_scores_say_why(page: ToolResult) -> None:
    rows = {row[0]: row[1:] for row in shown(page, "scores", "en")}
    # Recency of a, b, c: 10, 0 and 177 days; the 40 and 60 % quantiles are 8 and 43.4.
    assert rows["R score"] == ["3", "days since the last order: 10 days (score 3: over 8 days and at most 43.4 days)"]
    # Totals of 7, 14 and 80: the 80 % quantile is 53.60.
    assert rows["M score"] == ["5", "total spend: $80 (score 5: over $53.60)"]
    assert {row[0] for row in shown(page, "scores", "zh")} >= {"R 得分", "RFM 分群"}


def test_orders_by_month(page: ToolResult) -> None:
    chart = page.charts[0].zh["data"][0]
    assert (list(chart["x"]), list(chart["y"])) == (["2024-05", "2024-06"], [30.0, 50.0])


def test_no_consent_is_said(page: ToolResult) -> None:
    assert any("not agreed to marketing" in caveat.en and "没有同意" in caveat.zh for caveat in page.caveats)


def test_next_steps_of_a_group_and_against_churn(demo: ToolContext) -> None:
    [(risky, group)] = demo.engine.rows("SELECT customer_id, rfm_group FROM scores WHERE churn_band = 'high' ORDER BY customer_id LIMIT 1")
    found = look_up_customer(demo, LookUpCustomer(customer_id=risky))
    first, second = found.details["next_steps"]
    assert first["action"]["en"] in [one.en for one in playbook()["churn_high"].actions]
    assert first["why"]["en"].startswith("churn probability ")
    assert found.details["reasons"][0]["en"] in first["why"]["en"]
    assert second["action"]["en"] in [one.en for one in actions_for_one(group)]
    safe = look_up_customer(demo, LookUpCustomer(customer_id="1228"))
    assert [one["why"]["en"] for one in safe.details["next_steps"]] == ["belongs to Champions"] * 2


def test_predictions_are_the_stored_ones(demo: ToolContext) -> None:
    names = ("alive_probability", "expected_orders", "predicted_value", "total_value", "next_order_date", "response_probability")
    [row] = demo.engine.rows(f"SELECT {', '.join(names)} FROM scores WHERE customer_id = '1228'")
    found = {figure.id: figure.value for figure in look_up_customer(demo, LookUpCustomer(customer_id="1228")).figures}
    assert [found.get(name) for name in names] == list(row)


def test_every_entry_has_something_for_one_customer() -> None:
    assert set(FOR_ONE) <= set(playbook())
    for name in playbook():
        assert actions_for_one(name)


def test_when_is_the_expected_date() -> None:
    row = {"rfm_group": "loyal", "churn_band": None, "churn_probability": None, "next_order_date": dt.date(2024, 7, 9)}
    [first, _] = next_steps(row, [], dt.date(2024, 6, 30))
    assert first.when.en == "before 2024-07-09, when the next order is expected"
    late = next_steps({**row, "next_order_date": dt.date(2024, 6, 9)}, [], dt.date(2024, 6, 30))
    assert late[0].when.zh == "现在（预计下次下单 2024-06-09，已到期）"
    assert next_steps({**row, "rfm_group": None}, [], dt.date(2024, 6, 30)) == []
