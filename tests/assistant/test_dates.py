"""Dates and periods in prose, in both languages, and what counts as knowing them."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.dates import DateMention, dates_in, find_dates, without_dates

Parts = tuple[int | None, int | None, int | None, int | None, int | None]


def _parts(mention: DateMention) -> Parts:
    return mention.year, mention.quarter, mention.half, mention.month, mention.day


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("on 2017-11-15", (2017, None, None, 11, 15)),
        ("2017/3/5", (2017, None, None, 3, 5)),
        ("2017年3月5日", (2017, None, None, 3, 5)),
        ("2017 年 3 月", (2017, None, None, 3, None)),
        ("2017年第四季度", (2017, 4, None, None, None)),
        ("2017年2季度", (2017, 2, None, None, None)),
        ("第三季度", (None, 3, None, None, None)),
        ("2017年上半年", (2017, None, 1, None, None)),
        ("2017年下半年", (2017, None, 2, None, None)),
        ("2017 Q4", (2017, 4, None, None, None)),
        ("Q4 of 2017", (2017, 4, None, None, None)),
        ("in Q2", (None, 2, None, None, None)),
        ("2017-11", (2017, None, None, 11, None)),
        ("November 15, 2017", (2017, None, None, 11, 15)),
        ("Nov. 2017", (2017, None, None, 11, None)),
        ("15th of", None),
        ("15th November", (None, None, None, 11, 15)),
        ("May 3rd", (None, None, None, 5, 3)),
        ("12月25日", (None, None, None, 12, 25)),
        ("in 2017", (2017, None, None, None, None)),
        ("$2017", None),
        ("2017 customers", None),
        ("2017万", None),
        ("20171", None),
        ("K2017", None),
        ("2017.5", None),
    ],
)
def test_one_mention(text: str, parts: Parts | None) -> None:
    assert [_parts(mention) for mention in find_dates(text)] == ([] if parts is None else [parts])


def test_mentions_come_in_order_and_do_not_overlap() -> None:
    text = "From 2017-10-01 to Q4 2017 and 2016年"
    found = find_dates(text)
    assert [text[one.start : one.end] for one in found] == ["2017-10-01", "Q4 2017", "2016年"]


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("2017年第四季度", "2017-12-31", "2017-09-30"),
        ("2017年上半年", "2017-06-30", "2017-07-01"),
        ("2017-11", "2017-11-01", "2017-12-01"),
        ("12月25日", "1999-12-25", "1999-12-24"),
        ("2017", "2017-01-01", "2018-01-01"),
    ],
)
def test_what_lies_in_a_mention(text: str, inside: str, outside: str) -> None:
    (mention,) = find_dates(text)
    assert mention.fits(dt.date.fromisoformat(inside))
    assert not mention.fits(dt.date.fromisoformat(outside))


def test_blanked_dates_leave_every_other_character_in_its_place() -> None:
    text = "2017-10-01: 12 orders in Q4 2017, 3月 5笔"
    blank = without_dates(text)
    assert len(blank) == len(text)
    assert [character for character in blank if character.isdigit()] == ["1", "2", "5"]
    assert blank.index("12") == text.index("12 ")


def test_only_real_dates_are_dates() -> None:
    assert dates_in(["2017-02-29, 2017-13-01, 2016-02-29", "12017-01-01"]) == {dt.date(2016, 2, 29)}
