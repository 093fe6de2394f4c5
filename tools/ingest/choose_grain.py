"""What one row of a table is, by what its columns mean and whether its ids repeat."""

from __future__ import annotations

from collections.abc import Mapping

from tools.ingest.types import Grain

SURE = 0.6
"""Confidence from which a meaning counts."""

_MONEY = {"amount_paid", "amount", "amount_before", "line_amount"}
_PERSON = {"customer_id", "email", "phone", "membership_number"}
_PRODUCT = {"product_id", "product_name"}
_KIND_OF_PRODUCT = {"category", "subcategory", "brand"}
_PROFILE = {
    *("name", "first_name", "last_name", "generic_name", "gender", "birth_date", "age", "age_band", "email", "phone", "city", "region"),
    *("signup_at", "income", "income_band", "marketing_consent", "membership_number", "level", "points", "totals_of_customer"),
}
_MOMENT = {"ordered_at", "when", "paid_at", "occurred_at"}
_CAMPAIGN_FACTS = {"start_date", "end_date", "cost", "campaign_kind", "campaign_name"}
_RESPONSE_FACTS = {"response_kind", "responded_at", "coupon", "revenue", "rating"}

TABLES: Mapping[Grain, tuple[str, ...]] = {
    "customers": ("customers",),
    "orders": ("orders", "customers"),
    "order_lines": ("order_lines", "orders", "products", "customers"),
    "products": ("products",),
    "events": ("events",),
    "campaigns": ("campaigns",),
    "contacts": ("campaign_contacts",),
    "responses": ("campaign_responses",),
    "feedback": ("feedback",),
}
"""The canonical tables that a table of each grain can fill, its own first."""


def choose_grain(confidence: Mapping[str, float], unique: Mapping[str, bool]) -> Grain:
    """The grain of a table.

    Args:
        confidence: Meaning to the confidence of the column that has it best.
        unique: Meaning to whether that column's values never repeat in the sample.
    """
    has = {meaning for meaning, value in confidence.items() if value >= SURE}
    person, order, product, money = bool(has & _PERSON), "order_id" in has, bool(has & _PRODUCT), bool(has & _MONEY)
    if "campaign_id" in has and not order:
        return _campaign_grain(has, person)
    if has & {"campaign_name"} and has & {"start_date", "end_date"} and not person and not order:
        return "campaigns"
    if has & {"rating", "feedback_text"} and not money and (person or order) and not (has & {"quantity", "unit_price"}):
        return "feedback"
    if person and not order and not money and has & {"event_kind", "occurred_at", "duration_seconds"}:
        return "events"
    if _is_lines(has, order, person, product, money, unique):
        return "order_lines"
    if _is_orders(has, order, person, money, unique):
        return "orders"
    if product and not person and not order:
        return "products"
    return _by_rest(has, person, order, product)


def _campaign_grain(has: set[str], person: bool) -> Grain:
    if not person:
        return "campaigns"
    return "responses" if has & _RESPONSE_FACTS else "contacts"


def _is_lines(has: set[str], order: bool, person: bool, product: bool, money: bool, unique: Mapping[str, bool]) -> bool:
    """Whether a row tells what was bought; where order ids never repeat, every order just has one line."""
    if order:
        return product or bool(has & _KIND_OF_PRODUCT and (money or has & _MOMENT))
    if not person or not has & _MOMENT or (unique.get("customer_id", False) and len(has & _PROFILE) >= 2):
        return False
    if has & _KIND_OF_PRODUCT and money:
        return True
    # A description alone may be that of a payment.
    return product and bool(has & {"quantity", "unit_price", "product_id"}) and (money or bool(has & {"quantity", "unit_price"}))


def _is_orders(has: set[str], order: bool, person: bool, money: bool, unique: Mapping[str, bool]) -> bool:
    if order:
        return money or bool(has & _MOMENT)
    one_row_each = unique.get("customer_id", False) and len(has & _PROFILE) >= 2
    return person and money and bool(has & _MOMENT) and not one_row_each


def _by_rest(has: set[str], person: bool, order: bool, product: bool) -> Grain:
    if order and product:
        return "order_lines"
    if order:
        return "orders"
    if "generic_id" in has and has & {"category", "brand", "unit_price", "subcategory"} and not person:
        return "products"
    if has & {"start_date", "end_date"} and not person:
        return "campaigns"
    return "customers"
