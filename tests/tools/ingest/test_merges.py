from __future__ import annotations

from pathlib import Path

import pytest

from tools.ingest.identities import undo_merge
from tools.ingest.load import load
from tools.ingest.merges import list_merges, mask
from tools.warehouse.warehouse import Warehouse

CUSTOMERS = """customer_id,name,phone,email
A1,Li Lei,13800138000,lilei@example.com
A2,Li Lei,+86 138-0013-8000,
B1,Han Mei,,han@example.com
B2,Han Mei,,HAN@example.com
C1,Wang Wu,13912345678,
"""


@pytest.fixture
def merged(tmp_path: Path) -> Warehouse:
    path = tmp_path / "customers.csv"
    path.write_text(CUSTOMERS, encoding="utf-8")
    warehouse = Warehouse(tmp_path / "w.duckdb")
    load(warehouse, [path])
    return warehouse


def test_merges_are_listed_with_what_matched_masked(merged: Warehouse) -> None:
    with merged.reading() as engine:
        total, merges = list_merges(engine)
    assert total == 2
    shown = [(merge.source_customer_id, merge.customer_id, merge.match.en, merge.masked) for merge in merges]
    assert shown == [("A2", "A1", "phone", "13*******00"), ("B2", "B1", "e-mail", "h***@example.com")]
    assert merges[0].source_name.zh == "customers.csv"


def test_they_are_searched_by_either_id_and_cut(merged: Warehouse) -> None:
    with merged.reading() as engine:
        assert [merge.source_customer_id for merge in list_merges(engine, "b1")[1]] == ["B2"]
        assert [merge.customer_id for merge in list_merges(engine, " a2 ")[1]] == ["A1"]
        assert list_merges(engine, "%") == (0, [])
        assert (list_merges(engine, limit=1)[0], len(list_merges(engine, limit=1)[1])) == (2, 1)


def test_one_that_was_undone_is_listed_no_more(merged: Warehouse) -> None:
    with merged.reading() as engine:
        first = list_merges(engine)[1][0]
    undo_merge(merged, first.source, first.source_customer_id)
    with merged.reading() as engine:
        assert [merge.source_customer_id for merge in list_merges(engine)[1]] == ["B2"]


@pytest.mark.parametrize(
    ("value", "masked"),
    [("13800138000", "13*******00"), ("a@b.cn", "a***@b.cn"), ("V1", "**"), ("VIP10", "V***0"), ("", "")],
)
def test_most_of_a_value_stays_hidden(value: str, masked: str) -> None:
    assert mask(value) == masked
