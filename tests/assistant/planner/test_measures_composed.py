"""“Growth of AOV at store 367 in Q3 over the previous quarter”: each part of a measurement keeps its meaning beside the others."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner" / "measures_composed.yaml"
TABLES = yaml.safe_load(CASES.read_text(encoding="utf-8"))
_HAN = re.compile("[\u4e00-\u9fff]")
_NOT_COMPARED = ("sort", "chart")


def of_language(kind: str, frame: str) -> list[tuple[str, Any]]:
    """The parts of that kind in the language of the frame; names of the data go with Chinese ones."""
    if f"{{{kind}}}" not in frame:
        return [("", {})]
    chinese = bool(_HAN.search(frame))
    return [(words, one) for words, one in TABLES[f"{kind}s"].items() if (bool(_HAN.search(words)) or words == "DELI") == chinese]


def measured(question: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """The arguments of the one measurement that is planned."""
    calls = understand(question, vocabulary).calls
    assert [call.name for call in calls] == ["measure"], f"{question}: {calls}"
    return {name: one for name, one in calls[0].args.items() if name not in _NOT_COMPARED}


@pytest.mark.parametrize("frame", TABLES["frames"], ids=lambda frame: frame["ask"])
def test_the_call_holds_the_pieces_of_all_parts(frame: dict[str, Any], vocabulary: Vocabulary) -> None:
    parts = product(*(of_language(kind, frame["ask"]) for kind in ("metric", "limit", "time")))
    for (metric, name), (limit, where), (time, when) in parts:
        words = frame["ask"].format(metric=metric, limit=limit, time=time)
        assert measured(words, vocabulary) == {"metrics": [name], **where, **when, **frame["adds"]}, words


@pytest.mark.parametrize("case", TABLES["asked"], ids=lambda case: case["question"])
def test_asked(case: dict[str, Any], vocabulary: Vocabulary) -> None:
    found = measured(case["question"], vocabulary)
    assert found == _plain(case["call"])


def _plain(call: dict[str, Any]) -> dict[str, Any]:
    """The call with dates as the planner writes them."""
    window = {name: str(one) for name, one in call.get("window", {}).items()}
    return {**call, **({"window": window} if window else {})}
