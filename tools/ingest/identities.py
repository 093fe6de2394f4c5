"""One person, one customer: merges are made, recorded, reported, and can be undone."""

from __future__ import annotations

from tools.contracts import Text
from tools.errors import InputError
from tools.ingest.bookkeeping import renew_data_version
from tools.ingest.clean import Cleaned
from tools.ingest.identity_links import LARGEST_PERSON, MERGES, MOST_SHARERS, Links, find_links
from tools.ingest.identity_rows import FOLLOWERS, follow_on, move_customers, move_rows, restore_customer, restore_rows
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

EARLIER = "earlier load"
"""The source of customers that were in the warehouse before the load that merged them."""


def resolve_identities(engine: Engine, known: str, cleaned: list[Cleaned]) -> tuple[int, list[Text]]:
    """Merge customers that are one person; return how many were folded into another, and what is worth telling.

    Args:
        engine: Writes the warehouse, inside the transaction of the load.
        known: Table with the customer ids from before this load.
        cleaned: The load's sources, to say where an id came from.
    """
    contacts = "SELECT 1 FROM customers WHERE COALESCE(phone, email, membership_number) IS NOT NULL LIMIT 1"
    if not engine.rows(contacts) and not engine.rows("SELECT 1 FROM identities LIMIT 1"):
        return 0, []
    links = find_links(engine, known)
    merged = 0
    if links.merges:
        move_customers(engine)
        for table in FOLLOWERS:
            move_rows(engine, table)
        follow_on(engine)
        merged = _record(engine, known, cleaned)
    return merged, _notes(merged, links)


def undo_merge(warehouse: Warehouse, source: str, source_customer_id: str) -> Text:
    """Take one customer of a source out of the customer it was merged into; it stays apart in later loads.

    Features and segments are then stale: the caller runs ``tools.segments.refresh.refresh``.

    Args:
        warehouse: The warehouse.
        source: The source as ``identities`` names it.
        source_customer_id: The id in that source.

    Raises:
        InputError: No such merge is on record.
    """
    with warehouse.writing() as engine, engine.transaction():
        canonical = _merged_into(engine, source, source_customer_id)
        restore_customer(engine, source_customer_id, canonical)
        for table in FOLLOWERS:
            restore_rows(engine, table, source_customer_id, canonical)
        ids = {"id": source_customer_id}
        engine.execute("DELETE FROM moved_rows WHERE source_customer_id = $id AND table_name <> 'canonical'", ids)
        engine.execute("DELETE FROM identities WHERE source_customer_id = $id", ids)
        engine.execute(
            "INSERT INTO identities VALUES ($source, $id, $id, 'undone', $canonical)",
            {"source": source, "canonical": canonical, **ids},
        )
        renew_data_version(engine)
    return Text(
        zh=f"客户 {source_customer_id} 已从 {canonical} 中拆出，今后载入也不会再合并。",
        en=f"Customer {source_customer_id} is no longer part of {canonical}, and later loads keep them apart.",
    )


def _merged_into(engine: Engine, source: str, source_customer_id: str) -> str:
    found = engine.rows(
        "SELECT customer_id FROM identities WHERE source = $source AND source_customer_id = $id AND matched_by <> 'undone'",
        {"source": source, "id": source_customer_id},
    )
    if found:
        return str(found[0][0])
    raise InputError(
        f"No merge of {source_customer_id} from {source} is on record; the table identities lists them all.",
        f"没有找到 {source} 中 {source_customer_id} 的合并记录；identities 表列出了全部合并。",
    )


def _record(engine: Engine, known: str, cleaned: list[Cleaned]) -> int:
    """Write new merges to identities, each with the first source of this load that has the id."""
    new = f"SELECT * FROM {MERGES} AS m WHERE m.source_customer_id NOT IN (SELECT source_customer_id FROM identities)"
    count = int(engine.rows(f"SELECT count(*) FROM ({new}) AS n")[0][0])
    sources = "".join(
        f" WHEN source_customer_id IN (SELECT customer_id FROM {table.table} WHERE customer_id IS NOT NULL) THEN $s{number}"
        for number, table in enumerate(cleaned)
        if _has_customers(table)
    )
    named = f"CASE WHEN source_customer_id IN (SELECT customer_id FROM {known}) THEN '{EARLIER}'{sources} ELSE '{EARLIER}' END"
    engine.execute(
        f"INSERT INTO identities SELECT {named}, source_customer_id, customer_id, matched_by, matched_value FROM ({new}) AS n",
        {f"s{number}": table.staged.source for number, table in enumerate(cleaned) if _has_customers(table)} or None,
    )
    return count


def _has_customers(cleaned: Cleaned) -> bool:
    return cleaned.mapping.grain not in ("products", "campaigns")


def _notes(merged: int, links: Links) -> list[Text]:
    notes = []
    if merged:
        notes.append(
            Text(
                zh=f"{merged:,} 个客户编号因手机号、邮箱或会员号相同被合并；合并可撤销。",
                en=f"{merged:,} customer ids were merged by the same phone, e-mail or membership number; a merge can be undone.",
            )
        )
    if links.name_conflicts:
        pairs = [f"{first} / {second}" for first, second in links.name_conflicts[:5]]
        total = len(links.name_conflicts)
        notes.append(
            Text(
                zh=f"{total:,} 对被合并的客户姓名不同，请核对：{'、'.join(pairs)}。",
                en=f"{total:,} merged pairs have different names, please check: {', '.join(pairs)}.",
            )
        )
    if links.too_shared or links.too_large:
        notes.append(
            Text(
                zh=f"{links.too_shared:,} 个联系方式被超过 {MOST_SHARERS} 个客户共用，"
                f"{links.too_large:,} 组匹配超过 {LARGEST_PERSON} 个客户，均视为占位值，未合并。",
                en=f"{links.too_shared:,} contacts shared by more than {MOST_SHARERS} customers and {links.too_large:,} chains of more "
                f"than {LARGEST_PERSON} customers were taken for placeholders and merged nobody.",
            )
        )
    return notes
