"""What one customer did, as bounded tables: timeline, last orders, categories, campaigns, and a chart of the orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml
from pydantic import TypeAdapter

from tools.contracts import Chart, Column, Figure, FigureValue, Statement, Table, Text, Unit
from tools.segments.reporting import bars
from tools.warehouse.context import ToolContext
from tools.warehouse.sql_files import sql_text

_FOLDER = resources.files("tools.segments.look_up")
_Spec = tuple[str, str, str, Unit]
_TIMELINE: tuple[_Spec, ...] = (
    ("happened_at", "时间", "when", Unit.DATE),
    ("kind", "事项", "what happened", Unit.TEXT),
    ("what", "内容", "about", Unit.TEXT),
    ("amount", "金额", "amount", Unit.MONEY),
    ("rating", "评分", "rating", Unit.NUMBER),
    ("channel", "渠道", "channel", Unit.TEXT),
)
_ORDERS: tuple[_Spec, ...] = (
    ("order_id", "订单号", "order id", Unit.ID),
    ("order_date", "日期", "date", Unit.DATE),
    ("status", "状态", "status", Unit.TEXT),
    ("amount", "金额", "amount", Unit.MONEY),
    ("discount", "折扣", "discount", Unit.MONEY),
    ("channel", "渠道", "channel", Unit.TEXT),
    ("store_id", "门店", "store", Unit.ID),
)
_CATEGORIES: tuple[_Spec, ...] = (
    ("category", "品类", "category", Unit.TEXT),
    ("orders", "订单数", "orders", Unit.COUNT),
    ("amount", "消费额", "spend", Unit.MONEY),
    ("share", "占比", "share", Unit.SHARE),
)
_CAMPAIGNS: tuple[_Spec, ...] = (
    ("campaign", "营销活动", "campaign", Unit.TEXT),
    ("contacted_on", "触达日期", "contacted on", Unit.DATE),
    ("responses", "响应次数", "responses", Unit.COUNT),
)
_WITH_FIGURES = 5
_SHORT = {"timeline": "event", "last_orders": "order", "top_categories": "category", "campaigns_of": "campaign"}
_MOST_MONTHS = 36


def read_sql(name: str) -> str:
    """The text of one of this package's .sql files."""
    return sql_text("tools.segments.look_up", name)


@lru_cache(maxsize=1)
def kind_names() -> dict[str, Text]:
    """What the kinds of things that happen are called."""
    return TypeAdapter(dict[str, Text]).validate_python(yaml.safe_load((_FOLDER / "kinds.yaml").read_text(encoding="utf-8")))


def lists_of(ctx: ToolContext, customer_id: str) -> tuple[list[Table], list[Statement]]:
    """The tables that have rows, and how they were read."""
    parameters = {"customer_id": customer_id, "as_of": ctx.as_of}
    wanted = (
        ("timeline", Text(zh="时间线（最近在前）", en="Timeline, newest first"), _TIMELINE),
        ("top_categories", Text(zh="购买最多的品类", en="Top categories"), _CATEGORIES),
        ("last_orders", Text(zh="最近的订单", en="Last orders"), _ORDERS),
        ("campaigns_of", Text(zh="营销触达与响应", en="Campaigns"), _CAMPAIGNS),
    )
    statements = [Statement(sql=read_sql(name), parameters=parameters) for name, _, _ in wanted]
    tables = [_list(ctx, name, title, columns, one) for (name, title, columns), one in zip(wanted, statements, strict=True)]
    return [table for table in tables if table.rows], statements


def _list(ctx: ToolContext, name: str, title: Text, columns: Sequence[_Spec], statement: Statement) -> Table:
    rows = ctx.engine.query(statement.sql, statement.parameters).to_pylist()
    shown = [column for column in columns if any(row[column[0]] is not None for row in rows)]
    return Table(
        id=name,
        title=title,
        columns=tuple(
            Column(id=column_id, label=Text(zh=zh, en=en), unit=unit, names=_kinds(rows) if column_id == "kind" else {})
            for column_id, zh, en, unit in shown
        ),
        rows=tuple(tuple(_shown(row[column_id]) for column_id, *_ in shown) for row in rows),
        row_count=rows[0]["total"] if rows and "total" in rows[0] else len(rows),
    )


def _kinds(rows: list[dict[str, Any]]) -> dict[str, Text]:
    return {row["kind"]: kind_name(row["kind"]) for row in rows}


def kind_name(kind: str) -> Text:
    """What a kind is called; one of the source's own, by its own name."""
    plain = kind.partition("_")[2] or kind
    return kind_names().get(kind, Text(zh=plain, en=plain))


def _shown(value: Any) -> FigureValue:
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    # Sums of counts come back as decimals without places.
    shown: FigureValue = int(value) if hasattr(value, "as_tuple") and not value.as_tuple().exponent else value
    return shown


def list_figures(table: Table) -> list[Figure]:
    """Figures of the first rows of a list, such as ``order1.amount``; none of other tables."""
    short = _SHORT.get(table.id)
    if short is None:
        return []
    found = []
    for number, row in enumerate(table.rows[:_WITH_FIGURES], 1):
        name = _name(table, row)
        for column, value in zip(table.columns, row, strict=True):
            if value is not None:
                label = Text(zh=f"{name.zh}：{column.label.zh}", en=f"{name.en}: {column.label.en}")
                shown = kind_name(str(value)).en if column.id == "kind" else value
                found.append(Figure(id=f"{short}{number}.{column.id}", label=label, value=shown, unit=column.unit))
    return found


def _name(table: Table, row: tuple[FigureValue, ...]) -> Text:
    if table.id != "timeline":
        return Text(zh=str(row[0]), en=str(row[0]))
    day, kind = str(row[0]).partition(" ")[0], kind_name(str(row[1]))
    return Text(zh=f"{day} {kind.zh}", en=f"{day} {kind.en}")


def orders_chart(ctx: ToolContext, customer_id: str) -> tuple[tuple[Chart, ...], Statement]:
    """What the customer spent in each month, months without an order included; none before the first order."""
    statement = Statement(sql=read_sql("monthly"), parameters={"customer_id": customer_id, "as_of": ctx.as_of})
    spent = {row[0]: float(row[2]) for row in ctx.engine.rows(statement.sql, statement.parameters)}
    if not spent:
        return (), statement
    months = _months(min(spent), ctx.as_of)[-_MOST_MONTHS:]
    title = Text(zh=f"客户 {customer_id} 每月消费", en=f"Spend of customer {customer_id} by month")
    names = [Text(zh=f"{month:%Y-%m}", en=f"{month:%Y-%m}") for month in months]
    series = [(Text(zh="消费额", en="spend"), [spent.get(month, 0.0) for month in months])]
    return (bars("orders", title, names, series, ",.0f"),), statement


def _months(first: dt.date, last: dt.date) -> list[dt.date]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [dt.date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]
