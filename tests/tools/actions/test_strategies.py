"""Strategies of named groups and of any other customers."""

from __future__ import annotations

import pytest

from tools.actions.strategies import suggest_strategy
from tools.contracts import Outcome
from tools.errors import UnknownName
from tools.requests import SuggestStrategy
from tools.rules import AllOf, Condition, Selection
from tools.segments.playbook import ASPECTS, strategy
from tools.warehouse.context import ToolContext


@pytest.mark.parametrize(
    ("customers", "group"),
    [("cannot_lose", "cannot_lose"), ("重要价值客户", "key_value"), ("高流失风险客户", "churn_high"), ("champions", "champions")],
)
def test_a_named_group_has_its_own_entry(demo: ToolContext, customers: str, group: str) -> None:
    result = suggest_strategy(demo, SuggestStrategy(customers=customers))
    table = result.tables[0]
    assert result.outcome is Outcome.ANSWERED
    assert (result.details["strategy"]["group"], result.details["strategy"]["basis"]) == (group, "group")
    assert [row[0] for row in table.rows] == list(ASPECTS)
    assert [table.columns[1].names[str(row[1])].zh for row in table.rows] == [text.zh for text in strategy(group).aspects().values()]
    assert not result.caveats


def test_a_rule_has_the_entry_of_the_group_most_members_are_in(demo: ToolContext) -> None:
    rule = Condition(field="recency_days", op=">", value=60)
    result = suggest_strategy(demo, SuggestStrategy(customers=rule))
    rows = demo.engine.rows(
        "SELECT rfm_group, count(*), sum(count(*)) OVER () FROM scores AS s JOIN customer_features AS f ON f.customer_id = s.customer_id "
        "WHERE f.recency_days > 60 GROUP BY rfm_group ORDER BY 2 DESC LIMIT 1"
    )
    group, members, total = rows[0]
    assert (result.details["strategy"]["group"], result.details["strategy"]["basis"]) == (group, "majority")
    assert result.figure("group_share").value == pytest.approx(members / float(total))
    assert result.figure("customers").value == total
    assert "the group most of them are in" in result.caveats[0].en
    assert "人数最多" in result.caveats[0].zh


def test_a_churn_list_has_the_entry_of_its_band(demo: ToolContext) -> None:
    listed = Selection(rule=Condition(field="churn_band", op="is known"), sort_by="churn_probability", limit=20)
    result = suggest_strategy(demo, SuggestStrategy(customers=listed))
    assert result.details["strategy"]["group"] == "churn_high"


def test_mixed_customers_have_the_general_entry(demo: ToolContext) -> None:
    result = suggest_strategy(demo, SuggestStrategy(customers=AllOf(all=())))
    assert (result.details["strategy"]["group"], result.details["strategy"]["basis"]) == ("general", "general")
    assert "general strategy" in result.caveats[0].en


def test_an_empty_named_group_still_has_its_strategy(demo: ToolContext) -> None:
    result = suggest_strategy(demo, SuggestStrategy(customers="prospects"))
    assert result.outcome is Outcome.ANSWERED
    assert result.figure("customers").value == 0


def test_a_rule_that_nobody_fits_is_empty(demo: ToolContext) -> None:
    result = suggest_strategy(demo, SuggestStrategy(customers=Condition(field="orders", op=">", value=10**9)))
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None


def test_an_unknown_segment_is_told(demo: ToolContext) -> None:
    with pytest.raises(UnknownName, match="no segment named"):
        suggest_strategy(demo, SuggestStrategy(customers="whales"))


def test_the_words_of_the_playbook_have_a_receipt(demo: ToolContext) -> None:
    result = suggest_strategy(demo, SuggestStrategy(customers="lost"))
    receipt = next(receipt for receipt in result.receipts if receipt.id == "strategy")
    assert strategy("lost").avoid.en in receipt.definition.en
    assert strategy("lost").avoid.zh in receipt.definition.zh
