"""What a customer did in a window, compiled to one aggregated subquery per behaviour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import parse_one

from tools.clock import hours_of
from tools.errors import InputError, UnknownName
from tools.metrics.baskets import fits
from tools.rules import Behaviour
from tools.windows import Window

Bind = Callable[[Any], str]
"""Takes a value and gives back the placeholder that is bound to it."""

_LINE_COLUMNS: dict[str, tuple[str, ...]] = {
    "category": ("p.category",),
    "subcategory": ("p.subcategory",),
    "brand": ("p.brand",),
    "manufacturer": ("p.manufacturer",),
    "package_size": ("p.package_size",),
    "product": ("p.product_id", "p.name"),
    "product_name": ("p.name",),
}
_TIMES = {"hour": "strftime({}, '%H')", "weekday": "dayname({})"}
_ORDER_TIMES: dict[str, tuple[str, ...]] = {name: (sql.format("o.ordered_at"),) for name, sql in _TIMES.items()}
_EVENT_TIMES: dict[str, tuple[str, ...]] = {name: (sql.format("t.occurred_at"),) for name, sql in _TIMES.items()}
_ORDER_COLUMNS: dict[str, tuple[str, ...]] = {"channel": ("o.channel",), "store": ("o.store_id",), **_ORDER_TIMES}
_CAMPAIGN_COLUMNS: dict[str, tuple[str, ...]] = {"campaign": ("t.campaign_id", "c.name"), "campaign_kind": ("c.kind",)}
_EVENT_COLUMNS: dict[str, tuple[str, ...]] = {
    "event_kind": ("t.kind",),
    "kind": ("t.kind",),
    "event_channel": ("t.channel",),
    "channel": ("t.channel",),
    **_EVENT_TIMES,
}


@dataclass(frozen=True)
class _Source:
    """Where a behaviour is found: a FROM clause, the day of a row, the columns of its dimensions, what is added up."""

    tables: str
    day: str
    dimensions: dict[str, tuple[str, ...]]
    value: str
    always: str = ""
    may_lack_day: bool = False
    """Whether a row can be without a date; it then counts where no window is asked for."""
    moment: str = ""
    """The time of a row, where every one has it: to compare it takes less than to make its day."""


_LINES = "counted_orders AS o INNER JOIN order_lines AS l ON l.order_id = o.order_id LEFT JOIN products AS p ON p.product_id = l.product_id"
_BOUGHT = _LINE_COLUMNS | _ORDER_COLUMNS
_ORDERED: dict[str, tuple[str, str]] = {
    # behaviour: what is added up over orders alone, and over the lines that fit
    "orders": ("count(*)", "count(DISTINCT o.order_id)"),
    "amount": ("sum(o.amount)", "sum(l.amount)"),
    "active_days": ("count(DISTINCT o.order_date)", "count(DISTINCT o.order_date)"),
    "quantity": ("", "sum(l.quantity)"),
}
_OTHERS = {
    "contacts": _Source(
        "campaign_contacts AS t LEFT JOIN campaigns AS c ON c.campaign_id = t.campaign_id",
        "coalesce(CAST(t.contacted_at AS DATE), c.start_date)",
        _CAMPAIGN_COLUMNS,
        "count(*)",
        "t.arm <> 'control'",
        may_lack_day=True,
    ),
    "responses": _Source(
        "campaign_responses AS t LEFT JOIN campaigns AS c ON c.campaign_id = t.campaign_id",
        "coalesce(CAST(t.responded_at AS DATE), c.start_date)",
        _CAMPAIGN_COLUMNS | {"response_kind": ("t.kind",), "kind": ("t.kind",)},
        "count(*)",
        may_lack_day=True,
    ),
    "events": _Source("events AS t", "CAST(t.occurred_at AS DATE)", _EVENT_COLUMNS, "count(*)", moment="t.occurred_at"),
}

_ITEM_EVENTS = _Source(
    "events AS t LEFT JOIN products AS p ON p.product_id = t.product_id",
    "CAST(t.occurred_at AS DATE)",
    _EVENT_COLUMNS | _LINE_COLUMNS | {"product": ("t.product_id", "p.name")},
    "count(*)",
    moment="t.occurred_at",
)
"""Events with products, which only rules that name one need."""


_FIRSTS = "SELECT customer_id, min(ordered_at) AS start_at FROM counted_orders WHERE customer_id IS NOT NULL GROUP BY customer_id"


_STORED = {"orders": "orders", "amount": "amount"}
"""The features that hold what a behaviour adds up over all orders; those of the last days end in their number."""
_STORED_DAYS = (30, 90, 365)
_OF_DAYS = ("orders", "active_days")
"""Behaviours that whoever ordered on a day has done that day."""
_NONE_OR_SOME = frozenset({("=", 0), ("<=", 0), ("<", 1), ("!=", 0), (">", 0), (">=", 1)})
"""Comparisons of a count that only tell nothing from something."""


def stored_value(behaviour: Behaviour, as_of: dt.date) -> str | None:
    """The column of ``customer_base AS b`` that has the behaviour's value already, where features are current; None where none has."""
    column = _STORED.get(behaviour.behaviour)
    if column is None or behaviour.where or behaviour.basket or behaviour.first_days:
        return None
    if behaviour.window is None:
        return f"coalesce(b.{column}, 0)"
    days = _last_days(behaviour, as_of)
    return f"coalesce(b.{column}_{days}d, 0)" if days in _STORED_DAYS else None


def stored_sign(behaviour: Behaviour, as_of: dt.date) -> str | None:
    """1 or 0 by the date of the last order, for conditions that ask whether there was any in the last days; None for others."""
    days = _last_days(behaviour, as_of)
    limited = behaviour.where or behaviour.basket or behaviour.first_days
    if behaviour.behaviour not in _OF_DAYS or limited or days is None or isinstance(behaviour.value, list):
        return None
    if (behaviour.op, behaviour.value) not in _NONE_OR_SOME:
        return None
    return f"CASE WHEN b.recency_days < {days} THEN 1 ELSE 0 END"


def what_is_counted(behaviour: Behaviour) -> str:
    """The same for behaviours that differ in nothing but what they are compared with."""
    return behaviour.model_dump_json(exclude={"op", "value"})


def _last_days(behaviour: Behaviour, as_of: dt.date) -> int | None:
    """How many days up to the as-of date the window has; None where it begins nowhere or ends elsewhere."""
    start, end = window_dates(behaviour.window, as_of)
    return (as_of - start).days + 1 if start and end == as_of and start <= as_of else None


def _source(behaviour: Behaviour) -> _Source:
    if behaviour.behaviour == "events" and any(name in _LINE_COLUMNS for name in behaviour.where):
        return _ITEM_EVENTS
    if behaviour.behaviour in _OTHERS:
        return _OTHERS[behaviour.behaviour]
    plain, by_line = _ORDERED[behaviour.behaviour]
    if not plain or any(name in _LINE_COLUMNS for name in behaviour.where):
        return _Source(_LINES, "o.order_date", _BOUGHT, by_line, "o.customer_id IS NOT NULL", moment="o.ordered_at")
    return _Source("counted_orders AS o", "o.order_date", _BOUGHT, plain, "o.customer_id IS NOT NULL", moment="o.ordered_at")


def behaviour_query(behaviour: Behaviour, as_of: dt.date, bind: Bind) -> str:
    """A SELECT of ``customer_id, value`` for the customers who did it at all, from rows dated up to ``as_of``.

    Raises:
        UnknownName: ``where`` names a dimension that this behaviour does not have.
        InputError: The window is not a known one.
    """
    source = _source(behaviour)
    customer = "o.customer_id" if source.day == "o.order_date" else "t.customer_id"
    conditions = [source.always] if source.always else []
    conditions += _dates(source, behaviour.window, as_of, bind)
    conditions += [_matches(source, name, values, bind) for name, values in behaviour.where.items()]
    conditions += _basket(behaviour, bind)
    tables, first = _first_days(behaviour, source)
    conditions += first
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return f"SELECT {customer} AS customer_id, {source.value} AS value FROM {tables}{where} GROUP BY {customer}"


def _first_days(behaviour: Behaviour, source: _Source) -> tuple[str, list[str]]:
    """The tables with each customer's first order, and the condition on the days from it on, where there is one."""
    if behaviour.first_days is None:
        return source.tables, []
    if behaviour.behaviour not in _ORDERED:
        raise InputError("Only what was ordered can be limited to the first days.", "只有购买行为可以限定在首单之后的天数内。")
    tables = f"{source.tables} INNER JOIN ({_FIRSTS}) AS s ON s.customer_id = o.customer_id"
    return tables, [f"o.ordered_at < date_trunc('day', s.start_at) + INTERVAL {behaviour.first_days + 1} DAY"]


def _basket(behaviour: Behaviour, bind: Bind) -> list[str]:
    """What single orders must fit."""
    if not behaviour.basket:
        return []
    if behaviour.behaviour not in _ORDERED:
        raise InputError("Only what was ordered can be limited to some orders.", "只有购买行为可以限定订单条件。")
    return [f"({fits(behaviour.basket, lambda value: parse_one(bind(value), read='duckdb')).sql(dialect='duckdb')})"]


def window_dates(window: Window | None, as_of: dt.date) -> tuple[dt.date | None, dt.date]:
    """The first and the last day of ``window``, never later than ``as_of``; without a first one it is open."""
    start, end = window.resolve(as_of) if window else (None, None)
    return start, min(end, as_of) if end else as_of


def _dates(source: _Source, window: Window | None, as_of: dt.date, bind: Bind) -> list[str]:
    start, end = window_dates(window, as_of)
    if source.moment:
        until = f"{source.moment} < CAST({bind(end + dt.timedelta(days=1))} AS TIMESTAMP)"
        return [*([f"{source.moment} >= CAST({bind(start)} AS TIMESTAMP)"] if start else []), until]
    until = f"{source.day} <= {bind(end)}"
    if window is None and source.may_lack_day:
        return [f"({source.day} IS NULL OR {until})"]
    return [*([f"{source.day} >= {bind(start)}"] if start else []), until]


def _matches(source: _Source, name: str, values: list[str], bind: Bind) -> str:
    if name not in source.dimensions:
        raise UnknownName("dimension of this behaviour", "该行为的维度", name, source.dimensions)
    wanted = [hour for value in values for hour in hours_of(value)] if name == "hour" else values
    listed = ", ".join(bind(value) for value in wanted) or "NULL"
    return "(" + " OR ".join(f"{column} IN ({listed})" for column in source.dimensions[name]) + ")"
