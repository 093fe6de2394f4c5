"""Headers of real exports as data, and what an operator may say against a proposal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.errors import UnknownName
from tools.ingest.mapping import propose, valid_targets
from tools.ingest.staging import staged_tables
from tools.ingest.types import ColumnMapping, TableMapping
from tools.settings import Settings
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.scratch import scratch_engine

HEADERS: dict[str, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "files" / "headers.yaml").read_text(encoding="utf-8")
)
ORDERS = ["order_id,customer_id,order date,amount,memo", "1,a,05/03/2024,10.00,x", "2,b,06/03/2024,20.00,y"]


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with scratch_engine(Settings()) as opened:
        yield opened


@contextmanager
def _proposed(engine: DuckDBEngine, folder: Path, lines: list[str], overrides: dict[str, str]) -> Iterator[TableMapping]:
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with staged_tables(engine, [path], Settings()) as (table,):
        yield propose(engine, table, overrides)


def _column(mapping: TableMapping, name: str) -> ColumnMapping:
    return next(column for column in mapping.columns if column.source == name)


@pytest.mark.parametrize("name", HEADERS)
def test_headers(engine: DuckDBEngine, tmp_path: Path, name: str) -> None:
    case = HEADERS[name]
    with _proposed(engine, tmp_path, case["rows"], {}) as mapping:
        assert mapping.grain == case["grain"]
        assert {column.source: column.target for column in mapping.columns if column.target} == case["columns"]
        assert list(mapping.unsure) == case.get("unsure", [])


def test_what_is_ambiguous_is_asked_and_can_be_answered(engine: DuckDBEngine, tmp_path: Path) -> None:
    with _proposed(engine, tmp_path, ORDERS, {}) as mapping:
        assert mapping.unsure == ("order date",)
        assert _column(mapping, "order date").day_first is None
    with _proposed(engine, tmp_path, ORDERS, {"order date": "orders.ordered_at:day_first"}) as mapping:
        dated = _column(mapping, "order date")
        assert (mapping.unsure, dated.day_first, dated.date_format, dated.reason) == ((), True, "%d/%m/%Y", "operator")
    with _proposed(engine, tmp_path, ORDERS, {"order date": "orders.ordered_at:month_first"}) as mapping:
        assert _column(mapping, "order date").date_format == "%m/%d/%Y"


def test_overrides_win(engine: DuckDBEngine, tmp_path: Path) -> None:
    with _proposed(engine, tmp_path, ORDERS, {"MEMO": "orders.channel", "amount": "none", "customer_id": "ignore"}) as mapping:
        assert {column.source: column.target for column in mapping.columns} == {
            "order_id": "orders.order_id",
            "customer_id": "ignore",
            "order date": "orders.ordered_at",
            "amount": None,
            "memo": "orders.channel",
        }
        assert _column(mapping, "memo").confidence == 1.0


def test_override_takes_the_target_from_another_column(engine: DuckDBEngine, tmp_path: Path) -> None:
    lines = ["order_id,customer_id,date,amount,price", "1,a,2024-01-01,1.00,2.00"]
    with _proposed(engine, tmp_path, lines, {"price": "orders.amount"}) as mapping:
        assert [_column(mapping, "price").target, _column(mapping, "amount").target] == ["orders.amount", None]
        assert _column(mapping, "price").kind == "money"


def test_overrides_decide_what_a_row_is(engine: DuckDBEngine, tmp_path: Path) -> None:
    lines = ["wer,wann,was", "a,2024-01-01,view", "b,2024-01-02,cart"]
    said = {"wer": "events.customer_id", "wann": "events.occurred_at", "was": "events.kind"}
    with _proposed(engine, tmp_path, lines, said) as mapping:
        assert mapping.grain == "events"
        assert _column(mapping, "wann").kind == "datetime"


def test_unknown_column_and_target(engine: DuckDBEngine, tmp_path: Path) -> None:
    with (
        pytest.raises(UnknownName, match=r"no column of table\.csv named 'amuont'; known: amount"),
        _proposed(engine, tmp_path, ORDERS, {"amuont": "orders.amount"}),
    ):
        pass
    with (
        pytest.raises(UnknownName, match=r"no target named 'orders\.amout'; known: orders\.amount"),
        _proposed(engine, tmp_path, ORDERS, {"amount": "orders.amout"}),
    ):
        pass
    with (
        pytest.raises(UnknownName, match="no order of day and month named 'x'"),
        _proposed(engine, tmp_path, ORDERS, {"amount": "orders.amount:x"}),
    ):
        pass


def test_targets_exist_in_the_warehouse(tmp_path: Path) -> None:
    from tools.warehouse.warehouse import Warehouse

    with Warehouse(tmp_path / "w.duckdb").writing() as engine:
        columns = {f"{table}.{column}" for table, column in engine.rows("SELECT table_name, column_name FROM duckdb_columns()")}
    assert set(valid_targets()) - columns == {"order_lines.unit_price", "orders.shipping", "customers.attribute"}


def test_values_that_disagree_with_the_name(engine: DuckDBEngine, tmp_path: Path) -> None:
    lines = ["order_id,customer_id,date,amount", "1,a,soon,much", "2,b,later,little"]
    with _proposed(engine, tmp_path, lines, {}) as mapping:
        assert _column(mapping, "date").target is None
        assert _column(mapping, "amount").target is None


def test_nameless_personal_data_is_found_by_its_values(engine: DuckDBEngine, tmp_path: Path) -> None:
    lines = ["customer_id,kontakt,telefon", "1,a@x.com,13800138000", "2,b@x.com,13900139000"]
    with _proposed(engine, tmp_path, lines, {}) as mapping:
        assert [_column(mapping, name).target for name in ("kontakt", "telefon")] == ["customers.email", "customers.phone"]
        assert _column(mapping, "kontakt").reason == "values"
