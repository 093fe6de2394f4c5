"""Messy files as data: what is read from each and where its columns go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.errors import FileProblem
from tools.ingest.mapping import propose
from tools.ingest.staging import file_hash, stage, staged_tables
from tools.ingest.types import StagedTable
from tools.settings import Settings
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.scratch import scratch_engine

FILES = Path(__file__).parents[2] / "cases" / "files"
EXPECTED: dict[str, list[dict[str, Any]]] = yaml.safe_load((FILES / "expectations.yaml").read_text(encoding="utf-8"))
DATA_ABOUT_FILES = (".yaml", ".gitattributes")


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with scratch_engine(Settings()) as opened:
        yield opened


def _texts(row: list[Any]) -> list[str | None]:
    return [None if cell is None else str(cell).replace(" 00:00:00", "") for cell in row]


def _rows(engine: DuckDBEngine, staged: StagedTable) -> list[list[str | None]]:
    return [list(row[1:]) for row in engine.rows(f"SELECT * FROM {staged.relation} ORDER BY _row")]


def test_every_file_has_an_expectation() -> None:
    assert {path.name for path in FILES.iterdir() if not path.name.endswith(DATA_ABOUT_FILES)} == set(EXPECTED)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_file(engine: DuckDBEngine, name: str) -> None:
    with staged_tables(engine, [FILES / name], Settings()) as tables:
        assert [table.source for table in tables] == [case.get("source", name) for case in EXPECTED[name]]
        for table, case in zip(tables, EXPECTED[name], strict=True):
            _check_table(engine, table, case)


def _check_table(engine: DuckDBEngine, table: StagedTable, case: dict[str, Any]) -> None:
    mapping = propose(engine, table, {})
    assert mapping.grain == case["grain"]
    assert {column.source: column.target for column in mapping.columns if column.target} == case["columns"]
    assert list(mapping.unsure) == case.get("unsure", [])
    rows = _rows(engine, table)
    assert len(rows) == case["rows"] == table.row_count
    for place, index in (("first", 0), ("last", -1)):
        if place in case:
            assert rows[index] == _texts(case[place])
    for key, value in case.get("notes", {}).items():
        assert table.notes[key] == value
    for column, (date_format, day_first) in case.get("dates", {}).items():
        found = next(item for item in mapping.columns if item.source == column)
        assert (found.date_format, found.day_first) == (date_format, day_first)
    assert [item.source for item in mapping.columns if item.decimal_comma] == case.get("decimal_comma", [])
    broken = engine.rows(f"SELECT _row, reason FROM {table.malformed} ORDER BY 1") if table.malformed else []
    assert broken == [tuple(item) for item in case.get("malformed", [])]


def test_nothing_is_left_behind(engine: DuckDBEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with staged_tables(engine, [FILES / "orders_gb18030.csv", FILES / "workbook.xlsx"], Settings()) as tables:
        assert len(tables) == 3
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    assert not engine.rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'staged%'")


def test_staging_without_a_block_cleans_up_with_its_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch_engine(Settings()) as own:
        (table,) = stage(own, [FILES / "orders_gb18030.csv"], Settings())
        assert len(_rows(own, table)) == 3
    del own
    assert not list(tmp_path.iterdir())


def test_hash_is_of_the_file_given() -> None:
    # Computed with sha256sum over nothing.
    assert file_hash(Path("/dev/null")).startswith("e3b0c44298fc1c14")


def test_members_of_an_archive_have_hashes_of_their_own(engine: DuckDBEngine) -> None:
    with staged_tables(engine, [FILES / "two_tables.zip"], Settings()) as tables:
        assert len({table.file_hash for table in tables}) == 2


def test_folder_pattern_and_file_together(engine: DuckDBEngine, tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_text("order_id,customer_id,date,amount\n1,x,2024-01-01,5\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("order_id,customer_id,date,amount\n2,x,2024-01-01,5\n", encoding="utf-8")
    with staged_tables(engine, [tmp_path, tmp_path / "*.csv", tmp_path / "b.csv"], Settings()) as tables:
        assert [table.source for table in tables] == ["a[1].csv", "b.csv"]
        assert [_rows(engine, table)[0][0] for table in tables] == ["1", "2"]


@pytest.fixture
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.ingest.delimited.LARGE", 1 << 20)


def _large(path: Path, extra: str, rows: int = 40_000) -> Path:
    lines = (f"{number},customer {number % 9_999},2024-01-{number % 28 + 1:02d},12.50\n" for number in range(rows))
    with path.open("w", encoding="utf-8") as file:
        file.write("order_id,customer_id,order_date,amount\n")
        file.writelines(lines)
        file.write(extra)
    return path


@pytest.mark.usefixtures("small_is_large")
def test_large_plain_file_is_read_in_place(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = _large(tmp_path / "large.csv", "")
    with staged_tables(engine, [path], Settings()) as (table,):
        assert "read_csv" in table.relation
        checked = table.checked()
        assert (checked.row_count, checked.file_hash) == (40_000, table.file_hash)
        wrong = engine.rows(f"SELECT count(*) FROM {checked.relation} WHERE _row <> CAST(order_id AS BIGINT) + 1")
        assert wrong == [(0,)]


@pytest.mark.usefixtures("small_is_large")
def test_large_file_with_total_signature_and_broken_line(engine: DuckDBEngine, tmp_path: Path) -> None:
    layout = "order_id,customer_id,order_date,amount\n合计,,,500000\n制表人:王五,,,\n"
    path = _large(tmp_path / "layout.csv", layout)
    with staged_tables(engine, [path], Settings()) as (table,):
        checked = table.checked()
        assert (checked.row_count, checked.notes["layout_rows"]) == (40_000, "3")
        assert engine.rows(f"SELECT count(*) FROM {checked.relation}") == [(40_000,)]
    path = _large(tmp_path / "broken.csv", '40000,"a,2024-01-01\n40001,b,2024-01-01,1,2,3\n40002,c,2024-01-01,7\n')
    with staged_tables(engine, [path], Settings()) as (table,):
        checked = table.checked()
        assert checked.row_count == 40_001
        assert engine.rows(f"SELECT _row, reason FROM {checked.malformed}") == [(40_001, "quote"), (40_002, "columns")]


def test_other_encoding_far_beyond_the_samples(engine: DuckDBEngine, tmp_path: Path) -> None:
    plain = "".join(f"{number},c,2024-01-01,plain\n" for number in range(30_000)).encode()
    path = tmp_path / "late.csv"
    path.write_bytes(b"order_id,customer_id,date,name\n" + plain + "1,c,2024-01-01,杭州西湖\n".encode("gb18030") + plain)
    with staged_tables(engine, [path], Settings()) as (table,):
        assert table.notes["encoding"] == "GB18030"
        assert engine.rows(f"SELECT name FROM {table.relation} WHERE name <> 'plain'") == [("杭州西湖",)]


def test_day_first_is_told_by_rows_beyond_the_sample(engine: DuckDBEngine, tmp_path: Path) -> None:
    rows = [f"{number},c,0{number % 9 + 1}/03/2024,1.00" for number in range(6_000)] + ["6001,c,25/03/2024,1.00"]
    path = tmp_path / "late.csv"
    path.write_text("order_id,customer_id,order_date,amount\n" + "\n".join(rows), encoding="utf-8")
    with staged_tables(engine, [path], Settings()) as (table,):
        dated = next(column for column in propose(engine, table, {}).columns if column.source == "order_date")
        assert (dated.date_format, dated.day_first) == ("%d/%m/%Y", True)


def test_rows_without_the_rest_are_data_not_signatures(engine: DuckDBEngine, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("order_id,customer_id,date,amount\n1,a,2024-01-01,5\n2,b,,\nA3,,,\n", encoding="utf-8")
    with staged_tables(engine, [path], Settings()) as (table,):
        assert [row[0] for row in _rows(engine, table)] == ["1", "2", "A3"]


def test_one_bad_file_stops_all(engine: DuckDBEngine, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    with (
        pytest.raises(FileProblem, match=r"empty\.csv is empty"),
        staged_tables(engine, [FILES / "latin1.csv", tmp_path / "empty.csv"], Settings()),
    ):
        pass
