"""“不来的客户”, “customers who don't shop here”: who has not bought anything of late; nobody says so of those who never did."""

from __future__ import annotations

from typing import Any

from assistant.planner.shapes import shape

LATELY_DAYS = 90
"""How long without an order is meant where nothing is said of it."""


def lately(rule: Any, text: str) -> Any:
    """The rule, with the last 90 days for customers without an order where the words do not say that they never had one."""
    if not isinstance(rule, dict) or shape("orders", "ever").search(text):
        return rule
    if "all" in rule:
        return {**rule, "all": [lately(one, text) for one in rule["all"]]}
    plain = set(rule) == {"behaviour", "op", "value"} and rule["behaviour"] == "orders"
    return {**rule, "window": {"last_days": LATELY_DAYS}} if plain and rule["op"] == "=" and rule["value"] == 0 else rule
