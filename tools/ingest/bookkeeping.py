"""The record of loads: what was loaded from where, whether it is only the demo, and the version of the data."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal

from tools.ingest.report import DEMO, LoadReport, TableReport
from tools.ingest.types import Grain
from tools.warehouse.context import latest_date, read_meta, write_meta
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

DATA_TABLES = (
    "customers",
    "orders",
    "order_lines",
    "discounts",
    "refunds",
    "products",
    "events",
    "campaigns",
    "campaign_contacts",
    "campaign_responses",
    "feedback",
)
"""Tables that loads fill with the source's rows."""

_STAY = ("meta", "segments")
"""What outlives the data: the warehouse's own notes, and segment rules; every other table, of later migrations too, goes with them."""


@dataclass(frozen=True)
class LoadedFile:
    """One source table that was loaded before."""

    source: str
    file_hash: str
    mapping: str


def loaded_files(engine: Engine) -> list[LoadedFile]:
    """Every source table loaded so far."""
    return [LoadedFile(*row) for row in engine.rows("SELECT source, file_hash, mapping FROM loads ORDER BY load_id")]


def holds_demo(engine: Engine) -> bool:
    """Whether what is loaded is the demo."""
    return bool(engine.rows("SELECT count(*) FROM loads WHERE source = $demo", {"demo": DEMO})[0][0])


def holds_own_data(engine: Engine) -> bool:
    """Whether anything besides the demo was loaded."""
    return bool(engine.rows("SELECT count(*) FROM loads WHERE source <> $demo", {"demo": DEMO})[0][0])


def empty_warehouse(engine: Engine) -> None:
    """Take out all loaded data and what was made of them; stored segment rules stay."""
    tables = engine.rows("SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT temporary ORDER BY 1")
    for (table,) in tables:
        if table not in _STAY:
            engine.execute(f"DELETE FROM {quote(table)}")


def next_load_id(engine: Engine) -> int:
    """The number of the next load of one source table."""
    return int(engine.rows("SELECT coalesce(max(load_id), 0) + 1 FROM loads")[0][0])


def record_load(engine: Engine, load_id: int, report: TableReport, file_hash: str, mapping: str) -> None:
    """Write down that a source table was loaded."""
    engine.execute(
        "INSERT INTO loads VALUES ($load_id, $source, $file_hash, $target, $loaded_at, $rows_in, $accepted, $rejected, $mapping)",
        {
            "load_id": load_id,
            "source": report.source,
            "file_hash": file_hash,
            "target": report.grain,
            "loaded_at": dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0),
            "rows_in": report.rows_in,
            "accepted": report.rows_accepted,
            "rejected": report.rows_rejected,
            "mapping": mapping,
        },
    )


def record_demo(engine: Engine, target: Grain, rows: int, file_hash: str) -> TableReport:
    """Write down that one table of the demo was loaded."""
    report = TableReport(source=DEMO, grain=target, rows_in=rows, rows_accepted=rows, rows_rejected=0)
    record_load(engine, next_load_id(engine), report, file_hash, json.dumps({}))
    return report


def renew_data_version(engine: Engine) -> str:
    """Count the version of the data up and return it."""
    version = str(int(read_meta(engine, "data_version") or "0") + 1)
    write_meta(engine, "data_version", version)
    return version


def summarise(engine: Engine, *, changed: bool, tables: tuple[TableReport, ...]) -> LoadReport:
    """A report with the state of the warehouse after the load."""
    customers = engine.rows("SELECT count(*) FROM customers")[0][0]
    orders = engine.rows("SELECT count(*) FROM orders")[0][0]
    first = engine.rows("SELECT min(ordered_at), max(ordered_at) FROM orders")[0][0]
    amount = engine.rows("SELECT coalesce(sum(amount), 0) FROM counted_orders")[0][0]
    return LoadReport(
        changed=changed,
        tables=tables,
        first_date=first.date() if first else None,
        last_date=latest_date(engine),
        customers=customers,
        orders=orders,
        amount=Decimal(amount),
        data_version=read_meta(engine, "data_version") or "0",
    )
