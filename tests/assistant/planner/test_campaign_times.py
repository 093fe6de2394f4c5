"""Times that a campaign tells are its dates; counted by hand from its first and last day."""

from __future__ import annotations

import datetime as dt

import pytest

from assistant.planner.campaign_times import with_campaign_dates

DATES = {"Campaign 8": (dt.date(2017, 5, 8), dt.date(2017, 6, 25)), "Campaign 13": (dt.date(2017, 8, 8), dt.date(2017, 9, 24))}


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("revenue during campaign 8", "revenue between 2017-05-08 and 2017-06-25"),
        ("orders in the two weeks after campaign 8 started", "orders between 2017-05-08 and 2017-05-21"),
        (
            "who got campaign 8 but bought nothing in the 10 days after it ended",
            "who got campaign 8 but bought nothing between 2017-06-26 and 2017-07-05",
        ),
        ("sales in the 30 days before campaign 13", "sales between 2017-07-09 and 2017-08-07"),
        ("spend in the 7 days before campaign 8", "spend between 2017-05-01 and 2017-05-07"),
        ("活动8期间的销售额", "2017-05-08到2017-06-25的销售额"),
        ("收到活动8但活动开始后两周没买东西的", "收到活动8但2017-05-08到2017-05-21没买东西的"),
        ("8号活动结束后30天的订单数", "2017-06-26到2017-07-25的订单数"),
        ("revenue during campaign 8 and campaign 13", "revenue during campaign 8 and campaign 13"),
        ("revenue during campaign 99", "revenue during campaign 99"),
        ("revenue during the campaign", "revenue during the campaign"),
    ],
)
def test_times_of_one_campaign_become_dates(text: str, written: str) -> None:
    assert with_campaign_dates(text, DATES) == written


def test_without_campaigns_nothing_changes() -> None:
    assert with_campaign_dates("revenue during campaign 8", {}) == "revenue during campaign 8"
