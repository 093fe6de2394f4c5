"""The customers that a model's answer is about: everybody with orders, or those who were named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.contracts import Text
from tools.requests import Customers
from tools.rules import EVERYONE, AllOf, Condition, Selection
from tools.segments.compiler import compile_selection
from tools.segments.freshness import freshness_caveats, require_features
from tools.segments.resolve import resolve_customers
from tools.warehouse.context import ToolContext

MOST_IDS = 5000
"""Customers that a selection names one by one, where their scores are not stored."""


@dataclass(frozen=True)
class Chosen:
    """Whom an answer is about.

    Args:
        selection: As resolved; everybody when nobody was named.
        named: Whether somebody was.
        sentence: In words.
        sql: A SELECT of their ids.
        parameters: Bound in it.
        caveats: Of the scores that the selection rests on.
    """

    selection: Selection
    named: bool
    sentence: Text
    sql: str
    parameters: dict[str, Any]
    caveats: tuple[Text, ...]


def choose(ctx: ToolContext, customers: Customers | None) -> Chosen:
    """The customers of a request.

    Raises:
        UnknownName: A segment, field or value does not exist.
        UnsupportedQuestion: They were never computed.
    """
    everybody = Text(zh="全部下过单的客户", en="all customers with orders")
    if customers is None:
        return Chosen(Selection(rule=EVERYONE), False, everybody, "SELECT customer_id FROM customers", {}, ())
    require_features(ctx)
    selection = resolve_customers(ctx, customers)
    query = compile_selection(ctx, selection)
    named = selection != Selection(rule=EVERYONE)
    return Chosen(selection, named, query.sentence if named else everybody, query.sql, query.parameters, freshness_caveats(ctx))


def listed_ids(ids: list[str]) -> Selection:
    """A selection of customers one by one."""
    return Selection(rule=Condition(field="customer_id", op="in", value=list(ids)))


def with_condition(chosen: Chosen, condition: Condition) -> AllOf | Condition:
    """The rule of the chosen customers narrowed by a condition."""
    return AllOf(all=(chosen.selection.rule, condition)) if chosen.named else condition
