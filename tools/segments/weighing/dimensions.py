"""The dimensions of a weighted score, as data: what each is made from, and when more of it is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tools.contracts import Text

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Dimension:
    """One dimension.

    Args:
        id: As figures and stored weights name it.
        name: What is shown.
        columns: Of ``customer_features``; their values are added up, unknown ones as nothing.
        sign: -1 where less is better, 1 where more is, 0 where the data must say.
        classic: Whether it is one of R, F and M.
    """

    id: str
    name: Text
    columns: tuple[str, ...]
    sign: int = 1
    classic: bool = False


DIMENSIONS = (
    Dimension("recency", Text(zh="R 最近购买", en="R recency"), ("recency_days",), -1, True),
    Dimension("frequency", Text(zh="F 购买频次", en="F frequency"), ("orders",), 1, True),
    Dimension("monetary", Text(zh="M 消费金额", en="M money"), ("amount",), 1, True),
    Dimension("momentum", Text(zh="近期势头（近90天消费）", en="momentum (spend of 90 days)"), ("amount_90d",)),
    Dimension("browsing", Text(zh="浏览（近90天）", en="browsing (90 days)"), ("views_90d",)),
    Dimension("discount", Text(zh="折扣占比", en="discount share"), ("discount_share",), 0),
    Dimension("breadth", Text(zh="品类宽度", en="breadth of categories"), ("category_count",)),
    Dimension("interaction", Text(zh="互动（行为与营销响应）", en="interaction (events, responses)"), ("events_90d", "responses")),
)
BY_ID = {one.id: one for one in DIMENSIONS}
CLASSIC = tuple(one.id for one in DIMENSIONS if one.classic)


def raw_values(table: pa.Table, names: Sequence[str]) -> Floats:
    """What the dimensions are made from, shape (customers, dimensions), as it is: fewer days are a smaller number."""
    return np.column_stack([np.sum([_known(table, column) for column in BY_ID[name].columns], axis=0) for name in names])


def known_dimensions(table: pa.Table) -> tuple[str, ...]:
    """R, F, M and the dimensions that the data have something of, and in which customers differ."""
    found = []
    for one in DIMENSIONS:
        values = raw_values(table, [one.id])[:, 0]
        if one.classic or (len(values) and values.min() < values.max()):
            found.append(one.id)
    return tuple(found)


def _known(table: pa.Table, column: str) -> Floats:
    values: Floats = table.column(column).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.nan_to_num(values, nan=0.0)
