"""Words of clusters: traits tested, names composed, each once."""

from __future__ import annotations

import numpy as np
import pytest

from tools.contracts import Unit
from tools.models.clustering.preparation import Feature
from tools.segments.clusters.naming import chosen_words, cluster_names, compose, sentence, shown, told_traits
from tools.segments.clusters.traits import Trait, find_traits
from tools.segments.clusters.words import THEMES, entries, entry


def _trait(column: str, effect: float, inside: float = 3.0, base: float = 1.0) -> Trait:
    if effect < 0:
        inside, base = base, inside
    return Trait(column, inside, base, effect)


def test_every_entry_has_a_theme_and_what_can_be_named_has_words_in_both_languages() -> None:
    for name, found in entries().items():
        assert found.theme in THEMES, name
        for side in (found.high, found.low):
            assert side is None or (side.zh and side.en)
        assert (found.unit is Unit.SHARE) == (found.kind == "share"), name


def test_entries_of_a_family_have_the_value_in_their_words() -> None:
    found = entry("category:DELI")
    assert found.high is not None
    assert (found.high.en, found.label.en, found.label.zh) == ("DELI", "share of spend on DELI", "DELI 消费占比")
    chinese = entry("category:生鲜")
    assert chinese.label.zh == "生鲜消费占比"
    assert entry("channel:小程序").high.zh == "常用小程序下单"  # type: ignore[union-attr]
    assert entry("event:wish_list").label.en == "wish list events per customer"
    with pytest.raises(KeyError, match=r"nothing:\*"):
        entry("nothing")


def test_a_name_says_when_who_looks_at_what_how_dear_and_how_they_decide() -> None:
    traits = [
        _trait("browse_late_share", 5, 0.8, 0.1),
        _trait("category:Electronics", 4, 0.9, 0.2),
        _trait("item_price", 3, 900, 100),
        _trait("views_per_order", 2, 14, 4),
        _trait("decision_days", 2, 24, 5),
        _trait("average_order_value", 2, 900, 100),
    ]
    name = compose(chosen_words(traits))
    assert name.en == "Late-night browsers of expensive electronics who decide slowly"
    assert name.zh == "深夜浏览高价 Electronics、决策慢的客户"


@pytest.mark.parametrize(
    ("traits", "en", "zh"),
    [
        ([], "Average customers", "各方面接近平均的客户"),
        ([_trait("orders", 2), _trait("amount", 1.5)], "Frequent high-spending shoppers", "购买频繁、消费高的客户"),
        ([_trait("night_share", 1, 0.4, 0.2)], "Late-night shoppers", "常在深夜下单的客户"),
        ([_trait("category:DELI", 1, 0.5, 0.1)], "Buyers of DELI", "偏爱 DELI 的客户"),
        ([_trait("category:生鲜", 1, 0.5, 0.1), _trait("weekend_share", 1, 0.9, 0.3)], "Weekend buyers of 生鲜", "周末购买生鲜的客户"),
        (
            [_trait("price_level", -1), _trait("discount_share", 1)],
            "Bargain-hunting buyers of low-priced items",
            "爱用优惠、偏爱低价商品的客户",
        ),
        ([_trait("channel:app", 1, 0.9, 0.2)], "Shoppers who order through app", "常用 app 下单的客户"),
        ([_trait("orders", 0.4)], "Average customers", "各方面接近平均的客户"),
    ],
)
def test_names_of_fewer_traits(traits: list[Trait], en: str, zh: str) -> None:
    assert compose(chosen_words(traits)).model_dump() == {"zh": zh, "en": en}


def test_those_who_never_ordered_are_called_so_and_nothing_else_about_orders_is_said() -> None:
    traits = [
        Trait("category_count", 0.0, 3.0, -3),
        Trait("orders", 0.0, 5.0, -2.5),
        Trait("amount", 0.0, 90.0, -2),
        _trait("browse_late_share", 1, 0.9, 0.2),
    ]
    name = compose(chosen_words(traits))
    assert name.en == "Late-night browsers who have not ordered yet"
    assert name.zh == "常在深夜浏览、还没有下单的客户"
    assert compose(chosen_words(traits[:3])).en == "Shoppers who have not ordered yet"


def test_a_little_longer_away_is_not_lapsed() -> None:
    assert chosen_words([_trait("recency_days", 1, 30, 22)]) == {}
    assert "rhythm" in chosen_words([_trait("recency_days", 1, 60, 22)])


def test_a_price_is_said_of_a_category_only_where_it_is_that_categorys() -> None:
    fuel, dear = _trait("category:FUEL", 3, 0.2, 0.05), _trait("item_price", 1, 9, 3)
    assert "expensive" not in compose(chosen_words([fuel, dear])).en
    assert "expensive FUEL" in compose(chosen_words([fuel, dear, _trait("price_level", 0.8, 1.4, 1.0)])).en
    assert "expensive FUEL" in compose(chosen_words([_trait("category:FUEL", 3, 0.7, 0.05), dear])).en


def test_two_clusters_never_have_one_name() -> None:
    same = [_trait("orders", 2)]
    names = cluster_names([same, [*same, _trait("discount_share", 0.3, 0.3, 0.2)], same, same])
    assert [name.en for name in names] == [
        "Frequent shoppers",
        "Frequent bargain-hunting shoppers",
        "Frequent shoppers (more so)",
        "Frequent shoppers (2)",
    ]
    assert len({name.zh for name in names}) == 4


def test_of_two_alike_the_stronger_is_so_more() -> None:
    strong, weak = [_trait("orders", 3)], [_trait("orders", 1)]
    assert [name.zh for name in cluster_names([strong, weak])] == ["购买频繁的客户（更明显）", "购买频繁的客户"]
    assert [name.en for name in cluster_names([weak, strong])] == ["Frequent shoppers", "Frequent shoppers (more so)"]
    assert [name.en for name in cluster_names([[], []])] == ["Average customers", "Average customers (2)"]


def test_the_sentence_has_the_figures_beside_those_of_all() -> None:
    found = sentence([_trait("night_share", 2, 0.62, 0.08), _trait("decision_days", 1, 21.0, 3.04)], "$")
    assert found.en == (
        "Beside all customers: share of night orders (midnight to 6) 62% (all: 8%); "
        "days from first view to purchase 21.0 days (all: 3.0 days)."
    )
    assert found.zh == "与全体客户相比：夜间订单占比（0–6点） 62%（全体 8%）；从浏览到购买的天数 21.0 天（全体 3.0 天）。"
    assert sentence([], "$").en == "They do not differ clearly from all customers."


def test_a_sentence_tells_at_most_two_traits_of_a_theme() -> None:
    traits = [_trait(name, 0.4) for name in ("orders", "recency_days", "gap_median_days", "amount", "item_price", "average_order_value")]
    assert [one.entry.theme for one in told_traits(traits)] == ["rhythm", "rhythm", "value", "value"]


def test_money_is_shown_with_its_symbol() -> None:
    assert shown(1234.5, _trait("amount", 1), "¥") == "¥1,234"
    assert shown(3.14159, _trait("item_price", 1), "$") == "$3.14"


def _columns(random: np.random.Generator, shift: float) -> np.ndarray:
    labels = np.repeat([0, 1], [100, 400])
    orders = random.normal(10, 2, 500) + np.where(labels == 0, shift, 0)
    return np.stack([orders, random.normal(5, 1, 500)], axis=1).astype(np.float32)


def test_only_credible_and_large_differences_are_traits() -> None:
    labels = np.repeat([0, 1], [100, 400])
    features = [Feature("orders", "rhythm"), Feature("amount", "value")]
    found = find_traits(["orders", "amount"], features, _columns(np.random.default_rng(0), 6.0), labels, 7)
    assert [trait.column for trait in found[0]] == ["orders"]
    trait = found[0][0]
    assert trait.effect == pytest.approx(3.0, abs=0.3)  # six is three standard deviations of two
    assert trait.inside == pytest.approx(16.0, abs=0.5)
    assert trait.base == pytest.approx(11.2, abs=0.3)
    assert find_traits(["orders", "amount"], features, _columns(np.random.default_rng(0), 0.3), labels, 7) == [[], []]


def test_a_handful_of_customers_proves_nothing() -> None:
    labels = np.repeat([0, 1], [10, 490])
    matrix = np.where(labels == 0, 100.0, 1.0)[:, None] + np.random.default_rng(1).normal(0, 0.1, (500, 1))
    assert find_traits(["orders"], [Feature("orders", "rhythm")], matrix.astype(np.float32), labels, 7)[0] == []
