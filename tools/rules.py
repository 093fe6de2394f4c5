"""Segment rules as data: what a segment is, never a SQL string."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, SerializerFunctionWrapHandler, Tag, model_serializer

from tools.windows import Window

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "between", "in", "not in", "is known", "is unknown"]
Scalar = bool | int | Decimal | str
Value = Scalar | list[Scalar] | None


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Condition(_Rule):
    """A comparison of one field of the customer (a feature, an attribute or a score).

    Args:
        field: Field id of the catalogue, such as "recency_days", "rfm_group" or "churn_probability".
        op: Comparison; "between" includes both bounds.
        value: One value; a list for "between", "in" and "not in"; left out for "is known"/"is unknown".
    """

    field: str
    op: Operator
    value: Value = None


class OrderCondition(_Rule):
    """A condition on single orders; left at its defaults, that they hold something of ``where``.

    Args:
        of: What is compared: amount or discount of the order, how many items it holds, or how many different lines, products,
            categories, subcategories or brands.
        op: Comparison.
        value: One number; two for "between".
        where: Dimension id to accepted values, such as {"category": ["DELI"]}: only what the order holds of these counts.
    """

    of: Literal["amount", "discount", "items", "lines", "products", "categories", "subcategories", "brands"] = "lines"
    op: Literal["=", "!=", "<", "<=", ">", ">=", "between"] = ">="
    value: int | Decimal | list[int | Decimal] = 1
    where: dict[str, list[str]] = Field(default_factory=dict)


class Behaviour(_Rule):
    """A comparison of what the customer did in a window.

    Args:
        behaviour: What is added up per customer; customers who did nothing have 0.
        op: Comparison.
        value: One number; two for "between".
        window: When; all time when left out.
        where: Dimension id to accepted values, such as {"category": ["DELI"]}.
        share: Whether the value is the part, from 0 to 1, that `where` has of all that the customer did in the window.
        than: Another window: the value is then how many times what was done in it, such as 2 for "twice as much as in Q3".
        basket: Only orders that fit all of these, such as [{"of": "amount", "op": ">", "value": 200}].
        first_days: Only orders of the first so many days from the customer's first order on, that one included.
    """

    behaviour: Literal["orders", "amount", "quantity", "active_days", "contacts", "responses", "events"]
    op: Literal["=", "!=", "<", "<=", ">", ">=", "between"]
    value: int | Decimal | list[int | Decimal]
    window: Window | None = None
    where: dict[str, list[str]] = Field(default_factory=dict)
    share: bool = False
    than: Window | None = None
    basket: list[OrderCondition] = Field(default_factory=list)
    first_days: int | None = Field(default=None, ge=1, le=730)


class InSegment(_Rule):
    """Membership of a stored segment, by id, such as "champions" or "key_value".

    Args:
        segment: Its id.
        on: The day at whose end they were in it; now when left out.
    """

    segment: str
    on: dt.date | None = None

    @model_serializer(mode="wrap")
    def _without_today(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        found: dict[str, Any] = written(self)
        return {name: value for name, value in found.items() if name != "on" or value is not None}


class AllOf(_Rule):
    """Every rule holds; an empty list is every customer."""

    all: tuple[SegmentRule, ...]


class AnyOf(_Rule):
    """At least one rule holds."""

    any: tuple[SegmentRule, ...]


class NotRule(_Rule):
    """The rule does not hold; unknown counts as not holding."""

    not_: SegmentRule = Field(alias="not", serialization_alias="not")
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


_KEYS = {"field": "condition", "behaviour": "behaviour", "segment": "segment", "all": "all", "any": "any", "not": "not", "not_": "not"}


def _kind(value: Any) -> str | None:
    names = value if isinstance(value, dict) else type(value).model_fields if isinstance(value, BaseModel) else ()
    return next((tag for key, tag in _KEYS.items() if key in names), None)


SegmentRule = Annotated[
    Annotated[Condition, Tag("condition")]
    | Annotated[Behaviour, Tag("behaviour")]
    | Annotated[InSegment, Tag("segment")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[NotRule, Tag("not")],
    Discriminator(_kind),
]

for _model in (AllOf, AnyOf, NotRule):
    _model.model_rebuild()

EVERYONE = AllOf(all=())


class Selection(_Rule):
    """Customers of a rule, optionally ordered and cut, so that “the top 20” can be exported later.

    Args:
        rule: Who.
        sort_by: Field id to order by; ties are broken by customer_id.
        descending: Largest first.
        limit: At most this many customers.
    """

    rule: SegmentRule = EVERYONE
    sort_by: str | None = None
    descending: bool = True
    limit: int | None = Field(default=None, ge=1)
