"""Segment rules to SQL: set-based, values bound, never a string from a model.

Unknown values: a comparison with an unknown field does not hold, and neither does its opposite operator; ``not`` of a
rule holds for everybody for whom the rule does not hold, unknown included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tools.contracts import CustomerQuery, Text
from tools.errors import InputError, UnknownName
from tools.rules import AllOf, AnyOf, Behaviour, Condition, InSegment, NotRule, SegmentRule, Selection
from tools.segments.behaviours import behaviour_query, stored_sign, stored_value, what_is_counted
from tools.segments.earlier import bound_by, check_day, dated_scheme, groups_then
from tools.segments.fields import field
from tools.segments.freshness import features_current
from tools.segments.grounding import ground
from tools.segments.relations import compared_with, relative_condition
from tools.segments.sentences import describe_rule, describe_selection
from tools.segments.stored import check_attributes, group_rules, stored_names, stored_rules
from tools.segments.tiers.limits import Limits
from tools.segments.tiers.step import stored_limits
from tools.segments.values import comparison_values
from tools.warehouse.context import ToolContext

_DEEPEST = 40


def compile_rule(
    rule: SegmentRule, as_of: dt.date, segments: Mapping[str, SegmentRule] | None = None, limits: Limits | None = None
) -> CustomerQuery:
    """SQL of the customers for whom ``rule`` holds.

    Args:
        rule: Who.
        as_of: Windows are relative to it and nothing later is read.
        segments: Rules of stored segments by id; the groups of the schemes are always known.
        limits: Those of the tiers, for who was in one on an earlier day.

    Raises:
        UnknownName: A field, dimension or segment does not exist.
        InputError: A value does not fit its field, or segments refer to each other in a circle.
    """
    return _compile(Selection(rule=rule), as_of, segments or {}, limits=limits)


def compile_selection(ctx: ToolContext, selection: Selection) -> CustomerQuery:
    """SQL of a selection, in its order, with stored segments looked up in the warehouse.

    Raises:
        UnknownName: A field, attribute, dimension, value or segment does not exist.
        UnsupportedQuestion: The data that the rule is about were not loaded.
        InputError: A value does not fit its field, or segments refer to each other in a circle.
    """
    segments = stored_rules(ctx.engine)
    check_attributes(ctx.engine, selection, segments)
    names = stored_names(ctx.engine) if segments else {}
    limits = stored_limits(ctx.engine)
    return _compile(ground(ctx, selection), ctx.as_of, segments, names, current=features_current(ctx), limits=limits)


def _compile(
    selection: Selection,
    as_of: dt.date,
    segments: Mapping[str, SegmentRule],
    names: Mapping[str, Text] | None = None,
    *,
    current: bool = False,
    limits: Limits | None = None,
) -> CustomerQuery:
    compiler = _Compiler(as_of, {**group_rules(), **segments}, current=current, limits=limits)
    condition = compiler.condition(selection.rule)
    joins = "".join(f"\nLEFT JOIN ({query}) AS {name} ON {name}.customer_id = b.customer_id" for name, query in compiler.behaviours.items())
    sql = f"SELECT b.customer_id FROM customer_base AS b{joins}\nWHERE {condition}{_order(selection)}"
    inline = {} if selection.limit else {"condition": condition, "joins": joins, "counted": compiler.counted}
    ordered = selection.limit or selection.sort_by
    sentence = describe_selection(selection, as_of, names) if ordered else describe_rule(selection.rule, as_of, names)
    return CustomerQuery(sql=sql, parameters=compiler.parameters, sentence=sentence, **inline)


def rows_of(query: CustomerQuery, joins: str = "") -> str:
    """A FROM clause with the rows of ``query``'s customers in ``customer_base AS b``, and ``joins`` to these."""
    if query.condition is None:
        return f"customer_base AS b\nINNER JOIN (\n{query.sql}\n) AS g ON g.customer_id = b.customer_id{joins}"
    return f"customer_base AS b{query.joins}{joins}\nWHERE {query.condition}"


def _order(selection: Selection) -> str:
    if not selection.sort_by and not selection.limit:
        return ""
    by = f"{field(selection.sort_by).sql} {'DESC' if selection.descending else 'ASC'} NULLS LAST, " if selection.sort_by else ""
    return f"\nORDER BY {by}b.customer_id" + (f"\nLIMIT {selection.limit}" if selection.limit else "")


class _Compiler:
    """Builds one statement: collects bound values and the subqueries of behaviours.

    ``current`` says that features are of this date and these data, so that all orders need not be added up again.
    """

    def __init__(self, as_of: dt.date, segments: Mapping[str, SegmentRule], *, current: bool, limits: Limits | None) -> None:
        self.as_of = as_of
        self.limits = limits
        self.current = current
        self.segments = segments
        self.parameters: dict[str, Any] = {}
        self.behaviours: dict[str, str] = {}
        self.counted: dict[str, str] = {}
        self._open: list[str] = []
        self._depth = 0

    def bind(self, value: Any) -> str:
        """A placeholder for ``value``."""
        name = f"r_{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"

    def condition(self, rule: SegmentRule) -> str:
        """The rule as a boolean expression over ``customer_base AS b`` and the joined behaviours."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InputError("The rule is nested too deeply; split it.", "规则嵌套太深；请拆分。")
        try:
            return self._dispatch(rule)
        finally:
            self._depth -= 1

    def _dispatch(self, rule: SegmentRule) -> str:
        match rule:
            case Condition():
                return self._condition(rule)
            case Behaviour():
                return self._behaviour(rule)
            case InSegment():
                return self._segment(rule.segment) if rule.on is None else self._segment_then(rule.segment, rule.on)
            case AllOf():
                return "(" + " AND ".join(self.condition(part) for part in rule.all) + ")" if rule.all else "TRUE"
            case AnyOf():
                return "(" + " OR ".join(self.condition(part) for part in rule.any) + ")" if rule.any else "FALSE"
            case NotRule():
                return f"NOT coalesce({self.condition(rule.not_)}, FALSE)"

    def _condition(self, rule: Condition) -> str:
        info = field(rule.field)
        if rule.op in ("is known", "is unknown"):
            return f"{info.sql} IS {'NOT ' if rule.op == 'is known' else ''}NULL"
        values, expression = comparison_values(rule, info)
        return self._compare(expression, rule.op, values)

    def _behaviour(self, rule: Behaviour) -> str:
        values = list(rule.value) if isinstance(rule.value, list) else [rule.value]
        if len(values) != (2 if rule.op == "between" else 1):
            raise InputError(f"{rule.behaviour} {rule.op} takes another number of values.", f"{rule.behaviour} {rule.op} 的取值个数不对。")
        if rule.share or rule.than is not None:
            first, second = (self._added_up(one) for one in compared_with(rule))
            return relative_condition(rule, first, second, [self.bind(value) for value in values])
        expression = (stored_value(rule, self.as_of) or stored_sign(rule, self.as_of) if self.current else None) or self._added_up(rule)
        return self._compare(expression, rule.op, values)

    def _added_up(self, rule: Behaviour) -> str:
        """The value by a join; the same behaviour under several conditions is added up once."""
        name = self.counted.setdefault(what_is_counted(rule), f"did_{len(self.behaviours)}")
        if name not in self.behaviours:
            self.behaviours[name] = behaviour_query(rule, self.as_of, self.bind)
        return f"coalesce({name}.value, 0)"

    def _compare(self, expression: str, op: str, values: list[Any]) -> str:
        bound = [self.bind(value) for value in values]
        if op == "between":
            return f"{expression} BETWEEN {bound[0]} AND {bound[1]}"
        if op in ("in", "not in"):
            return f"{expression} {op.upper()} ({', '.join(bound)})"
        return f"{expression} {'<>' if op == '!=' else op} {bound[0]}"

    def _segment_then(self, segment_id: str, day: dt.date) -> str:
        scheme = dated_scheme(segment_id)
        check_day(day, self.as_of)
        stored = next(group.stored for group in scheme.groups if group.id == segment_id)
        groups = bound_by(groups_then(scheme, day, self.limits), self.bind)
        return f"b.customer_id IN (SELECT t.customer_id FROM (\n{groups}\n) AS t WHERE t.group_value = {self.bind(stored)})"

    def _segment(self, segment_id: str) -> str:
        if segment_id not in self.segments:
            raise UnknownName("segment", "分群", segment_id, self.segments)
        if segment_id in self._open:
            circle = " → ".join([*self._open[self._open.index(segment_id) :], segment_id])
            raise InputError(f"Segments refer to each other in a circle: {circle}.", f"分群规则循环引用：{circle}。")
        self._open.append(segment_id)
        try:
            return self.condition(self.segments[segment_id])
        finally:
            self._open.pop()
