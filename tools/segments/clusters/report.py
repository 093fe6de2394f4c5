"""Figures, tables and words of an answer about clusters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tools.contracts import Column, Figure, FigureValue, Receipt, Table, Text, Unit
from tools.requests import ClusterCustomers
from tools.segments.clusters.naming import told_traits
from tools.segments.clusters.overview import Overview
from tools.segments.clusters.run import MODEL, VERSION, Cluster
from tools.segments.clusters.strategy import strategy_of
from tools.segments.clusters.words import THEMES
from tools.segments.reporting import figure, share
from tools.segments.sentences import describe_rule
from tools.segments.stored import write_rule
from tools.warehouse.context import ToolContext

METHODS: dict[str, Text] = {
    "kmeans": Text(zh="K-Means", en="K-Means"),
    "minibatch": Text(zh="小批量 K-Means", en="mini-batch K-Means"),
    "ward": Text(zh="Ward 层次聚类", en="Ward's hierarchy"),
    "dbscan": Text(zh="DBSCAN", en="DBSCAN"),
    "hdbscan": Text(zh="HDBSCAN", en="HDBSCAN"),
    "gaussian_mixture": Text(zh="高斯混合", en="a Gaussian mixture"),
}
TRAITS_WITH_FIGURES = 4
_NO_RULE = Text(zh="没有简短的规则能说明", en="no short rule describes it")
_PLAIN_MEANS = {Unit.COUNT: Unit.NUMBER}


def figures(overview: Overview, chosen: Cluster | None) -> tuple[Figure, ...]:
    """What the answer may speak of; all clusters, or the one that was asked about."""
    quality = overview.quality
    found = [
        figure("customers", "参与聚类的客户数", "customers clustered", overview.customers, Unit.COUNT),
        figure("clusters", "聚类数", "clusters", len(overview.clusters), Unit.COUNT),
        figure(
            "silhouette",
            "轮廓系数（1为完全分开，0为没有边界）",
            "silhouette (1: well apart, 0: no border)",
            _rounded(quality["silhouette"]),
            Unit.NUMBER,
        ),
    ]
    if quality.get("stability") is not None:
        label = ("稳定性（重抽样后的调整兰德指数）", "stability (adjusted Rand index over resamples)")
        found.append(figure("stability", *label, _rounded(quality["stability"]), Unit.NUMBER))
    if overview.wanted.method in ("dbscan", "hdbscan"):
        found.append(
            figure("noise_share", "不属于任何聚类的客户占比", "share of customers in no cluster", quality["noise_share"], Unit.SHARE)
        )
    for cluster in [chosen] if chosen else overview.clusters:
        found += _cluster_figures(overview, cluster)
    for one in () if chosen else quality.get("choices", []):
        k = one["clusters"]
        found.append(
            figure(f"k{k}.silhouette", f"分成{k}类的轮廓系数", f"silhouette with {k} clusters", _rounded(one["silhouette"]), Unit.NUMBER)
        )
        found.append(
            figure(f"k{k}.stability", f"分成{k}类的稳定性", f"stability with {k} clusters", _rounded(one["stability"]), Unit.NUMBER)
        )
    return tuple(found)


def _cluster_figures(overview: Overview, cluster: Cluster) -> list[Figure]:
    prefix, name = f"c{cluster.number}", cluster.name
    cells: list[tuple[str, str, str, FigureValue, Unit]] = [
        ("customers", "客户数", "customers", cluster.customers, Unit.COUNT),
        ("share_of_customers", "客户占比", "share of customers", share(cluster.customers, overview.customers), Unit.SHARE),
        ("revenue", "消费额", "revenue", cluster.revenue, Unit.MONEY),
        ("share_of_revenue", "消费额占比", "share of revenue", share(cluster.revenue, overview.revenue), Unit.SHARE),
        ("fidelity", "规则吻合度（F1）", "fidelity of the rule (F1)", cluster.explanation.fidelity, Unit.SHARE),
        ("precision", "规则选中者属于本群的比例", "share of those the rule finds who are in it", cluster.explanation.precision, Unit.SHARE),
        ("recall", "规则选中的本群比例", "share of its customers whom the rule finds", cluster.explanation.recall, Unit.SHARE),
    ]
    for number, trait in enumerate(told_traits(cluster.traits)[:TRAITS_WITH_FIGURES], 1):
        label, unit = trait.entry.label, _PLAIN_MEANS.get(trait.entry.unit, trait.entry.unit)
        cells.append((f"trait{number}", label.zh, label.en, _valued(trait.inside, unit), unit))
        cells.append((f"trait{number}.base", f"{label.zh}（全体）", f"{label.en} (all)", _valued(trait.base, unit), unit))
        cells.append((f"trait{number}.ratio", f"{label.zh}（与全体之比）", f"{label.en} (÷ all)", trait.ratio, Unit.RATIO))
    return [
        figure(f"{prefix}.{key}", f"{name.zh}：{zh}", f"{name.en}: {en}", value, unit)
        for key, zh, en, value, unit in cells
        if value is not None
    ]


def _valued(value: float, unit: Unit) -> FigureValue:
    return Decimal(f"{value:.2f}") if unit is Unit.MONEY else round(value, 4)


def _rounded(value: float) -> float:
    return round(float(value), 3)


def tables(ctx: ToolContext, overview: Overview, chosen: Cluster | None) -> tuple[Table, ...]:
    """The clusters, and what each number of clusters was worth."""
    listed = [chosen] if chosen else list(overview.clusters)
    found = (_cluster_table(ctx, overview, listed),)
    return found if chosen or not overview.quality.get("choices") else (*found, _choice_table(overview))


def _cluster_table(ctx: ToolContext, overview: Overview, listed: list[Cluster]) -> Table:
    texts = {
        "name": [one.name for one in listed],
        "traits": [one.sentence for one in listed],
        "strategy": [strategy_of(one).text() for one in listed],
        "rule": [rule_sentence(ctx, one) for one in listed],
    }

    def words(column: str, zh: str, en: str) -> Column:
        """A column of words, with their names in both languages."""
        return Column(id=column, label=Text(zh=zh, en=en), unit=Unit.TEXT, names={text.en: text for text in texts[column]})

    columns = (
        Column(id="number", label=Text(zh="编号", en="no."), unit=Unit.COUNT),
        words("name", "名称", "name"),
        Column(id="customers", label=Text(zh="客户数", en="customers"), unit=Unit.COUNT),
        Column(id="share_of_customers", label=Text(zh="客户占比", en="share of customers"), unit=Unit.SHARE),
        Column(id="revenue", label=Text(zh="消费额", en="revenue"), unit=Unit.MONEY),
        Column(id="share_of_revenue", label=Text(zh="消费额占比", en="share of revenue"), unit=Unit.SHARE),
        words("traits", "主要特征", "what distinguishes them"),
        words("strategy", "建议策略", "strategy"),
        words("rule", "近似规则", "rule that comes closest"),
        Column(id="fidelity", label=Text(zh="规则吻合度（F1）", en="fidelity of the rule (F1)"), unit=Unit.SHARE),
    )
    rows = tuple(
        (
            one.number, one.name.en, one.customers, share(one.customers, overview.customers), one.revenue,
            share(one.revenue, overview.revenue), one.sentence.en, texts["strategy"][place].en, texts["rule"][place].en,
            one.explanation.fidelity,
        )
        for place, one in enumerate(listed)
    )  # fmt: skip
    return Table(id="clusters", title=Text(zh="客户聚类", en="Clusters of customers"), columns=columns, rows=rows, row_count=len(rows))


def _choice_table(overview: Overview) -> Table:
    columns = (
        Column(id="clusters", label=Text(zh="聚类数", en="clusters"), unit=Unit.COUNT),
        Column(id="silhouette", label=Text(zh="轮廓系数", en="silhouette"), unit=Unit.NUMBER),
        Column(id="stability", label=Text(zh="稳定性（调整兰德指数）", en="stability (adjusted Rand index)"), unit=Unit.NUMBER),
        Column(id="smallest", label=Text(zh="最小聚类占比", en="share of the smallest"), unit=Unit.SHARE),
    )
    rows = tuple(
        (one["clusters"], _rounded(one["silhouette"]), _rounded(one["stability"]), one["smallest"]) for one in overview.quality["choices"]
    )
    title = Text(zh="各聚类数的轮廓系数与稳定性", en="Silhouette and stability by number of clusters")
    return Table(id="choices", title=title, columns=columns, rows=rows, row_count=len(rows))


def rule_sentence(ctx: ToolContext, cluster: Cluster) -> Text:
    """The rule of a cluster in words."""
    rule = cluster.explanation.rule
    return describe_rule(rule, ctx.as_of) if rule else _NO_RULE


def details(ctx: ToolContext, overview: Overview, chosen: Cluster | None) -> dict[str, Any]:
    """Names, strategies and rules, as a template may read them."""
    return {
        "method": overview.wanted.method,
        "themes": overview.quality["themes"],
        "is_stored": overview.run is not None,
        "is_chosen": overview.quality["chosen"],
        "one": chosen.number if chosen else None,
        "clusters": [_detail(ctx, one) for one in ([chosen] if chosen else overview.clusters)],
    }


def _detail(ctx: ToolContext, cluster: Cluster) -> dict[str, Any]:
    told = told_traits(cluster.traits)[:TRAITS_WITH_FIGURES]
    return {
        "number": cluster.number,
        "id": cluster.id,
        "name": cluster.name.model_dump(),
        "is_small": cluster.is_small,
        "strategy": strategy_of(cluster).model_dump(mode="json"),
        "rule": rule_sentence(ctx, cluster).model_dump(),
        "rule_data": write_rule(cluster.explanation.rule) if cluster.explanation.rule else None,
        "traits": [
            {"label": one.entry.label.model_dump(), "figure": f"c{cluster.number}.trait{place}", "is_high": one.effect > 0}
            for place, one in enumerate(told, 1)
        ],
    }


def interpretation(overview: Overview, chosen: Cluster | None = None) -> Text:
    """How, by what, and into how many; and the one that is told."""
    zh = "、".join(THEMES[one].zh for one in overview.quality["themes"])
    en = ", ".join(THEMES[one].en for one in overview.quality["themes"])
    method = METHODS[overview.wanted.method]
    count = len(overview.clusters)
    how_zh, how_en = (
        (f"，从 5–8 类中选出 {count} 类", f"; {count} clusters, chosen from 5 to 8") if overview.quality["chosen"] else ("", "")
    )
    one_zh, one_en = (f"，其中第 {chosen.number} 类", f"; number {chosen.number} of them") if chosen else ("", "")
    return Text(zh=f"用 {method.zh} 按{zh}聚类{how_zh}{one_zh}", en=f"{method.en} over {en}{how_en}{one_en}")


def receipt(ctx: ToolContext, tool: str, request: ClusterCustomers, overview: Overview) -> Receipt:
    """What the clusters rest on."""
    run = overview.run
    definition = Text(
        zh=f"{interpretation(overview).zh}。各主题权重相等，偏斜的数值先作变换，按稳健尺度缩放；聚类数按“轮廓系数×稳定性”选择；"
        f"特征经 Welch 检验（Bonferroni 校正）；图中两轴是各聚类中心差异最大的两个方向。",
        en=f"{interpretation(overview).en}. All themes weigh the same; skewed numbers are transformed and scaled robustly; the number of "
        "clusters maximises silhouette × stability; traits pass Welch's test with Bonferroni's correction; the picture's axes are the two "
        "directions in which the clusters' centres differ most.",
    )
    made = ctx.receipt(tool, request.model_dump(mode="json"), definition, *overview.statements)
    version = f"{MODEL}-{VERSION}-{overview.wanted.method}"
    return made.model_copy(
        update={"model_version": f"{run.version} (run {run.run_id})" if run else version, "seed": run.seed if run else ctx.config.seed}
    )
