"""“average order value in December for customers who bought cheese”: what is measured, and of whom, are told apart in every frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner" / "measured_group.yaml"
TABLES = yaml.safe_load(CASES.read_text(encoding="utf-8"))


def missed(question: str, args: dict[str, Any], vocabulary: Vocabulary) -> str | None:
    """What was found instead of the one measurement."""
    calls = [(call.name, call.args) for call in understand(question, vocabulary).calls]
    return None if calls == [("measure", args)] else f"{question}: {calls}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_group_and_the_measurement_keep_their_own(language: str, vocabulary: Vocabulary) -> None:
    table = TABLES[language]
    found = [
        missed(frame.format(group=group, time=time, metric=metric), {**args, "customers": rule}, vocabulary)
        for group, rule in table["groups"].items()
        for time, metrics in table["measured"].items()
        for metric, args in metrics.items()
        for frame in table["frames"]
    ]
    assert not [one for one in found if one], "\n".join(one for one in found if one)
    assert len(found) == len(table["groups"]) * 4 * len(table["frames"])


@pytest.mark.parametrize("case", TABLES["told"], ids=lambda case: case["question"])
def test_a_group_that_does_something_is_measured_in_its_own_time(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    assert missed(case["question"], case["args"], vocabulary) is None
