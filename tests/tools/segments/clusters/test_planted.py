"""What was planted is found, named and stored."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal

import pytest
from sklearn.metrics import adjusted_rand_score

from tests.tools.segments.clusters.planted import FOUR, cluster, plant, write
from tools.segments.compiler import compile_rule
from tools.segments.stored import read_rule
from tools.warehouse.context import ToolContext


def _main_cluster(ctx: ToolContext, group: dict[str, str], name: str) -> str:
    rows = ctx.engine.rows("SELECT customer_id, cluster FROM scores")
    return Counter(row[1] for row in rows if group[row[0]] == name).most_common(1)[0][0]


def test_the_planted_groups_are_found(ctx: ToolContext, shop) -> None:
    rows = ctx.engine.rows("SELECT customer_id, cluster FROM scores")
    assert len(rows) == len(shop.rows.customers)
    assert adjusted_rand_score([shop.rows.group[row[0]] for row in rows], [row[1] for row in rows]) >= 0.9
    assert len({row[1] for row in rows}) == 6


@pytest.mark.parametrize(
    ("group", "english", "chinese"),
    [
        (
            "slow electronics",
            ("late-night", "browsers", "expensive", "electronics", "decide slowly"),
            ("深夜浏览", "高价", "Electronics", "决策慢"),
        ),
        ("morning groceries", ("frequent", "morning", "groceries"), ("购买频繁", "上午", "Groceries")),
        ("weekend home", ("weekend", "home"), ("周末", "Home")),
        ("fashion deals", ("bargain-hunting", "evening", "fashion"), ("爱用优惠", "晚间", "Fashion")),
        ("one-time beauty", ("lapsed", "beauty"), ("许久未来", "Beauty")),
        ("afternoon snacks", ("afternoon", "snacks"), ("下午", "Snacks")),
    ],
)
def test_planted_traits_are_in_the_names(ctx: ToolContext, shop, group: str, english: tuple[str, ...], chinese: tuple[str, ...]) -> None:
    found = _main_cluster(ctx, shop.rows.group, group)
    zh, en = ctx.engine.rows("SELECT name_zh, name_en FROM clusters WHERE cluster = $id", {"id": found})[0]
    assert [word for word in english if word not in en.lower()] == []
    assert [word for word in chinese if word not in zh] == []


def test_sizes_and_revenue_add_up(ctx: ToolContext, shop) -> None:
    stored = ctx.engine.rows("SELECT sum(customers), sum(revenue) FROM clusters")[0]
    planted = sum(Decimal(str(order[4])) for order in shop.rows.orders)
    assert stored == (len(shop.rows.customers), planted)
    per_cluster = ctx.engine.rows("SELECT cluster, customers FROM clusters ORDER BY cluster")
    assert per_cluster == ctx.engine.rows("SELECT cluster, count(*) FROM scores GROUP BY cluster ORDER BY cluster")
    members = "SELECT segment_id, count(*) FROM segment_members WHERE segment_id LIKE 'cluster%' GROUP BY 1 ORDER BY 1"
    assert per_cluster == ctx.engine.rows(members)


def test_names_are_unique_and_every_cluster_has_words_and_a_strategy(ctx: ToolContext) -> None:
    rows = ctx.engine.query("SELECT * FROM clusters").to_pylist()
    for column in ("name_zh", "name_en", "sentence_zh", "sentence_en"):
        assert len({row[column] for row in rows}) == len(rows)
    for row in rows:
        strategy = json.loads(row["strategy"])
        assert strategy["goal"]["zh"]
        assert len(strategy["actions"]) >= 1


def test_the_stored_rule_finds_as_many_as_its_fidelity_says(ctx: ToolContext) -> None:
    for found_id, rule, traits, fidelity in ctx.engine.rows("SELECT cluster, rule, traits, fidelity FROM clusters"):
        query = compile_rule(read_rule(rule), ctx.as_of)
        found = {row[0] for row in ctx.engine.rows(query.sql, query.parameters)}
        members = {row[0] for row in ctx.engine.rows("SELECT customer_id FROM scores WHERE cluster = $c", {"c": found_id})}
        both = len(found & members)
        assert both / len(found) == pytest.approx(json.loads(traits)["precision"], abs=0.01)
        assert both / len(members) == pytest.approx(json.loads(traits)["recall"], abs=0.01)
        assert fidelity == pytest.approx(2 * both / (len(found) + len(members)), abs=0.01)
        assert fidelity > 0.8


def test_the_run_says_what_it_is_worth(ctx: ToolContext) -> None:
    quality, parameters, decision, seed = ctx.engine.rows(
        "SELECT quality, parameters, decision, seed FROM model_runs WHERE model = 'clusters'"
    )[0]
    stored = json.loads(quality)
    assert [one["clusters"] for one in stored["choices"]] == [5, 6, 7, 8]
    assert stored["silhouette"] > 0.35
    assert stored["stability"] > 0.9
    assert stored["picture"] == "centroids"
    assert set(stored["themes"]) == {"value", "rhythm", "categories", "discount", "time_of_day", "channel", "events"}
    assert len(json.loads(parameters)["centroids"]) == 6
    assert (decision, seed) == (None, ctx.config.seed)
    points = ctx.engine.rows("SELECT count(*), count(DISTINCT cluster), min(abs(x)) FROM cluster_points")[0]
    assert points[0] == min(1500, stored["customers"])
    assert points[1] == 6


def test_another_shop_with_other_shapes_and_chinese_names(tmp_path) -> None:
    rows = plant(FOUR, seed=3, scale=0.4, stray=0.1, spread=0.3)
    warehouse = write(rows, tmp_path / "four.duckdb")
    cluster(warehouse)
    with warehouse.reading() as engine:
        found = engine.rows("SELECT customer_id, cluster FROM scores")
        names = dict(engine.rows("SELECT cluster, name_zh FROM clusters"))
    by_group = {group.name: Counter(row[1] for row in found if rows.group[row[0]] == group.name) for group in FOUR}
    # At least five clusters are made of four groups: a large group may be split, but groups are not mixed.
    for group in FOUR:
        found_id, most = by_group[group.name].most_common(1)[0]
        whole = sum(counted[found_id] for counted in by_group.values())
        assert most / whole > 0.9, group.name
        assert group.category in names[found_id]
