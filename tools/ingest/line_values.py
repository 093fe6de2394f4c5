"""What each line of an order is worth, from whatever amounts its source has.

In this order: the amount of the line; quantity × price less the line's discount; the amount of the whole order, where the
order has one line only or else shared out over its lines by quantity.
"""

from __future__ import annotations

from tools.contracts import Text
from tools.ingest.clean import Cleaned
from tools.ingest.quarantine import mark
from tools.ingest.report import counted
from tools.ingest.store_orders import currency_code
from tools.ingest.words import Translation, tidy
from tools.warehouse.engine import Engine

VALUES = "line_values"
"""Temporary table of the standing lines with their money and canonical status."""


def has_single_lines(engine: Engine, cleaned: Cleaned) -> bool:
    """Whether every order has one line only, so that nothing needs to be compared or shared out within orders."""
    # Equal hashes of different ids only cost a closer look; different hashes are different ids.
    rows, different = engine.rows(f"SELECT count(*), count(DISTINCT hash(order_id)) FROM {cleaned.table} WHERE reason IS NULL")[0]
    return bool(rows == different)


def judge_order_amounts(engine: Engine, cleaned: Cleaned, *, single: bool) -> bool:
    """Mark rows that contradict an earlier row of their order, and orders without any amount; whether amounts are the lines' own.

    A column that was taken for the amount of the whole order, but differs over the products of most orders that have several, is that
    of the lines.
    """
    if "amount" not in cleaned.mapped:
        return False
    if single:
        if not cleaned.mapped & {"line_amount", "unit_price"}:
            engine.execute(
                f"UPDATE {cleaned.rows} SET reason = 'missing_amount', detail = order_id WHERE reason IS NULL AND amount IS NULL"
            )
        return False
    plain = "reason IS NULL AND COALESCE(amount, 0) >= 0 AND COALESCE(quantity, 0) >= 0"
    several, differing = engine.rows(
        f"""
        SELECT count(*), count(*) FILTER (WHERE lowest <> highest)
        FROM (
            SELECT order_id, count(DISTINCT COALESCE(product_id, '')) AS products, min(amount) AS lowest, max(amount) AS highest
            FROM {cleaned.table} WHERE {plain} GROUP BY order_id
        ) AS o
        WHERE products > 1
        """
    )[0]
    if 2 * differing > several:
        return True
    _mark_contradictions(engine, cleaned, plain)
    if not cleaned.mapped & {"line_amount", "unit_price"}:
        _mark_without_amount(engine, cleaned)
    return False


def _mark_contradictions(engine: Engine, cleaned: Cleaned, plain: str) -> None:
    """One order id, one product, another amount: that is no second line but another story of the first."""
    verdicts = f"""
        SELECT t._row, 'conflict' AS reason, t.order_id || ': amount' AS detail
        FROM {cleaned.table} AS t
        JOIN (
            SELECT order_id, product_id, min(_row) AS _row, arg_min(amount, _row) AS amount FROM {cleaned.table}
            WHERE {plain} AND amount IS NOT NULL GROUP BY order_id, product_id HAVING min(amount) <> max(amount)
        ) AS f ON f.order_id = t.order_id AND f.product_id IS NOT DISTINCT FROM t.product_id
        WHERE t.reason IS NULL AND t.amount >= 0 AND t.amount <> f.amount AND t._row > f._row
    """
    mark(engine, cleaned, verdicts)


def _mark_without_amount(engine: Engine, cleaned: Cleaned) -> None:
    verdicts = f"""
        SELECT _row, 'missing_amount' AS reason, order_id AS detail FROM {cleaned.table}
        WHERE reason IS NULL AND order_id IN (
            SELECT order_id FROM {cleaned.table} WHERE reason IS NULL GROUP BY order_id HAVING max(amount) IS NULL
        )
    """
    mark(engine, cleaned, verdicts)


def compute_values(engine: Engine, cleaned: Cleaned, status: Translation, *, amounts_of_lines: bool, single: bool) -> list[Text]:
    """Make the table of the standing lines; return what is worth telling.

    Args:
        engine: Where the cleaned table is.
        cleaned: The source.
        status: How its status words are read.
        amounts_of_lines: Whether the column of the orders' amounts holds those of the lines.
        single: Whether every order has one line only.
    """
    engine.execute(f"DROP TABLE IF EXISTS {VALUES}")
    channel, currency = tidy(engine, cleaned.table, "channel"), currency_code(engine, cleaned)
    of_order = "CAST(NULL AS DECIMAL(18, 2))" if amounts_of_lines else _signed("amount")
    is_whole = not amounts_of_lines and "amount" in cleaned.mapped and not cleaned.mapped & {"line_amount", "unit_price"}
    is_shared = is_whole and not single
    own = _own_value(engine, cleaned, amounts_of_lines or (single and is_whole))
    standing = f"""
        SELECT
            _row, order_id, customer_id, product_id, happened_at, quantity, CAST(line_discount AS DECIMAL(18, 2)) AS line_discount,
            {of_order} AS order_amount, discount, refunded, {channel.sql} AS channel, store_id, {currency.sql} AS currency,
            {status.sql} AS status, COALESCE({own}) AS value, FALSE AS gives_back
        FROM {cleaned.table} WHERE reason IS NULL
    """
    engine.execute(
        f"CREATE TEMP TABLE {VALUES} AS {_shared(standing) if is_shared else standing}",
        {**status.parameters, **channel.parameters, **currency.parameters} or None,
    )
    return _shared_notes(engine, cleaned) if is_shared else []


def _signed(amount: str) -> str:
    return f"CASE WHEN quantity < 0 AND {amount} > 0 THEN -{amount} ELSE {amount} END"


def _own_value(engine: Engine, cleaned: Cleaned, amount_is_own: bool) -> str:
    computed = f"CAST(COALESCE(quantity, 1) * unit_price - {_discount(engine, cleaned)} AS DECIMAL(18, 2))"
    of_lines = [_signed("amount")] if amount_is_own else []
    return ", ".join([_signed("line_amount"), *of_lines, computed, "0"])


def _discount(engine: Engine, cleaned: Cleaned) -> str:
    """What a line's discount takes from quantity × price; discounts that never exceed 1 are shares of it."""
    if "line_discount" not in cleaned.mapped:
        return "0"
    largest = engine.rows(f"SELECT max(abs(line_discount)) FROM {cleaned.table}")[0][0]
    factor = " * COALESCE(quantity, 1) * unit_price" if largest is not None and largest <= 1 else ""
    return f"abs(COALESCE(line_discount, 0)){factor}"


def _shared(standing: str) -> str:
    """The amounts of orders over their lines, to the cent: what rounding leaves goes to the first. Lines that give back keep theirs."""
    return f"""
        SELECT * EXCLUDE (is_back, weight, total, part) REPLACE (
            CASE WHEN is_back THEN COALESCE(order_amount, 0)
                 ELSE part + CASE WHEN _row = min(_row) OVER lines THEN total - sum(part) OVER lines ELSE 0 END END AS value
        )
        FROM (
            SELECT *, CAST(total * weight / sum(weight) OVER lines AS DECIMAL(18, 2)) AS part
            FROM (
                SELECT *, COALESCE(max(order_amount) OVER lines, 0) AS total
                FROM (
                    SELECT *, COALESCE(order_amount, 0) < 0 OR COALESCE(quantity, 0) < 0 AS is_back,
                        CASE WHEN quantity > 0 THEN quantity ELSE 1 END AS weight
                    FROM ({standing}) AS s
                ) AS w
                WINDOW lines AS (PARTITION BY order_id, status, is_back)
            ) AS t
            WINDOW lines AS (PARTITION BY order_id, status, is_back)
        ) AS p
        WINDOW lines AS (PARTITION BY order_id, status, is_back)
    """


def _shared_notes(engine: Engine, cleaned: Cleaned) -> list[Text]:
    several = engine.rows(f"SELECT count(*) FROM (SELECT 1 FROM {VALUES} GROUP BY order_id HAVING count(*) > 1) AS o")[0][0]
    if not several:
        return []
    source = cleaned.staged.source
    return [
        Text(
            zh=f"{source}：明细行没有各自的金额，{several:,} 笔多行订单的金额按数量分摊到各行。",
            en=f"{source}: lines have no amounts of their own; {counted(several, 'order')} with several lines had the amount shared out "
            "over them by quantity.",
        )
    ]
