"""Cross-checks in words: the failed ones as warnings, all of them as a line and as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from assistant.artifacts import json_value
from assistant.figures import render
from assistant.phrases import phrase
from tools.contracts import Check, Text


def failed_checks(checks: Iterable[Check], currency: str) -> list[Text]:
    """A sentence for each check that does not hold, with both numbers as exact as a table shows them."""
    return [_warning(check, currency) for check in checks if not check.holds]


def checked_line(checks: Sequence[Check]) -> Text:
    """How many checks there were, and how many of them failed."""
    failed = sum(not check.holds for check in checks)
    if failed:
        return phrase("checks.some_fail", count=len(checks), failed=failed)
    return phrase("checks.one_holds") if len(checks) == 1 else phrase("checks.all_hold", count=len(checks))


def check_json(check: Check, language: str) -> dict[str, Any]:
    """A check as other programs read it."""
    return {
        "id": check.id,
        "label": check.label.say(language),
        "found": json_value(check.found, check.unit),
        "expected": json_value(check.expected, check.unit),
        "unit": check.unit.value,
        "holds": check.holds,
    }


def _warning(check: Check, currency: str) -> Text:
    shown = {
        name: Text(**{language: render(value, check.unit, language, currency, "exact") for language in ("zh", "en")})
        for name, value in (("found", check.found), ("expected", check.expected))
    }
    return phrase("checks.failed", label=check.label, **shown)
