"""What customers looked at or put into the cart, several times, and never bought."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tools.contracts import Chart, Column, Figure, Statement, Table, Text, Unit
from tools.requests import FindBehaviour
from tools.segments.behaviours import window_dates
from tools.segments.findings.finding import Finding
from tools.segments.findings.listed import Listed, chosen_limit, column, list_customers, read_sql, selection_of
from tools.segments.findings.needs import require_events, require_items
from tools.segments.reporting import ROWS_SHOWN, ROWS_WITH_FIGURES, bars, figure, share
from tools.segments.spans import window_words
from tools.warehouse.context import ToolContext

_KINDS = {"viewed_not_bought": "view", "carted_not_bought": "cart"}
_DID = {"view": Text(zh="浏览", en="viewed"), "cart": Text(zh="加购", en="put into the cart")}
_DID_IT = {"view": "viewed it", "cart": "put it into the cart"}
_TIMES = {"view": Text(zh="浏览次数", en="views"), "cart": Text(zh="加购次数", en="additions to the cart")}
_ITEM = {"product": Text(zh="商品", en="product"), "category": Text(zh="品类", en="category")}
_ITEMS_EN = {"product": "products", "category": "categories"}
_FIRST_DAY = dt.date(1900, 1, 1)
_USUAL = {"view": 2, "cart": 1}
"""How often is often enough where nobody said: one look is no interest yet, one addition to the cart is."""
_CHARTED = 12


def find_unbought(ctx: ToolContext, request: FindBehaviour) -> Finding:
    """Customers who did it at least so often with an item that they never bought, and the items.

    Raises:
        UnsupportedQuestion: Events, their products, or what was bought were not loaded.
    """
    kind = _KINDS[request.pattern]
    require_events(ctx, kind)
    require_items(ctx, request.by)
    least = request.least_times or _USUAL[kind]
    tried = Statement(sql=read_sql("tried"), parameters=_parameters(ctx, request, kind, least))
    # What everybody tried is found once; the questions below are asked of it.
    ctx.engine.register("tried", ctx.engine.query(tried.sql, tried.parameters))
    sizes, by_item = (Statement(sql=read_sql(name), parameters=_of(name, request)) for name in ("tried_sizes", "tried_items"))
    [(people, customers, items, times)] = ctx.engine.rows(sizes.sql)
    found = ctx.engine.query(by_item.sql, by_item.parameters).slice(0, ROWS_SHOWN).to_pylist()
    listed = _customers(ctx, request, kind)
    selection, caveats = selection_of(listed)
    words = _words(request, kind, least, ctx.as_of)
    return Finding(
        interpretation=words,
        definition=_definition(words),
        customers=customers,
        figures=(
            *_figures(ctx, request.by, kind, people, customers, items, int(times)),
            *_item_figures(found, kind),
            *listed.figures(request.limit),
        ),
        tables=(_items_table(request.by, kind, found, items), listed.table(ctx, words, request.limit)),
        charts=(_chart(request.by, kind, found),) if len(found) > 1 else (),
        statements=(tried, sizes, by_item, listed.statement),
        source_tables=("events", "products", "order_lines", "counted_orders"),
        selection=selection if customers else None,
        caveats=caveats,
        details={"by": request.by, "kind": kind, "least_times": least, "items": [_name(row) for row in found[:ROWS_WITH_FIGURES]]},
    )


def _parameters(ctx: ToolContext, request: FindBehaviour, kind: str, least: int) -> dict[str, Any]:
    start, end = window_dates(request.window, ctx.as_of)
    return {"by": request.by, "kind": kind, "since": start or _FIRST_DAY, "until": end, "least": least, "as_of": ctx.as_of}


def _of(name: str, request: FindBehaviour) -> dict[str, Any]:
    return {"by": request.by} if "$by" in read_sql(name) else {}


def _customers(ctx: ToolContext, request: FindBehaviour, kind: str) -> Listed:
    own = (
        column("times", _TIMES[kind].zh, _TIMES[kind].en, Unit.COUNT, "CAST(f.times AS BIGINT)"),
        column("items", f"{_ITEM[request.by].zh}数", _ITEMS_EN[request.by], Unit.COUNT),
        column("most", f"最多的{_ITEM[request.by].zh}", f"{_ITEM[request.by].en} most often", Unit.TEXT),
        column("last_on", "最近一次", "last time", Unit.DATE),
    )
    joins = f"\nINNER JOIN (\n{read_sql('tried_customers')}\n) AS f ON f.customer_id = b.customer_id"
    order = "f.times DESC, f.last_on DESC"
    return list_customers(ctx, own, joins, order, _of("tried_customers", request), chosen_limit(request))


def _name(row: dict[str, Any]) -> str:
    return str(row["name"] or row["item"])


def _figures(ctx: ToolContext, by: str, kind: str, tried: int, customers: int, items: int, times: int) -> list[Figure]:
    everyone = int(ctx.engine.rows("SELECT count(*) FROM customers")[0][0])
    did, item = _DID[kind], _ITEM[by]
    return [
        figure("customers", f"{did.zh}未购买的客户数", f"customers who {did.en} but never bought", customers, Unit.COUNT),
        figure("share_of_customers", "占全部客户", "share of all customers", share(customers, everyone), Unit.SHARE),
        figure("customers_tried", f"这样{did.zh}过的客户数", f"customers who {did.en} so often", tried, Unit.COUNT),
        figure(
            "share_of_tried",
            f"其中有{item.zh}从未购买的占比",
            f"share of these with a {item.en} never bought",
            share(customers, tried),
            Unit.SHARE,
        ),
        figure("items", f"涉及的{item.zh}数", f"{_ITEMS_EN[by]} concerned", items, Unit.COUNT),
        figure("times", _TIMES[kind].zh, _TIMES[kind].en, times, Unit.COUNT),
    ]


def _item_figures(found: list[dict[str, Any]], kind: str) -> list[Figure]:
    figures = []
    for number, row in enumerate(found[:ROWS_WITH_FIGURES], 1):
        name, did = _name(row), _DID[kind]
        cells = (
            ("customers", f"{name}：{did.zh}未购买的客户数", f"{name}: {did.en}, never bought by", row["customers"], Unit.COUNT),
            ("share", f"{name}：未购买占比", f"{name}: share who never bought", row["share"], Unit.SHARE),
            ("times", f"{name}：{_TIMES[kind].zh}", f"{name}: {_TIMES[kind].en}", int(row["times"]), Unit.COUNT),
        )
        figures += [figure(f"item{number}.{key}", zh, en, value, unit) for key, zh, en, value, unit in cells]
    return figures


def _items_table(by: str, kind: str, found: list[dict[str, Any]], items: int) -> Table:
    did, item = _DID[kind], _ITEM[by]
    by_product = by == "product"
    columns = (
        Column(id="item", label=item, unit=Unit.TEXT),
        *((Column(id="category", label=_ITEM["category"], unit=Unit.TEXT),) if by_product else ()),
        Column(id="customers", label=Text(zh="未购买的客户数", en="customers who never bought"), unit=Unit.COUNT),
        Column(id="tried", label=Text(zh=f"这样{did.zh}过的客户数", en=f"customers who {_DID_IT[kind]} so often"), unit=Unit.COUNT),
        Column(id="share", label=Text(zh="未购买占比", en="share who never bought"), unit=Unit.SHARE),
        Column(id="times", label=_TIMES[kind], unit=Unit.COUNT),
        Column(id="last_on", label=Text(zh="最近一次", en="last time"), unit=Unit.DATE),
    )
    rows = tuple(
        (
            _name(row),
            *((row["category"],) if by_product else ()),
            row["customers"],
            row["tried"],
            row["share"],
            int(row["times"]),
            row["last_on"],
        )
        for row in found
    )
    title = Text(zh=f"{did.zh}却从未购买的{item.zh}", en=f"{_ITEMS_EN[by].capitalize()} {did.en} but never bought")
    return Table(id="items", title=title, columns=columns, rows=rows, row_count=items)


def _chart(by: str, kind: str, found: list[dict[str, Any]]) -> Chart:
    shown = found[:_CHARTED]
    title = Text(
        zh=f"{_DID[kind].zh}却从未购买的客户数，按{_ITEM[by].zh}", en=f"Customers who {_DID[kind].en} but never bought, by {_ITEM[by].en}"
    )
    names = [Text(zh=_name(row), en=_name(row)) for row in shown]
    return bars("items", title, names, [(Text(zh="客户数", en="customers"), [row["customers"] for row in shown])], ",d")


def _words(request: FindBehaviour, kind: str, least: int, as_of: dt.date) -> Text:
    when, did, item = window_words(request.window, as_of), _DID[kind].zh, _ITEM[request.by]
    thing = f"a {item.en}" if least == 1 else f"the same {item.en}"
    en = [f"viewed {thing}" if kind == "view" else f"put {thing} into the cart", "" if least == 1 else f"at least {least} times"]
    zh = f"{did}过某{item.zh}" if least == 1 else f"{did}同一{item.zh}至少 {least} 次"
    return Text(
        zh=f"{when.zh}{zh}、却从未购买该{item.zh}的客户",
        en=" ".join(part for part in ("Customers who", *en, when.en, "and never bought it") if part),
    )


def _definition(words: Text) -> Text:
    return Text(
        zh=f"{words.zh}。购买按截至数据日期的全部有效订单明细和购买事件计；不知道商品的行为不计。",
        en=f"{words.en}. Bought = a line of a counted order, or an event of a purchase, at any time up to the as-of date; events that "
        "name no product are left out.",
    )
