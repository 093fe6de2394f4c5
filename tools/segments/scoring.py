"""RFM scores from stored edges, and the named groups from scores.

An edge belongs to the interval below it, for all three dimensions, so equal values always get equal scores:
F and M = 1 + the number of edges below the value; R = 5 - the number of edges below it, because fewer days are better.
Where edges coincide the scores between them stay unused; ``Edges.collapsed`` names the dimensions concerned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib import resources

from tools.errors import NotEnoughData
from tools.features.build import rfm_query
from tools.segments.schemes import EIGHT_CELLS, RFM_CELLS, eight_group, rfm_group
from tools.warehouse.engine import Engine

DIMENSIONS = ("recency", "frequency", "monetary")
_FOLDER = resources.files("tools.segments") / "sql"
_FROM_FEATURES = "SELECT customer_id, recency_days, orders, amount FROM customer_features WHERE orders > 0"
_FROM_STORE = "SELECT dimension, edge_1, edge_2, edge_3, edge_4 FROM score_edges WHERE version = $version"
_STORED_MEANS = (
    "SELECT max(CASE WHEN dimension = 'recency' THEN mean_score END) AS recency, "
    "max(CASE WHEN dimension = 'frequency' THEN mean_score END) AS frequency, "
    "max(CASE WHEN dimension = 'monetary' THEN mean_score END) AS monetary FROM score_edges WHERE version = $version"
)


@dataclass(frozen=True)
class Edges:
    """One stored version of the edges between scores.

    Args:
        version: Counts up from 1; a new one is made when an edge, a mean or the population changes.
        as_of: The date of the population.
        population: Customers with a counted order.
        values: The four ascending edges of each dimension: days, orders, money.
        means: The population's mean score of each dimension.
    """

    version: int
    as_of: dt.date
    population: int
    values: dict[str, tuple[Decimal, ...]]
    means: dict[str, float]

    @property
    def collapsed(self) -> tuple[str, ...]:
        """Dimensions with fewer than four distinct edges, hence fewer than five scores."""
        return tuple(name for name in DIMENSIONS if len(set(self.values[name])) < 4)


@dataclass(frozen=True)
class Scores:
    """The scores (1 to 5) and groups of one customer."""

    recency: int
    frequency: int
    monetary: int
    fm: int
    rfm_group: str
    rfm_eight: str


@lru_cache
def read_sql(name: str) -> str:
    """The text of one of this package's .sql files."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").rstrip()


def _case(key: str, groups: Mapping[int, str]) -> str:
    return f"CASE {key} " + " ".join(f"WHEN {value} THEN '{group}'" for value, group in groups.items()) + " END"


def _with(parts: dict[str, str], final: str) -> str:
    return "WITH " + ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in parts.items()) + f"\n{final}"


def _grouped() -> str:
    cells = {10 * r + fm: group for r, row in RFM_CELLS.items() for fm, group in enumerate(row, 1)}
    eight = {4 * r + 2 * f + m: group for (r, f, m), group in EIGHT_CELLS.items()}
    return (
        "SELECT customer_id, recency_score, frequency_score, monetary_score, fm_score,\n"
        f"{_case('10 * recency_score + fm_score', cells)} AS rfm_group,\n"
        f"{_case('4 * recency_high + 2 * frequency_high + monetary_high', eight)} AS rfm_eight\nFROM graded_part"
    )


def rfm_scores_query() -> str:
    """One SELECT from the orders to scores and groups, with edges of the population at ``$as_of`` (a date).

    Columns: customer_id, recency_score, frequency_score, monetary_score, fm_score, rfm_group, rfm_eight.
    """
    parts = {
        "rfm_part": rfm_query(),
        "edges_part": read_sql("edges"),
        "scored_part": read_sql("scored"),
        "means_part": read_sql("means"),
        "graded_part": read_sql("graded"),
    }
    return _with(parts, _grouped())


def stored_scores_query() -> str:
    """One SELECT of scores and groups of ``customer_features``, from the stored edges of ``$version``."""
    parts = {
        "rfm_part": _FROM_FEATURES,
        "edges_part": _FROM_STORE,
        "scored_part": read_sql("scored"),
        "means_part": _STORED_MEANS,
        "graded_part": read_sql("graded"),
    }
    return _with(parts, _grouped())


def store_edges(engine: Engine, as_of: dt.date) -> Edges | None:
    """Compute the edges and mean scores of ``customer_features`` and store them, unless the latest are the same.

    Returns:
        The edges in use; None when nobody has ordered yet.
    """
    found = engine.rows(_with({"rfm_part": _FROM_FEATURES}, read_sql("edges")))
    population = int(found[0][1])
    if not population:
        return None
    values = {row[0]: tuple(row[2:]) for row in found}
    means = _means(engine)
    latest = latest_edges(engine)
    if latest and (latest.as_of, latest.population, latest.values, latest.means) == (as_of, population, values, means):
        return latest
    version = latest.version + 1 if latest else 1
    for name, edges in values.items():
        engine.execute(
            "INSERT INTO score_edges VALUES ($version, $name, $as_of, $population, $e1, $e2, $e3, $e4, $distinct, $mean)",
            {"version": version, "name": name, "as_of": as_of, "population": population, "distinct": len(set(edges)), "mean": means[name]}
            | {f"e{number}": edge for number, edge in enumerate(edges, 1)},
        )
    return Edges(version, as_of, population, values, means)


def _means(engine: Engine) -> dict[str, float]:
    parts = {"rfm_part": _FROM_FEATURES, "edges_part": read_sql("edges"), "scored_part": read_sql("scored")}
    row = engine.rows(_with(parts, read_sql("means")))[0]
    return dict(zip(DIMENSIONS, (float(value) for value in row), strict=True))


def latest_edges(engine: Engine) -> Edges | None:
    """The newest stored edges; None before the first refresh with orders."""
    rows = engine.rows(
        "SELECT version, as_of, population, dimension, edge_1, edge_2, edge_3, edge_4, mean_score FROM score_edges "
        "WHERE version = (SELECT max(version) FROM score_edges)"
    )
    if not rows:
        return None
    version, as_of, population = rows[0][:3]
    return Edges(version, as_of, population, {row[3]: tuple(row[4:8]) for row in rows}, {row[3]: row[8] for row in rows})


def fill_scores(engine: Engine, edges: Edges | None) -> None:
    """Fill ``scores`` anew from the stored edges; customers without a counted order become prospects."""
    engine.execute("DELETE FROM scores")
    if edges:
        engine.execute(
            "INSERT INTO scores (customer_id, recency_score, frequency_score, monetary_score, fm_score, rfm_group, rfm_eight, "
            f"edges_version) SELECT *, $version FROM (\n{stored_scores_query()}\n) AS graded",
            {"version": edges.version},
        )
    engine.execute("INSERT INTO scores (customer_id, rfm_group) SELECT customer_id, 'prospects' FROM customer_features WHERE orders = 0")


def score_one(edges: Edges, recency_days: int, orders: int, amount: Decimal) -> Scores:
    """Score one customer alone.

    Args:
        edges: A stored version.
        recency_days: Days since the last counted order.
        orders: Counted orders, at least 1.
        amount: Total net amount.
    """
    measured = (Decimal(recency_days), Decimal(orders), amount)
    below = [sum(edge < value for edge in edges.values[name]) for name, value in zip(DIMENSIONS, measured, strict=True)]
    recency, frequency, monetary = 5 - below[0], 1 + below[1], 1 + below[2]
    fm = (frequency + monetary + 1) // 2
    high = [score > edges.means[name] for name, score in zip(DIMENSIONS, (recency, frequency, monetary), strict=True)]
    return Scores(recency, frequency, monetary, fm, rfm_group(recency, fm), eight_group(*high))


def rescore_customer(engine: Engine, customer_id: str, as_of: dt.date) -> Scores | None:
    """Score one customer from the orders as they are now and the stored edges; nobody else is read.

    Returns:
        The scores; None when the customer has no counted order by ``as_of``.

    Raises:
        NotEnoughData: No edges were stored yet.
    """
    edges = latest_edges(engine)
    if edges is None:
        raise NotEnoughData(
            "There are no stored scores yet; run: fenqun refresh.",
            "还没有已保存的评分分界；请先运行：fenqun refresh。",
        )
    row = engine.rows(
        f"SELECT recency_days, orders, amount FROM (\n{rfm_query()}\n) AS rfm WHERE customer_id = $customer_id",
        {"as_of": as_of, "customer_id": customer_id},
    )
    return score_one(edges, *row[0]) if row else None
