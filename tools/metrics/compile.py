"""From a plan to one SELECT, built with sqlglot.

Each metric is aggregated over the one source whose grain fits, so no join can count a row twice:

    WITH first_orders, block_1, block_2, ...    one block per source, set of rows and set of groups
    SELECT k1, k2, revenue, orders, revenue / orders AS average_order_value
    FROM (blocks of the same groups, unioned and folded by their groups)
    LEFT JOIN the blocks of denominators that leave a dimension out

A comparison joins two of these by their groups, so that groups can be ordered by what changed before any is cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlglot import exp

from tools.contracts import Statement, Unit
from tools.metrics.block import Block, Part, key_name, label_name
from tools.metrics.catalogue import Metric
from tools.metrics.conditions import Parameters
from tools.metrics.cuts import Order, beside_earlier, cut
from tools.metrics.keeping import parameters_of
from tools.metrics.plan import Plan, components, dates_of, denominator_key
from tools.warehouse.context import ToolContext


def parts_of(plan: Plan) -> list[Part]:
    """The aggregates that the plan's metrics are made of, each once."""
    everything = tuple(range(len(plan.by)))
    found: dict[str, Part] = {}
    for metric in plan.measured:
        for position, part in enumerate(components(metric)):
            left_out = metric.ratio.without if metric.ratio and position else ()
            name = denominator_key(metric) if left_out else part.id
            by = tuple(index for index in everything if plan.by[index].level not in left_out)
            filters = tuple(one for one in plan.filters if one.dimension.level not in left_out)
            found.setdefault(name, Part(name, part, plan.forms[name], by, filters))
    return list(found.values())


def compile_plan(ctx: ToolContext, plan: Plan, order: Order, earlier: Plan | None = None) -> Statement:
    """The statement that yields one row per group: k1, k2, the metrics, and the number of groups as ``group_count``.

    Args:
        ctx: The warehouse, as of a date.
        plan: What is measured.
        order: Which groups, in what order.
        earlier: The same plan for the period compared with; its values are the columns <metric>__before.
    """
    builder = _Builder(ctx, plan)
    query, values = builder.build(), builder.parameters.values
    if earlier is not None:
        before = _Builder(ctx, earlier)
        other, values = _apart(before.build(), before.parameters.values, values)
        query = beside_earlier(query, other, plan)
    if plan.by:
        query = cut(query, plan, order, compared=earlier is not None)
        values = {**values, **parameters_of(order.having)}
    mentioned = {node.name for node in query.find_all(exp.Placeholder)}
    parameters = {name: value for name, value in values.items() if name in mentioned}
    return Statement(sql=query.sql(dialect="duckdb", pretty=True), parameters=parameters)


def _apart(query: exp.Query, values: dict[str, Any], taken: dict[str, Any]) -> tuple[exp.Query, dict[str, Any]]:
    """The query with names of its own for parameters whose values differ, and the values of both queries."""
    names = {name: name if taken.get(name, value) == value else f"earlier_{name}" for name, value in values.items()}
    for node in query.find_all(exp.Placeholder):
        node.set("this", names[node.name])
    return query, {**taken, **{names[name]: value for name, value in values.items()}}


class _Builder:
    def __init__(self, ctx: ToolContext, plan: Plan) -> None:
        self.ctx = ctx
        self.plan = plan
        self.parameters = Parameters()
        self.blocks: dict[str, tuple[tuple[int, ...], list[str]]] = {}
        self.ctes: list[tuple[str, exp.Query]] = []

    def build(self) -> exp.Select:
        """A block per source, joined by their keys."""
        for parts in self._grouped(parts_of(self.plan)):
            self._add_block(parts)
        keys = tuple(range(len(self.plan.by)))
        main = [name for name, (by, _) in self.blocks.items() if by == keys]
        side = [name for name, (by, _) in self.blocks.items() if by != keys]
        query = self._select(keys, main, side)
        for name, block in self.ctes:
            query = query.with_(name, as_=block)
        return query

    def _grouped(self, parts: Sequence[Part]) -> list[list[Part]]:
        groups: dict[tuple[Any, ...], list[Part]] = {}
        for part in parts:
            dates = dates_of(self.ctx, self.plan.window, part.metric)
            inside = (*part.form.per_customer.items(), ".", *part.form.per_order.items())
            groups.setdefault((part.form.source, part.metric.rows, dates, part.by, inside), []).append(part)
        return list(groups.values())

    def _add_block(self, parts: list[Part]) -> None:
        block = Block(self, parts)
        name = f"block_{len(self.blocks) + 1}"
        self.blocks[name] = (parts[0].by, [part.name for part in parts])
        self.ctes.append((name, block.build()))

    def add_once(self, name: str, query: exp.Query) -> None:
        """A common table that several blocks may read."""
        if name not in dict(self.ctes):
            self.ctes.append((name, query))

    def _select(self, keys: tuple[int, ...], main: list[str], side: list[str]) -> exp.Select:
        names = [key_name(index) for index in keys]
        query = exp.select(*(exp.column(name, "g") for name in names))
        for dimension in self._labelled(keys):
            query = query.select(exp.column(dimension, "g"))
        where = {column: "g" for name in main for column in self.blocks[name][1]}
        where |= {column: name for name in side for column in self.blocks[name][1]}
        query = query.select(*(_measured(metric, where) for metric in self.plan.measured))
        query = query.from_(self._folded(keys, main).subquery("g"))
        for name in side:
            shared = self.blocks[name][0]
            on = exp.and_(*(exp.column(key_name(i), "g").eq(exp.column(key_name(i), name)) for i in shared)) if shared else None
            query = query.join(exp.to_table(name), on=on, join_type="left" if shared else "cross")
        return query

    def _labelled(self, keys: tuple[int, ...]) -> list[str]:
        return [label_name(index) for index in keys if self.plan.by[index].label_sql]

    def _folded(self, keys: tuple[int, ...], main: list[str]) -> exp.Select:
        names = [key_name(index) for index in keys]
        labels = self._labelled(keys)
        if len(main) == 1:
            return exp.select(*names, *labels, *self.blocks[main[0]][1]).from_(main[0])
        columns = [column for name in main for column in self.blocks[name][1]]
        union: exp.Query | None = None
        for name in main:
            own = self.blocks[name][1]
            one = exp.select(*names, *labels, *(c if c in own else exp.alias_(exp.null(), c) for c in columns)).from_(name)
            union = one if union is None else exp.union(union, one, distinct=False)
        assert union is not None
        folded = [exp.alias_(exp.Max(this=exp.column(name)), name) for name in (*labels, *columns)]
        return exp.select(*names, *folded).from_(union.subquery("u")).group_by(*names)


def _measured(metric: Metric, where: dict[str, str]) -> exp.Expr:
    if metric.ratio is None:
        return exp.column(metric.id, where[metric.id])
    bottom = denominator_key(metric) if metric.ratio.without else metric.ratio.denominator
    top = exp.column(metric.ratio.numerator, where[metric.ratio.numerator])
    divided = exp.cast(top, "double") / exp.func("nullif", exp.column(bottom, where[bottom]), exp.Literal.number(0))
    return exp.alias_(exp.cast(divided, "decimal(18, 2)") if metric.unit is Unit.MONEY else divided, metric.id)
