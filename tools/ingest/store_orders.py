"""Orders into the warehouse, from a source with one row for each order."""

from __future__ import annotations

import dataclasses

from tools.contracts import Text
from tools.ingest.clean import Cleaned, largest_believable
from tools.ingest.currencies import is_chinese
from tools.ingest.quarantine import REFUND, UPDATE, mark, mark_repeats
from tools.ingest.refunds import apply_refunds, prepare_refunds
from tools.ingest.report import counted, have
from tools.ingest.words import Translation, tidy, translate
from tools.warehouse.engine import Engine

FEWEST_OF_NOBODY = 50
TIMES_THE_SHARE = 20
"""Customer 0 is nobody when it has at least so many rows, and so many times the rows of an average customer."""

CANONICAL = """COALESCE((
    SELECT min(i.customer_id) FROM identities AS i WHERE i.source_customer_id = t.customer_id AND i.matched_by <> 'undone'
), t.customer_id)"""
"""The customer that the source's customer of row ``t`` was merged into, or itself."""


def store_orders(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """Judge repeats, conflicts and refunds, store the orders, apply the refunds; return what is worth telling."""
    forget_nobody(engine, cleaned)
    status = order_status(engine, cleaned)
    mark_absurd(engine, cleaned, "amount")
    if not cleaned.flawless:
        _mark_refunds(engine, cleaned, status)
        _mark_against_stored(engine, cleaned, status)
    _insert(engine, cleaned, status)
    notes = [*unknown_statuses(status), *([] if cleaned.flawless else _refund_notes(engine, cleaned))]
    return [*notes, *guest_notes(engine, cleaned)]


def forget_nobody(engine: Engine, cleaned: Cleaned) -> None:
    """Take the customer off rows of customer 0, where that is a till's word for nobody and not the first of many ids."""
    nobody = engine.rows(f"SELECT count(*) FROM {cleaned.table} WHERE customer_id = '0'")[0][0]
    if nobody < FEWEST_OF_NOBODY:
        return
    others, customers = engine.rows(
        f"SELECT count(*), count(DISTINCT customer_id) FROM {cleaned.table} WHERE customer_id IS NOT NULL AND customer_id <> '0'"
    )[0]
    if nobody * customers > TIMES_THE_SHARE * others:
        engine.execute(f"UPDATE {cleaned.rows} SET customer_id = NULL WHERE customer_id = '0'")


def order_status(engine: Engine, cleaned: Cleaned) -> Translation:
    """How the source's status words become the four of the schema; without a status every order is completed."""
    return translate(engine, cleaned.table, "status", "status", "completed")


def currency_code(engine: Engine, cleaned: Cleaned) -> Translation:
    """How the source's words for currencies become ISO codes; words that are not known stay, in capitals."""
    if "currency" not in cleaned.mapped:
        return Translation("currency", {})
    found = translate(engine, cleaned.table, "currency", "currency", None, prefix="c")
    yen = "CASE currency WHEN '¥' THEN 'CNY' WHEN '￥' THEN 'CNY' END" if is_chinese(cleaned.staged.columns) else "NULL"
    return dataclasses.replace(found, sql=f"upper(COALESCE({yen}, {found.sql}))")


def unknown_statuses(status: Translation) -> list[Text]:
    """What to tell of status words that nobody knows."""
    if not status.unknown:
        return []
    words = "、".join(status.unknown[:5])
    return [
        Text(
            zh=f"无法识别的订单状态按“已完成”处理：{words}。",
            en=f"Order statuses that are not known were taken as completed: {', '.join(status.unknown[:5])}.",
        )
    ]


def mark_absurd(engine: Engine, cleaned: Cleaned, field: str) -> None:
    """Mark amounts that are out of all proportion to the source's others."""
    limit = None if cleaned.flawless else largest_believable(engine, cleaned.table, field)
    if limit is not None:
        engine.execute(
            f"""
            UPDATE {cleaned.rows} SET reason = 'absurd_amount', detail = CAST({field} AS VARCHAR)
            WHERE reason IS NULL AND abs({field}) > $limit
            """,
            {"limit": limit},
        )


def _mark_refunds(engine: Engine, cleaned: Cleaned, status: Translation) -> None:
    table = cleaned.table
    negative = engine.rows(f"SELECT count(*) FROM {table} WHERE reason IS NULL AND amount < 0")[0][0]
    if negative:
        _collapse_refunds(engine, cleaned)
        engine.execute(f"UPDATE {cleaned.rows} SET reason = '{REFUND}' WHERE reason IS NULL AND amount < 0")
    # Of one id, refunded and other rows are judged apart: a refund beside its order is no conflict.
    if mark_repeats(engine, cleaned, "order_id", within=f"({status.sql}) = 'refunded'", parameters=status.parameters):
        mark(
            engine,
            cleaned,
            f"""
            SELECT t._row, '{REFUND}' AS reason, CAST(NULL AS VARCHAR) AS detail
            FROM {table} AS t
            WHERE t.reason IS NULL AND ({status.sql}) = 'refunded' AND EXISTS (
                SELECT 1 FROM {table} AS o WHERE o.order_id = t.order_id AND o.reason IS NULL AND o._row <> t._row
            )
            """,
            status.parameters,
        )


def _collapse_refunds(engine: Engine, cleaned: Cleaned) -> None:
    # Two refunds of one order may differ and both be true, so only equal ones collapse.
    mark(
        engine,
        cleaned,
        f"""
        SELECT _row, 'duplicate' AS reason, order_id AS detail
        FROM (
            SELECT _row, order_id, min(_row) OVER (PARTITION BY order_id, happened_at, amount, customer_id) AS first_row
            FROM {cleaned.table} WHERE reason IS NULL AND amount < 0
        ) AS place
        WHERE _row > first_row
        """,
    )


def _mark_against_stored(engine: Engine, cleaned: Cleaned, status: Translation) -> None:
    """Judge orders that an earlier load has stored: repeats, later refunds, news of a pending order, conflicts."""
    if not engine.rows("SELECT 1 FROM orders LIMIT 1"):
        return
    verdicts = f"""
        SELECT
            t._row, t.order_id || ': stored before' AS detail,
            CASE
                WHEN t.same AND (t.status = o.status OR t.status = 'completed' AND o.status = 'refunded') THEN 'duplicate'
                WHEN o.status = 'completed' AND t.status = 'refunded' THEN '{REFUND}'
                WHEN t.same AND o.status = 'pending' THEN '{UPDATE}'
                ELSE 'conflict'
            END AS reason
        FROM (
            SELECT
                t._row, t.order_id, t.canonical_status AS status,
                o.ordered_at = t.happened_at AND o.customer_id IS NOT DISTINCT FROM {CANONICAL}
                    AND o.amount + COALESCE(o.refunded, 0) = COALESCE(t.amount, 0) AS same
            FROM (SELECT *, {status.sql} AS canonical_status FROM {cleaned.table} WHERE reason IS NULL) AS t
            JOIN orders AS o ON o.order_id = t.order_id
        ) AS t
        JOIN orders AS o ON o.order_id = t.order_id
    """
    mark(engine, cleaned, verdicts, status.parameters)
    _bring_news(engine, cleaned, status)


def _bring_news(engine: Engine, cleaned: Cleaned, status: Translation) -> None:
    engine.execute(
        f"""
        UPDATE orders SET status = n.status
        FROM (SELECT order_id, {status.sql} AS status FROM {cleaned.table} WHERE reason = '{UPDATE}') AS n
        WHERE orders.order_id = n.order_id
        """,
        status.parameters or None,
    )


def _insert(engine: Engine, cleaned: Cleaned, status: Translation) -> None:
    channel, currency = tidy(engine, cleaned.table, "channel"), currency_code(engine, cleaned)
    amount, refunded, state = _money(cleaned, status)
    engine.execute(
        f"""
        INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, discount, refunded, channel, store_id, currency)
        SELECT order_id, customer_id, happened_at, {state}, {amount}, discount, {refunded}, channel, store_id, currency
        FROM (
            SELECT * REPLACE ({status.sql} AS status, {channel.sql} AS channel, {currency.sql} AS currency)
            FROM {cleaned.table} WHERE reason IS NULL
        ) AS standing
        """,
        {**status.parameters, **channel.parameters, **currency.parameters} or None,
    )


def _money(cleaned: Cleaned, status: Translation) -> tuple[str, str, str]:
    """Expressions for amount, refunded and status of an order; as short as the source allows, for they run on every row."""
    if "amount" not in cleaned.mapped:
        return "CAST(0 AS DECIMAL(18, 2))", "CAST(NULL AS DECIMAL(18, 2))", "status"
    if "refunded" in cleaned.mapped:
        partial = "abs(COALESCE(refunded, 0))"
        return (
            f"CASE WHEN status = 'refunded' THEN 0 ELSE amount - {partial} END",
            f"CASE WHEN status = 'refunded' THEN amount WHEN {partial} > 0 THEN {partial} END",
            f"CASE WHEN status = 'completed' AND amount > 0 AND {partial} >= amount THEN 'refunded' ELSE status END",
        )
    if "refunded" in status.meanings:
        return "CASE WHEN status = 'refunded' THEN 0 ELSE amount END", "CASE WHEN status = 'refunded' THEN amount END", "status"
    return "amount", "refunded", "status"


def _refund_notes(engine: Engine, cleaned: Cleaned) -> list[Text]:
    prepared = prepare_refunds(
        engine,
        f"""
        SELECT
            _row, order_id AS refund_id, customer_id, happened_at AS refunded_at, CAST(NULL AS VARCHAR) AS product_id,
            CASE WHEN abs(COALESCE(refunded, 0)) > 0 THEN abs(refunded) ELSE abs(amount) END AS amount
        FROM {cleaned.table} WHERE reason = '{REFUND}'
        """,
    )
    return refund_notes(cleaned, prepared, apply_refunds(engine)) if prepared else []


def refund_notes(cleaned: Cleaned, refunds: int, homeless: int) -> list[Text]:
    """What to tell of refund rows, some of which found no order."""
    source, applied = cleaned.staged.source, refunds - homeless
    notes = [
        Text(
            zh=f"{source}：{applied:,} 行退款，已从对应订单或客户的净额中扣除。",
            en=f"{source}: {counted(applied, 'refund row')} lowered the amount of an order.",
        )
    ][: applied > 0]
    if homeless:
        notes.append(
            Text(
                zh=f"{source}：{homeless:,} 行退款找不到对应的订单或客户，未计入金额。",
                en=f"{source}: {counted(homeless, 'refund row')} {have(homeless)} no order or customer in the data; no amount is lowered.",
            )
        )
    return notes


def guest_notes(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """What to tell of rows without a customer; lines whose orders come from another table need none."""
    if cleaned.mapping.grain == "order_lines" and "happened_at" not in cleaned.mapped and "customer_id" not in cleaned.mapped:
        return []
    nobody, contact = engine.rows(
        f"""
        SELECT count(*) FILTER (WHERE customer_id IS NULL), count(*) FILTER (WHERE starts_with(customer_id, 'contact-'))
        FROM {cleaned.table} WHERE reason IS NULL
        """
    )[0]
    notes = []
    if contact:
        notes.append(
            Text(
                zh=f"{cleaned.staged.source}：{contact:,} 行没有客户编号，按手机号或邮箱区分客户。",
                en=f"{cleaned.staged.source}: {counted(contact, 'row')} {have(contact)} no customer id; phone or e-mail tells them apart.",
            )
        )
    if nobody:
        notes.append(
            Text(
                zh=f"{cleaned.staged.source}：{nobody:,} 行没有客户（散客），保留但不归入任何客户。",
                en=f"{cleaned.staged.source}: {counted(nobody, 'row')} {have(nobody)} no customer (guests); kept without one.",
            )
        )
    return notes
