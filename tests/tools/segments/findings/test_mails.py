"""Mails that nobody opened, counted by hand."""

from __future__ import annotations

import pytest

from tools.contracts import Outcome
from tools.errors import UnsupportedQuestion
from tools.requests import FindBehaviour
from tools.segments.compiler import compile_selection
from tools.segments.findings import find_behaviour
from tools.windows import Window

CAMPAIGNS = [("m1", "email", "2024-03-01"), ("m2", "邮件", "2024-06-01"), ("s1", "sms", "2024-06-01")]
CONTACTS = [
    ("m1", "a", "2024-03-01", "treatment"),
    ("m2", "a", "2024-06-01", "treatment"),
    ("m1", "b", "2024-03-01", "treatment"),
    ("m2", "b", "2024-06-01", "treatment"),
    ("m1", "c", "2024-03-01", "treatment"),
    ("m2", "c", "2024-06-01", "control"),  # left alone
    ("m1", "d", None, "treatment"),
    ("m2", "d", None, "treatment"),
    ("s1", "e", "2024-06-01", "treatment"),
    ("s1", "e", "2024-06-02", "treatment"),  # no mails
    ("m1", "f", "2024-03-01", "treatment"),
    ("m2", "f", "2024-06-01", "treatment"),
]
RESPONSES = [("m2", "b", "2024-06-02", "open"), ("s1", "e", "2024-06-02", "click")]
OPENED = [("f", "2024-06-03", "email_open", None)]


def test_mailed_twice_and_nothing_opened(shop) -> None:
    with shop("abcdefg", OPENED, campaigns=CAMPAIGNS, contacts=CONTACTS, responses=RESPONSES) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="unopened_mails"))
        assert result.selection is not None
        chosen = compile_selection(ctx, result.selection)
        assert sorted(row[0] for row in ctx.engine.rows(chosen.sql, chosen.parameters)) == ["a", "d"]
    found = {figure.id: figure.value for figure in result.figures}
    # a, b, d, f had two mails; b opened one, f did as an event says.
    assert (found["customers"], found["customers_mailed"], found["customers_mailed_often"], found["mails"]) == (2, 5, 4, 4)
    assert found["share_of_mailed"] == 0.5
    assert [row[:2] for row in result.tables[0].rows] == [("a", 2), ("d", 2)]
    assert result.caveats == ()
    assert "rule" in result.selection.model_dump()
    assert result.interpretation is not None
    assert result.interpretation.en == "Customers who were mailed at least 2 times and never opened anything"


def test_within_a_window(shop) -> None:
    with shop("abcdefg", OPENED, campaigns=CAMPAIGNS, contacts=CONTACTS, responses=RESPONSES) as ctx:
        june = FindBehaviour(pattern="unopened_mails", window=Window(period="2024-06"), least_times=1)
        result = find_behaviour(ctx, june)
        spring = find_behaviour(ctx, FindBehaviour(pattern="unopened_mails", window=Window(period="2024-03"), least_times=1))
    # In June a and d (by the campaign's start) had one mail each and opened nothing.
    assert [row[0] for row in result.tables[0].rows] == ["a", "d"]
    assert [row[0] for row in spring.tables[0].rows] == ["a", "b", "c", "d", "f"]


def test_a_list_that_was_cut_is_named(shop) -> None:
    with shop("abcdefg", OPENED, campaigns=CAMPAIGNS, contacts=CONTACTS, responses=RESPONSES) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="unopened_mails", limit=1))
    assert result.selection is not None
    assert result.selection.rule.value == ["a"]  # type: ignore[union-attr]


def test_where_types_do_not_say_mail_all_contacts_count(shop) -> None:
    campaigns = [("m1", "A", "2024-03-01"), ("m2", None, "2024-06-01"), ("s1", "B", "2024-06-01")]
    with shop("abcdefg", campaigns=campaigns, contacts=CONTACTS, responses=RESPONSES) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="unopened_mails"))
    assert [row[0] for row in result.tables[0].rows] == ["a", "d", "f"]
    assert "every contact counts as a mail" in result.caveats[0].en


def test_everybody_opened(shop) -> None:
    contacts = [("m1", "b", "2024-03-01", "treatment"), ("m2", "b", "2024-06-01", "treatment")]
    with shop("b", campaigns=CAMPAIGNS, contacts=contacts, responses=RESPONSES[:1]) as ctx:
        result = find_behaviour(ctx, FindBehaviour(pattern="unopened_mails"))
    assert result.outcome is Outcome.EMPTY
    assert result.message is not None
    assert result.message.zh.startswith("没有找到：")


def test_opens_must_be_recorded(shop, demo) -> None:
    with shop("a", campaigns=CAMPAIGNS) as ctx, pytest.raises(UnsupportedQuestion, match="no campaign contacts"):
        find_behaviour(ctx, FindBehaviour(pattern="unopened_mails"))
    with pytest.raises(UnsupportedQuestion, match="do not record who opened"):
        find_behaviour(demo, FindBehaviour(pattern="unopened_mails"))
