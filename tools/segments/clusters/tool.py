"""The tool that groups customers by what they do, without being told the groups.

An answer should speak of: figures ``customers``, ``clusters``, ``silhouette``, ``stability``; per cluster n (its number):
``c<n>.customers``, ``c<n>.share_of_customers``, ``c<n>.share_of_revenue``, ``c<n>.fidelity`` and its traits
``c<n>.trait1`` (the cluster's mean), ``c<n>.trait1.base`` (that of all), ``c<n>.trait1.ratio``. ``details["clusters"]`` has,
in order of number: number, id, name, strategy (goal, actions), rule (sentence), traits (label, figure) and is_small.
"""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.contracts import Check, Outcome, Text, ToolResult
from tools.errors import NotEnoughData, UnknownName
from tools.models.threads import bounded_threads
from tools.requests import ClusterCustomers
from tools.rules import EVERYONE, Condition, InSegment, Selection
from tools.segments.checks import cluster_checks
from tools.segments.clusters.caveats import caveats
from tools.segments.clusters.features import CustomerTable, read_customers, read_vocabulary
from tools.segments.clusters.overview import Overview, overview_of
from tools.segments.clusters.pictures import charts
from tools.segments.clusters.report import details, figures, interpretation, receipt, tables
from tools.segments.clusters.run import MODEL, Cluster, Wanted, describe, partition
from tools.segments.clusters.store import read_clusters
from tools.segments.compiler import compile_selection
from tools.segments.freshness import freshness_caveats, require_features
from tools.segments.model_runs import run_in_use
from tools.segments.resolve import fold_name, resolve_customers
from tools.warehouse.context import ToolContext

TOOL = "cluster_customers"
MOST_LISTED = 20_000
"""Members that are selected by their ids; larger clusters that are not stored are selected by their rule."""
_NUMBER = re.compile(r"\d+")


def cluster_customers(ctx: ToolContext, request: ClusterCustomers) -> ToolResult:
    """The clusters of customers, or one of them: stored ones where nothing was asked for otherwise.

    Raises:
        NotEnoughData: There are too few customers.
        UnsupportedQuestion: Features were never computed, or the data have nothing of a theme.
        UnknownName: No cluster has the number or name.
    """
    overview = _overview(ctx, request)
    told = receipt(ctx, TOOL, request, overview)
    if not overview.clusters or (len(overview.clusters) < 2 and overview.wanted.method in ("dbscan", "hdbscan")):
        return ToolResult(
            tool=TOOL, outcome=Outcome.EMPTY, receipts=(told,), interpretation=interpretation(overview), message=_no_groups(overview)
        )
    chosen = _one(overview, request.cluster) if request.cluster else None
    return ToolResult(
        tool=TOOL,
        figures=figures(overview, chosen),
        tables=tables(ctx, overview, chosen),
        charts=charts(overview),
        checks=_checks(ctx, overview),
        receipts=(told,),
        caveats=(*(freshness_caveats(ctx) if overview.run else ()), *caveats(ctx, overview, chosen), *_listed_caveats(overview, chosen)),
        interpretation=interpretation(overview, chosen),
        selection=_selection(overview, chosen, request, ctx),
        details=details(ctx, overview, chosen),
    )


def _checks(ctx: ToolContext, overview: Overview) -> tuple[Check, ...]:
    sizes, noise = [one.customers for one in overview.clusters], float(overview.quality.get("noise_share") or 0.0)
    return cluster_checks(ctx, sizes, noise, overview.customers, stored=overview.run is not None)


def _overview(ctx: ToolContext, request: ClusterCustomers) -> Overview:
    computed = require_features(ctx)
    usual = not request.themes and request.method == "kmeans" and request.clusters is None and request.customers is None
    run = run_in_use(ctx.engine, MODEL)
    if usual and run is not None and run.as_of == computed == ctx.as_of:
        if run.quality.get("why"):
            raise NotEnoughData(run.quality["why"]["en"], run.quality["why"]["zh"])
        stored = read_clusters(ctx.engine, run)
        if stored is not None:
            return stored
    return _computed(ctx, request)


def _computed(ctx: ToolContext, request: ClusterCustomers) -> Overview:
    wanted = Wanted(tuple(request.themes), request.method, request.clusters)
    table = read_customers(ctx.engine, ctx.as_of, read_vocabulary(ctx.engine, ctx.as_of))
    if request.customers is not None:
        query = compile_selection(ctx, resolve_customers(ctx, request.customers))
        table = _among(table, ctx.engine.query(query.sql, query.parameters).column("customer_id"))
    with bounded_threads(ctx.config.thread_count, len(table)):
        found = partition(table, wanted, ctx.config)
        labels = found.model.labels_
        ids = [f"cluster_{number + 1}" for number in range(int(labels.max()) + 1)]
        return overview_of(describe(table, found, wanted, ctx.as_of, ctx.config, labels, ids), table.statement)


def _among(table: CustomerTable, ids: pa.ChunkedArray) -> CustomerTable:
    mask = pc.is_in(table.customers, value_set=pa.array(ids.to_pylist(), pa.string()))
    return CustomerTable(table.columns, table.table.filter(mask), table.statement)


def _one(overview: Overview, wanted: str) -> Cluster:
    number = _NUMBER.search(wanted)
    for cluster in overview.clusters:
        if fold_name(wanted) in map(fold_name, (cluster.id, cluster.name.zh, cluster.name.en)):
            return cluster
    for cluster in overview.clusters:
        if number and int(number[0]) == cluster.number:
            return cluster
    names = [f"{one.number} ({one.name.en})" for one in overview.clusters]
    raise UnknownName("cluster", "聚类", wanted, names, [f"{one.number}（{one.name.zh}）" for one in overview.clusters])


def _selection(overview: Overview, chosen: Cluster | None, request: ClusterCustomers, ctx: ToolContext) -> Selection | None:
    if chosen is None:
        if overview.run:
            return Selection(rule=Condition(field="cluster", op="is known"))
        return resolve_customers(ctx, request.customers) if request.customers is not None else Selection(rule=EVERYONE)
    if overview.run:
        return Selection(rule=InSegment(segment=chosen.id))
    if chosen.customers <= MOST_LISTED:
        return Selection(rule=Condition(field="customer_id", op="in", value=_members(overview, chosen)))
    return Selection(rule=chosen.explanation.rule) if chosen.explanation.rule else None


def _members(overview: Overview, chosen: Cluster) -> list[str]:
    if overview.found is None:
        return []
    place = [one.id for one in overview.clusters].index(chosen.id)
    members: list[str] = overview.found.customers.take(pa.array(np.flatnonzero(overview.found.labels == place))).to_pylist()
    return members


def _listed_caveats(overview: Overview, chosen: Cluster | None) -> tuple[Text, ...]:
    if chosen is None or overview.run or chosen.customers <= MOST_LISTED:
        return ()
    return (
        Text(
            zh="这个聚类未存储且人数很多，导出或保存时按其规则（近似）选择客户。",
            en="This cluster is not stored and large: exports and saved segments choose its customers by its rule, which is close but "
            "not exact.",
        ),
    )


def _no_groups(overview: Overview) -> Text:
    name = overview.wanted.method.upper()
    return Text(
        zh=f"{name} 没有发现彼此分开的密集群体：客户是连续分布的；可改用 K-Means 把他们划成几段。",
        en=f"{name} found no dense groups that lie apart: the customers form one continuum; K-Means would cut it into regions.",
    )
