"""One thing, asked in many ways: each way becomes the calls that are written beside the plain question.

A case of ``tests/cases/ways`` holds the question (``core``), the turns before it if it is a follow-up, its calls, and other ways
to ask exactly that in Chinese and English. That the calls give the right figures is shown by the evaluation.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from opencc import OpenCC

from assistant.conversation import open_conversation
from assistant.planner.dialogue import Dialogue
from assistant.planner.understand import understand
from assistant.planner.vocabulary import Vocabulary, build_vocabulary
from tools.warehouse.context import open_context
from tools.warehouse.warehouse import Warehouse

FILES = sorted((Path(__file__).parent / "cases" / "ways").glob("*.yaml"))


@pytest.fixture(scope="module")
def warehouse(demo_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A copy of the demo, as some follow-ups save something."""
    return Warehouse(Path(shutil.copy(demo_path, tmp_path_factory.mktemp("ways") / "demo.duckdb")))


@pytest.fixture(scope="module")
def vocabulary(warehouse: Warehouse) -> Vocabulary:
    """The words of the demo."""
    with open_context(warehouse) as context:
        return build_vocabulary(context)


def calls_of(question: str, before: list[str], warehouse: Warehouse, vocabulary: Vocabulary) -> list[list[Any]]:
    """Tools and arguments that the question leads to, after the turns before it."""
    if not before:
        return [[call.name, call.args] for call in understand(question, vocabulary, Dialogue()).calls]
    conversation = open_conversation(warehouse)
    for turn in before:
        conversation.answer(turn)
    return [[step.tool, step.arguments] for step in conversation.answer(question).steps]


def ways(case: dict[str, Any]) -> Iterator[str]:
    """The plain question and the others."""
    yield from (case["core"], *case.get("zh", []), *case.get("en", []))


_SAME_TIME = {
    "last_month": "2017-12",
    "last_quarter": "2017-Q4",
    "last_year": "2017",
    ("2017-10-01", "2017-12-31"): "2017-Q4",
    ("2017-07-01", "2017-09-30"): "2017-Q3",
    ("2017-04-01", "2017-06-30"): "2017-Q2",
    ("2017-01-01", "2017-03-31"): "2017-Q1",
    ("2017-01-01", "2017-06-30"): "2017-H1",
    ("2017-07-01", "2017-12-31"): "2017-H2",
    ("2017-01-01", "2017-12-31"): "2017",
}
"""Windows of the demo, whose as-of date is 2018-01-01, that are the same days."""


def written(calls: Any) -> str:
    """The same text for the same calls, however they are put: order of arguments and metrics, names of the same days."""
    return json.dumps(_alike(json.loads(json.dumps(calls, default=str))), ensure_ascii=False, sort_keys=True)


def _alike(value: Any) -> Any:
    if isinstance(value, list):
        return [_alike(one) for one in value]
    if not isinstance(value, dict):
        return value
    value = {key: one for key, one in value.items() if one not in (None, False, [], {}) and not (key == "shift" and one == 0)}
    alike: dict[str, Any] = {key: sorted(one) if key in {"metrics", "columns"} else _alike(one) for key, one in value.items()}
    span = alike.get("period") or (alike.get("start"), alike.get("end"))
    if span in _SAME_TIME:
        alike = {key: one for key, one in alike.items() if key not in {"period", "start", "end"}} | {"period": _SAME_TIME[span]}
    field = alike.get("customers")
    if isinstance(field, dict) and field.get("op") == "in" and isinstance(field.get("value"), list):
        # Orders of customers of an attribute are orders where the customer has it.
        where = {**alike.get("where", {}), field["field"]: field["value"]}
        alike = {**{key: one for key, one in alike.items() if key != "customers"}, "where": where}
    return alike


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_way_of_asking_leads_to_the_same_calls(file: Path, warehouse: Warehouse, vocabulary: Vocabulary) -> None:
    missed = [
        f"{way}\n  {written(found)}\n  instead of {written(case['calls'])}"
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
        for way in ways(case)
        if written(found := calls_of(way, case.get("before", []), warehouse, vocabulary)) != written(case["calls"])
    ]
    assert not missed, "\n\n".join(missed)


_TO_TRADITIONAL = OpenCC("s2twp")
_MANNERS = {
    "zh": ("你好，{}", "麻烦问一下，{}", "我想了解一下{}", "帮我查一下{}", "{}，谢谢啦"),
    "en": ("Hi there, {}", "{} thanks!", "OK, {}"),
}
_ASKED = ("what", "which", "who", "how")


def mannered(question: str) -> Iterator[str]:
    """The question with manners around it, in traditional characters or in capitals."""
    if any("\u4e00" <= char <= "\u9fff" for char in question):
        yield from (manner.format(question.rstrip("？?。")) for manner in _MANNERS["zh"])
        yield _TO_TRADITIONAL.convert(question)
        return
    yield from (manner.format(question.rstrip("?. ")) for manner in _MANNERS["en"])
    yield question.upper()
    if question.lower().startswith(_ASKED):
        yield f"could you please tell me {question[0].lower()}{question[1:]}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_manners_and_script_change_nothing(file: Path, vocabulary: Vocabulary) -> None:
    changed = [
        f"{way}\n  {written(found)}\n  instead of {written(case['calls'])}"
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
        if not case.get("before")
        for plain in (case["core"], *case.get("zh", [])[:1], *case.get("en", [])[:1])
        for way in mannered(plain)
        if written(found := [[call.name, call.args] for call in understand(way, vocabulary, Dialogue()).calls]) != written(case["calls"])
    ]
    assert not changed, "\n\n".join(changed)
