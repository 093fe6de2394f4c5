"""Money given back: rows that are no orders, but lower the amount of one.

Decisions, in this order:

1. A refund with the id of an order lowers that order; when nothing is left of it, its status becomes "refunded".
2. A credit note with an id of its own (such as C536379) lowers the latest counted order of the customer at or before it,
   one with the same product where the note names a product. We do not know that the order was given back whole, so it
   keeps its status and still counts, and its amount may even fall below zero: the customer's net amount is right.
3. A refund without order and customer, or from before the first order, lowers nothing; it is kept and reported.

Every refund row is kept in ``refunds``, with the order it was applied to.
"""

from __future__ import annotations

from tools.warehouse.engine import Engine

PENDING = "pending_refunds"
"""Temporary table of refunds to apply: refund_id, customer_id, refunded_at, product_id, amount (above zero), applied_to."""


def prepare_refunds(engine: Engine, query: str, parameters: dict[str, str] | None = None) -> int:
    """Collect the refunds of one source; those that an earlier load has stored are left out.

    Args:
        engine: Where the warehouse is.
        query: Yields _row, refund_id, customer_id, refunded_at, product_id and amount (above zero).
        parameters: Its bound values.

    Returns:
        How many there are to apply.
    """
    engine.execute(f"DROP TABLE IF EXISTS {PENDING}")
    engine.execute(
        f"""
        CREATE TEMP TABLE {PENDING} AS
        SELECT r.*, CAST(NULL AS VARCHAR) AS applied_to FROM ({query}) AS r
        WHERE NOT EXISTS (
            SELECT 1 FROM refunds AS k
            WHERE k.refund_id = r.refund_id AND k.amount = r.amount AND k.refunded_at IS NOT DISTINCT FROM r.refunded_at
              AND k.product_id IS NOT DISTINCT FROM r.product_id
        )
        """,
        parameters or None,
    )
    return int(engine.rows(f"SELECT count(*) FROM {PENDING}")[0][0])


def apply_refunds(engine: Engine) -> int:
    """Lower the orders that the pending refunds belong to and keep the refunds; return how many found no order."""
    engine.execute(
        f"""
        UPDATE {PENDING} SET applied_to = refund_id
        WHERE EXISTS (SELECT 1 FROM orders AS o WHERE o.order_id = {PENDING}.refund_id)
        """
    )
    _lower(engine, "applied_to = refund_id", whole=True)
    _match_customers(engine, same_product=True)
    _match_customers(engine, same_product=False)
    _lower(engine, "applied_to <> refund_id", whole=False)
    engine.execute(f"INSERT INTO refunds SELECT refund_id, customer_id, refunded_at, product_id, amount, applied_to FROM {PENDING}")
    return int(engine.rows(f"SELECT count(*) FROM {PENDING} WHERE applied_to IS NULL AND amount > 0")[0][0])


def _lower(engine: Engine, condition: str, *, whole: bool) -> None:
    status = "CASE WHEN amount > 0 AND amount <= r.given_back THEN 'refunded' ELSE status END" if whole else "status"
    engine.execute(
        f"""
        UPDATE orders
        SET amount = amount - r.given_back, refunded = COALESCE(refunded, 0) + r.given_back, status = {status}
        FROM (SELECT applied_to, sum(amount) AS given_back FROM {PENDING} WHERE {condition} GROUP BY applied_to) AS r
        WHERE orders.order_id = r.applied_to AND orders.status = 'completed' AND r.given_back > 0
        """
    )


def _match_customers(engine: Engine, *, same_product: bool) -> None:
    lines = "JOIN order_lines AS l ON l.order_id = o.order_id AND l.product_id = p.product_id AND l.amount > 0" if same_product else ""
    engine.execute(
        f"""
        UPDATE {PENDING} SET applied_to = found.order_id
        FROM (
            SELECT p._row, arg_max(o.order_id, {{'at': o.ordered_at, 'id': o.order_id}}) AS order_id
            FROM (
                SELECT _row, customer_id, refunded_at, product_id, applied_to FROM {PENDING}
                UNION
                SELECT r._row, i.customer_id, r.refunded_at, r.product_id, r.applied_to FROM {PENDING} AS r
                JOIN identities AS i ON i.source_customer_id = r.customer_id AND i.matched_by <> 'undone'
            ) AS p
            JOIN orders AS o ON o.customer_id = p.customer_id AND o.status = 'completed' AND o.ordered_at <= p.refunded_at
            {lines}
            WHERE p.applied_to IS NULL
            GROUP BY p._row
        ) AS found
        WHERE {PENDING}._row = found._row
        """
    )
