"""A conversation that plays scripted events: what the page is tried with, without a warehouse or a brain."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.events import (
    Answer,
    ChartReady,
    Event,
    FileReady,
    Finished,
    RenderedFigure,
    Source,
    StepDone,
    StepStarted,
    TableReady,
    TextDelta,
)
from assistant.marks import plain, signed
from tools.contracts import Chart, Check, Column, Figure, FileOut, Outcome, Receipt, Statement, Table, Text, ToolResult, Unit

SLOW = "slow"
HALTS = "halts"
DIFFERS = "differs"
HOSTILE = "<img src=x onerror=\"document.title='hacked'\">${document.title='hacked'}{{title}}"
SEGMENTS = [
    ("champions", "冠军客户", 412, "1843211.55"),
    ("loyal", "忠诚客户", 388, "1012233.10"),
    ("at_risk", "流失风险客户", 233, "401220.04"),
]
TEXT = {
    "zh": "这是第 {number} 个问题：{question}。**冠军客户** 412 人，贡献了最多的销售额。\n\n- 忠诚客户 388 人\n- 流失风险客户 233 人",
    "en": "This is question {number}: {question}. **Champions** are 412 and bring the most revenue.\n\n- Loyal: 388\n- At risk: 233",
}
SQL = """SELECT rfm_group, count(*) AS customers, sum(monetary) AS revenue
FROM scores JOIN customer_features USING (customer_id)
WHERE recency_days < $days AND '<b>' = '<b>'
GROUP BY rfm_group"""


class ScriptedConversation:
    """Answers every question from a script.

    "slow" in the question makes it wait to be stopped before it says anything, "halts" after it has said all; with "differs" a
    cross-check does not hold.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stopped = threading.Event()
        self.asked: list[str] = []

    def ask(self, question: str) -> Iterator[Event]:
        """The script for ``question``."""
        self.asked.append(question)
        self._stopped.clear()
        language = "zh" if any("\u4e00" <= c <= "\u9fff" for c in question) else "en"
        arguments: dict[str, Any] = {"scheme": "rfm", "customers": {"segment": "at_risk"}}
        yield StepStarted(call_id="1", tool="segment_overview", arguments=arguments)
        if self._stopped.wait(20 if SLOW in question else 0.15):
            yield self._finished(question, language, "已停止。" if language == "zh" else "Stopped.", outcome=Outcome.FAILED)
            return
        yield StepDone(call_id="1", tool="segment_overview", outcome=Outcome.ANSWERED, seconds=0.15, result=_result())
        text = TEXT[language].format(number=len(self.asked), question=question)
        marked = signed_text(text)
        for piece in re.findall("\ue001[^\ue003]*\ue003|[^\ue001]{1,6}", marked):
            if self._stopped.wait(0.01):
                break
            shown, marks = plain(piece)
            yield TextDelta(text=shown, marks=marks)
        if HALTS in question:
            self._stopped.wait(20)
        yield ChartReady(chart=_chart())
        yield TableReady(table=_table())
        file = self._file()
        yield FileReady(file=file)
        yield self._finished(question, language, text, file)

    def cancel(self) -> None:
        """Stop."""
        self._stopped.set()

    def undo(self) -> None:
        """Forget the last question."""
        self.asked.pop()

    def delete(self) -> None:
        """Forget all."""
        self.asked.clear()

    def _file(self) -> FileOut:
        path = self._folder / f"at_risk_{id(self)}.csv"
        path.write_text("\ufeffcustomer_id\n1\n2\n", encoding="utf-8")
        return FileOut(path=str(path), name="流失风险客户_20180101.csv", media_type="text/csv", rows=2)

    def _finished(
        self, question: str, language: str, text: str, file: FileOut | None = None, outcome: Outcome = Outcome.ANSWERED
    ) -> Finished:
        zh = language == "zh"
        whole = file is not None
        shown, marks = plain(signed_text(text))
        return Finished(
            answer=Answer(
                question=question,
                text=shown,
                marks=marks,
                figures=[_rendered(figure, language) for figure in _figures()] if whole else [],
                receipts=list(_result().receipts) if whole else [],
                sources=[Source(handle="t1", interpretation=_result().interpretation.say(language), tables=[0])] if whole else [],  # type: ignore[union-attr]
                checks=_checks(DIFFERS in question) if whole else [],
                language=language,
                outcome=outcome,
                currency="$",
                tables=[_table()] if whole else [],
                charts=[_chart()] if whole else [],
                files=[file] if file else [],
                interpretation=("按 RFM 分群，截至 2018-01-01" if zh else "RFM groups as of 2018-01-01") if whole else None,
                caveats=["有 31 位客户还没有订单，未计入。" if zh else "31 customers have no order yet and are left out."] if whole else [],
                suggestions=["导出流失风险客户", "对比冠军客户和流失风险客户"]
                if zh
                else ["Export the at-risk customers", "Compare champions with at-risk"],
            )
        )


def signed_text(text: str) -> str:
    """The numbers of customers in ``text`` as the figures that they are."""
    for en, _, count, _ in SEGMENTS:
        text = text.replace(str(count), signed(str(count), f"t1.customers.{en}"))
    return text


def _figures() -> list[Figure]:
    found = []
    for en, zh, count, _ in SEGMENTS:
        label = Text(zh=f"{zh}：客户数{HOSTILE}", en=f"{en}: customers{HOSTILE}")
        found.append(Figure(id=f"t1.customers.{en}", label=label, value=count, unit=Unit.COUNT, receipt="t1.main"))
    return found


def _rendered(figure: Figure, language: str) -> RenderedFigure:
    label = figure.label.say(language)
    return RenderedFigure(id=figure.id, label=label, value=figure.value, unit=figure.unit.value, receipt=figure.receipt)


def _checks(differs: bool) -> list[Check]:
    label = Text(zh="各客群人数之和等于全部客户", en="The segments add up to all customers")
    money = Text(zh="各客群销售额之和等于总额", en="Their revenue adds up to the total")
    total = Decimal("3256664.69")
    return [
        Check(id="a", label=label, found=1033, expected=1034 if differs else 1033, unit=Unit.COUNT, holds=not differs),
        Check(id="b", label=money, found=total, expected=total, unit=Unit.MONEY, holds=True),
    ]


def _result() -> ToolResult:
    receipt = Receipt(
        id="t1.main",
        seed=7,
        source_tables=("scores", "customer_features"),
        tool="segment_overview",
        arguments={"scheme": "rfm"},
        statements=(
            Statement(
                sql=SQL,
                parameters={"days": 365},
            ),
        ),
        definition=Text(zh="按 R 与 FM 分数所在单元格分群", en="Groups by the cell of the R and FM scores"),
        as_of=dt.date(2018, 1, 1),
        data_version="7",
    )
    understood = Text(zh="按 RFM 分群", en="RFM groups")
    details = {"handle": "t1"}
    return ToolResult(tool="segment_overview", receipts=(receipt,), interpretation=understood, figures=tuple(_figures()), details=details)


def _table() -> Table:
    columns = (
        Column(id="segment", label=Text(zh="客群", en="Segment"), unit=Unit.TEXT),
        Column(id="customers", label=Text(zh="客户数", en="Customers"), unit=Unit.COUNT),
        Column(id="share", label=Text(zh="客户占比", en="Share of customers"), unit=Unit.SHARE),
        Column(id="revenue", label=Text(zh="销售额", en="Revenue"), unit=Unit.MONEY),
        Column(id="recency", label=Text(zh="平均最近购买天数", en="Mean days since last order"), unit=Unit.DAYS),
        Column(id="change", label=Text(zh="环比", en="Change"), unit=Unit.CHANGE),
    )
    rows = tuple(
        (zh + " / " + en, count, Decimal(count) / 2469, Decimal(money), Decimal("12.345"), Decimal("-0.0321"))
        for en, zh, count, money in SEGMENTS
    )
    return Table(title=Text(zh="RFM 客群", en="RFM segments"), columns=columns, rows=rows, row_count=3)


def _chart() -> Chart:
    def bars(names: list[str]) -> dict[str, Any]:
        return {"data": [{"type": "bar", "orientation": "h", "y": names, "x": [c for _, _, c, _ in SEGMENTS]}], "layout": {"height": 240}}

    return Chart(
        title=Text(zh="各客群人数", en="Customers by segment"),
        zh=bars([zh for _, zh, _, _ in SEGMENTS]),
        en=bars([en for en, *_ in SEGMENTS]),
    )


def main() -> None:
    """Serve the page over scripted conversations: WAREHOUSE PORT."""
    from assistant.ui.app import serve
    from tools.warehouse.warehouse import Warehouse

    path, port = sys.argv[1:3]
    folder = Path(path).parent
    serve(
        Warehouse(path),
        int(port),
        ready=lambda address: print(address, flush=True),
        open_conversation=lambda _: ScriptedConversation(folder),
    )


if __name__ == "__main__":
    os.environ.setdefault("FENQUN_HOME", str(Path(sys.argv[1]).parent))
    main()
