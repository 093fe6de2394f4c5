"""The tool that answers "what should we offer them": items tied to what customers bought, the most bought where nothing is known."""

from __future__ import annotations

from typing import Any

from tools.actions.recommend_report import Facts, caveats, definition, show
from tools.contracts import Outcome, Statement, Text, ToolResult
from tools.errors import UnsupportedQuestion
from tools.metrics.values import is_filled
from tools.requests import RecommendProducts
from tools.rules import EVERYONE, Condition, Selection
from tools.segments.compiler import compile_selection
from tools.segments.look_up.identify import find_id
from tools.segments.pairs.build import Level, read_sql
from tools.segments.pairs.offers import Offers, make_offers
from tools.segments.reporting import selection_name
from tools.segments.resolve import resolve_customers
from tools.warehouse.context import ToolContext
from tools.warehouse.whole_table import write_whole

TOOL = "recommend_products"


def recommend_products(ctx: ToolContext, request: RecommendProducts) -> ToolResult:
    """Products or categories to offer to one customer or a group.

    An answer should speak of ``offer1.name`` ... ``offer5.name`` with ``offer<n>.lift`` (of those listed in ``details.with_lift``)
    and, for a group, ``offer<n>.customers`` and ``offer<n>.share``; details: ``level``, ``is_one``, ``offers`` (per offer: name,
    because, lapsed), ``popular_only`` (whether all are merely the most bought).

    Raises:
        UnsupportedQuestion: There are no order lines, or no products.
        UnknownName: No segment has the name.
    """
    level = _level(ctx, request)
    request, merged = _found(ctx, request)
    selection = _selection(ctx, request)
    name = _name(ctx, request, selection)
    query = compile_selection(ctx, selection)
    offers = make_offers(ctx, Statement(sql=query.sql, parameters=query.parameters), level, request.limit)
    if not offers.members:
        return _nobody(ctx, request, name)
    facts = _facts(ctx, request, level, name, offers)
    shown = show(facts)
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), definition(facts), offers.statement).model_copy(
        update={"source_tables": ("counted_orders", "order_lines", "products", "item_pairs")}
    )
    return ToolResult(
        tool=TOOL,
        outcome=Outcome.ANSWERED if facts.totals else Outcome.EMPTY,
        figures=shown.figures,
        tables=shown.tables,
        charts=shown.charts,
        receipts=(receipt,),
        caveats=(*merged, *caveats(facts, fell_back=level != request.level)),
        interpretation=shown.interpretation,
        message=None if facts.totals else _nothing(level),
        selection=selection,
        details=shown.details,
    )


def _level(ctx: ToolContext, request: RecommendProducts) -> Level:
    if not is_filled(ctx, "order_lines.product_id"):
        raise UnsupportedQuestion(
            "The loaded data do not say which products were bought, so nothing can be recommended; load order lines with products.",
            "已载入的数据中没有订单明细，不知道客户买过什么，无法推荐；请载入含商品的订单明细。",
        )
    # Without categories the products themselves are offered, and the answer says so.
    return "category" if request.level == "category" and is_filled(ctx, "products.category") else "product"


def _found(ctx: ToolContext, request: RecommendProducts) -> tuple[RecommendProducts, tuple[Text, ...]]:
    """The request with the customer's id as it is stored, and what to say where the one that was typed was merged into it."""
    if request.customer_id is None:
        return request, ()
    found, said = find_id(ctx, request.customer_id.strip())
    return (request.model_copy(update={"customer_id": found}) if found else request), said


def _selection(ctx: ToolContext, request: RecommendProducts) -> Selection:
    if request.customer_id is not None:
        return Selection(rule=Condition(field="customer_id", op="=", value=request.customer_id.strip()))
    return Selection(rule=EVERYONE) if request.customers is None else resolve_customers(ctx, request.customers)


def _name(ctx: ToolContext, request: RecommendProducts, selection: Selection) -> Text:
    if request.customer_id is not None:
        return Text(zh=f"客户 {request.customer_id}", en=f"customer {request.customer_id}")
    return Text(zh="全部客户", en="all customers") if request.customers is None else selection_name(ctx, selection)


def _facts(ctx: ToolContext, request: RecommendProducts, level: Level, name: Text, offers: Offers) -> Facts:
    ctx.engine.execute(
        "CREATE OR REPLACE TEMP TABLE item_names AS SELECT product_id AS item, max(name) AS name FROM products GROUP BY product_id"
        if level == "product"
        else "CREATE OR REPLACE TEMP TABLE item_names AS SELECT DISTINCT category AS item, category AS name FROM products"
    )
    totals: list[dict[str, Any]] = ctx.engine.query(read_sql("offer_totals")).to_pylist()
    wanted = {row["item"] for row in totals[:200]} | {row["because"] for row in totals[:200]}
    rows = ctx.engine.rows("SELECT item, name FROM item_names WHERE list_contains($items, item)", {"items": [one for one in wanted if one]})
    path = write_whole(ctx.config.exports_dir, "offers", offers.rows) if offers.members > 1 else None
    popular = int(
        ctx.engine.rows("SELECT count(*) FROM (SELECT customer_id FROM offers_now GROUP BY customer_id HAVING max(score) = 0)")[0][0]
    )
    return Facts(request, level, name, offers, totals, {item: label for item, label in rows if label}, popular, str(path) if path else None)


def _nobody(ctx: ToolContext, request: RecommendProducts, name: Text) -> ToolResult:
    message = Text(zh=f"“{name.zh}”中没有客户。", en=f"There are no customers in {name.en}.")
    if request.customer_id is not None:
        message = Text(zh=f"没有编号为 {request.customer_id} 的客户。", en=f"There is no customer {request.customer_id}.")
    receipt = ctx.receipt(TOOL, request.model_dump(mode="json"), message)
    return ToolResult(tool=TOOL, outcome=Outcome.EMPTY, receipts=(receipt,), message=message)


def _nothing(level: Level) -> Text:
    if level == "product":
        return Text(zh="没有足够多客户买过的商品可供推荐。", en="No product was bought by enough customers to be recommended.")
    return Text(
        zh="没有可供推荐的品类：都在最近买过，或买的人太少。", en="There is no category to offer: all were bought lately, or by too few."
    )
