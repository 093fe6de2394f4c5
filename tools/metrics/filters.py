"""Filters: dimensions with the values that rows must have, in the data's spelling."""

from __future__ import annotations

from dataclasses import dataclass

from tools.clock import hours_named
from tools.contracts import Text
from tools.errors import InputError, UnknownName
from tools.metrics.baskets import FIT, with_names
from tools.metrics.catalogue import Dimension, catalogue
from tools.metrics.needs import require_dimension
from tools.metrics.values import dimension_values, matching_values, value_names
from tools.rules import OrderCondition
from tools.warehouse.context import ToolContext


@dataclass(frozen=True)
class Filter:
    """A dimension whose stored value is (or is not) one of ``values``; ``names`` is how they read."""

    dimension: Dimension
    values: tuple[str, ...]
    names: tuple[Text, ...]
    excluded: bool


def make_filter(ctx: ToolContext, name: str, wanted: list[str], *, excluded: bool = False) -> Filter:
    """The filter on a dimension, its values in the data's spelling.

    Raises:
        UnknownName: The dimension or a value does not exist.
        UnsupportedQuestion: The data lack the dimension.
    """
    dimension = catalogue().dimension(name)
    require_dimension(ctx, dimension)
    if dimension.of_request:
        raise InputError("Which orders fit is said in `basket`.", "订单条件请写在 basket 中。")
    if not wanted:
        raise InputError(f"The filter on {dimension.id} names no value.", f"对“{dimension.name.zh}”的筛选没有给出取值。")
    if dimension.id == "hour":
        return Filter(dimension, *hours_named(wanted), excluded)
    pairs: dict[str, Text] = {}
    for text in wanted:
        pairs.update(_values(ctx, dimension, text.strip()))
    return Filter(dimension, tuple(pairs), tuple(pairs.values()), excluded)


def _values(ctx: ToolContext, dimension: Dimension, wanted: str) -> dict[str, Text]:
    names = value_names(ctx, dimension)
    named = {key: text for key, text in names.items() if wanted.casefold() in (key.casefold(), text.zh.casefold(), text.en.casefold())}
    if named:
        return named
    if dimension.untabled and not names:
        return {wanted: Text(zh=wanted, en=wanted)}
    found = matching_values(ctx, dimension, [wanted]) if not dimension.untabled else []
    if not found:
        raise UnknownName(dimension.name.en, dimension.name.zh, wanted, list(names) or dimension_values(ctx, dimension))
    return {value: Text(zh=label, en=label) for value, label in found}


def fit_filter(basket: tuple[OrderCondition, ...]) -> Filter:
    """The filter that leaves the orders that fit."""
    fit = named_fit(catalogue().dimension(FIT), basket)
    return Filter(fit, ("yes",), (fit.values["yes"],), excluded=False)


def named_fit(dimension: Dimension, basket: tuple[OrderCondition, ...]) -> Dimension:
    """The dimension that tells orders apart, with the names of those that are asked for."""
    if not basket:
        raise InputError(f"{FIT} needs the conditions on orders in `basket`.", f"{FIT} 需要在 basket 中给出订单条件。")
    return with_names(dimension, basket)
