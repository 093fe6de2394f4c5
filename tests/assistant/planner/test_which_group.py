"""“Which age group buys most often”, “哪类客户贡献最大”: the groups of that kind are ranked by the number that is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner" / "which_group.yaml"
TABLES = yaml.safe_load(CASES.read_text(encoding="utf-8"))
ORDERS = {"L": ("largest",), "S": ("smallest",), "G": ("growth", "contribution")}
MODELLED = ("churn", "流失", "预测", "未来")
"""Of these “which kind of customers” is asked back: there are several kinds of groups."""


def ranks(args: dict[str, Any], dimension: str, asked: dict[str, Any]) -> bool:
    """Whether a measurement is the ranking that is asked for."""
    ordered = asked["end"] == "*" or args.get("sort") in ORDERS[asked["end"]]
    return args.get("by") == [dimension] and args["metrics"][0] in asked["by"] and ordered


@pytest.mark.parametrize("language", sorted(TABLES))
def test_the_groups_are_ranked_by_what_is_asked(language: str, vocabulary: Vocabulary) -> None:
    missed, tried = [], 0
    for group, dimension in TABLES[language]["groups"].items():
        for asked in TABLES[language]["asked"]:
            kinds = asked.get("of")
            if (
                (kinds and dimension not in kinds)
                or (not kinds and dimension == "campaign")
                or (asked["end"] == "G" and dimension in ("month", "weekday"))
            ):
                continue
            if "类客户" in group and any(word in asked["said"] for word in MODELLED):
                continue
            question = f"{group}{' ' if language == 'en' else ''}{asked['said']}"
            tried += 1
            found = understand(question, vocabulary).calls
            told = found[0].name == "segment_overview" and dimension == "rfm_group" and {"customers", "revenue"} & set(asked["by"])
            if not told and not any(call.name == "measure" and ranks(call.args, dimension, asked) for call in found):
                missed.append(f"{question}: {[(call.name, call.args) for call in found]}")
    assert not missed, "\n".join(missed)
    assert tried > 200
