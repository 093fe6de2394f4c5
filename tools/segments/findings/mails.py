"""Customers who were mailed again and again and never opened a mail."""

from __future__ import annotations

import re
from typing import Any

from tools.contracts import Chart, Figure, Statement, Text, Unit
from tools.metrics.values import is_filled, remember
from tools.requests import FindBehaviour
from tools.rules import AllOf, Behaviour, SegmentRule, Selection
from tools.segments.compiler import compile_selection
from tools.segments.findings.finding import Finding
from tools.segments.findings.listed import chosen_limit, list_customers, selection_of
from tools.segments.findings.needs import opened_events, require_opens
from tools.segments.measured import measured_columns
from tools.segments.reporting import bars, figure, share
from tools.segments.spans import window_words
from tools.warehouse.context import ToolContext

_MAIL = re.compile(r"mail|edm|newsletter|邮", re.IGNORECASE)
_USUAL = 2
_MOST_BARS = 10


def find_unopened(ctx: ToolContext, request: FindBehaviour) -> Finding:
    """Customers who were mailed at least so often and opened nothing.

    Raises:
        UnsupportedQuestion: Contacts or opens were not loaded.
    """
    require_opens(ctx)
    least, kinds = request.least_times or _USUAL, _mail_kinds(ctx)
    mailed = _mailed(request, 1, kinds)
    rule = AllOf(all=(_mailed(request, least, kinds), *_nothing_opened(ctx, request)))
    selection = Selection(rule=rule)
    query = compile_selection(ctx, selection)
    measured = measured_columns(mailed, ctx.as_of)
    joins = f"\nINNER JOIN (\n{query.sql}\n) AS g ON g.customer_id = b.customer_id{measured.joins}"
    [mails] = measured.infos
    listed = list_customers(ctx, [mails], joins, f"{mails.sql} DESC", query.parameters | measured.parameters, chosen_limit(request))
    mailed_customers, mailed_often = (_count(ctx, _mailed(request, times, kinds)) for times in (1, least))
    everybody = _listed_sizes(ctx, query.sql, measured.joins, mails.sql, query.parameters | measured.parameters)
    # A rule stays up to date, so it stands for them; only a list that was cut is named one by one.
    chosen, cut = selection_of(listed) if chosen_limit(request) else (selection, ())
    words = _words(request, least, bool(kinds), ctx)
    return Finding(
        interpretation=words,
        definition=_definition(words),
        customers=sum(everybody.values()),
        figures=(*_figures(everybody, mailed_customers, mailed_often), *listed.figures(request.limit)),
        tables=(listed.table(ctx, words, request.limit),),
        charts=(_chart(everybody),) if len(everybody) > 1 else (),
        statements=(Statement(sql=query.sql, parameters=query.parameters), listed.statement),
        source_tables=("campaign_contacts", "campaign_responses", "events"),
        selection=chosen if everybody else None,
        caveats=(*cut, *(() if kinds else (_ALL_CONTACTS,))),
        details={"least_times": least, "mail_kinds": list(kinds)},
    )


_ALL_CONTACTS = Text(
    zh="营销活动的类型没有区分邮件与其他方式，因此所有触达都按邮件计。",
    en="The campaigns' types do not tell mails from other contacts, so every contact counts as a mail.",
)


def _mail_kinds(ctx: ToolContext) -> list[str]:
    """The types of campaigns that are mails by their name; none where no type says so."""
    sql = "SELECT DISTINCT kind FROM campaigns WHERE kind IS NOT NULL ORDER BY kind"
    kinds = remember(ctx, "kinds of campaigns", lambda: [str(row[0]) for row in ctx.engine.rows(sql)])
    return [kind for kind in kinds if _MAIL.search(kind)]


def _mailed(request: FindBehaviour, times: int, kinds: list[str]) -> Behaviour:
    where = {"campaign_kind": kinds} if kinds else {}
    return Behaviour(behaviour="contacts", op=">=", value=times, window=request.window, where=where)


def _nothing_opened(ctx: ToolContext, request: FindBehaviour) -> list[SegmentRule]:
    # Any response says that the mail was opened, be it a click, a purchase or leaving the list.
    rules: list[SegmentRule] = []
    if is_filled(ctx, "campaign_responses"):
        rules.append(Behaviour(behaviour="responses", op="=", value=0, window=request.window))
    if kinds := opened_events(ctx):
        rules.append(Behaviour(behaviour="events", op="=", value=0, window=request.window, where={"event_kind": kinds}))
    return rules


def _count(ctx: ToolContext, rule: SegmentRule) -> int:
    query = compile_selection(ctx, Selection(rule=rule))
    return int(ctx.engine.rows(f"SELECT count(*) FROM (\n{query.sql}\n) AS chosen", query.parameters)[0][0])


def _listed_sizes(ctx: ToolContext, chosen: str, joins: str, mails: str, parameters: dict[str, Any]) -> dict[int, int]:
    """Number of mails to the customers who got so many and opened none."""
    sql = (
        f"SELECT {mails} AS mails, count(*) AS customers FROM customer_base AS b\n"
        f"INNER JOIN (\n{chosen}\n) AS g ON g.customer_id = b.customer_id{joins}\nGROUP BY mails ORDER BY mails"
    )
    return {int(mails): int(count) for mails, count in ctx.engine.rows(sql, parameters)}


def _figures(sizes: dict[int, int], mailed: int, often: int) -> list[Figure]:
    customers = sum(sizes.values())
    return [
        figure("customers", "多次收到邮件却从未打开的客户数", "customers mailed so often who never opened", customers, Unit.COUNT),
        figure("customers_mailed", "收到过邮件的客户数", "customers who were mailed", mailed, Unit.COUNT),
        figure("customers_mailed_often", "多次收到邮件的客户数", "customers mailed so often", often, Unit.COUNT),
        figure("share_of_mailed", "占多次收到邮件的客户", "share of those mailed so often", share(customers, often), Unit.SHARE),
        figure("mails", "这些客户收到的邮件数", "mails sent to them", sum(mails * count for mails, count in sizes.items()), Unit.COUNT),
    ]


def _chart(sizes: dict[int, int]) -> Chart:
    shown = dict(list(sizes.items())[:_MOST_BARS])
    title = Text(zh="从未打开的客户数，按收到的邮件数", en="Customers who never opened, by mails received")
    names = [Text(zh=f"{mails} 封", en=str(mails)) for mails in shown]
    return bars("mails", title, names, [(Text(zh="客户数", en="customers"), list(shown.values()))], ",d")


def _words(request: FindBehaviour, least: int, mails: bool, ctx: ToolContext) -> Text:
    when = window_words(request.window, ctx.as_of)
    zh, en = ("收到邮件", "mailed") if mails else ("被触达", "contacted")
    often = "at least once" if least == 1 else f"at least {least} times"
    return Text(
        zh=f"{when.zh}{zh}至少 {least} 次、却从未打开的客户",
        en=" ".join(part for part in (f"Customers who were {en} {often}", when.en, "and never opened anything") if part),
    )


def _definition(words: Text) -> Text:
    return Text(
        zh=f"{words.zh}。对照组不算触达；任何响应（打开、点击、转化等）或打开邮件的行为都算打开。",
        en=f"{words.en}. Control groups were not contacted; any response (opened, clicked, converted, ...) or event of an opened mail "
        "counts as opening.",
    )
