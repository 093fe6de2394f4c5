"""How the rules are shown: figures, a table of leaves, a chart of their rates, words about what was held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tools.contracts import Chart, Column, Figure, FigureValue, Table, Text, Unit
from tools.models.rates import Rate
from tools.rules import SegmentRule, Selection
from tools.segments.fields import field
from tools.segments.reporting import COLOURS, figure
from tools.segments.trees.cases import Parts
from tools.segments.trees.targets import Target

FEW_CASES = 30
"""Held-out cases below which a rate says little."""
_COLUMNS = (
    ("cases", "检验样本数", "held-out cases", Unit.COUNT),
    ("share", "检验样本占比", "share of held-out cases", Unit.SHARE),
    ("rate", "比例", "rate", Unit.SHARE),
    ("low", "95% 区间下限", "95% interval from", Unit.SHARE),
    ("high", "95% 区间上限", "95% interval to", Unit.SHARE),
    ("lift", "相对平均", "times the average", Unit.RATIO),
    ("customers", "当前人数", "customers today", Unit.COUNT),
)


@dataclass(frozen=True)
class FoundLeaf:
    """One rule: its words, the rule, cases of the fit, its rate on held-out cases, and the customers it has today."""

    text: Text
    rule: SegmentRule
    fit_cases: int
    rate: Rate
    customers: int


@dataclass(frozen=True)
class Found:
    """Everything one answer shows.

    Args:
        target: What the rules lead to.
        outcome: The same in words.
        name: The segment, where membership is the target.
        parts: The cases.
        leaves: The rules, those with the highest rate in the fit first.
        whole: The rate of all held-out cases.
        left_out: Fields that were not used because the segment's own rule names them.
    """

    target: Target
    outcome: Text
    name: Text | None
    parts: Parts
    leaves: tuple[FoundLeaf, ...]
    whole: Rate
    left_out: frozenset[str]

    @property
    def among(self) -> Text:
        """Whom the rules are about."""
        return self.target.among

    @property
    def question(self) -> Text:
        """What was looked for."""
        return Text(
            zh=f"在{self.among.zh}中，什么样的客户{self.outcome.zh}",
            en=f"among {self.among.en}, who {self.outcome.en}",
        )

    @property
    def judged_on(self) -> Text:
        """On which cases the rates were measured, and which ones the rules were learnt from."""
        held, parts = f"{len(self.parts.held.labels):,}", self.parts
        if parts.held_cut_off is None:
            return Text(
                zh=f"在随机留出的 {held} 位客户上检验，规则从其余 {len(parts.fit.labels):,} 位客户学得",
                en=f"measured on {held} customers held out at random; learnt from the other {len(parts.fit.labels):,}",
            )
        days = [day.isoformat() for day in parts.cut_offs]
        return Text(
            zh=f"在更晚的时期检验（{parts.held_cut_off} 之后 {parts.days} 天，{held} 例），规则从更早的时期学得（截点 {'、'.join(days)}）；"
            "两个时期可能有相同的客户",
            en=f"measured on a later period ({held} cases, the {parts.days} days after {parts.held_cut_off}); learnt from earlier ones "
            f"(cut-offs {', '.join(days)}); the same customers may be in both",
        )


def definition(found: Found) -> Text:
    """What the figures mean."""
    return Text(
        zh=f"决策树规则：{found.question.zh}。{found.judged_on.zh}。比例为该规则下检验样本中符合目标的占比，区间为 95% Wilson 区间，"
        "“相对平均”为与全部检验样本比例之比；特征只用截点之前的数据计算。",
        en=f"Rules of a decision tree: {found.question.en}; {found.judged_on.en}. The rate is that of the rule's held-out cases with its "
        "95 % Wilson interval, and the lift is against all held-out cases; features use nothing after their cut-off.",
    )


def shown(found: Found) -> tuple[tuple[Figure, ...], Table, Chart]:
    """Figures, table and chart."""
    return (*_whole_figures(found), *_leaf_figures(found)), _table(found), _chart(found)


def _values(leaf: FoundLeaf, whole: Rate) -> dict[str, FigureValue]:
    rate = leaf.rate
    return {
        "cases": rate.cases,
        "share": rate.cases / whole.cases if whole.cases else None,
        "rate": rate.rate,
        "low": rate.low if rate.cases else None,
        "high": rate.high if rate.cases else None,
        "lift": rate.lift,
        "customers": leaf.customers,
    }


def _whole_figures(found: Found) -> list[Figure]:
    outcome, parts = found.outcome, found.parts
    figures = [
        figure(
            "base_rate", f"全部检验样本中{outcome.zh}的比例", f"share of all held-out cases who {outcome.en}", found.whole.rate, Unit.SHARE
        ),
        figure("held_out", "检验样本数", "held-out cases", found.whole.cases, Unit.COUNT),
        figure("learnt_from", "学习样本数", "cases learnt from", len(parts.fit.labels), Unit.COUNT),
        figure("rules", "规则数", "rules", len(found.leaves), Unit.COUNT),
    ]
    if parts.held_cut_off is not None:
        figures.append(figure("held_cut_off", "检验截点", "cut-off of the held-out cases", parts.held_cut_off, Unit.DATE))
        figures.append(figure("horizon_days", "预测天数", "horizon", parts.days, Unit.DAYS))
    return figures


def _leaf_figures(found: Found) -> list[Figure]:
    figures = []
    for number, leaf in enumerate(found.leaves, 1):
        values = _values(leaf, found.whole)
        figures += [
            figure(f"rule{number}.{name}", f"规则 {number}：{zh}", f"rule {number}: {en}", values[name], unit)
            for name, zh, en, unit in _COLUMNS
            if values[name] is not None
        ]
    return figures


def _table(found: Found) -> Table:
    texts = {leaf.text.en: leaf.text for leaf in found.leaves}
    columns = (
        Column(id="number", label=Text(zh="规则", en="rule"), unit=Unit.COUNT),
        Column(id="text", label=Text(zh="条件", en="condition"), unit=Unit.TEXT, names=texts),
        *(Column(id=name, label=Text(zh=zh, en=en), unit=unit) for name, zh, en, unit in _COLUMNS),
    )
    rows = []
    for number, leaf in enumerate(found.leaves, 1):
        values = _values(leaf, found.whole)
        rows.append((number, leaf.text.en, *(values[name] for name, *_ in _COLUMNS)))
    title = Text(zh=f"规则：{found.outcome.zh}", en=f"Rules: who {found.outcome.en}")
    return Table(id="rules", title=title, columns=columns, rows=tuple(rows), row_count=len(rows))


def _chart(found: Found) -> Chart:
    title = Text(zh=f"各规则中{found.outcome.zh}的比例", en=f"Share of each rule who {found.outcome.en}")

    def drawn(language: str) -> dict[str, Any]:
        """Bars of the rates with their intervals, and a line at the rate of all."""
        rates = [leaf.rate for leaf in found.leaves]
        bars = {
            "type": "bar",
            "x": [f"#{number}" for number in range(1, len(rates) + 1)],
            "y": [rate.rate for rate in rates],
            "hovertext": [leaf.text.say(language) for leaf in found.leaves],
            "marker": {"color": COLOURS[0]},
            "error_y": {
                "type": "data",
                "symmetric": False,
                "array": [rate.high - rate.rate if rate.rate is not None else None for rate in rates],
                "arrayminus": [rate.rate - rate.low if rate.rate is not None else None for rate in rates],
            },
        }
        line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": found.whole.rate, "y1": found.whole.rate, "line": {"dash": "dot"}}
        axes = {
            "xaxis": {"title": {"text": "规则" if language == "zh" else "rule"}},
            "yaxis": {"tickformat": ".0%", "rangemode": "tozero"},
        }
        layout = {"title": {"text": title.say(language)}, **axes, "shapes": [line]}
        return {"data": [bars], "layout": layout}

    return Chart(id="rules", title=title, zh=drawn("zh"), en=drawn("en"))


def sentence(found: Found, leaf: FoundLeaf) -> Text:
    """One rule with its rate, interval and lift, as one sentence."""
    rate = leaf.rate
    if rate.rate is None or rate.lift is None:
        return Text(zh=f"{leaf.text.zh}的客户：检验样本中没有。", en=f"Customers {leaf.text.en}: none among the held-out cases.")
    share, low, high = (f"{value:.1%}" for value in (rate.rate, rate.low, rate.high))
    times = Text(zh=f"，为平均的 {rate.lift:.1f} 倍", en=f", {rate.lift:.1f} times the average") if rate.positives else Text(zh="", en="")
    return Text(
        zh=f"{leaf.text.zh}的客户中，{share}（95% 区间 {low}–{high}）{found.outcome.zh}{times.zh}（检验样本 {rate.cases:,} 例）。",
        en=f"Of customers {leaf.text.en}, {share} (95 % interval {low} to {high}) {found.outcome.en}{times.en} "
        f"({rate.cases:,} held-out cases).",
    )


def details(found: Found) -> dict[str, Any]:
    """The rules as data, for templates and for handles such as ``t1.2``."""
    return {
        "target": found.target.id,
        "outcome": found.outcome.model_dump(),
        "among": found.among.model_dump(),
        "judged_on": found.judged_on.model_dump(),
        "leaves": [
            {"number": number, "text": leaf.text.model_dump(), "sentence": sentence(found, leaf).model_dump()}
            for number, leaf in enumerate(found.leaves, 1)
        ],
        "selections": [Selection(rule=leaf.rule).model_dump(mode="json", by_alias=True) for leaf in found.leaves],
    }


def caveats(found: Found, ignored: bool) -> list[Text]:
    """What a reader must know of these rules.

    Args:
        found: The rules.
        ignored: Whether customers were named that the rules are not limited to.
    """
    said: list[Text] = []
    if ignored:
        said.append(
            Text(
                zh=f"规则基于{found.among.zh}，没有限定在指定的客户内：今天属于某个分群，取决于截点之后发生的事。",
                en=f"The rules are about {found.among.en}, not only the customers named: who belongs to a segment today depends on what "
                "happened after the cut-offs.",
            )
        )
    if found.left_out:
        labels = [field(name).label for name in sorted(found.left_out)]
        said.append(
            Text(
                zh=f"没有使用该分群自身规则中的字段：{'、'.join(label.zh for label in labels)}。",
                en=f"Fields that the segment's own rule names were not used: {', '.join(label.en for label in labels)}.",
            )
        )
    small = [str(number) for number, leaf in enumerate(found.leaves, 1) if leaf.rate.cases < FEW_CASES]
    if small and len(found.leaves) > 1:
        said.append(
            Text(
                zh=f"规则 {'、'.join(small)} 的检验样本不足 {FEW_CASES} 例，比例仅供参考。",
                en=f"Rule {', '.join(small)} has fewer than {FEW_CASES} held-out cases; its rate says little.",
            )
        )
    said.append(
        Text(
            zh="规则描述的是相关性：符合规则的客户更常出现该结果，并不说明原因。",
            en="The rules describe what goes together with the outcome, not what causes it.",
        )
    )
    return said
