"""Figures and the table of a measurement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pyarrow as pa

from tools.contracts import Column, Figure, FigureValue, Table, Text, Unit
from tools.metrics.averages import NAMES, PerTime
from tools.metrics.catalogue import Metric
from tools.metrics.outcome import (
    OTHERS,
    OTHERS_NAME,
    Measured,
    change_of,
    change_share,
    compared_values,
    difference_of,
    group_name,
    share_of,
    shares_of,
)
from tools.metrics.results import Group, Value
from tools.metrics.wholes import tells_share

FIGURE_GROUPS = 20
"""Groups whose numbers are figures, so that prose may speak of them."""
TABLE_ROWS = 50
_TWO = 2

_TOTAL = Text(zh="合计", en="total")
_REST = Text(zh="其余", en="the rest")
_BEFORE = {
    "last_year": (Text(zh="（去年同期）", en="a year before"), Text(zh="（去年同期）", en="a year before")),
    "previous": (Text(zh="（上期）", en="in the period before"), Text(zh="（上期）", en="before")),
    "than": (Text(zh="（对比期）", en="in the period compared with"), Text(zh="（对比期）", en="compared with")),
    "usual": (Text(zh="（平时）", en="usually"), Text(zh="（平时）", en="usually")),
    "step": (Text(zh="（上一期）", en="in the one before"), Text(zh="（上一期）", en="one before")),
}
"""What the period compared with is called, in figures and in columns."""


def build_figures(measured: Measured) -> list[Figure]:
    """All figures: of each group shown, the total, the rest, and the dates."""
    found: list[Figure] = []
    if measured.grouped:
        for number, group in enumerate(measured.shown[:FIGURE_GROUPS], start=1):
            found += _of_group(measured, group, f"g{number}.", group_name(measured, group))
        found += _extremes(measured)
        found += _course(measured)
        found += _of_group(measured, measured.total, "total.", _TOTAL, is_total=True)
        found += _rest(measured)
        found += _together(measured)
        found += _means(measured)
        found += _apart(measured)
        found.append(_figure("groups", Text(zh="分组数", en="groups"), measured.group_count, Unit.COUNT))
    else:
        found += _of_group(measured, measured.total, "", None, is_total=True)
    found += _dates(measured)
    return [figure for figure in found if figure.value is not None]


def _of_group(measured: Measured, group: Group, prefix: str, name: Text | None, *, is_total: bool = False) -> Iterator[Figure]:
    before = measured.previous_total if is_total else measured.before_of(group)
    for metric in measured.plan.metrics:
        if is_total and measured.grouped and metric.requires:
            continue
        label = _joined(name, metric.name)
        value = group.values.get(metric.id)
        yield _figure(f"{prefix}{metric.id}", label, value, metric.unit)
        if not is_total and measured.has_share(metric):
            yield _figure(
                f"{prefix}{metric.id}.share", _of(label, "占比", "share of the total"), share_of(group, measured.total, metric), Unit.SHARE
            )
        yield from _beside(measured, group, metric, f"{prefix}{metric.id}", label)
        if measured.compared and not (is_total and measured.before is None):
            yield from _compared(measured, metric, f"{prefix}{metric.id}", label, (group, before), group if not is_total else None)


def _beside(measured: Measured, group: Group, metric: Metric, figure_id: str, label: Text) -> Iterator[Figure]:
    """What goes with a value: its mean over days or months, its share within the first dimension."""
    if measured.per is not None:
        name = NAMES[measured.per.unit]
        mean = measured.per.average(metric, group)
        yield _figure(f"{figure_id}.{measured.per.figure}", _of(label, name.zh, name.en), mean, mean_unit(metric))
    if measured.wholes is not None and tells_share(measured, metric):
        whole = measured.wholes.get(group.keys)
        yield _figure(
            f"{figure_id}.whole", _of(label, "的整体", "of the whole"), whole.values.get(metric.id) if whole else None, metric.unit
        )
        yield _figure(f"{figure_id}.share_of", _of(label, "占整体的比例", "share of the whole"), share_of(group, whole, metric), Unit.SHARE)
    if measured.firsts is not None and group.keys and measured.has_share(metric):
        first = measured.plan.by[0].name
        part = share_of(group, measured.firsts.get(group.keys[0]), metric)
        yield _figure(f"{figure_id}.share_within", _of(label, f"在{first.zh}内的占比", f"share within the {first.en}"), part, Unit.SHARE)


def _compared(
    measured: Measured, metric: Metric, figure_id: str, label: Text, both: tuple[Group, Group | None], group: Group | None
) -> Iterator[Figure]:
    whole, before = both
    value, earlier = compared_values(measured, metric, whole, before)
    change, unit = change_of(metric, value, earlier)
    yield _figure(f"{figure_id}.previous", _of(label, *_before(measured, column=False)), earlier, _previous_unit(measured, metric))
    yield _figure(f"{figure_id}.change", _of(label, "变化", "change"), change, unit)
    if metric.unit is not Unit.SHARE and (group is None or measured.by_change):
        difference = difference_of(Group((), (), {metric.id: value}), Group((), (), {metric.id: earlier}) if before else None, metric)
        yield _figure(f"{figure_id}.difference", _of(label, "变化额", "difference"), difference, metric.unit)
    if group is not None and measured.by_change:
        part = change_share(measured, group, metric)
        yield _figure(f"{figure_id}.difference_share", _of(label, "占总变化的比例", "share of the total change"), part, Unit.SHARE)
    if group is not None and measured.has_share(metric):
        now, then = shares_of(measured, group, metric)
        if _by_share(measured, metric):
            yield _figure(f"{figure_id}.share_previous", _of(label, "对比期占比", "share before"), then, Unit.SHARE)
        points = now - then if now is not None and then is not None else None
        yield _figure(f"{figure_id}.share_change", _of(label, "占比变化", "change of the share"), points, Unit.POINTS)


def _previous_unit(measured: Measured, metric: Metric) -> Unit:
    """The unit of what is compared with: that of a mean where averages are."""
    return mean_unit(metric) if measured.per_before is not None else metric.unit


def _before(measured: Measured, *, column: bool) -> tuple[str, str]:
    label = _BEFORE[measured.compare or "previous"][column]
    return label.zh, label.en


def mean_unit(metric: Metric) -> Unit:
    """The unit of a mean of the metric over time."""
    return metric.unit if metric.unit is Unit.MONEY else Unit.NUMBER


def _means(measured: Measured) -> Iterator[Figure]:
    """What a group has on average."""
    for metric in measured.plan.metrics:
        label = _of(metric.name, "各组平均", "mean of the groups")
        yield _figure(f"mean.{metric.id}", label, measured.means.get(metric.id), mean_unit(metric))


def _together(measured: Measured) -> Iterator[Figure]:
    """What the groups shown have together, and its share of the total."""
    if measured.together is None:
        return
    metric = measured.plan.metrics[0]
    label = _joined(Text(zh="以上各组合计", en="those shown together"), metric.name)
    group = Group((), (), {metric.id: measured.together})
    yield _figure("shown.groups", Text(zh="所列分组数", en="groups shown"), measured.limit, Unit.COUNT)
    yield _figure(f"shown.{metric.id}", label, measured.together, metric.unit)
    part = share_of(group, measured.total, metric)
    yield _figure(f"shown.{metric.id}.share", _of(label, "占比", "share of the total"), part, Unit.SHARE)


def _apart(measured: Measured) -> Iterator[Figure]:
    """How far two groups are apart, and by how much the higher is above the lower."""
    if len(measured.shown) != _TWO or measured.group_count != _TWO or measured.compared or len(measured.plan.by) != 1:
        return
    if measured.plan.by[0].period is not None:  # times are compared with what came before them
        return
    for metric in measured.plan.metrics:
        values = [group.values.get(metric.id) for group in measured.shown]
        if None in values or isinstance(values[0], str):
            continue
        high, low = sorted(measured.shown, key=lambda group: group.values[metric.id], reverse=True)  # type: ignore[arg-type,return-value]
        label = _joined(Text(zh="两组相差", en="gap between the two"), metric.name)
        unit = Unit.POINTS if metric.unit is Unit.SHARE else metric.unit
        yield _figure(f"gap.{metric.id}", label, difference_of(high, low, metric), unit)
        change, relative = change_of(metric, high.values[metric.id], low.values[metric.id])
        if metric.unit is not Unit.SHARE:
            yield _figure(f"gap.{metric.id}.change", _of(label, "相对差距", "relative gap"), change, relative)


def _extremes(measured: Measured) -> Iterator[Figure]:
    metric = measured.plan.metrics[0]
    for word, group in extremes(measured).items():
        yield _figure(f"{word}.{metric.id}", _joined(group_name(measured, group), metric.name), group.values[metric.id], metric.unit)


def _course(measured: Measured) -> Iterator[Figure]:
    """In how many periods the first metric rose and fell, and from what to what."""
    metric, went = measured.plan.metrics[0], measured.course
    if went is None:
        return
    counted = {
        "steps": (went.steps, "变化次数", "changes"),
        "rises": (went.rises, "上升次数", "rises"),
        "falls": (went.falls, "下降次数", "falls"),
    }
    for figure_id, (number, zh, en) in counted.items():
        yield _figure(figure_id, _of(metric.name, zh, en), number, Unit.COUNT)
    for word, group in (("first", went.first), ("last", went.last)):
        yield _figure(f"{word}.{metric.id}", _joined(group_name(measured, group), metric.name), group.values[metric.id], metric.unit)
    change, unit = change_of(metric, went.last.values[metric.id], went.first.values[metric.id])
    yield _figure(f"course.{metric.id}", _of(metric.name, "期间变化", "change over all periods"), change, unit)


def extremes(measured: Measured) -> dict[str, Group]:
    """The groups with the highest and the lowest value of the first metric; periods cut off are left out of it."""
    metric = measured.plan.metrics[0].id
    if not measured.grouped or measured.per_group or measured.group_count > len(measured.groups):
        return {}
    whole = [group for group in measured.groups if not measured.incomplete.keys() & set(group.keys)]
    known = [group for group in whole if group.values.get(metric) is not None]
    if len(known) < 2:
        return {}
    ranked = sorted(known, key=lambda group: float(group.values[metric] or 0))
    return {"highest": ranked[-1], "lowest": ranked[0]}


def _rest(measured: Measured) -> Iterator[Figure]:
    if measured.others is not None:
        yield _figure("rest.groups", Text(zh="其余分组数", en="groups in the rest"), measured.others.count, Unit.COUNT)
        yield from _of_group(measured, measured.others.group, "rest.", _REST)
        return
    if not measured.rest:
        return
    complete = measured.group_count == len(measured.groups)
    yield _figure("rest.groups", Text(zh="其余分组数", en="groups in the rest"), measured.group_count - len(measured.shown), Unit.COUNT)
    for metric in measured.plan.metrics:
        if not complete or not measured.has_share(metric):
            continue
        rest = Group((), (), {metric.id: _sum(measured.rest, metric)})
        label = _joined(_REST, metric.name)
        yield _figure(f"rest.{metric.id}", label, rest.values[metric.id], metric.unit)
        yield _figure(
            f"rest.{metric.id}.share", _of(label, "占比", "share of the total"), share_of(rest, measured.total, metric), Unit.SHARE
        )


def _sum(groups: list[Group], metric: Metric) -> Value:
    values = [group.values[metric.id] for group in groups]
    return sum(value for value in values if value is not None)


def _dates(measured: Measured) -> Iterator[Figure]:
    names = {
        "window.start": (measured.window.start, Text(zh="起始日期", en="first date of the window")),
        "window.end": (measured.window.end, Text(zh="结束日期", en="last date of the window")),
    }
    if measured.before is not None:
        names["previous.start"] = (measured.before.start, Text(zh="上期起始日期", en="first date of the period before"))
        names["previous.end"] = (measured.before.end, Text(zh="上期结束日期", en="last date of the period before"))
    for figure_id, (day, label) in names.items():
        yield _figure(figure_id, label, day, Unit.DATE)


def _figure(figure_id: str, label: Text, value: Value | dt.date, unit: Unit) -> Figure:
    return Figure(id=figure_id, label=label, value=value, unit=unit)


def _joined(name: Text | None, metric: Text) -> Text:
    return metric if name is None else Text(zh=f"{name.zh}：{metric.zh}", en=f"{name.en}: {metric.en}")


def _of(label: Text, zh: str, en: str) -> Text:
    return Text(zh=label.zh + zh, en=f"{label.en}, {en}")


def build_table(measured: Measured, title: Text) -> Table | None:
    """The preview of the groups; of both periods when nothing is grouped; None for a single number."""
    if measured.grouped:
        return _grouped_table(measured, title)
    if measured.previous_total is None and len(measured.plan.metrics) == 1:
        return None
    runs = [(measured.window, measured.total)]
    if measured.previous_total is not None and measured.before is not None:
        runs.append((measured.before, measured.previous_total))
    averages = [measured.per, measured.per_before] if measured.per_before is not None else []
    columns = [Column(id="window", label=Text(zh="时间范围", en="window"), unit=Unit.TEXT), *_metric_columns(measured)]
    columns += [_mean_column(measured.per, one) for one in measured.plan.metrics] if averages and measured.per is not None else []
    rows = [
        (
            f"{dates.start or '…'} – {dates.end or '…'}",
            *(group.values.get(one.id) for one in measured.plan.metrics),
            *(per.average(one, group) for per in averages[place : place + 1] if per for one in measured.plan.metrics),
        )
        for place, (dates, group) in enumerate(runs)
    ]
    return Table(title=title, columns=tuple(columns), rows=tuple(rows), row_count=len(rows))


def _metric_columns(measured: Measured) -> list[Column]:
    return [Column(id=metric.id, label=metric.name, unit=metric.unit) for metric in measured.plan.metrics]


def whole_table(measured: Measured) -> pa.Table:
    """All groups shown, with the ids of the preview's columns."""
    table = _grouped_table(measured, Text(zh="", en=""))
    rows = [*(_row(measured, group) for group in measured.shown), *_others_row(measured)]
    return pa.table({column.id: [row[index] for row in rows] for index, column in enumerate(table.columns)})


def _grouped_table(measured: Measured, title: Text) -> Table:
    rows = (*(_row(measured, group) for group in measured.shown[:TABLE_ROWS]), *_others_row(measured))[:TABLE_ROWS]
    columns: list[Column] = []
    for index, dimension in enumerate(measured.plan.by):
        present = {str(row[index]) for row in rows}
        names = {key: text for key, text in (*measured.names[index].items(), (OTHERS, OTHERS_NAME)) if key in present}
        unit = Unit.ID if dimension.kind == "id" else Unit.TEXT
        columns.append(Column(id=dimension.id, label=dimension.name, unit=unit, names=names))
    for metric in measured.plan.metrics:
        columns += _columns_of(measured, metric)
    whole = measured.limit is None and measured.per_group is None
    count = measured.group_count if whole else len(measured.shown) + len(_others_row(measured))
    return Table(title=title, columns=tuple(columns), rows=rows, row_count=count)


def _columns_of(measured: Measured, metric: Metric) -> Iterator[Column]:
    yield Column(id=metric.id, label=metric.name, unit=metric.unit)
    if measured.has_share(metric):
        yield Column(id=f"{metric.id}.share", label=_of(metric.name, "占比", "share"), unit=Unit.SHARE)
    if measured.wholes is not None and tells_share(measured, metric):
        yield Column(id=f"{metric.id}.whole", label=_of(metric.name, "整体", "of the whole"), unit=metric.unit)
        yield Column(id=f"{metric.id}.share_of", label=_of(metric.name, "占整体的比例", "share of the whole"), unit=Unit.SHARE)
    if measured.per is not None:
        yield _mean_column(measured.per, metric)
    if measured.firsts is not None and measured.has_share(metric):
        yield Column(id=f"{metric.id}.share_within", label=_of(metric.name, "组内占比", "share within"), unit=Unit.SHARE)
    if measured.compared:
        _, unit = change_of(metric, None, None)
        yield Column(
            id=f"{metric.id}.previous", label=_of(metric.name, *_before(measured, column=True)), unit=_previous_unit(measured, metric)
        )
        yield Column(id=f"{metric.id}.change", label=_of(metric.name, "变化", "change"), unit=unit)
    if _has_difference(measured, metric):
        yield Column(id=f"{metric.id}.difference", label=_of(metric.name, "变化额", "difference"), unit=metric.unit)
        yield Column(id=f"{metric.id}.difference_share", label=_of(metric.name, "占总变化", "share of the change"), unit=Unit.SHARE)
    if _by_share(measured, metric):
        yield Column(id=f"{metric.id}.share_previous", label=_of(metric.name, "对比期占比", "share before"), unit=Unit.SHARE)
        yield Column(id=f"{metric.id}.share_change", label=_of(metric.name, "占比变化", "change of the share"), unit=Unit.POINTS)


def _mean_column(per: PerTime, metric: Metric) -> Column:
    name = NAMES[per.unit]
    return Column(id=f"{metric.id}.{per.figure}", label=_of(metric.name, name.zh, name.en), unit=mean_unit(metric))


def _row(measured: Measured, group: Group) -> tuple[FigureValue, ...]:
    cells: list[FigureValue] = list(group.keys)
    before = measured.before_of(group)
    for metric in measured.plan.metrics:
        value = group.values.get(metric.id)
        cells.append(value)
        if measured.has_share(metric):
            cells.append(share_of(group, measured.total, metric))
        if measured.wholes is not None and tells_share(measured, metric):
            whole = measured.wholes.get(group.keys)
            cells += [whole.values.get(metric.id) if whole else None, share_of(group, whole, metric)]
        if measured.per is not None:
            cells.append(measured.per.average(metric, group))
        if measured.firsts is not None and measured.has_share(metric):
            cells.append(share_of(group, measured.firsts.get(group.keys[0]), metric) if group.keys else None)
        if measured.compared:
            now, earlier = compared_values(measured, metric, group, before)
            cells += [earlier, change_of(metric, now, earlier)[0]]
        if _has_difference(measured, metric):
            cells += [difference_of(group, before, metric), change_share(measured, group, metric)]
        if _by_share(measured, metric):
            now, then = shares_of(measured, group, metric)
            cells += [then, now - then if now is not None and then is not None else None]
    return tuple(cells)


def _has_difference(measured: Measured, metric: Metric) -> bool:
    return measured.by_change is not None and metric.unit is not Unit.SHARE


def _by_share(measured: Measured, metric: Metric) -> bool:
    held = any(one.of == "share" for one in measured.kept)
    return (measured.by_change == "share" or held) and measured.has_share(metric)


def _others_row(measured: Measured) -> tuple[tuple[FigureValue, ...], ...]:
    """The row of all others, where it was asked for."""
    if measured.others is None:
        return ()
    row = _row(measured, measured.others.group)
    return ((*[OTHERS] * len(measured.plan.by), *row),)
