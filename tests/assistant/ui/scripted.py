"""A conversation that plays scripted events: what the page is tried with, without a warehouse or a brain."""

from __future__ import annotations

import datetime as dt
import os
import sys
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from assistant.events import Answer, ChartReady, Event, FileReady, Finished, StepDone, StepStarted, TableReady, TextDelta
from tools.contracts import Chart, Column, FileOut, Outcome, Receipt, Statement, Table, Text, ToolResult, Unit

SLOW = "slow"
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
    """Answers every question from a script; "slow" in the question makes it wait to be stopped."""

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
        for start in range(0, len(text), 6):
            if self._stopped.wait(0.01):
                break
            yield TextDelta(text=text[start : start + 6])
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
        return Finished(
            answer=Answer(
                question=question,
                text=text,
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


def _result() -> ToolResult:
    receipt = Receipt(
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
    return ToolResult(tool="segment_overview", receipts=(receipt,), interpretation=understood)


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
