"""How the uplift tool shows what it found: figures, tables, charts, words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.contracts import Chart, Column, Figure, FigureValue, Table, Text, Unit
from tools.models.effects import Estimate
from tools.requests import MeasureUplift
from tools.segments.reporting import COLOURS, ROWS_SHOWN, ROWS_WITH_FIGURES, figure
from tools.segments.response.customer_types import Types
from tools.segments.response.effects import Effect, money

TYPE_NAMES = {
    "persuadable": Text(zh="可说服", en="persuadables"),
    "sure_thing": Text(zh="必然购买", en="sure things"),
    "lost_cause": Text(zh="无动于衷", en="lost causes"),
    "sleeping_dog": Text(zh="勿扰", en="sleeping dogs"),
}
VERDICTS = {
    "positive": Text(zh="有可信的正向效果", en="a credible gain"),
    "negative": Text(zh="有可信的负向效果", en="a credible loss"),
    "none": Text(zh="没有可信的效果", en="no credible effect"),
}
ESTIMATES = {
    "two_model": Text(zh="双模型", en="two models"),
    "transformed": Text(zh="结果变换", en="transformed outcome"),
    "blend": Text(zh="两者平均", en="mean of both"),
}
OUTCOMES = {
    "response": Text(zh="响应率", en="response rate"),
    "order": Text(zh="下单率", en="share who ordered"),
    "revenue": Text(zh="人均收入", en="revenue per customer"),
}


@dataclass(frozen=True)
class Facts:
    """What one answer is about.

    Args:
        request: As asked.
        whole: The effect that the answer speaks of: of the one campaign, or of all together.
        effects: Of each campaign.
        as_of: What happened is known up to this date.
        types: Of customers; None where they cannot be told.
    """

    request: MeasureUplift
    whole: Effect
    effects: Sequence[Effect]
    as_of: dt.date
    types: Types | None

    @property
    def is_rate(self) -> bool:
        """Whether the outcome is had or not, rather than an amount."""
        return self.request.outcome != "revenue"

    @property
    def is_complete(self) -> bool:
        """Whether everybody has been watched for the whole horizon."""
        return self.whole.last_contact + dt.timedelta(days=self.request.horizon_days) <= self.as_of


@dataclass(frozen=True)
class Shown:
    """The parts of a tool result that show facts."""

    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    details: dict[str, Any] = field(default_factory=dict)


def verdict(estimate: Estimate) -> str:
    """Whether the interval leaves zero out, and on which side: "positive", "negative" or "none"."""
    if not estimate.is_credible:
        return "none"
    return "positive" if estimate.value > 0 else "negative"


def show(facts: Facts) -> Shown:
    """Figures, tables, charts and details of ``facts``."""
    figures = [*_effect_figures("", facts.whole, facts.is_rate)]
    if len(facts.effects) > 1:
        for number, one in enumerate(facts.effects[:ROWS_WITH_FIGURES], 1):
            figures += _effect_figures(f"g{number}.", one, facts.is_rate)
    figures.append(figure("horizon_days", "观察天数", "days watched", facts.request.horizon_days, Unit.DAYS))
    figures += _type_figures(facts.types)
    found = verdict(facts.whole.difference)
    types = facts.types if facts.types and facts.types.separates else None
    details = {
        "outcome": facts.request.outcome,
        "outcome_name": OUTCOMES[facts.request.outcome].model_dump(),
        "credible": found != "none",
        "direction": found,
        "verdict": VERDICTS[found].model_dump(),
        "campaigns": [{"name": one.name, "verdict": VERDICTS[verdict(one.difference)].model_dump()} for one in facts.effects[:ROWS_SHOWN]],
        "is_one_campaign": len(facts.effects) == 1,
        "has_roi": facts.whole.roi is not None,
        "estimate": ESTIMATES[types.kind].model_dump() if types else None,
        "types_unknown": facts.types is not None and types is None,
        "types": [{"id": size.type, "name": TYPE_NAMES[size.type].model_dump()} for size in types.sizes if size.customers] if types else [],
    }
    tables = (_effect_table(facts), *((_type_table(types),) if types else ()))
    charts = (_rate_chart(facts), *((_qini_chart(facts.types),) if facts.types else ()))
    return Shown(tuple(figures), tables, charts, details)


def _value(value: float, is_rate: bool) -> FigureValue:
    return value if is_rate else money(value)


def _effect_figures(prefix: str, one: Effect, is_rate: bool) -> list[Figure]:
    unit, gap = (Unit.SHARE, Unit.POINTS) if is_rate else (Unit.MONEY, Unit.MONEY)
    word_zh, word_en, key = ("比率", "rate", "rate") if is_rate else ("人均收入", "revenue per customer", "mean")
    of_zh, of_en = (f"{one.name}：", f"{one.name}: ") if prefix else ("", "")
    rows: list[tuple[str, str, str, FigureValue, Unit]] = [
        ("treatment_customers", "触达组人数", "customers contacted", one.treatment.customers, Unit.COUNT),
        ("control_customers", "对照组人数", "customers of the control group", one.control.customers, Unit.COUNT),
        (f"treatment_{key}", f"触达组{word_zh}", f"{word_en} of the contacted", _value(one.treatment.mean, is_rate), unit),
        (f"control_{key}", f"对照组{word_zh}", f"{word_en} of the control group", _value(one.control.mean, is_rate), unit),
        ("uplift", "增量（触达−对照）", "uplift (treatment − control)", _value(one.difference.value, is_rate), gap),
        ("uplift_low", "增量的95%区间下限", "uplift, low end of the 95 % interval", _value(one.difference.low, is_rate), gap),
        ("uplift_high", "增量的95%区间上限", "uplift, high end of the 95 % interval", _value(one.difference.high, is_rate), gap),
    ]
    if is_rate:
        rows.append(("incremental_customers", "增量客户数", "customers gained", round(one.incremental.value), Unit.COUNT))
    rows += _relative_rows(one) + _money_rows(one)
    return [figure(f"{prefix}{name}", of_zh + zh, of_en + en, value, kind) for name, zh, en, value, kind in rows]


def _relative_rows(one: Effect) -> list[tuple[str, str, str, FigureValue, Unit]]:
    if one.relative is None:
        return []
    return [
        ("relative_uplift", "相对提升", "relative uplift", one.relative.value, Unit.CHANGE),
        ("relative_low", "相对提升的95%区间下限", "relative uplift, low end of the 95 % interval", one.relative.low, Unit.CHANGE),
        ("relative_high", "相对提升的95%区间上限", "relative uplift, high end of the 95 % interval", one.relative.high, Unit.CHANGE),
    ]


def _money_rows(one: Effect) -> list[tuple[str, str, str, FigureValue, Unit]]:
    rows: list[tuple[str, str, str, FigureValue, Unit]] = []
    gained = one.incremental_revenue
    if gained is not None:
        rows += [
            ("incremental_revenue", "增量收入", "incremental revenue", money(gained.value), Unit.MONEY),
            ("incremental_revenue_low", "增量收入的95%区间下限", "incremental revenue, low end", money(gained.low), Unit.MONEY),
            ("incremental_revenue_high", "增量收入的95%区间上限", "incremental revenue, high end", money(gained.high), Unit.MONEY),
        ]
    if one.cost is not None:
        rows.append(("cost", "活动成本", "cost", one.cost, Unit.MONEY))
    if one.roi is not None:
        rows += [
            ("roi", "投资回报率", "return on cost", one.roi.value, Unit.CHANGE),
            ("roi_low", "投资回报率的95%区间下限", "return on cost, low end", one.roi.low, Unit.CHANGE),
            ("roi_high", "投资回报率的95%区间上限", "return on cost, high end", one.roi.high, Unit.CHANGE),
        ]
    return rows


def _type_figures(types: Types | None) -> list[Figure]:
    if types is None:
        return []
    found = [figure("qini", "Qini 系数（每位被触达客户）", "Qini coefficient, per contacted customer", types.qini[types.kind], Unit.SCORE)]
    found += [
        figure(f"qini.{kind}", f"Qini 系数：{ESTIMATES[kind].zh}", f"Qini coefficient: {ESTIMATES[kind].en}", value, Unit.SCORE)
        for kind, value in types.qini.items()
    ]
    for size in types.sizes if types.separates else ():
        name = TYPE_NAMES[size.type]
        found += [
            figure(f"type.{size.type}.customers", f"{name.zh}：人数", f"{name.en}: customers", size.customers, Unit.COUNT),
            figure(f"type.{size.type}.share", f"{name.zh}：占比", f"{name.en}: share", size.share, Unit.SHARE),
        ]
        if size.measured is not None:
            label = (f"{name.zh}：实测增量", f"{name.en}: measured uplift")
            found.append(figure(f"type.{size.type}.uplift", *label, size.measured.value, Unit.POINTS))
    return found


def _effect_table(facts: Facts) -> Table:
    unit, gap = (Unit.SHARE, Unit.POINTS) if facts.is_rate else (Unit.MONEY, Unit.MONEY)
    name = OUTCOMES[facts.request.outcome]
    columns = (
        Column(id="campaign", label=Text(zh="活动", en="campaign"), unit=Unit.TEXT),
        Column(id="treatment_customers", label=Text(zh="触达人数", en="contacted"), unit=Unit.COUNT),
        Column(id="control_customers", label=Text(zh="对照人数", en="control"), unit=Unit.COUNT),
        Column(id="treatment", label=Text(zh=f"触达组{name.zh}", en=f"{name.en}, contacted"), unit=unit),
        Column(id="control", label=Text(zh=f"对照组{name.zh}", en=f"{name.en}, control"), unit=unit),
        Column(id="uplift", label=Text(zh="增量", en="uplift"), unit=gap),
        Column(id="low", label=Text(zh="95%下限", en="low, 95 %"), unit=gap),
        Column(id="high", label=Text(zh="95%上限", en="high, 95 %"), unit=gap),
        Column(id="verdict", label=Text(zh="结论", en="verdict"), unit=Unit.TEXT, names=VERDICTS),
        Column(id="incremental_revenue", label=Text(zh="增量收入", en="incremental revenue"), unit=Unit.MONEY),
        Column(id="cost", label=Text(zh="成本", en="cost"), unit=Unit.MONEY),
        Column(id="roi", label=Text(zh="投资回报率", en="return on cost"), unit=Unit.CHANGE),
    )
    rows = tuple(_effect_row(one, facts.is_rate) for one in facts.effects[:ROWS_SHOWN])
    title = Text(zh=f"触达组与对照组：{name.zh}", en=f"Treatment beside control: {name.en}")
    return Table(id="effects", title=title, columns=columns, rows=rows, row_count=len(facts.effects))


def _effect_row(one: Effect, is_rate: bool) -> tuple[FigureValue, ...]:
    gained, rates = one.incremental_revenue, (one.treatment.mean, one.control.mean)
    return (
        one.name,
        one.treatment.customers,
        one.control.customers,
        *(_value(value, is_rate) for value in (*rates, one.difference.value, one.difference.low, one.difference.high)),
        verdict(one.difference),
        money(gained.value) if gained else None,
        one.cost,
        one.roi.value if one.roi else None,
    )


def _type_table(types: Types) -> Table:
    columns = (
        Column(id="type", label=Text(zh="客户类型", en="type"), unit=Unit.TEXT, names=TYPE_NAMES),
        Column(id="customers", label=Text(zh="人数", en="customers"), unit=Unit.COUNT),
        Column(id="share", label=Text(zh="占比", en="share"), unit=Unit.SHARE),
        Column(id="treatment", label=Text(zh="触达组实际比率", en="rate, contacted"), unit=Unit.SHARE),
        Column(id="control", label=Text(zh="对照组实际比率", en="rate, control"), unit=Unit.SHARE),
        Column(id="uplift", label=Text(zh="实测增量", en="measured uplift"), unit=Unit.POINTS),
        Column(id="low", label=Text(zh="95%下限", en="low, 95 %"), unit=Unit.POINTS),
        Column(id="high", label=Text(zh="95%上限", en="high, 95 %"), unit=Unit.POINTS),
    )
    rows: list[tuple[FigureValue, ...]] = []
    for size in types.sizes:
        told = size.measured
        rates = tuple(arm.mean if arm else None for arm in (size.treatment, size.control))
        rows.append((size.type, size.customers, size.share, *rates, *((told.value, told.low, told.high) if told else (None, None, None))))
    title = Text(zh="四类客户及其实测增量", en="Four types of customers, with the uplift that was measured")
    return Table(id="types", title=title, columns=columns, rows=tuple(rows), row_count=len(rows))


def _rate_chart(facts: Facts) -> Chart:
    name = OUTCOMES[facts.request.outcome]
    title = Text(zh=f"触达组与对照组的{name.zh}", en=f"Treatment and control: {name.en}")
    shown = facts.effects[:ROWS_WITH_FIGURES]

    def figure_in(language: str) -> dict[str, Any]:
        """The Plotly figure with labels in ``language``."""
        arms = ("触达组", "对照组") if language == "zh" else ("contacted", "control")
        values = ([one.treatment.mean for one in shown], [one.control.mean for one in shown])
        bars = [
            {"type": "bar", "name": arm, "x": [one.name for one in shown], "y": heights, "marker": {"color": colour}}
            for arm, heights, colour in zip(arms, values, COLOURS, strict=False)
        ]
        layout = {"title": {"text": title.say(language)}, "barmode": "group", "legend": {"orientation": "h"}}
        return {"data": bars, "layout": layout | {"yaxis": {"tickformat": ".1%" if facts.is_rate else ",.2f"}}}

    return Chart(id="rates", title=title, zh=figure_in("zh"), en=figure_in("en"))


def _qini_chart(types: Types) -> Chart:
    title = Text(zh="Qini 曲线：只触达前多少客户可得多少增量", en="Qini curve: what contacting the first so many brings")
    shares, gains = [point[0] for point in types.curve], [point[1] for point in types.curve]
    lines = (
        (Text(zh="按预测增量排序", en="by predicted uplift"), gains, "solid"),
        (Text(zh="随机", en="by chance"), [share * gains[-1] for share in shares], "dot"),
    )

    def figure_in(language: str) -> dict[str, Any]:
        """The Plotly figure with labels in ``language``."""
        axes = ("触达客户占比", "每位客户的增量") if language == "zh" else ("share of customers contacted", "uplift per customer")
        traces = [
            {
                "type": "scatter",
                "mode": "lines",
                "name": name.say(language),
                "x": shares,
                "y": values,
                "line": {"color": colour, "dash": dash},
            }
            for (name, values, dash), colour in zip(lines, COLOURS, strict=False)
        ]
        layout = {"title": {"text": title.say(language)}, "xaxis": {"title": {"text": axes[0]}, "tickformat": ".0%"}}
        return {
            "data": traces,
            "layout": layout | {"yaxis": {"title": {"text": axes[1]}, "tickformat": ".1%"}, "legend": {"orientation": "h"}},
        }

    return Chart(id="qini", title=title, zh=figure_in("zh"), en=figure_in("en"))
