"""Words about segments, held against the table of cells in the conventions."""

from __future__ import annotations

import re

import pytest

from tools.errors import UnknownName
from tools.requests import ExplainTerm
from tools.segments.compiler import compile_selection
from tools.segments.terms import explain_term
from tools.warehouse.context import ToolContext


@pytest.mark.parametrize(
    ("term", "found", "zh", "en"),
    [
        ("流失风险客户", "at_risk", "规则：R=2 且 FM=3–4；或 R=1 且 FM=3（", "Rule: R 2 with FM 3–4, or R 1 with FM 3 ("),
        ("what cannot lose", None, "", ""),
        ("cannot lose", "cannot_lose", "规则：R=2 且 FM=5；或 R=1 且 FM=4–5（", "Rule: R 2 with FM 5, or R 1 with FM 4–5 ("),
        ("Champions", "champions", "规则：R=4–5 且 FM=4–5（", "Rule: R 4–5 with FM 4–5 ("),
        ("潜力忠诚客户", "potential_loyal", "规则：R=5 且 FM=2–3；或 R=4 且 FM=2（", "What to do: "),
        ("prospects", "prospects", "还没有有效订单。建议：", "no counted order yet. What to do: "),
        ("重要保持客户", "key_keep", "规则：R 低、F 高、M 高（", "Rule: R low, F high, M high ("),
        ("高流失风险客户", "churn_high", "流失概率不低于 60%", "churn probability of at least 60 %"),
    ],
)
def test_groups_are_explained_with_their_rule_and_what_to_do(demo: ToolContext, term: str, found: str | None, zh: str, en: str) -> None:
    if found is None:
        with pytest.raises(UnknownName, match="no term named"):
            explain_term(demo, ExplainTerm(term=term))
        return
    result = explain_term(demo, ExplainTerm(term=term))
    assert (result.details["id"], result.details["kind"]) == (found, "segment")
    assert zh in result.details["definition"]["zh"]
    assert en in result.details["definition"]["en"]
    assert "建议：" in result.details["definition"]["zh"]


def test_the_segment_can_be_used_afterwards(demo: ToolContext) -> None:
    selection = explain_term(demo, ExplainTerm(term="at risk")).selection
    assert selection is not None
    query = compile_selection(demo, selection)
    members = demo.engine.rows(query.sql, query.parameters)
    assert demo.engine.rows("SELECT count(*) FROM scores WHERE rfm_group = 'at_risk'") == [(len(members),)]


@pytest.mark.parametrize(
    ("term", "found"),
    [("八分群", "rfm_eight"), ("classic eight RFM groups", "rfm_eight"), ("流失风险等级", "churn"), ("rfm groups", "rfm")],
)
def test_schemes_name_their_groups(demo: ToolContext, term: str, found: str) -> None:
    result = explain_term(demo, ExplainTerm(term=term))
    assert (result.details["id"], result.details["kind"]) == (found, "scheme")
    name = {"rfm_eight": "重要价值客户：最近买过、买得勤、花得多", "churn": "高流失风险客户：", "rfm": "冠军客户："}[found]
    assert name in result.details["definition"]["zh"]


def test_a_word_of_two_meanings_tells_both(demo: ToolContext) -> None:
    result = explain_term(demo, ExplainTerm(term="新客户"))
    assert result.details["id"] == "new"
    assert "另有一义" in result.caveats[0].zh
    assert "第一笔有效订单" in result.caveats[0].zh


@pytest.mark.parametrize(
    ("term", "found"), [("客单价", "average_order_value"), ("RFM", "rfm"), ("marital_status", "attribute.marital_status")]
)
def test_other_words_are_the_catalogue_s(demo: ToolContext, term: str, found: str) -> None:
    assert explain_term(demo, ExplainTerm(term=term)).details["id"] == found


def test_an_unknown_word_gets_a_few_near_names_of_each_language(demo: ToolContext) -> None:
    with pytest.raises(UnknownName, match="no term named 'championz'; known: Champions") as caught:
        explain_term(demo, ExplainTerm(term="championz"))
    with pytest.raises(UnknownName, match="no term named") as chinese:
        explain_term(demo, ExplainTerm(term="流失风险客群"))
    assert "流失风险客户" in chinese.value.zh
    assert chinese.value.zh.count("、") <= 4
    assert caught.value.en.isascii() or "…" in caught.value.en
    assert caught.value.en.count(",") <= 5


def test_a_group_of_scores_is_explained_with_the_days_that_they_come_to(demo: ToolContext) -> None:
    """The longest absence with a score of 2 and the shortest with 1, read from the scored customers themselves."""
    days = demo.engine.rows(
        "SELECT s.recency_score, min(f.recency_days), max(f.recency_days) FROM scores AS s "
        "JOIN customer_features AS f ON f.customer_id = s.customer_id WHERE s.recency_score <= 2 GROUP BY 1 ORDER BY 1"
    )
    (_, longest, _), (_, shortest, last) = days
    told = explain_term(demo, ExplainTerm(term="沉睡客户")).details["definition"]
    assert f"R=1 是 {longest} 天及以上没有下单，R=2 是 {shortest}–{last} 天没有下单" in told["zh"]
    assert f"R 1 is {longest} days or more without an order, R 2 is {shortest}–{last} days without an order" in told["en"]


def test_high_and_low_are_explained_with_days_orders_and_money(demo: ToolContext) -> None:
    """Every customer of the group keeps the limits that are told, and the next one beyond each is in another group."""
    row = demo.engine.rows(
        "SELECT max(f.recency_days), min(f.orders) FROM scores AS s JOIN customer_features AS f ON f.customer_id = s.customer_id "
        "WHERE s.rfm_eight = 'key_value'"
    )[0]
    told = explain_term(demo, ExplainTerm(term="重要价值客户")).details["definition"]["zh"]
    assert f"上次下单距今不超过 {row[0]} 天、累计{row[1]} 单及以上" in told


def test_tiers_are_explained_with_the_spend_that_they_begin_at(demo: ToolContext) -> None:
    """Nobody of a tier spent less than what is told, and nobody below it more."""
    told = explain_term(demo, ExplainTerm(term="会员等级")).details["definition"]["zh"]
    limits = [float(one.replace(",", "")) for one in re.findall(r"超过 \$([\d,.]+) 为", told)]
    lowest = [
        float(
            demo.engine.rows(
                "SELECT min(f.amount_365d) FROM scores AS s JOIN customer_features AS f ON f.customer_id = s.customer_id "
                "WHERE s.membership_tier = $tier",
                {"tier": tier},
            )[0][0]
        )
        for tier in ("svip", "vip")
    ]
    highest = float(
        demo.engine.rows(
            "SELECT max(f.amount_365d) FROM scores AS s JOIN customer_features AS f ON f.customer_id = s.customer_id "
            "WHERE s.membership_tier = 'regular'"
        )[0][0]
    )
    assert len(limits) == 2
    assert limits[0] <= lowest[0]
    assert highest <= limits[1] <= lowest[1]


def test_the_field_of_a_scheme_is_explained_as_the_scheme(demo: ToolContext) -> None:
    found = explain_term(demo, ExplainTerm(term="rfm_eight")).details
    assert found["kind"] == "scheme"
    assert "重要价值客户" in found["definition"]["zh"]
