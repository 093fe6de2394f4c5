"""The groups of a scheme as they were at the end of an earlier day, worked out from the orders up to it.

Scores and levels rest on the edges of that day's customers, as they would have been shown then. Groups that a model makes
are known for today only, as nothing is kept of what the model of an earlier day would have said.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from tools.contracts import Statement, Text
from tools.errors import InputError, UnsupportedQuestion
from tools.segments.schemes import EIGHT, PROSPECTS, RFM, SCHEMES, Scheme, scheme_of
from tools.segments.scoring import rfm_scores_query
from tools.segments.tiers.limits import Limits, tiers_query_as_of
from tools.warehouse.identifiers import quote

_BY_MODEL = ("churn",)
_PARAMETER = re.compile(r"\$([a-z_]+)")


def dated_scheme(segment_id: str) -> Scheme:
    """The scheme of a group whose earlier members can be told.

    Raises:
        UnsupportedQuestion: A model makes the group, or it was saved or found by clustering.
    """
    scheme = scheme_of(segment_id)
    if scheme is None:
        raise UnsupportedQuestion(
            f"Who was in {segment_id!r} on an earlier day is not known: saved segments and clusters are kept as they are now; the RFM "
            "groups, the eight groups, the tiers and the lifecycle stages can be told for any day.",
            f"无法得知“{segment_id}”在更早日期的成员：自建分群和聚类只保存当前成员；"
            "RFM 分群、八大客群、会员等级、生命周期等可以回看任意日期。",
        )
    require_dated(scheme)
    return scheme


def require_dated(scheme: Scheme) -> None:
    """Refuse the groups that a model makes.

    Raises:
        UnsupportedQuestion: It is one.
    """
    if scheme.id in _BY_MODEL:
        raise UnsupportedQuestion(
            f"{scheme.name.en} come from today's model, so earlier ones are not known; the RFM groups, the eight groups, the tiers and the "
            "lifecycle stages can be told for any day.",
            f"{scheme.name.zh}由当前模型给出，无法回看更早的日期；RFM 分群、八大客群、会员等级、生命周期等可以回看任意日期。",
        )


def check_day(day: dt.date, as_of: dt.date) -> None:
    """Refuse a day that the data do not reach.

    Raises:
        InputError: It is after the as-of date.
    """
    if day > as_of:
        raise InputError(
            f"The data end on {as_of}, so groups on {day} are not known yet.",
            f"数据截至 {as_of}，还不知道 {day} 的分群情况。",
        )


def groups_then(scheme: Scheme, day: dt.date, limits: Limits | None) -> Statement:
    """One SELECT of customer_id and group_value, the group of ``scheme`` at the end of ``day``; NULL is in none.

    Args:
        scheme: One that ``require_dated`` takes.
        day: Nothing later is read.
        limits: Those of the tiers.

    Raises:
        UnsupportedQuestion: Levels were never computed.
    """
    require_dated(scheme)
    if scheme in (RFM, EIGHT):
        scores = f"SELECT customer_id, {quote(scheme.field)} AS group_value FROM (\n{rfm_scores_query()}\n) AS scored_then"
        if scheme is EIGHT:
            return Statement(sql=scores, parameters={"as_of": day})
        # Who has not ordered by then is a prospect.
        everyone = (
            f"SELECT c.customer_id, coalesce(g.group_value, '{PROSPECTS.id}') AS group_value FROM customers AS c "
            f"LEFT JOIN (\n{scores}\n) AS g ON g.customer_id = c.customer_id"
        )
        return Statement(sql=everyone, parameters={"as_of": day})
    if limits is None:
        raise UnsupportedQuestion(
            "Levels have not been computed yet; run: fenqun refresh.", "客户层级还没有计算；请先运行：fenqun refresh。"
        )
    levels = f"SELECT customer_id, {quote(scheme.field)} AS group_value FROM (\n{tiers_query_as_of()}\n) AS levels_then"
    return Statement(sql=levels, parameters=limits.parameters(day))


def renamed(statement: Statement, names: dict[str, str]) -> str:
    """The SQL of a statement with its parameters under other names."""
    return _PARAMETER.sub(lambda found: f"${names[found[1]]}", statement.sql)


def bound_by(statement: Statement, bind: Any) -> str:
    """The SQL of a statement with its values bound by ``bind``, which gives each its placeholder."""
    names = {name: str(bind(value)).removeprefix("$") for name, value in statement.parameters.items() if f"${name}" in statement.sql}
    return renamed(statement, names)


def edges_words(day: dt.date) -> Text:
    """Which day's edges the groups of a day rest on, in words."""
    return Text(
        zh=f"按截至 {day} 的订单、以当日全体客户的分界重新计算",
        en=f"worked out from the orders up to {day}, with the edges of that day's customers",
    )


SCHEMES_OF_ANY_DAY = tuple(name for name in SCHEMES if name not in _BY_MODEL)
