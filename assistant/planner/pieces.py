"""Cuts a text of several questions at its joints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape

_IFS = ("if ", "when ", "suppose ", "assuming ", "如果", "假如", "要是", "若", "假设", "当")
"""What begins a condition of the question after it, which is no question of its own."""

_WITHIN = ("里", "里面", "里头", "里边", "当中", "之中")
"""What ends the naming of a set of which something is asked then: “收入5万以下的家庭里，谁…”."""
_OF_ALL = ("全部", "所有", "全体", "总体", "整体", "overall", "in all", "of all", "everyone", "all customers")
"""Words by which a later part is about everybody again."""

_MORE = ("what about ", "how about ", "and what about ", "and how about ")
_SHORT = 3
_BOUGHT = {"behaviour": "orders", "op": ">=", "value": 1}
"""The rule of everybody who bought anything."""
_OF_BEFORE = re.compile(r"'segment': 't\d+'")
"""Arguments that speak of the customers of an earlier call, which must be made then."""


def splits(sentence: Sentence, kinds: tuple[tuple[str, ...], ...]) -> Iterator[list[str]]:
    """The question cut at the ends of sentences, then at every joint between clauses."""
    for joints in kinds:
        places = [place for place, token in enumerate(sentence.tokens) if token.is_(*joints)]
        for chosen in ([places] if places else []) + [[place] for place in places if len(places) > 1]:
            pieces = [piece for piece in _pieces(sentence, chosen) if piece]
            if len(pieces) > 1 and not pieces[0].startswith(_IFS) and not any(piece.endswith(_WITHIN) for piece in pieces[:-1]):
                yield pieces


def asks_of_more(sentence: Sentence) -> bool:
    """Whether the last clause asks the same of something else: “平均每天多少客人，周末呢”, "orders in May, what about June"."""
    commas = [place for place, token in enumerate(sentence.tokens) if token.is_("punctuation", ",")]
    last = sentence.tokens[commas[-1] + 1 :] if commas else []
    said = [token for token in last if not token.is_("stop") and not token.is_("punctuation")]
    words = sentence.text[last[0].start : last[-1].end].strip(" ?.!") if last else ""
    return 0 < len(said) <= _SHORT and (words.endswith("呢") or words.startswith(_MORE))


def asks_which_twice(sentence: Sentence) -> bool:
    """Whether two firsts are asked for: “which store sells most and which has the highest order value”."""
    return shape("parts", "which_twice").search(sentence.text) is not None


def _pieces(sentence: Sentence, places: list[int]) -> Iterator[str]:
    at = 0
    for place in [*places, len(sentence.tokens)]:
        part = sentence.tokens[at:place]
        yield sentence.text[part[0].start : part[-1].end] if part else ""
        at = place + 1


_LIMITS = ("where", "customers")
_LISTS: tuple[str, ...] = ("churn_risk", "next_order", "customer_value", "predict_response")
_LISTS += ("cluster_customers", "weigh_rfm", "describe_data", "segment_overview", "find_customers")


def narrows(calls: list[Call], found: Plan) -> bool:
    """Whether a later part asks for what the part before asks for, only said more exactly: “Who may leave? Give me the first 30”."""
    if not calls or len(found.calls) != 1 or found.calls[0].name != calls[-1].name or calls[-1].name not in _LISTS:
        return False
    later = found.calls[0].args
    if found.calls[0].name == "find_customers":
        return {**later, "limit": None} == {**calls[-1].args, "limit": None}  # only how many is said anew
    return all(value in (None, [], {}, False) or later.get(name) == value for name, value in calls[-1].args.items())


_TOLD_ONCE = ("suggest_strategy", "describe_persona")
_RANKED = ("predict_response", "churn_risk", "customer_value", "next_order")
"""Tools that list the customers of a model, most likely first."""


def in_time_of(calls: list[Call], found: Plan, piece: str) -> Plan:
    """“双十一当天有多少单？卖了多少钱？”: a later measurement without a time of its own is of the time before, and of its limits.

    Args:
        calls: Those of the parts before.
        found: The plan of the later part.
        piece: Its words; "in all" and “历史上” mean all time.
    """
    if len(found.calls) != 1 or not calls or calls[-1].name != "measure" or shape("parts", "of_all_time").search(piece):
        return found
    before = calls[-1].args
    if found.calls[0] == Call("find_customers", {"rule": _BOUGHT}) and before.get("window"):
        return Plan((Call("find_customers", {"rule": {**_BOUGHT, "window": before["window"]}}),), found.notes)
    if found.calls[0].name != "measure":
        return found
    later = found.calls[0].args
    if any(later.get(one) for one in ("window", "compare", "by")) or later["metrics"] == ["customers"] or not before.get("window"):
        return found
    limits = () if any(later.get(one) for one in _LIMITS) else _LIMITS
    kept = {name: before[name] for name in ("window", *limits) if before.get(name)}
    return replace(found, calls=(Call("measure", {**later, **kept}),))


def of_those(calls: list[Call], found: Plan, piece: str) -> Plan:
    """“45岁以上有多少人，消费最高的20个是谁”: a later ranking that names nobody is one of the customers of the part before.

    Args:
        calls: Those of the parts before.
        found: The plan of the later part.
        piece: Its words; “全部”, "overall" mean everybody.
    """
    if not calls or calls[-1].name != "find_customers" or len(found.calls) != 1 or any(word in piece for word in _OF_ALL):
        return found
    rule, call = calls[-1].args.get("rule"), found.calls[0]
    if rule in (None, {"all": []}) or any(calls[-1].args.get(one) for one in ("limit", "share")):
        return found
    ranked = call.args.get("sort_by") or call.args.get("sort") in ("largest", "smallest")
    if call.name == "find_customers" and ranked and call.args.get("rule") in (None, {"all": []}, _BOUGHT):
        return replace(found, calls=(replace(call, args={**call.args, "rule": rule}),))
    bare = not any(call.args.get(one) for one in ("where", "customers", "window", "compare"))
    if call.name == "measure" and ranked and bare and call.args.get("by"):
        return replace(found, calls=(replace(call, args={**call.args, "customers": rule}),))
    return found


def repeats(calls: list[Call], found: Plan) -> bool:
    """Whether a later part only asks again for the advice or portrait that a part before asks for: “Need ideas for next month”."""
    if not calls or len(found.calls) != 1:
        return False
    if calls[-1].name == found.calls[0].name == "find_rules":
        return found.calls[0].args.get("customers") == f"t{len(calls)}"  # “What drives churn? Show it as rules”
    if calls[-1].name == found.calls[0].name and found.calls[0].name in _RANKED:
        return all(calls[-1].args.get(name) == value for name, value in found.calls[0].args.items())  # “I need 300. Who?”
    if calls[-1].name == "cluster_customers" and found.calls[0].args.get("by") == ["cluster"]:
        return found.calls[0].args.get("metrics") == ["customers"]  # “What groups are there? Cluster them”: the sizes are told
    if calls[-1].name != found.calls[0].name or found.calls[0].name not in _TOLD_ONCE:
        return False
    return found.calls[0].args.get("customers") in (calls[-1].args.get("customers"), f"t{len(calls)}")


def says_more(later: Call, before: Call, piece: str = "") -> bool:
    """Whether a later part asks the question before it again with more said, so that only the later one is to be answered.

    “周末呢” and the lowest beside the highest are questions of their own.
    """
    ways = {later.args.get("sort"), before.args.get("sort")}
    turned = None not in ways and len(ways) > 1 and not later.args.get("limit")
    asked = piece.strip(" ?.").endswith("呢") or piece.strip().startswith(_MORE)
    if turned or (asked and not later.args.get("compare")):
        return False
    if later.name != before.name or _OF_BEFORE.search(str(later.args)):
        return False
    if later.name == "find_customers":
        kept = _conditions(later.args.get("rule"))
        return all(one in kept for one in _conditions(before.args.get("rule")))  # other conditions are another question
    return set(before.args.get("metrics", ())) <= set(later.args.get("metrics", ()))


def _conditions(rule: Any) -> list[Any]:
    """What all has to hold of a rule."""
    parts = rule.get("all", [rule]) if isinstance(rule, dict) else []
    return list(parts)
