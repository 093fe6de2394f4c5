"""Clusters as stored: written by a refresh, read by the tool."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ValidationError, field_validator

from tools.contracts import Frozen, Text
from tools.rules import Condition
from tools.segments.clusters.features import CustomerTable
from tools.segments.clusters.overview import Overview
from tools.segments.clusters.rules import Explanation
from tools.segments.clusters.run import MODEL, Cluster, Found, Wanted
from tools.segments.clusters.strategy import strategy_of
from tools.segments.clusters.traits import Trait
from tools.segments.clusters.words import is_described
from tools.segments.membership import save_segment
from tools.segments.model_runs import ModelRun
from tools.segments.stored import CLUSTERS, read_rule, write_rule
from tools.warehouse.engine import Engine

_COLUMNS = "run_id, cluster, position, name_zh, name_en, sentence_zh, sentence_en, customers, revenue, traits, rule, fidelity, strategy"


def write_scored(engine: Engine, table: CustomerTable | None, found: Found | None) -> None:
    """The temporary table ``clusters_scored``: customer_id and cluster, NULL for noise; empty where nothing was found."""
    engine.execute("CREATE OR REPLACE TEMP TABLE clusters_scored (customer_id VARCHAR, cluster VARCHAR)")
    if found is None or table is None:
        return
    ids = pa.array([one.id for one in found.clusters], pa.string())
    names = ids.take(pa.array(found.labels, mask=found.labels < 0))
    engine.register("_clusters", pa.table({"customer_id": table.customers, "cluster": names}))
    engine.execute("INSERT INTO clusters_scored SELECT customer_id, cluster FROM _clusters WHERE cluster IS NOT NULL")


def write_clusters(engine: Engine, run_id: int, found: Found) -> None:
    """The clusters, their points, and a segment for each, by which it can be named, exported and saved."""
    for cluster in found.clusters:
        engine.execute(
            f"INSERT INTO clusters ({_COLUMNS}) VALUES ({', '.join('$' + name.strip() for name in _COLUMNS.split(','))})",
            _row(run_id, cluster),
        )
        rule = Condition(field="cluster", op="=", value=cluster.id)
        save_segment(engine, cluster.id, cluster.name, rule, CLUSTERS, found.as_of)
    engine.register("_points", found.points)
    engine.execute("DELETE FROM cluster_points")
    engine.execute(
        "INSERT INTO cluster_points SELECT CAST($run_id AS INTEGER), customer_id, cluster, x, y FROM _points", {"run_id": run_id}
    )


def _row(run_id: int, cluster: Cluster) -> dict[str, Any]:
    explanation = cluster.explanation
    traits = {
        "traits": [{"column": one.column, "inside": one.inside, "base": one.base, "effect": one.effect} for one in cluster.traits],
        "precision": explanation.precision,
        "recall": explanation.recall,
        "rfm_group": cluster.rfm_group,
        "is_small": cluster.is_small,
    }
    return {
        "run_id": run_id,
        "cluster": cluster.id,
        "position": cluster.number,
        "name_zh": cluster.name.zh,
        "name_en": cluster.name.en,
        "sentence_zh": cluster.sentence.zh,
        "sentence_en": cluster.sentence.en,
        "customers": cluster.customers,
        "revenue": cluster.revenue,
        "traits": json.dumps(traits, ensure_ascii=False),
        "rule": write_rule(explanation.rule) if explanation.rule else "",
        "fidelity": explanation.fidelity,
        "strategy": strategy_of(cluster).model_dump_json(),
    }


class _StoredTrait(Frozen):
    column: str
    inside: float
    base: float
    effect: float

    @field_validator("column")
    @classmethod
    def _is_described(cls, column: str) -> str:
        if not is_described(column):
            raise ValueError(f"no words for {column}")
        return column


class _StoredCluster(Frozen):
    """What ``clusters.traits`` holds."""

    traits: tuple[_StoredTrait, ...]
    precision: float
    recall: float
    rfm_group: tuple[str, float] | None
    is_small: bool


class _StoredChoice(BaseModel):
    clusters: int
    silhouette: float
    stability: float | None
    smallest: float


class _StoredQuality(BaseModel):
    """What an answer needs of ``model_runs.quality``."""

    silhouette: float
    noise_share: float
    merged: int
    themes: tuple[str, ...]
    chosen: bool
    choices: tuple[_StoredChoice, ...]
    stability: float | None = None


def read_clusters(engine: Engine, run: ModelRun) -> Overview | None:
    """The clusters of a stored run; None where they were stored in a form that is not read any more."""
    rows = engine.query(f"SELECT {_COLUMNS} FROM clusters WHERE run_id = $run_id ORDER BY position", {"run_id": run.run_id}).to_pylist()
    points = engine.query(
        "SELECT customer_id, cluster, x, y FROM cluster_points WHERE run_id = $run_id ORDER BY customer_id", {"run_id": run.run_id}
    )
    try:
        _StoredQuality.model_validate(run.quality)
        clusters = tuple(_cluster(row) for row in rows)
    except ValidationError:
        return None
    return Overview(
        as_of=run.as_of,
        wanted=Wanted(),
        clusters=clusters,
        customers=int(run.quality.get("customers", 0)),
        revenue=Decimal(str(run.quality.get("revenue", "0.00"))),
        quality=run.quality,
        points=points,
        run=run,
    )


def _cluster(row: dict[str, Any]) -> Cluster:
    held = _StoredCluster.model_validate_json(row["traits"])
    rule = read_rule(row["rule"]) if row["rule"] else None
    return Cluster(
        id=row["cluster"],
        name=Text(zh=row["name_zh"], en=row["name_en"]),
        sentence=Text(zh=row["sentence_zh"], en=row["sentence_en"]),
        customers=row["customers"],
        revenue=row["revenue"],
        traits=tuple(Trait(**one.model_dump()) for one in held.traits),
        explanation=Explanation(rule, held.precision, held.recall, row["fidelity"]),
        rfm_group=held.rfm_group,
        is_small=held.is_small,
    )


def is_current(run: ModelRun, as_of: dt.date) -> bool:
    """Whether a stored run is of that date and found clusters."""
    return run.model == MODEL and run.as_of == as_of and bool(run.parameters.get("centroids"))
