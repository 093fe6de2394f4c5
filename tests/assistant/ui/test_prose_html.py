"""Prose as HTML: figures become buttons, and nothing that comes from data or a model becomes markup."""

from __future__ import annotations

import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from assistant.events import Mark, RenderedFigure
from assistant.ui.grounds import Grounds, exact_value, tables_of
from assistant.ui.prose_html import prose_html
from tools.contracts import Receipt, Statement, Text, Unit

EVIL = '<img src=x onerror="alert(1)">'


def receipt(name: str = "t1.main", sql: str = "SELECT 1", **values: object) -> Receipt:
    definition = Text(zh="口径", en="As defined")
    return Receipt(id=name, tool="measure", arguments={}, definition=definition, statements=(Statement(sql=sql),), **values)


def grounds(*figures: RenderedFigure) -> Grounds:
    return Grounds({one.id: one for one in figures}, {"t1.main": receipt()})


def figure(value: object, unit: Unit, label: str = "orders", name: str = "t1.n") -> RenderedFigure:
    return RenderedFigure(id=name, label=label, value=value, unit=unit.value, receipt="t1.main")


def shown(text: str, part: str, found: RenderedFigure) -> str:
    start = text.index(part)
    marks = [Mark(start=start, end=start + len(part), figure=found.id)]
    return prose_html(text, marks, grounds(found), "en", "$", "en")


class Tags(HTMLParser):
    """The tags and attributes that a browser would find."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_figure_is_a_button_inside_of_markdown() -> None:
    html = shown("There are **1,234**单 orders.\n\n| a | b |\n|---|---|\n| x | y |", "1,234", figure(1234, Unit.COUNT))
    button = re.search(r"<strong>(<button[^>]*>1,234</button>)</strong>单", html)
    assert button is not None
    for attribute in ('data-receipt="t1.main"', 'data-figure="t1.n"', 'data-label="Orders"', 'data-value="1,234"', 'aria-expanded="false"'):
        assert attribute in button[1]
    assert "<table>" in html


@pytest.mark.parametrize(
    "text",
    [
        f"Top: {EVIL}",
        "<script>alert(1)</script>",
        "[x](javascript:alert(1)) ![y](http://192.0.2.1/a.png) <http://192.0.2.1> [z]: http://192.0.2.1",
        "`<b>` \n\n    <b>\n\n<div onclick=x>",
        "\ue0010\ue003 \ue0019\ue003",
        '"><img src=x onerror=alert(1)> | a | b |',
    ],
)
def test_nothing_in_a_text_becomes_markup(text: str) -> None:
    found = Tags(prose_html(text, [], grounds(), "en", "$", "en"))
    assert set(found.tags) <= {"p", "br", "code", "pre", "em", "strong"}
    assert found.attributes == set()


@pytest.mark.parametrize("name", [EVIL, "a*b_c](x)**", '" onclick="alert(1)', "</button><script>x</script>", "\ue0010\ue003", "|\n# x"])
def test_a_hostile_name_stays_text_in_a_figure_and_in_its_label(name: str) -> None:
    found = Tags(shown(f"*First* is {name} *now*.", name, figure(name, Unit.TEXT, label=name)))
    assert found.tags == ["p", "em", "span", "em"]
    known = {"role", "tabindex", "class", "data-receipt", "data-figure", "data-label", "data-value", "aria-expanded", "title"}
    assert found.attributes == known


def test_a_figure_without_a_known_receipt_stays_text() -> None:
    other = figure(5, Unit.COUNT, name="t9.n")
    assert prose_html("5", [Mark(start=0, end=1, figure="t9.n")], Grounds({"t9.n": other}), "en", "$", "en") == "<p>5</p>\n"
    assert prose_html("5", [Mark(start=0, end=1, figure="gone")], grounds(), "en", "$", "en") == "<p>5</p>\n"


def test_a_number_in_a_tools_words_unfolds_its_results_receipt() -> None:
    html = prose_html("AUC 0.873", [Mark(start=4, end=9, figure="t1.words")], grounds(), "en", "$", "en")
    assert 'data-receipt="t1.main"' in html
    assert 'data-value="0.873"' in html
    assert "button" not in prose_html("AUC 0.873", [Mark(start=4, end=9, figure="t9.words")], grounds(), "en", "$", "en")


@pytest.mark.parametrize(
    ("value", "unit", "language", "expected"),
    [
        ("4598012.33", Unit.MONEY, "en", "$4,598,012.33"),
        (2469, Unit.COUNT, "zh", "2,469"),
        (0.3254, Unit.SHARE, "en", "32.54% (0.3254)"),
        (0.1234567, Unit.POINTS, "zh", "12.3457个百分点 (0.1234567)"),
        (12.345, Unit.DAYS, "en", "12.3 days (12.345)"),
        ("2018-01-01", Unit.DATE, "en", "2018-01-01"),
        ("冠军客户", Unit.TEXT, "zh", "冠军客户"),
        (None, Unit.MONEY, "zh", "无数据"),
        (Decimal("-0.5"), Unit.CHANGE, "en", "-50% (-0.5)"),
    ],
)
def test_the_exact_value_has_its_unit(value: object, unit: Unit, language: str, expected: str) -> None:
    assert exact_value(value, unit, language, "$") == expected


def test_the_tables_of_a_receipt_are_named_by_its_tool_or_read_from_its_sql() -> None:
    sql = "WITH g AS (SELECT * FROM customer_base) SELECT * FROM g JOIN orders o ON o.customer_id = g.id"
    assert tables_of(receipt(sql=sql)) == ("customer_base", "orders")
    assert tables_of(receipt(sql=sql, source_tables=("scores",))) == ("scores",)
    assert tables_of(receipt(sql="not ( sql")) == ()
