"""Which fields a tree may ask about, and how their columns become features of the model."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.contracts import Unit
from tools.metrics.catalogue import ATTRIBUTE, attribute_expression, catalogue
from tools.metrics.values import attribute_names, is_identifying
from tools.models.tree import Feature
from tools.segments.fields import field
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote

OF_CUSTOMERS = ("gender", "age", "age_band", "city", "region", "income", "income_band", "marketing_consent")
"""Fields of the customer that do not change with time."""
_DAYS = (7.0, 14.0, 30.0, 60.0, 90.0, 180.0, 365.0)
_REACH = {
    # field: days that it looks back; everything there is where it is not listed
    **dict.fromkeys(("orders_30d", "amount_30d", "events_30d"), 30),
    **dict.fromkeys(("orders_90d", "amount_90d", "events_90d", "views_90d", "carts_90d", "logins_90d"), 90),
    **dict.fromkeys(("orders_previous_90d", "amount_previous_90d", "orders_change_90d", "amount_change_90d", "events_change_90d"), 180),
    **dict.fromkeys(("orders_365d", "amount_365d"), 365),
}
_GROWING = ("orders", "amount", "tenure_days", "category_count", "channel_count", "store_count", "contacts", "responses")
"""Totals over all history, which grow as it does."""
_MOST_ATTRIBUTES = 30
_LEAST_HISTORY = 2 / 3
"""A field is used when the history it saw in the fit is at least this share of what it sees today."""


def feature_names(ctx: ToolContext) -> list[str]:
    """The fields of ``customer_features`` and of customers that a rule can compare: numbers, categories, yes or no, attributes."""
    usable = {one.id for one in catalogue().fields if one.listed and one.kind in ("number", "category", "band", "boolean")}
    stored = ctx.engine.query("SELECT * FROM customer_features LIMIT 0").column_names
    told = [name for name in attribute_names(ctx)[:_MOST_ATTRIBUTES] if not is_identifying(ctx, name)]
    return [*(name for name in (*stored, *OF_CUSTOMERS) if name in usable), *(ATTRIBUTE + name for name in told)]


def customer_columns(names: Iterable[str], alias: str) -> str:
    """A list of SELECT: the columns of customers among ``names``, each under its field's id.

    Args:
        names: Field ids.
        alias: Of a table with the columns of customers.
    """
    attributes = [name.removeprefix(ATTRIBUTE) for name in names if name.startswith(ATTRIBUTE)]
    read = [f"{attribute_expression(name, alias)} AS {quote(ATTRIBUTE + name)}" for name in attributes]
    return ", ".join([*(f"{alias}.{name}" for name in OF_CUSTOMERS), *read])


def steady_names(names: Iterable[str], days_then: int, days_now: int) -> list[str]:
    """Those fields whose numbers mean the same in the fit and today.

    A total over half a year says something else a year later; a number of the last 30 days does not.

    Args:
        names: Field ids.
        days_then: History at the earliest cut-off of the fit.
        days_now: History today.
    """
    return [name for name in names if _reach(name, days_then) >= _LEAST_HISTORY * _reach(name, days_now)]


def _reach(name: str, history: int) -> int:
    if name in _GROWING:
        return history
    return min(_REACH.get(name, 0), history)


def to_features(cases: pa.Table, names: Iterable[str], lacking: Iterable[str] = ()) -> list[Feature]:
    """The columns as features; those that nobody has are still there, so that the order stays.

    Args:
        cases: One row per case.
        names: Columns to take.
        lacking: Fields whose value is unknown for some customer somewhere.
    """
    lacks = frozenset(lacking)
    return [_feature(name, cases.column(name), name in lacks) for name in names]


def _feature(name: str, column: pa.ChunkedArray, lacks: bool) -> Feature:
    info = field(name)
    if info.kind == "number":
        values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return Feature(name, np.asarray(values, dtype=np.float64), (), _DAYS if info.unit is Unit.DAYS else (), lacks)
    coded = pc.cast(column, pa.string()).combine_chunks().dictionary_encode()
    order = np.argsort(np.array(coded.dictionary.to_pylist(), dtype=object)) if len(coded.dictionary) else np.empty(0, dtype=np.intp)
    place = np.empty(len(order) + 1)
    place[order], place[-1] = np.arange(len(order)), np.nan
    numbers = pc.fill_null(coded.indices, len(order)).to_numpy(zero_copy_only=False)
    return Feature(name, place[numbers], tuple(coded.dictionary[int(one)].as_py() for one in order), (), lacks)


def lacking_names(*tables: pa.Table) -> frozenset[str]:
    """The columns with an unknown value in any of the tables."""
    return frozenset(name for table in tables for name in table.column_names if table.column(name).null_count)
