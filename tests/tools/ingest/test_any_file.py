"""Files of any making: no row is lost, nothing changes twice, and what cannot be loaded is said in a sentence."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tools.errors import FenqunError
from tools.ingest.load import load, plan_load
from tools.warehouse.warehouse import Warehouse

SECONDS = 20
"""Far more than a file of a few rows needs, on any machine; a hang is longer."""

HEADERS = (
    ("order_id", "customer_id", "ordered_at", "amount", "status", "note one"),
    ("订单编号", "客户编号", "下单时间", "实付金额", "订单状态", "其他"),
    ("Order No.", "Buyer", "Date", "Total (USD)", "Category", "x"),
    ("会员ID", "姓名", "手机号", "消费时间", "商品名称", "金额"),
    ("a", "b", "c", "d", "e", "f"),
)
IDS = st.sampled_from(["1", "2", "3", "A-7", "00012", "17850.0", '="99"', "guest", "-1", "N/A", "张三", "C5"])
DATES = st.sampled_from(
    ["2024-01-05", "2024/1/5 10:00", "05/03/2024", "20240105", "2024年3月5日", "1900-01-00", "45000", "soon", "2099-01-01"]
)
AMOUNTS = st.sampled_from(["10", "10.50", "¥12", "$1,000.25", "(5.00)", "-3", "1.2万", "1.234,56", "9e99", "abc", "0", "999999999999"])
WORDS = st.sampled_from(
    ["paid", "交易成功", "refunded", "取消", 'say "hi"', "a,b;c|d\te", "line\nbreak", "=1+1", "'", "😀", "\u3000x", "合计？", "\\N"]
)
CELLS = st.one_of(
    st.just(""), IDS, DATES, AMOUNTS, WORDS, st.text(st.characters(codec="gb18030", exclude_categories=["Cs", "Cc"]), max_size=8)
)


@dataclass(frozen=True)
class Written:
    """A file as it was written."""

    content: bytes
    rows: int


@st.composite
def files(draw: st.DrawFn) -> Written:
    header = draw(st.sampled_from(HEADERS))
    fitting = [st.one_of(st.just(""), one) for one in (IDS, IDS, DATES, AMOUNTS, WORDS, CELLS)]
    rows = draw(st.lists(st.one_of(st.tuples(*fitting), st.tuples(*[CELLS] * 6)), min_size=0, max_size=12))
    text = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    writer = csv.writer(text, delimiter=draw(st.sampled_from(",;\t|")), quoting=quoting, lineterminator=newline)
    writer.writerow(header)
    for row in rows:
        writer.writerow(row)
        text.write(newline * draw(st.sampled_from([0, 0, 0, 1, 2])))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    return Written(text.getvalue().encode(encoding, "replace"), sum(1 for row in rows if any(cell.strip() for cell in row)))


def counts(warehouse: Warehouse) -> list[tuple[int, ...]]:
    tables = ("customers", "orders", "order_lines", "products", "refunds", "rejected_rows", "loads")
    with warehouse.reading() as engine:
        return engine.rows("SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables))


def check_sentence(error: FenqunError) -> None:
    for language in ("zh", "en"):
        sentence = error.message(language)
        assert "Traceback" not in sentence
        assert "\n" not in sentence.strip()
        assert sentence.rstrip().endswith(("。", ".", "？", "?", "）。"))
    assert re.search("[\u4e00-\u9fff]", error.zh)


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(files())
def test_any_table_is_accounted_for(written: Written) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(written.content)
        warehouse = Warehouse(Path(folder) / "w.duckdb")
        begun = time.monotonic()
        try:
            (planned,) = plan_load(warehouse, [path]).tables
            report = load(warehouse, [path])
        except FenqunError as error:
            check_sentence(error)
            return
        assert time.monotonic() - begun < SECONDS
        # Notes and totals at the end of a sheet are layout, and so is a header that is said again.
        layout = int(planned.notes.get("layout_rows", "0"))
        assert report.rows_in == report.rows_accepted + report.rows_rejected
        assert all(sum(table.reasons.values()) == table.rows_rejected for table in report.tables)
        assert report.rows_in + layout == written.rows
        before = counts(warehouse)
        assert before[0][5] == report.rows_rejected
        again = load(warehouse, [path])
        assert not again.changed
        assert counts(warehouse) == before


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_sentence(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.csv"
        path.write_bytes(content)
        with pytest.raises(FenqunError, match="any.csv") as caught:
            load(Warehouse(Path(folder) / "w.duckdb"), [path])
        check_sentence(caught.value)
