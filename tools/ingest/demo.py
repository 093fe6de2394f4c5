"""Loads the demo data: The Complete Journey, a year of a real grocer's transactions."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

from tools.contracts import Text
from tools.errors import InputError
from tools.ingest.bookkeeping import (
    empty_warehouse,
    holds_demo,
    holds_own_data,
    loaded_files,
    record_demo,
    renew_data_version,
    summarise,
)
from tools.ingest.report import LoadReport, Progress, TableReport
from tools.ingest.types import Grain
from tools.sources.demo import demo_files
from tools.warehouse.engine import Engine
from tools.warehouse.schema import split_statements
from tools.warehouse.warehouse import Warehouse

_GRAINS: dict[Grain, tuple[str, str]] = {
    "customers": ("customers", "demographics"),
    "orders": ("orders", "transactions"),
    "order_lines": ("order_lines", "transactions"),
    "products": ("products", "products"),
    "campaigns": ("campaigns", "campaign_descriptions"),
    "contacts": ("campaign_contacts", "campaigns"),
    "responses": ("campaign_responses", "coupon_redemptions"),
}
"""Grain to the canonical table and the demo file that it is made of."""

LOADING = Text(zh="正在载入演示数据", en="Loading the demo data")
LOADED = Text(zh="演示数据已载入", en="The demo data are loaded")


def load_demo_data(warehouse: Warehouse, progress: Progress | None = None) -> LoadReport:
    """Load the demo in one transaction; a second time changes nothing.

    Features and segments are not made here: when the report says ``changed``, the caller runs
    ``tools.segments.refresh.refresh``.

    Args:
        warehouse: Where to; its file is made when missing.
        progress: Told what is being done and the share done.

    Raises:
        InputError: The warehouse holds the operator's own data, which the demo must not mix with.
        UnsupportedQuestion: The package with the demo data is not installed.
    """
    paths = demo_files()
    hashes = {name: _sha256(path) for name, path in paths.items()}
    tell = progress or (lambda _stage, _fraction: None)
    with warehouse.writing() as engine:
        _refuse_own_data(engine)
        if holds_demo(engine) and {file.file_hash for file in loaded_files(engine)} <= set(hashes.values()):
            return summarise(engine, changed=False, tables=_unchanged())
        with engine.transaction():
            empty_warehouse(engine)
            _fill(engine, {name: str(path) for name, path in paths.items()}, tell)
            tables = _record(engine, hashes)
            renew_data_version(engine)
            report = summarise(engine, changed=True, tables=tables)
    tell(LOADED, 1.0)
    return report


def _refuse_own_data(engine: Engine) -> None:
    if holds_own_data(engine):
        raise InputError(
            "The warehouse holds your own data, and the demo must not mix with them; give another --warehouse path for the demo.",
            "数据仓库里已有您自己的数据，演示数据不能与之混在一起；请用 --warehouse 为演示数据指定另一个路径。",
        )


def _fill(engine: Engine, paths: dict[str, str], tell: Progress) -> None:
    text = (resources.files("tools.ingest") / "sql" / "demo.sql").read_text(encoding="utf-8")
    statements = split_statements(text)
    for done, statement in enumerate(statements):
        tell(LOADING, done / len(statements))
        engine.execute(statement, {name: path for name, path in paths.items() if f"${name})" in statement})


def _record(engine: Engine, hashes: dict[str, str]) -> tuple[TableReport, ...]:
    return tuple(
        record_demo(engine, grain, engine.rows(f"SELECT count(*) FROM {table}")[0][0], hashes[file])
        for grain, (table, file) in _GRAINS.items()
    )


def _unchanged() -> tuple[TableReport, ...]:
    return tuple(
        TableReport(source="demo", grain=grain, rows_in=0, rows_accepted=0, rows_rejected=0, already_loaded=True) for grain in _GRAINS
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
