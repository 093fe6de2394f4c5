"""Rendering of figures, recognition of numbers, and what of a brain's prose reaches the operator."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.evidence import Evidence
from assistant.figures import render
from assistant.phrases import example_questions
from assistant.prompt_library import read_yaml
from assistant.prose import ProseStream, render_sentence
from assistant.quantities import chinese_number, find_quantities
from assistant.session import Session
from tools.contracts import Column, Figure, Table, Text, ToolResult, Unit

CASES = Path(__file__).parent.parent / "cases" / "prose"


def _cases(name: str) -> Any:
    return yaml.safe_load((CASES / name).read_text(encoding="utf-8"))


def _value(written: Any) -> Any:
    return Decimal(written) if isinstance(written, str) and written.strip("-").replace(".", "").isdigit() else written


@pytest.mark.parametrize("case", _cases("rendering.yaml"), ids=str)
def test_figures_read_as_in_the_conventions(case: dict[str, Any]) -> None:
    value, unit, style = _value(case["value"]), Unit(case["unit"]), case.get("style", "")
    assert render(value, unit, "en", "$", style) == str(case["en"])
    assert render(value, unit, "zh", "$", style) == str(case["zh"])


def test_dates_are_iso_and_the_currency_is_a_setting() -> None:
    assert render(dt.date(2017, 11, 15), Unit.DATE, "en") == "2017-11-15"
    assert render(dt.datetime(2017, 11, 15), Unit.DATE, "zh") == "2017-11-15"
    assert render(Decimal("123456789.00"), Unit.MONEY, "zh", "¥") == "¥1.23亿"
    assert render(True, Unit.TEXT, "zh") == "是"
    assert render(float("nan"), Unit.SHARE, "en") == "n/a"


@pytest.mark.parametrize("case", _cases("quantities.yaml"), ids=lambda case: case["text"])
def test_every_number_of_a_text_is_found(case: dict[str, Any]) -> None:
    found = [(quantity.value, quantity.kind) for quantity in find_quantities(case["text"])]
    assert found == [(Decimal(str(value)), kind) for value, kind in case["found"]]


@pytest.mark.parametrize(
    ("text", "value"),
    [("十", 10), ("十二", 12), ("三百零五", 305), ("两千四百六十九", 2469), ("一万五", 15000), ("三亿二千万", 320000000), ("客", None)],
)
def test_chinese_numerals(text: str, value: int | None) -> None:
    assert chinese_number(text) == value


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def evidence() -> Evidence:
    """The figures that the head of sentences.yaml lists."""
    figures = (
        Figure(id="customers", label=_text("客户数", "customers"), value=2469, unit=Unit.COUNT),
        Figure(id="revenue", label=_text("销售额", "revenue"), value=Decimal("4596039.58"), unit=Unit.MONEY),
        Figure(id="deli", label=_text("DELI：销售额占比", "DELI: share of revenue"), value=0.1234, unit=Unit.SHARE),
        Figure(id="growth", label=_text("销售额增长", "growth of revenue"), value=0.125, unit=Unit.CHANGE),
        Figure(id="median", label=_text("间隔中位数", "median gap"), value=12.5, unit=Unit.DAYS),
        Figure(id="repeat", label=_text("复购率", "repeat rate"), value=1.0, unit=Unit.SHARE),
        Figure(id="group", label=_text("分群", "group"), value="Champions 25-34", unit=Unit.TEXT),
    )
    columns = (
        Column(id="customer_id", label=_text("客户编号", "customer id"), unit=Unit.ID),
        Column(id="category", label=_text("品类", "category"), unit=Unit.TEXT),
        Column(id="amount", label=_text("金额", "amount"), unit=Unit.MONEY),
    )
    rows = (("1228", "DELI", Decimal("17.50")), ("99", "MEAT 2", Decimal("3.00")))
    table = Table(title=_text("客户", "customers"), columns=columns, rows=rows, row_count=2)
    session = Session("s")
    session.register(ToolResult(tool="measure", figures=figures, tables=(table,)))
    return Evidence(list(session.results.values()), ["customers with at least 5 orders in Q4 2017"], 1, dt.date(2018, 1, 1))


@pytest.mark.parametrize(
    ("language", "case"), [(language, case) for language, cases in _cases("sentences.yaml").items() for case in cases], ids=str
)
def test_what_reaches_the_operator(language: str, case: list[str | None]) -> None:
    written, shown = case
    assert written is not None
    found = render_sentence(written, evidence(), language)
    assert (found.text if found else None) == shown


def _stream(text: str, size: int) -> tuple[str, int]:
    stream = ProseStream(evidence(), "en")
    out = "".join(stream.feed(text[start : start + size]) for start in range(0, len(text), size))
    return out + stream.finish(), stream.dropped


@pytest.mark.parametrize("size", [1, 2, 5, 1000])
def test_the_pieces_that_text_arrives_in_change_nothing(size: int) -> None:
    text = "We have [[t1.customers]] customers. It is 4,711 worse!\n\n1. Call them. 2,000 times.\n2. Write!\n好的。还有99999位。Bye"
    assert _stream(text, size) == ("We have 2,469 customers. \n\n1. Call them. \n2. Write!\n好的。Bye", 3)


def test_sentences_are_shown_before_the_text_ends() -> None:
    stream = ProseStream(evidence(), "en")
    assert stream.feed("We have [[t1.customers]] customers. And") == "We have 2,469 customers. "


def test_text_without_an_end_is_not_held_back_for_ever() -> None:
    stream = ProseStream(evidence(), "en")
    assert stream.feed("word " * 500)


def test_cited_figures_are_kept_for_the_receipts() -> None:
    stream = ProseStream(evidence(), "en")
    stream.feed("Row one spent [[t1.table.1.amount]] of [[t1.revenue]].\n")
    assert [figure.id for figure in stream.used] == ["t1.table.1.amount", "t1.revenue"]
    assert stream.used[0].label.en == "1228: amount"


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("![x](http://x.example/?q=a) and [plan](http://x.example)", "![x] (http://x.example/?q=a) and [plan] (http://x.example)"),
        ("[so!](http://x.example)", "[so!] (http://x.example)"),
        ("![a][b]\n\n[b]: http://x.example/q\n", "![a] [b]\n\n[b] : http://x.example/q\n"),
        ("<img src=x> if a < b", "< img src=x> if a < b"),
        ("- [ ] call (soon): *now*", "- [ ] call (soon): *now*"),
    ],
)
def test_no_link_picture_or_tag_reaches_a_page(written: str, shown: str, size: int) -> None:
    assert _stream(written, size) == (shown, 0)


def _grouped() -> Evidence:
    names = (("deli", "DELI", 100), ("meat", "MEAT", 200))
    figures = tuple(
        Figure(id=f"{key}.customers", label=_text(f"{name}：客户数", f"{name}: customers"), value=value, unit=Unit.COUNT)
        for key, name, value in names
    )
    session = Session("s")
    session.register(ToolResult(tool="measure", figures=figures))
    return Evidence(list(session.results.values()), ["customers by department"], 1)


@pytest.mark.parametrize(
    ("sentence", "holds"),
    [
        ("MEAT has 200 customers and DELI 100.", True),
        ("MEAT has 100 customers and DELI 200.", False),
        ("200 customers are from MEAT and 100 from DELI.", True),
        ("200 customers are from DELI and 100 from MEAT.", False),
        ("There are 200 customers.", False),
    ],
)
def test_numbers_of_groups_belong_to_the_group_that_is_named(sentence: str, holds: bool) -> None:
    assert (render_sentence(sentence, _grouped(), "en") is not None) is holds


def test_a_cell_that_is_a_number_vouches_for_none_and_cuts_none() -> None:
    column = Column(id="claims", label=_text("声称", "claims"), unit=Unit.TEXT)
    table = Table(title=_text("模型", "models"), columns=(column,), rows=(("2%",), ("4×",), ("55 of 2,469",)), row_count=3)
    told = _text("优惠抵掉原价的 15.2%。", "Discounts take 15.2% off.")
    figure = Figure(id="pace", label=_text("优惠次数", "discounts"), value=15.31, unit=Unit.NUMBER)
    session = Session("s")
    session.register(ToolResult(tool="x", figures=(figure,), tables=(table,), details={"told": told.model_dump()}))
    evidence = Evidence(list(session.results.values()), ["?"], 1)
    assert render_sentence("优惠抵掉原价的 15.2%。", evidence, "zh").text == "优惠抵掉原价的 15.2%。"  # type: ignore[union-attr]
    assert render_sentence("销售额涨了 2%。", evidence, "zh") is None


def _own_sentences() -> list[tuple[str, str]]:
    """The planner's own sentences with a word in each gap; what is only offered to be clicked is no sentence of an answer."""
    offered = ("_choices", "examples", "recent_times")
    texts = {
        name: entry for name, entry in read_yaml("answers/texts.yaml").items() if not name.endswith(offered) and isinstance(entry, dict)
    }
    said = [(language, entry[language]) for entry in texts.values() for language in ("zh", "en") if language in entry]
    listed = [(language, words if isinstance(words, list) else [words]) for language, words in said]
    return [(language, re.sub(r"\{[^}]*\}", "x", one)) for language, words in listed for one in words if isinstance(one, str)]


@pytest.mark.parametrize(("language", "sentence"), _own_sentences())
def test_no_sentence_of_the_planner_s_own_has_a_number_that_would_drop_it(language: str, sentence: str) -> None:
    assert render_sentence(sentence, Evidence([], []), language) is not None


@pytest.mark.parametrize("question", example_questions())
def test_every_question_that_is_proposed_may_be_shown(question: str) -> None:
    proposed = Evidence([], [], extra=example_questions())
    assert all(render_sentence(f"- {question}", proposed, language) is not None for language in ("zh", "en"))
