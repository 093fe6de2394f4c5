"""Generated orders: the same seed gives the same rows, to the cent.

``write_orders``: a customer orders about 25 times; how often and how much differ by customer (both skewed, as in real shops).
``write_histories``: every customer orders exactly 25 times over a span of their own; a third of them have stopped.
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


# A customer's orders lie evenly jittered over [begin, finish]; those who stopped finish before the data do.
_HISTORIES = """
COPY (
    WITH people AS (
        SELECT
            c,
            hash(c * 7919 + {seed}) % 1000003 / 1000003.0 AS u1,
            hash(c * 104729 + {seed} + 1) % 1000003 / 1000003.0 AS u2,
            hash(c * 1299709 + {seed} + 2) % 1000003 / 1000003.0 AS u3
        FROM range({customers}) AS r(c)
    ), spans AS (
        SELECT
            c, u3,
            CAST(floor(u1 * 400) AS BIGINT) AS begun,
            CASE WHEN u2 < 0.35 THEN floor(u1 * 400) + 40 + u2 / 0.35 * (690 - u1 * 400) ELSE 730 END AS ended
        FROM people
    ), numbered AS (
        SELECT
            c, k, begun, ended, u3,
            hash(c * 31 + k * 15485863 + {seed}) AS h1,
            hash(c * 37 + k * 32452843 + {seed} + 3) AS h2
        FROM spans CROSS JOIN range({each}) AS r(k)
    )
    SELECT
        'O' || CAST(c * {each} + k AS VARCHAR) AS order_id,
        'C' || CAST(c AS VARCHAR) AS customer_id,
        TIMESTAMP '2022-01-01 00:00:00'
        + CAST(floor((begun + (k + h1 % 1009 / 1009.0) / {each} * (ended - begun)) * 86400) AS BIGINT) * INTERVAL 1 SECOND AS ordered_at,
        CAST(4 + u3 * u3 * 80 + power(h2 % 10007 / 10007.0, 3) * 200 AS DECIMAL(18, 2)) AS amount,
        CASE h2 % 4 WHEN 0 THEN 'app' WHEN 1 THEN 'web' ELSE 'store' END AS channel,
        CASE WHEN h1 % 97 = 0 THEN 'cancelled' ELSE 'completed' END AS status,
        CAST(CASE WHEN h1 % 5 = 0 THEN h2 % 700 / 100.0 ELSE 0 END AS DECIMAL(18, 2)) AS discount
    FROM numbered
) TO '{path}' (FORMAT parquet)
"""


def write_histories(folder: Path, customers: int, seed: int = 20) -> Path:
    """A Parquet file of 25 orders for each of that many customers over two years. Made once."""
    path = folder / f"histories_{customers}.parquet"
    if path.exists():
        return path
    partial = path.with_suffix(".part")
    with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(folder / "spill")}) as connection:
        connection.execute(_HISTORIES.format(seed=seed, customers=customers, each=ORDERS_PER_CUSTOMER, path=partial)).complete()
    partial.rename(path)
    return path
