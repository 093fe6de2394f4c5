"""Every metric by every dimension that it claims to have: it compiles and runs on the demo, and additive groups add up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tools.contracts import ToolResult
from tools.errors import UnsupportedQuestion
from tools.metrics.catalogue import Dimension, Metric, catalogue
from tools.metrics.measure import measure
from tools.metrics.needs import missing_need
from tools.metrics.plan import components, is_applicable
from tools.requests import Measure
from tools.warehouse.context import ToolContext
from tools.windows import Window

TOGETHER = 6
"""Metrics that one request may name."""
WINDOW = Window(period="2017-11")
SINGLE = {"customer", "product", "product_name", "store", "day"}
"""Dimensions of very many groups: tested elsewhere."""
ASKED = {"order_fit": [{"of": "amount", "op": ">", "value": 100}]}
"""Conditions on orders that a dimension needs."""


@pytest.fixture(scope="module")
def possible(demo_ctx: ToolContext) -> list[Metric]:
    """The metrics for which the demo has what they need."""
    found = []
    for metric in catalogue().metrics:
        parts = components(metric)
        needs = [*metric.needs, *(need for part in parts for need in part.needs)]
        needs += [need for part in parts for need in (*part.forms[0].needs, *catalogue().source(part.forms[0].source).needs)]
        if not metric.hidden and missing_need(demo_ctx, needs) is None:
            found.append(metric)
    assert len(found) > 40
    return found


@pytest.mark.parametrize("dimension", [one for one in catalogue().dimensions if one.id not in SINGLE], ids=lambda one: one.id)
def test_every_metric_by_every_dimension_it_claims(
    demo_ctx: ToolContext, dimension: Dimension, possible: list[Metric], monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing_need(demo_ctx, dimension.needs) is not None:
        with pytest.raises(UnsupportedQuestion, match=r"have no|have not been computed"):
            measure(demo_ctx, Measure(metrics=["revenue"], by=[dimension.id]))
        return
    # The cross-checks have tests of their own.
    monkeypatch.setattr("tools.metrics.measure.measure_checks", lambda *_: ())
    fit = [one for one in possible if is_applicable(one, dimension) and dimension.level in (one.requires or [dimension.level])]
    for start in range(0, len(fit), TOGETHER):
        metrics = fit[start : start + TOGETHER]
        result = measure(
            demo_ctx,
            Measure(
                metrics=[one.id for one in metrics], by=[dimension.id], basket=ASKED.get(dimension.id, []), window=WINDOW, chart="none"
            ),
        )
        for metric in metrics:
            _adds_up(result, metric, dimension)


def _adds_up(result: ToolResult, metric: Metric, dimension: Dimension) -> None:
    """Groups of an additive metric are no more than the total, and the total where every row has a group."""
    columns = [column.id for table in result.tables for column in table.columns]
    if metric.id not in columns or dimension.level not in metric.additive:
        return
    (table,) = result.tables
    if table.row_count > len(table.rows):
        return
    figures = {figure.id: figure.value for figure in result.figures}
    summed = sum(Decimal(str(row[columns.index(metric.id)] or 0)) for row in table.rows)
    total = Decimal(str(figures.get(f"total.{metric.id}") or 0))
    if dimension.level in ("customer", "time"):
        assert summed == total, (metric.id, dimension.id)
    else:
        assert summed <= total, (metric.id, dimension.id)
