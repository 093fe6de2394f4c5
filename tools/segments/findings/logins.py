"""Customers who log in less than before: the last days against as many days before, chance set aside."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tools.contracts import Chart, Figure, Statement, Text, Unit
from tools.errors import InputError, NotEnoughData
from tools.requests import FindBehaviour
from tools.segments.behaviours import window_dates
from tools.segments.fields import FieldInfo
from tools.segments.findings.decline import LEVEL, chance_of_declining, most_when_declining
from tools.segments.findings.finding import Finding
from tools.segments.findings.listed import chosen_limit, column, list_customers, read_sql, selection_of
from tools.segments.findings.needs import require_events
from tools.segments.reporting import bars, figure, share
from tools.warehouse.context import ToolContext

USUAL_DAYS = 30
LEAST_DAYS = 3
"""Days with a login in the earlier period: several logins of one day are one visit and no habit."""
_FEWEST = 1.5
_WORTH_TELLING = 0.2
"""Share of the list from which on it is said how many chance alone would put there."""


def find_declining(ctx: ToolContext, request: FindBehaviour) -> Finding:
    """Customers whose logins fell by more than chance explains.

    Raises:
        UnsupportedQuestion: No logins were loaded.
        NotEnoughData: Logins do not reach back over both periods.
        InputError: The window is open on one side.
    """
    require_events(ctx, "login")
    until, days = _periods(ctx, request)
    _check_history(ctx, until, days)
    parameters = {"until": until, "days": days}
    counted = Statement(sql=_pairs(), parameters=parameters)
    pairs = ctx.engine.query(counted.sql, parameters).to_pylist()
    least = request.least_times or 1
    tested = [row for row in pairs if row["logins_before"] >= least and row["steady"]]
    fallen = [row for row in tested if row["logins_now"] <= most_when_declining(_total(row))]
    customers = sum(row["customers"] for row in fallen)
    order = "f.logins_before - f.logins_now DESC"
    listed = list_customers(ctx, _columns(), _joins(tested, least), order, parameters, chosen_limit(request))
    selection, caveats = selection_of(listed)
    words = _words(days, until)
    figures = _figures(pairs, tested, customers)
    return Finding(
        interpretation=words,
        definition=_definition(words, least),
        customers=customers,
        figures=(*figures, *listed.figures(request.limit)),
        tables=(listed.table(ctx, words, request.limit),),
        charts=(_chart(days, fallen),) if customers else (),
        statements=(counted, listed.statement),
        source_tables=("events",),
        selection=selection if customers else None,
        caveats=(*caveats, *_chance_caveats(customers, _chance(tested))),
        details={"days": days, "least_times": least},
    )


def _periods(ctx: ToolContext, request: FindBehaviour) -> tuple[dt.date, int]:
    if request.window is None or request.window.period == "all":
        return ctx.as_of, USUAL_DAYS
    start, end = window_dates(request.window, ctx.as_of)
    if start is None or end is None:
        raise InputError(
            "Logins are compared over two periods of the same length; give a window with both dates.",
            "登录变化需要比较两个等长的时间段；请给出有起止日期的时间范围。",
        )
    return end, (end - start).days + 1


def _check_history(ctx: ToolContext, until: dt.date, days: int) -> None:
    first = ctx.engine.rows("SELECT CAST(min(occurred_at) AS DATE) FROM events WHERE kind = 'login'")[0][0]
    needed = until - dt.timedelta(days=2 * days - 1)
    if first > needed:
        raise NotEnoughData(
            f"Logins were recorded from {first} on, but comparing {days} days with the {days} before needs them from {needed}; "
            "choose a shorter window or load more events.",
            f"登录记录从 {first} 开始，而比较最近 {days} 天与之前 {days} 天需要从 {needed} 起的记录；请缩短时间范围或载入更多行为数据。",
        )


def _pairs() -> str:
    return (
        f"WITH counted AS (\n{read_sql('logins')}\n)\n"
        f"SELECT logins_now, logins_before, days_before >= {LEAST_DAYS} AS steady, count(*) AS customers "
        "FROM counted GROUP BY ALL ORDER BY ALL"
    )


def _joins(tested: list[dict[str, Any]], least: int) -> str:
    totals = sorted({_total(row) for row in tested})
    limits = ", ".join(f"({total}, {most_when_declining(total)})" for total in totals) or "(0, -1)"
    return (
        f"\nINNER JOIN (\n{read_sql('logins')}\n) AS f ON f.customer_id = b.customer_id"
        f"\nINNER JOIN (VALUES {limits}) AS t(total, most) ON t.total = f.logins_now + f.logins_before"
        f" AND f.logins_now <= t.most AND f.logins_before >= {int(least)} AND f.days_before >= {LEAST_DAYS}"
    )


def _columns() -> tuple[FieldInfo, ...]:
    return (
        column("logins_now", "本期登录次数", "logins in the period", Unit.COUNT),
        column("logins_before", "上期登录次数", "logins in the period before", Unit.COUNT),
        column("change", "变化", "change", Unit.CHANGE, "CAST(f.logins_now - f.logins_before AS DOUBLE) / f.logins_before"),
        column("last_on", "最近登录", "last login", Unit.DATE),
    )


def _figures(pairs: list[dict[str, Any]], tested: list[dict[str, Any]], customers: int) -> list[Figure]:
    active = sum(row["customers"] for row in pairs if row["logins_before"])
    judged = sum(row["customers"] for row in tested)
    now, before = (sum(row[key] * row["customers"] for row in pairs) for key in ("logins_now", "logins_before"))
    chance = _chance(tested)
    return [
        figure("customers", "登录明显减少的客户数", "customers who log in clearly less", customers, Unit.COUNT),
        figure("customers_before", "上期登录过的客户数", "customers who logged in in the period before", active, Unit.COUNT),
        figure("share_of_active", "占上期登录过的客户", "share of those who logged in before", share(customers, active), Unit.SHARE),
        figure("customers_judged", "登录次数足以判断的客户数", "customers with enough logins to judge", judged, Unit.COUNT),
        figure("by_chance", "其中纯属偶然的预计人数", "of these, expected by chance alone", chance, Unit.NUMBER),
        figure("logins_now", "全部客户本期登录次数", "logins of all customers in the period", now, Unit.COUNT),
        figure("logins_before", "全部客户上期登录次数", "logins of all customers in the period before", before, Unit.COUNT),
        figure("change", "全部客户登录次数变化", "change in logins of all customers", share(now - before, before), Unit.CHANGE),
    ]


def _chance(tested: list[dict[str, Any]]) -> float:
    """How many of those judged would be called declining had nobody's rate changed."""
    return float(sum(row["customers"] * chance_of_declining(_total(row)) for row in tested))


def _chance_caveats(found: int, chance: float) -> list[Text]:
    """What to say where chance alone would bring about much of the list."""
    if not found or chance < max(_FEWEST, _WORTH_TELLING * found):
        return []
    return [
        Text(
            zh=f"登录频率即使没有变化，也会有约 {chance:.0f} 位客户偶然出现在名单中。",
            en=f"About {chance:.0f} customers would be on the list by chance alone, had nobody's rate changed.",
        )
    ]


def _total(row: dict[str, Any]) -> int:
    return int(row["logins_now"] + row["logins_before"])


def _chart(days: int, fallen: list[dict[str, Any]]) -> Chart:
    people = sum(row["customers"] for row in fallen)
    means = [sum(row[key] * row["customers"] for row in fallen) / people for key in ("logins_before", "logins_now")]
    title = Text(zh="这些客户的人均登录次数", en="Logins per customer of those listed")
    names = [Text(zh=f"之前{days}天", en=f"{days} days before"), Text(zh=f"最近{days}天", en=f"last {days} days")]
    return bars("logins", title, names, [(Text(zh="人均登录次数", en="logins per customer"), means)], ".1f")


def _words(days: int, until: dt.date) -> Text:
    return Text(
        zh=f"截至 {until} 的最近 {days} 天登录次数比之前 {days} 天明显减少的客户",
        en=f"Customers who logged in clearly less in the {days} days up to {until} than in the {days} days before",
    )


def _definition(words: Text, least: int) -> Text:
    return Text(
        zh=f"{words.zh}。明显：若登录频率不变，出现这么少的概率低于 {LEVEL:.0%}（二项检验），且上期至少有 {LEAST_DAYS} 天、{least} 次登录；"
        "次数太少的客户不作判断。",
        en=f"{words.en}. Clearly: so few would have a probability below {LEVEL:.0%} if the rate had not changed (binomial test), "
        f"with logins on at least {LEAST_DAYS} days, {least} in all, in the period before; customers with too few logins are not judged.",
    )
