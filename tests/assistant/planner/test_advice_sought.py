"""“怎么让老客多来几次”, “ideas for bigger baskets among VIPs”: who seeks advice gets it, for whom it is sought."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary
from tools.requests import SuggestStrategy

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "planner" / "advice.yaml").read_text(encoding="utf-8"))
LANGUAGES = ["zh", "en"]


def wanted(customers: Any) -> Any:
    return SuggestStrategy.model_validate({"customers": customers})


def advised(question: str, vocabulary: Vocabulary) -> list[Any]:
    """Whom advice is given for, as the tool reads it; other calls by their names."""
    calls = understand(question, vocabulary).calls
    return [SuggestStrategy.model_validate(call.args) if call.name == "suggest_strategy" else call.name for call in calls]


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_is_for_the_group_that_is_named(language: str, vocabulary: Vocabulary) -> None:
    table = CASES[language]
    asked = [(frame.format(group), customers) for frame in table["frames"] for group, customers in table["groups"].items()]

    missed = {question: found for question, customers in asked if (found := advised(question, vocabulary)) != [wanted(customers)]}

    assert not missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_aim_says_for_whom_where_nobody_is_named(language: str, vocabulary: Vocabulary) -> None:
    for question, groups in CASES[language]["aimed"].items():
        assert advised(question, vocabulary) == [wanted(one) for one in groups], question


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_groups_are_shown_to_those_who_ask_what_to_do_at_all(language: str, vocabulary: Vocabulary) -> None:
    for question in CASES[language]["everybody"]:
        assert [call.name for call in understand(question, vocabulary).calls] == ["segment_overview"], question


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_asks_for_figures_gets_no_advice(language: str, vocabulary: Vocabulary) -> None:
    for question, tool in CASES[language]["other"].items():
        assert [call.name for call in understand(question, vocabulary).calls] == [tool], question
