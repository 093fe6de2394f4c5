"""Groups of an earlier day against independent SQL over the source files, and against orders counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import TypeAdapter

from tools.contracts import ToolResult
from tools.errors import InputError, UnknownName, UnsupportedQuestion
from tools.requests import FindCustomers, SegmentOverview
from tools.rules import InSegment, SegmentRule
from tools.segments.find import find_customers
from tools.segments.overview import segment_overview
from tools.segments.refresh import refresh
from tools.segments.sentences import describe_rule
from tools.segments.stored import read_rule, write_rule
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

Ask = Callable[[str], list[tuple[Any, ...]]]
JUNE = dt.date(2017, 6, 30)
MOVES = "SELECT w.rfm_group, n.rfm_group, count(*) FROM rfm_on(DATE '2017-06-30') AS w JOIN rfm AS n USING (household_id) GROUP BY 1, 2"


@pytest.fixture
def june(demo: ToolContext) -> ToolResult:
    return segment_overview(demo, SegmentOverview(since=JUNE))


def found(demo: ToolContext, rule: dict[str, Any]) -> int:
    read = TypeAdapter(SegmentRule).validate_python(rule)
    return int(find_customers(demo, FindCustomers(rule=read)).figure("customers").value)  # type: ignore[arg-type]


def test_sizes_then_and_now(june: ToolResult, source: Ask) -> None:
    then = dict(source("SELECT rfm_group, count(*) FROM rfm_on(DATE '2017-06-30') GROUP BY 1"))
    now = dict(source("SELECT rfm_group, count(*) FROM rfm GROUP BY 1"))
    for group in now:
        assert june.figure(f"{group}.then").value == then[group]
        assert june.figure(f"{group}.now").value == now[group]
        assert june.figure(f"{group}.change").value == now[group] - then[group]


def test_moves(june: ToolResult, source: Ask) -> None:
    moves = {(was, now): count for was, now, count in source(MOVES)}
    rows = {(row[0], row[1]): row[2] for row in june.tables[1].rows}
    shown = {pair: count for pair, count in rows.items() if pair[0] != "prospects"}
    assert shown
    assert all(moves[pair] == count for pair, count in shown.items())  # type: ignore[index]
    assert june.figure("champions.stayed").value == moves["champions", "champions"]
    left = sum(count for (was, now), count in moves.items() if was == "champions" != now)
    assert june.figure("champions.departed").value == left


def test_then_and_joined_less_left_are_now(june: ToolResult) -> None:
    for group in june.details["order"]:
        then, joined, left, now = (int(june.figure(f"{group}.{part}").value) for part in ("then", "joined", "departed", "now"))  # type: ignore[arg-type]
        assert then + joined - left == now
    assert all(one.holds for one in june.checks)
    assert {one.id for one in june.checks} == {"moves", "balance"}


def test_the_group_that_grew_most(demo: ToolContext, source: Ask) -> None:
    result = segment_overview(demo, SegmentOverview(scheme="rfm_eight", since=dt.date(2017, 9, 30), sort="growth"))
    high = "r_high AND f_high AND NOT m_high"
    [(then,)] = source(f"SELECT count(*) FROM eight_on(DATE '2017-09-30') WHERE {high}")
    [(now,)] = source(f"SELECT count(*) FROM eight WHERE {high}")
    assert result.details["focus"] == "general_value"
    assert (result.figure("general_value.then").value, result.figure("general_value.now").value) == (then, now)
    assert result.details["order"][0] == "general_value"


def test_between_two_earlier_days(demo: ToolContext, source: Ask) -> None:
    result = segment_overview(demo, SegmentOverview(since=JUNE, until=dt.date(2017, 9, 30), group="loyal"))
    [(count,)] = source(
        "SELECT count(*) FROM rfm_on(DATE '2017-06-30') AS w JOIN rfm_on(DATE '2017-09-30') AS n USING (household_id) "
        "WHERE w.rfm_group = 'loyal' AND n.rfm_group = 'loyal'"
    )
    assert result.figure("loyal.stayed").value == count
    assert result.tables[0].row_count == 1


def test_customers_who_moved(demo: ToolContext, source: Ask) -> None:
    moves = {(was, now): count for was, now, count in source(MOVES)}
    rule = {"all": [{"segment": "loyal", "on": "2017-06-30"}, {"segment": "at_risk"}]}
    assert found(demo, rule) == moves["loyal", "at_risk"]


def test_tiers_then(demo: ToolContext, source: Ask) -> None:
    year = "day BETWEEN DATE '2017-06-30' - 364 AND DATE '2017-06-30'"
    [(count,)] = source(
        f"WITH spent AS (SELECT household_id, sum(paid) AS m FROM baskets WHERE {year} GROUP BY 1) "
        "SELECT count(*) FROM spent WHERE m > (SELECT quantile_cont(CAST(m AS DOUBLE), 0.95) FROM spent)"
    )
    assert found(demo, {"segment": "tier_svip", "on": "2017-06-30"}) == count


def test_lifecycle_then(demo: ToolContext, source: Ask) -> None:
    [(count,)] = source(
        "SELECT count(*) FROM (SELECT household_id FROM baskets WHERE day <= DATE '2017-09-30' GROUP BY 1 "
        "HAVING max(day) > DATE '2017-09-30' - 90 AND min(day) > DATE '2017-09-30' - 90)"
    )
    assert found(demo, {"segment": "lifecycle_new", "on": "2017-09-30"}) == count


@pytest.mark.parametrize("segment", ["churn_high", "cluster_1"])
def test_groups_of_models_are_known_for_today_only(demo: ToolContext, segment: str) -> None:
    with pytest.raises(UnsupportedQuestion):
        found(demo, {"segment": segment, "on": "2017-06-30"})


def test_days_that_do_not_fit(demo: ToolContext) -> None:
    with pytest.raises(InputError, match="end on 2018-01-01"):
        found(demo, {"segment": "loyal", "on": "2018-02-01"})
    with pytest.raises(InputError, match="before the later"):
        segment_overview(demo, SegmentOverview(since=JUNE, until=dt.date(2017, 3, 1)))
    with pytest.raises(UnsupportedQuestion, match="orders begin"):
        segment_overview(demo, SegmentOverview(since=dt.date(2015, 1, 1)))
    with pytest.raises(InputError, match="since"):
        segment_overview(demo, SegmentOverview(group="loyal"))
    with pytest.raises(UnknownName):
        segment_overview(demo, SegmentOverview(since=JUNE, group="nobody"))


def test_a_rule_says_both_days() -> None:
    rule = TypeAdapter(SegmentRule).validate_python({"all": [{"segment": "loyal", "on": "2017-06-30"}, {"not": {"segment": "loyal"}}]})
    said = describe_rule(rule, dt.date(2018, 1, 1))
    assert said.en == "customers in the segment Loyal customers on 2017-06-30 and not in the segment Loyal customers on 2018-01-01"
    assert said.zh == "在 2017-06-30 属于忠诚客户且不在 2018-01-01 属于忠诚客户的客户"


def test_a_rule_without_a_day_is_written_without_one() -> None:
    assert write_rule(InSegment(segment="loyal")) == '{"segment":"loyal"}'
    dated = InSegment(segment="loyal", on=JUNE)
    assert read_rule(write_rule(dated)) == dated


def test_nothing_later_is_read(make_warehouse: Callable[..., Warehouse]) -> None:
    """The groups of the end of June are the same whether or not there are later orders."""
    early = [("b", f"2024-0{month}-10", "50") for month in range(1, 7)] + [("c", f"2024-0{month}-12", "40") for month in range(2, 7)]
    first = [("a", "2024-01-05", "10"), *early, ("e", "2024-06-30", "5")]
    late = [("a", f"2024-{month:02}-20", "90") for month in range(8, 13)]
    both, alone = make_warehouse([*first, *late], others=["d"]), make_warehouse(first, others=["d"], name="alone")
    refresh(both)
    refresh(alone)
    with open_context(both) as ctx:
        rows = segment_overview(ctx, SegmentOverview(since=dt.date(2024, 6, 30))).tables[0].rows
        then = {row[0]: row[1] for row in rows if row[1]}
    with open_context(alone) as ctx:
        assert then == {row[0]: row[1] for row in segment_overview(ctx, SegmentOverview()).tables[0].rows if row[1]}
