from __future__ import annotations

import inspect
import re
import string
from importlib import resources

import pytest

from assistant.ui.mapping_form import _names, target_name
from assistant.ui.panel import TABLES
from assistant.ui.texts import examples, language_of, preferred_language, say, say_name, texts
from tools import requests
from tools.contracts import Outcome
from tools.ingest.grains import GRAINS

CHINESE = re.compile("[\u4e00-\u9fff]")


def _braces(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", sorted(texts()))
def test_every_text_is_said_in_both_languages(key: str) -> None:
    text = texts()[key]
    assert _braces(text.zh) == _braces(text.en)
    assert not CHINESE.search(text.en) or key in ("title", "brand")
    assert CHINESE.search(text.zh) or key in ("seconds",)


def test_the_templates_use_only_texts_that_exist_and_no_text_is_left_over() -> None:
    sources = [file.read_text(encoding="utf-8") for file in (resources.files("assistant.ui") / "templates").iterdir()]
    sources += [file.read_text(encoding="utf-8") for file in resources.files("assistant.ui").iterdir() if file.name.endswith(".py")]
    used = set(re.findall(r'\bt\("(\w+)"', "".join(sources))) | set(re.findall(r'\bsay\("(\w+)"', "".join(sources)))
    assert used <= set(texts())


def test_every_tool_outcome_and_table_has_words() -> None:
    tools = [
        re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
        for name, kind in inspect.getmembers(requests, inspect.isclass)
        if issubclass(kind, requests.Request) and kind is not requests.Request
    ]
    assert len(tools) == 28
    missing = [name for name in tools if f"tool_{name}" not in texts()]
    missing += [outcome for outcome in Outcome if f"outcome_{outcome}" not in texts()]
    missing += [table for table in TABLES if f"table_{table}" not in texts()]
    assert missing == []
    assert say_name("tool", "some_new_tool", "zh") == "some new tool"


@pytest.mark.parametrize("target", sorted({t for spec in GRAINS.values() for field in spec.fields for t in field.targets}))
def test_every_meaning_of_a_column_has_words(target: str) -> None:
    known = _names()
    assert target in known or target.partition(".")[2] in known
    assert CHINESE.search(target_name(target, "zh"))
    assert not CHINESE.search(target_name(target, "en"))


def test_the_examples_are_in_both_languages() -> None:
    assert len(examples()) >= 4
    for example in examples():
        assert language_of(example.zh) == "zh"
        assert language_of(example.en) == "en"


def test_a_missing_value_fails() -> None:
    assert say("load_rows", "en", count="3") == "3 rows"
    with pytest.raises(KeyError, match="count"):
        say("load_rows", "en", rows="3")


@pytest.mark.parametrize(
    ("cookie", "accept", "expected"),
    [
        ("zh", "en-US,en;q=0.9", "zh"),
        ("en", "zh-CN", "en"),
        (None, "zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        (None, "fr-FR,fr;q=0.9,en;q=0.8,zh;q=0.5", "en"),
        (None, "", "en"),
        ("xx", "de", "en"),
    ],
)
def test_the_page_speaks_the_chosen_or_the_browsers_language(cookie: str | None, accept: str, expected: str) -> None:
    assert preferred_language(cookie, accept) == expected


def test_one_row_is_one_row() -> None:
    assert say("rows_all", "en", shown="1", count="1") == "1 row"
    assert say("rows_all", "en", shown="2", count="2") == "2 rows"
    assert say("file_rows", "zh", count="1") == "1 行"
