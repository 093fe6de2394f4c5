"""“The youngest group”, “收入最高的一档”: the band at the end of an attribute's bands, by its name in the data."""

from __future__ import annotations

import re

from assistant.planner.shapes import shapes
from assistant.planner.vocabulary import Vocabulary

_FIRST_NUMBER = re.compile(r"\d+")
_LOWEST = ("under", "less", "below", "<")


def with_extreme_band(plain: str, vocabulary: Vocabulary) -> str:
    """The normalised question with the name of the band in place of “the youngest group”."""
    for dimension in ("age_band", "income_band"):
        bands = sorted((one for one in vocabulary.values.get(dimension, ()) if _FIRST_NUMBER.search(one)), key=_place)
        if len(bands) < 2:
            continue
        for end, band in (("first", bands[0]), ("last", bands[-1])):
            for pattern in shapes("bands", f"{dimension}_{end}"):
                plain = pattern.sub(band.lower(), plain)
    return plain


def _place(band: str) -> tuple[int, bool]:
    """Where a band stands: by its first number, one without a lower end before others."""
    found = _FIRST_NUMBER.search(band)
    number = int(found[0]) if found else 0
    return (number if not band.lower().startswith(_LOWEST) else 0, not band.lower().startswith(_LOWEST))
