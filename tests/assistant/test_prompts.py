"""The texts of prompts/: strict, complete, and small enough."""

from __future__ import annotations

import json

import jinja2
import pytest

from assistant.personal import Mask, asks_for_personal
from assistant.phrases import phrase, suggestions
from assistant.prompt_library import prompt_names, read_text, read_yaml, render, variables_of
from assistant.tool_schema import argument_schema
from assistant.toolbox import TOOLS
from tools.contracts import Outcome, ToolResult
from tools.errors import UnknownName

TOKENS = 6_000
VARIABLES = {"language_name": "Simplified Chinese (简体中文)", "as_of": "2018-01-01"}


def test_a_missing_variable_fails() -> None:
    with pytest.raises(jinja2.UndefinedError, match="needs the variable 'as_of'"):
        render("system.md", language_name="English")


def test_an_unknown_variable_fails() -> None:
    with pytest.raises(UnknownName, match="asof"):
        render("system.md", **VARIABLES, asof="2018")


def test_an_unknown_prompt_fails() -> None:
    with pytest.raises(UnknownName, match=r"tools/mesure\.md.*tools/measure\.md"):
        read_text("tools/mesure.md")


def test_prompt_and_tools_are_small() -> None:
    """A token is taken as 3.5 ASCII characters, or one of any other character: more than the tokenizers in use need."""
    tools = [
        {
            "type": "function",
            "function": {"name": name, "description": read_text(f"tools/{name}.md"), "parameters": argument_schema(tool.request)},
        }
        for name, tool in TOOLS.items()
    ]
    sent = render("system.md", **VARIABLES) + json.dumps(tools, ensure_ascii=False)
    ascii_part = sum(character.isascii() for character in sent)
    assert ascii_part / 3.5 + (len(sent) - ascii_part) <= TOKENS


def test_every_tool_is_described_and_every_description_is_a_tools() -> None:
    described = {name.removeprefix("tools/").removesuffix(".md") for name in prompt_names("tools") if name.endswith(".md")}
    assert described == set(TOOLS)


def test_schemas_hold_no_references() -> None:
    for tool in TOOLS.values():
        assert "$ref" not in json.dumps(argument_schema(tool.request))


def test_the_system_prompt_mentions_what_it_is_given() -> None:
    assert variables_of("system.md") == set(VARIABLES)
    assert "2018-01-01" in render("system.md", **VARIABLES)


def test_sentences_and_suggestions_exist_in_both_languages() -> None:
    said = phrase("service_failed", reason=phrase("reasons.timeout"))
    assert "响应超时" in said.zh
    assert "took too long" in said.en
    for tool, outcomes in read_yaml("suggestions.yaml").items():
        assert tool in TOOLS
        for entries in outcomes.values():
            assert all(entry["zh"] and entry["en"] for entry in entries)


def test_suggestions_leave_out_the_question_just_asked() -> None:
    result = ToolResult(tool="find_customers", outcome=Outcome.ANSWERED)
    assert suggestions([result], "Export them to Excel", "en") == ["Summarise these customers", "What strategy do you suggest for them?"]


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Export the champions with names and phone numbers", True),
        ("Export the champions", False),
        ("Export them without names", False),
        ("导出冠军客户，包含姓名和手机号", True),
        ("导出冠军客户，不要姓名", False),
        ("列出联系方式", True),
        ("rename the segment", False),
        ("How many customers filenames?", False),
    ],
)
def test_personal_data_are_asked_for_in_so_many_words(question: str, asked: bool) -> None:
    assert asks_for_personal(question) is asked


def test_masks_hide_and_reveal() -> None:
    mask = Mask({"王小明": "name", "Will": "name"})
    text = "王小明 +86 138-0013-8000, a.b@c.example, 11010519491231002X; will Will pay 12345678901 or 2017-10-01 for order 1234567890123?"
    hidden = mask.hide(text)
    for secret in ("王小明", "138-0013-8000", "a.b@c.example", "11010519491231002X"):
        assert secret not in hidden
    assert "will ‹name" in hidden
    assert "2017-10-01" in hidden
    assert "1234567890123" in hidden
    assert mask.reveal(hidden) == text
    assert mask.hide("王小明") == mask.hide("王小明")
