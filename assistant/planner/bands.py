"""Comparisons of age and income where the data have bands only: the bands that fit wholly."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from assistant.planner.tokens import Sense
from assistant.planner.vocabulary import Vocabulary

_NUMBERS = re.compile(r"(\d+(?:\.\d+)?)\s*(k?)")
_ENDLESS = Decimal("Infinity")


def band_condition(field: str, comparison: Sense, vocabulary: Vocabulary) -> dict[str, Any]:
    """A condition on ``field`` ("age"), or on its bands ("age_band") where the data have those only.

    A comparison that cuts through a band takes the bands that lie wholly inside.
    """
    op, value = comparison.data["op"], comparison.data["value"]
    bands = vocabulary.values.get(f"{field}_band", [])
    if not bands or vocabulary.values.get(field):
        return {"field": field, "op": op, "value": [int(one) for one in value] if isinstance(value, list) else int(value)}
    low, high = _range(op, value)
    inside = [band for band in bands if low <= band_range(band)[0] and band_range(band)[1] <= high]
    return {"field": f"{field}_band", "op": "in", "value": inside}


def _range(op: str, value: Any) -> tuple[Decimal, Decimal]:
    if op == "between":
        return Decimal(value[0]), Decimal(value[1])
    step = Decimal(1) if op in (">", "<") else Decimal(0)
    if op in (">", ">="):
        return Decimal(value) + step * 0, _ENDLESS
    return (Decimal(0), Decimal(value)) if op in ("<", "<=") else (Decimal(value), Decimal(value))


def band_range(band: str) -> tuple[Decimal, Decimal]:
    """The bounds of a band such as "45-54", "65+", "Under 15K" or "100-124K"."""
    text = band.lower()
    found = _NUMBERS.findall(text)
    thousand = any(k for _, k in found)
    numbers = [Decimal(number) * (1000 if thousand else 1) for number, _ in found]
    if not numbers:
        return Decimal(0), _ENDLESS
    if "under" in text or "<" in text or "以下" in text:
        return Decimal(0), numbers[0]
    return (numbers[0], numbers[1]) if len(numbers) > 1 else (numbers[0], _ENDLESS)
