"""The tool that answers what customers will be worth.

An answer should speak of: figures ``customers``, ``predicted_value``, ``horizon_days``, ``mean_predicted_value``,
``total_value``, ``expected_orders``, ``expected_order_value``, ``alive_customers``, ``top_tenth_share``; per listed customer n
``row<n>.customer_id``, ``.predicted_value`` with ``.predicted_value_low`` and ``.predicted_value_high``, ``.total_value``,
``.alive_probability``, ``.expected_orders``, ``.expected_order_value``; and of the test ``captured`` (of the method used) beside
``captured_historic`` and ``captured_bg_nbd``, ``test_cut_off``, ``test_days``. Without a model the probability of being
alive, the ranges and the test are missing. ``details``: method ("model", "historic"), kind, base, sort_by, one (whether
the answer is about one customer).
"""

from __future__ import annotations

from typing import Any

from tools.contracts import Outcome, Statement, Text, ToolResult
from tools.requests import CustomerValue
from tools.rules import Condition, Selection
from tools.segments.chosen import MOST_IDS, choose, listed_ids, with_condition
from tools.segments.freshness import require_orders
from tools.segments.reporting import ROWS_SHOWN
from tools.segments.value.current import predictions, statement
from tools.segments.value.report import Facts, charts, figures, tables
from tools.segments.value.words import caveats, definition, interpretation
from tools.warehouse.context import ToolContext
from tools.warehouse.whole_table import MOST_ROWS, long_list_note, write_whole

TOOL = "customer_value"


def customer_value(ctx: ToolContext, request: CustomerValue) -> ToolResult:
    """Lifetime value of the customers asked for: totals, a list, and how good the predictions were on a later period.

    Args:
        ctx: Predictions hold as of its date; when the stored ones do not, or are over another horizon, they are made now.
        request: Without customers the list is the first by what it is sorted by; with them it is all of them, unless a
            limit is given.

    Raises:
        UnsupportedQuestion: There are no orders.
        UnknownName: A segment, field or value does not exist.
    """
    require_orders(ctx, Text(zh="客户价值", en="customer value"))
    chosen = choose(ctx, request.customers)
    found = predictions(ctx, request.horizon_days)
    limit = request.limit if "limit" in request.model_fields_set or not chosen.named else None
    statements = (
        statement(ctx, "value_overview", found, chosen, {}),
        statement(ctx, "value_tenths", found, chosen, {}),
        statement(ctx, "value_list", found, chosen, {"sort_by": request.sort_by, "descending": request.descending, "limit": limit}),
    )
    overview, tenths, listed = (ctx.engine.query(one.sql, one.parameters) for one in statements)
    path = write_whole(ctx.config.exports_dir, "value", listed) if ROWS_SHOWN < listed.num_rows <= MOST_ROWS else None
    facts = Facts(request, chosen, found, overview.to_pylist()[0], tenths.to_pylist(), listed, ctx.as_of, str(path) if path else None)
    return _result(ctx, facts, statements)


def _result(ctx: ToolContext, facts: Facts, statements: tuple[Statement, ...]) -> ToolResult:
    found = facts.predictions
    receipt = ctx.receipt(TOOL, facts.request.model_dump(mode="json", by_alias=True), definition(facts), *statements).model_copy(
        update={
            "model_version": found.version if facts.by_model else None,
            "source_tables": ("counted_orders", "customer_features", "scores", "model_runs"),
        }
    )
    common: dict[str, Any] = {
        "tool": TOOL,
        "receipts": (receipt,),
        "caveats": (*found.caveats, *caveats(facts), *facts.chosen.caveats, *long_list_note(facts.listed.num_rows)),
        "interpretation": interpretation(facts),
    }
    if not facts.rows:
        nobody = Text(
            zh="这些客户都没有下过单，没有可预测的价值。", en="None of these customers ever ordered, so there is no value to predict."
        )
        return ToolResult(outcome=Outcome.EMPTY, message=nobody, **common)
    return ToolResult(
        figures=figures(facts),
        tables=tables(facts),
        charts=charts(facts),
        selection=_selection(facts),
        details={
            "method": found.method,
            "kind": found.quality.get("kind"),
            "base": found.quality.get("base"),
            "sort_by": facts.request.sort_by,
            "one": facts.overview["customers"] == 1,
        },
        **common,
    )


def _selection(facts: Facts) -> Selection:
    """The listed customers: a rule over stored predictions where those are, else as ids."""
    size = facts.listed.num_rows
    if not facts.predictions.stored or facts.chosen.selection.limit:
        return listed_ids(facts.listed.column("customer_id").slice(0, MOST_IDS).to_pylist())
    return Selection(
        rule=with_condition(facts.chosen, Condition(field="predicted_value", op="is known")),
        sort_by=facts.request.sort_by,
        descending=facts.request.descending,
        limit=size if size < facts.overview["predicted"] else None,
    )
