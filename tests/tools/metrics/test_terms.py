from __future__ import annotations

import pytest

from tools.contracts import Text
from tools.errors import UnknownName
from tools.metrics.catalogue import catalogue
from tools.metrics.terms import explain_term
from tools.requests import ExplainTerm
from tools.warehouse.context import ToolContext


@pytest.mark.parametrize(
    ("term", "found", "kind", "words"),
    [
        ("RFM", "rfm", "term", "20/40/60/80"),
        ("AOV", "aov", "term", "amount ÷ orders"),
        ("复购率", "repeat_rate", "metric", "2 or more orders"),
        ("客单价", "average_order_value", "metric", "revenue ÷ orders"),
        ("as-of date", "as_of_date", "term", "latest order or event date"),
        ("churn", "churn", "term", "Three definitions"),
        ("CLV", "clv", "term", "365 days"),
        ("income band", "income_band", "dimension", "Income band"),
        ("days since last purchase", "recency_days", "field", "Days from the last counted order"),
        ("R score", "recency_score", "field", "the more recent the higher, 5 is best"),
        ("会员 等级", "attribute.会员 等级", "field", "会员 等级"),
    ],
)
def test_explains(ctx: ToolContext, term: str, found: str, kind: str, words: str) -> None:
    result = explain_term(ctx, ExplainTerm(term=term))
    assert (result.details["id"], result.details["kind"]) == (found, kind)
    assert words in result.details["definition"]["en"]
    assert result.receipts[0].definition.en == result.details["definition"]["en"]


def test_says_by_what_a_metric_can_be_split_in_these_data(ctx: ToolContext) -> None:
    splits = [name["en"] for name in explain_term(ctx, ExplainTerm(term="revenue")).details["splits"]]
    assert "category" in splits
    assert "store" not in splits


def test_says_when_the_data_lack_it(ctx: ToolContext) -> None:
    assert explain_term(ctx, ExplainTerm(term="brand")).caveats[0].en == "The data loaded now cannot answer questions about it."
    assert explain_term(ctx, ExplainTerm(term="revenue")).caveats == ()


def test_suggests_what_is_close(ctx: ToolContext) -> None:
    with pytest.raises(UnknownName, match="no term named 'repeet rate'; known: repeat rate"):
        explain_term(ctx, ExplainTerm(term="repeet rate"))


@pytest.mark.parametrize(("column", "zh", "en"), [("kids_count", "孩子数", "kids count"), ("shoe_size", "shoe size", "shoe size")])
def test_attributes_that_many_systems_have_are_called_in_both_languages(column: str, zh: str, en: str) -> None:
    assert [catalogue().field(f"attribute.{column}").name, catalogue().dimension(f"attribute.{column}").name] == [Text(zh=zh, en=en)] * 2
