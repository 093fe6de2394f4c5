"""“各年龄段冠军客户占比”, “share of renters among VIPs”: of what a share is told, in every frame."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

TABLES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "planner" / "share_in_each.yaml").read_text(encoding="utf-8"))
LANGUAGES = ["zh", "en"]


def called(question: str, vocabulary: Vocabulary) -> list[tuple[str, dict[str, Any]]]:
    return [(call.name, call.args) for call in understand(question, vocabulary).calls]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_share_is_of_each_group(language: str, vocabulary: Vocabulary) -> None:
    table = TABLES[language]
    missed = []
    for frame, sort in table["frames"].items():
        for group, rule in table["groups"].items():
            for by, dimension in table["by"].items():
                question = frame.format(group=group, by=by)
                share = {"metrics": ["customers"], "by": [dimension], "customers": rule.get("segment", rule), "share_of": ["customers"]}
                if called(question, vocabulary) != [("measure", share | ({"sort": sort} if sort else {}))]:
                    missed.append(question)

    assert not missed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_share_is_of_the_group_that_is_the_whole(language: str, vocabulary: Vocabulary) -> None:
    table = TABLES[language]
    missed = []
    for frame in table["within"]:
        for (part, some), (group, whole) in permutations(table["groups"].items(), 2):
            if "window" in whole and "behaviour" in some:
                continue  # what has no time of its own may be done in the time of the group
            found = called(frame.format(part=part, group=group), vocabulary)
            told = len(found) == 1 and found[0][0] == "find_customers"
            if not told or found[0][1].get("among") != whole or found[0][1]["rule"] not in ({"all": [whole, some]}, {"all": [some, whole]}):
                missed.append(frame.format(part=part, group=group))

    assert not missed


@pytest.mark.parametrize(
    "question",
    ["冠军客户的年龄分布", "冠军客户里各年龄段的占比", "what percentage of champions are in each age group", "age split of champions"],
)
def test_how_a_group_is_made_up_is_another_question(question: str, vocabulary: Vocabulary) -> None:
    assert called(question, vocabulary) == [("measure", {"metrics": ["customers"], "by": ["age_band"], "customers": "champions"})]
