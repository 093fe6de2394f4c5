"""Pairs of the demo against the source files; small warehouses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tools.segments.pairs.build import MOST_ITEMS, MOST_PARTNERS, find_pairs, store_pairs
from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext
from tools.warehouse.warehouse import Warehouse


@pytest.fixture(scope="session")
def households() -> dict[str, set[int]]:
    """Households by department, from the source files alone; a household shops where the data say so, at any price."""
    files = demo_files()
    products = pd.read_parquet(files["products"]).set_index("product_id")["department"]
    lines = pd.read_parquet(files["transactions"], columns=["household_id", "product_id"])
    lines["department"] = lines["product_id"].map(products)
    return {str(name): set(part) for name, part in lines.dropna(subset=["department"]).groupby("department")["household_id"]}


def test_categories_of_the_demo(demo: ToolContext, households: dict[str, set[int]]) -> None:
    rows = demo.engine.rows("SELECT item, other, customers FROM item_pairs WHERE level = 'category'")
    assert len(rows) > 100
    for item, other, customers in rows:
        assert customers == len(households[item] & households[other]), (item, other)


def test_lift_of_the_demo(demo: ToolContext, households: dict[str, set[int]]) -> None:
    everybody = len(set().union(*households.values()))
    buyers, both = len(households["SALAD BAR"]), len(households["SALAD BAR"] & households["FLORAL"])
    share = both / buyers
    spread = 1.96 * (share * (1 - share) / buyers + 1.96**2 / (4 * buyers**2)) ** 0.5
    lower = (share + 1.96**2 / (2 * buyers) - spread) / (1 + 1.96**2 / buyers)
    found = demo.engine.rows("SELECT lift FROM item_pairs WHERE level = 'category' AND item = 'SALAD BAR' AND other = 'FLORAL'")
    assert found[0][0] == pytest.approx(lower / (len(households["FLORAL"]) / everybody), rel=1e-3)


def test_products_are_bounded(demo: ToolContext) -> None:
    rows = demo.engine.rows("SELECT other, count(*) FROM item_pairs WHERE level = 'product' GROUP BY other")
    assert len(rows) == MOST_ITEMS
    # Equal ties at the border may let a few more in.
    assert max(count for _, count in rows) <= MOST_PARTNERS + 20
    assert demo.engine.rows("SELECT min(customers) >= 30 FROM item_pairs WHERE level = 'product' AND item = other") == [(True,)]


def _warehouse(tmp_path: Path, lines: Callable[[int], list[str]], customers: int) -> Warehouse:
    warehouse = Warehouse(tmp_path / "pairs.duckdb", Settings(home=tmp_path, threads=1))
    with warehouse.writing() as engine, engine.transaction():
        for number in range(customers):
            engine.execute(
                "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
                "VALUES ($id, $id, TIMESTAMP '2024-01-01', 'completed', 1)",
                {"id": f"c{number}"},
            )
            for product in lines(number):
                engine.execute(
                    "INSERT INTO order_lines (order_id, product_id, amount) VALUES ($id, $p, 1)", {"id": f"c{number}", "p": product}
                )
    return warehouse


def test_pairs_by_hand(tmp_path: Path) -> None:
    # 60 customers: 30 buy a and b, 30 buy c alone; d is bought by 5, too few.
    warehouse = _warehouse(tmp_path, lambda n: (["a", "b"] if n < 30 else ["c"]) + (["d"] if n < 5 else []), 60)
    with warehouse.writing() as engine:
        found = find_pairs(engine, "product", dt.date(2024, 1, 2), warehouse.config).to_pylist()
    pairs = {(row["item"], row["other"]): row["customers"] for row in found}
    assert pairs == {("a", "a"): 30, ("b", "b"): 30, ("c", "c"): 30, ("a", "b"): 30, ("b", "a"): 30}
    lift = next(row["lift"] for row in found if (row["item"], row["other"]) == ("a", "b"))
    # Wilson's lower bound of 30 of 30 is 0.8865; half of all buy b.
    assert lift == pytest.approx(0.8865 / 0.5, abs=1e-3)


@pytest.mark.parametrize("customers", [0, 1, 10])
def test_tiny_data_have_no_pairs(tmp_path: Path, customers: int) -> None:
    warehouse = _warehouse(tmp_path, lambda n: ["a"], customers)
    with warehouse.writing() as engine:
        assert store_pairs(engine, dt.date(2024, 1, 2), warehouse.config) == 0
        assert engine.rows("SELECT count(*) FROM pairs_scored") == [(0,)]
