"""Names in a language model's prose: which sentences survive, and which name nothing vouches for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.evidence import Evidence
from assistant.names import KnownNames, make_known
from assistant.prose import Refusal, check_sentence, render_sentence
from assistant.session import Session
from tools.contracts import Column, Figure, Table, Text, ToolResult, Unit

CASES: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent.parent / "cases" / "prose" / "names.yaml").read_text(encoding="utf-8"))


def known() -> KnownNames:
    """The data that the head of names.yaml tells of."""
    values = {
        "category": ["DELI", "MEAT", "PREMIUM", "SOFT DRINKS", "Apparel", "女装", "食品", "grocery"],
        "campaign": ["Campaign 18", "Campaign 7", "Spring Sale"],
        "store": ["367", "406"],
        "home": ["Homeowner", "Renter"],
        "kind": ["other", "其他", "active"],
        "saved segment": ["Quiet Whales", "安静大户"],
    }
    return make_known(values, {"category": {"deli": {"zh": ["熟食"]}, "meat": {"zh": ["肉类"]}}})


def named_evidence(names: KnownNames | None) -> Evidence:
    """Results that name what the head of names.yaml lists."""

    def column(name: str, unit: Unit) -> Column:
        return Column(id=name, label=Text(zh=name, en=name), unit=unit)

    columns = (column("customer_id", Unit.ID), column("category", Unit.TEXT), column("campaign", Unit.TEXT), column("store", Unit.ID))
    rows: Any = (("1228", "DELI", "Campaign 18", "367"), ("C-77", "女装", None, "367"))
    table = Table(title=Text(zh="客户", en="customers"), columns=columns, rows=rows, row_count=2)
    figure = Figure(id="a", label=Text(zh="Apparel：客户数", en="Apparel: customers"), value=3, unit=Unit.COUNT)
    session = Session("s")
    session.register(ToolResult(tool="find_customers", figures=(figure,), tables=(table,)))
    question = "How do Champions at store 406 like “Fresh Start”?"
    return Evidence(list(session.results.values()), [question], 1, known=names)


def test_there_are_cases_enough_on_both_sides() -> None:
    kept, dropped = len(CASES["survive"]), len(CASES["drop"])
    assert kept + dropped >= 40
    assert kept >= dropped


@pytest.mark.parametrize("sentence", CASES["survive"])
def test_ordinary_prose_survives(sentence: str) -> None:
    shown = check_sentence(sentence, named_evidence(known()), "en")
    assert not isinstance(shown, Refusal), shown


@pytest.mark.parametrize("sentence", CASES["drop"])
def test_a_name_that_no_result_has_drops_its_sentence(sentence: str) -> None:
    assert render_sentence(sentence, named_evidence(known()), "en") is None


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("The Sleeping Whales segment spends most.", "Sleeping Whales"),
        ("Campaign 7 did best.", "campaign 7"),
        ("「夜猫子」分群消费最高。", "夜猫子"),
    ],
)
def test_a_refusal_tells_which_name(sentence: str, name: str) -> None:
    refused = check_sentence(sentence, named_evidence(known()), "en")
    assert isinstance(refused, Refusal)
    assert (refused.is_name, refused.what) == (True, name)


def test_the_products_own_templates_are_not_checked_for_names() -> None:
    assert render_sentence("MEAT is the strongest category.", named_evidence(None), "en") is not None
