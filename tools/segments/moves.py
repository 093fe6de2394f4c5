"""The tool `segment_overview` of two days: the groups of a scheme on an earlier day beside those of a later one, and who moved where.

An answer should speak of each ``<group>.then``, ``.now`` and ``.change``, of ``moved`` and ``stayed``; of one group also of its
``.stayed``, ``.joined`` and ``.departed``. For every group: then + joined - departed = now. ``details["order"]`` lists the groups
as they are to be told, ``details["into"]`` and ``details["out_of"]`` the largest moves by the ids of their figures.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tools.checks import check, gather
from tools.contracts import Check, Outcome, Statement, Text, ToolResult, Unit
from tools.errors import InputError, UnknownName, UnsupportedQuestion
from tools.requests import SegmentOverview
from tools.rules import EVERYONE, AllOf, InSegment, NotRule, SegmentRule, Selection
from tools.segments.earlier import bound_by, check_day, edges_words, groups_then
from tools.segments.freshness import freshness_caveats, require_features, require_orders
from tools.segments.moves_report import (
    OUTSIDE,
    Change,
    Pair,
    group_figures,
    move_figures,
    move_id,
    move_labels,
    moves_chart,
    moves_table,
    sizes_table,
)
from tools.segments.schemes import AIPL, PROSPECTS, SCHEMES, Group, Scheme
from tools.segments.scoring import read_sql
from tools.segments.tiers.needs import require_events
from tools.segments.tiers.step import stored_limits
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote

TOOL = "segment_overview"
_MOST_MOVES = 5


def segment_moves(ctx: ToolContext, request: SegmentOverview, then: dt.date) -> ToolResult:
    """The groups of a scheme on two days: sizes with their change, and a table from which group to which.

    Args:
        ctx: The warehouse.
        request: What is asked.
        then: The earlier day.

    Raises:
        UnsupportedQuestion: Features were never computed, or the data begin after the earlier day.
        InputError: The days are the wrong way round, or the later one is after the data.
        UnknownName: The scheme has no such group.
    """
    as_of, scheme = require_features(ctx), SCHEMES[request.scheme]
    require_orders(ctx, scheme.name)
    if scheme is AIPL:
        require_events(ctx)
    now = request.until or as_of
    _check_days(ctx, then, now, as_of)
    chosen = _group(scheme, request.group)
    statement = _statement(ctx, scheme, then, None if now == as_of else now)
    pairs = _pairs(scheme, ctx.engine.rows(statement.sql, statement.parameters))
    changes = _in_order(request, [_change(group, pairs) for group in scheme.groups])
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json", exclude_none=True), _definition(scheme, then, now, as_of), statement)
    common: dict[str, Any] = {"tool": TOOL, "receipts": (receipt,), "interpretation": _sentence(scheme, chosen, then, now)}
    told = [one for one in changes if one.group is chosen] if chosen else changes
    if not any(one.then or one.now for one in told):
        nobody = Text(zh="这些分群在两个日期都没有客户。", en="Nobody was in these groups on either day.")
        return ToolResult(outcome=Outcome.EMPTY, message=nobody, **common)
    names = {group.id: group.name for group in scheme.groups} | {OUTSIDE: scheme.outside}
    focus = chosen or (changes[0].group if request.sort else None)
    moves = [(pair, count) for pair, count in pairs.most_common() if pair[0] != pair[1]]
    into = _largest(moves, lambda pair: focus is None or pair[1] == focus.id)
    out_of = _largest(moves, lambda pair: focus is not None and pair[0] == focus.id)
    return ToolResult(
        figures=(*group_figures(told, pairs), *move_figures([*into, *out_of], names)),
        tables=(sizes_table(scheme, told, then, now), moves_table(scheme, pairs, chosen, names)),
        charts=(moves_chart(scheme, told, then, now),),
        checks=_checks(ctx, changes, pairs),
        caveats=freshness_caveats(ctx),
        selection=Selection(rule=_whom(request, focus, then)),
        details={
            "scheme": scheme.id,
            "since": then.isoformat(),
            "until": now.isoformat(),
            "order": [one.group.id for one in told],
            "names": {group: name.model_dump() for group, name in names.items()},
            "group": chosen.id if chosen else None,
            "focus": focus.id if focus else None,
            "into": [move_id(pair) for pair, _ in into],
            "out_of": [move_id(pair) for pair, _ in out_of],
            "labels": move_labels(into, out_of, names, whole=focus is None),
            "sort": request.sort,
        },
        **common,
    )


def _check_days(ctx: ToolContext, then: dt.date, now: dt.date, as_of: dt.date) -> None:
    check_day(now, as_of)
    if then >= now:
        raise InputError(
            f"The earlier day ({then}) must be before the later one ({now}).", f"较早的日期（{then}）应在较晚的日期（{now}）之前。"
        )
    first = ctx.engine.rows("SELECT CAST(min(ordered_at) AS DATE) FROM counted_orders")[0][0]
    if first is not None and then < first:
        raise UnsupportedQuestion(
            f"The orders begin on {first}, so there were no groups on {then}; choose a later day.",
            f"订单数据从 {first} 开始，{then} 还没有分群；请选择更晚的日期。",
        )


def _group(scheme: Scheme, name: str | None) -> Group | None:
    if name is None:
        return None
    found = next((group for group in scheme.groups if name.casefold() in (group.id, group.name.en.casefold(), group.name.zh)), None)
    if found is None:
        raise UnknownName("group", "分群", name, [group.id for group in scheme.groups])
    return found


def _statement(ctx: ToolContext, scheme: Scheme, then: dt.date, now: dt.date | None) -> Statement:
    bound: dict[str, Any] = {}

    def bind(value: Any) -> str:
        """A placeholder for a value."""
        bound[f"m_{len(bound)}"] = value
        return f"$m_{len(bound) - 1}"

    limits = stored_limits(ctx.engine)
    was = bound_by(groups_then(scheme, then, limits), bind)
    stored = f"SELECT customer_id, {quote(scheme.field)} AS group_value FROM scores"
    later = bound_by(groups_then(scheme, now, limits), bind) if now else stored
    return Statement(sql=f"WITH was_part AS (\n{was}\n),\nnow_part AS (\n{later}\n)\n{read_sql('moves').rstrip()}", parameters=bound)


def _pairs(scheme: Scheme, rows: list[tuple[Any, ...]]) -> Counter[Pair]:
    ids = {group.stored: group.id for group in scheme.groups}
    found: Counter[Pair] = Counter()
    for was, now, customers in rows:
        found[ids.get(was, OUTSIDE), ids.get(now, OUTSIDE)] += int(customers)
    return found


def _change(group: Group, pairs: Counter[Pair]) -> Change:
    then = sum(count for (was, _), count in pairs.items() if was == group.id)
    now = sum(count for (_, later), count in pairs.items() if later == group.id)
    return Change(group, then, now, pairs[group.id, group.id])


def _in_order(request: SegmentOverview, changes: list[Change]) -> list[Change]:
    known = [one for one in changes if one.then or one.now or one.group is not PROSPECTS]
    if request.sort is None:
        return known
    return sorted(known, key=lambda one: one.then - one.now if request.sort == "growth" else one.now - one.then)


def _whom(request: SegmentOverview, focus: Group | None, then: dt.date) -> SegmentRule:
    """Of a ranking by growth those who came into the first group, of one by decline those who left it; else who is in the group."""
    if focus is None:
        return EVERYONE
    was, now = InSegment(segment=focus.id, on=then), InSegment(segment=focus.id, on=request.until)
    if request.sort is None:
        return now
    first, second = (now, was) if request.sort == "growth" else (was, now)
    return AllOf(all=(first, NotRule(not_=second)))


def _largest(moves: list[tuple[Pair, int]], wanted: Callable[[Pair], bool]) -> list[tuple[Pair, int]]:
    return [one for one in moves if wanted(one[0])][:_MOST_MOVES]


def _checks(ctx: ToolContext, changes: list[Change], pairs: Counter[Pair]) -> tuple[Check, ...]:
    def everybody() -> Iterator[Check]:
        """All moves together are all customers."""
        expected = ctx.engine.rows("SELECT count(*) FROM customers")[0][0]
        label = Text(zh="各流向人数之和，与全部客户数", en="all moves together, against all customers")
        yield check("moves", label, sum(pairs.values()), expected, Unit.COUNT)

    def adds_up() -> Iterator[Check]:
        """Then + joined - left = now, of all groups together."""
        label = Text(zh="当时人数加流入减流出，与现在人数", en="then plus joined less left, against now")
        found = sum(one.then + one.joined - one.departed for one in changes)
        yield check("balance", label, found, sum(one.now for one in changes), Unit.COUNT)

    return gather(everybody, adds_up)


def _sentence(scheme: Scheme, chosen: Group | None, then: dt.date, now: dt.date) -> Text:
    who = chosen.name if chosen else scheme.name
    edges = edges_words(then)
    return Text(
        zh=f"{who.zh}：{then} 与 {now} 相比；{then} 的分群{edges.zh}",
        en=f"{who.en} on {then} and on {now}; the groups of {then} are {edges.en}",
    )


def _definition(scheme: Scheme, then: dt.date, now: dt.date, as_of: dt.date) -> Text:
    earlier = edges_words(then)
    later = edges_words(now) if now < as_of else Text(zh="为已保存的当前分群", en="those stored for today")
    return Text(
        zh=f"{scheme.definition.zh}{then} 的分群{earlier.zh}；{now} 的分群{later.zh}。",
        en=f"{scheme.definition.en} The groups of {then} are {earlier.en}; those of {now} are {later.en}.",
    )
