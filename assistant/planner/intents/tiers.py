"""Overviews of the schemes beside RFM: “会员等级分布，SVIP 门槛 5000”, “lifecycle stages over 60 days”, “AIPL 漏斗”."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from assistant.planner.clauses import DAYS, plain
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.ask_numbers import check_range
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

SCHEMES = ("value_activity", "membership", "lifecycle", "aipl")
_TIERS = {"tier_svip": "svip", "tier_vip": "vip"}
_LONGEST_PERIOD = 730
_CELLS = 9
_FROM = re.compile(r"(?:from|since|at|over|above|after|starting at|starting from) (?P<n>[12]\d{3})|(?P<m>[12]\d{3})")


def overview(sentence: Sentence, _: Dialogue) -> Plan | None:
    """All groups of one scheme, with the limits or the period that the question sets."""
    found = sentence.take("scheme", *SCHEMES)
    if sentence.has("by") and any(one.id != "customers" for _, one in sentence.free("metric")):
        return None  # a metric by the groups is measured
    scheme = found.id if found else "membership" if _sets_limits(sentence) else None
    if scheme is None:
        return None
    args: dict[str, Any] = {"scheme": scheme}
    if scheme == "membership":
        args["tiers"] = take_limits(sentence)
    if scheme == "lifecycle":
        args["period_days"] = take_period(sentence)
        _absorb_previous(sentence, args["period_days"])
    if scheme == "value_activity":
        sentence.use(*(place for place, one in sentence.free("quantity") if one.data["value"] == _CELLS))
    if sentence.says("part", "funnel"):
        sentence.take_all("cue", "explain")
    absorb(sentence)
    return plan("segment_overview", **args)


def _absorb_previous(sentence: Sentence, days: int | None) -> None:
    """“Last 90 days vs 90 before”: the period before is as long, so that saying it again adds nothing."""
    if not (sentence.has("cue", "compare", "previous") or sentence.has("conj", "and")):
        return
    for kind in ("quantity", "window", "ago"):
        for place, sense in list(sentence.free(kind)):
            window, number = sense.data.get("window"), sense.data.get("value", 0)
            length = window.last_days if window is not None else int(number * DAYS.get(str(sense.data.get("unit")), 1))
            if days and length == days:
                sentence.use(place)
    sentence.take_all("cue", "compare", "previous")


def _sets_limits(sentence: Sentence) -> bool:
    """Whether tiers are given limits without their scheme being named: “SVIP 门槛 5000”, “SVIP top 5 %, VIP top 20 %”."""
    tiers = [place for place, _ in sentence.free("segment", *_TIERS)]
    limits = [place for place, token in enumerate(sentence.tokens) if _limit_at(token)]
    return bool(tiers and limits) and (sentence.has("part", "limit") or (len(tiers) > 1 and len(limits) > 1))


def absorb(sentence: Sentence) -> None:
    """Words that only ask to see the groups."""
    sentence.take_all("scheme", *SCHEMES)
    sentence.take_all("field", "value_activity", "membership_tier", "lifecycle", "aipl_stage", "value_level", "activity_level")
    sentence.take_all("dimension", "value_activity", "membership_tier", "lifecycle", "aipl_stage")
    sentence.take_all("cue", "segments", "summarize", "list", "count", "share", "compare", "total", "everyone", "strategy")
    sentence.take_all("part", "funnel", "limit")
    sentence.take_all("term", "window")
    sentence.take_all("metric", "customers", "revenue")
    sentence.take_all("chart", "auto")


def take_limits(sentence: Sentence) -> dict[str, dict[str, Any]]:
    """The limits of the tiers: every number belongs to the tier named before it; a share of VIP counts from the top."""
    limits: dict[str, dict[str, Any]] = {}
    tier: str | None = None
    following = False
    for place, token in enumerate(sentence.tokens):
        if place in sentence.used:
            continue
        named = token.get("segment", *_TIERS)
        if named:
            tier = _TIERS[named.id]
            sentence.use(place)
            continue
        following = following or token.is_("part", "then")
        limit = _limit_at(token)
        if limit and tier is not None:
            name, value = limit
            if name == "share" and following and tier == "vip":
                value = value + Decimal(str(limits.get("svip", {}).get("share", 0)))
            limits.setdefault(tier, {})[name] = _written(name, value)
            sentence.use(place)
    sentence.take_all("part", "then")
    sentence.take_all("segment", *_TIERS)
    return limits


def _written(name: str, value: Decimal) -> Any:
    return str(value.normalize()) if name == "share" else plain(value)


def _limit_at(token: Token) -> tuple[str, Decimal] | None:
    """What a number limits: an amount, a number of orders, or a share of the buyers."""
    ranking = token.get("ranking")
    if ranking is not None and ranking.data.get("share"):
        return "share", Decimal(ranking.data["share"])
    amount = token.get("quantity") or token.get("comparison")
    since = _FROM.fullmatch(token.text) if token.is_("window") else None
    if since is not None:
        return "amount", Decimal(since["n"] or since["m"])  # “VIP from 2000” is no year
    if amount is None or isinstance(amount.data["value"], list):
        return None
    if amount.data.get("op", ">=") not in (">=", "="):
        return None
    names = {"": "amount", "money": "amount", "order": "orders", "share": "share"}
    name = names.get(amount.data["unit"])
    return (name, Decimal(amount.data["value"])) if name else None


def take_period(sentence: Sentence) -> int | None:
    """The length of a period in days: “over 60 days”, “最近60天”, “按60天”."""
    for place, token in enumerate(sentence.tokens):
        window, amount = token.get("window"), token.get("quantity") or token.get("comparison")
        days = 0
        if window is not None:
            days = window.data["window"].last_days or 0
        elif amount is not None and amount.data["unit"] in DAYS and not isinstance(amount.data["value"], list):
            days = int(amount.data["value"] * DAYS[amount.data["unit"]])
        if days and place not in sentence.used:
            sentence.use(place)
            check_range(sentence, place, days, 1, _LONGEST_PERIOD, "window_last")
            return days
    return None
