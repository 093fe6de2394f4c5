"""Numbers as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assistant.planner.numbers import find_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2,000", "2000"),
        ("1.5万", "15000"),
        ("3亿", "300000000"),
        ("2k", "2000"),
        ("三百", "300"),
        ("二十五", "25"),
        ("一百零五", "105"),
        ("一千二", "1200"),
        ("三万五", "35000"),
        ("两万", "20000"),
        ("一万零五百", "10500"),
        ("twenty five", "25"),
        ("two hundred and fifty", "250"),
        ("a dozen", "12"),
        ("half a million", "500000"),
    ],
)
def test_numbers(text: str, value: str) -> None:
    found = [number for number in find_numbers(text) if (number.start, number.end) == (0, len(text))]

    assert [number.value for number in found] == [Decimal(value)]
    assert not found[0].share


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20%", "0.2"),
        ("20 percent", "0.2"),
        ("百分之五", "0.05"),
        ("两成", "0.2"),
        ("三成半", "0.35"),
        ("四分之一", "0.25"),
        ("一半", "0.5"),
        ("half", "0.5"),
    ],
)
def test_shares(text: str, value: str) -> None:
    shares = [number for number in find_numbers(text) if number.share]

    assert [(number.start, number.end, number.value) for number in shares] == [(0, len(text), Decimal(value))]


@pytest.mark.parametrize("text", ["first half of 2017", "half a year", "half a million", "上半年", "半年"])
def test_halves_of_something_else_are_no_shares(text: str) -> None:
    assert not [number for number in find_numbers(text) if number.share]


@pytest.mark.parametrize("text", ["ab12c", "someone", "phone"])
def test_parts_of_words_are_no_numbers(text: str) -> None:
    assert not list(find_numbers(text))
