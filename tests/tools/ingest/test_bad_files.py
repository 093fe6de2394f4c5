"""Bad input of every kind gets one clear sentence in both languages, fast; what can be saved of a file is."""

from __future__ import annotations

import gzip
import io
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile
from pyarrow import parquet

from tools.errors import FileProblem
from tools.ingest.staging import staged_tables
from tools.settings import Settings
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.scratch import scratch_engine

FILES = Path(__file__).parents[2] / "cases" / "files"
TABLE = "order_id,customer_id,date,amount\n1,a,2024-01-01,5\n"


def _zip(*members: tuple[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


def _locked_workbook() -> bytes:
    locked = io.BytesIO()
    with (FILES / "workbook.xlsx").open("rb") as plain:
        OOXMLFile(plain).encrypt("secret", locked)
    return locked.getvalue()


def _workbook(hidden: bool, rows: bool) -> bytes:
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True})
    book.add_worksheet("empty")
    sheet = book.add_worksheet("data")
    sheet.write_row(0, 0, ["order_id", "customer_id", "amount"])
    if rows:
        sheet.write_row(1, 0, ["1", "a", 5])
    if hidden:
        sheet.hide()
    book.close()
    return written.getvalue()


def _parquet(rows: int) -> bytes:
    written = io.BytesIO()
    parquet.write_table(pa.table({"order_id": ["1"] * rows, "amount": [1.5] * rows}), written)
    return written.getvalue()


def _long_line() -> bytes:
    return b"order_id,amount,customer_id\n1,2,3\n" + b"a" * 5_000_000


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.csv": (lambda: b"", "is empty"),
    "blank_lines.csv": (lambda: b"\n \n\r\n", "is empty"),
    "only_a_mark.csv": (lambda: b"\xef\xbb\xbf", "is empty"),
    "header_only.csv": (lambda: b"order_id,customer_id,amount\n", "has a header but no rows"),
    "header_only_gb.csv": (lambda: "订单号,客户编号,金额\n".encode("gb18030"), "has a header but no rows"),
    "header_and_total.csv": (lambda: b"order_id,customer_id,date,amount\nTotal,,,0\n", "has a header but no rows"),
    "header_only.json": (lambda: b"[]", "has a header but no rows"),
    "header_only.xlsx": (lambda: _workbook(hidden=False, rows=False), "has a header but no rows"),
    "header_only.parquet": (lambda: _parquet(0), "has a header but no rows"),
    "hidden.xlsx": (lambda: _workbook(hidden=True, rows=True), "hidden sheets only"),
    "binary.csv": (lambda: bytes(range(256)) * 20, "is a binary file, not a table"),
    "picture.csv": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "is a picture, not a table"),
    "letter.xlsx": (lambda: b"%PDF-1.7 text", "is a PDF, not a table"),
    "letter.docx": (lambda: _zip(("word/document.xml", b"<x/>")), "Office document"),
    "page.xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "is a web page"),
    "zeros.csv": (lambda: bytes(10_000), "zero bytes only"),
    "letter.txt": (
        lambda: b"This is a letter.\nIt has sentences, and a comma.\nNothing more to say here\nBye now.\n",
        "not look like a table",
    ),
    "long_line.csv": (_long_line, "a line longer than 2 MB"),
    "cut.csv.gz": (lambda: gzip.compress(os.urandom(5_000))[:3_000], "damaged or incomplete"),
    "bomb.csv.gz": (lambda: gzip.compress(bytes(b"0" * (80 << 20)), 1), "absurd size"),
    "bomb.zip": (lambda: _zip(("a.csv", b"0" * (80 << 20))), "absurd size"),
    "bomb.xlsx": (lambda: _zip(("xl/workbook.xml", b"<x/>"), ("xl/worksheets/sheet1.xml", b" " * (260 << 20))), "absurd size"),
    "nested.zip": (lambda: _zip(("inner.zip", b"PK")), "archives inside"),
    "nested.gz": (lambda: gzip.compress(gzip.compress(gzip.compress(TABLE.encode()))), "archive inside archives"),
    "nothing.zip": (_zip, "empty archive"),
    "folders_only.zip": (lambda: _zip(("a/", b""), ("__MACOSX/x.csv", b"x")), "no files in it"),
    "cut.zip": (lambda: _zip(("a.csv", os.urandom(5_000)))[:3_000], "damaged or incomplete"),
    "cut.parquet": (lambda: _parquet(100)[:-50], "damaged or incomplete"),
    "noise.parquet": (lambda: b"PAR1" + bytes(50) + b"PAR1", "damaged or incomplete"),
    "cut.xlsx": (lambda: (FILES / "workbook.xlsx").read_bytes()[:-2_000], "damaged or incomplete"),
    "old.xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged or incomplete"),
    "locked.xlsx": (_locked_workbook, "protected by a password"),
    "cut.json": (lambda: b'[{"a":1},{"a":2', "damaged or incomplete"),
    "cut_object.json": (lambda: b'{"a":1,\n"b":[{"x":1},', "damaged or incomplete"),
}


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with scratch_engine(Settings()) as opened:
        yield opened


def _stage(engine: DuckDBEngine, path: Path) -> list[list[object]]:
    with staged_tables(engine, [path], Settings()) as (table,):
        return [list(row[1:]) for row in engine.rows(f"SELECT * FROM {table.relation} ORDER BY _row")]


@pytest.mark.parametrize("name", BAD)
def test_bad_file_gets_one_sentence(engine: DuckDBEngine, tmp_path: Path, name: str) -> None:
    make, sentence = BAD[name]
    (tmp_path / name).write_bytes(make())
    with pytest.raises(FileProblem, match=sentence) as caught:
        _stage(engine, tmp_path / name)
    for text in (caught.value.en, caught.value.zh):
        assert name in text
        assert "\n" not in text
    assert caught.value.zh.endswith("。")
    assert caught.value.mendable


def test_a_line_of_a_gigabyte_is_refused_at_once(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as file:
        file.write(b"order_id,customer_id,amount" * 1_000_000)
        file.truncate(1 << 30)
    begin = time.monotonic()
    with pytest.raises(FileProblem, match=r"line\.csv has a line longer than 2 MB"):
        _stage(engine, path)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("name", ["table.xlsx", "table.parquet", "table.json", "table.gz", "table"])
def test_content_wins_over_the_name(engine: DuckDBEngine, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TABLE, encoding="utf-8")
    assert _stage(engine, tmp_path / name) == [["1", "a", "2024-01-01", "5"]]


def test_workbook_named_csv(engine: DuckDBEngine, tmp_path: Path) -> None:
    (tmp_path / "book.csv").write_bytes(_workbook(hidden=False, rows=True))
    assert _stage(engine, tmp_path / "book.csv") == [["1", "a", "5"]]


def test_damaged_characters_cost_no_row(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes("order_id,date,name\n1,2024-01-01,杭州\n".encode() + b"2,2024-01-02,\xff\n")
    assert _stage(engine, path) == [["1", "2024-01-01", "杭州"], ["2", "2024-01-02", "�"]]


def test_quote_that_never_closes_swallows_nothing(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "quotes.csv"
    rows = [f"{number},c{number},2024-01-01,5" for number in range(3_000)]
    rows[1_000] = '1000,"c1000,2024-01-01,5'
    rows[2_000] = '2000,12" disc,2024-01-01,5'
    path.write_text("order_id,item,date,amount\n" + "\n".join(rows), encoding="utf-8")
    staged = _stage(engine, path)
    assert len(staged) == 3_000
    assert [staged[1_000][1], staged[2_000][1]] == ["c1000", '12" disc']


def test_types_that_change_within_a_column_are_text(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_text("order_id,date,amount\n1,2024-01-01,5\nx,tomorrow,many\n", encoding="utf-8")
    assert _stage(engine, path) == [["1", "2024-01-01", "5"], ["x", "tomorrow", "many"]]


def test_open_document_spreadsheet(engine: DuckDBEngine, tmp_path: Path) -> None:
    def cell(text: str) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in (["order_id", "customer_id"], ["007", "a"]))
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))
    body = f"<office:body><office:spreadsheet><table:table table:name='S'>{rows}</table:table></office:spreadsheet></office:body>"
    content = f"<office:document-content {spaces}>{body}</office:document-content>"
    manifest = "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'/>"
    members = (
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.encode()),
        ("META-INF/manifest.xml", manifest.encode()),
    )
    (tmp_path / "sheet.ods").write_bytes(_zip(*members))
    assert _stage(engine, tmp_path / "sheet.ods") == [["007", "a"]]
