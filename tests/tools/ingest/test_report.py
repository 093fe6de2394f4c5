"""Sentences of load reports, in both languages."""

from __future__ import annotations

import re

import pytest

from tools.ingest.left_out import left_out_notes
from tools.ingest.report import DEMO, REASONS, LoadReport, TableReport, counted, have
from tools.ingest.types import ColumnMapping, TableMapping


def table(**values: object) -> TableReport:
    return TableReport.model_validate(
        {"source": "o.csv", "grain": "orders", "rows_in": 3, "rows_accepted": 3, "rows_rejected": 0, **values}
    )


@pytest.mark.parametrize(
    ("report", "zh", "en"),
    [
        (table(), "o.csv：3 行，全部接收。", "o.csv: 3 rows, all accepted."),
        (table(rows_in=1, rows_accepted=1), "o.csv：1 行，全部接收。", "o.csv: 1 row, all accepted."),
        (
            table(rows_in=1200, rows_accepted=1197, rows_rejected=3, reasons={"duplicate": 2, "conflict": 1}),
            "o.csv：1,200 行，接收 1,197 行，隔离 3 行（完全重复 2、同一编号内容不同 1）。",
            "o.csv: 1,200 rows, 1,197 accepted, 3 set aside (exact repeat 2, same id, other content 1).",
        ),
        (table(already_loaded=True), "o.csv：此前已载入，没有变化。", "o.csv: loaded before, nothing changed."),
        (table(source=DEMO, rows_in=2469, rows_accepted=2469), "演示数据订单：2,469 行。", "Demo orders: 2,469 rows."),
    ],
)
def test_sentence(report: TableReport, zh: str, en: str) -> None:
    assert (report.sentence().zh, report.sentence().en) == (zh, en)


def test_a_report_adds_its_tables_up() -> None:
    report = LoadReport(changed=True, tables=(table(), table(rows_in=5, rows_accepted=4, rows_rejected=1, reasons={"malformed": 1})))
    assert (report.rows_in, report.rows_accepted, report.rows_rejected) == (8, 7, 1)
    assert len(report.lines("zh")) == 2


def test_every_reason_is_named_in_chinese_and_english() -> None:
    assert all(re.search("[\u4e00-\u9fff]", text.zh) and text.en.isascii() for text in REASONS.values())


def test_counts_agree_with_their_nouns_and_verbs() -> None:
    assert [counted(1, "row"), counted(2, "row"), counted(0, "row")] == ["1 row", "2 rows", "0 rows"]
    assert counted(2, "entry", "entries") == "2 entries"
    assert [have(1), have(2)] == ["has", "have"]


def mapping(grain: str, **targets: str | None) -> TableMapping:
    columns = tuple(ColumnMapping(source=name, target=target, confidence=1) for name, target in targets.items())
    return TableMapping.model_validate({"source": "o.csv", "grain": grain, "columns": columns})


def test_columns_left_out_are_named() -> None:
    notes = left_out_notes(mapping("orders", a="orders.order_id", b=None, c="orders.shipping", d="customers.attribute"))
    assert [note.zh for note in notes] == ["o.csv：以下列没有对应的字段，未保存：b、c。"]
    assert left_out_notes(mapping("customers", a="customers.customer_id", b=None)) == []
    assert [note.en for note in left_out_notes(mapping("customers", a="ignore"))] == [
        "o.csv: private columns that no analysis needs are never stored: a."
    ]
