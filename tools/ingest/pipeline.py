"""From mapped sources to the canonical warehouse: an ordered tuple of small steps, inside one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tools.contracts import Text
from tools.ingest.bookkeeping import empty_warehouse, holds_demo, next_load_id, record_load, renew_data_version, summarise
from tools.ingest.clean import Cleaned, clean, drop_cleaned
from tools.ingest.customer_bands import fill_bands
from tools.ingest.grains import GRAINS, LOAD_ORDER
from tools.ingest.identities import resolve_identities
from tools.ingest.left_out import left_out_notes, made_id_notes
from tools.ingest.quarantine import judge, store_rejected
from tools.ingest.report import LoadReport, Progress, TableReport, counted
from tools.ingest.store_customers import store_bare_customers, store_customers_of_facts
from tools.ingest.store_lines import store_lines
from tools.ingest.store_orders import store_orders
from tools.ingest.store_others import (
    store_campaigns,
    store_contacts,
    store_customer_file,
    store_events,
    store_feedback,
    store_products,
    store_responses,
)
from tools.ingest.types import Grain, StagedTable, TableMapping
from tools.warehouse.engine import Engine

KNOWN = "known_customers"
"""Temporary table of the customers from before the load."""

_STORE: Mapping[Grain, Callable[[Engine, Cleaned], list[Text]]] = {
    "customers": store_customer_file,
    "products": store_products,
    "campaigns": store_campaigns,
    "orders": store_orders,
    "order_lines": store_lines,
    "events": store_events,
    "contacts": store_contacts,
    "responses": store_responses,
    "feedback": store_feedback,
}

_WITH_CUSTOMERS: tuple[Grain, ...] = ("orders", "order_lines", "events", "contacts", "responses", "feedback")
_DEMO_REPLACED = Text(
    zh="数据仓库里原来只有演示数据，已被您的数据替换。",
    en="The warehouse held only the demo data; your own data replaced them.",
)
_LINKING = Text(zh="正在识别同一客户", en="Matching customers")


@dataclass(frozen=True)
class Source:
    """One source table and its mapping."""

    staged: StagedTable
    mapping: TableMapping


def store_sources(engine: Engine, sources: Sequence[Source], tell: Progress) -> LoadReport:
    """Clean all sources, then store them, resolve identities and count the data version up in one transaction.

    Args:
        engine: Writes the warehouse.
        sources: What to store, none of it loaded before; their mappings have been checked.
        tell: Told what is being done and the share done.
    """
    ordered = sorted(enumerate(sources), key=lambda pair: LOAD_ORDER.index(pair[1].mapping.grain))
    steps = 2 * len(ordered) + 1
    cleaned: list[Cleaned] = []
    for done, (number, source) in enumerate(ordered):
        tell(_reading(source.staged.source), done / steps)
        cleaned.append(clean(engine, source.staged, source.mapping, f"cleaned_{number}", fresh=_is_fresh(engine, source, cleaned)))
    with engine.transaction():
        notes = _replace_demo(engine)
        engine.execute(f"CREATE OR REPLACE TEMP TABLE {KNOWN} AS SELECT customer_id FROM customers")
        reports: dict[int, TableReport] = {}
        for done, ((number, _), table) in enumerate(zip(ordered, cleaned, strict=True)):
            tell(_storing(table.staged.source), (len(ordered) + done) / steps)
            reports[number], told = _store(engine, table)
            notes += told
        tell(_LINKING, (steps - 1) / steps)
        merged, told = _finish(engine, cleaned)
        summary = summarise(engine, changed=True, tables=tuple(reports[number] for number in sorted(reports)))
    for table in cleaned:
        drop_cleaned(engine, table)
    return summary.model_copy(update={"notes": (*notes, *told), "merged": merged})


def _is_fresh(engine: Engine, source: Source, earlier: list[Cleaned]) -> bool:
    """Whether the source's rows can repeat nothing that is stored or comes before them in this load."""
    table = GRAINS[source.mapping.grain].table
    if any(GRAINS[one.mapping.grain].table == table for one in earlier):
        return False
    return holds_demo(engine) or not engine.rows(f"SELECT 1 FROM {table} LIMIT 1")


def _replace_demo(engine: Engine) -> list[Text]:
    if not holds_demo(engine):
        return []
    empty_warehouse(engine)
    return [_DEMO_REPLACED]


def _store(engine: Engine, table: Cleaned) -> tuple[TableReport, list[Text]]:
    notes = list(_STORE[table.mapping.grain](engine, table))
    if table.mapping.grain in ("orders", "order_lines"):
        store_customers_of_facts(engine, table)
    if table.mapping.grain in _WITH_CUSTOMERS:
        bare = store_bare_customers(engine, table)
        notes += _bare_notes(engine, table.staged.source, bare)
    notes += [*made_id_notes(engine, table), *left_out_notes(table.mapping)]
    report = judge(engine, table)
    load_id = next_load_id(engine)
    if report.rows_rejected:
        store_rejected(engine, table, load_id)
    record_load(engine, load_id, report, table.staged.file_hash, table.mapping.model_dump_json())
    return report, notes


def _finish(engine: Engine, cleaned: list[Cleaned]) -> tuple[int, list[Text]]:
    told = [note for table in cleaned if (note := _amounts_from_lines(engine, table))]
    fill_bands(engine)
    merged, matched = resolve_identities(engine, KNOWN, cleaned)
    engine.execute(f"DROP TABLE {KNOWN}")
    renew_data_version(engine)
    return merged, [*told, *matched]


def _amounts_from_lines(engine: Engine, table: Cleaned) -> Text | None:
    """Orders whose file has no amount get the sum of their lines."""
    if table.mapping.grain != "orders" or "amount" in table.mapped:
        return None
    engine.execute(
        f"""
        UPDATE orders SET amount = l.total
        FROM (SELECT order_id, sum(amount) AS total FROM order_lines GROUP BY order_id) AS l
        WHERE l.order_id = orders.order_id AND orders.order_id IN (SELECT order_id FROM {table.table} WHERE reason IS NULL)
        """
    )
    source = table.staged.source
    return Text(
        zh=f"{source} 没有金额列，订单金额取自订单明细；没有明细的订单金额为 0。",
        en=f"{source} has no amount column: amounts are the sums of the order lines, and 0 for orders without lines.",
    )


def _bare_notes(engine: Engine, source: str, bare: int) -> list[Text]:
    described = engine.rows("SELECT 1 FROM loads WHERE target = 'customers' LIMIT 1")
    if not bare or not described:
        return []
    return [
        Text(
            zh=f"{source}：{bare:,} 个客户不在客户表中，已保留（只有编号）。",
            en=f"{source}: {counted(bare, 'customer')} {'is' if bare == 1 else 'are'} not in the customer file; kept with an id only.",
        )
    ]


def _reading(source: str) -> Text:
    return Text(zh=f"正在读取并清洗 {source}", en=f"Reading and cleaning {source}")


def _storing(source: str) -> Text:
    return Text(zh=f"正在写入 {source}", en=f"Storing {source}")
