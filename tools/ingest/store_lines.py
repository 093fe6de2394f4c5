"""Orders and their lines into the warehouse, from a source with one row for each line.

The orders of a flat file are built from their lines: the time is the earliest line's, the amount is the order's total
where a column has it, and else the sum of the lines. Orders that an orders file has brought keep what it said.
"""

from __future__ import annotations

from tools.contracts import Text
from tools.ingest.clean import Cleaned
from tools.ingest.grains import PRODUCT_COLUMNS
from tools.ingest.line_values import VALUES, compute_values, has_single_lines, judge_order_amounts
from tools.ingest.quarantine import REFUND, mark, mark_exact_repeats
from tools.ingest.refunds import PENDING, apply_refunds, prepare_refunds
from tools.ingest.store_customers import upsert
from tools.ingest.store_orders import forget_nobody, guest_notes, mark_absurd, order_status, refund_notes, unknown_statuses
from tools.warehouse.engine import Engine

_BUILT = "built_orders"


def store_lines(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """Judge repeats, conflicts and refunds, store the lines and the orders built from them; return what is worth telling."""
    forget_nobody(engine, cleaned)
    status = order_status(engine, cleaned)
    mark_exact_repeats(engine, cleaned)
    for field in ("amount", "line_amount"):
        if field in cleaned.mapped:
            mark_absurd(engine, cleaned, field)
    single = has_single_lines(engine, cleaned)
    if not single:
        _mark_other_customers(engine, cleaned)
    of_lines = judge_order_amounts(engine, cleaned, single=single)
    shared = compute_values(engine, cleaned, status, amounts_of_lines=of_lines, single=single)
    _mark_refunds(engine, cleaned)
    _mark_against_stored(engine, cleaned)
    _build_orders(engine)
    _insert_lines(engine)
    notes = [*unknown_statuses(status), *shared, *_refund(engine, cleaned), *guest_notes(engine, cleaned)]
    _store_products(engine, cleaned)
    return notes


def _mark_other_customers(engine: Engine, cleaned: Cleaned) -> None:
    """One order has one customer: lines of another under the same order id are conflicts."""
    if "customer_id" not in cleaned.mapped:
        return
    table = cleaned.table
    verdicts = f"""
        SELECT t._row, 'conflict' AS reason, t.order_id || ': customer_id' AS detail
        FROM {table} AS t
        JOIN (
            SELECT order_id, arg_min(customer_id, _row) AS customer_id FROM {table}
            WHERE reason IS NULL AND customer_id IS NOT NULL
            GROUP BY order_id HAVING min(customer_id) <> max(customer_id)
        ) AS f ON f.order_id = t.order_id
        WHERE t.reason IS NULL AND t.customer_id <> f.customer_id
    """
    mark(engine, cleaned, verdicts)


def _mark_refunds(engine: Engine, cleaned: Cleaned) -> None:
    """Lines of order ids that only give back are refunds; a negative line beside others just lowers its order."""
    if not engine.rows(f"SELECT 1 FROM {VALUES} WHERE value < 0 OR quantity < 0 LIMIT 1"):
        return
    engine.execute(
        f"""
        UPDATE {VALUES} SET gives_back = TRUE
        FROM (
            SELECT order_id FROM {VALUES} GROUP BY order_id
            HAVING bool_and(value < 0 OR COALESCE(quantity < 0, FALSE)) OR sum(value) < 0
        ) AS notes
        WHERE {VALUES}.order_id = notes.order_id
        """
    )
    mark(engine, cleaned, f"SELECT _row, '{REFUND}' AS reason, CAST(NULL AS VARCHAR) AS detail FROM {VALUES} WHERE gives_back")


def _mark_against_stored(engine: Engine, cleaned: Cleaned) -> None:
    """The lines of an order come whole: for an order that has lines already, equal ones repeat and others conflict."""
    if not engine.rows("SELECT 1 FROM order_lines LIMIT 1"):
        return
    same = "s.product_id IS NOT DISTINCT FROM t.product_id AND s.quantity IS NOT DISTINCT FROM t.quantity AND s.amount = t.value"
    verdicts = f"""
        SELECT
            t._row, t.order_id || ': stored before' AS detail,
            CASE WHEN EXISTS (SELECT 1 FROM order_lines AS s WHERE s.order_id = t.order_id AND {same}) THEN 'duplicate'
                 ELSE 'conflict' END AS reason
        FROM {VALUES} AS t
        WHERE NOT t.gives_back AND t.order_id IN (SELECT order_id FROM order_lines)
    """
    mark(engine, cleaned, verdicts)
    engine.execute(f"DELETE FROM {VALUES} WHERE _row IN (SELECT _row FROM {cleaned.table} WHERE reason IN ('duplicate', 'conflict'))")


def _build_orders(engine: Engine) -> None:
    engine.execute(f"DROP TABLE IF EXISTS {_BUILT}")
    engine.execute(
        f"""
        CREATE TEMP TABLE {_BUILT} AS
        SELECT
            order_id, arg_min(customer_id, _row) AS customer_id, min(happened_at) AS ordered_at,
            CASE WHEN bool_or(status = 'completed') THEN 'completed' WHEN bool_or(status = 'pending') THEN 'pending'
                 WHEN bool_or(status = 'refunded') THEN 'refunded' ELSE 'cancelled' END AS status,
            CASE WHEN max(order_amount) >= 0 THEN max(order_amount) + COALESCE(sum(order_amount) FILTER (WHERE order_amount < 0), 0)
                ELSE max(order_amount) END AS total,
            sum(value) AS lines_total,
            COALESCE(sum(value) FILTER (WHERE status = 'refunded'), 0) AS refunded_lines,
            COALESCE(sum(value) FILTER (WHERE status IN ('cancelled', 'pending')), 0) AS dropped_lines,
            max(abs(COALESCE(refunded, 0))) AS refunded, max(discount) AS discount, sum(line_discount) AS lines_discount,
            arg_min(channel, _row) AS channel, arg_min(store_id, _row) AS store_id, arg_min(currency, _row) AS currency
        FROM {VALUES} WHERE NOT gives_back GROUP BY order_id
        """
    )
    # Whole orders that were given back or cancelled keep their gross amount; of others only the lines that count add up.
    engine.execute(
        f"""
        INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, discount, refunded, channel, store_id, currency)
        SELECT
            order_id, customer_id, ordered_at,
            CASE WHEN status = 'completed' AND refunded > 0 AND refunded >= gross THEN 'refunded' ELSE status END,
            CASE status WHEN 'refunded' THEN 0 WHEN 'completed' THEN gross - given_back ELSE gross END,
            COALESCE(discount, lines_discount),
            CASE status WHEN 'refunded' THEN gross WHEN 'completed' THEN nullif(given_back, 0) END,
            channel, store_id, currency
        FROM (
            SELECT *,
                COALESCE(total, lines_total) - CASE WHEN status = 'completed' THEN dropped_lines ELSE 0 END AS gross,
                CASE WHEN refunded > 0 THEN refunded ELSE refunded_lines END AS given_back
            FROM {_BUILT}
        ) AS b
        WHERE ordered_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM orders AS o WHERE o.order_id = b.order_id)
        """
    )


def _insert_lines(engine: Engine) -> None:
    # Within a counted order, lines that were cancelled or given back must not reach the sums of categories.
    engine.execute(
        f"""
        INSERT INTO order_lines
        SELECT l.order_id, l.product_id, l.quantity, l.value, l.line_discount
        FROM {VALUES} AS l JOIN {_BUILT} AS b ON b.order_id = l.order_id
        WHERE NOT l.gives_back AND (b.status <> 'completed' OR l.status = 'completed')
        """
    )


def _refund(engine: Engine, cleaned: Cleaned) -> list[Text]:
    prepared = prepare_refunds(
        engine,
        f"""
        SELECT t._row, t.order_id AS refund_id, t.customer_id, t.happened_at AS refunded_at, t.product_id, -t.value AS amount
        FROM {VALUES} AS t WHERE t.gives_back
        """,
    )
    if not prepared:
        return []
    homeless = apply_refunds(engine)
    engine.execute(
        f"""
        INSERT INTO order_lines
        SELECT p.applied_to, p.product_id, v.quantity, v.value, v.line_discount
        FROM {PENDING} AS p JOIN {VALUES} AS v ON v._row = p._row
        WHERE p.applied_to IS NOT NULL
        """
    )
    return refund_notes(cleaned, prepared, homeless)


def _store_products(engine: Engine, cleaned: Cleaned) -> None:
    given = [name for name in PRODUCT_COLUMNS if f"products_{name}" in cleaned.mapped]
    if "product_id" not in cleaned.mapped:
        return
    if not given:
        _name_products(engine, cleaned)
        return
    engine.execute("DROP TABLE IF EXISTS incoming_products")
    first = ", ".join(f"arg_min(products_{name}, _row) AS {name}" for name in given)
    engine.execute(
        f"""
        CREATE TEMP TABLE incoming_products AS
        SELECT product_id, {first} FROM {cleaned.table} WHERE product_id IS NOT NULL AND (reason IS NULL OR reason = '{REFUND}')
        GROUP BY product_id
        """
    )
    upsert(engine, "products", "product_id", tuple(given), "incoming_products")


_NAMES = 0.8
"""Ids of which this share are words are names."""
_NAME = r"\p{Han}|[A-Za-z]{3,} [A-Za-z]{2,}|^[A-Z]?[a-z]{3,}$"


def _name_products(engine: Engine, cleaned: Cleaned) -> None:
    """Products that lines tell apart by their names, where no file has told of products: 龙井茶 is its own id and name."""
    if engine.rows("SELECT 1 FROM products WHERE name IS DISTINCT FROM product_id LIMIT 1"):
        return
    engine.execute("DROP TABLE IF EXISTS incoming_products")
    engine.execute(
        f"""
        CREATE TEMP TABLE incoming_products AS
        WITH found AS (
            SELECT DISTINCT product_id FROM {cleaned.table}
            WHERE product_id IS NOT NULL AND (reason IS NULL OR reason = '{REFUND}')
        )
        SELECT product_id, product_id AS name FROM found
        WHERE (SELECT avg(CAST(regexp_matches(product_id, $name) AS INTEGER)) FROM found) >= $least
        """,
        {"name": _NAME, "least": _NAMES},
    )
    upsert(engine, "products", "product_id", ("name",), "incoming_products")
