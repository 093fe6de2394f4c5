"""What is offered to whom: the demo against its source, and small data by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tools.actions.recommend import recommend_products
from tools.contracts import Outcome
from tools.errors import UnknownName, UnsupportedQuestion
from tools.requests import RecommendProducts
from tools.segments.refresh import refresh
from tools.settings import Settings
from tools.sources.demo import demo_files
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


def _departments(household: int) -> dict[str, dt.date]:
    """The last date on which a household of the demo bought of each department, from the source files alone."""
    files = demo_files()
    products = pq.read_table(files["products"], columns=["product_id", "department"]).to_pandas().set_index("product_id")["department"]
    lines = pq.read_table(files["transactions"], columns=["household_id", "product_id", "transaction_timestamp"])
    mine = lines.filter(pa.compute.equal(lines.column("household_id"), household)).to_pandas()
    last = mine.groupby(mine["product_id"].map(products))["transaction_timestamp"].max()
    return {str(name): moment.date() for name, moment in last.items()}


def test_one_customer_is_offered_what_they_do_not_buy(demo: ToolContext) -> None:
    result = recommend_products(demo, RecommendProducts(customer_id="1"))
    bought = _departments(1)
    offered = [row[0] for row in result.tables[0].rows]
    assert len(offered) == 5
    for name in offered:
        assert name not in bought or (demo.as_of - bought[str(name)]).days >= 90
    assert result.details["is_one"]
    reasons = [row[1] for row in result.tables[0].rows if row[1] is not None]
    assert reasons
    assert set(reasons) <= set(bought)
    assert all(result.figure(f"offer{number}.lift").value > 1 for number in result.details["with_lift"])  # type: ignore[operator]


def test_a_segment_with_a_file_of_every_customer(demo: ToolContext) -> None:
    result = recommend_products(demo, RecommendProducts(customers="champions", limit=3))
    size = demo.engine.rows("SELECT count(*) FROM scores WHERE rfm_group = 'champions'")[0][0]
    assert result.figure("customers").value == size
    assert result.figure("offer1.customers").value == round(result.figure("offer1.share").value * size)  # type: ignore[operator]
    by_customer = result.tables[1]
    assert by_customer.row_count <= 3 * size
    assert by_customer.path is not None
    assert Path(by_customer.path).exists()


def test_products_have_names(demo: ToolContext) -> None:
    result = recommend_products(demo, RecommendProducts(customer_id="1", level="product"))
    assert all("(" in str(row[0]) for row in result.tables[0].rows)


def test_an_unknown_customer(demo: ToolContext) -> None:
    result = recommend_products(demo, RecommendProducts(customer_id="nobody"))
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert "nobody" in result.message.en


def test_an_unknown_segment(demo: ToolContext) -> None:
    with pytest.raises(UnknownName, match="no segment named"):
        recommend_products(demo, RecommendProducts(customers="whales of 1851"))


@pytest.fixture
def shop(tmp_path: Path) -> Warehouse:
    """40 buy tea and cups, 40 buy beer, one buys tea alone, one nothing that is known."""
    warehouse = Warehouse(tmp_path / "shop.duckdb", Settings(home=tmp_path, threads=1))
    bought = [["tea", "cups"]] * 40 + [["beer"]] * 40 + [["tea"], ["rarity"]]
    rows: dict[str, list[Any]] = {"order_id": [], "product_id": []}
    for number, products in enumerate(bought):
        rows["order_id"] += [f"c{number}"] * len(products)
        rows["product_id"] += products
    with warehouse.writing() as engine, engine.transaction():
        engine.register("_c", pa.table({"id": [f"c{number}" for number in range(len(bought))]}))
        engine.execute("INSERT INTO customers (customer_id) SELECT id FROM _c")
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
            "SELECT id, id, TIMESTAMP '2024-01-01', 'completed', 9 FROM _c"
        )
        engine.register("_l", pa.table(rows))
        engine.execute("INSERT INTO order_lines (order_id, product_id, amount) SELECT order_id, product_id, 9 FROM _l")
    refresh(warehouse)
    return warehouse


def test_what_goes_together_comes_first(shop: Warehouse) -> None:
    with open_context(shop) as ctx:
        result = recommend_products(ctx, RecommendProducts(customer_id="c80", level="product"))
    assert [row[:2] for row in result.tables[0].rows] == [("cups", "tea"), ("beer", None)]
    # Wilson's lower bound of 40 of 41 tea drinkers is 0.8740; 40 of 82 customers bought cups.
    assert result.figure("offer1.lift").value == pytest.approx(0.8740 / (40 / 82), abs=2e-3)


def test_an_id_in_other_letters_is_the_same_customer(shop: Warehouse) -> None:
    with open_context(shop) as ctx:
        told, typed = (recommend_products(ctx, RecommendProducts(customer_id=name, level="product")) for name in ("c80", " C80 "))
    assert typed.tables[0].rows == told.tables[0].rows
    assert typed.interpretation is not None
    assert "customer c80" in typed.interpretation.en


def test_popular_items_where_nothing_is_known(shop: Warehouse) -> None:
    with open_context(shop) as ctx:
        result = recommend_products(ctx, RecommendProducts(customer_id="c81", level="product"))
    assert [row[0] for row in result.tables[0].rows] == ["tea", "beer", "cups"]
    assert result.details["popular_only"]
    assert any("Nothing is known" in caveat.en for caveat in result.caveats)


def test_products_stand_in_for_missing_categories(shop: Warehouse) -> None:
    with open_context(shop) as ctx:
        result = recommend_products(ctx, RecommendProducts())
    assert result.details["level"] == "product"
    assert any("no categories" in caveat.en for caveat in result.caveats)
    assert result.figure("customers").value == 82


def test_a_group_larger_than_the_bound(shop: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.segments.pairs.offers.MOST_MEMBERS", 41)
    monkeypatch.setattr("tools.segments.pairs.offers.BLOCK", 10)
    with open_context(shop) as ctx:
        result = recommend_products(ctx, RecommendProducts(level="product", limit=1))
    assert result.figure("customers").value == 82
    assert sum(row[1] for row in result.tables[0].rows) <= 84  # type: ignore[misc]
    assert any("random 41" in caveat.en for caveat in result.caveats)


def test_without_lines(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path / "none.duckdb", Settings(home=tmp_path))
    with warehouse.writing() as engine:
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
            "VALUES ('o', 'a', TIMESTAMP '2024-01-01', 'completed', 1)"
        )
    with open_context(warehouse) as ctx, pytest.raises(UnsupportedQuestion, match="which products were bought"):
        recommend_products(ctx, RecommendProducts())
