"""Which figure each number of an answer's prose is."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from fake_openai import FakeOpenAI, Reply, call

from assistant.conversation import Conversation, open_conversation
from assistant.events import Answer, Finished, Mark, TextDelta
from assistant.evidence import Evidence
from assistant.marks import after_changes, plain, signed, signed_all
from assistant.prose import ProseStream
from assistant.turn import Turn
from tools.contracts import Column, Figure, Receipt, Table, Text, ToolResult, Unit
from tools.warehouse.warehouse import Warehouse

REVENUE = Figure(id="t1.revenue", label=Text(zh="销售额", en="Revenue"), value=Decimal("4600000"), unit=Unit.MONEY, receipt="t1.main")
ORDERS = Figure(id="t1.orders", label=Text(zh="订单数", en="Orders"), value=1234, unit=Unit.COUNT, receipt="t1.main")
NAME = Figure(id="t1.top", label=Text(zh="最大客户", en="Top customer"), value="A\ue001t1.orders\ue002B](x)\ue003<b>", unit=Unit.TEXT)
TABLE = Table(
    title=Text(zh="表", en="Table"),
    columns=(
        Column(id="name", label=Text(zh="名", en="Name"), unit=Unit.TEXT),
        Column(id="n", label=Text(zh="数", en="Count"), unit=Unit.COUNT),
    ),
    rows=(("x", 77),),
    row_count=1,
)


def result(handle: str = "t1", **values: object) -> ToolResult:
    receipt = Receipt(id=f"{handle}.main", tool="measure", arguments={}, definition=Text(zh="口径", en="As defined"))
    return ToolResult(tool="measure", receipts=(receipt,), details={"handle": handle}, **values)


def prose(text: str, language: str = "en", step: int = 3) -> tuple[str, dict[str, str]]:
    """The plain text of a stream that comes in pieces, and the figure of each marked part."""
    stream = ProseStream(Evidence([result(figures=(REVENUE, ORDERS, NAME), tables=(TABLE,))], ["?"], current=1), language, signs=True)
    pieces = [stream.feed(text[start : start + step]) for start in range(0, len(text), step)]
    shown, marks = plain("".join([*pieces, stream.finish()]))
    return shown, {shown[mark.start : mark.end]: mark.figure for mark in marks}


def test_a_reference_is_marked_where_its_number_stands() -> None:
    assert prose("Revenue was **[[t1.revenue]]** from [[t1.orders]] orders. Row: [[t1.table.1.n]].") == (
        "Revenue was **$4.6M** from 1,234 orders. Row: 77.",
        {"$4.6M": "t1.revenue", "1,234": "t1.orders", "77": "t1.table.1.n"},
    )
    assert prose("销售额$[[t1.revenue]]，订单[[t1.orders]]笔。", "zh") == (
        "销售额$460万，订单1,234笔。",
        {"$460万": "t1.revenue", "1,234": "t1.orders"},
    )


def test_a_bare_number_that_is_bound_is_marked_beside_references() -> None:
    assert prose("Orders: 1234, and revenue [[t1.revenue]], that is 1,234 orders.") == (
        "Orders: 1,234, and revenue $4.6M, that is 1,234 orders.",
        {"1,234": "t1.orders", "$4.6M": "t1.revenue"},
    )


def test_numbers_in_words_that_a_tool_gave_are_marked() -> None:
    why = Figure(id="t1.row1.why", label=Text(zh="原因", en="why"), value="最近下单是261天前；平均53.4天 <b>", unit=Unit.TEXT)
    plan = Figure(id="t1.plan", label=Text(zh="建议", en="plan"), value="多联系", unit=Unit.TEXT)
    found = result(figures=(ORDERS, why, plan))
    said = found.model_copy(update={"details": {"handle": "t1", "reasons": {"zh": why.value, "en": ""}}})
    stream = ProseStream(Evidence([said], ["?"], current=1), "zh", signs=True)
    shown, marks = plain(stream.feed("客户[[t1.orders]]单。最近下单是261天前；平均53.4天 <b>。多联系。\n"))
    assert shown == "客户1,234单。最近下单是261天前；平均53.4天 < b>。多联系。\n"
    parts = [(shown[mark.start : mark.end], mark.figure) for mark in marks]
    assert parts == [("1,234", "t1.orders"), ("261天", "t1.row1.why"), ("53.4天", "t1.row1.why")]


def test_numbers_in_words_that_are_no_figure_are_marked_as_their_results() -> None:
    words = {"zh": "2", "en": "The AUC is 0.873 (30 days after 2017-12-02). It holds; two of 1,234 fell."}
    size = Figure(id="t1.size", label=Text(zh="人数", en="size"), value="1", unit=Unit.TEXT)
    said = result(figures=(ORDERS, size)).model_copy(update={"details": {"handle": "t1", "sentence": words}})
    stream = ProseStream(Evidence([said], ["?"], current=1), "en", signs=True)
    shown, marks = plain(stream.feed("Churn model: The AUC is 0.873 (30 days after 2017-12-02). It holds; two of 1,234 fell.\n"))
    parts = [(shown[mark.start : mark.end], mark.figure) for mark in marks]
    assert parts == [(part, "t1.words") for part in ("0.873", "30 days", "2017-12-02", "1,234")]


def test_without_signs_the_text_is_plain() -> None:
    stream = ProseStream(Evidence([result(figures=(ORDERS,))], ["?"], current=1), "en")
    assert stream.feed("There are [[t1.orders]] orders.\n") == "There are 1,234 orders.\n"


def test_who_writes_the_signs_marks_nothing() -> None:
    shown, marks = prose("The top is [[t1.top]], \ue001t1.orders\ue0029\ue003 [[t1.orders]].")
    assert "\ue001" not in shown
    assert marks["1,234"] == "t1.orders"
    assert "t1.orders" not in [figure for text, figure in marks.items() if text != "1,234"]
    assert plain("a\ue001b\ue003\ue002") == ("ab", [])
    assert signed("5\ue003", "t1\ue002.x") == "\ue001t1.x\ue0025\ue003"


def test_a_link_is_broken_and_the_marks_still_fit() -> None:
    shown, marks = prose("See [a](b) and [[t1.orders]] <b>x</b> [[t1.revenue]].")
    assert shown == "See [a] (b) and 1,234 < b>x< /b> $4.6M."
    assert marks == {"1,234": "t1.orders", "$4.6M": "t1.revenue"}


def test_signs_and_places_are_two_ways_to_say_the_same() -> None:
    text, marks = "Revenue $4.6M, orders 9", [Mark(start=8, end=13, figure="r"), Mark(start=22, end=23, figure="o")]
    assert plain(signed_all(text, marks)) == (text, marks)
    assert [mark.start for mark in after_changes(marks, [(0, 7, 10), (14, 15, 1)])] == [11, 25]


@pytest.mark.parametrize("prefix", ["", "It broke.\n\n"])
def test_an_answer_knows_its_marks_and_sources(prefix: str) -> None:
    turn = Turn("?", "en", "$", "planner", prefix=prefix, results=[result("t3", figures=(), tables=(TABLE, TABLE))])
    assert turn.say(f"Orders: {signed('1,234', 't1.orders')}\n") == TextDelta(
        text="Orders: 1,234\n", marks=[Mark(start=8, end=13, figure="t1.orders")]
    )
    turn.say(f"And {signed('77', 't3.table.1.n')}.\n")
    turn.cite([ORDERS], {"t1": result("t1"), "t3": turn.results[0]})
    answer = turn.answer()
    assert [(answer.text[mark.start : mark.end], mark.figure) for mark in answer.marks] == [("1,234", "t1.orders"), ("77", "t3.table.1.n")]
    assert [(source.handle, source.tables, [receipt.id for receipt in source.receipts]) for source in answer.sources] == [
        ("t3", [0, 1], []),
        ("t1", [], ["t1.main"]),
    ]
    assert [receipt.id for receipt in answer.receipts] == ["t3.main"]
    assert Answer.model_validate_json(answer.model_dump_json()).marks == answer.marks


def _parts(text: str, marks: list[Mark]) -> list[tuple[str, str]]:
    return [(text[mark.start : mark.end], mark.figure) for mark in marks]


def _streamed(conversation: Conversation, question: str) -> tuple[list[tuple[str, str]], Answer]:
    """The marked parts as they came, and the whole answer."""
    found: list[tuple[str, str]] = []
    for event in conversation.ask(question):
        if isinstance(event, TextDelta):
            found += _parts(event.text, event.marks)
        if isinstance(event, Finished):
            return found, event.answer
    raise AssertionError("every answer ends with Finished")


def test_a_language_models_figures_are_marked_while_they_stream_and_in_the_end(
    service: Callable[..., tuple[FakeOpenAI, Conversation]],
) -> None:
    reply = Reply("**[[t1.customers]]** customers are ours. Total revenue was $177.8. We made up 999 of them.")
    _, conversation = service(call("measure", metrics=["customers", "revenue"]), reply)
    streamed, answer = _streamed(conversation, "How many customers do we have?")
    assert "\ue001" not in answer.text
    assert streamed == _parts(answer.text, answer.marks) == [("4", "t1.customers"), ("$177.75", "t1.revenue")]
    assert {mark.figure for mark in answer.marks} <= {figure.id for figure in answer.figures}


def test_the_planners_figures_are_marked_in_the_same_way(small: Warehouse) -> None:
    conversation = open_conversation(small)
    streamed, answer = _streamed(conversation, "我们一共有多少客户?")
    assert ("4", "t1.customers") in streamed
    assert streamed == _parts(answer.text, answer.marks)
    assert [source.handle for source in answer.sources] == ["t1"]
    kept = conversation.history.load()
    assert not any("\ue001" in str(message.content) for message in kept)
