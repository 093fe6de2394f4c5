"""“把这个留存率按年龄段分一下” after “10月的客户里有多少11月又来了”: the share of one group among another, group by group."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.clauses import Rule
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence

_LIGHT = ("stop", "punctuation", "ellipsis", "conj", "pronoun", "that", "by", "noun", "shown", "chart", "act", "rank")
_RATES = ("retention_rate", "repeat_rate", "repurchase_rate", "returning_customer_share", "customers")
_PEOPLE = re.compile(r"\b(?:them|they|these|those)\b|[他她]们|[这那](?:些|批|群)人?")
_FURTHER = ("basket", "share", "first_days")
_COUNTED = {"orders": ("active_customers", "buyers"), "contacts": ("contacted_customers", "contacted_customers")}
"""What customers did, and who is counted by it: those who did it at all, and those who did it with something that is named."""


def with_split_share(asked: Asked) -> Plan | None:
    """The plan of the last share by what the question names; None where it asks for something else, or the last answer was no share."""
    last = asked.dialogue.last
    if last is None or last.call.name != "find_customers" or not last.call.args.get("among"):
        return None
    sentence = asked.sentence(asked.question)
    if _PEOPLE.search(asked.text) and not any(sentence.says("metric", one) for one in _RATES[:-1]):
        return None  # “split them by age”: the people are meant, and not their share
    by = _split(sentence)
    measured = _share(last.call.args["rule"], last.call.args["among"]) if by else None
    if measured is None:
        return None
    charts = [one.id for token in sentence.tokens for one in token.senses if one.kind == "chart"]
    return plan("measure", **measured, by=by, share_of=["customers"], chart=charts[0] if charts else None)


def _split(sentence: Sentence) -> list[str]:
    """The dimensions by which to split; none where the question says more than that."""
    found: list[str] = []
    for token in sentence.tokens:
        dimension = token.get("dimension")
        if dimension is not None and sentence.vocabulary.levels.get(dimension.id) != "time":
            found.append(dimension.id)
        elif not (any(token.is_(kind) for kind in _LIGHT) or token.is_("cue", "share", "list", "compare") or token.is_("metric", *_RATES)):
            return []
    return found[:2]


def _share(rule: Rule, base: Rule) -> dict[str, Any] | None:
    """Both groups in one measurement: the base as what is counted, the rest of the conditions as whose; None where that cannot be."""
    others = [part for part in rule.get("all", ()) if part != base]
    counted = _COUNTED.get(str(base.get("behaviour")))
    at_all = (
        base.get("op") == ">=" and str(base.get("value")) == "1" and not any(base.get(key) for key in ("basket", "share", "first_days"))
    )
    if counted is None or not at_all or not others or len(others) == len(rule["all"]):
        return None
    limits = {key: base[key] for key in ("window", "where") if base.get(key)}
    whose = others[0] if len(others) == 1 else {"all": others}
    return {"metrics": [counted[bool(base.get("where"))]], **limits, "customers": whose}
