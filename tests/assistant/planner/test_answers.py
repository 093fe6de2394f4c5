"""The answer templates over results of every kind; the results are data in tests/cases/planner/results.yaml."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.planner.answers import write_answer, write_result
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import PRELUDE, Call
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary
from assistant.prompt_library import read_yaml

RESULTS = yaml.safe_load((Path(__file__).parents[2] / "cases" / "planner" / "results.yaml").read_text(encoding="utf-8"))
REFERENCE = re.compile(r"\[\[(t1\.[\w.]+)\]\]")


def result(case: dict[str, Any]) -> Result:
    figures = [
        {"id": f"t1.{name}", "label": {"zh": name, "en": name}, "value": value, "unit": "number"} for name, value in case["figures"].items()
    ]
    content = {"outcome": "answered", "figures": figures, "details": {"handle": "t1", **case["details"]}, "tables": []}
    return Result(Call(case["tool"], case.get("args", {})), "t1", "answered", content)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", RESULTS, ids=[f"{at} {case['tool']}" for at, case in enumerate(RESULTS)])
def test_an_answer_speaks_of_the_result_in_its_language(case: dict[str, Any], language: str) -> None:
    answer = write_result(result(case), language)

    for words in case["says"][language]:
        assert any(word in answer for word in words.split("|")), answer
    known = {f"t1.{name}" for name in case["figures"]}
    assert set(REFERENCE.findall(answer)) <= known
    assert case["details"].get("clusters") or case["tool"] == "find_rules" or not _bare_numbers(answer, case)
    if language == "en":
        assert not re.search("[\u4e00-\u9fff]", answer)


def _bare_numbers(answer: str, case: dict[str, Any]) -> set[str]:
    """Numbers that neither a reference nor the arguments nor the template's own words ("95 %", "30 days") bring."""
    plain = re.sub(r"\[\[.*?\]\]", "", answer)
    own = {"95", "7", "30", *re.findall(r"\d+", f"{case.get('args', {})} {case['details']}")}
    return set(re.findall(r"\d+", plain)) - own


def test_every_tool_has_a_template_in_both_languages() -> None:
    from assistant.prompt_library import prompt_names
    from assistant.toolbox import TOOLS

    names = set(prompt_names("answers"))
    for tool, declared in TOOLS.items():
        assert declared.models_only or {f"{tool}.zh.md.j2", f"{tool}.en.md.j2"} <= {name.removeprefix("answers/") for name in names}


def test_what_was_only_looked_up_first_is_not_told() -> None:
    cluster, saved = result(RESULTS[1]), result(next(case for case in RESULTS if case["tool"] == "save_segment"))

    answer = write_answer([cluster, saved], "en", [(PRELUDE, "1")])

    assert answer.startswith("Saved: **Rescue**")
    assert "Night owls" not in answer


def test_offered_questions_are_understood_after_their_result(vocabulary: Vocabulary) -> None:
    about = {"selection": {"rule": {"segment": "champions"}}, "details": {"selections": [{}, {}]}}
    for tool, outcomes in read_yaml("suggestions.yaml").items():
        details = about if tool == "find_rules" else {"selection": about["selection"]}
        args = {"customers": "champions"} if tool in ("summarize_segment", "describe_persona") else {}
        dialogue = Dialogue((Result(Call(tool, args), "t1", "answered", details),))
        for entry in (one for entries in outcomes.values() for one in entries):
            for question in entry.values():
                plan = understand(question, vocabulary, dialogue)
                assert plan.calls, question
                assert not plan.notes, question
                assert plan.calls[0].name not in ("ask_user", "decline"), question
