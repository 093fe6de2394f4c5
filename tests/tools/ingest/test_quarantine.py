"""Whatever the rows are: rows in = accepted + rejected, ids stay unique, and the money is that of the rows that stand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

IDS = st.sampled_from(["1", "2", "3", "C4", "", None])
CUSTOMERS = st.sampled_from(["A", "B", "guest", None])
DATES = st.sampled_from(["2024-01-01", "2024-02-29 10:00:00", "1900-01-00", "2023-02-30", "never", "", None, "2199-01-01"])
AMOUNTS = st.sampled_from(["10", "10.00", "¥1,234.50", "-5", "(3)", "x", "", None, "1e300", "99999999999"])
STATUSES = st.sampled_from(["paid", "退款", "已取消", "blue", None])
ROWS = st.lists(st.tuples(IDS, CUSTOMERS, DATES, AMOUNTS, STATUSES), min_size=1, max_size=12)
QUICK = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ORDERS = {
    "o": "orders.order_id",
    "c": "orders.customer_id",
    "t": "orders.ordered_at",
    "a": "orders.amount",
    "s": "orders.status",
}
LINES = {"o": "order_lines.order_id", "c": "orders.customer_id", "t": "orders.ordered_at", "a": "order_lines.amount", "s": "orders.status"}


def check(loader, report, rows):
    table = report.tables[0]
    assert table.rows_in == len(rows)
    assert table.rows_in == table.rows_accepted + table.rows_rejected
    assert table.rows_rejected == sum(table.reasons.values())
    load_id = loader.rows("SELECT max(load_id) FROM loads")[0][0]
    assert loader.rows(f"SELECT count(*), count(reason) FROM rejected_rows WHERE load_id = {load_id}") == [(table.rows_rejected,) * 2]
    assert loader.rows("SELECT count(*) - count(DISTINCT order_id) FROM orders") == [(0,)]
    assert loader.rows("SELECT count(*) - count(DISTINCT customer_id) FROM customers") == [(0,)]
    orphans = "SELECT count(*) FROM orders WHERE customer_id IS NOT NULL AND customer_id NOT IN (SELECT customer_id FROM customers)"
    assert loader.rows(orphans) == [(0,)]


@QUICK
@given(first=ROWS, second=ROWS)
def test_orders(tmp_path_factory, loader_class, source, first, second):
    loader = loader_class(Path(tmp_path_factory.mktemp("orders")) / "w.duckdb")
    for name, rows in (("first", first), ("second", second)):
        check(loader, loader.load(source(name, "orders", ORDERS, rows)), rows)
    gross = sum((Decimal(row[0] or 0) for row in loader.rows("SELECT amount + coalesce(refunded, 0) FROM orders")), Decimal(0))
    assert all(row[0] >= 0 for row in loader.rows("SELECT amount + coalesce(refunded, 0) FROM orders"))
    assert gross <= Decimal("1234.50") * loader.rows("SELECT count(*) FROM orders")[0][0]


@QUICK
@given(rows=ROWS)
def test_lines(tmp_path_factory, loader_class, source, rows):
    loader = loader_class(Path(tmp_path_factory.mktemp("lines")) / "w.duckdb")
    check(loader, loader.load(source("lines", "order_lines", LINES, rows)), rows)
    # Lines that give back without an order lower nothing; every other standing line of a counted order is in its amount.
    sums = "SELECT order_id, sum(amount) AS lines FROM order_lines GROUP BY order_id"
    differing = f"SELECT o.order_id FROM counted_orders AS o JOIN ({sums}) AS l ON l.order_id = o.order_id WHERE o.amount <> l.lines"
    assert loader.rows(differing) == []
