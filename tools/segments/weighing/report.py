"""What the tool `weigh_rfm` shows: weights by every method, and one table of how well each score ranks the next period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tools.contracts import Chart, Column, Figure, FigureValue, Table, Text, Unit
from tools.segments.reporting import bars, figure
from tools.segments.weighing.dimensions import BY_ID
from tools.segments.weighing.learn import Captured, Fitted

_TOPS = {
    "top_tenth": Text(zh="前10%客户占下期消费", en="top tenth's share"),
    "top_fifth": Text(zh="前20%客户占下期消费", en="top fifth's share"),
}
_METHODS = {
    "predictive": Text(zh="预测力权重（R、F、M）", en="predictive weight of R, F, M"),
    "entropy": Text(zh="熵权（R、F、M）", en="entropy weight of R, F, M"),
    "extended": Text(zh="扩展维度权重（预测力）", en="predictive weight, all dimensions"),
    "alone": Text(zh="与下期消费的秩相关", en="rank correlation with next-period spend"),
}
BEST = "best"


def score_names(horizon: int) -> dict[str, Text]:
    """The names of the scores that are compared, by id."""
    return {
        "classic_sum": Text(zh="经典 RFM（R+F+M 总分）", en="classic RFM (R + F + M)"),
        "classic_groups": Text(zh="经典 RFM 分群次序", en="classic RFM groups, in order"),
        "predictive": Text(zh="加权 RFM（预测力）", en="weighted RFM (predictive)"),
        "entropy": Text(zh="加权 RFM（熵权）", en="weighted RFM (entropy)"),
        "extended": Text(zh="加权 RFM（扩展维度）", en="weighted RFM (extended)"),
        "churn": Text(zh="流失模型（留存概率×近期消费）", en="churn model ((1 − p) × recent spend)"),
        "value": Text(zh="价值模型（CLV 预测）", en="lifetime value model (CLV)"),
        "spend": Text(zh="历史总消费额", en="total past spend"),
        "recent_spend": Text(zh=f"近{horizon}天消费额", en=f"spend of the last {horizon} days"),
        BEST: Text(zh="理论上限（事后排名）", en="best possible (in hindsight)"),
    }


@dataclass(frozen=True)
class Compared:
    """Scores with the shares they capture, the best first; what only hindsight knows comes last."""

    captured: Mapping[str, Captured]
    horizon: int

    @property
    def order(self) -> list[str]:
        """Ids of the scores, by what their top fifth captures."""
        known = [name for name in self.captured if name != BEST]
        return [*sorted(known, key=lambda name: (-self.captured[name]["top_fifth"], name)), BEST]


def weight_figures(fitted: Fitted, method: str) -> list[Figure]:
    """``weight_<dimension>`` of the chosen method, then ``<method>.<dimension>`` of each, all shares, and ``alone.<dimension>``."""
    found = []
    chosen = _weights(fitted)[method]
    for name, weight in chosen.items():
        label = BY_ID[name].name
        found.append(figure(f"weight_{name}", f"权重：{label.zh}", f"weight of {label.en}", weight, Unit.SHARE))
    for kind, weights in _weights(fitted).items():
        for name, weight in weights.items():
            label = BY_ID[name].name
            text = _METHODS[kind]
            unit = Unit.NUMBER if kind == "alone" else Unit.SHARE
            found.append(figure(f"{kind}.{name}", f"{label.zh}：{text.zh}", f"{label.en}: {text.en}", weight, unit))
    return found


def _weights(fitted: Fitted) -> dict[str, Mapping[str, float]]:
    return {
        "predictive": fitted.predictive.weights,
        "entropy": fitted.entropy.weights,
        "extended": fitted.extended.weights,
        "alone": fitted.alone,
    }


def weights_table(fitted: Fitted) -> Table:
    """One row per dimension, one column per method."""
    methods = _weights(fitted)
    names = {name: BY_ID[name].name for name in fitted.extended.names}
    first = Column(id="dimension", label=Text(zh="维度", en="dimension"), unit=Unit.TEXT, names=names)
    columns = [Column(id=kind, label=text, unit=Unit.NUMBER if kind == "alone" else Unit.SHARE) for kind, text in _METHODS.items()]
    rows: list[tuple[FigureValue, ...]] = [(name, *(methods[kind].get(name) for kind in methods)) for name in fitted.extended.names]
    title = Text(zh="各维度权重", en="Weights of the dimensions")
    return Table(id="weights", title=title, columns=(first, *columns), rows=tuple(rows), row_count=len(rows))


def compared_figures(compared: Compared) -> list[Figure]:
    """``<score>.top_tenth`` and ``<score>.top_fifth``: shares of all spend of the period."""
    names = score_names(compared.horizon)
    return [
        figure(f"{name}.{top}", f"{names[name].zh}：{text.zh}", f"{names[name].en}: {text.en}", compared.captured[name][top], Unit.SHARE)
        for name in compared.order
        for top, text in _TOPS.items()
    ]


def compared_table(compared: Compared) -> Table:
    """One row per score, with what its top tenth and fifth capture, and how much of the possible that is."""
    names = score_names(compared.horizon)
    best = compared.captured[BEST]["top_fifth"]
    columns = (
        Column(id="score", label=Text(zh="排序依据", en="ranked by"), unit=Unit.TEXT, names=names),
        *(Column(id=top, label=text, unit=Unit.SHARE) for top, text in _TOPS.items()),
        Column(id="of_possible", label=Text(zh="前20%占理论上限", en="top fifth, of the possible"), unit=Unit.SHARE),
    )
    rows: list[tuple[FigureValue, ...]] = [
        (name, *(compared.captured[name][top] for top in _TOPS), compared.captured[name]["top_fifth"] / best) for name in compared.order
    ]
    title = Text(zh="各种评分对下期消费额的排序能力", en="How well each score ranks next-period spend")
    return Table(id="comparison", title=title, columns=columns, rows=tuple(rows), row_count=len(rows))


def compared_chart(compared: Compared) -> Chart:
    """Bars of the same shares."""
    names = score_names(compared.horizon)
    series = [(text, [compared.captured[name][top] for name in compared.order]) for top, text in _TOPS.items()]
    title = Text(zh="前10%与前20%客户占下期消费额的比例", en="Next-period spend captured by the top tenth and fifth")
    return bars("comparison", title, [names[name] for name in compared.order], series, ".0%")
