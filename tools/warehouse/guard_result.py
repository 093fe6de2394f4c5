"""The table and the figures of a guarded query's rows."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal

import pyarrow as pa

from tools.contracts import Column, Figure, FigureValue, Table, Text, Unit
from tools.warehouse.guard_rules import LONGEST_CELL, MOST_FIGURES

TABLE_ROWS = 50
_MONEY_SCALE = 2


def table_of(found: pa.Table, title: Text) -> Table:
    """The preview of the rows."""
    names = column_ids(found.column_names)
    columns = tuple(
        Column(id=name, label=Text(zh=shown, en=shown), unit=unit_of(field.type))
        for name, shown, field in zip(names, found.column_names, found.schema, strict=True)
    )
    return Table(title=title, columns=columns, rows=tuple(_rows(found.slice(0, TABLE_ROWS))), row_count=found.num_rows)


def figures_of(found: pa.Table) -> Iterator[Figure]:
    """Every number and date, row by row, up to MOST_FIGURES; a single row's have the columns' names alone."""
    names = column_ids(found.column_names)
    units = [unit_of(field.type) for field in found.schema]
    count = 0
    for number, row in enumerate(_rows(found.slice(0, MOST_FIGURES)), start=1):
        title = next((str(value) for value, unit in zip(row, units, strict=True) if unit is Unit.TEXT and value is not None), None)
        for name, shown, unit, value in zip(names, found.column_names, units, row, strict=True):
            if unit is Unit.TEXT or value is None:
                continue
            count += 1
            if count > MOST_FIGURES:
                return
            label = f"{title or f'row {number}'}: {shown}" if found.num_rows > 1 else shown
            figure_id = f"r{number}.{name}" if found.num_rows > 1 else name
            yield Figure(id=figure_id, label=Text(zh=label, en=label), value=value, unit=unit)


def column_ids(names: list[str]) -> list[str]:
    """Ids for columns: their names where those are plain, each once."""
    found: list[str] = []
    for index, name in enumerate(names, start=1):
        plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_")
        one = plain if re.search(r"[A-Za-z0-9]", plain) else f"column{index}"
        found.append(one if one not in found else f"{one}_{index}")
    return found


def unit_of(kind: pa.DataType) -> Unit:
    """The unit that a column's type suggests: cents are money, whole numbers are counts."""
    if pa.types.is_decimal(kind):
        if kind.scale == _MONEY_SCALE:
            return Unit.MONEY
        return Unit.NUMBER if kind.scale else Unit.COUNT
    if pa.types.is_integer(kind):
        return Unit.COUNT
    if pa.types.is_floating(kind):
        return Unit.NUMBER
    return Unit.DATE if pa.types.is_date(kind) else Unit.TEXT


def _rows(found: pa.Table) -> Iterator[tuple[FigureValue, ...]]:
    columns = [column.to_pylist() for column in found.columns]
    for index in range(found.num_rows):
        yield tuple(_cell(values[index]) for values in columns)


def _cell(value: object) -> FigureValue:
    if value is None or isinstance(value, bool | int | float | Decimal):
        return value
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    text = str(value)
    return text if len(text) <= LONGEST_CELL else text[:LONGEST_CELL] + "…"
