"""Why a customer has the scores they have, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from tools.contracts import Column, FigureValue, Table, Text, Unit
from tools.rendering import render
from tools.segments.churn.reasons import read_reasons
from tools.segments.fields import field
from tools.segments.look_up.lists import read_sql
from tools.segments.scoring import DIMENSIONS
from tools.warehouse.context import ToolContext

_MEASURED = {"recency": "recency_days", "frequency": "orders", "monetary": "amount"}


def scores_table(ctx: ToolContext, row: Mapping[str, Any]) -> tuple[Table, ...]:
    """One row for each score that the customer has: what it is and why; none where there is none."""
    currency = ctx.config.currency or "$"
    told = [*_rfm(ctx, row, currency), *_tiers(row, currency), *_churn(row, currency), *_responses(ctx, row)]
    if not told:
        return ()
    values, reasons = [value for _, value, _ in told], [reason for _, _, reason in told]
    columns = (
        Column(id="score", label=Text(zh="评分", en="score"), unit=Unit.TEXT, names={name.en: name for name, _, _ in told}),
        Column(id="value", label=Text(zh="结果", en="result"), unit=Unit.TEXT, names={one.en: one for one in values}),
        Column(id="why", label=Text(zh="原因", en="why"), unit=Unit.TEXT, names={one.en: one for one in reasons}),
    )
    rows: tuple[tuple[FigureValue, ...], ...] = tuple((name.en, value.en, reason.en) for name, value, reason in told)
    return (Table(id="scores", title=Text(zh="评分与原因", en="Scores and why"), columns=columns, rows=rows, row_count=len(rows)),)


_Told = tuple[Text, Text, Text]


def _both(value: Any, unit: Unit, currency: str) -> Text:
    return Text(zh=render(value, unit, "zh", currency), en=render(value, unit, "en", currency))


def _named(name: str, value: str) -> Text:
    return field(name).names.get(value, Text(zh=value, en=value))


def _rfm(ctx: ToolContext, row: Mapping[str, Any], currency: str) -> list[_Told]:
    if row["recency_score"] is None:
        return []
    edges = _edges(ctx, row["edges_version"])
    found = []
    for dimension in DIMENSIONS:
        measured, score = field(_MEASURED[dimension]), row[f"{dimension}_score"]
        value = _both(row[measured.id], measured.unit, currency)
        span = _span(edges.get(dimension), score, dimension, measured.unit, currency)
        why = Text(zh=f"{measured.label.zh} {value.zh}{span.zh}", en=f"{measured.label.en}: {value.en}{span.en}")
        found.append((field(f"{dimension}_score").label, Text(zh=str(score), en=str(score)), why))
    scores = row["recency_score"], row["fm_score"]
    why = Text(zh=f"由 R {scores[0]}、FM {scores[1]} 得出", en=f"from R {scores[0]} and FM {scores[1]}")
    return [*found, (field("rfm_group").label, _named("rfm_group", row["rfm_group"]), why)]


def _edges(ctx: ToolContext, version: int | None) -> dict[str, tuple[Decimal, ...]]:
    rows = ctx.engine.rows(
        "SELECT dimension, edge_1, edge_2, edge_3, edge_4 FROM score_edges WHERE version = $version", {"version": version or 0}
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _span(edges: tuple[Decimal, ...] | None, score: int, dimension: str, unit: Unit, currency: str) -> Text:
    """The range of values that have this score: an edge belongs to the interval below it, and fewer days are better."""
    if edges is None:
        return Text(zh="", en="")
    place = 5 - score if dimension == "recency" else score - 1
    low, high = (edges[place - 1] if place else None), (edges[place] if place < len(edges) else None)
    shown = [_both(_plain(edge, unit), unit, currency) if edge is not None else None for edge in (low, high)]
    zh = "，".join([f"超过 {shown[0].zh}" if shown[0] else "", f"不超过 {shown[1].zh}" if shown[1] else ""]).strip("，")
    en = " and ".join(part for part in (f"over {shown[0].en}" if shown[0] else "", f"at most {shown[1].en}" if shown[1] else "") if part)
    return Text(zh=f"（{score} 分：{zh}）", en=f" (score {score}: {en})")


def _plain(edge: Decimal, unit: Unit) -> Decimal | int:
    return int(edge) if unit is not Unit.MONEY and edge == edge.to_integral_value() else edge


def _tiers(row: Mapping[str, Any], currency: str) -> list[_Told]:
    amount, orders = _both(row["amount_365d"], Unit.MONEY, currency), row["orders_365d"]
    year = Text(zh=f"近 365 天消费 {amount.zh}、下单 {orders} 次", en=f"spent {amount.en} in {orders} orders in the last 365 days")
    named = ("value_activity", "membership_tier")
    found = [(field(name).label, _named(name, row[name]), year) for name in named if row[name] is not None]
    if row["alive_probability"] is not None:
        ago = _both(row["recency_days"], Unit.DAYS, currency)
        gap = row["gap_median_days"]
        usual = _both(gap, Unit.DAYS, currency) if gap is not None else None
        zh = f"上次下单在 {ago.zh}前" + (f"，平时每 {usual.zh}一次" if usual else "")
        en = f"last ordered {ago.en} ago" + (f", usually {usual.en} between orders" if usual else "")
        found.append((field("alive_probability").label, _both(row["alive_probability"], Unit.PROBABILITY, currency), Text(zh=zh, en=en)))
    return found


def _churn(row: Mapping[str, Any], currency: str) -> list[_Told]:
    if row["churn_band"] is None:
        return []
    reasons = read_reasons(row["churn_reasons"], currency)
    why = Text(zh="；".join(one.zh for one in reasons) or "—", en="; ".join(one.en for one in reasons) or "—")
    band = _named("churn_band", row["churn_band"])
    if row["churn_probability"] is None:
        return [(field("churn_band").label, band, why)]
    shown = _both(row["churn_probability"], Unit.PROBABILITY, currency)
    return [(field("churn_probability").label, Text(zh=f"{shown.zh}（{band.zh}）", en=f"{shown.en} ({band.en})"), why)]


def _responses(ctx: ToolContext, row: Mapping[str, Any]) -> list[_Told]:
    found = ctx.engine.rows(read_sql("responses"), {"customer_id": row["customer_id"]})
    contacts, responses = row["contacts"] or 0, row["responses"] or 0
    why = Text(zh=f"此前被触达 {contacts} 次，响应 {responses} 次", en=f"so far {contacts} contacts by campaigns and {responses} responses")
    return [
        (
            Text(zh=f"响应 {kind} 类活动的概率", en=f"probability of responding to campaigns of type {kind}"),
            _both(probability, Unit.PROBABILITY, ""),
            why,
        )
        for kind, probability in found
    ]
