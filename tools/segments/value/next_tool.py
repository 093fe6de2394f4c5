"""The tool that answers when customers will order next.

An answer should speak of: figures ``listed``, ``dated`` (customers with an expected date), ``overdue``, ``due_7``, ``due_30``,
``typical_gap``, ``undated`` (too few order dates); per listed customer n ``row<n>.customer_id``, ``.next_order_date`` with
``.next_order_from`` and ``.next_order_to``, ``.days_ahead`` (days from the as-of date, when due later) or ``.days_overdue``,
``.last_order_date``, ``.gap_median_days``; of the test ``gap_error`` (mean error in days) and ``gap_coverage``. ``details``:
overdue, within_days, one (whether the answer is about one customer).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from tools.contracts import Chart, Column, Figure, Outcome, Statement, Table, Text, ToolResult, Unit
from tools.requests import NextOrder
from tools.rules import Condition, Selection
from tools.segments.chosen import MOST_IDS, Chosen, choose, listed_ids, with_condition
from tools.segments.freshness import require_orders
from tools.segments.reporting import ROWS_SHOWN, ROWS_WITH_FIGURES, bars, figure
from tools.segments.value.current import Predictions, predictions, statement
from tools.warehouse.context import ToolContext
from tools.warehouse.whole_table import MOST_ROWS, long_list_note, write_whole

TOOL = "next_order"
_DEFINITION = Text(
    zh="预计下次下单日期=最近下单日期+典型间隔；典型间隔取本人下单日期间隔的中位数，间隔少时向全体客户靠拢；"
    "区间应包含80%的下次下单。只对在至少两个日期下过单的客户预测；日期已过即为逾期。",
    en="Expected next order = last order date + typical gap. The typical gap is the median of the customer's own gaps between order "
    "dates, drawn towards everybody's where these are few; ranges should hold 80 % of next orders. Only customers who ordered on two "
    "dates or more have one; once the date has passed they are overdue.",
)


class _Facts:
    """What one answer is about."""

    def __init__(self, request: NextOrder, chosen: Chosen, found: Predictions, overview: dict[str, Any], listed: pa.Table, as_of: dt.date):
        self.request, self.chosen, self.found, self.overview, self.listed, self.as_of = request, chosen, found, overview, listed, as_of
        self.rows: list[dict[str, Any]] = listed.slice(0, ROWS_SHOWN).to_pylist()


def next_order(ctx: ToolContext, request: NextOrder) -> ToolResult:
    """When customers are expected to order next: how many are due when, and a list.

    Args:
        ctx: Expectations hold as of its date; when the stored ones do not, they are made now.
        request: The list is cut only where a limit is given, or where nobody and no time was named.

    Raises:
        UnsupportedQuestion: There are no orders.
        UnknownName: A segment, field or value does not exist.
    """
    require_orders(ctx, Text(zh="预计下次下单", en="the next order"))
    chosen, found = choose(ctx, request.customers), predictions(ctx)
    narrowed = chosen.named or request.overdue or request.within_days is not None
    limit = None if narrowed and "limit" not in request.model_fields_set else request.limit
    asked = {"today": ctx.as_of, "overdue": request.overdue, "within": request.within_days, "limit": limit}
    statements = (
        statement(ctx, "next_overview", found, chosen, {"today": ctx.as_of}),
        statement(ctx, "next_list", found, chosen, asked),
    )
    overview, listed = (ctx.engine.query(one.sql, one.parameters) for one in statements)
    facts = _Facts(request, chosen, found, overview.to_pylist()[0], listed, ctx.as_of)
    path = write_whole(ctx.config.exports_dir, "next_orders", listed) if ROWS_SHOWN < listed.num_rows <= MOST_ROWS else None
    return _result(ctx, facts, statements, str(path) if path else None)


def _result(ctx: ToolContext, facts: _Facts, statements: tuple[Statement, ...], path: str | None) -> ToolResult:
    receipt = ctx.receipt(TOOL, facts.request.model_dump(mode="json", by_alias=True), _DEFINITION, *statements).model_copy(
        update={"model_version": facts.found.version, "source_tables": ("counted_orders", "customer_features", "scores", "model_runs")}
    )
    common: dict[str, Any] = {
        "tool": TOOL,
        "figures": (*_whole(facts), *_rows(facts)),
        "receipts": (receipt,),
        "caveats": (*_caveats(facts), *facts.chosen.caveats, *long_list_note(facts.listed.num_rows)),
        "interpretation": _interpretation(facts),
    }
    if not facts.rows:
        return ToolResult(outcome=Outcome.EMPTY, message=_nobody(facts), **common)
    return ToolResult(
        tables=(_table(facts, path),),
        charts=(_chart(facts),),
        selection=_selection(facts),
        details={
            "overdue": facts.request.overdue,
            "within_days": facts.request.within_days,
            "one": facts.overview["customers"] == 1,
        },
        **common,
    )


def _whole(facts: _Facts) -> list[Figure]:
    found, test = facts.overview, facts.found.quality.get("next_order") or {}
    listed_zh, listed_en = ("逾期未下单的客户数", "overdue customers") if facts.request.overdue else ("名单人数", "customers on the list")
    values = [
        figure("listed", listed_zh, listed_en, facts.listed.num_rows, Unit.COUNT),
        figure("dated", "有预计日期的客户数", "customers with an expected date", found["dated"], Unit.COUNT),
        figure(
            "undated", "只在一个日期下过单的客户数", "customers with one order date only", found["customers"] - found["dated"], Unit.COUNT
        ),
        figure("overdue", "已过预计日期的客户数", "customers past their expected date", found["overdue"] or 0, Unit.COUNT),
        figure("past_range", "已过区间末尾的客户数", "customers past the whole range", found["past_range"] or 0, Unit.COUNT),
        figure("due_7", "7天内预计下单的客户数", "customers due within 7 days", found["due_7"] or 0, Unit.COUNT),
        figure("due_30", "30天内预计下单的客户数", "customers due within 30 days", found["due_30"] or 0, Unit.COUNT),
        figure("typical_gap", "典型间隔的中位数", "median of the typical gaps", found["typical_gap"], Unit.DAYS),
        figure("as_of", "数据截至", "as of", facts.as_of, Unit.DATE),
        figure("gap_error", "检验：平均误差天数", "test: mean error in days", test.get("mean_error_days"), Unit.DAYS),
        figure("gap_coverage", "检验：区间实际包含的比例", "test: share that the ranges held", test.get("coverage"), Unit.SHARE),
    ]
    return [one for one in values if one.value is not None]


_CELLS = {
    "next_order_date": ("预计下次下单", "expected next order", Unit.DATE),
    "next_order_from": ("最早", "earliest", Unit.DATE),
    "next_order_to": ("最晚", "latest", Unit.DATE),
    "days_ahead": ("距今天数（负数为逾期）", "days ahead (negative: overdue)", Unit.DAYS),
    "last_order_date": ("最近下单日期", "last order", Unit.DATE),
    "gap_median_days": ("平时间隔", "usual gap", Unit.DAYS),
    "orders": ("订单数", "orders", Unit.COUNT),
    "amount_365d": ("近365天净消费额", "net spend, last 365 days", Unit.MONEY),
    "predicted_value": ("未来365天预测价值", "predicted value, next 365 days", Unit.MONEY),
}


def _rows(facts: _Facts) -> list[Figure]:
    found = []
    for number, row in enumerate(facts.rows[:ROWS_WITH_FIGURES], 1):
        who = row["customer_id"]
        found.append(figure(f"row{number}.customer_id", "客户编号", "customer id", who, Unit.ID))
        cells = dict(_CELLS)
        if row["days_ahead"] < 0:
            del cells["days_ahead"]
            found.append(figure(f"row{number}.days_overdue", f"{who}：逾期天数", f"{who}: days overdue", -row["days_ahead"], Unit.DAYS))
        found += [
            figure(f"row{number}.{key}", f"{who}：{zh}", f"{who}: {en}", row[key], unit)
            for key, (zh, en, unit) in cells.items()
            if row[key] is not None
        ]
    return found


def _table(facts: _Facts, path: str | None) -> Table:
    columns = [Column(id="customer_id", label=Text(zh="客户编号", en="customer id"), unit=Unit.ID)]
    columns += [Column(id=key, label=Text(zh=zh, en=en), unit=unit) for key, (zh, en, unit) in _CELLS.items()]
    rows = tuple(tuple(row[column.id] for column in columns) for row in facts.rows)
    return Table(id="customers", title=_title(facts), columns=tuple(columns), rows=rows, row_count=facts.listed.num_rows, path=path)


def _title(facts: _Facts) -> Text:
    if facts.request.overdue:
        return Text(zh="已过预计下单日期的客户", en="Customers past their expected order date")
    if facts.request.within_days is not None:
        days = facts.request.within_days
        return Text(zh=f"预计{days}天内下单的客户", en=f"Customers expected to order within {days} days")
    return Text(zh="预计下次下单", en="Expected next orders")


def _interpretation(facts: _Facts) -> Text:
    who, what = facts.chosen.sentence, _title(facts)
    order = Text(zh="按日期先后", en="soonest first")
    if facts.request.overdue:
        order = Text(zh="按近365天消费额", en="by spend in the last 365 days")
    return Text(zh=f"{who.zh}：{what.zh}，数据截至{facts.as_of}，{order.zh}", en=f"{who.en}: {what.en}, as of {facts.as_of}, {order.en}")


def _nobody(facts: _Facts) -> Text:
    if not facts.overview["dated"]:
        return Text(
            zh="这些客户都没有在两个以上日期下过单，看不出间隔，无法预计下次下单。",
            en="None of these customers ordered on two dates or more, so there is no gap to expect the next order from.",
        )
    return Text(zh="按这个条件没有找到客户。", en="No customer fits this.")


def _caveats(facts: _Facts) -> tuple[Text, ...]:
    undated = facts.overview["customers"] - facts.overview["dated"]
    found = []
    if undated and facts.rows:
        found.append(
            Text(
                zh=f"有{undated:,}位客户只在一个日期下过单，没有预计日期。",
                en=f"{undated:,} {'customer has' if undated == 1 else 'customers have'} ordered on one date only and no expected date.",
            )
        )
    if facts.found.method != "model":
        found.append(
            Text(
                zh="可信度低：数据太少，区间宽度没有经过较晚时段的检验。",
                en="Low confidence: with so few data the width of the ranges could not be tested on a later period.",
            )
        )
    return tuple(found)


def _chart(facts: _Facts) -> Chart:
    names = {
        "overdue": Text(zh="已逾期", en="overdue"),
        "due_7": Text(zh="0–7天", en="0–7 days"),
        "due_8_14": Text(zh="8–14天", en="8–14 days"),
        "due_15_30": Text(zh="15–30天", en="15–30 days"),
        "due_31_90": Text(zh="31–90天", en="31–90 days"),
        "due_later": Text(zh="90天以后", en="later"),
    }
    heading = Text(zh="预计下次下单时间分布", en="When customers are expected to order next")
    counts = [facts.overview[key] or 0 for key in names]
    return bars("due", heading, list(names.values()), [(Text(zh="客户数", en="customers"), counts)], ",")


def _selection(facts: _Facts) -> Selection:
    """The listed customers: a rule over stored dates where those are, else as ids."""
    request, size = facts.request, facts.listed.num_rows
    if not facts.found.stored or facts.chosen.selection.limit or (size < facts.overview["dated"] and not _whole_rule(facts)):
        return listed_ids(facts.listed.column("customer_id").slice(0, MOST_IDS).to_pylist())
    condition = Condition(field="next_order_date", op="is known")
    if request.overdue:
        condition = Condition(field="next_order_date", op="<", value=facts.as_of.isoformat())
    elif request.within_days is not None:
        end = facts.as_of + dt.timedelta(days=request.within_days)
        condition = Condition(field="next_order_date", op="between", value=[facts.as_of.isoformat(), end.isoformat()])
    rule = with_condition(facts.chosen, condition)
    if request.overdue:
        return Selection(rule=rule, sort_by="amount_365d")
    return Selection(rule=rule, sort_by="next_order_date", descending=False)


def _whole_rule(facts: _Facts) -> bool:
    """Whether the list is everybody of its rule, not cut by a limit."""
    narrowed = facts.request.overdue or facts.request.within_days is not None
    return narrowed and "limit" not in facts.request.model_fields_set
