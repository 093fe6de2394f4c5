"""“用过券的客户占11月销售额的几成”, “12月占这家店全年的百分之几”: a part of the sales and its whole, each read by itself."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.asked import Asked, Reads
from assistant.planner.asked_parts import asked_alone, group_of, said_as
from assistant.planner.clauses import Rule
from assistant.planner.normalise import HAN
from assistant.planner.plan import Call, Plan
from tools.metrics.catalogue import catalogue

_HAN = re.compile(f"[{HAN}]")
_METRIC = {"zh": "销售额", "en": "revenue"}
_YEAR = re.compile(r"\b(?:(?:for|of|in) )?(?:the |our )?(?:(?:full|whole|entire) )?(?:annual|yearly|years?|2017)\b")
_LIMITS = {"metrics", "window", "where"}
_PEOPLE = ("customers", "buyers", "active_customers", "new_customers", "responders")


def with_part_of_sales(asked: Asked) -> Plan | None:
    """The plan of the part with its share of the whole; None where no such question is asked, or a part of it is not understood."""
    return _by_customers(asked.text, asked.read) or _by_time(asked.text, asked.read)


def _by_customers(text: str, read: Reads) -> Plan | None:
    """What customers of some kind bring: they did in that time what they are named by, where no other time is named."""
    said = said_as("sales_from", text)
    if said is None:
        return None
    who = said["who"].strip(" ,的")
    whole = _measured(said["what"], read)
    rule = group_of(asked_alone(f"{who}有多少" if _HAN.search(text) else f"how many {who}", read))
    if whole is None or rule is None or set(rule) == {"segment"} or rule == {"all": []}:
        return None
    return Plan((Call("measure", {**whole, "customers": timed(rule, whole.get("window")), "share_of": ["customers"]}),))


def _by_time(text: str, read: Reads) -> Plan | None:
    """A part of the year of all of it; a shop or goods that the year alone is told of are those of the part, too."""
    said = said_as("year_part", text)
    if said is None:
        return None
    part, whole = _measured(said["part"], read), _measured(_YEAR.sub(" ", said["whole"]).strip() or _METRIC["en"], read)
    if part is None or whole is None or not part.get("window") or part["window"] == whole.get("window"):
        return None
    where = {**whole.get("where", {}), **part.get("where", {})}
    metrics = part["metrics"] if part["metrics"] != ["revenue"] else whole["metrics"]
    return Plan((Call("measure", {**part, "metrics": metrics, **({"where": where} if where else {}), "share_of": ["window"]}),))


def _measured(words: str, read: Reads) -> dict[str, Any] | None:
    """What is measured by these words, the money where they name only a time or goods; None where it cannot be added up."""
    words = words.strip(" ,的")
    metric = _METRIC["zh" if _HAN.search(words) else "en"]
    for one in (words, f"{words}{metric}" if _HAN.search(words) else f"{metric} in {words}"):
        call = asked_alone(one, read)
        if call is None or call.name != "measure" or set(call.args) - _LIMITS or len(call.args["metrics"]) != 1:
            continue
        found = catalogue().metric(call.args["metrics"][0])
        if found.additive and found.id not in _PEOPLE:
            return dict(call.args)
    return None


def timed(rule: Rule, window: Any) -> Rule:
    """The rule with what was done at least once as done in the window."""
    if not window:
        return rule
    if set(rule) <= {"all", "any"}:
        return {joint: [timed(one, window) for one in parts] for joint, parts in rule.items()}
    once = "behaviour" in rule and "window" not in rule and (rule.get("op"), rule.get("value")) == (">=", 1)
    return {**rule, "window": window} if once else rule
