"""Exports are opened again and compared with independent SQL."""

from __future__ import annotations

import csv
import datetime as dt
import stat
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from tools.actions.export import export_customers
from tools.contracts import Outcome, ToolResult
from tools.errors import Blocked, UnknownName
from tools.requests import ExportCustomers
from tools.rules import Condition, Selection
from tools.segments.refresh import refresh
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

NASTY = ['=HYPERLINK("http://x")', "+1+2", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "  =1"]
Row = dict[str, Any]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ToolContext]:
    """Five customers with names that a spreadsheet would run, and every kind of consent."""
    warehouse = Warehouse(tmp_path / "shop.duckdb", Settings(home=tmp_path, threads=2))
    consent = {"001": True, "002": False, "003": None, "004": False, "005": True}
    with warehouse.writing() as engine, engine.transaction():
        for number, (customer, agreed) in enumerate(consent.items()):
            engine.execute(
                "INSERT INTO customers (customer_id, name, email, phone, city, marketing_consent, attributes) "
                "VALUES ($id, $name, $email, '+8613800138000', $city, $agreed, $attributes)",
                {
                    "id": customer,
                    "name": f"王{number}",
                    "email": f"{customer}@example.com",
                    "city": NASTY[number],
                    "agreed": agreed,
                    "attributes": f'{{"=note": "{NASTY[number + 3].strip()}"}}' if number < 3 else None,
                },
            )
            engine.execute(
                "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) VALUES ($o, $c, $t, 'completed', $a)",
                {"o": f"o{number}", "c": customer, "t": dt.datetime(2024, 5, 1 + number), "a": Decimal("1234.50") - number},
            )
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        yield ctx


def export(ctx: ToolContext, **arguments: Any) -> ToolResult:
    return export_customers(ctx, ExportCustomers(**arguments))


def read_csv(path: str) -> list[Row]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return [{name.split()[-1]: value for name, value in row.items()} for row in csv.DictReader(file)]


def read_xlsx(path: str) -> list[Row]:
    sheets = openpyxl.load_workbook(path).worksheets
    found: list[Row] = []
    for sheet in sheets:
        header, *rows = sheet.iter_rows(values_only=True)
        found += [dict(zip([str(name).split()[-1] for name in header], row, strict=True)) for row in rows]
    return found


def read_parquet(path: str) -> list[Row]:
    return pq.read_table(path).to_pylist()  # type: ignore[no-any-return]


READERS: dict[str, Callable[[str], list[Row]]] = {"csv": read_csv, "xlsx": read_xlsx, "parquet": read_parquet}
_EXPECTED = """
SELECT s.customer_id, s.rfm_group, f.orders, f.amount, f.last_order_date, s.churn_probability
FROM scores AS s JOIN customer_features AS f ON f.customer_id = s.customer_id WHERE s.rfm_group = 'at_risk' ORDER BY 1
"""


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_every_format_holds_the_same_customers_and_numbers(demo: ToolContext, kind: str) -> None:
    result = export(demo, customers="at_risk", format=kind)
    rows = READERS[kind](result.files[0].path)
    expected = demo.engine.rows(_EXPECTED)
    assert len(rows) == len(expected) == result.figure("rows").value == result.files[0].rows
    for row, (customer, group, orders, amount, day, probability) in zip(rows, expected, strict=True):
        assert (row["customer_id"], row["rfm_group"], int(row["orders"])) == (customer, group, orders)
        assert Decimal(str(row["amount"])).quantize(Decimal("0.01")) == amount
        assert str(row["last_order_date"])[:10] == day.isoformat()
        stated = row["churn_probability"]
        assert (stated in (None, "")) == (probability is None)
        assert probability is None or float(stated) == pytest.approx(probability)


def test_cells_of_a_workbook_are_typed(demo: ToolContext) -> None:
    path = export(demo, customers="at_risk").files[0].path
    sheet = openpyxl.load_workbook(path).worksheets[0]
    header = [str(cell.value).split()[-1] for cell in sheet[1]]
    cells = dict(zip(header, sheet[2], strict=True))
    assert header[0] == "customer_id"
    assert all(cell.font.bold for cell in sheet[1])
    assert sheet.freeze_panes == "B2"
    assert [cells[name].data_type for name in ("customer_id", "orders", "amount", "last_order_date")] == ["s", "n", "n", "d"]
    assert cells["amount"].number_format == "#,##0.00"
    assert cells["churn_probability"].number_format == "0.0%"


def test_headers_and_names_are_readable_in_both_languages(demo: ToolContext) -> None:
    path = export(demo, customers="champions", format="csv").files[0].path
    raw = Path(path).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    header = raw.decode("utf-8-sig").splitlines()[0].split(",")
    assert "流失概率 churn_probability" in header
    first = read_csv(path)[0]
    assert first["rfm_group_name"] == "冠军客户 Champions"
    assert "天" in first["churn_reasons_zh"]
    assert "day" in first["churn_reasons_en"]


def test_the_order_and_limit_of_a_selection_are_kept(demo: ToolContext) -> None:
    top = Selection(rule=Condition(field="churn_band", op="is known"), sort_by="churn_probability", limit=20)
    rows = read_csv(export(demo, customers=top, format="csv").files[0].path)
    expected = demo.engine.rows(
        "SELECT customer_id FROM scores WHERE churn_probability IS NOT NULL ORDER BY churn_probability DESC, customer_id LIMIT 20"
    )
    assert [row["customer_id"] for row in rows] == [row[0] for row in expected]


def test_many_batches_make_one_file(demo: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.actions.export.BATCH", 500)
    for kind, read in READERS.items():
        rows = read(export(demo, customers="all", format=kind, columns=["orders"]).files[0].path)
        assert [row["customer_id"] for row in rows] == [r[0] for r in demo.engine.rows("SELECT customer_id FROM customers ORDER BY 1")]


def test_a_full_sheet_goes_on_in_the_next(demo: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.actions.export_files.SHEET_ROWS", 1000)
    monkeypatch.setattr("tools.actions.export.SHEET_ROWS", 1000)
    result = export(demo, customers="all", columns=["orders"])
    book = openpyxl.load_workbook(result.files[0].path)
    assert [sheet.max_row for sheet in book.worksheets] == [1001, 1001, 470]
    assert len(read_xlsx(result.files[0].path)) == 2469
    assert any("several sheets" in caveat.en for caveat in result.caveats)


def test_who_refused_is_left_out_and_the_unknown_are_stated(shop: ToolContext) -> None:
    result = export(shop, customers="all", format="csv")
    assert [row["customer_id"] for row in read_csv(result.files[0].path)] == ["001", "003", "005"]
    figures = {name: result.figure(name).value for name in ("rows", "matched", "removed_no_consent", "unknown_consent")}
    assert figures == {"rows": 3, "matched": 5, "removed_no_consent": 2, "unknown_consent": 1}
    assert any("2 customers who refused" in caveat.en for caveat in result.caveats)
    assert not any("授权未知" in caveat.zh for caveat in result.caveats), "there is nothing in the file to contact them by"
    reachable = export(shop, customers="all", format="csv", include_personal=True, personal_columns=["phone"])
    assert any("1 位客户的营销授权未知" in caveat.zh for caveat in reachable.caveats)


def test_consent_is_not_needed_for_other_purposes(shop: ToolContext) -> None:
    result = export(shop, customers="all", format="csv", for_marketing=False)
    assert result.figure("rows").value == 5
    assert result.figure("removed_no_consent").value == 0


def test_nobody_left_writes_no_file(shop: ToolContext, tmp_path: Path) -> None:
    refused = Condition(field="customer_id", op="in", value=["002", "004"])
    result = export(shop, customers=refused)
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert "All 2 customers" in result.message.en
    assert not list((tmp_path / "exports").glob("*"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_formulas_are_neutralised_and_numbers_stay_numbers(shop: ToolContext, kind: str) -> None:
    result = export(shop, customers="all", format=kind, columns=["city", "amount", "attribute.=note"], for_marketing=False)
    rows = READERS[kind](result.files[0].path)
    # A carriage return inside a workbook's text is written as such, so the cells are compared without white space.
    assert [str(row["city"]).strip() for row in rows] == [f"'{text}".strip() for text in NASTY[:5]]
    assert Decimal(str(rows[0]["amount"])) == Decimal("1234.50")
    notes = [row["attribute.=note"] for row in rows][:3]
    assert all(str(note).startswith("'") for note in notes)


def test_personal_columns_come_only_when_asked_for(shop: ToolContext) -> None:
    plain = export(shop, customers="all", format="csv")
    assert not {"name", "email", "phone"} & set(read_csv(plain.files[0].path)[0])
    asked = export(shop, customers="all", format="csv", include_personal=True)
    first = read_csv(asked.files[0].path)[0]
    assert (first["name"], first["email"], first["phone"]) == ("王0", "001@example.com", "'+8613800138000")
    assert asked.details["personal"] == ["name", "email", "phone"]
    assert not {"name", "email", "phone"} & {column.id for column in asked.tables[0].columns}
    assert any("personal data" in caveat.en for caveat in asked.caveats)


@pytest.mark.parametrize("wanted", [["email"], ["phone", "name"], ["birth_date", "email"]])
def test_only_the_personal_columns_asked_for_are_written(shop: ToolContext, wanted: list[str]) -> None:
    result = export(shop, customers="all", format="csv", include_personal=True, personal_columns=wanted)
    held = [name for name in wanted if name != "birth_date"]
    row = read_csv(result.files[0].path)[0]
    assert set(held) == {"name", "email", "phone", "address", "birth_date"} & set(row)
    assert "rfm_group" in row
    assert result.details["personal"] == held
    assert any("no birth date of any customer" in caveat.en for caveat in result.caveats) == ("birth_date" in wanted)


def test_data_without_personal_fields_say_so(demo: ToolContext) -> None:
    result = export(demo, customers="at_risk", format="csv", include_personal=True)
    assert not {"name", "email", "phone"} & set(read_csv(result.files[0].path)[0])
    assert [caveat.zh for caveat in result.caveats] == ["数据中没有任何客户的姓名、邮箱、电话，文件中没有这些列。"]


def test_personal_columns_by_name_are_blocked_without_asking(shop: ToolContext) -> None:
    with pytest.raises(Blocked, match="phone: personal data are exported only when you ask"):
        export(shop, customers="all", columns=["phone"])
    result = export(shop, customers="all", columns=["电话"], include_personal=True, format="parquet")
    assert read_parquet(result.files[0].path)[0] == {"customer_id": "001", "phone": "+8613800138000"}


def test_leading_zeros_of_ids_survive_a_workbook(shop: ToolContext) -> None:
    rows = read_xlsx(export(shop, customers="all", columns=["orders"]).files[0].path)
    assert [row["customer_id"] for row in rows] == ["001", "003", "005"]


def test_unknown_columns_and_families(shop: ToolContext) -> None:
    with pytest.raises(UnknownName, match="no field named"):
        export(shop, customers="all", columns=["shoe_size"])
    result = export(shop, customers="all", columns=["rfm"])
    assert {"recency_score", "rfm_group", "rfm_group_name"} <= set(read_xlsx(result.files[0].path)[0])


def test_file_names_are_ours_and_nothing_is_overwritten(shop: ToolContext, tmp_path: Path) -> None:
    first, second = (Path(export(shop, customers="all", format="csv").files[0].path) for _ in range(2))
    assert first != second
    assert first.parent == second.parent == tmp_path / "exports"
    assert {first.name, second.name} == {"customers-2024-05-05.csv", "customers-2024-05-05-2.csv"}
    assert sorted(path.name for path in first.parent.iterdir()) == sorted([first.name, second.name])


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of files are another matter there")
def test_files_are_readable_by_their_owner_alone(shop: ToolContext) -> None:
    path = Path(export(shop, customers="all", format="csv").files[0].path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failure_leaves_no_file(shop: ToolContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("tools.actions.export._batches", fail)
    with pytest.raises(OSError, match="disk full"):
        export(shop, customers="all", format="csv")
    assert not list((tmp_path / "exports").glob("*"))
