"""What a column may mean, judged by its name and by whether its values agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tools.ingest.names import Meaning, NameMatch, match_name, meanings
from tools.ingest.shapes import Shape

SURE_NAME = 0.7
"""From this confidence by name on, values that disagree do not make a column something else."""


@dataclass(frozen=True)
class Candidate:
    """One meaning that one column may have."""

    column: str
    meaning: Meaning
    confidence: float
    reason: str
    rank: int


def candidates_of(column: str, shape: Shape) -> list[Candidate]:
    """The meanings that a column may have; those that its values rule out are left out."""
    matches = match_name(column)
    named = [Candidate(column, match.meaning, _fitting(match, shape), match.reason, match.rank) for match in matches]
    if any(match.meaning.id == "generic_name" for match in matches) and shape.order_numbers > 0.9:
        # Shop exports call the order's number its name: #1001.
        named.append(Candidate(column, meanings()["order_id"], 0.85, "values", 0))
    named = [_as_band(candidate, shape) for candidate in named]
    good = [candidate for candidate in named if candidate.confidence > 0.3]
    return good or ([] if matches and max(match.confidence for match in matches) > SURE_NAME else _by_values(column, shape))


def _as_band(candidate: Candidate, shape: Shape) -> Candidate:
    """An age or income written as ranges (35-44, 50-74K) is a band."""
    band = meanings().get(f"{candidate.meaning.id}_band")
    if band is None or shape.filled == 0 or shape.numbers >= 0.5:
        return candidate
    return replace(candidate, meaning=band, confidence=0.85)


def category_levels(candidates: list[Candidate], shapes: Mapping[str, Shape]) -> list[Candidate]:
    """Of several columns that name categories, take the coarsest for the category and the next for the subcategory."""
    level = {c.column: c for c in candidates if c.meaning.id == "category"}
    if len(level) < 2 or any(c.meaning.id == "subcategory" for c in candidates):
        return candidates
    coarse, fine = sorted(level, key=lambda column: shapes[column].distinct * shapes[column].filled)[:2]
    kept = [c for c in candidates if c.meaning.id != "category"]
    return [*kept, level[coarse], replace(level[fine], meaning=meanings()["subcategory"], confidence=min(level[fine].confidence, 0.8))]


def _fitting(match: NameMatch, shape: Shape) -> float:
    """The confidence by name, less where the values speak against it and where most are missing."""
    if shape.filled == 0:
        return match.confidence * 0.7
    fit = _fit(match.meaning, shape)
    if match.meaning.id in ("discount", "line_discount") and shape.fractions > 0.9:
        # Rates, not money.
        return 0.5
    factor = 1.0 if fit >= 0.8 else 0.85 if fit >= 0.5 else 0.3
    return match.confidence * factor - 0.15 * (1 - shape.filled) * (match.meaning.kind in ("date", "datetime", "money"))


def _fit(meaning: Meaning, shape: Shape) -> float:
    """Share of the values that are what the meaning needs; 1 where any text will do."""
    if meaning.kind in ("date", "datetime"):
        return shape.dates.share
    if meaning.kind in ("money", "number"):
        return 0.0 if shape.dates.share > 0.9 and not shape.dates.numeric else shape.numbers
    if meaning.id == "email":
        return shape.emails
    if meaning.id == "phone":
        return max(shape.phones, 0.5 if shape.mean_length > 5 and shape.numbers < 0.5 else 0.0)
    if meaning.kind == "id" and shape.dates.share > 0.9 and not shape.dates.numeric:
        return 0.0
    return 1.0


def _by_values(column: str, shape: Shape) -> list[Candidate]:
    """What the values alone suggest; never sure."""

    def guess(meaning: str, confidence: float) -> Candidate:
        """What the shape of the values alone tells."""
        return Candidate(column, meanings()[meaning], confidence, "values", 0)

    if shape.filled == 0:
        return []
    if shape.emails > 0.8:
        return [guess("email", 0.8)]
    if shape.mobiles > 0.8:
        return [guess("phone", 0.75)]
    if not column.startswith("column_") and not shape.dates.share > 0.9:
        # A column with a name of its own that says nothing to us is more likely something else than an id or an amount.
        return []
    if shape.dates.share > 0.9:
        return [guess("when", 0.62 if not shape.dates.numeric or shape.dates.pattern == "%Y%m%d" else 0.4)]
    if shape.money > 0.5 and shape.numbers > 0.9:
        return [guess("amount", 0.62)]
    if shape.whole > 0.9 or (shape.mean_length <= 20 and shape.distinct > 0.3 and shape.numbers < 0.5):
        return [guess("order_id", 0.61)] if shape.is_unique else [guess("customer_id", 0.5 + 0.12 * (shape.distinct > 0.05))]
    return []
