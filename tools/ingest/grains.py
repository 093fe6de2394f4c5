"""What one row of each kind of source holds: fields, how they are read, and which of them a row cannot do without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tools.contracts import Text
from tools.errors import InputError
from tools.ingest.currencies import EACH, stated_currency
from tools.ingest.types import ColumnMapping, Grain, TableMapping

FieldKind = Literal["id", "customer", "text", "word", "money", "number", "timestamp", "date", "boolean", "phone", "email"]

SQL_TYPES: dict[FieldKind, str] = {
    "id": "VARCHAR",
    "customer": "VARCHAR",
    "text": "VARCHAR",
    "word": "VARCHAR",
    "money": "DECIMAL(18, 2)",
    "number": "DECIMAL(18, 3)",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "phone": "VARCHAR",
    "email": "VARCHAR",
}


@dataclass(frozen=True)
class Field:
    """One field of a cleaned row.

    Args:
        name: Its column in the cleaned table.
        targets: Mapping targets that fill it; the first that is mapped does.
        kind: How its values are read; "word" is one of few, left as it is until all that occur are known.
    """

    name: str
    targets: tuple[str, ...]
    kind: FieldKind = "text"


@dataclass(frozen=True)
class GrainSpec:
    """How rows of one grain are cleaned.

    Args:
        table: The canonical table that a row belongs to.
        fields: What a row may hold.
        required: Fields that every row needs, and so the mapping too.
        dated: Whether the mapping needs a date. Where a date is mapped, every row needs one.
        amount: The field of money that a row is not accepted without, where it is mapped.
        name: What a row is, in words.
    """

    table: str
    fields: tuple[Field, ...]
    required: tuple[str, ...]
    name: Text
    dated: bool = False
    amount: str | None = None


_CUSTOMER_FIELDS = (
    ("name", "text"),
    ("email", "email"),
    ("phone", "phone"),
    ("membership_number", "id"),
    ("gender", "text"),
    ("birth_date", "date"),
    ("age", "text"),
    ("age_band", "text"),
    ("city", "text"),
    ("region", "text"),
    ("address", "text"),
    ("income", "text"),
    ("income_band", "text"),
    ("signup_at", "timestamp"),
    ("marketing_consent", "boolean"),
)
_PRODUCT_FIELDS = ("name", "category", "subcategory", "brand")

MOST_SHOWN = 30
"""Columns that an error names."""

CUSTOMER_COLUMNS = tuple(name for name, _ in _CUSTOMER_FIELDS)
"""What is known of a customer besides the id and the attributes."""

PRODUCT_COLUMNS = _PRODUCT_FIELDS


def _key(name: str, *tables: str, kind: FieldKind = "id") -> Field:
    return Field(name, tuple(f"{table}.{name}" for table in tables), kind)


def _customers(prefix: str = "") -> tuple[Field, ...]:
    return tuple(Field(prefix + name, (f"customers.{name}",), kind) for name, kind in _CUSTOMER_FIELDS)  # type: ignore[arg-type]


def _products(prefix: str = "") -> tuple[Field, ...]:
    return tuple(Field(prefix + name, (f"products.{name}",)) for name in _PRODUCT_FIELDS)


def _own(table: str, *fields: tuple[str, FieldKind]) -> tuple[Field, ...]:
    return tuple(Field(name, (f"{table}.{name}",), kind) for name, kind in fields)


_ORDER = _key("order_id", "orders", "order_lines")
_CUSTOMER = _key("customer_id", "orders", "customers", "events", "campaign_contacts", "campaign_responses", "feedback", kind="customer")
_PRODUCT = _key("product_id", "order_lines", "products", "events")
_CAMPAIGN = _key("campaign_id", "campaigns", "campaign_contacts", "campaign_responses")
_ORDER_FIELDS = (
    Field("happened_at", ("orders.ordered_at",), "timestamp"),
    *_own(
        "orders",
        ("status", "word"),
        ("amount", "money"),
        ("discount", "money"),
        ("refunded", "money"),
        ("channel", "word"),
        ("store_id", "id"),
        ("currency", "word"),
    ),
)
_LINE_FIELDS = (
    Field("quantity", ("order_lines.quantity",), "number"),
    Field("line_amount", ("order_lines.amount",), "money"),
    Field("unit_price", ("order_lines.unit_price", "products.price", "products.unit_price"), "number"),
    Field("line_discount", ("order_lines.discount",), "number"),
)

GRAINS: dict[Grain, GrainSpec] = {
    "customers": GrainSpec("customers", (_CUSTOMER, *_customers()), ("customer_id",), Text(zh="客户", en="customers")),
    "products": GrainSpec("products", (_PRODUCT, *_products()), ("product_id",), Text(zh="商品", en="products")),
    "campaigns": GrainSpec(
        "campaigns",
        (
            _CAMPAIGN,
            *_own("campaigns", ("name", "text"), ("kind", "text"), ("start_date", "date"), ("end_date", "date"), ("cost", "money")),
        ),
        ("campaign_id",),
        Text(zh="营销活动", en="campaigns"),
    ),
    "orders": GrainSpec(
        "orders",
        (_ORDER, _CUSTOMER, *_ORDER_FIELDS, *_customers("customers_")),
        ("order_id",),
        Text(zh="订单", en="orders"),
        dated=True,
        amount="amount",
    ),
    "order_lines": GrainSpec(
        "order_lines",
        (_ORDER, _CUSTOMER, _PRODUCT, *_ORDER_FIELDS, *_LINE_FIELDS, *_products("products_"), *_customers("customers_")),
        ("order_id",),
        Text(zh="订单明细", en="order lines"),
        amount="line_amount",
    ),
    "events": GrainSpec(
        "events",
        (
            _CUSTOMER,
            _PRODUCT,
            Field("happened_at", ("events.occurred_at",), "timestamp"),
            *_own("events", ("kind", "word"), ("channel", "word"), ("duration_seconds", "number")),
        ),
        ("customer_id",),
        Text(zh="行为事件", en="events"),
        dated=True,
    ),
    "contacts": GrainSpec(
        "campaign_contacts",
        (
            _CAMPAIGN,
            _CUSTOMER,
            Field("happened_at", ("campaign_contacts.contacted_at",), "timestamp"),
            *_own("campaign_contacts", ("arm", "word")),
        ),
        ("campaign_id", "customer_id"),
        Text(zh="活动触达", en="campaign contacts"),
    ),
    "responses": GrainSpec(
        "campaign_responses",
        (
            _CAMPAIGN,
            _CUSTOMER,
            Field("happened_at", ("campaign_responses.responded_at",), "timestamp"),
            *_own("campaign_responses", ("kind", "word"), ("revenue", "money")),
        ),
        ("campaign_id", "customer_id"),
        Text(zh="活动响应", en="campaign responses"),
    ),
    "feedback": GrainSpec(
        "feedback",
        (
            _CUSTOMER,
            Field("happened_at", ("feedback.submitted_at",), "timestamp"),
            *_own("feedback", ("rating", "number"), ("text", "text")),
        ),
        (),
        Text(zh="客户反馈", en="feedback"),
    ),
}
"""Grain to its specification."""

LOAD_ORDER: tuple[Grain, ...] = (
    "customers",
    "products",
    "campaigns",
    "orders",
    "order_lines",
    "events",
    "contacts",
    "responses",
    "feedback",
)
"""Tables of a load go in this order, so that lines find their orders."""


def mapped_field(field: Field, mapping: TableMapping) -> ColumnMapping | None:
    """The source column that fills ``field``; None when no column does."""
    for target in field.targets:
        for column in mapping.columns:
            if column.target == target:
                return column
    return None


def mapped_fields(mapping: TableMapping) -> dict[str, ColumnMapping]:
    """Field name to the source column that fills it."""
    pairs = ((field.name, mapped_field(field, mapping)) for field in GRAINS[mapping.grain].fields)
    return {name: column for name, column in pairs if column is not None}


def makes_order_ids(mapping: TableMapping) -> bool:
    """Whether ids of orders are made from the rows, because no column holds them."""
    found = mapped_fields(mapping)
    return mapping.grain in ("orders", "order_lines") and "order_id" not in found and "happened_at" in found


def columns_of(mapping: TableMapping, target: str) -> tuple[ColumnMapping, ...]:
    """All source columns of one target, such as the parts of a name."""
    return tuple(column for column in mapping.columns if column.target == target)


def stand_ins_of_product(mapping: TableMapping) -> tuple[Field, ...]:
    """Fields that tell products apart where there is no id: the name, else what kind they are."""
    spec, found = GRAINS[mapping.grain], mapped_fields(mapping)
    prefix = {"order_lines": "products_", "products": ""}.get(mapping.grain)
    if prefix is None:
        return ()
    by_name = {field.name: field for field in spec.fields}
    name = [by_name[prefix + "name"]] if prefix + "name" in found else []
    kinds = [by_name[prefix + kind] for kind in ("category", "subcategory", "brand") if prefix + kind in found]
    return tuple(name or ([] if "product_id" in found else kinds))


def filled_fields(mapping: TableMapping) -> frozenset[str]:
    """Names of the fields that the source fills: with a column of their own, or with what stands in for it."""
    filled = set(mapped_fields(mapping))
    if makes_order_ids(mapping):
        filled.add("order_id")
    if stand_ins_of_product(mapping):
        filled.add("product_id")
    if mapping.grain in ("orders", "order_lines") and stated_currency(mapping) == EACH:
        filled.add("currency")
    return frozenset(filled)


def missing_columns(mapping: TableMapping) -> list[Field]:
    """Fields that rows of this grain need and no column fills."""
    spec, found = GRAINS[mapping.grain], mapped_fields(mapping)
    needed = [*spec.required, *(["happened_at"] if spec.dated else [])]
    if "customer_id" in needed and found.keys() & {"membership_number", "phone", "email"}:
        needed.remove("customer_id")
    needed = [name for name in needed if name not in filled_fields(mapping)]
    return [field for field in spec.fields if field.name in needed and field.name not in found]


def _nothing_known(mapping: TableMapping) -> InputError:
    columns = [column.source for column in mapping.columns][:MOST_SHOWN]
    return InputError(
        f"No column of {mapping.source} has a name that tells what it holds; name a customer id, a date and an amount with "
        f"--map COLUMN=orders.customer_id, =orders.ordered_at, =orders.amount (columns: {', '.join(columns)}).",
        f"{mapping.source} 的列名都看不出含义；请用 --map 列名=orders.customer_id、=orders.ordered_at、"
        f"=orders.amount 指定客户编号、日期和金额（现有列：{'、'.join(columns)}）。",
    )


def check_mapping(mapping: TableMapping) -> None:
    """Refuse a mapping that lacks what its rows need.

    Raises:
        InputError: No column is mapped to an id or date that the rows cannot do without.
    """
    missing = missing_columns(mapping)
    if not missing:
        return
    if not mapped_fields(mapping):
        raise _nothing_known(mapping)
    spec = GRAINS[mapping.grain]
    target, name = next((one for one in missing[0].targets if one.startswith(f"{spec.table}.")), missing[0].targets[0]), spec.name
    columns = [column.source for column in mapping.columns][:MOST_SHOWN]
    raise InputError(
        f"{mapping.source} was taken for {name.en}, but no column is {target}; name one with --map COLUMN={target} "
        f"(columns: {', '.join(columns)}).",
        f"{mapping.source} 被识别为{name.zh}，但没有列对应 {target}；请用 --map 列名={target} 指定（现有列：{'、'.join(columns)}）。",
    )
