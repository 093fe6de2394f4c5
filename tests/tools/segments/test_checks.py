"""Cross-checks of groups of customers: true answers never fail one, rows that count twice do."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tools.actions.export import export_customers
from tools.contracts import Check, CustomerQuery, Text, ToolResult
from tools.errors import NotEnoughData, UnsupportedQuestion
from tools.requests import (
    ChurnRisk,
    ClusterCustomers,
    CompareSegments,
    ExportCustomers,
    FindCustomers,
    SegmentOverview,
)
from tools.rules import EVERYONE, Behaviour, Condition, NotRule, Selection
from tools.segments.checks import churn_checks, cluster_checks, list_checks
from tools.segments.churn.tool import churn_risk
from tools.segments.clusters.tool import cluster_customers
from tools.segments.compare import compare_segments
from tools.segments.find import find_customers
from tools.segments.overview.tool import segment_overview
from tools.segments.refresh import refresh
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse
from tools.windows import Window

SCHEMES = ("rfm", "rfm_eight", "value_activity", "membership", "lifecycle")
BOUGHT_OFTEN = Behaviour(behaviour="orders", op=">=", value=2, window=Window(last_days=90))
_ORDER = "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, refunded, channel) VALUES ($o, $c, $t, $s, $a, $r, $k)"


def fill(warehouse: Warehouse) -> None:
    """Forty customers, five of whom never ordered; guests, refunds, cancelled orders, consent that is unknown or refused."""
    chance = random.Random(7)
    with warehouse.writing() as engine, engine.transaction():
        for number in range(40):
            values = {"id": f"c{number}", "consent": (True, False, None)[number % 3], "gender": ("F", "M", None)[number % 3]}
            engine.execute("INSERT INTO customers (customer_id, marketing_consent, gender) VALUES ($id, $consent, $gender)", values)
        for number in range(220):
            owner = None if number % 11 == 0 else f"c{chance.randrange(35)}"
            day = dt.datetime(2024, 1, 1) + dt.timedelta(days=chance.randrange(300), hours=chance.randrange(24))
            status = ("completed", "completed", "completed", "cancelled", "refunded")[number % 5]
            amount = Decimal(chance.randrange(0, 20_000)) / 100
            values = {"o": str(number), "c": owner, "t": day, "s": status, "a": amount, "r": None, "k": ("web", None)[number % 2]}
            engine.execute(_ORDER, values)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("shop")
    warehouse = Warehouse(folder / "shop.duckdb", Settings(home=folder))
    fill(warehouse)
    refresh(warehouse)
    return warehouse


@pytest.fixture
def ctx(shop: Warehouse) -> Iterator[ToolContext]:
    with open_context(shop) as context:
        yield context


@pytest.fixture
def doubled(tmp_path: Path) -> Iterator[ToolContext]:
    """The same shop, but every customer has two rows of scores, so that whatever joins them counts twice."""
    warehouse = Warehouse(tmp_path / "doubled.duckdb", Settings(home=tmp_path))
    fill(warehouse)
    refresh(warehouse)
    with warehouse.writing() as engine:
        engine.execute("CREATE TABLE twice AS SELECT * FROM scores UNION ALL SELECT * FROM scores")
        engine.execute("DROP VIEW customer_base")
        engine.execute(
            "CREATE VIEW customer_base AS SELECT c.customer_id, c.gender, c.age, c.age_band, c.city, c.region, c.income, c.income_band, "
            "c.signup_at, c.marketing_consent, c.attributes, f.* EXCLUDE (customer_id), s.* EXCLUDE (customer_id) FROM customers AS c "
            "LEFT JOIN customer_features AS f ON f.customer_id = c.customer_id LEFT JOIN twice AS s ON s.customer_id = c.customer_id"
        )
    with open_context(warehouse) as context:
        yield context


def checks(result: ToolResult) -> dict[str, Check]:
    return {check.id: check for check in result.checks}


def answers(ctx: ToolContext) -> Iterator[ToolResult]:
    """What every tool that has checks answers to a few questions."""
    rules = (EVERYONE, Condition(field="orders", op=">=", value=3), BOUGHT_OFTEN, NotRule(not_=BOUGHT_OFTEN))
    yield from (find_customers(ctx, FindCustomers(rule=rule)) for rule in rules)
    yield find_customers(ctx, FindCustomers(rule=rules[1], limit=5))
    yield find_customers(ctx, FindCustomers(rule=rules[0], share=0.1, sort_by="recency_days"))
    yield from (segment_overview(ctx, SegmentOverview.model_validate({"scheme": scheme})) for scheme in SCHEMES)
    yield segment_overview(ctx, SegmentOverview(scheme="lifecycle", period_days=45))
    yield compare_segments(ctx, CompareSegments(first=Selection(rule=rules[1]), second=Selection(rule=BOUGHT_OFTEN)))
    for request in (ChurnRisk(), ChurnRisk(definition="rhythm"), ChurnRisk(definition="window", limit=3), ChurnRisk(sort_by="value")):
        yield churn_risk(ctx, request)
    for for_marketing in (True, False):
        chosen = Selection(rule=rules[1])
        yield export_customers(ctx, ExportCustomers(customers=chosen, format="csv", for_marketing=for_marketing))


def test_no_true_answer_over_a_small_shop_fails_a_check(ctx: ToolContext) -> None:
    found = [check for answer in answers(ctx) for check in answer.checks]
    assert len(found) >= 30
    assert [check for check in found if not check.holds] == []


def test_no_true_answer_over_the_demo_fails_a_check(demo: ToolContext) -> None:
    found = [check for answer in answers(demo) for check in answer.checks]
    found += cluster_customers(demo, ClusterCustomers()).checks
    assert {"groups.revenue", "churn.list", "clusters.members", "export_rows", "either_group"} <= {check.id for check in found}
    assert [check for check in found if not check.holds] == []


def test_all_groups_are_held_against_the_customers_and_their_orders(ctx: ToolContext) -> None:
    found = checks(segment_overview(ctx, SegmentOverview(scheme="rfm")))
    assert (found["groups.customers"].found, found["groups.customers"].expected) == (40, 40)
    spent = ctx.engine.rows("SELECT sum(amount) FROM orders WHERE status = 'completed' AND customer_id IS NOT NULL")[0][0]
    assert found["groups.revenue"].expected == spent


def test_an_export_is_the_selection_less_those_who_refused(ctx: ToolContext) -> None:
    everybody = Selection(rule=EVERYONE)
    allowed = checks(export_customers(ctx, ExportCustomers(customers=everybody, format="csv")))["export_rows"]
    assert (allowed.found, allowed.expected) == (27, 27)  # every third of 40 refused: 13
    whole = checks(export_customers(ctx, ExportCustomers(customers=everybody, format="csv", for_marketing=False)))["export_rows"]
    assert (whole.found, whole.expected) == (40, 40)


def test_rows_that_a_join_doubles_are_caught(doubled: ToolContext) -> None:
    groups = checks(segment_overview(doubled, SegmentOverview(scheme="rfm")))
    assert (groups["groups.customers"].found, groups["groups.customers"].holds) == (80, False)
    assert not groups["groups.revenue"].holds
    found = checks(find_customers(doubled, FindCustomers(rule=EVERYONE)))
    assert not found["list_rows"].holds


def test_a_list_with_somebody_twice_or_a_wrong_count_is_caught(ctx: ToolContext) -> None:
    query = CustomerQuery(sql="SELECT customer_id FROM customers", sentence=Text(zh="全部", en="all"))
    listed = pa.table({"customer_id": ["c1", "c1", "c2"]})
    found = {check.id: check for check in list_checks(ctx, query, listed, 3, 100)}
    assert (found["list_rows"].found, found["list_rows"].holds) == (2, False)
    assert (found["members"].expected, found["members"].holds) == (40, False)


def test_bands_and_clusters_that_do_not_add_up_are_caught(ctx: ToolContext) -> None:
    bands: dict[str, Any] = {"customers_high": 5, "customers_middle": 3, "customers_low": 2, "undecided": 0}
    assert [check.holds for check in churn_checks(bands, 5, "customers_high", 10)] == [True, True]
    assert [check.holds for check in churn_checks(bands, 6, "customers_high", 11)] == [False, False]
    assert [check.holds for check in churn_checks(bands, 8, "raised", 10)] == [True, True]
    assert [check.holds for check in cluster_checks(ctx, [60, 30], 0.1, 100, stored=False)] == [True]
    assert [check.holds for check in cluster_checks(ctx, [60, 31], 0.1, 100, stored=False)] == [False]


def test_selections_over_long_tables_are_not_run_twice(ctx: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.segments.checks.MOST_ROWS", 400)  # at most 40 rows: the customers, not the orders
    assert "members" in checks(find_customers(ctx, FindCustomers(rule=EVERYONE)))
    added_up = BOUGHT_OFTEN.model_copy(update={"window": Window(last_days=100)})
    assert "members" not in checks(find_customers(ctx, FindCustomers(rule=added_up)))


def test_what_needs_more_data_still_refuses(ctx: ToolContext) -> None:
    with pytest.raises((NotEnoughData, UnsupportedQuestion), match=r"\w"):
        cluster_customers(ctx, ClusterCustomers())
