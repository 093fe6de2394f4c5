"""Results as JSON-compatible data and back: JSON knows neither decimals nor dates, the units say which is which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tools.contracts import Figure, FigureValue, Table, ToolResult, Unit

_CENT = Decimal("0.01")
_REAL = frozenset({Unit.SHARE, Unit.POINTS, Unit.CHANGE, Unit.RATIO, Unit.PROBABILITY, Unit.SCORE, Unit.DAYS, Unit.NUMBER, Unit.COUNT})


def json_value(value: FigureValue, unit: Unit) -> bool | int | float | str | None:
    """``value`` as JSON holds it: money as a decimal string, shares as fractions, dates in ISO format."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if unit is Unit.MONEY and not isinstance(value, str):
        return str(Decimal(str(value)).quantize(_CENT, rounding=ROUND_HALF_UP))
    if unit is Unit.ID:
        return str(value)
    return (
        (int(value) if value == value.to_integral_value() and unit is Unit.COUNT else float(value)) if isinstance(value, Decimal) else value
    )


def result_from(artifact: Mapping[str, Any]) -> ToolResult:
    """The result that a stored artifact was made of, with exact decimals and dates again."""
    result = ToolResult.model_validate(artifact)
    figures = tuple(_figure(figure) for figure in result.figures)
    return result.model_copy(update={"figures": figures, "tables": tuple(_table(table) for table in result.tables)})


def _figure(figure: Figure) -> Figure:
    return figure.model_copy(update={"value": _typed(figure.value, figure.unit)})


def _table(table: Table) -> Table:
    units = [column.unit for column in table.columns]
    rows = tuple(tuple(_typed(cell, unit) for cell, unit in zip(row, units, strict=True)) for row in table.rows)
    return table.model_copy(update={"rows": rows})


def _typed(value: FigureValue, unit: Unit) -> FigureValue:
    if not isinstance(value, str):
        return value
    if unit is Unit.DATE:
        return dt.datetime.fromisoformat(value) if len(value) > 10 else dt.date.fromisoformat(value)
    return Decimal(value) if unit is Unit.MONEY or unit in _REAL else value
