"""Rebuilds everything that is derived from the loaded data: features, edges, scores, churn, segments, members, changes."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tools.contracts import Text
from tools.features.build import rebuild
from tools.segments.churn.run import ChurnRun
from tools.segments.churn.scores import score_churn
from tools.segments.clusters.step import score_clusters
from tools.segments.membership import fill_segments
from tools.segments.pairs.build import store_pairs
from tools.segments.profile_completeness import score_completeness
from tools.segments.response.scores import score_responses
from tools.segments.scoring import Edges, fill_scores, store_edges
from tools.segments.steps import Step, assemble
from tools.segments.tiers.step import TIER_COLUMNS, score_tiers
from tools.segments.value.run import COLUMNS as VALUE_COLUMNS
from tools.segments.value.scores import score_value
from tools.segments.weighing.step import score_weights
from tools.settings import Settings
from tools.warehouse.context import latest_date, read_meta, write_meta
from tools.warehouse.currency import with_currency
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

Progress = Callable[[Text, float], None]
"""Takes the stage that begins and the fraction done so far."""

_STAGES = {
    "features": Text(zh="计算客户特征", en="Computing customer features"),
    "scores": Text(zh="计算 RFM 评分", en="Scoring recency, frequency and money"),
    "segments": Text(zh="更新分群成员", en="Updating segments"),
    "done": Text(zh="完成", en="Done"),
}


STEPS: tuple[Step, ...] = (
    Step(
        "tiers", Text(zh="划分价值、会员与生命周期层级", en="Sorting customers into tiers"), score_tiers, TIER_COLUMNS, needs_orders=False
    ),
    Step("weights", Text(zh="求 RFM 权重并评分", en="Weighing recency, frequency and money"), score_weights, ("rfm_score",)),
    Step(
        "churn",
        Text(zh="评估流失概率", en="Scoring churn"),
        score_churn,
        ("churn_probability", "churn_band", "churn_reasons", "churn_run_id"),
    ),
    Step(
        "completeness",
        Text(zh="计算资料完整度", en="Measuring profile completeness"),
        score_completeness,
        ("profile_completeness",),
        needs_orders=False,
    ),
    Step("clusters", Text(zh="发现聚类", en="Finding clusters"), score_clusters, ("cluster",)),
    Step("value", Text(zh="预测客户价值与下次下单", en="Predicting lifetime value and the next order"), score_value, VALUE_COLUMNS),
    Step("response", Text(zh="预测营销响应", en="Predicting responses to campaigns"), score_responses, ("response_probability",)),
    Step("pairs", Text(zh="统计共同购买", en="Counting what is bought together"), store_pairs, ()),
)
"""What is scored beside RFM, in this order: a later step may read what an earlier one left in its table."""


@dataclass(frozen=True)
class RefreshReport:
    """What a refresh made.

    Args:
        as_of: The date up to which the data count; None when nothing was dated.
        data_version: The data that it rests on.
        customers: All customers.
        buyers: Customers with a counted order.
        edges_version: Version of the edges in use; None without buyers.
        collapsed: Dimensions of RFM with fewer than five scores, for lack of distinct edges.
        churn_method: "model", or "rhythm" where the data were too few for one; None without buyers.
        churn_scored: Customers with a churn probability or band.
        churn_reason: Why there is no churn model, where there is none.
        segments: Members by segment id.
        seconds: How long it took.
    """

    as_of: dt.date | None
    data_version: str
    customers: int
    buyers: int
    edges_version: int | None = None
    collapsed: tuple[str, ...] = ()
    churn_method: str | None = None
    churn_scored: int = 0
    churn_reason: Text | None = None
    segments: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def refresh(warehouse: Warehouse, progress: Progress | None = None) -> RefreshReport:
    """Rebuild what is derived from the data, in one transaction: readers see the old state until the new one is whole.

    Args:
        warehouse: Its data must have been loaded.
        progress: Told each stage as it begins.

    Raises:
        WarehouseBusy: Another process works on the file.
    """
    with warehouse.writing() as engine, engine.transaction():
        return refresh_within(engine, warehouse.config, progress)


def refresh_within(engine: Engine, config: Settings, progress: Progress | None = None) -> RefreshReport:
    """The same on an engine that is writing already, as part of its transaction."""
    started = time.perf_counter()
    as_of, version = latest_date(engine), read_meta(engine, "data_version") or "0"
    tell = progress or _silent
    if as_of is None:
        customers = _clear(engine)
        return RefreshReport(None, version, customers, 0, seconds=time.perf_counter() - started)
    tell(_STAGES["features"], 0.0)
    rebuild(engine, as_of)
    tell(_STAGES["scores"], 0.3)
    edges = store_edges(engine, as_of)
    fill_scores(engine, edges)
    found = _score(engine, as_of, with_currency(engine, config), tell, [step for step in STEPS if edges or not step.needs_orders])
    churn = found.get("churn")
    tell(_STAGES["segments"], 0.85)
    members = fill_segments(engine, as_of)
    write_meta(engine, "features_as_of", as_of.isoformat())
    write_meta(engine, "refreshed_data_version", version)
    tell(_STAGES["done"], 1.0)
    customers = int(engine.rows("SELECT count(*) FROM customer_features")[0][0])
    report = RefreshReport(as_of, version, customers, 0, segments=members)
    return replace(_with_scores(report, edges, churn), seconds=time.perf_counter() - started)


def _score(engine: Engine, as_of: dt.date, config: Settings, tell: Progress, steps: Sequence[Step]) -> dict[str, object]:
    found: dict[str, object] = {}
    for number, step in enumerate(steps):
        tell(step.label, 0.35 + 0.5 * number / len(steps))
        found[step.id] = step.run(engine, as_of, config)
    assemble(engine, steps)
    return found


def _with_scores(report: RefreshReport, edges: Edges | None, churn: object) -> RefreshReport:
    if edges is None or not isinstance(churn, ChurnRun):
        return report
    return replace(
        report,
        buyers=edges.population,
        edges_version=edges.version,
        collapsed=edges.collapsed,
        churn_method=churn.method,
        churn_scored=churn.scored,
        churn_reason=churn.reason,
    )


def _clear(engine: Engine) -> int:
    for table in ("customer_features", "scores", "segment_members"):
        engine.execute(f"DELETE FROM {table}")
    engine.execute("DELETE FROM meta WHERE key IN ('features_as_of', 'refreshed_data_version')")
    return int(engine.rows("SELECT count(*) FROM customers")[0][0])


def _silent(stage: Text, fraction: float) -> None:
    del stage, fraction
