"""Handles, selections and their use in later arguments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from assistant.artifacts import json_value, result_from
from assistant.handles import resolve_handles
from assistant.session import Session
from tools.contracts import Column, Figure, Receipt, Table, Text, ToolResult, Unit
from tools.errors import InputError
from tools.requests import CompareSegments, ExportCustomers, FindCustomers, Measure
from tools.rules import AllOf, Condition, InSegment, NotRule, Selection
from tools.warehouse.whole_table import write_whole

SAID = Text(zh="说", en="said")
LATE = Condition(field="recency_days", op=">", value=30)


def _result(selection: Selection | None = None) -> ToolResult:
    figure = Figure(id="revenue", label=SAID, value=Decimal("1.50"), unit=Unit.MONEY)
    columns = (Column(id="customer_id", label=SAID, unit=Unit.ID), Column(id="on", label=SAID, unit=Unit.DATE))
    table = Table(title=SAID, columns=columns, rows=(("7", dt.date(2018, 1, 1)),), row_count=1)
    receipt = Receipt(tool="measure", arguments={}, definition=SAID)
    return ToolResult(tool="measure", figures=(figure,), tables=(table,), receipts=(receipt,), selection=selection)


def test_results_get_handles_in_order() -> None:
    session = Session("s")
    first, second = session.register(_result()), session.register(_result())
    assert [first.figures[0].id, second.figures[0].id] == ["t1.revenue", "t2.revenue"]
    assert second.figures[0].receipt == second.receipts[0].id == "t2.main"
    assert session.result("last") is second
    with pytest.raises(InputError, match=r"no earlier result 't3'; known: t1, t2"):
        session.result("t3")


def test_last_is_the_latest_result_about_customers() -> None:
    session = Session("s")
    session.register(_result(Selection(rule=LATE)))
    session.register(_result())
    assert session.selection("last").rule == LATE
    with pytest.raises(InputError, match=r"t2 is not about a group of customers; those that are: t1"):
        session.selection("t2")


def test_ids_that_a_spreadsheet_would_run_come_back_from_the_file(tmp_path: Path) -> None:
    ids = ["=7", "+86", "@ann", "-x", "-5", "'quoted", "plain"]
    table = pa.table({"customer": ids, "revenue": [1] * len(ids)})
    columns = (Column(id="customer", label=SAID, unit=Unit.ID), Column(id="revenue", label=SAID, unit=Unit.MONEY))
    whole = write_whole(tmp_path, "ids", table)
    session = Session("s")
    listed = Table(title=SAID, columns=columns, rows=(("=7", 1),), row_count=len(ids), path=str(whole))
    session.register(_result().model_copy(update={"tables": (listed,)}))

    assert session.selection("t1").rule == Condition(field="customer_id", op="in", value=ids)


def test_a_measurement_by_customer_stands_for_whom_it_lists(tmp_path: Path) -> None:
    columns = (Column(id="customer", label=SAID, unit=Unit.ID), Column(id="revenue", label=SAID, unit=Unit.MONEY))
    whole = tmp_path / "whole.csv"
    whole.write_text("customer,revenue\n7,9\n8,5\n9,1\n", encoding="utf-8")
    short = Table(title=SAID, columns=columns, rows=(("7", 9), ("8", 5)), row_count=2)
    long = short.model_copy(update={"row_count": 3, "path": str(whole)})
    session = Session("s")
    for table in (short, long):
        session.register(_result().model_copy(update={"tables": (table,)}))
    listed = [session.selection(handle).rule for handle in ("t1", "t2")]
    assert listed == [Condition(field="customer_id", op="in", value=ids) for ids in (["7", "8"], ["7", "8", "9"])]


def test_stored_results_come_back_exact() -> None:
    session = Session("s")
    kept = session.register(_result(Selection(rule=LATE)))
    again = result_from(kept.model_dump(mode="json"))
    assert again == kept
    other = Session("s")
    other.restore([again])
    assert other.register(_result()).figures[0].id == "t2.revenue"


def test_json_values_are_as_other_programs_read_them() -> None:
    assert json_value(Decimal("28.9"), Unit.MONEY) == "28.90"
    assert json_value(3, Unit.MONEY) == "3.00"
    assert json_value(0.42, Unit.SHARE) == 0.42
    assert json_value(Decimal("0.5"), Unit.SHARE) == 0.5
    assert json_value(dt.date(2018, 1, 1), Unit.DATE) == "2018-01-01"
    assert json_value(12, Unit.ID) == "12"
    assert json_value(None, Unit.COUNT) is None


def test_handles_in_arguments_become_customers() -> None:
    session = Session("s")
    session.register(_result(Selection(rule=LATE)))
    session.register(_result(Selection(rule=LATE, sort_by="amount", limit=20)))
    assert resolve_handles(ExportCustomers(customers="t2"), session).customers == Selection(rule=LATE, sort_by="amount", limit=20)
    compared = resolve_handles(CompareSegments(first="t1", second="champions"), session)
    assert (compared.first, compared.second) == (Selection(rule=LATE), "champions")
    nested = FindCustomers(rule=AllOf(all=(InSegment(segment="t1"), NotRule(not_=InSegment(segment="champions")))))
    assert resolve_handles(nested, session).rule == AllOf(all=(LATE, NotRule(not_=InSegment(segment="champions"))))
    untouched = Measure(metrics=["revenue"])
    assert resolve_handles(untouched, session) is untouched


def test_a_cut_list_is_no_part_of_a_rule() -> None:
    session = Session("s")
    session.register(_result(Selection(rule=LATE, limit=20)))
    with pytest.raises(InputError, match="cut to 20 customers"):
        resolve_handles(FindCustomers(rule=AllOf(all=(InSegment(segment="t1"),))), session)
