"""Makes features of different skew, scale and number comparable before distances are taken."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import skew, yeojohnson, yeojohnson_normmax

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Shape = Literal["none", "log", "yeo-johnson", "share"]

_SHAPES: tuple[Shape, ...] = ("none", "log", "yeo-johnson")

FITTED_ROWS = 100_000
POWER_ROWS = 20_000
CHUNK_ROWS = 200_000
MOST_SKEW = 0.5
"""Skewness up to which a column is left as it is, or a simpler transformation is preferred."""
MOST_POWER = 5.0
NEGLIGIBLE = 1e-9
"""Part of a column's range below which a difference is none."""
CLIP = 4.0
"""Scaled values are kept within this many deviations, so that single customers do not form a cluster."""
PRIOR_COUNT = 2.0
"""Observations that the average customer's share counts for, so that one order at night is not "always at night"."""


@dataclass(frozen=True)
class Feature:
    """One column of a matrix.

    Args:
        name: Its name.
        theme: The theme that it belongs to; all themes weigh the same, however many columns they have.
        kind: "amount" for numbers of any scale, "share" for fractions of one, such as parts of a composition.
        counted_by: For shares: the column with the number of observations that the share is made of, if it is known.
    """

    name: str
    theme: str
    kind: Literal["amount", "share"] = "amount"
    counted_by: str | None = None


@dataclass(frozen=True)
class Scaling:
    """How one column is made comparable.

    Args:
        name: The column.
        shape: What is done about skew: nothing, a signed logarithm, Yeo-Johnson, or the square root of a share.
        unit: Divides an amount before that: its typical size.
        parameter: Lambda of Yeo-Johnson, or the average share that small samples are drawn to.
        fill: Value of the transformed column for unknown ones: its median.
        centre: Subtracted after that.
        factor: Multiplied after that: one over the spread, times the weight of the theme.
        limit: Results are kept within plus and minus this.
        counted_by: As in :class:`Feature`.
    """

    name: str
    shape: Shape
    unit: float
    parameter: float
    fill: float
    centre: float
    factor: float
    limit: float
    counted_by: str | None


class Preparation:
    """Skew, scale, missing values and the weight of themes, learned from data.

    Amounts are left as they are, or get a signed logarithm or a Yeo-Johnson power transformation (Yeo and Johnson 2000), the
    simplest that brings skewness below ``MOST_SKEW``, else the one with least; then they are centred at the median and divided
    by the interquartile range / 1.349, at least half the standard deviation of all but the extreme hundredths. Shares are
    drawn to the average by ``PRIOR_COUNT`` observations and square-rooted, so that distances between compositions are
    Hellinger distances (Legendre and Gallagher 2001). Each theme is scaled to a total variance of one. Unknown values get the
    median.

    Args:
        features: the columns, in the matrix' order; those that only count others have an empty theme

    Attributes:
        scalings_: one per column in use; columns without variation are left out
    """

    def __init__(self, features: Sequence[Feature]) -> None:
        self.features = tuple(features)

    def fit(self, matrix: Floats | Singles, seed: int = 7) -> Self:
        """Learn from a matrix.

        Args:
            matrix: shape (n, columns), NaN where unknown
            seed: of the sample that is looked at where there are more than ``FITTED_ROWS``
        """
        rows = sample_rows(len(matrix), FITTED_ROWS, seed)
        sample: Floats = np.asarray(matrix[rows], dtype=np.float64)
        names = [feature.name for feature in self.features]
        found: list[tuple[Feature, Scaling, float]] = []
        for number, feature in enumerate(self.features):
            if feature.theme:
                counts = sample[:, names.index(feature.counted_by)] if feature.counted_by else None
                scaling, variance = _learn(feature, sample[:, number], counts)
                if variance > 0:
                    found.append((feature, scaling, variance))
        self.scalings_: tuple[Scaling, ...] = _weighted(found)
        return self

    @property
    def used(self) -> list[str]:
        """Names of the columns in use, in the order of the prepared matrix."""
        return [scaling.name for scaling in self.scalings_]

    def transform(self, matrix: Floats | Singles) -> Singles:
        """The prepared matrix, shape (n, columns in use), finite, in single precision."""
        out: Singles = np.empty((len(matrix), len(self.scalings_)), dtype=np.float32)
        places = {feature.name: number for number, feature in enumerate(self.features)}
        for rows in chunks(len(matrix)):
            for number, scaling in enumerate(self.scalings_):
                counts = matrix[rows, places[scaling.counted_by]] if scaling.counted_by else None
                out[rows, number] = _apply(scaling, matrix[rows, places[scaling.name]], counts)
        return out

    def only(self, name: str) -> Self:
        """The same for one of the columns in use."""
        made = type(self)(self.features)
        made.scalings_ = tuple(scaling for scaling in self.scalings_ if scaling.name == name)
        return made

    def parameters(self) -> list[dict[str, Any]]:
        """What was learned, as JSON-compatible data."""
        return [asdict(scaling) for scaling in self.scalings_]

    @classmethod
    def restored(cls, features: Sequence[Feature], parameters: Sequence[Mapping[str, Any]]) -> Self:
        """A preparation as it was learned before.

        Args:
            features: columns of the matrices that it will get; they must include those that it was learned with
            parameters: as :meth:`parameters` gave them

        Raises:
            ValueError: A column that it was learned with is missing, or the parameters are of another version.
        """
        made = cls(features)
        if any(set(one) != {part.name for part in fields(Scaling)} for one in parameters):
            raise ValueError("the parameters are of another version")
        made.scalings_ = tuple(Scaling(**one) for one in parameters)
        needed = {name for one in made.scalings_ for name in (one.name, one.counted_by) if name}
        missing = needed - {feature.name for feature in features}
        if missing:
            raise ValueError(f"the columns {sorted(missing)} are missing")
        return made


def sample_rows(rows: int, most: int, seed: int) -> NDArray[np.int64]:
    """Row numbers in order: all, or ``most`` of them drawn without replacement."""
    if rows <= most:
        return np.arange(rows)
    drawn: NDArray[np.int64] = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
    return drawn


def chunks(rows: int) -> Iterator[slice]:
    """Slices of at most ``CHUNK_ROWS`` rows."""
    for start in range(0, rows, CHUNK_ROWS):
        yield slice(start, min(start + CHUNK_ROWS, rows))


def shrunk(shares: Floats | Singles, counts: Floats | Singles | None, average: float) -> Floats:
    """Shares drawn to ``average`` as if ``PRIOR_COUNT`` more observations had it; unknown ones become it.

    Args:
        shares: shape (n,), fractions of one, NaN where unknown
        counts: shape (n,), observations behind each; without them shares stay as they are
        average: the share of the average customer
    """
    known = np.isfinite(shares)
    values: Floats = np.where(known, np.clip(shares, 0.0, 1.0), average).astype(np.float64)
    if counts is None:
        return values
    seen = np.where(known & np.isfinite(counts), np.maximum(counts, 0.0), 0.0)
    return np.asarray((values * seen + average * PRIOR_COUNT) / (seen + PRIOR_COUNT))


def _learn(feature: Feature, values: Floats, counts: Floats | None) -> tuple[Scaling, float]:
    """The scaling of a column before its theme is weighted, and the variance that it then has (0 where nothing varies)."""
    known = values[np.isfinite(values)]
    nothing = Scaling(feature.name, "none", 1.0, 0.0, 0.0, 0.0, 0.0, CLIP, feature.counted_by)
    if len(known) < 2 or np.ptp(known) == 0:
        return nothing, 0.0
    if feature.kind == "share":
        average = float(np.clip(known, 0.0, 1.0).mean())
        rooted = np.sqrt(shrunk(values, counts, average))
        scaling = Scaling(feature.name, "share", 1.0, average, math.sqrt(average), float(rooted.mean()), 1.0, CLIP, feature.counted_by)
        return scaling, float(rooted.var())
    sizes = np.abs(known[known != 0])
    unit = max(float(np.median(sizes)), NEGLIGIBLE * float(sizes.max()))
    shape, parameter = _shape_of(known / unit)
    moved = _reshape(shape, parameter, known / unit)
    lowest, lower, centre, upper, highest = (float(one) for one in np.percentile(moved, (1, 25, 50, 75, 99)))
    spread = max((upper - lower) / 1.349, float(np.clip(moved, lowest, highest).std()) / 2)
    if spread <= NEGLIGIBLE * float(np.ptp(moved)):
        spread = float(moved.std())
    if not spread > 0:
        return nothing, 0.0
    scaling = Scaling(feature.name, shape, unit, parameter, centre, centre, 1.0 / spread, CLIP, feature.counted_by)
    return scaling, float(_apply(scaling, values, None).var())


def _shape_of(known: Floats) -> tuple[Shape, float]:
    """The simplest transformation after which a column is hardly skewed, and its parameter."""
    few = known if len(known) <= POWER_ROWS else known[:: len(known) // POWER_ROWS]
    tried: dict[Shape, tuple[float, float]] = {}
    for shape in _SHAPES:
        power = float(np.clip(yeojohnson_normmax(few), -MOST_POWER, MOST_POWER)) if shape == "yeo-johnson" else 0.0
        tried[shape] = _skewness(_reshape(shape, power, few)), power
        if tried[shape][0] <= MOST_SKEW:
            return shape, power
    # Nothing helps fully: the least skewed, but a power only where it is clearly better than what is simpler.
    plainer = min(_SHAPES[:2], key=lambda shape: tried[shape][0])
    best = "yeo-johnson" if tried["yeo-johnson"][0] + MOST_SKEW < tried[plainer][0] else plainer
    return best, tried[best][1]


def _skewness(values: Floats) -> float:
    low, high = np.percentile(values, (0.5, 99.5))
    kept = np.clip(values, low, high)
    return abs(float(skew(kept))) if np.ptp(kept) > 0 else 0.0


def _reshape(shape: Shape, parameter: float, values: Floats) -> Floats:
    if shape == "log":
        return np.asarray(np.sign(values) * np.log1p(np.abs(values)))
    if shape == "yeo-johnson":
        return np.asarray(yeojohnson(values, parameter))
    return values


def _apply(scaling: Scaling, values: Floats | Singles, counts: Floats | Singles | None) -> Floats:
    if scaling.shape == "share":
        moved = np.sqrt(shrunk(values, counts, scaling.parameter))
    else:
        known: Floats = np.asarray(values, dtype=np.float64)
        moved = np.where(np.isfinite(known), _reshape(scaling.shape, scaling.parameter, np.nan_to_num(known) / scaling.unit), scaling.fill)
    return np.clip((moved - scaling.centre) * scaling.factor, -scaling.limit, scaling.limit)


def _weighted(found: list[tuple[Feature, Scaling, float]]) -> tuple[Scaling, ...]:
    """The scalings with every theme at a total variance of one.

    Shares of one theme keep their proportions, so that a rare category does not count as much as the main one.
    """
    factors: dict[str, float] = {}
    for theme in {feature.theme for feature, *_ in found}:
        of_theme = [one for one in found if one[0].theme == theme]
        shares = [variance for feature, _, variance in of_theme if feature.kind == "share"]
        share_unit = sum(shares) / len(shares) if shares else 1.0
        amounts = sum(variance for feature, _, variance in of_theme if feature.kind == "amount")
        whole = amounts + len(shares)
        for feature, _, _ in of_theme:
            factors[feature.name] = math.sqrt(1 / whole / (share_unit if feature.kind == "share" else 1.0))
    return tuple(
        Scaling(**{**asdict(one), "factor": one.factor * factors[feature.name], "limit": _limit(one, factors[feature.name])})
        for feature, one, _ in found
    )


def _limit(scaling: Scaling, factor: float) -> float:
    """Shares are bounded by themselves; amounts are kept within ``CLIP`` deviations."""
    return factor if scaling.shape == "share" else CLIP * factor
