"""How the churn tool shows what it found: figures, table, chart, words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tools.contracts import Chart, Column, Figure, FigureValue, Table, Text, Unit
from tools.requests import ChurnRisk
from tools.segments.chosen import Chosen
from tools.segments.churn.charts import BANDS, band_chart, definition_chart
from tools.segments.churn.reasons import reason_text, silence_words

ROWS_SHOWN = 50
ROWS_WITH_FIGURES = 10
_ROWS_AT_A_TIME = 50_000


@dataclass(frozen=True)
class Facts:
    """What one answer is about.

    Args:
        request: As understood: the band is filled in when the list is the high band.
        chosen: Whom it is about.
        horizon: Days.
        method: "model" or "rhythm".
        quality: Of the run in use, as stored.
        overview: The row of ``overview.sql``.
        listed: The rows of ``list.sql``.
        as_of: Scores hold for the horizon after this date.
        path: File with the whole list, where it is longer than the table.
    """

    request: ChurnRisk
    chosen: Chosen
    horizon: int
    method: str
    quality: dict[str, Any]
    overview: dict[str, Any]
    listed: pa.Table
    as_of: dt.date
    path: str | None = None

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The first rows of the list, those that are shown."""
        rows: list[dict[str, Any]] = self.listed.slice(0, ROWS_SHOWN).to_pylist()
        return rows

    @property
    def definition(self) -> str:
        """The one of the three definitions that the list is by."""
        return self.request.definition or "model"

    @property
    def by_model(self) -> bool:
        """Whether the list rests on the model's probabilities."""
        return self.definition == "model" and self.method == "model"

    @property
    def matching(self) -> int:
        """Customers of the definition and band, before any limit."""
        return int(self.rows[0]["list_size"]) if self.rows else 0

    @property
    def listed_scored(self) -> int:
        """How many of those matching have a probability or band."""
        return int(self.rows[0]["list_scored"]) if self.rows else 0

    @property
    def size(self) -> int:
        """Customers of the list, after an explicit limit."""
        return int(self.listed.num_rows)

    @property
    def value(self) -> Decimal:
        """Net amount of the last 365 days of the list's customers."""
        return Decimal(pc.sum(self.listed.column("amount_365d")).as_py() or 0)


@dataclass(frozen=True)
class Shown:
    """The parts of a tool result that show facts."""

    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    details: dict[str, Any]


def show(facts: Facts, currency: str) -> Shown:
    """Figures, table, chart and details of ``facts``."""
    reasons = {row["customer_id"]: _reasons(row, currency) for row in facts.rows}
    return Shown(
        figures=(
            *_list_figures(facts),
            *_band_figures(facts),
            *_definition_figures(facts),
            *_quality_figures(facts),
            *_row_figures(facts, reasons),
        ),
        tables=(_table(facts, reasons),),
        charts=(_chart(facts, currency),),
        details={"reasons": {name: text.model_dump() for name, text in reasons.items()}},
    )


def _chart(facts: Facts, currency: str) -> Chart:
    if facts.definition == "model":
        return band_chart(facts.overview, facts.horizon, currency)
    return definition_chart(facts.overview, facts.horizon)


def _figure(figure_id: str, zh: str, en: str, value: FigureValue, unit: Unit) -> Figure:
    return Figure(id=figure_id, label=Text(zh=zh, en=en), value=value, unit=unit)


def _list_figures(facts: Facts) -> list[Figure]:
    scored, unjudged = facts.overview["scored"], facts.overview["unjudged"]
    figures = [
        _figure("customers", "名单人数", "customers on the list", facts.size, Unit.COUNT),
        _figure("value_at_stake", "名单客户近365天净消费额", "net spend of the list in the last 365 days", facts.value, Unit.MONEY),
        _figure("scored", "参与评估的活跃客户", "active customers who were scored", scored, Unit.COUNT),
        _figure("horizon_days", "预测天数", "horizon", facts.horizon, Unit.DAYS),
        _figure("as_of", "数据截至", "as of", facts.as_of, Unit.DATE),
    ]
    if facts.definition == "rhythm":
        figures.append(
            _figure("unjudged", "下单天数太少、无法判断节奏的客户", "customers with too few orders for a rhythm", unjudged, Unit.COUNT)
        )
    return figures


def _band_figures(facts: Facts) -> list[Figure]:
    # Lists of the other definitions have no bands: figures of the model beside them would be taken for the list's.
    if facts.definition != "model":
        return []
    scored = facts.overview["scored"]
    figures: list[Figure] = []
    for band, name in BANDS.items():
        count = facts.overview[f"customers_{band}"]
        figures += [
            _figure(f"customers_{band}", f"{name.zh}风险客户数", f"customers at {name.en} risk", count, Unit.COUNT),
            _figure(
                f"share_{band}", f"{name.zh}风险客户占比", f"share of scored customers at {name.en} risk", _share(count, scored), Unit.SHARE
            ),
            _figure(
                f"value_{band}",
                f"{name.zh}风险客户近365天净消费额",
                f"net spend of customers at {name.en} risk in the last 365 days",
                facts.overview[f"value_{band}"],
                Unit.MONEY,
            ),
        ]
    return figures


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


_LISTS = {
    "model_list": ("模型定义（高风险）人数", "customers by the model (high band)"),
    "rhythm_list": ("节奏定义人数（超过自身间隔2倍）", "customers by rhythm (two of their own gaps late)"),
    "window_list": ("天数定义人数（{n}天未下单）", "customers by window (no order for {n} days)"),
    "model_and_rhythm": ("模型与节奏重合人数", "by model and rhythm"),
    "model_and_window": ("模型与天数重合人数", "by model and window"),
    "rhythm_and_window": ("节奏与天数重合人数", "by rhythm and window"),
    "all_three": ("三种定义都符合的人数", "by all three definitions"),
    "any_definition": ("至少符合一种定义的人数", "by at least one definition"),
}


def _definition_figures(facts: Facts) -> list[Figure]:
    return [
        _figure(key, zh.format(n=facts.horizon), en.format(n=facts.horizon), facts.overview[key], Unit.COUNT)
        for key, (zh, en) in _LISTS.items()
    ]


_QUALITY = {
    "auc": ("auc", "模型 AUC(较晚时段检验)", "AUC on a later period", Unit.SCORE),
    "recency_auc": ("recency_auc", "仅按最近下单排序的 AUC", "AUC of recency alone", Unit.SCORE),
    "bg_nbd_auc": ("bg_nbd_auc", "BG/NBD 预期订单数排序的 AUC", "AUC of BG/NBD expected orders", Unit.SCORE),
    "base_rate": ("base_rate", "检验期实际流失率", "churn rate of the test period", Unit.SHARE),
    "calibration_error": ("calibration_error", "校准误差", "calibration error", Unit.SHARE),
    "lift": ("lift_top_tenth", "前10%提升倍数", "lift in the top tenth", Unit.RATIO),
    "test_customers": ("customers", "检验客户数", "customers of the test period", Unit.COUNT),
    "training_cases": ("training_cases", "训练样本数", "training cases", Unit.COUNT),
}


def _quality_figures(facts: Facts) -> list[Figure]:
    if not facts.by_model:
        return []
    figures = [
        _figure(key, zh, en, facts.quality[stored], unit) for key, (stored, zh, en, unit) in _QUALITY.items() if stored in facts.quality
    ]
    day = dt.date.fromisoformat(facts.quality["test_cut_off"])
    return [*figures, _figure("test_cut_off", "检验截止日", "cut-off of the test", day, Unit.DATE)]


def describe_quality(facts: Facts) -> dict[str, Any]:
    """Facts about the run that are no figures: method, kind and training cut-offs."""
    return {key: facts.quality[key] for key in ("method", "kind", "training_cut_offs", "test_cut_off", "why") if key in facts.quality}


def _row_figures(facts: Facts, reasons: dict[str, Text]) -> list[Figure]:
    figures: list[Figure] = []
    for number, row in enumerate(facts.rows[:ROWS_WITH_FIGURES], start=1):
        who = row["customer_id"]
        cells = (
            ("customer_id", "客户编号", "customer id", who, Unit.ID),
            ("churn_probability", f"{who}：流失概率", f"{who}: churn probability", row["churn_probability"], Unit.PROBABILITY),
            ("amount_365d", f"{who}：近365天净消费额", f"{who}: net spend in the last 365 days", row["amount_365d"], Unit.MONEY),
            ("recency_days", f"{who}：距上次下单天数", f"{who}: days since the last order", row["recency_days"], Unit.DAYS),
            ("gap_ratio", f"{who}：当前间隔与平时之比", f"{who}: current gap ÷ usual gap", row["gap_ratio"], Unit.RATIO),
        )
        figures += [_figure(f"row{number}.{key}", zh, en, value, unit) for key, zh, en, value, unit in cells if value is not None]
        figures += [
            _figure(f"row{number}.reasons_{language}", f"{who}：原因", f"{who}: reasons", reasons[who].say(language), Unit.TEXT)
            for language in ("zh", "en")
        ]
    return figures


def for_file(listed: pa.Table, currency: str) -> pa.Table:
    """The list as a file shows it: every column of the table, the reasons in both languages."""
    texts = [
        _reasons(row, currency)
        for batch in listed.select(["churn_reasons", "recency_days", "gap_median_days", "gap_ratio"]).to_batches(_ROWS_AT_A_TIME)
        for row in batch.to_pylist()
    ]
    kept = listed.select([name for name in listed.column_names if name != "churn_reasons" and not name.startswith("list_")])
    return kept.append_column("reasons_zh", pa.array([t.zh for t in texts], pa.string())).append_column(
        "reasons_en", pa.array([t.en for t in texts], pa.string())
    )


def _reasons(row: dict[str, Any], currency: str) -> Text:
    told = reason_text(row["churn_reasons"], currency)
    return told or silence_words(row["recency_days"], row["gap_median_days"], row["gap_ratio"] is not None)


def _table(facts: Facts, reasons: dict[str, Text]) -> Table:
    names = {text.en: text for text in reasons.values()}
    columns = (
        Column(id="customer_id", label=Text(zh="客户编号", en="customer id"), unit=Unit.ID),
        Column(id="churn_probability", label=Text(zh="流失概率", en="churn probability"), unit=Unit.PROBABILITY),
        Column(id="churn_band", label=Text(zh="风险等级", en="risk band"), unit=Unit.TEXT, names=BANDS),
        Column(id="reasons", label=Text(zh="原因", en="reasons"), unit=Unit.TEXT, names=names),
        Column(id="amount_365d", label=Text(zh="近365天净消费额", en="net spend, last 365 days"), unit=Unit.MONEY),
        Column(id="last_order_date", label=Text(zh="最近下单日期", en="last order"), unit=Unit.DATE),
        Column(id="recency_days", label=Text(zh="距上次下单天数", en="days since"), unit=Unit.DAYS),
        Column(id="gap_median_days", label=Text(zh="平时间隔", en="usual gap"), unit=Unit.DAYS),
        Column(id="gap_ratio", label=Text(zh="间隔倍数", en="× usual gap"), unit=Unit.RATIO),
    )
    ids = [column.id for column in columns]
    rows = [{**row, "reasons": reasons[row["customer_id"]].en} for row in facts.rows]
    return Table(
        title=title(facts),
        columns=columns,
        rows=tuple(tuple(row[key] for key in ids) for row in rows),
        row_count=facts.size,
        path=facts.path,
    )


def title(facts: Facts) -> Text:
    """What the list is called."""
    if facts.definition == "rhythm":
        return Text(zh="超过自身购买间隔2倍仍未下单的客户", en="Customers two of their own gaps late")
    if facts.definition == "window":
        return Text(zh=f"{facts.horizon}天未下单的客户", en=f"Customers without an order for {facts.horizon} days")
    if facts.request.band:
        band = BANDS[facts.request.band]
        return Text(zh=f"{band.zh}流失风险客户", en=f"Customers at {band.en} risk of churn")
    if facts.request.sort_by == "value":
        return Text(zh="高、中流失风险客户", en="Customers at high or middle risk of churn")
    return Text(zh="流失概率最高的客户", en="Customers most likely to churn")
