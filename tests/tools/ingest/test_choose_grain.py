"""What one row of a table is, from what its columns mean."""

from __future__ import annotations

import pytest

from tools.ingest.choose_grain import TABLES, choose_grain
from tools.ingest.grains import GRAINS, LOAD_ORDER

CASES = [
    ("customers", "customer_id name phone", ""),
    ("customers", "customer_id gender birth_date signup_at totals_of_customer", "customer_id"),
    ("customers", "email first_name last_name", "email"),
    ("orders", "order_id customer_id ordered_at amount", "order_id"),
    ("orders", "order_id customer_id ordered_at", "order_id"),
    ("orders", "customer_id when amount", ""),
    ("orders", "phone paid_at amount_paid", ""),
    ("order_lines", "order_id product_id quantity unit_price", ""),
    ("order_lines", "order_id customer_id paid_at product_name category amount_paid", "order_id"),
    ("order_lines", "order_id customer_id ordered_at amount category", "order_id"),
    ("order_lines", "customer_id ordered_at product_id quantity", ""),
    ("order_lines", "customer_id when amount brand", ""),
    ("orders", "customer_id when amount product_name", ""),
    ("customers", "customer_id gender age when amount category", "customer_id"),
    ("products", "product_id product_name category unit_price", "product_id"),
    ("products", "generic_id category brand", "generic_id"),
    ("events", "customer_id event_kind when", ""),
    ("events", "customer_id occurred_at duration_seconds", ""),
    ("campaigns", "campaign_id campaign_name start_date end_date", "campaign_id"),
    ("campaigns", "campaign_name start_date cost", ""),
    ("contacts", "campaign_id customer_id contacted_at arm", ""),
    ("responses", "campaign_id customer_id responded_at response_kind", ""),
    ("feedback", "customer_id rating feedback_text submitted_at", ""),
    ("feedback", "order_id rating feedback_text", "order_id"),
]


@pytest.mark.parametrize(("grain", "meanings", "unique"), CASES)
def test_grain(grain: str, meanings: str, unique: str) -> None:
    assert choose_grain(dict.fromkeys(meanings.split(), 0.95), dict.fromkeys(unique.split(), True)) == grain


def test_what_is_unsure_does_not_count() -> None:
    sure = {"customer_id": 0.95, "when": 0.95, "amount": 0.95}
    assert choose_grain({**sure, "product_id": 0.5, "quantity": 0.95}, {}) == "orders"


def test_every_grain_can_be_cleaned_and_comes_once_in_the_order_of_loading() -> None:
    assert sorted(TABLES) == sorted(GRAINS) == sorted(LOAD_ORDER)
    assert all(GRAINS[grain].table == tables[0] for grain, tables in TABLES.items())
