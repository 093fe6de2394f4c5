"""The table of an earlier answer, opened again and compared with independent SQL."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tools.actions.export_table import export_table
from tools.errors import InputError, UnsupportedQuestion
from tools.metrics.measure import measure
from tools.requests import ExportTable, Measure, SegmentOverview
from tools.segments.overview import segment_overview
from tools.warehouse.context import ToolContext

BY_CATEGORY = """
SELECT p.category, sum(l.amount) FROM order_lines AS l JOIN orders AS o USING (order_id) JOIN products AS p USING (product_id)
WHERE o.status = 'completed' AND o.ordered_at >= '2017-10-01' AND o.ordered_at < '2018-01-01' GROUP BY 1
"""
BY_STORE = "SELECT store_id, count(*) FROM orders WHERE status = 'completed' GROUP BY 1"


def test_a_csv_has_every_group_to_the_cent(demo: ToolContext) -> None:
    shown = measure(demo, Measure(metrics=["revenue"], by=["category"], window={"period": "2017-Q4"}))
    found = export_table(demo, ExportTable(result="t1", format="csv"), shown)

    with Path(found.files[0].path).open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    expected = {str(row[0]): Decimal(str(row[1])) for row in demo.engine.rows(BY_CATEGORY) if row[0]}
    money = next(place for place, name in enumerate(header) if name.endswith(" revenue"))

    assert {row[0]: Decimal(row[money]) for row in rows if row[0] in expected} == expected
    assert found.figure("rows").value == len(rows) == found.files[0].rows


def test_a_table_longer_than_its_preview_is_written_whole(demo: ToolContext) -> None:
    shown = measure(demo, Measure(metrics=["orders"], by=["store"]))
    found = export_table(demo, ExportTable(result="last"), shown)
    stores = len(demo.engine.rows(BY_STORE))

    sheet = openpyxl.load_workbook(found.files[0].path).active

    assert shown.tables[0].row_count > len(shown.tables[0].rows)
    assert sheet.max_row - 1 == stores == found.figure("rows").value


def test_names_stand_beside_ids(demo: ToolContext) -> None:
    shown = segment_overview(demo, SegmentOverview(scheme="rfm"))
    found = export_table(demo, ExportTable(result="t1"), shown)

    sheet = openpyxl.load_workbook(found.files[0].path).active
    texts = {str(cell.value) for row in sheet.iter_rows() for cell in row}

    assert {"champions", "冠军客户"} <= texts or "冠军客户" in texts


def test_a_single_number_has_no_table(demo: ToolContext) -> None:
    shown = measure(demo, Measure(metrics=["revenue"]))

    with pytest.raises(UnsupportedQuestion, match="no table to export"):
        export_table(demo, ExportTable(result="t1"), shown.model_copy(update={"tables": ()}))


def test_customers_are_not_exported_past_their_consent(demo: ToolContext) -> None:
    shown = measure(demo, Measure(metrics=["revenue"], by=["customer"], limit=5))

    with pytest.raises(InputError, match="export_customers"):
        export_table(demo, ExportTable(result="t1"), shown)
