"""Generated orders: the same seed gives the same rows, to the cent.

A customer orders about 25 times; how often and how much differ by customer (both skewed, as in real shops).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

ORDERS_PER_CUSTOMER = 25

# hash() of (seed, row, salt) stands in for a random number, so the rows do not depend on threads or versions of a generator.
_ORDERS = """
COPY (
    WITH numbered AS (
        SELECT i, hash(i * 7919 + {seed}) AS h1, hash(i * 104729 + {seed} + 1) AS h2, hash(i * 1299709 + {seed} + 2) AS h3
        FROM range({orders}) AS r(i)
    )
    SELECT
        'O' || lpad(CAST(i AS VARCHAR), 9, '0') AS order_id,
        'C' || CAST(CAST(floor(power((h1 % 1000003) / 1000003.0, 1.6) * {customers}) AS BIGINT) AS VARCHAR) AS customer_id,
        TIMESTAMP '2022-01-01 00:00:00' + CAST((h2 % 63072000) AS BIGINT) * INTERVAL 1 SECOND AS ordered_at,
        CAST(5 + power((h3 % 10007) / 10007.0, 3) * 500 AS DECIMAL(18, 2)) AS amount,
        CASE h3 % 4 WHEN 0 THEN 'app' WHEN 1 THEN 'web' ELSE 'store' END AS channel,
        CASE WHEN h2 % 50 = 0 THEN 'cancelled' ELSE 'completed' END AS status
    FROM numbered
) TO '{path}' ({options})
"""


def write_orders(folder: Path, orders: int, kind: str, seed: int = 20) -> Path:
    """A file of that many orders in ``folder``; ``kind`` is "csv" or "parquet". Made once."""
    path = folder / f"orders_{orders}.{kind}"
    if path.exists():
        return path
    options = "FORMAT csv, HEADER" if kind == "csv" else "FORMAT parquet"
    partial = path.with_suffix(".part")
    with duckdb.connect() as connection:
        customers = max(1, orders // ORDERS_PER_CUSTOMER)
        connection.execute(_ORDERS.format(seed=seed, orders=orders, customers=customers, path=partial, options=options)).complete()
    partial.rename(path)
    return path
