"""What says a currency, and what does not."""

from __future__ import annotations

import duckdb
import pytest

from tools.ingest.currencies import EACH, code_of, currency_expression, currency_of, is_chinese, stated_currency
from tools.ingest.load import load
from tools.ingest.types import ColumnMapping, TableMapping
from tools.warehouse.currency import currency_symbol
from tools.warehouse.warehouse import Warehouse

SAID = {
    "$12.50": "USD",
    "US$ 12": "USD",
    "12.50 美元": "USD",
    "HK$12": "HKD",
    "NT$ 300": "TWD",
    "A$5": "AUD",
    "NZ$5": "NZD",
    "€ 12,50": "EUR",
    "12,50 EUR": "EUR",
    "£3": "GBP",
    "12.50元": "CNY",
    "人民币12": "CNY",
    "RMB 12": "CNY",
    "1200円": "JPY",
    "1,200 JPY": "JPY",
    "₹99": "INR",
    "12.50": None,
    "欧洲": None,
    "euphoria": None,
    "ausd": None,
}


@pytest.mark.parametrize(("text", "code"), SAID.items())
def test_signs_and_words(text: str, code: str | None) -> None:
    assert code_of(text, chinese=False) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [("金额(元)", "CNY"), ("Amount USD", "USD"), ("amountUSD", "USD"), ("total_eur", "EUR"), ("Total (GBP)", "GBP"), ("实付金额", None)],
)
def test_names_of_columns(name: str, code: str | None) -> None:
    assert currency_of(name, ["1", None, "2"], chinese=False) == code


def test_the_yen_sign_is_the_yuan_only_in_chinese_files() -> None:
    assert code_of("￥12", chinese=True) == code_of("¥12", chinese=True) == "CNY"
    assert code_of("¥12", chinese=False) is None
    assert is_chinese(["order", "金额"])
    assert not is_chinese(["order", "amount"])


def test_values_win_over_the_name_and_may_differ() -> None:
    assert currency_of("Amount USD", ["€5"], chinese=False) == "EUR"
    assert currency_of("amount", ["€5", "$5", None], chinese=False) == EACH


@pytest.mark.parametrize(("text", "code"), SAID.items())
def test_the_reading_of_single_rows_agrees(text: str, code: str | None) -> None:
    if code is None:
        return
    sql = f"SELECT {currency_expression('t', chinese=True)} FROM (SELECT $text AS t)"
    assert duckdb.execute(sql, {"text": text}).fetchall() == [(code,)]


def test_a_column_of_currencies_goes_before_what_amounts_say() -> None:
    amount = ColumnMapping(source="a", target="orders.amount", kind="money", currency="USD", confidence=1)
    column = ColumnMapping(source="c", target="orders.currency", confidence=1)
    assert stated_currency(TableMapping(source="s", grain="orders", columns=(amount,))) == "USD"
    assert stated_currency(TableMapping(source="s", grain="orders", columns=(amount, column))) is None


def test_words_in_a_column_become_codes_and_the_symbol_is_shown(tmp_path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(
        "订单号,客户编号,日期,金额,币种\n1,A,2024-01-02,1,人民币\n2,A,2024-01-03,2,RMB\n3,B,2024-01-04,3,usd\n4,B,2024-01-05,4,CHF\n5,B,2024-01-06,4,\n"
    )
    warehouse = Warehouse(tmp_path / "w.duckdb")
    load(warehouse, [path])
    with warehouse.reading() as engine:
        assert dict(engine.rows("SELECT order_id, currency FROM orders")) == {"1": "CNY", "2": "CNY", "3": "USD", "4": "CHF", "5": None}
        assert currency_symbol(engine, warehouse.config) == "¥"
