"""What names of columns say, in both languages and scripts."""

from __future__ import annotations

import pytest

from tools.ingest.names import match_name, meanings, meanings_of_targets, normal_form
from tools.ingest.shapes import shape_of


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("CustomerID", "customer_id"),
        ("customer-id", "customer_id"),
        ("客戶編號", "customer_id"),
        ("会员编号", "customer_id"),
        ("Order Date", "ordered_at"),
        ("下單時間", "ordered_at"),
        ("实付金额(元)", "amount_paid"),
        ("实付金额（元）", "amount_paid"),
        ("【商品名称】", "product_name"),
        ("e-mail", "email"),
        ("收货人手机号", "phone"),
        ("Custmer Name", "name"),
        ("身份证号码", "private"),
        ("主营类目", "category"),
        ("merchant category", "category"),
    ],
)
def test_meaning(name: str, meaning: str) -> None:
    assert match_name(name)[0].meaning.id == meaning


@pytest.mark.parametrize("name", ["", "  ", "xyz", "爱好", "foo_bar", "???"])
def test_names_that_say_nothing(name: str) -> None:
    assert match_name(name) == []


def test_a_vague_name_is_less_sure_than_an_outright_one() -> None:
    assert match_name("客户")[0].confidence < 0.7 < match_name("客户编号")[0].confidence


@pytest.mark.parametrize(
    ("name", "plain"), [("orderID", "order id"), ("ORDER_ID ", "order id"), ("訂單 編號", "订单编号"), ("Amount (USD)", "amount")]
)
def test_normal_form(name: str, plain: str) -> None:
    assert normal_form(name) == plain


def test_every_meaning_of_a_target_exists() -> None:
    used = {meaning for columns in meanings_of_targets().values() for accepted in columns.values() for meaning in accepted}
    assert used <= set(meanings())


def test_no_name_means_two_things() -> None:
    owners: dict[str, set[str]] = {}
    for meaning in meanings().values():
        for name in meaning.names:
            owners.setdefault(name.replace(" ", ""), set()).add(meaning.id)
    assert {name: sorted(found) for name, found in owners.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("values", "trait"),
    [
        (["1", "2.5", "$3", "HK$1,200", "CHF 5"], "numbers"),
        (["¥1", "12.50", "3元", "1.2万"], "money"),
        (["a@x.com", "B.C@y.org"], "emails"),
        (["13800138000", "+86 138-0013-8001"], "mobiles"),
        (["#1001", "A-1002", "1003"], "order_numbers"),
        ([".1", "0.25", "15%"], "fractions"),
    ],
)
def test_shapes(values: list[str], trait: str) -> None:
    assert getattr(shape_of(values), trait) == 1


def test_the_decimal_comma_is_told_by_what_follows_it() -> None:
    assert shape_of(["1.234,56", "20,5"]).decimal_comma
    assert not shape_of(["1,234.56", "20.5"]).decimal_comma
    assert not shape_of(["1,234", "5"]).decimal_comma


def test_missing_values_are_no_values() -> None:
    shape = shape_of([None, "", "N/A", "x"])
    assert (shape.filled, shape.distinct, shape.is_unique) == (0.25, 1, True)
    assert not shape_of([None, ""]).is_unique
