"""Arguments in, outcomes out; what the model reads of a result."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from assistant.declarations import declarations
from assistant.session import Session
from assistant.tool_content import MOST_CHARACTERS
from assistant.toolbox import TOOLS, Tool, Toolbox
from tools.contracts import Column, Figure, Outcome, Table, Text, ToolResult, Unit
from tools.errors import Blocked, FenqunError, InputError, NotEnoughData, UnknownName, UnsupportedQuestion, WarehouseError
from tools.requests import ExportCustomers, Measure
from tools.warehouse.warehouse import Warehouse


def _toolbox(small: Warehouse, run: Callable[[Toolbox, Any], ToolResult]) -> Toolbox:
    return Toolbox(small, Session("s"), tools={"measure": Tool(Measure, run)})


def _call(toolbox: Toolbox, **arguments: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    content, artifact = toolbox.call("measure", arguments or {"metrics": ["revenue"]})
    return json.loads(content), artifact


@pytest.mark.parametrize(
    ("error", "outcome", "mendable"),
    [
        (InputError("Off.", "不对。"), Outcome.FAILED, True),
        (UnsupportedQuestion("No.", "不行。"), Outcome.UNSUPPORTED, False),
        (NotEnoughData("Few.", "不够。"), Outcome.UNSUPPORTED, False),
        (Blocked("Stop.", "停。"), Outcome.BLOCKED, False),
        (WarehouseError("Broken.", "坏了。"), Outcome.FAILED, False),
    ],
)
def test_errors_become_outcomes(small: Warehouse, error: FenqunError, outcome: Outcome, mendable: bool) -> None:
    def run(_: Toolbox, __: Any) -> ToolResult:
        raise error

    content, artifact = _call(_toolbox(small, run))
    assert content["outcome"] == artifact["outcome"] == outcome.value
    assert content["message"] == error.en
    assert content.get("mendable", False) is mendable


@pytest.mark.parametrize(("for_service", "outcome"), [(False, Outcome.UNSUPPORTED), (True, Outcome.FAILED)])
def test_a_name_that_the_data_lack_is_an_answer_except_to_a_service(small: Warehouse, for_service: bool, outcome: Outcome) -> None:
    def run(_: Toolbox, __: Any) -> ToolResult:
        raise UnknownName("field", "字段", "shoe size", ["gender"])

    toolbox = _toolbox(small, run)
    toolbox.for_service = for_service
    assert _call(toolbox)[1]["outcome"] == outcome.value


@pytest.mark.parametrize(
    ("question", "columns"),
    [
        ("export customers in London as csv with e-mail", ["email"]),
        ("导出冠军客户，带手机号和姓名", ["name", "phone"]),
        ("export with phones but without names", ["phone"]),
        ("导出名单，要联系方式", ["email", "phone"]),
        ("export with personal data", []),
    ],
)
def test_a_file_gets_the_personal_columns_that_the_question_names(
    small: Warehouse, monkeypatch: pytest.MonkeyPatch, question: str, columns: list[str]
) -> None:
    seen: list[ExportCustomers] = []

    def export(_: Any, request: ExportCustomers) -> ToolResult:
        seen.append(request)
        return ToolResult(tool="export_customers")

    monkeypatch.setattr("tools.actions.export.export_customers", export)
    toolbox = Toolbox(small, Session("s"), question=question)
    toolbox.call("export_customers", {"customers": {"all": []}, "include_personal": True})
    assert sorted(seen[0].personal_columns) == sorted(columns)


def test_a_defect_of_a_tool_is_one_sentence(small: Warehouse) -> None:
    def run(_: Toolbox, __: Any) -> ToolResult:
        raise ZeroDivisionError("secret detail")

    content, _ = _call(_toolbox(small, run))
    assert content["outcome"] == "failed"
    assert "secret detail" not in json.dumps(content)


def test_invalid_arguments_name_the_field_and_the_value(small: Warehouse) -> None:
    content, _ = _call(_toolbox(small, lambda _, __: ToolResult(tool="measure")), metrics="revenue", limit="x" * 500)
    assert content["mendable"] is True
    assert "metrics" in content["message"]
    assert "limit" in content["message"]
    assert len(content["message"]) < 400


def _big(_: Toolbox, __: Any) -> ToolResult:
    label = Text(zh="很长的指标名称" * 5, en="a rather long label " * 5)
    figures = tuple(Figure(id=f"g{index}.revenue", label=label, value=index, unit=Unit.COUNT) for index in range(200))
    columns = (Column(id="customer_id", label=label, unit=Unit.ID), Column(id="name", label=label, unit=Unit.TEXT, personal=True))
    rows = tuple((str(index), f"Secret Person {index}") for index in range(50))
    return ToolResult(tool="measure", figures=figures, tables=(Table(title=label, columns=columns, rows=rows, row_count=50),))


def test_what_the_model_reads_is_bounded_json_without_personal_columns(small: Warehouse) -> None:
    toolbox = _toolbox(small, _big)
    content, artifact = toolbox.call("measure", {"metrics": ["revenue"]})
    assert len(content) <= MOST_CHARACTERS
    assert json.loads(content)["figures"][0]["ref"] == "[[t1.g0.revenue]]"
    assert "Secret Person" not in content
    assert "Secret Person 49" in json.dumps(artifact)
    assert len(artifact["figures"]) == 200


def test_labels_are_in_the_language_of_the_question(small: Warehouse) -> None:
    toolbox = _toolbox(small, _big)
    toolbox.session.language = "zh"
    assert "很长的指标名称" in _call(toolbox)[0]["figures"][0]["label"]


def test_an_unknown_tool_names_the_known_ones(small: Warehouse) -> None:
    toolbox = Toolbox(small, Session("s"))
    assert "query_sql" in toolbox.unknown("query_sq", for_model=True)[0]
    assert "query_sql" not in toolbox.unknown("sql", for_model=False)[0]


def test_the_planner_gets_no_free_sql() -> None:
    for_model = {tool.name for tool in declarations(True)}
    assert for_model - {tool.name for tool in declarations(False)} == {"query_sql"}
    assert for_model == set(TOOLS)
