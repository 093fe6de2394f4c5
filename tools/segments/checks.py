"""Cross-checks of groups of customers: groups against everybody, lists against their counts, exports against the selection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from tools.checks import MOST_ROWS, check, gather
from tools.contracts import Check, CustomerQuery, Text, Unit
from tools.warehouse.context import ToolContext, read_meta

_LONG = re.compile(r"\b(counted_orders|orders|order_lines|events|campaign_contacts|campaign_responses|feedback)\b")
"""Tables with many rows per customer; a selection that reads one is run a second time only where that is short."""
_STORED_AS = {"counted_orders": "orders"}


def list_checks(ctx: ToolContext, query: CustomerQuery, listed: pa.Table, count: int, most_listed: int) -> tuple[Check, ...]:
    """A list of customers: no more and no fewer than were counted, and nobody twice.

    Args:
        ctx: The warehouse.
        query: Who is listed.
        listed: The list, at most ``most_listed`` rows of it.
        count: How many there are, as told.
        most_listed: A longer list is cut there.
    """

    def rows() -> Iterator[Check]:
        """Different customers on the list."""
        found = pc.count_distinct(listed.column("customer_id")).as_py()
        label = Text(zh="名单上的不同客户数，与客户数", en="different customers on the list, against the number of customers")
        yield check("list_rows", label, found, min(count, most_listed), Unit.COUNT)

    return gather(rows, lambda: _with_the_others(ctx, query, count))


def size_checks(ctx: ToolContext, query: CustomerQuery, count: int) -> tuple[Check, ...]:
    """A group of customers: it and the others are everybody."""
    return gather(lambda: _with_the_others(ctx, query, count))


def _with_the_others(ctx: ToolContext, query: CustomerQuery, count: int) -> Iterator[Check]:
    if not _is_short(ctx, query):
        return
    sql = f"SELECT (SELECT count(*) FROM customers) - count(*) FROM customers WHERE customer_id NOT IN (\n{_ids(query)}\n)"
    expected = ctx.engine.rows(sql, query.parameters)[0][0]
    label = Text(zh="客户数，与全部客户减去其余客户", en="customers, against all customers less the others")
    yield check("members", label, count, expected, Unit.COUNT)


def union_checks(ctx: ToolContext, queries: Sequence[CustomerQuery], sizes: Sequence[int], both: int) -> tuple[Check, ...]:
    """Two groups: their sizes less those who are in both are as many as belong to either.

    Args:
        ctx: The warehouse.
        queries: Of both groups; the names of their parameters differ.
        sizes: Of both groups, as told.
        both: How many are in both, as told.
    """

    def either() -> Iterator[Check]:
        """Both groups less those in both."""
        if not all(_is_short(ctx, query) for query in queries):
            return
        sql = f"SELECT count(*) FROM (\n{_ids(queries[0])}\nUNION\n{_ids(queries[1])}\n) AS either"
        expected = ctx.engine.rows(sql, {**queries[0].parameters, **queries[1].parameters})[0][0]
        label = Text(
            zh="两组人数之和减去重叠人数，与属于任一组的客户数", en="both groups less the overlap, against the customers of either"
        )
        yield check("either_group", label, sum(sizes) - both, expected, Unit.COUNT)

    return gather(either)


def groups_checks(ctx: ToolContext, customers: int, revenue: Decimal) -> tuple[Check, ...]:
    """All groups of a scheme, with those who are in none: every customer once, and all that they spent.

    Args:
        ctx: The warehouse.
        customers: Of all groups added up, with those in no group.
        revenue: The same of what they spent.
    """

    def people() -> Iterator[Check]:
        """Customers of all groups."""
        expected = ctx.engine.rows("SELECT count(*) FROM customers")[0][0]
        label = Text(
            zh="各分群与未分群的客户数之和，与全部客户数", en="customers of all groups and of none added up, against all customers"
        )
        yield check("groups.customers", label, customers, expected, Unit.COUNT)

    def spent() -> Iterator[Check]:
        """Spend of all groups."""
        expected = _spent_by_all(ctx)
        label = Text(
            zh="各分群与未分群的消费额之和，与全部客户消费额", en="revenue of all groups and of none added up, against all customers'"
        )
        yield check("groups.revenue", label, revenue, expected, Unit.MONEY)

    return gather(people, spent)


def cluster_checks(ctx: ToolContext, sizes: Sequence[int], noise_share: float, customers: int, *, stored: bool) -> tuple[Check, ...]:
    """Clusters with the noise are all customers that were clustered; stored ones are as large as their stored members say."""

    def added() -> Iterator[Check]:
        """Customers of all clusters."""
        label = Text(
            zh="各聚类与不属于任何聚类的客户数之和，与参与聚类的客户数", en="clusters and noise added up, against the customers clustered"
        )
        yield check("clusters.customers", label, sum(sizes) + round(noise_share * customers), customers, Unit.COUNT)

    def members() -> Iterator[Check]:
        """Customers by the stored membership."""
        if stored and _is_fresh(ctx):
            expected = ctx.engine.rows("SELECT count(*) FROM scores WHERE cluster IS NOT NULL")[0][0]
            label = Text(zh="各聚类客户数之和，与逐客户存储的归属", en="clusters added up, against the membership stored for each customer")
            yield check("clusters.members", label, sum(sizes), expected, Unit.COUNT)

    return gather(added, members)


def churn_checks(overview: Mapping[str, Any], matching: int, listed: str | None, scored: int) -> tuple[Check, ...]:
    """Churn: the bands and those without one are all who were scored; the list is as long as its band or definition.

    Args:
        overview: The counts that are told.
        matching: Customers of the list before any limit, from the list's own statement.
        listed: The key of ``overview`` that counts the same; "raised" for both upper bands; None where nothing does.
        scored: How many have a score, counted on their own.
    """
    bands = sum(overview[name] for name in ("customers_high", "customers_middle", "customers_low", "undecided"))
    label = Text(
        zh="各风险等级（含未定）客户数之和，与参与评估的客户数", en="bands and the undecided added up, against all who were scored"
    )
    found = [check("churn.bands", label, bands, scored, Unit.COUNT)]
    if listed is not None:
        counted = overview["customers_high"] + overview["customers_middle"] if listed == "raised" else overview[listed]
        label = Text(zh="名单的客户数，与分级统计的客户数", en="customers of the list, against those counted for its band or definition")
        found.append(check("churn.list", label, matching, counted, Unit.COUNT))
    return tuple(found)


def export_checks(ctx: ToolContext, query: CustomerQuery, rows: int, *, for_marketing: bool) -> tuple[Check, ...]:
    """An export: its rows are the selection less those who refused marketing."""

    def written() -> Iterator[Check]:
        """Rows of the file."""
        if not _is_short(ctx, query):
            return
        allowed = " AND coalesce(marketing_consent, TRUE)" if for_marketing else ""
        sql = f"SELECT count(*) FROM customers WHERE customer_id IN (\n{_ids(query)}\n){allowed}"
        label = Text(
            zh="导出行数，与符合条件且未拒绝营销的客户数", en="rows exported, against the selection less those who refused marketing"
        )
        if not for_marketing:
            label = Text(zh="导出行数，与符合条件的客户数", en="rows exported, against the customers of the selection")
        yield check("export_rows", label, rows, ctx.engine.rows(sql, query.parameters)[0][0], Unit.COUNT)

    return gather(written)


def _ids(query: CustomerQuery) -> str:
    return f"SELECT customer_id FROM (\n{query.sql}\n) AS chosen"


def _is_short(ctx: ToolContext, query: CustomerQuery) -> bool:
    tables = {"customers", *(_STORED_AS.get(name, name) for name in _LONG.findall(query.sql))}
    return all(ctx.engine.rows(f"SELECT count(*) FROM {name}")[0][0] <= MOST_ROWS // 10 for name in sorted(tables))


def _spent_by_all(ctx: ToolContext) -> Decimal:
    """From the orders themselves; where those are too many, or newer than the groups, from what is stored for each customer."""
    few = ctx.engine.rows("SELECT count(*) FROM orders")[0][0] <= MOST_ROWS
    if few and _is_fresh(ctx):
        sql = "SELECT sum(amount) FROM counted_orders WHERE customer_id IS NOT NULL AND order_date <= CAST($day AS DATE)"
        found = ctx.engine.rows(sql, {"day": read_meta(ctx.engine, "features_as_of")})[0][0]
    else:
        found = ctx.engine.rows("SELECT sum(amount) FROM customer_features")[0][0]
    return Decimal(found or 0)


def _is_fresh(ctx: ToolContext) -> bool:
    return read_meta(ctx.engine, "refreshed_data_version") == ctx.data_version
