"""Finds, names and explains clusters of customers: everything but storing them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tools.contracts import Text
from tools.errors import NotEnoughData, UnsupportedQuestion
from tools.models.clustering.choice import Labels
from tools.models.clustering.clusters import CustomerClusters
from tools.models.clustering.methods import Method
from tools.models.clustering.plane import Plane
from tools.models.clustering.preparation import Feature, Floats, Preparation, Singles, sample_rows
from tools.segments.clusters.features import CustomerTable, clustering_features
from tools.segments.clusters.naming import cluster_names, sentence
from tools.segments.clusters.rules import Explanation, explain
from tools.segments.clusters.traits import Trait, find_traits
from tools.segments.clusters.words import THEMES
from tools.settings import Settings

MODEL, VERSION = "clusters", "1"
LEAST_CUSTOMERS = 150
"""Five clusters of thirty."""
POINTS = 1_500


@dataclass(frozen=True)
class Wanted:
    """What to cluster by, and how.

    Args:
        themes: Themes of features; all that the data have when empty.
        method: How.
        clusters: How many; None chooses.
    """

    themes: tuple[str, ...] = ()
    method: Method = "kmeans"
    clusters: int | None = None


@dataclass(frozen=True)
class Cluster:
    """One cluster.

    Args:
        id: What is stored, such as "cluster_2"; the same in the next run for the same customers.
        name: Of what distinguishes it.
        sentence: The same with figures.
        customers: How many.
        revenue: What they spent in all.
        traits: What distinguishes it, strongest first.
        explanation: The rule.
        rfm_group: The RFM group that most members are in, with their share; None where it is unknown.
        is_small: Whether it is below the smallest size to act on.
    """

    id: str
    name: Text
    sentence: Text
    customers: int
    revenue: Decimal
    traits: tuple[Trait, ...]
    explanation: Explanation
    rfm_group: tuple[str, float] | None
    is_small: bool

    @property
    def number(self) -> int:
        """What operators call it by."""
        return int(self.id.rpartition("_")[2])


@dataclass(frozen=True)
class Found:
    """Clusters of one run.

    Args:
        as_of: The date up to which the data counted.
        wanted: What was asked for.
        customers: Ids, in order.
        labels: Shape (customers,), position in ``clusters``; -1 for noise.
        clusters: In the order of their numbers.
        quality: What the run is worth: silhouette, stability, each number of clusters tried, noise, themes, columns.
        parameters: What it takes to assign customers again: columns, scalings, centroids, ids.
        points: Columns customer_id, cluster, x, y: a sample for the picture.
        revenue: Of all clustered customers.
    """

    as_of: dt.date
    wanted: Wanted
    customers: pa.ChunkedArray = field(repr=False)
    labels: Labels = field(repr=False)
    clusters: tuple[Cluster, ...]
    quality: dict[str, Any]
    parameters: dict[str, Any] = field(repr=False)
    points: pa.Table = field(repr=False)
    revenue: Decimal


@dataclass(frozen=True)
class Partition:
    """Customers assigned in a prepared space.

    Args:
        preparation: How columns were made comparable.
        features: Columns of the matrix.
        matrix: Raw, shape (n, columns).
        prepared: Shape (n, columns in use).
        model: The clusters found.
    """

    preparation: Preparation
    features: tuple[Feature, ...]
    matrix: Singles = field(repr=False)
    prepared: Singles = field(repr=False)
    model: CustomerClusters = field(repr=False)


def partition(table: CustomerTable, wanted: Wanted, config: Settings) -> Partition:
    """Make the columns comparable and find the clusters.

    Raises:
        NotEnoughData: There are too few customers, or nothing tells them apart.
        UnsupportedQuestion: The data have nothing of the themes wanted.
    """
    _check_size(len(table), wanted, config)
    names = table.known(table.columns)
    features = clustering_features(names, wanted.themes)
    _check_themes(features, wanted)
    matrix = table.matrix(names)
    preparation = Preparation(features).fit(matrix, config.seed)
    if not preparation.used:
        raise NotEnoughData(
            "The customers do not differ in anything that they could be grouped by; load more of what they did.",
            "客户之间没有可用于聚类的差别；请载入更多的行为数据。",
        )
    prepared = preparation.transform(matrix)
    share = float(config.smallest_segment_share)
    model = CustomerClusters(wanted.method, wanted.clusters, config.smallest_segment_size, share, config.seed).fit(prepared)
    return Partition(preparation, features, matrix, prepared, model)


def describe(
    table: CustomerTable, found: Partition, wanted: Wanted, as_of: dt.date, config: Settings, labels: Labels, ids: Sequence[str]
) -> Found:
    """Name, explain and picture a partition.

    Args:
        table: The customers.
        found: The space that they were clustered in.
        wanted: What was asked for.
        as_of: The date of the data.
        config: Seed, currency and smallest sizes.
        labels: Shape (customers,), numbers of clusters from 0, -1 for noise.
        ids: The id of each number.
    """
    traits = find_traits([one.name for one in found.features], found.features, found.matrix, labels, config.seed)
    rules = explain(table, labels, config.seed)
    names = cluster_names(traits)
    money, groups = _money(table, labels, len(ids)), _rfm_groups(table, labels, len(ids))
    sizes = np.bincount(labels[labels >= 0], minlength=len(ids))
    least = max(config.smallest_segment_size, float(config.smallest_segment_share) * len(table))
    clusters = [
        Cluster(
            id=ids[place],
            name=names[place],
            sentence=sentence(traits[place], config.currency),
            customers=int(sizes[place]),
            revenue=money[place],
            traits=tuple(traits[place]),
            explanation=rules[place],
            rfm_group=groups[place],
            is_small=bool(sizes[place] < least),
        )
        for place in range(len(ids))
    ]
    plane, points = _picture(table, found, labels, ids, config.seed)
    return Found(
        as_of=as_of,
        wanted=wanted,
        customers=table.customers,
        labels=labels,
        clusters=tuple(clusters),
        quality=_quality(table, found, wanted, plane, labels),
        parameters=_parameters(found, labels, ids),
        points=points,
        revenue=pc.sum(table.table.column("money")).as_py() or Decimal("0.00"),
    )


def _check_size(customers: int, wanted: Wanted, config: Settings) -> None:
    least = max(LEAST_CUSTOMERS, (wanted.clusters or 0) * config.smallest_segment_size)
    if customers < least:
        raise NotEnoughData(
            f"Clustering needs at least {least:,} customers who ordered or did something; these are {customers:,}. "
            "Use the RFM segments instead.",
            f"聚类至少需要 {least:,} 位下过单或有行为的客户，这里只有 {customers:,} 位；可改用 RFM 分群。",
        )


def _check_themes(features: Sequence[Feature], wanted: Wanted) -> None:
    missing = [theme for theme in wanted.themes if theme not in {one.theme for one in features}]
    if missing:
        zh, en = "、".join(THEMES[one].zh for one in missing), ", ".join(THEMES[one].en for one in missing)
        raise UnsupportedQuestion(
            f"The loaded data have nothing about {en}, so customers cannot be clustered by it.",
            f"已载入的数据中没有“{zh}”方面的内容，无法按它聚类。",
        )


def _money(table: CustomerTable, labels: Labels, clusters: int) -> list[Decimal]:
    grouped = pa.table({"label": pa.array(labels), "money": table.table.column("money")}).group_by("label").aggregate([("money", "sum")])
    sums = dict(zip(grouped.column("label").to_pylist(), grouped.column("money_sum").to_pylist(), strict=True))
    return [(sums.get(place) or Decimal(0)).quantize(Decimal("0.01")) for place in range(clusters)]


def _rfm_groups(table: CustomerTable, labels: Labels, clusters: int) -> list[tuple[str, float] | None]:
    grouped = (
        pa.table({"label": pa.array(labels), "name": table.table.column("rfm_group")})
        .group_by(["label", "name"])
        .aggregate([([], "count_all")])
    )
    counts: list[Counter[str]] = [Counter() for _ in range(clusters)]
    for row in grouped.to_pylist():
        if row["label"] >= 0 and row["name"] is not None:
            counts[row["label"]][row["name"]] += row["count_all"]
    tops = [min(one.items(), key=lambda pair: (-pair[1], pair[0])) if one else None for one in counts]
    return [(top[0], top[1] / counts[place].total()) if top else None for place, top in enumerate(tops)]


def _picture(table: CustomerTable, found: Partition, labels: Labels, ids: Sequence[str], seed: int) -> tuple[Plane, pa.Table]:
    sizes: NDArray[np.int64] = np.bincount(labels[labels >= 0], minlength=len(ids))
    rows = sample_rows(len(labels), POINTS, seed)
    plane = Plane().fit(_centroids(found.prepared, labels, len(ids)), sizes, found.prepared[rows])
    spots = plane.transform(found.prepared[rows])
    return plane, pa.table(
        {
            "customer_id": table.customers.take(rows),
            "cluster": pa.array([ids[one] if one >= 0 else None for one in labels[rows].tolist()], pa.string()),
            "x": pa.array(spots[:, 0]),
            "y": pa.array(spots[:, 1]),
        }
    )


def _centroids(prepared: Singles, labels: Labels, clusters: int) -> Floats:
    return np.array([prepared[labels == place].mean(axis=0, dtype=np.float64) for place in range(clusters)])


def _quality(table: CustomerTable, found: Partition, wanted: Wanted, plane: Plane, labels: Labels) -> dict[str, Any]:
    model = found.model
    return {
        "method": wanted.method,
        "customers": len(table),
        "clusters": int(labels.max()) + 1,
        "silhouette": model.silhouette_,
        "stability": model.stability_,
        "choices": [
            {"clusters": one.clusters, "silhouette": one.silhouette, "stability": one.stability, "smallest": one.smallest}
            for one in model.choices_
        ],
        "chosen": wanted.clusters is None and bool(model.choices_),
        "merged": model.merged_,
        "noise_share": float((labels < 0).mean()),
        "themes": [theme for theme in THEMES if theme in {one.theme for one in found.features if one.name in found.preparation.used}],
        "columns": found.preparation.used,
        "found": model.found_,
        "picture": plane.basis_,
    }


def _parameters(found: Partition, labels: Labels, ids: Sequence[str]) -> dict[str, Any]:
    centroids = _centroids(found.prepared, labels, len(ids))
    return {
        "scalings": found.preparation.parameters(),
        "centroids": [[round(float(value), 6) for value in row] for row in centroids],
        "ids": list(ids),
    }
