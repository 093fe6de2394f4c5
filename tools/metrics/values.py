"""What the loaded data hold: which tables and columns are filled, attributes, and the values of dimensions."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar, cast

from tools.contracts import Text
from tools.metrics.catalogue import Dimension, Level, attribute_dimension, catalogue
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote

MOST_VALUES = 2000
"""Values indexed per dimension, the most frequent first."""
MOST_NAMED = 300
"""Products whose ids may be their names."""
MOST_ATTRIBUTES = 200
_KEPT = 512
_ENOUGH = 20
_UNIQUE_SHARE = 0.5
"""An attribute with this many different values per customer, of _ENOUGH customers at least, tells them apart."""
_FREE_TEXT = 80
"""Characters from which on a value is free text."""

_TABLES: dict[Level, str] = {
    "product": "products AS p",
    "order": "counted_orders AS o",
    "customer": "customer_base AS c",
    "campaign": "campaigns AS m",
    "contact": "campaign_contacts AS k",
    "response": "campaign_responses AS r",
    "event": "events AS e",
    "discount": "discounts AS d",
}

_BASE_PARTS = ("customers", "customer_features", "scores")
"""The tables that customer_base is made of."""

_STATE = "counts of scores, segments and runs"
_COUNTS = "SELECT (SELECT count(*) FROM scores), (SELECT count(*) FROM segments), (SELECT count(*) FROM model_runs)"

T = TypeVar("T")
_cache: OrderedDict[tuple[str, ...], object] = OrderedDict()
_lock = threading.Lock()


def remember(ctx: ToolContext, name: str, compute: Callable[[], T]) -> T:
    """``compute()``, kept for as long as the warehouse, its data and its scores stay as they are."""
    if not ctx.warehouse_id:
        return compute()
    if _STATE not in ctx.kept:
        ctx.kept[_STATE] = ctx.engine.rows(_COUNTS)[0]
    key = (ctx.warehouse_id, ctx.data_version, str(ctx.kept[_STATE]), name)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return cast(T, _cache[key])
    value = compute()
    with _lock:
        _cache[key] = value
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return value


def is_filled(ctx: ToolContext, need: str) -> bool:
    """Whether a table ("orders") has rows, or a column ("orders.discount") any value."""
    table, _, column = need.partition(".")
    counted = f"count({quote(column)})" if column else "count(*)"

    def read() -> bool:
        """Looked up where the column lies: to see whether it is filled nothing need be joined."""
        lies_in = next((part for part in _BASE_PARTS if column in _columns(ctx, part)), table) if table == "customer_base" else table
        return bool(ctx.engine.rows(f"SELECT {counted} FROM {quote(lies_in)}")[0][0])

    return remember(ctx, f"filled {need}", read)


def _columns(ctx: ToolContext, table: str) -> list[str]:
    names: list[str] = ctx.engine.query(f"SELECT * FROM {quote(table)} LIMIT 0").column_names
    return names


def attribute_names(ctx: ToolContext) -> list[str]:
    """The names of the customers' attributes, in the order of the alphabet."""
    return remember(ctx, "attributes", lambda: _attribute_names(ctx))


def _attribute_names(ctx: ToolContext) -> list[str]:
    found = ctx.engine.rows(
        "SELECT DISTINCT name FROM (SELECT unnest(json_keys(attributes)) AS name FROM customers WHERE attributes IS NOT NULL) AS keys "
        f"ORDER BY name LIMIT {MOST_ATTRIBUTES}"
    )
    return [row[0] for row in found]


def is_identifying(ctx: ToolContext, name: str) -> bool:
    """Whether an attribute tells customers apart: ids, names, free text. Such values are never listed or grouped by."""
    expression = attribute_dimension(name).sql

    def read() -> bool:
        """Judged by how many values differ, and by the longest."""
        known, different, longest = ctx.engine.rows(
            "SELECT count(value), count(DISTINCT value), max(length(value)) "
            f"FROM (SELECT {expression} AS value FROM customer_base AS c) AS found"
        )[0]
        return (known >= _ENOUGH and different >= _UNIQUE_SHARE * known) or (longest or 0) > _FREE_TEXT

    return remember(ctx, f"identifying {name}", read)


def usable_dimensions(ctx: ToolContext) -> list[Dimension]:
    """The dimensions that the loaded data fill, attributes included."""
    fixed = [one for one in catalogue().dimensions if all(is_filled(ctx, need) for need in one.needs)]
    return fixed + [attribute_dimension(name) for name in attribute_names(ctx) if not is_identifying(ctx, name)]


def value_index(ctx: ToolContext) -> dict[str, list[str]]:
    """Dimension id to its values in the data, the most frequent first, at most MOST_VALUES each.

    Where values are ids with names of their own (campaigns), the names are given. Dimensions of time, ids of customers and
    products, and what follows from the orders measured are left out.
    """
    return remember(ctx, "values", lambda: {one.id: dimension_values(ctx, one) for one in _indexed(ctx)} | _named_products(ctx))


def _named_products(ctx: ToolContext) -> dict[str, list[str]]:
    """Products that are told apart by names instead of ids, where they have no other name and are few."""
    usable = {one.id: one for one in usable_dimensions(ctx)}
    if "product" not in usable or "product_name" in usable:
        return {}
    found = dimension_values(ctx, usable["product"])
    named = len(found) <= MOST_NAMED and not any(char.isdigit() for name in found for char in name)
    return {"product": found} if named else {}


def _indexed(ctx: ToolContext) -> list[Dimension]:
    return [
        one
        for one in usable_dimensions(ctx)
        if one.level in _TABLES and one.kind != "id" and one.id != "product" and not one.computed and not one.of_request
    ]


def dimension_values(ctx: ToolContext, dimension: Dimension) -> list[str]:
    """The values of one dimension, the most frequent first; its listed ones for a dimension of time."""
    if dimension.untabled:
        return list(dimension.values)
    shown = dimension.label_sql or dimension.sql
    found = ctx.engine.rows(
        f"SELECT value FROM (SELECT {shown} AS value FROM {_TABLES[dimension.level]}) AS found "
        f"WHERE value IS NOT NULL GROUP BY value ORDER BY count(*) DESC, value LIMIT {MOST_VALUES}"
    )
    return [str(row[0]) for row in found]


def campaign_dates(ctx: ToolContext) -> dict[str, tuple[dt.date, dt.date]]:
    """The first and last day of each campaign that has both, by its name, or its id where it has none."""
    rows = ctx.engine.rows("SELECT coalesce(name, campaign_id), start_date, end_date FROM campaigns WHERE start_date <= end_date")
    return {str(name): (start, end) for name, start, end in rows}


def matching_values(ctx: ToolContext, dimension: Dimension, wanted: list[str]) -> list[tuple[str, str]]:
    """Pairs of (stored value, name) whose value or name equals one of ``wanted``, letter case aside."""
    label = dimension.label_sql or dimension.sql
    names = {f"w{index}": text.casefold() for index, text in enumerate(wanted)}
    listed = ", ".join(f"${name}" for name in names)
    found = ctx.engine.rows(
        f"SELECT DISTINCT value, name FROM (SELECT {dimension.sql} AS value, {label} AS name FROM {_TABLES[dimension.level]}) AS found "
        f"WHERE lower(value) IN ({listed}) OR lower(name) IN ({listed}) ORDER BY value",
        names,
    )
    return [(str(value), str(name if name is not None else value)) for value, name in found]


def value_names(ctx: ToolContext, dimension: Dimension) -> dict[str, Text]:
    """Names of a dimension's values, where they are ids: those of the catalogue, or of the stored segments."""
    if not dimension.scheme:
        return dimension.values
    return scheme_names(ctx, dimension.scheme)


def scheme_names(ctx: ToolContext, scheme: str) -> dict[str, Text]:
    """Segment id to its name, of the newest version of each segment of a scheme."""
    found = ctx.engine.rows(
        "SELECT segment_id, name_zh, name_en FROM segments WHERE scheme = $scheme ORDER BY version",
        {"scheme": scheme},
    )
    return {segment: Text(zh=zh, en=en) for segment, zh, en in found}
