"""“没用过券的客户里四季度消费最高的10个”: who the group are, and what they are ranked by, are told apart in every frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary

CASES = Path(__file__).parents[2] / "cases" / "planner" / "ranked_of_group.yaml"
TABLES = yaml.safe_load(CASES.read_text(encoding="utf-8"))
_TEN = 10


def expected(group: dict[str, Any], by: dict[str, Any], *, least: bool) -> tuple[str, dict[str, Any]]:
    """The call of a group, of what they are ranked by and of the end that is asked for."""
    if "field" in by:
        return "find_customers", {"rule": group, "sort_by": by["field"], "descending": not least, "limit": _TEN}
    told = group.get("op") == "=" and "field" in group
    where = {**({group["field"]: [group["value"]]} if told else {}), **by.get("where", {})}
    whom = {} if told else {"customers": group.get("segment", group)}
    limits = {**({"where": where} if where else {}), **({"window": by["window"]} if "window" in by else {}), **whom}
    return "measure", {"metrics": [by["metric"]], "by": ["customer"], "sort": "smallest" if least else "largest", "limit": _TEN, **limits}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_group_and_the_ranking_keep_their_own_limits(language: str, vocabulary: Vocabulary) -> None:
    table = TABLES[language]
    missed, asked = [], 0
    for frame, end in table["frames"].items():
        for group, rule in table["groups"].items():
            for by, what in table["by"].items():
                question = frame.format(group=group, by=by)
                found = [(call.name, call.args) for call in understand(question, vocabulary).calls]
                asked += 1
                if found != [expected(rule, what, least=end.get("least", False))]:
                    missed.append(f"{question}: {found}")
    assert not missed, "\n".join(missed)
    assert asked == len(table["frames"]) * len(table["groups"]) * len(table["by"])
