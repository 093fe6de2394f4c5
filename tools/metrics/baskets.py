"""Conditions on single orders: what they amount to, what they hold, as SQL and in words."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sqlglot import exp, parse_one

from tools.contracts import Text
from tools.errors import InputError, UnknownName
from tools.metrics.catalogue import Dimension, catalogue
from tools.metrics.needs import require, require_dimension
from tools.metrics.values import dimension_values, matching_values
from tools.rules import OrderCondition
from tools.warehouse.context import ToolContext

Bind = Callable[[Any], exp.Expr]
"""Takes a value and gives back the placeholder that is bound to it."""

FIT = "order_fit"
"""The dimension that tells orders that fit the conditions of a request from all others."""
OTHERS = Text(zh="其他订单", en="other orders")

_COLUMNS: dict[str, tuple[str, ...]] = {
    "category": ("op.category",),
    "subcategory": ("op.subcategory",),
    "brand": ("op.brand",),
    "manufacturer": ("op.manufacturer",),
    "package_size": ("op.package_size",),
    "product": ("ol.product_id", "op.name"),
    "product_name": ("op.name",),
}
_ORDER = {"amount": "o.amount", "discount": "coalesce(o.discount, 0)"}
_LINES = {
    "amount": "sum(ol.amount)",
    "discount": "coalesce(sum(ol.discount), 0)",
    "items": "coalesce(sum(ol.quantity), 0)",
    "lines": "count(*)",
    "products": "count(DISTINCT ol.product_id)",
    "categories": "count(DISTINCT op.category)",
    "subcategories": "count(DISTINCT op.subcategory)",
    "brands": "count(DISTINCT op.brand)",
}
_NEEDS = {
    "amount": "orders",
    "discount": "orders.discount",
    "categories": "products.category",
    "subcategories": "products.subcategory",
    "brands": "products.brand",
}
_COMPARED: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EN = {"=": "exactly", "!=": "other than", "<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}
_ZH = {"=": "恰好为", "!=": "不为", "<": "低于", "<=": "不超过", ">": "超过", ">=": "不少于"}
_KINDS = {
    "items": Text(zh="件数", en="items"),
    "lines": Text(zh="明细行数", en="lines"),
    "products": Text(zh="商品种数", en="different products"),
    "categories": Text(zh="品类数", en="different categories"),
    "subcategories": Text(zh="子类目数", en="different subcategories"),
    "brands": Text(zh="品牌数", en="different brands"),
}


def grounded(ctx: ToolContext, conditions: Sequence[OrderCondition]) -> tuple[OrderCondition, ...]:
    """The conditions with values as they are stored, letter case aside.

    Raises:
        UnknownName: A dimension or a value does not exist.
        UnsupportedQuestion: The data lack what a condition is about.
        InputError: A condition has the wrong number of values.
    """
    found = []
    for one in conditions:
        values = one.value if isinstance(one.value, list) else [one.value]
        if len(values) != (2 if one.op == "between" else 1):
            raise InputError(f"{one.of} {one.op} takes another number of values.", f"{one.of} {one.op} 的取值个数不对。")
        of_lines = one.where or one.of not in _ORDER
        metric = catalogue().metric("orders")
        require(ctx, metric, [*([_NEEDS[one.of]] if one.of in _NEEDS else []), *(["order_lines"] if of_lines else [])])
        where = {name: _stored(ctx, name, wanted) for name, wanted in one.where.items()}
        found.append(one.model_copy(update={"where": where}))
    return tuple(found)


def _stored(ctx: ToolContext, name: str, wanted: list[str]) -> list[str]:
    if name not in _COLUMNS:
        raise UnknownName("dimension of what an order holds", "订单所含商品的维度", name, _COLUMNS)
    dimension = catalogue().dimension(name)
    require_dimension(ctx, dimension)
    found: dict[str, None] = {}
    for text in wanted:
        pairs = matching_values(ctx, dimension, [text.strip()])
        if not pairs:
            raise UnknownName(dimension.name.en, dimension.name.zh, text, dimension_values(ctx, dimension))
        found.update(dict.fromkeys(stored if stored.casefold() == text.casefold() else label for stored, label in pairs))
    return list(found)


def fits(conditions: Sequence[OrderCondition], bind: Bind) -> exp.Expr:
    """Whether an order of ``counted_orders AS o`` fits all conditions; their values are as they are stored."""
    return exp.and_(*(_fits(one, bind) for one in conditions))


def _fits(one: OrderCondition, bind: Bind) -> exp.Expr:
    values = one.value if isinstance(one.value, list) else [one.value]
    if one.of in _ORDER and not one.where:
        return _compared(_parse(_ORDER[one.of]), one.op, values, bind)
    held = exp.select("ol.order_id").from_("order_lines AS ol")
    if one.where or "op." in _LINES[one.of]:
        held = held.join("products AS op ON op.product_id = ol.product_id", join_type="left", dialect="duckdb")
    for name, wanted in one.where.items():
        held = held.where(exp.or_(*(_parse(column).isin(*(bind(text) for text in wanted)) for column in _COLUMNS[name])))
    # What an order has nothing of is in no row: such orders are those that are not among the ones that miss it.
    inverse = _holds(one.op, values, Decimal(0))
    if not (one.of == "lines" and (one.op, one.value) in ((">=", 1), (">", 0), ("=", 0), ("<", 1), ("<=", 0))):
        enough = _compared(_parse(_LINES[one.of]), one.op, values, bind)
        held = held.group_by("ol.order_id").having(exp.not_(exp.paren(enough)) if inverse else enough)
    inside = exp.column("order_id", "o").isin(query=held)
    return exp.not_(inside) if inverse else inside


def _holds(op: str, values: Sequence[int | Decimal], number: Decimal) -> bool:
    if op == "between":
        return values[0] <= number <= values[1]
    return bool(_COMPARED[op](number, values[0]))


def _compared(value: exp.Expr, op: str, values: Sequence[int | Decimal], bind: Bind) -> exp.Expr:
    if op == "between":
        return value.between(bind(values[0]), bind(values[1]))
    kinds: dict[str, type[exp.Binary]] = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
    return kinds[op](this=value, expression=bind(values[0]))


def _parse(sql: str) -> exp.Expr:
    return parse_one(sql, read="duckdb")


def with_names(dimension: Dimension, conditions: Sequence[OrderCondition]) -> Dimension:
    """The dimension that tells the orders apart, its values named by what the conditions say."""
    text = orders_text(conditions)
    name = Text(zh=f"{text.zh}与{OTHERS.zh}", en=f"{text.en} and {OTHERS.en}")
    return dimension.model_copy(update={"name": name, "values": {"yes": text, "no": OTHERS}})


def orders_text(conditions: Sequence[OrderCondition]) -> Text:
    """The orders that fit: “金额超过100且含有DELI的订单”, "orders of more than 100 with DELI"."""
    parts = [_words(one) for one in conditions]
    return Text(zh=f"{'且'.join(part.zh for part in parts)}的订单", en=f"orders {' and '.join(part.en for part in parts)}")


def _words(one: OrderCondition) -> Text:
    held = [value for values in one.where.values() for value in values]
    of = Text(zh="或".join(held), en=" or ".join(held))
    number = _number(one)
    some, none = (one.op, one.value) in ((">", 0), (">=", 1)), (one.op, one.value) in (("=", 0), ("<", 1), ("<=", 0))
    if one.of == "discount" and not held and (one.op, one.value) in ((">", 0), ("=", 0), ("<=", 0)):
        return Text(zh="有折扣", en="with a discount") if some else Text(zh="无折扣", en="without a discount")
    if one.of == "amount":
        return Text(zh=f"{of.zh}金额{number.zh}", en=f"with {number.en} spent on {of.en}" if held else f"of {number.en}")
    if one.of == "discount":
        return Text(zh=f"{of.zh}折扣额{number.zh}", en=f"with a discount of {number.en}{f' on {of.en}' if held else ''}")
    if held and one.of in ("lines", "items", "products") and (some or none):
        return Text(zh=f"含{of.zh}", en=f"with {of.en}") if some else Text(zh=f"不含{of.zh}", en=f"without {of.en}")
    kind = _KINDS[one.of]
    return Text(zh=f"{of.zh}{kind.zh}{number.zh}", en=f"with {number.en} {kind.en}{f' of {of.en}' if held else ''}")


def _number(one: OrderCondition) -> Text:
    values = one.value if isinstance(one.value, list) else [one.value]
    shown = [f"{Decimal(value).normalize():,f}" for value in values]
    if one.op == "between":
        return Text(zh=f"在{'至'.join(shown)}之间", en=f"between {' and '.join(shown)}")
    return Text(zh=f"{_ZH[one.op]}{shown[0].replace(',', '')}", en=f"{_EN[one.op]} {shown[0]}")
