"""What a number counts, in both languages."""

from __future__ import annotations

import pytest

from assistant.counted import counted, nouns_in


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("5 customers", "customers"),
        ("5 households", "customers"),
        ("5 very loyal customers", "customers"),
        ("5-order", "orders"),
        ("5 baskets", "orders"),
        ("5 stores", "stores"),
        ("5 stories", None),
        ("5", None),
        ("5, customers", None),
        ("5 of all their many customers", None),
        ("5位客户", "customers"),
        ("5个高价值客户", "customers"),
        ("5笔订单", "orders"),
        ("5个月", "months"),
        ("5周", "weeks"),
        ("5，客户", None),
        ("5次", None),
    ],
)
def test_the_noun_after_a_number(text: str, kind: str | None) -> None:
    assert counted(text, 1) == kind


@pytest.mark.parametrize(
    ("label", "kinds"),
    [
        ("customers with orders", {"customers", "orders"}),
        ("客户数", {"customers"}),
        ("revenue", set()),
        ("reorder rate", set()),
    ],
)
def test_the_things_that_a_label_names(label: str, kinds: set[str]) -> None:
    assert nouns_in(label) == kinds
