"""What is shown of the groups of two days: figures, the sizes and the moves as tables, a chart."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tools.contracts import Chart, Column, Figure, Table, Text, Unit
from tools.segments.reporting import bars, figure, share
from tools.segments.schemes import Group, Scheme

Pair = tuple[str, str]
"""The group that a customer was in, and the one that they are in."""
OUTSIDE = "outside"
"""Stands for those who are in no group."""
_MOST_ROWS = 50


@dataclass(frozen=True)
class Change:
    """How many were in a group, and how many came and went."""

    group: Group
    then: int
    now: int
    stayed: int

    @property
    def joined(self) -> int:
        """In it now and not then."""
        return self.now - self.stayed

    @property
    def departed(self) -> int:
        """In it then and not now."""
        return self.then - self.stayed


def move_id(pair: Pair) -> str:
    """The id of the figure of a move."""
    return f"{pair[0]}_to_{pair[1]}.customers"


def move_labels(
    into: list[tuple[Pair, int]], out_of: list[tuple[Pair, int]], names: dict[str, Text], *, whole: bool
) -> dict[str, dict[str, str]]:
    """What each move is called: by both its groups, or by the one that is not in focus."""
    both = {
        move_id(pair): Text(zh=f"{names[pair[0]].zh}→{names[pair[1]].zh}", en=f"{names[pair[0]].en} → {names[pair[1]].en}")
        for pair, _ in into
    }
    one = {move_id(pair): names[pair[0]] for pair, _ in into} | {move_id(pair): names[pair[1]] for pair, _ in out_of}
    return {name: label.model_dump() for name, label in (both if whole else one).items()}


def group_figures(changes: list[Change], pairs: Counter[Pair]) -> Iterator[Figure]:
    """How many changed group and stayed, and of each group its sizes, who came and who went."""
    everyone = sum(pairs.values())
    stayed = sum(count for (was, now), count in pairs.items() if was == now)
    yield figure("customers", "客户总数", "all customers", everyone, Unit.COUNT)
    yield figure("moved", "换了分群的客户数", "customers who changed group", everyone - stayed, Unit.COUNT)
    yield figure("stayed", "未换分群的客户数", "customers who stayed in their group", stayed, Unit.COUNT)
    for one in changes:
        name = one.group.name
        numbers = [
            ("then", "当时客户数", "customers then", one.then),
            ("now", "现在客户数", "customers now", one.now),
            ("change", "客户数变化", "change in customers", one.now - one.then),
            ("stayed", "一直在其中", "stayed", one.stayed),
            ("joined", "流入", "joined", one.joined),
            ("departed", "流出", "left", one.departed),
        ]
        for part, zh, en, value in numbers:
            yield figure(f"{one.group.id}.{part}", f"{name.zh}：{zh}", f"{name.en}: {en}", value, Unit.COUNT)
        rates = [
            ("change_rate", "客户数变化率", "relative change in customers", share(one.now - one.then, one.then)),
            ("kept_rate", "留在其中的比例", "share who stayed", share(one.stayed, one.then)),
        ]
        for part, zh, en, rate in rates:
            if rate is not None:
                yield figure(f"{one.group.id}.{part}", f"{name.zh}：{zh}", f"{name.en}: {en}", rate, Unit.SHARE)


def move_figures(moves: list[tuple[Pair, int]], names: dict[str, Text]) -> Iterator[Figure]:
    """One figure for each of the moves that are told."""
    for pair, count in dict(moves).items():
        was, now = names[pair[0]], names[pair[1]]
        yield figure(move_id(pair), f"从{was.zh}到{now.zh}", f"from {was.en} to {now.en}", count, Unit.COUNT)


def sizes_table(scheme: Scheme, changes: list[Change], then: dt.date, now: dt.date) -> Table:
    """One row per group: its sizes on both days and what became of its customers."""
    columns = (
        ("then", f"{then} 客户数", f"customers on {then}", Unit.COUNT),
        ("now", f"{now} 客户数", f"customers on {now}", Unit.COUNT),
        ("change", "变化", "change", Unit.COUNT),
        ("change_rate", "变化率", "relative change", Unit.SHARE),
        ("stayed", "一直在其中", "stayed", Unit.COUNT),
        ("joined", "流入", "joined", Unit.COUNT),
        ("departed", "流出", "left", Unit.COUNT),
    )
    first = Column(
        id="segment", label=Text(zh="分群", en="segment"), unit=Unit.TEXT, names={one.group.id: one.group.name for one in changes}
    )
    rows = tuple(
        (one.group.id, one.then, one.now, one.now - one.then, share(one.now - one.then, one.then), one.stayed, one.joined, one.departed)
        for one in changes
    )
    shown = (first, *(Column(id=name, label=Text(zh=zh, en=en), unit=unit) for name, zh, en, unit in columns))
    return Table(id="segments", title=scheme.name, columns=shown, rows=rows, row_count=len(rows))


def moves_table(scheme: Scheme, pairs: Counter[Pair], chosen: Group | None, names: dict[str, Text]) -> Table:
    """From which group to which, the largest moves first; those who stayed are among them."""
    order = [*(group.id for group in scheme.groups), OUTSIDE]
    whole = Counter[str]()
    for (was, _), count in pairs.items():
        whole[was] += count
    told = [pair for pair in pairs if chosen is None or chosen.id in pair]
    told = [pair for pair in told if pair != (OUTSIDE, OUTSIDE)]
    told.sort(key=lambda pair: (-pairs[pair], order.index(pair[0]), order.index(pair[1])))
    rows = tuple((was, now, pairs[was, now], share(pairs[was, now], whole[was])) for was, now in told)
    columns = (
        Column(id="from_group", label=Text(zh="原来的分群", en="from"), unit=Unit.TEXT, names=names),
        Column(id="to_group", label=Text(zh="后来的分群", en="to"), unit=Unit.TEXT, names=names),
        Column(id="customers", label=Text(zh="客户数", en="customers"), unit=Unit.COUNT),
        Column(id="share_of_from", label=Text(zh="占原分群", en="share of those from there"), unit=Unit.SHARE),
    )
    title = Text(zh="从哪一群到哪一群", en="From which group to which")
    return Table(id="moves", title=title, columns=columns, rows=rows[:_MOST_ROWS], row_count=len(rows[:_MOST_ROWS]))


def moves_chart(scheme: Scheme, changes: list[Change], then: dt.date, now: dt.date) -> Chart:
    """Bars of the sizes on both days."""
    title = Text(zh=f"{scheme.name.zh}：{then} 与 {now} 的客户数", en=f"{scheme.name.en}: customers on {then} and on {now}")
    series = [
        (Text(zh=str(then), en=str(then)), [one.then for one in changes]),
        (Text(zh=str(now), en=str(now)), [one.now for one in changes]),
    ]
    return bars("segments", title, [one.group.name for one in changes], series, ",d")
