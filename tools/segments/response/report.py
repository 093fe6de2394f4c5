"""How the response tool shows what it found: figures, table, chart, words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa

from tools.contracts import Chart, Column, Figure, Outcome, Table, Text, Unit
from tools.segments.reporting import COLOURS, ROWS_SHOWN, ROWS_WITH_FIGURES, figure
from tools.segments.response.waves import UNKINDED


@dataclass(frozen=True)
class Facts:
    """What one answer is about.

    Args:
        kind: Of campaign.
        quality: Of the run in use, as stored.
        totals: The row of ``expected.sql``.
        listed: The rows of ``listed.sql``.
        as_of: Probabilities hold for the next campaign after this date.
        within: Whether the list is about part of the customers.
        current: Whether the stored features are of that date, so that they may stand in the table.
        path: File with the whole list, where it is longer than the table.
    """

    kind: str
    quality: dict[str, Any]
    totals: dict[str, Any]
    listed: pa.Table
    as_of: dt.date
    within: bool
    current: bool = True
    path: str | None = None

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The rows that are shown."""
        rows: list[dict[str, Any]] = self.listed.slice(0, ROWS_SHOWN).to_pylist()
        return rows

    @property
    def size(self) -> int:
        """Customers of the list."""
        return int(self.listed.num_rows)

    @property
    def by_model(self) -> bool:
        """Whether a model stands behind the probabilities."""
        return bool(self.quality["method"] == "model")

    @property
    def name(self) -> Text:
        """What the kind of campaign is called."""
        if self.kind == UNKINDED:
            return Text(zh="营销活动", en="campaign")
        return Text(zh=f"{self.kind}类活动", en=f"{self.kind} campaign")


@dataclass(frozen=True)
class Shown:
    """The parts of a tool result that show facts."""

    outcome: Outcome
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    details: dict[str, Any] = field(default_factory=dict)
    message: Text | None = None


def show(facts: Facts) -> Shown:
    """Figures, table, chart and details of ``facts``."""
    details = {
        "campaign_kind": facts.kind,
        "campaign_name": facts.name.model_dump(),
        "method": facts.quality["method"],
        "judged_on": facts.quality.get("judged_on"),
        "test_campaigns": facts.quality.get("test_campaigns", []),
        "within": facts.within,
    }
    if not facts.size:
        message = Text(
            zh="这些客户都没有响应概率：既没有下过单，也没有被触达过。",
            en="None of these customers has a probability of responding: they neither ordered nor were contacted.",
        )
        return Shown(Outcome.EMPTY, (), (), (), details, message)
    figures = (*_size_figures(facts), *_quality_figures(facts), *_row_figures(facts))
    charts = (gains_chart(facts),) if facts.by_model else ()
    return Shown(Outcome.ANSWERED, figures, (_table(facts),), charts, details)


def _size_figures(facts: Facts) -> list[Figure]:
    totals = facts.totals
    return [
        figure("customers", "名单人数", "customers on the list", facts.size, Unit.COUNT),
        figure("scored", "有响应概率的客户", "customers with a probability", totals["scored"], Unit.COUNT),
        figure("expected", "全部触达的预计响应人数", "responses to expect if all are contacted", round(totals["expected"]), Unit.COUNT),
        figure("tenth", "前10%的客户数", "customers in the top tenth", totals["tenth"], Unit.COUNT),
        figure(
            "expected_tenth",
            "触达前10%的预计响应人数",
            "responses to expect from the top tenth",
            round(totals["expected_tenth"]),
            Unit.COUNT,
        ),
        figure("fifth", "前20%的客户数", "customers in the top fifth", totals["fifth"], Unit.COUNT),
        figure(
            "expected_fifth",
            "触达前20%的预计响应人数",
            "responses to expect from the top fifth",
            round(totals["expected_fifth"]),
            Unit.COUNT,
        ),
        figure("average", "平均响应概率", "average probability", totals["expected"] / totals["scored"], Unit.PROBABILITY),
        figure("never_contacted", "从未被此类活动触达的客户", "never contacted by this kind", totals["never_contacted"], Unit.COUNT),
        figure("as_of", "数据截至", "as of", facts.as_of, Unit.DATE),
    ]


_QUALITY = {
    "auc": ("auc", "模型 AUC（较晚活动检验）", "AUC on later campaigns", Unit.SCORE),
    "lift": ("lift_top_tenth", "前10%提升倍数", "lift in the top tenth", Unit.RATIO),
    "lift_fifth": ("lift_top_fifth", "前20%提升倍数", "lift in the top fifth", Unit.RATIO),
    "calibration_error": ("calibration_error", "校准误差", "calibration error", Unit.SHARE),
    "responded_before_auc": ("responded_before_auc", "仅按以往响应次数排序的 AUC", "AUC of earlier responses alone", Unit.SCORE),
    "responded_before_lift": ("responded_before_lift", "仅按以往响应次数的前10%提升倍数", "lift of earlier responses alone", Unit.RATIO),
    "recency_auc": ("recency_auc", "仅按最近下单排序的 AUC", "AUC of recency alone", Unit.SCORE),
    "test_customers": ("customers", "检验的触达人数", "contacts of the test", Unit.COUNT),
    "training_cases": ("training_cases", "训练样本数", "training cases", Unit.COUNT),
    "base_rate": ("base_rate", "检验活动的实际响应率", "response rate of the test campaigns", Unit.SHARE),
    "rate_responded_before": ("rate_responded_before", "曾有响应者的响应率", "response rate of those who responded before", Unit.SHARE),
    "rate_never_responded": ("rate_never_responded", "从未响应者的响应率", "response rate of those who never did", Unit.SHARE),
}


def _quality_figures(facts: Facts) -> list[Figure]:
    known = {key: spec for key, spec in _QUALITY.items() if facts.quality.get(spec[0]) is not None}
    figures = [figure(key, zh, en, facts.quality[stored], unit) for key, (stored, zh, en, unit) in known.items()]
    if facts.by_model:
        day = dt.date.fromisoformat(facts.quality["test_cut_off"])
        figures.append(figure("test_cut_off", "检验截止日", "cut-off of the test", day, Unit.DATE))
    return figures


def _row_figures(facts: Facts) -> list[Figure]:
    found: list[Figure] = []
    for number, row in enumerate(facts.rows[:ROWS_WITH_FIGURES], 1):
        who = row["customer_id"]
        found += [
            figure(f"row{number}.customer_id", "客户编号", "customer id", who, Unit.ID),
            figure(
                f"row{number}.probability", f"{who}：响应概率", f"{who}: probability of responding", row["probability"], Unit.PROBABILITY
            ),
            figure(
                f"row{number}.kind_responded",
                f"{who}：响应过的同类活动",
                f"{who}: such campaigns responded to",
                row["kind_responded"],
                Unit.COUNT,
            ),
        ]
    return found


_COLUMNS = (
    ("customer_id", "客户编号", "customer id", Unit.ID),
    ("probability", "响应概率", "probability of responding", Unit.PROBABILITY),
    ("kind_campaigns", "同类活动触达次数", "such campaigns received", Unit.COUNT),
    ("kind_responded", "同类活动响应次数", "such campaigns responded to", Unit.COUNT),
    ("campaigns_responded", "响应过的活动数", "campaigns responded to", Unit.COUNT),
    ("response_age", "距上次响应天数", "days since the last response", Unit.DAYS),
    ("recency_days", "距上次下单天数", "days since the last order", Unit.DAYS),
    ("amount_365d", "近365天净消费额", "net spend, last 365 days", Unit.MONEY),
)


def _table(facts: Facts) -> Table:
    columns = [column for column in _COLUMNS if facts.current or column[0] not in ("recency_days", "amount_365d")]
    return Table(
        title=Text(zh=f"最可能响应{facts.name.zh}的客户", en=f"Customers most likely to respond to a {facts.name.en}"),
        columns=tuple(Column(id=key, label=Text(zh=zh, en=en), unit=unit) for key, zh, en, unit in columns),
        rows=tuple(tuple(row[key] for key, *_ in columns) for row in facts.rows),
        row_count=facts.size,
        path=facts.path,
    )


def gains_chart(facts: Facts) -> Chart:
    """Share of the responses caught among the first so many of the test campaigns, beside earlier responses and chance."""
    gains = facts.quality["gains"]
    shares = [step / len(gains) for step in range(len(gains) + 1)]
    title = Text(zh="累计增益：触达前多少客户可获得多少响应", en="Cumulative gains: responses caught by contacting the first so many")
    lines = (
        (Text(zh="模型", en="model"), [0.0, *gains], "solid"),
        (Text(zh="以往响应次数", en="earlier responses"), [0.0, *facts.quality["gains_responded_before"]], "dash"),
        (Text(zh="随机", en="by chance"), shares, "dot"),
    )

    def figure_in(language: str) -> dict[str, Any]:
        """The Plotly figure with labels in ``language``."""
        axes = ("触达客户占比", "响应占比") if language == "zh" else ("share of customers contacted", "share of responses")
        return {
            "data": [
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": name.say(language),
                    "x": shares,
                    "y": values,
                    "line": {"color": colour, "dash": dash},
                }
                for (name, values, dash), colour in zip(lines, COLOURS, strict=False)
            ],
            "layout": {
                "title": {"text": title.say(language)},
                "xaxis": {"title": {"text": axes[0]}, "tickformat": ".0%"},
                "yaxis": {"title": {"text": axes[1]}, "tickformat": ".0%"},
                "legend": {"orientation": "h"},
            },
        }

    return Chart(id="gains", title=title, zh=figure_in("zh"), en=figure_in("en"))
