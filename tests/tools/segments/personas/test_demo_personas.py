"""Personas of the demo against independent SQL over its source files, in numbers and in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import norm

from tools.contracts import Outcome, ToolResult
from tools.rendering import render
from tools.requests import DescribePersona
from tools.rules import EVERYONE, AllOf, Condition, InSegment, Selection
from tools.segments.personas import describe_persona
from tools.segments.profile import profile
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

Ask = Callable[[str], list[tuple[Any, ...]]]
WEEKENDERS = AllOf(all=(Condition(field="weekend_share", op=">", value=Decimal("0.5")), Condition(field="orders", op=">=", value=5)))


@pytest.fixture(scope="module")
def champions(demo_path: Path) -> ToolResult:
    with open_context(Warehouse(demo_path)) as ctx:
        return describe_persona(ctx, DescribePersona(customers="champions"))


def aspect(result: ToolResult, name: str, language: str) -> str:
    return next(one["text"][language] for one in result.details["aspects"] if one["id"] == name)


def test_typical_numbers_are_medians_of_the_members(champions: ToolResult, source: Ask) -> None:
    own = "median(f), median(CAST(m AS DOUBLE)), median(CAST(m AS DOUBLE) / f), median(r)"
    [inside] = source(f"SELECT {own} FROM rfm WHERE rfm_group = 'champions'")
    [base] = source(f"SELECT {own} FROM rfm")
    for name, member, everybody in zip(("orders", "amount", "average_order_value", "recency_days"), inside, base, strict=True):
        assert float(champions.figure(name).value) == pytest.approx(member, abs=0.01)  # type: ignore[arg-type]
        assert float(champions.figure(f"{name}.base").value) == pytest.approx(everybody, abs=0.01)  # type: ignore[arg-type]


def test_rhythm_is_the_median_of_the_members_own_medians(champions: ToolResult, source: Ask) -> None:
    [(gap, spread)] = source(
        "WITH visits AS (SELECT DISTINCT household_id, day FROM baskets), "
        "gaps AS (SELECT household_id, day - lag(day) OVER (PARTITION BY household_id ORDER BY day) AS gap FROM visits), "
        "own AS (SELECT household_id, median(gap) AS gap, stddev_samp(gap) AS spread, count(gap) AS gaps FROM gaps GROUP BY 1) "
        "SELECT median(gap), median(spread / gap) FILTER (WHERE gaps >= 3) FROM own JOIN rfm USING (household_id) "
        "WHERE rfm_group = 'champions' AND gaps > 0"
    )
    assert champions.figure("gap_median_days").value == gap
    assert champions.figure("gap_spread").value == pytest.approx(spread)


def test_times_are_shares_of_all_orders(champions: ToolResult, source: Ask) -> None:
    [(evening, base)] = source(
        "SELECT avg(CAST(hour(moment) >= 18 AS INT)) FILTER (WHERE rfm_group = 'champions'), avg(CAST(hour(moment) >= 18 AS INT)) "
        "FROM baskets JOIN rfm USING (household_id) WHERE moment::TIME <> TIME '00:00:00'"
    )
    assert (champions.figure("part_share").value, champions.figure("part_share.base").value) == pytest.approx((evening, base))
    days = source(
        "SELECT isodow(day), count(*) / sum(count(*)) OVER () FROM baskets JOIN rfm USING (household_id) "
        "WHERE rfm_group = 'champions' GROUP BY 1 ORDER BY 1"
    )
    chart = next(one for one in champions.charts if one.id == "weekdays")
    assert list(chart.en["data"][0]["y"]) == pytest.approx([share for _, share in days])
    assert champions.figure("weekday_share").value == pytest.approx(max(share for _, share in days))


def test_prices_and_discounts(champions: ToolResult, source: Ask) -> None:
    [(price, base_price)] = source(
        "SELECT median(paid / quantity) FILTER (WHERE rfm_group = 'champions'), median(paid / quantity) FROM lines "
        "JOIN rfm USING (household_id) WHERE quantity > 0 AND paid > 0"
    )
    assert float(champions.figure("item_price").value) == pytest.approx(float(price), abs=0.01)  # type: ignore[arg-type]
    assert float(champions.figure("item_price.base").value) == pytest.approx(float(base_price), abs=0.01)  # type: ignore[arg-type]
    [(discount, full)] = source(
        "SELECT sum(retail_disc + coupon_disc + coupon_match_disc), sum(sales_value + retail_disc + coupon_disc + coupon_match_disc) "
        "FROM transactions JOIN rfm USING (household_id) WHERE rfm_group = 'champions'"
    )
    assert champions.figure("discount_share").value == pytest.approx(discount / full, rel=1e-3)


def test_favourite_categories_have_tested_lifts(champions: ToolResult, source: Ask) -> None:
    rows = source(
        "WITH spent AS (SELECT household_id, department, sum(paid) AS paid FROM lines JOIN products USING (product_id) "
        "WHERE department IS NOT NULL GROUP BY 1, 2) "
        "SELECT department, CAST(sum(paid) FILTER (WHERE rfm_group = 'champions') AS DOUBLE) / sum(sum(paid) FILTER (WHERE rfm_group = "
        "'champions')) OVER () AS inside, CAST(sum(paid) AS DOUBLE) / sum(sum(paid)) OVER () AS base FROM spent "
        "JOIN rfm USING (household_id) GROUP BY 1 HAVING sum(paid) FILTER (WHERE rfm_group = 'champions') IS NOT NULL"
    )
    shares = {name: (inside, base) for name, inside, base in rows}
    top = max(shares, key=lambda name: shares[name][0])
    assert f"spend most on {top} " in aspect(champions, "taste", "en")
    assert champions.figure("category_share").value == pytest.approx(shares[top][0])
    listed = {row[0]: row[1:4] for row in next(one for one in champions.tables if one.id == "categories").rows}
    for name, found in listed.items():
        inside, base = shares[str(name)]
        assert [float(one) for one in found] == pytest.approx([inside, base, inside / base])  # type: ignore[arg-type]


def test_category_differences_are_tested_over_customers(demo: ToolContext, source: Ask) -> None:
    fuel = next(one for one in profile(demo, Selection(rule=InSegment(segment="champions"))).categories if one.category == "FUEL")
    moments = source(
        "WITH spent AS (SELECT household_id, CAST(sum(paid) FILTER (WHERE department = 'FUEL') AS DOUBLE) AS fuel, "
        "CAST(sum(paid) AS DOUBLE) AS total FROM lines JOIN products USING (product_id) WHERE department IS NOT NULL GROUP BY 1) "
        "SELECT count(*), avg(coalesce(fuel, 0) / total), var_samp(coalesce(fuel, 0) / total) FROM spent JOIN rfm USING (household_id) "
        "WHERE total > 0 GROUP BY rfm_group = 'champions' ORDER BY rfm_group = 'champions'"
    )
    (others, other_mean, other_variance), (members, mean, variance) = moments
    z = abs(mean - other_mean) / (other_variance / others + variance / members) ** 0.5
    assert fuel.p_value == pytest.approx(2 * norm.sf(z), rel=1e-6)


def test_demographics_say_for_how_many_they_are_known(champions: ToolResult, source: Ask) -> None:
    [(members, known)] = source(
        "SELECT count(*), count(age) FROM rfm LEFT JOIN demographics USING (household_id) WHERE rfm_group = 'champions'"
    )
    [(band, share)] = source(
        "SELECT CAST(age AS VARCHAR), count(*) / sum(count(*)) OVER () FROM rfm JOIN demographics USING (household_id) "
        "WHERE rfm_group = 'champions' GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    line = next(one for one in champions.details["demographics"] if one["en"].startswith("Age band"))
    assert line["en"].startswith(f"Age band: known for {known} of {members} members, most often {band} ({100 * share:.1f}")
    assert line["zh"].startswith(f"年龄段：{members} 位成员中 {known} 位已知，其中 {band} 最多（{100 * share:.1f}")


def test_the_paragraph_in_both_languages(champions: ToolResult, source: Ask) -> None:
    [(orders, base)] = source("SELECT median(f) FILTER (WHERE rfm_group = 'champions'), median(f) FROM rfm")
    zh, en = (champions.details["paragraph"][language] for language in ("zh", "en"))
    assert en.startswith(f"The typical member has ordered {orders:.0f} times (all customers {base:.0f} times), at $")
    assert zh.startswith(f"典型成员累计下单 {orders:.0f} 次（全体客户 {base:.0f} 次），每单花费 $")
    assert champions.details["headline"]["en"].startswith("Recently active, frequent, widely buying customers")
    assert champions.details["headline"]["zh"].startswith("近期活跃、高频、品类广的客户")


def test_traits_stand_beside_all_customers(champions: ToolResult, source: Ask) -> None:
    traits = {one["field"]: one for one in champions.details["traits"]}
    [(inside, base)] = source(
        "WITH bought AS (SELECT household_id, count(DISTINCT department) AS n FROM lines JOIN products USING (product_id) "
        "WHERE department IS NOT NULL GROUP BY 1) "
        "SELECT avg(n) FILTER (WHERE rfm_group = 'champions'), avg(n) FROM bought JOIN rfm USING (household_id)"
    )
    name = traits["category_count"]["figure"]
    assert champions.figure(f"{name}.inside").value == pytest.approx(inside, rel=1e-3)
    assert champions.figure(f"{name}.base").value == pytest.approx(base, rel=1e-3)
    assert champions.figure(f"{name}.ratio").value == pytest.approx(inside / base, rel=1e-3)
    assert traits["category_count"]["higher"] is True
    assert traits["orders_90d"]["defining"] is True


@pytest.mark.parametrize(
    "customers", ["champions", "at_risk", "lost", "everyone", WEEKENDERS, Selection(rule=EVERYONE, sort_by="amount", limit=40)]
)
def test_every_number_in_the_words_has_a_figure(demo: ToolContext, customers: Any) -> None:
    result = describe_persona(demo, DescribePersona(customers=customers))
    for language in ("zh", "en"):
        told = {render(one.value, one.unit, language, "$", style) for one in result.figures for style in ("", "bare")}
        told |= {f"{float(one.value):.0f}" for one in result.figures if one.unit.value == "days" and one.value is not None}  # type: ignore[arg-type]
        numbers = set(re.findall(r"\$?\d[\d,.]*(?:[KM万]|%|×|倍)?", " ".join(told)))
        names = " ".join(str(cell) for table in result.tables if table.id != "persona" for row in table.rows for cell in row)
        text = " ".join(one["text"][language] for one in result.details["aspects"])
        for number in re.findall(r"(?<![\w+-])\$?\d[\d,.]*(?:[KM万]|%|×|倍)?(?![\w+-])", text):
            plain = number.rstrip(".,")
            assert plain in numbers or plain in names or plain == "90", f"{number} in: {text}"


def test_no_taste_is_denied_that_the_traits_tell(demo: ToolContext) -> None:
    result = describe_persona(demo, DescribePersona(customers="lost"))
    assert any(one["field"] == "top_category" for one in result.details["traits"])
    assert "no category stands out" not in aspect(result, "taste", "en")
    assert "没有明显差异" not in aspect(result, "taste", "zh")


def test_a_rule_of_ones_own(demo: ToolContext) -> None:
    result = describe_persona(demo, DescribePersona(customers=WEEKENDERS))
    assert "weekend" in result.details["headline"]["en"]
    assert "周末型" in result.details["headline"]["zh"]
    assert result.interpretation is not None
    assert "selects nobody" in result.interpretation.en
    assert "不用来圈人" in result.interpretation.zh
    assert result.selection == Selection(rule=WEEKENDERS)


def test_a_few_customers_claim_no_difference(demo: ToolContext) -> None:
    result = describe_persona(demo, DescribePersona(customers=Selection(rule=EVERYONE, sort_by="amount", limit=2)))
    assert result.details["headline"] == {
        "zh": "人数太少，看不出与其他客户有何不同",
        "en": "Too few customers to tell how they differ from others",
    }
    assert result.details["traits"] == []
    assert any("Only 2 members" in one.en and "只有 2 位成员" in one.zh for one in result.caveats)
    for words in (result.details["paragraph"]["en"], *(one["en"] for one in result.details["say"])):
        assert "others" not in words


def test_everyone_is_not_compared(demo: ToolContext) -> None:
    result = describe_persona(demo, DescribePersona(customers="everyone"))
    assert result.details["traits"] == []
    for language, words in (("en", "all customers"), ("zh", "全体")):
        assert not any(words in one["text"][language] for one in result.details["aspects"])
    assert aspect(result, "demographics", "en").startswith("Age band: known for 801 of 2,469 customers")


def test_nobody_has_no_persona(demo: ToolContext) -> None:
    result = describe_persona(demo, DescribePersona(customers="prospects"))
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert "no persona" in result.message.en
