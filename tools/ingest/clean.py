"""A scan of a source into a typed table with a reason on every row that cannot be accepted.

The cleaned table has the columns ``_row``, ``reason``, ``detail`` and ``row_values`` (the last three NULL on rows that
stand), then every field of its grain (see ``grains``), NULL where no source column fills it. All later steps of a load
are set operations over it; rows never pass through Python.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from tools.errors import WarehouseError
from tools.ingest.cleaning_query import cleaning_query, is_stored, keeps_attributes
from tools.ingest.currencies import EACH, stated_currency
from tools.ingest.grains import GRAINS, SQL_TYPES, filled_fields, makes_order_ids
from tools.ingest.types import Grain, StagedTable, TableMapping
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

SUSPICIOUS_AMOUNT = 1_000_000
ABSURD_MULTIPLE = 10_000
"""An amount is absurd, too, when it is at least a million and ten thousand times the source's median amount."""


@dataclass(frozen=True)
class Cleaned:
    """A source table after its scan.

    Args:
        table: The temporary view to read it from.
        staged: Where it came from.
        mapping: How its columns were read.
        mapped: Names of the fields that the source fills.
        flawless: Whether no row needs a reason, repeats another or gives money back; the rows are then not numbered.
    """

    table: str
    staged: StagedTable
    mapping: TableMapping
    mapped: frozenset[str]
    flawless: bool = False

    @property
    def rows(self) -> str:
        """The temporary table under the view, to set reasons in."""
        return f"{self.table}_rows"


def latest_possible_day() -> dt.date:
    """The day of loading where on Earth it is latest, so that no time zone makes a true date impossible."""
    return (dt.datetime.now(dt.UTC) + dt.timedelta(hours=14)).date()


def clean(engine: Engine, staged: StagedTable, mapping: TableMapping, table: str, *, fresh: bool) -> Cleaned:
    """Read ``staged`` once, and make the temporary view ``table`` of its typed and judged rows.

    Numbering the rows of a CSV reads it on one thread, and the numbers are only needed to tell which row was rejected or
    came first. So orders and events are read without numbers, and once more with them only when something is off; titles,
    totals and signatures are always off, so that looking for them can wait, too.

    Args:
        engine: Runs the scan.
        staged: The source.
        mapping: Its mapping, which ``grains.check_mapping`` has let pass.
        table: Name of the view to make.
        fresh: Whether its rows can repeat nothing that was stored before, so that they may go without numbers.
    """
    mapped = filled_fields(mapping)
    last_day = latest_possible_day()
    engine.execute(f"DROP VIEW IF EXISTS {table}")
    cleaned = _clean_flawless(engine, Cleaned(table, staged, mapping, mapped), last_day) if fresh else None
    if cleaned is None:
        checked = staged.checked()
        cleaned = Cleaned(table, checked, mapping, mapped)
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {cleaned.rows} AS {cleaning_query(checked, mapping, last_day)}")
    engine.execute(f"CREATE TEMP VIEW {table} AS SELECT *{_absent(cleaned)} FROM {cleaned.rows}")
    return cleaned


def _clean_flawless(engine: Engine, cleaned: Cleaned, last_day: dt.date) -> Cleaned | None:
    """Read the source without numbers, not looked through; None when it cannot be, or when a row is off."""
    if not _may_go_unnumbered(cleaned):
        return None
    query = cleaning_query(cleaned.staged, cleaned.mapping, last_day, numbered=False)
    with contextlib.suppress(WarehouseError):
        # A line that does not split ends up here: reading with care tells which one.
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {cleaned.rows} AS {query}")
        if _is_flawless(engine, cleaned.mapping.grain, cleaned):
            return dataclasses.replace(cleaned, flawless=True)
    return None


def drop_cleaned(engine: Engine, cleaned: Cleaned) -> None:
    """Free what ``clean`` made."""
    engine.execute(f"DROP VIEW {cleaned.table}")
    engine.execute(f"DROP TABLE {cleaned.rows}")


def _absent(cleaned: Cleaned) -> str:
    """NULL columns for what is not there; kept in the view, because a stored NULL takes as much memory as a value."""
    fields = [field for field in GRAINS[cleaned.mapping.grain].fields if not is_stored(field, cleaned.mapped)]
    columns = [(field.name, SQL_TYPES[field.kind]) for field in fields]
    if cleaned.flawless:
        columns += [("_row", "BIGINT"), ("reason", "VARCHAR"), ("detail", "VARCHAR"), ("row_values", "VARCHAR")]
    said = stated_currency(cleaned.mapping)
    same = {"currency": f"'{said}'"} if said and said != EACH else {}
    return "".join(f", CAST({same.get(name, 'NULL')} AS {kind}) AS {quote(name)}" for name, kind in columns)


def _may_go_unnumbered(cleaned: Cleaned) -> bool:
    if cleaned.mapping.grain not in ("orders", "events") or makes_order_ids(cleaned.mapping) or keeps_attributes(cleaned.mapping):
        return False
    return not any(field.startswith("customers_") for field in cleaned.mapped)


def _is_flawless(engine: Engine, grain: Grain, cleaned: Cleaned) -> bool:
    key, table = "order_id" if grain == "orders" else "content", cleaned.rows
    if engine.rows(f"SELECT 1 FROM {table} WHERE flawed LIMIT 1"):
        return False
    if "amount" in cleaned.mapped:
        smallest = engine.rows(f"SELECT min(amount) FROM {table}")[0][0]
        if (smallest is not None and smallest < 0) or largest_believable(engine, table, "amount") is not None:
            return False
    # Equal hashes of different keys only cost a closer look; different hashes are different keys.
    rows, different = engine.rows(f"SELECT count(*), count(DISTINCT hash({key})) FROM {table}")[0]
    return bool(rows == different)


def largest_believable(engine: Engine, table: str, field: str) -> Decimal | None:
    """The amount above which the field's values are absurd beside the others; None when none is."""
    largest = engine.rows(f"SELECT max(abs({field})) FROM {table}")[0][0]
    if largest is None or largest < SUSPICIOUS_AMOUNT:
        return None
    median = engine.rows(f"SELECT CAST(median(abs({field})) AS DECIMAL(18, 2)) FROM {table} WHERE {field} <> 0")[0][0]
    limit = max(Decimal(SUSPICIOUS_AMOUNT), ABSURD_MULTIPLE * Decimal(median))
    return limit if largest > limit else None
