"""Small builders shared by the tools of this package: figures, columns, names of selections, texts of amounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tools.contracts import Chart, Column, Figure, FigureValue, Text, Unit
from tools.rules import Condition, InSegment, Selection
from tools.segments.fields import FieldInfo, field
from tools.segments.schemes import SCHEMES, group_of
from tools.segments.sentences import describe_selection
from tools.segments.stored import stored_names
from tools.warehouse.context import ToolContext

ROWS_SHOWN = 50
ROWS_WITH_FIGURES = 10
COLOURS = ("#2f6690", "#e07a5f", "#81b29a", "#f2cc8f")


def figure(figure_id: str, zh: str, en: str, value: FigureValue, unit: Unit) -> Figure:
    """A figure with its label in both languages."""
    return Figure(id=figure_id, label=Text(zh=zh, en=en), value=value, unit=unit)


def field_figure(prefix: str, owner: Text, info: FieldInfo, value: FigureValue) -> Figure:
    """The figure of one field of one row or group, such as ``row1.amount``."""
    label = Text(zh=f"{owner.zh}：{info.label.zh}", en=f"{owner.en}: {info.label.en}")
    return Figure(id=f"{prefix}.{info.id}", label=label, value=value, unit=info.unit)


def field_column(info: FieldInfo) -> Column:
    """The table column of a field; one of a source that the schema lacks may hold anything, so it counts as personal."""
    return Column(id=info.id, label=info.label, unit=info.unit, names=info.names, personal=info.is_attribute)


def with_cluster_names(ctx: ToolContext, infos: Sequence[FieldInfo]) -> list[FieldInfo]:
    """The fields, the one of the customer's cluster with the names that clusters have in this warehouse."""
    return [replace(info, names=stored_names(ctx.engine)) if info.id == "cluster" else info for info in infos]


def share(part: int | Decimal, whole: int | Decimal) -> float | None:
    """``part`` ÷ ``whole``; None when there is no whole."""
    return float(part / whole) if whole else None


def shown_value(info: FieldInfo, value: Any) -> FigureValue:
    """A value as figures and tables hold it."""
    shown: FigureValue = value.isoformat() if isinstance(value, dt.datetime) and info.kind != "date" else value
    return shown


def as_money(value: float | Decimal | None) -> Decimal | None:
    """An average of money, to the cent."""
    return None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))


def plain_group(selection: Selection) -> str | None:
    """The id of the group that the selection is, when it is one group of a scheme and nothing else."""
    if selection.limit:
        return None
    if isinstance(selection.rule, InSegment):
        return selection.rule.segment if selection.rule.on is None else None
    if isinstance(selection.rule, Condition) and selection.rule.op == "=":
        for scheme in SCHEMES.values():
            if scheme.field == selection.rule.field:
                return next((group.id for group in scheme.groups if group.stored == selection.rule.value), None)
    return None


def selection_name(ctx: ToolContext, selection: Selection) -> Text:
    """The short name of a selection: the segment's where it is one, else its sentence."""
    names = stored_names(ctx.engine)
    found = plain_group(selection)
    group = group_of(found) if found else None
    if group:
        return group.name
    return names[found] if found in names else describe_selection(selection, ctx.as_of, names)


def bars(
    chart_id: str,
    title: Text,
    categories: Sequence[Text],
    series: Sequence[tuple[Text, Sequence[float | int | None]]],
    tick_format: str,
) -> Chart:
    """A chart of grouped vertical bars, in both languages."""

    def figure_in(language: str) -> dict[str, Any]:
        """The Plotly figure with labels in ``language``."""
        labels = [category.say(language) for category in categories]
        return {
            "data": [
                {"type": "bar", "name": name.say(language), "x": labels, "y": list(values), "marker": {"color": colour}}
                for (name, values), colour in zip(series, COLOURS, strict=False)
            ],
            "layout": {
                "title": {"text": title.say(language)},
                "barmode": "group",
                "yaxis": {"tickformat": tick_format},
                "legend": {"orientation": "h"},
            },
        }

    return Chart(id=chart_id, title=title, zh=figure_in("zh"), en=figure_in("en"))


def row_figures(rows: Sequence[Mapping[str, Any]], infos: Sequence[FieldInfo]) -> list[Figure]:
    """Figures ``row<n>.<field>`` of the first rows of a list of customers."""
    found = []
    for number, row in enumerate(rows[:ROWS_WITH_FIGURES], 1):
        owner = Text(zh=f"客户 {row['customer_id']}", en=f"customer {row['customer_id']}")
        found += [field_figure(f"row{number}", owner, info, shown_value(info, row[info.id])) for info in infos]
    return found


def fields_in_order(names: Sequence[str]) -> list[FieldInfo]:
    """The fields of those names, each once, customer_id first."""
    return list({info.id: info for info in (field(name) for name in ("customer_id", *names))}.values())
