"""“不来的客户”, “customers who don't shop here”: who has not bought anything of late; nobody says so of those who never did."""

from __future__ import annotations

import re
from typing import Any

_DAYS = 90
"""How long without an order is meant where nothing is said of it."""
_EVER = re.compile(
    r"\b(?:never|ever|yet|at all|zero|no|0|nothing|without|only registered|any)\b"
    r"|\b(?:have not|has not|havent|hasnt|didnt|did not) (?:yet )?(?:order|bought|buy|purchas)"
    r"|从未|从没|从来|未曾|没有|没下过|没买过|没来过|没消费过|没购买过|未下过|未买过|零|0 ?[单次笔]|一[次单笔]|过(?:$|[^来去期了])"
)
"""Words that say never, or that an order is not there."""


def lately(rule: Any, text: str) -> Any:
    """The rule, with the last 90 days for customers without an order where the words do not say that they never had one."""
    if not isinstance(rule, dict) or _EVER.search(text):
        return rule
    if "all" in rule:
        return {**rule, "all": [lately(one, text) for one in rule["all"]]}
    plain = set(rule) == {"behaviour", "op", "value"} and rule["behaviour"] == "orders"
    return {**rule, "window": {"last_days": _DAYS}} if plain and rule["op"] == "=" and rule["value"] == 0 else rule
