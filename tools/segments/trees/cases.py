"""Cases for a tree: features as of a cut-off, outcomes after it, and what of them is held out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tools.contracts import CustomerQuery, Statement, Text
from tools.errors import NotEnoughData
from tools.features.build import feature_query
from tools.models.splits import Floats, Labels
from tools.segments.trees.columns import OF_CUSTOMERS, customer_columns
from tools.segments.trees.sample import Sample, draw
from tools.segments.trees.targets import TOP_SHARE, Target
from tools.warehouse.context import ToolContext
from tools.warehouse.sql_files import sql_text

LEAST_CUSTOMERS, LEAST_DAYS, LEAST_CASES, LEAST_HORIZONS = 500, 180, 100, 3
MOST_CUT_OFFS = 3
LEAST_STEP_DAYS = 14
HELD_SHARE = 0.3
"""Share of the customers held out where there is no later period."""
_SCOPE = {
    "churn": "LEFT JOIN outcomes AS o ON o.customer_id = f.customer_id WHERE f.recency_days < 90 OR f.gap_ratio <= 3",
    "high_value": "LEFT JOIN outcomes AS o ON o.customer_id = f.customer_id WHERE f.orders >= 1",
    "response": "INNER JOIN outcomes AS o ON o.customer_id = f.customer_id",
}


@dataclass(frozen=True)
class Cases:
    """Rows with their features and outcomes.

    Args:
        rows: One per case: the features, and ``outcome``.
        labels: Shape (cases,), 1 with the outcome.
    """

    rows: pa.Table
    labels: Labels


@dataclass(frozen=True)
class Parts:
    """What a tree learns from and what it is judged on.

    Args:
        fit: The cases it is grown on.
        held: The others.
        cut_offs: Dates up to which the features of the fit's cases were computed, the latest first; none for membership.
        held_cut_off: The later date of the held-out cases; None for membership.
        days: The horizon.
        statement: How the cases were read.
        history: Days of history at the earliest cut-off, and today.
    """

    fit: Cases
    held: Cases
    cut_offs: tuple[dt.date, ...]
    held_cut_off: dt.date | None
    days: int
    statement: Statement
    history: tuple[int, int]


def _read(name: str) -> str:
    return sql_text("tools.segments.trees", name)


def read_parts(ctx: ToolContext, target: Target, days: int, names: Sequence[str]) -> Parts:
    """Cases of earlier cut-offs to learn from, and of the latest whole period to judge on.

    Args:
        ctx: Nothing after its date is read.
        target: What the tree leads to.
        days: The horizon.
        names: Field ids that the rows must have.

    Raises:
        NotEnoughData: The history is too short, or the customers or outcomes too few.
    """
    customers, first_order, first_contact = ctx.engine.rows(_read("history"), {"as_of": ctx.as_of})[0]
    first = max(first_order, first_contact or first_order) if target.id == "response" and first_order else first_order
    history = (ctx.as_of - first).days + 1 if first else 0
    _check_history(target, int(customers), history, days)
    held = ctx.as_of - dt.timedelta(days=days)
    step, earliest = max(days, LEAST_STEP_DAYS), first_order + dt.timedelta(days=min(days, 90))
    usual = [held - dt.timedelta(days=days + step * number) for number in range(MOST_CUT_OFFS)]
    cut_offs = tuple(day for day in usual if day >= earliest) or (usual[0],)
    sample = draw(ctx.engine, "buyers" if target.id != "response" else "contacted", ctx.as_of, ctx.config.seed)
    fit = _joined([_read_cases(ctx, case_statement(target, day, days, sample, names), target) for day in cut_offs])
    judged = _read_cases(ctx, case_statement(target, held, days, sample, names), target)
    check_cases(target.name, fit.labels, judged.labels)
    seen = ((min(cut_offs) - first_order).days + 1, (ctx.as_of - first_order).days + 1)
    return Parts(fit, judged, cut_offs, held, days, case_statement(target, held, days, sample, names), seen)


def read_members(ctx: ToolContext, members: CustomerQuery, name: Text, names: Sequence[str]) -> Parts:
    """All customers today, those of the segment with the outcome, parted by chance into a part to learn from and one to judge on.

    Raises:
        NotEnoughData: Too few are in it, or outside.
    """
    sample = draw(ctx.engine, "customers", ctx.as_of, ctx.config.seed)
    kept = f"WHERE b.customer_id IN (SELECT customer_id FROM {sample.ids})" if sample.drawn else ""
    sql = (
        f"SELECT b.* EXCLUDE (attributes, {', '.join(OF_CUSTOMERS)}), {customer_columns(names, 'b')}, "
        "CAST(CASE WHEN m.customer_id IS NULL THEN 0 ELSE 1 END AS DOUBLE) AS outcome FROM customer_base AS b\n"
        f"LEFT JOIN (\n{members.sql}\n) AS m ON m.customer_id = b.customer_id {kept}\nORDER BY b.customer_id"
    )
    rows = ctx.engine.query(sql, members.parameters)
    labels = rows.column("outcome").to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.random.default_rng(ctx.config.seed).permutation(len(labels))
    border = int(len(labels) * HELD_SHARE)
    held, fit = (Cases(rows.take(pa.array(np.sort(part))), labels[np.sort(part)]) for part in (order[:border], order[border:]))
    check_cases(name, labels, held.labels)
    return Parts(fit, held, (), None, 0, Statement(sql=sql, parameters=members.parameters), (1, 1))


def case_statement(target: Target, cut_off: dt.date, days: int, sample: Sample, names: Sequence[str]) -> Statement:
    """A SELECT of one row per customer that the target is asked of: features as of the cut-off, and ``outcome`` after it.

    Args:
        target: Whom it is about, and what happens.
        cut_off: Features use nothing after it.
        days: The horizon after it.
        sample: Whose rows are read.
        names: Field ids; of attributes only those are read.
    """
    body = "SELECT f.*, c.* EXCLUDE (customer_id), o.outcome FROM features AS f INNER JOIN people AS c ON c.customer_id = f.customer_id"
    parts = {
        "features": feature_query(),
        "outcomes": _read(target.id),
        "people": f"SELECT p.customer_id, {customer_columns(names, 'p')} FROM customers AS p",
    }
    written = ",\n".join(f"{name} AS (\n{sample.scoped(query)}\n)" for name, query in parts.items())
    sql = f"WITH {written}\n{body} {_SCOPE[target.id]}\nORDER BY f.customer_id"
    return Statement(sql=sql, parameters={"as_of": cut_off, "until": cut_off + dt.timedelta(days=days)})


def _read_cases(ctx: ToolContext, statement: Statement, target: Target) -> Cases:
    rows = ctx.engine.query(statement.sql, statement.parameters)
    outcome = pc.fill_null(rows.column("outcome"), 0.0).to_numpy(zero_copy_only=False)
    return Cases(rows, _labels(target, outcome))


def _labels(target: Target, outcome: Floats) -> Labels:
    with_it = outcome == 0 if target.id == "churn" else outcome > 0
    if target.id == "high_value" and len(outcome):
        with_it &= outcome >= np.quantile(outcome, 1 - TOP_SHARE)
    return np.asarray(with_it, dtype=np.int64)


def _joined(parts: Sequence[Cases]) -> Cases:
    return Cases(pa.concat_tables([one.rows for one in parts]), np.concatenate([one.labels for one in parts]))


def _check_history(target: Target, customers: int, history: int, days: int) -> None:
    needed = max(LEAST_DAYS, LEAST_HORIZONS * days)
    if customers >= LEAST_CUSTOMERS and history >= needed:
        return
    raise NotEnoughData(
        f"Rules for {target.name.en} over {days} days need at least {LEAST_CUSTOMERS} customers with orders and {needed} days of history; "
        f"the data have {customers:,} customers with orders and {history:,} days.",
        f"寻找 {days} 天“{target.name.zh}”的规则至少需要 {LEAST_CUSTOMERS} 位有订单的客户和 {needed} 天的历史数据；"
        f"目前有 {customers:,} 位有订单的客户、{history:,} 天的数据。",
    )


def check_cases(name: Text, fit: Labels, held: Labels) -> None:
    """Refuse to find rules where too few customers have the outcome, or too few do not.

    Raises:
        NotEnoughData: Fewer than 100 of either in the fit, or none in what is held out.
    """
    found, other = int(fit.sum()), int(len(fit) - fit.sum())
    if min(found, other) >= LEAST_CASES and 0 < held.sum() < len(held):
        return
    raise NotEnoughData(
        f"Rules for {name.en} need at least {LEAST_CASES} customers with the outcome and {LEAST_CASES} without it; "
        f"the data have {found:,} with and {other:,} without.",
        f"寻找“{name.zh}”的规则至少需要 {LEAST_CASES} 位符合目标和 {LEAST_CASES} 位不符合目标的客户；"
        f"目前有 {found:,} 位符合、{other:,} 位不符合。",
    )
