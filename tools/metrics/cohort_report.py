"""What a cohort table says: figures, tables, a heat map, caveats, and how the request was understood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tools.contracts import Chart, Column, Figure, FigureValue, Language, Table, Text, Unit
from tools.metrics.cohort_sql import CohortPlan
from tools.metrics.sentences import dates_text, filter_text
from tools.warehouse.context import ToolContext

TOLD = (1, 3, 6)
"""Periods after the first of which an answer speaks."""
FIGURE_COHORTS = 20
UNITS = {"month": Text(zh="个月", en="month"), "quarter": Text(zh="个季度", en="quarter"), "week": Text(zh="周", en="week")}
_NAMES = {"month": Text(zh="月", en="month"), "quarter": Text(zh="季度", en="quarter"), "week": Text(zh="周", en="week")}
_MEASURES = {
    "customers": Text(zh="再次下单的客户占比", en="share of customers who order again"),
    "orders": Text(zh="订单数相对首期的比例", en="orders relative to the first period"),
    "revenue": Text(zh="销售额相对首期的比例", en="revenue relative to the first period"),
}
_VALUES = {
    "customers": (Text(zh="下单客户数", en="customers who ordered"), Unit.COUNT),
    "orders": (Text(zh="订单数", en="orders"), Unit.COUNT),
    "revenue": (Text(zh="销售额", en="revenue"), Unit.MONEY),
}
_SCALE = [[0.0, "#f2f5fb"], [0.5, "#8fb0ea"], [1.0, "#1f4fae"]]


@dataclass(frozen=True)
class Cohort:
    """Customers of one period: ``values`` from the first period on, None where a period is not over.

    ``partial``: the window, or the as-of date, cuts the period of the first orders off.
    """

    name: str
    size: int
    values: tuple[int | Decimal | None, ...]
    partial: bool

    def rate(self, place: int) -> float | None:
        """The value of a period as a part of the first one's."""
        first, value = self.values[0], self.values[place] if place < len(self.values) else None
        return None if value is None or not first else float(Decimal(value) / Decimal(first))


@dataclass(frozen=True)
class CohortTable:
    """All cohorts; ``opening`` is the period in which the data begin, ``current`` that of the as-of date."""

    plan: CohortPlan
    cohorts: tuple[Cohort, ...]
    opening: str | None
    current: str
    as_of: dt.date

    @property
    def width(self) -> int:
        """Periods after the first."""
        return self.plan.periods

    def together(self, place: int) -> float | None:
        """All cohorts that had so many whole periods, as one."""
        known = [one for one in self.cohorts if place < len(one.values) and one.values[place] is not None]
        first = sum(Decimal(one.values[0] or 0) for one in known)
        return float(sum(Decimal(one.values[place] or 0) for one in known) / first) if first else None

    def compared(self, least: int) -> list[Cohort]:
        """Cohorts that can be called best or worst: of at least so many customers, whole, and new for certain."""
        fit = [one for one in self.cohorts if one.size >= least and not one.partial and one.rate(1) is not None]
        return [one for one in fit if one.name != self.opening]


@dataclass(frozen=True)
class Report:
    """The parts of the result."""

    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    caveats: tuple[Text, ...]
    understood: Text
    definition: Text
    details: dict[str, Any]


def report(ctx: ToolContext, found: CohortTable, *, cut: bool) -> Report:
    """Everything that is told of the table; ``cut``: early cohorts were left out."""
    ranked = sorted(found.compared(ctx.config.smallest_segment_size), key=lambda one: (one.rate(1) or 0, one.name))
    ends = {"best": ranked[-1], "worst": ranked[0]} if len(ranked) > 1 else {}
    title = _title(found)
    return Report(
        figures=tuple(one for one in _figures(found, ends) if one.value is not None),
        tables=(_rates(found, title), _values(found)),
        charts=(_chart(found, title),) if len(found.cohorts) > 1 or found.width > 1 else (),
        caveats=tuple(_caveats(ctx, found, cut=cut)),
        understood=_understood(found),
        definition=_definition(found),
        details={
            "unit": found.plan.unit,
            "measure": found.plan.measure,
            "groups": [Text(zh=one.name, en=one.name).model_dump() for one in found.cohorts[:FIGURE_COHORTS]],
            **{word: one.name for word, one in ends.items()},
            "opening": found.opening if any(one.name == found.opening for one in found.cohorts) else None,
        },
    )


def _title(found: CohortTable) -> Text:
    unit, measure = _NAMES[found.plan.unit], _MEASURES[found.plan.measure]
    return Text(zh=f"按首单{unit.zh}的同期群：{measure.zh}", en=f"Cohorts by {unit.en} of the first order: {measure.en}")


def _after(found: CohortTable, place: int) -> Text:
    unit = UNITS[found.plan.unit]
    return Text(zh=f"{place} {unit.zh}后", en=f"after {place} {unit.en}{'s' if place > 1 else ''}")


def _figures(found: CohortTable, ends: dict[str, Cohort]) -> Iterator[Figure]:
    measure = _MEASURES[found.plan.measure]
    yield _figure("cohorts", Text(zh="同期群数", en="cohorts"), len(found.cohorts), Unit.COUNT)
    yield _figure(
        "customers", Text(zh="各同期群的客户数合计", en="customers of all cohorts"), sum(one.size for one in found.cohorts), Unit.COUNT
    )
    for place in range(1, found.width + 1):
        yield _figure(f"retention.{place}", _joined(measure, _after(found, place)), found.together(place), Unit.SHARE)
    for place in TOLD:
        yield _figure(f"after.{place}", _after(found, place), place if place <= found.width else None, Unit.COUNT)
    for word, one in ends.items():
        yield _figure(f"{word}.retention", _joined(_name(one), measure, _after(found, 1)), one.rate(1), Unit.SHARE)
        yield _figure(f"{word}.customers", _joined(_name(one), Text(zh="客户数", en="customers")), one.size, Unit.COUNT)
    for number, one in enumerate(found.cohorts[:FIGURE_COHORTS], start=1):
        yield from _of_cohort(found, one, f"g{number}")
    joined = found.plan.joined
    yield _figure("window.start", Text(zh="首单起始日期", en="first date of the first orders"), joined.start, Unit.DATE)
    yield _figure("window.end", Text(zh="首单结束日期", en="last date of the first orders"), joined.end, Unit.DATE)


def _of_cohort(found: CohortTable, one: Cohort, prefix: str) -> Iterator[Figure]:
    """The size, and the rates that an answer speaks of: all of them, with their counts, when there is one cohort."""
    alone = len(found.cohorts) == 1
    yield _figure(f"{prefix}.customers", _joined(_name(one), Text(zh="客户数", en="customers")), one.size, Unit.COUNT)
    for place in range(1, found.width + 1) if alone else TOLD:
        label = _joined(_name(one), _MEASURES[found.plan.measure], _after(found, place))
        yield _figure(f"{prefix}.retention.{place}", label, one.rate(place), Unit.SHARE)
        if alone:
            name, unit = _VALUES[found.plan.measure]
            yield _figure(f"{prefix}.value.{place}", _joined(_name(one), name, _after(found, place)), one.values[place], unit)


def _name(one: Cohort) -> Text:
    return Text(zh=one.name, en=one.name)


def _joined(*parts: Text) -> Text:
    return Text(zh="：".join(one.zh for one in parts), en=", ".join(one.en for one in parts))


def _figure(figure_id: str, label: Text, value: FigureValue, unit: Unit) -> Figure:
    return Figure(id=figure_id, label=label, value=value, unit=unit)


def _head(found: CohortTable) -> list[Column]:
    unit = _NAMES[found.plan.unit]
    cohort = Column(id="cohort", label=Text(zh=f"首单{unit.zh}", en=f"{unit.en} of the first order"), unit=Unit.TEXT)
    return [cohort, Column(id="customers", label=Text(zh="客户数", en="customers"), unit=Unit.COUNT)]


def _rates(found: CohortTable, title: Text) -> Table:
    columns = [*_head(found), *(Column(id=f"after_{n}", label=_after(found, n), unit=Unit.SHARE) for n in range(1, found.width + 1))]
    rows = tuple((one.name, one.size, *(one.rate(place) for place in range(1, found.width + 1))) for one in found.cohorts)
    return Table(id="retention", title=title, columns=tuple(columns), rows=rows, row_count=len(rows))


def _values(found: CohortTable) -> Table:
    name, unit = _VALUES[found.plan.measure]
    first = Column(id="first", label=Text(zh="首期", en=f"in the first {found.plan.unit}"), unit=unit)
    later = [Column(id=f"after_{n}", label=_after(found, n), unit=unit) for n in range(1, found.width + 1)]
    rows = tuple((one.name, one.size, *one.values) for one in found.cohorts)
    title = Text(zh=f"各同期群每期的{name.zh}", en=f"{name.en[:1].upper()}{name.en[1:]} of each cohort by period")
    return Table(id="values", title=title, columns=(*_head(found), first, *later), rows=rows, row_count=len(rows))


def _chart(found: CohortTable, title: Text) -> Chart:
    return Chart(title=title, zh=_heat_map(found, title, "zh"), en=_heat_map(found, title, "en"))


def _heat_map(found: CohortTable, title: Text, language: Language) -> dict[str, Any]:
    places = range(1, found.width + 1)
    rates = [[one.rate(place) for place in places] for one in found.cohorts]
    known = [rate for row in rates for rate in row if rate is not None]
    trace = {
        "type": "heatmap",
        "x": [_after(found, place).say(language) for place in places],
        "y": [f"{one.name} ({one.size:,})" for one in found.cohorts],
        "z": rates,
        "zmin": 0,
        "zmax": max([*known, 0.01]),
        "colorscale": _SCALE,
        "hoverongaps": False,
        "texttemplate": "%{z:.0%}",
        "hovertemplate": "%{y}<br>%{x}<br>%{z:.1%}<extra></extra>",
        "colorbar": {"tickformat": ".0%"},
        "xgap": 1,
        "ygap": 1,
    }
    layout = {
        "title": {"text": title.say(language), "x": 0.01, "xanchor": "left", "font": {"size": 16}},
        "xaxis": {"type": "category", "side": "top", "showgrid": False},
        "yaxis": {"type": "category", "autorange": "reversed", "showgrid": False, "automargin": True},
        "margin": {"l": 60, "r": 20, "t": 90, "b": 20},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "height": max(320, 26 * len(found.cohorts) + 130),
    }
    return {"data": [trace], "layout": layout}


def _understood(found: CohortTable) -> Text:
    parts = [_title(found), _first_orders(found), _shown(found)]
    parts += [Text(zh=f"首单的{text.zh}", en=f"first order: {text.en}") for text in map(filter_text, found.plan.filters)]
    if found.plan.customers is not None:
        sentence = found.plan.customers.sentence
        parts.append(Text(zh=f"仅限客户：{sentence.zh}", en=f"only customers: {sentence.en}"))
    return Text(zh="；".join(one.zh for one in parts), en="; ".join(one.en for one in parts))


def _first_orders(found: CohortTable) -> Text:
    dates = dates_text(found.plan.joined)
    return Text(zh=f"首单在 {dates.zh}", en=f"first orders {dates.en}")


def _shown(found: CohortTable) -> Text:
    unit = UNITS[found.plan.unit]
    return Text(zh=f"看之后 {found.width} {unit.zh}", en=f"{found.width} {unit.en}{'s' if found.width > 1 else ''} after")


def _definition(found: CohortTable) -> Text:
    unit = _NAMES[found.plan.unit]
    what = {
        "customers": Text(
            zh="其中在该期至少有一笔有效订单的客户 ÷ 同期群客户数",
            en="its customers with at least one counted order in it ÷ all its customers",
        ),
        "orders": Text(zh="该期的有效订单数 ÷ 首期的有效订单数", en="its counted orders in it ÷ those of the first period"),
        "revenue": Text(zh="该期的净额 ÷ 首期的净额", en="its net amount in it ÷ that of the first period"),
    }[found.plan.measure]
    return Text(
        zh=f"同期群是数据中第一笔有效订单在同一{unit.zh}的客户；之后每一期：{what.zh}。合计只计该期已过完的同期群。",
        en=f"A cohort is the customers whose first counted order in the data falls in the same {unit.en}; for each period after: "
        f"{what.en}. The figures of all cohorts together are of those that had so many whole periods.",
    )


def _caveats(ctx: ToolContext, found: CohortTable, *, cut: bool) -> Iterator[Text]:
    if any(one.name == found.opening for one in found.cohorts):
        yield Text(
            zh=f"数据从 {found.opening} 开始，该同期群里也有此前就已是客户的人；它不参与“最好”“最差”的比较。",
            en=f"The data begin in {found.opening}, so that cohort also holds people who were customers before; "
            "it is not called best or worst.",
        )
    if found.plan.joined.end is not None and any(None in one.values for one in found.cohorts):
        yield Text(
            zh=f"截至 {found.as_of} 尚未过完的周期（{found.current} 起）留空，不计入平均。",
            en=f"Periods that are not over by {found.as_of} (from {found.current} on) are left blank and are in no average.",
        )
    for one in found.cohorts:
        if one.partial and one.name != found.opening:
            yield Text(zh=f"{one.name} 的同期群不完整。", en=f"The cohort of {one.name} is not complete.")
    if found.plan.measure != "customers":
        yield Text(
            zh="多数客户的首期只有部分天数，因此之后的比例可能超过 100%。",
            en="Most customers joined during their first period, so later periods can exceed 100 % of it.",
        )
    least = ctx.config.smallest_segment_size
    small = [one.name for one in found.cohorts if one.size < least]
    if small:
        more = "…" if len(small) > 5 else ""
        yield Text(
            zh=f"以下同期群不足 {least} 位客户，比例波动较大：{'、'.join(small[:5])}{more}。",
            en=f"Cohorts of fewer than {least} customers, whose shares are unsteady: {', '.join(small[:5])}{more}.",
        )
    if cut:
        yield Text(
            zh=f"同期群较多，只显示最近的 {len(found.cohorts)} 个；可指定首单的时间范围。",
            en=f"Only the latest {len(found.cohorts)} cohorts are shown; name a window of first orders for others.",
        )
