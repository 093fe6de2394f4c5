"""Profiles against independent SQL over the source files, and the tests of difference against hand-computed values."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tools.rules import EVERYONE, Condition, InSegment, Selection
from tools.segments.contrasts import Moments, effect_size, is_credible, means_p_value, shares_p_value
from tools.segments.profile import SegmentProfile, profile
from tools.segments.profile_queries import AVERAGED
from tools.segments.refresh import refresh
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def champions(demo: ToolContext) -> SegmentProfile:
    return profile(demo, Selection(rule=InSegment(segment="champions")), medians=AVERAGED)


def test_size_and_revenue(champions: SegmentProfile, source: Ask) -> None:
    [(customers, revenue, orders)] = source("SELECT count(*), sum(m), sum(f) FROM rfm WHERE rfm_group = 'champions'")
    [(base, base_revenue)] = source("SELECT count(*), sum(m) FROM rfm")
    assert (champions.customers, champions.revenue, champions.orders) == (customers, revenue, orders)
    assert (champions.base_customers, champions.base_revenue) == (base, base_revenue)
    assert champions.share == customers / base
    assert champions.share_of_revenue == pytest.approx(float(revenue / base_revenue))


def test_averages_and_medians_beside_the_base(champions: SegmentProfile, source: Ask) -> None:
    for field, column in (("recency_days", "r"), ("orders", "f")):
        [(mean, median)] = source(f"SELECT avg({column}), median({column}) FROM rfm WHERE rfm_group = 'champions'")
        [(base_mean, base_median)] = source(f"SELECT avg({column}), median({column}) FROM rfm")
        average = champions.average(field)
        assert average is not None
        numbers = [average.mean, average.median, average.base_mean, average.base_median]
        assert numbers == pytest.approx([mean, median, base_mean, base_median])
    [(basket,)] = source("SELECT sum(m) / CAST(sum(f) AS DOUBLE) FROM rfm WHERE rfm_group = 'champions'")
    average = champions.average("average_order_value")
    assert average is not None
    assert average.mean == Decimal(str(round(basket, 2))), "amount ÷ orders, not the mean of means"


def test_categories_by_lift(champions: SegmentProfile, source: Ask) -> None:
    deli = next(one for one in champions.categories if one.category == "DELI")
    [(buyers, amount, total, base_amount, base_total)] = source(
        "SELECT count(DISTINCT household_id) FILTER (WHERE department = 'DELI' AND inside), sum(paid) FILTER (WHERE department = 'DELI' "
        "AND inside), sum(paid) FILTER (WHERE inside), sum(paid) FILTER (WHERE department = 'DELI'), sum(paid) FROM "
        "(SELECT l.*, p.department, r.rfm_group = 'champions' AS inside FROM lines AS l JOIN products AS p USING (product_id) "
        "JOIN rfm AS r USING (household_id) WHERE p.department IS NOT NULL)"
    )
    assert (deli.buyers, deli.amount) == (buyers, amount)
    assert deli.spend_share == pytest.approx(float(amount / total))
    assert deli.lift == pytest.approx(float(amount / total) / float(base_amount / base_total))
    lifts = [one.lift for one in champions.categories]
    assert lifts == sorted(lifts, reverse=True)


def test_demographics_are_about_those_who_are_known(champions: SegmentProfile, source: Ask) -> None:
    found = next(one for one in champions.demographics if (one.field, one.value) == ("age_band", "45-54"))
    [(with_it, known)] = source(
        "SELECT count(*) FILTER (WHERE age = '45-54'), count(*) FROM demographics JOIN rfm USING (household_id) "
        "WHERE rfm_group = 'champions'"
    )
    assert (found.customers, found.known, found.share) == (with_it, known, with_it / known)


def test_what_the_rule_is_about_is_no_finding(demo: ToolContext, champions: SegmentProfile) -> None:
    assert {one.field for one in champions.distinctions if one.defining} >= {"orders", "amount", "recency_days"}
    assert next(one for one in champions.distinctions if one.field == "category_count").defining is False
    first_defining = [one.defining for one in champions.distinctions].index(True)
    assert all(one.defining for one in champions.distinctions[first_defining:]), "findings come before what is there by definition"
    one_band = profile(demo, Selection(rule=Condition(field="age_band", op="=", value="45-54")))
    assert all(one.defining for one in one_band.distinctions if one.field == "age_band")


def test_everyone_has_nothing_to_differ_from(demo: ToolContext) -> None:
    found = profile(demo, Selection(rule=EVERYONE))
    assert (found.share, found.share_of_revenue, found.distinctions) == (1.0, 1.0, ())


def test_nobody(demo: ToolContext) -> None:
    found = profile(demo, Selection(rule=Condition(field="orders", op=">", value=10**6)))
    assert (found.customers, found.revenue, found.categories, found.distinctions) == (0, Decimal(0), (), ())


def test_small_groups_claim_nothing(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse([(f"c{number}", f"2024-06-{number % 28 + 1:02d}", f"{number * 10}.00") for number in range(40)])
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        found = profile(ctx, Selection(rule=Condition(field="amount", op=">", value=300)))
    assert found.customers == 9
    assert found.distinctions == ()


def test_welch_by_hand() -> None:
    # difference 1, standard error sqrt(4/100 + 9/225) = sqrt(0.08); z = 3.5355, two-sided p = 0.000407
    assert means_p_value(Moments(100, 5.0, 4.0), Moments(225, 4.0, 9.0)) == pytest.approx(0.000407, abs=1e-6)
    assert means_p_value(Moments(29, 5.0, 4.0), Moments(225, 4.0, 9.0)) is None
    assert means_p_value(Moments(100, 5.0, 0.0), Moments(225, 5.0, 0.0)) is None


def test_effect_size_by_hand() -> None:
    # pooled variance (99*4 + 99*16)/198 = 10
    assert effect_size(Moments(100, 5.0, 4.0), Moments(100, 3.0, 16.0)) == pytest.approx(2 / 10**0.5)
    assert effect_size(Moments(1, 5.0, 0.0), Moments(1, 3.0, 0.0)) == 0.0


def test_shares_by_hand() -> None:
    # pooled 0.4, error sqrt(0.24*(1/100 + 1/100)) = 0.069282; z = 0.2/0.069282 = 2.8868, p = 0.003892
    assert shares_p_value(50, 100, 30, 100) == pytest.approx(0.003892, abs=1e-6)
    assert shares_p_value(2, 40, 1, 400) is None, "fewer than five expected"
    assert shares_p_value(20, 20, 30, 100) is None


def test_many_comparisons_need_more() -> None:
    assert is_credible(0.004, 1)
    assert not is_credible(0.004, 10)
    assert not is_credible(None, 1)
