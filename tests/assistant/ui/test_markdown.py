"""A conversation as Markdown, read back by a parser that is not ours."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import scripted
from markdown_it import MarkdownIt

from assistant.events import Answer, Finished
from assistant.ui.markdown import conversation_markdown, export
from assistant.ui.transcripts import Transcripts
from tools.contracts import Outcome


def scripted_answer(question: str, tmp_path: Path) -> Answer:
    last = list(scripted.ScriptedConversation(tmp_path).ask(question))[-1]
    assert isinstance(last, Finished)
    return last.answer.model_copy(update={"receipts": list(scripted._result().receipts)})


def cells(markdown: str, kind: str = "td") -> list[str]:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    return [inner.content for token, inner in itertools.pairwise(tokens) if token.type == f"{kind}_open"]


def fences(markdown: str) -> list[tuple[str, str]]:
    return [(token.info, token.content.strip()) for token in MarkdownIt("commonmark").parse(markdown) if token.type == "fence"]


def headings(markdown: str) -> list[str]:
    tokens = MarkdownIt("commonmark").parse(markdown)
    return [inner.content for token, inner in itertools.pairwise(tokens) if token.type == "heading_open"]


def test_it_has_questions_answers_tables_notes_and_receipts(tmp_path: Path) -> None:
    text = conversation_markdown("Segments", [scripted_answer("Show me the RFM segments", tmp_path)], "en")
    assert headings(text) == ["Segments", "1. Show me the RFM segments", "How it was worked out"]
    assert "**Champions** are 412" in text
    assert "31 customers have no order yet" in text
    assert cells(text, "th") == ["Segment", "Customers", "Share of customers", "Revenue", "Mean days since last order", "Change"]
    assert cells(text)[:6] == ["冠军客户 / champions", "412", "16.7%", "$1,843,211.55", "12.3", "-3.2%"]
    assert "3 rows" in text
    assert "As of: 2018-01-01" in text
    assert "Definition: Groups by the cell of the R and FM scores" in text
    assert fences(text) == [("sql", scripted.SQL), ("json", '{"days": 365}')]
    assert "Exported file: 流失风险客户\\_20180101.csv (2 rows)" in text


def test_the_words_around_are_the_pages_and_the_answer_keeps_its_language(tmp_path: Path) -> None:
    text = conversation_markdown("x", [scripted_answer("用RFM给客户分群", tmp_path)], "zh")
    assert headings(text)[2] == "计算依据"
    assert "口径：按 R 与 FM 分数所在单元格分群" in text
    assert cells(text, "th")[0] == "客群"
    assert "Chart (on the page): 各客群人数" in conversation_markdown("x", [scripted_answer("用RFM给客户分群", tmp_path)], "en")


def test_what_comes_from_the_data_is_no_markup(tmp_path: Path) -> None:
    evil = "a|b\n# c <img src=x> `d`"
    answer = scripted_answer("x", tmp_path).model_copy(update={"question": evil, "text": "![x](http://192.0.2.1/x.png)"})
    table = answer.tables[0].model_copy(update={"rows": ((evil, 1, None, None, None, None),), "row_count": 90})
    text = conversation_markdown(evil, [answer.model_copy(update={"tables": [table]})], "en")
    assert len(headings(text)) == 3
    assert len(cells(text)) == 6
    assert "1 of 90 rows" in text
    assert not any(child.type in ("image", "html_inline") for token in MarkdownIt().parse(text) for child in token.children or [])


def test_sql_with_backticks_stays_in_its_fence(tmp_path: Path) -> None:
    answer = scripted_answer("x", tmp_path)
    statement = answer.receipts[0].statements[0].model_copy(update={"sql": "SELECT '```'\n```\nFROM t"})
    receipt = answer.receipts[0].model_copy(update={"statements": (statement,)})
    text = conversation_markdown("x", [answer.model_copy(update={"receipts": [receipt]})], "en")
    assert fences(text)[0] == ("sql", "SELECT '```'\n```\nFROM t")


@pytest.mark.parametrize(("title", "name"), [("a/b:c?", "a b c.md"), ("客户", "客户.md"), ("..", "fenqun.md")])
def test_the_file_is_named_after_the_conversation_and_only_for_its_owner(title: str, name: str, tmp_path: Path) -> None:
    transcripts = Transcripts(tmp_path / "t.sqlite")
    transcripts.begin("me", "c1", title)
    transcripts.add("me", "c1", Answer(question=title, text="Done.", language="en", outcome=Outcome.ANSWERED))
    found = export(transcripts, "me", "c1", "en")
    assert found is not None
    assert found[0] == name
    assert "Done." in found[1]
    assert export(transcripts, "other", "c1", "en") is None
