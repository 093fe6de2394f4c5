"""Rules held against the loaded data: values get their stored spelling, and what the data lack is said, not counted as nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tools.errors import UnknownName, UnsupportedQuestion
from tools.metrics.baskets import grounded
from tools.metrics.catalogue import ATTRIBUTE, Dimension, catalogue
from tools.metrics.needs import require, require_dimension
from tools.metrics.values import dimension_values, is_filled, is_identifying, matching_values, remember
from tools.rules import AllOf, AnyOf, Behaviour, Condition, InSegment, NotRule, SegmentRule, Selection
from tools.segments.fields import FieldInfo, field
from tools.segments.freshness import require_orders
from tools.segments.schemes import AIPL, PROSPECTS, SCHEMES, Scheme, group_of, scheme_of
from tools.segments.stored import check_attributes, known_field
from tools.segments.tiers.needs import require_events
from tools.warehouse.context import ToolContext

_NEEDS = {
    # behaviour: the metric that it is a part of, the table it is found in
    "orders": ("orders", "orders"),
    "amount": ("revenue", "orders"),
    "active_days": ("orders", "orders"),
    "quantity": ("items", "order_lines"),
    "contacts": ("contacts", "campaign_contacts"),
    "responses": ("responses", "campaign_responses"),
    "events": ("events", "events"),
}
_SHORT = {("events", "kind"): "event_kind", ("events", "channel"): "event_channel", ("responses", "kind"): "response_kind"}
_OF_ORDERS = {"orders", "rhythm", "products", "times", "rfm", "churn", "tiers", "value"}
"""Groups of fields that say something of customers with orders only."""
_MOST_VALUES = 2000


def ground(ctx: ToolContext, selection: Selection) -> Selection:
    """The selection with values as they are stored, letter case aside.

    Raises:
        UnknownName: An attribute or a value, such as a category, is not in the data; the message has the closest.
        UnsupportedQuestion: The data that the rule is about were not loaded.
    """
    selection = _with_known_fields(ctx, selection)
    check_attributes(ctx.engine, selection, {})
    if selection.sort_by:
        _require_filled(ctx, field(selection.sort_by))
    return selection.model_copy(update={"rule": _rule(ctx, selection.rule)})


def _with_known_fields(ctx: ToolContext, selection: Selection) -> Selection:
    """The selection with attributes that are called by their plain name under their id."""
    sort_by = known_field(ctx.engine, selection.sort_by) if selection.sort_by else None
    return selection.model_copy(update={"rule": _with_known(ctx, selection.rule), "sort_by": sort_by})


def _with_known(ctx: ToolContext, rule: SegmentRule) -> SegmentRule:
    match rule:
        case Condition():
            return rule.model_copy(update={"field": known_field(ctx.engine, rule.field)})
        case AllOf():
            return AllOf(all=tuple(_with_known(ctx, part) for part in rule.all))
        case AnyOf():
            return AnyOf(any=tuple(_with_known(ctx, part) for part in rule.any))
        case NotRule():
            return NotRule.model_validate({"not": _with_known(ctx, rule.not_)})
    return rule


def _rule(ctx: ToolContext, rule: SegmentRule) -> SegmentRule:
    match rule:
        case Condition():
            return _condition(ctx, rule)
        case Behaviour():
            return _behaviour(ctx, rule)
        case AllOf():
            return AllOf(all=tuple(_rule(ctx, part) for part in rule.all))
        case AnyOf():
            return AnyOf(any=tuple(_rule(ctx, part) for part in rule.any))
        case NotRule():
            return NotRule.model_validate({"not": _rule(ctx, rule.not_)})
        case InSegment():
            group = group_of(rule.segment)
            if group is not None and group is not PROSPECTS:
                require_orders(ctx, group.name)
                _require_stage(ctx, scheme_of(rule.segment))
    return rule


def _require_stage(ctx: ToolContext, scheme: Scheme | None) -> None:
    if scheme is AIPL:
        require_events(ctx)


def _behaviour(ctx: ToolContext, rule: Behaviour) -> Behaviour:
    metric, table = _NEEDS[rule.behaviour]
    require(ctx, catalogue().metric(metric), [table])
    where = {}
    for name, values in rule.where.items():
        known = _SHORT.get((rule.behaviour, name), name)
        dimension = next((one for one in catalogue().dimensions if one.id == known), None)
        if dimension is None or dimension.level == "time":
            where[name] = values  # the compiler refuses it, with the names that fit
            continue
        require_dimension(ctx, dimension)
        where[name] = [stored for value in values for stored in _stored(ctx, dimension, value)]
    return rule.model_copy(update={"where": where, "basket": list(grounded(ctx, rule.basket))})


def _stored(ctx: ToolContext, dimension: Dimension, value: str) -> list[str]:
    def read() -> list[str]:
        """The stored values that the given one stands for."""
        # An id or a name may have been given, and the compiler takes either: what reads best is what was given.
        pairs = matching_values(ctx, dimension, [value])
        return list(dict.fromkeys(stored if stored.casefold() == value.casefold() else name for stored, name in pairs))

    found = remember(ctx, f"stored {dimension.id} {value}", read)
    if not found:
        raise UnknownName(dimension.name.en, dimension.name.zh, value, dimension_values(ctx, dimension))
    return [value] if value in found else found


def _condition(ctx: ToolContext, rule: Condition) -> Condition:
    info = field(rule.field)
    if rule.op not in ("is known", "is unknown") and rule.value != PROSPECTS.id:
        _require_filled(ctx, info)
    if rule.op not in ("=", "!=", "in", "not in") or info.kind not in ("category", "band") or info.names:
        return rule
    if info.is_attribute and is_identifying(ctx, info.id.removeprefix(ATTRIBUTE)):
        return rule
    known = _spelling(_values(ctx, info), info)
    value: Any = [known(one) for one in rule.value] if isinstance(rule.value, list) else known(rule.value)
    return rule.model_copy(update={"value": value})


def _require_filled(ctx: ToolContext, info: FieldInfo) -> None:
    if not info.is_attribute and catalogue().field(info.id).group in _OF_ORDERS:
        require_orders(ctx, info.label)
    _require_stage(ctx, next((scheme for scheme in SCHEMES.values() if scheme.field == info.id), None))
    if not info.is_attribute and not is_filled(ctx, f"customer_base.{info.id}"):
        raise UnsupportedQuestion(
            f"The loaded data hold no {info.label.en} for any customer, so customers cannot be chosen by it.",
            f"已载入的数据中没有任何客户的“{info.label.zh}”，无法按它筛选或排序。",
        )


def _values(ctx: ToolContext, info: FieldInfo) -> list[str]:
    sql = (
        f"SELECT value FROM (SELECT CAST({info.sql} AS VARCHAR) AS value FROM customer_base AS b) AS found WHERE value IS NOT NULL "
        f"GROUP BY value ORDER BY count(*) DESC, value LIMIT {_MOST_VALUES}"
    )
    return remember(ctx, f"field {info.id}", lambda: [str(row[0]) for row in ctx.engine.rows(sql)])


def _spelling(values: list[str], info: FieldInfo) -> Callable[[Any], Any]:
    folded = {value.casefold(): value for value in reversed(values)}
    exact = set(values)

    def known(value: Any) -> Any:
        """The stored spelling; what is no text stays."""
        if not isinstance(value, str) or value in exact or len(values) == _MOST_VALUES:
            return value
        if value.casefold() not in folded:
            raise UnknownName(f"value of {info.label.en}", f"“{info.label.zh}”取值", value, values)
        return folded[value.casefold()]

    return known
