"""The customers of a finding: a list with what they did, and the selection that stands for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tools.contracts import Figure, Statement, Table, Text, Unit
from tools.requests import FindBehaviour
from tools.rules import Condition, Selection
from tools.segments.fields import FieldInfo, field
from tools.segments.reporting import ROWS_SHOWN, field_column, row_figures, shown_value
from tools.warehouse.context import ToolContext
from tools.warehouse.identifiers import quote
from tools.warehouse.sql_files import sql_text
from tools.warehouse.whole_table import MOST_ROWS, write_whole

MOST_IDS = 5000
"""Customers that a selection names one by one."""
_BESIDE = ("recency_days", "amount_365d", "rfm_group")


@dataclass(frozen=True)
class Listed:
    """A list of customers.

    Args:
        statement: How they were found.
        whole: All of them, the first column their ids.
        infos: The columns.
    """

    statement: Statement
    whole: pa.Table
    infos: tuple[FieldInfo, ...]

    def ids(self, most: int) -> list[str]:
        """The ids of the first ``most`` customers."""
        return [str(one) for one in self.whole.column("customer_id").slice(0, most).to_pylist()]

    def table(self, ctx: ToolContext, title: Text, shown: int) -> Table:
        """The first ``shown`` of them; the whole list is written to a file when it is longer."""
        rows = self._rows(min(shown, ROWS_SHOWN))
        longer = self.whole.num_rows > len(rows)
        return Table(
            id="customers",
            title=title,
            columns=tuple(field_column(info) for info in self.infos),
            rows=tuple(tuple(shown_value(info, row[info.id]) for info in self.infos) for row in rows),
            row_count=self.whole.num_rows,
            path=str(write_whole(ctx.config.exports_dir, "customers", self.whole)) if longer and self.whole.num_rows <= MOST_ROWS else None,
        )

    def figures(self, shown: int) -> list[Figure]:
        """Figures ``row<n>.<column>`` of the first customers."""
        return row_figures(self._rows(min(shown, ROWS_SHOWN)), self.infos)

    def _rows(self, count: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.whole.slice(0, count).to_pylist()
        return rows


def read_sql(name: str) -> str:
    """The text of one of this package's .sql files."""
    return sql_text("tools.segments.findings", name)


def column(name: str, zh: str, en: str, unit: Unit, sql: str | None = None) -> FieldInfo:
    """A column of what customers did, read from the subquery ``f`` unless ``sql`` says otherwise."""
    kind = "date" if unit is Unit.DATE else "text" if unit is Unit.TEXT else "number"
    return FieldInfo(name, Text(zh=zh, en=en), unit, kind, sql or f"f.{name}", {})


def list_customers(
    ctx: ToolContext, own: Sequence[FieldInfo], joins: str, order: str, parameters: Mapping[str, Any], limit: int | None = None
) -> Listed:
    """The customers of ``customer_base AS b`` that ``joins`` leave, in ``order``; fields that none of them has are left out.

    Args:
        ctx: Reads the warehouse.
        own: What they did.
        joins: Joins to ``customer_base AS b``.
        order: Order of the list; ties are broken by customer_id.
        parameters: Values bound in ``joins``.
        limit: Keep this many; None keeps all.
    """
    infos = [field("customer_id"), *own, *(field(name) for name in _BESIDE)]
    columns = ", ".join(f"{info.sql} AS {quote(info.id)}" for info in infos)
    cut = f"\nLIMIT {limit}" if limit else ""
    sql = f"SELECT {columns} FROM customer_base AS b{joins}\nORDER BY {order}, b.customer_id{cut}"
    whole = ctx.engine.query(sql, parameters)
    known = [info for info in infos if info.id == "customer_id" or whole.column(info.id).null_count < whole.num_rows]
    return Listed(Statement(sql=sql, parameters=dict(parameters)), whole.select([info.id for info in known]), tuple(known))


def chosen_limit(request: FindBehaviour) -> int | None:
    """How many customers were asked for; None where nobody said."""
    return request.limit if "limit" in request.model_fields_set else None


def selection_of(listed: Listed) -> tuple[Selection, tuple[Text, ...]]:
    """The listed customers by their ids, and what to say when they are too many to name."""
    count = listed.whole.num_rows
    rule = Condition(field="customer_id", op="in", value=list(listed.ids(MOST_IDS)))
    if count <= MOST_IDS:
        return Selection(rule=rule), ()
    return Selection(rule=rule), (
        Text(
            zh=f"找到 {count:,} 位客户；导出或保存时取名单前 {MOST_IDS:,} 位，完整名单见下载文件。",
            en=f"{count:,} customers were found; exporting or saving takes the first {MOST_IDS:,} of the list; the file has them all.",
        ),
    )
