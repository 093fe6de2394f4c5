"""Conditions of a statement with their values bound: filters, and the customers that were chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp, parse_one

from tools.contracts import CustomerQuery
from tools.metrics.filters import Filter


@dataclass
class Parameters:
    """Bound values; one name per value and purpose."""

    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, name: str, value: Any) -> exp.Expr:
        """A placeholder for ``value``, named ``name`` or, where that is taken by another value, with a number."""
        free, number = name, 1
        while free in self.values and self.values[free] != value:
            number += 1
            free = f"{name}_{number}"
        self.values[free] = value
        return parse_one(f"${free}", read="duckdb")


def filter_condition(value: exp.Expr, one: Filter, parameters: Parameters) -> exp.Expr:
    """Whether ``value`` is one of the filter's values, or none of them."""
    name = "not_" + one.dimension.id if one.excluded else one.dimension.id
    name = "v_" + "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
    inside = value.isin(*(parameters.bind(name, text) for text in one.values))
    return exp.or_(inside.not_(), value.copy().is_(exp.null())) if one.excluded else inside


def chosen_condition(customer: exp.Expr, customers: CustomerQuery, parameters: Parameters) -> exp.Expr:
    """Whether ``customer`` is among the chosen ones."""
    parameters.values.update(customers.parameters)
    chosen = parse_one(f"SELECT customer_id FROM ({customers.sql}) AS chosen", read="duckdb")
    assert isinstance(chosen, exp.Query)
    return customer.isin(query=chosen)
