"""“average order value in December for customers who bought diapers twice”: a measurement of a group told by what it did.

What is measured and who the group are is each read alone, so that neither takes the other's time, place or goods.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import asked_alone, leaves, ordered, people_of
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape, shapes

_SECTION = "measured_group"
_UNFIT: tuple[Rule | None, ...] = (None, {"all": []}, ordered(None), {"segment": "new"})
"""No group, everybody, and those who are new at the time that is measured."""
_WHO = {"zh": "{}有多少", "en": "how many {}"}
_PEOPLE = {"zh": "客户", "en": "customers"}
_HEADS = frozenset({"customers", "active_customers", "buyers"})
_SAYS_NOTHING = ("window", "stop", "punctuation")
_WHOSE = ("customers", "share_of", "share_within")


def with_measured_group(asked: Asked) -> Plan | None:
    """The plan of what is measured, of the group; None where no such question is asked, or one of both is not understood."""
    for measured, group in _cuts(asked):
        call = _measured(asked, measured)
        rule = _group(asked, group) if call is not None else None
        if call is not None and rule is not None:
            return Plan((Call("measure", _measured_of(rule, dict(call.args))),))
    return None


def _cuts(asked: Asked) -> Iterator[tuple[str, str]]:
    """The words for what is measured and for the group, in each way the question may be cut."""
    if shape(_SECTION, "several").search(asked.bare):
        return
    for kind, people in (("", " "), ("_verb", _PEOPLE[asked.language])):
        for frame in shapes(_SECTION, f"{asked.language}{kind}"):
            said = frame.search(asked.bare)
            named = said.groupdict(default="") if said is not None else {"group": ""}
            if shape(_SECTION, "told").search(named["group"]) and not shape(_SECTION, "done").search(named.get("before", "")):
                yield f"{named.get('before', '')}{people}{named.get('after', '')}", named["group"]


def _group(asked: Asked, words: str) -> Rule | None:
    """The rule of a group told by what it did; None where it is everybody."""
    call = asked_alone(_WHO[asked.language].format(words.strip(" ,")), lambda words: asked.read_in(words, Dialogue()))
    rule = people_of(call, asked.vocabulary.as_of)
    return rule if rule is not None and rule not in _UNFIT and not _of_two_times(rule) else None


def _of_two_times(rule: Rule) -> bool:
    """Whether its time may as well be the one that is measured: new customers of a month, those contacted "by campaign 13 in July"."""
    parts = leaves(rule)
    sent = any(part.get("behaviour") in ("contacts", "responses") and part.get("window") and part.get("where") for part in parts)
    return sent or any(part.get("field") == "first_order_date" for part in parts)


def _measured_of(rule: Rule, args: dict[str, Any]) -> dict[str, Any]:
    """The measurement of a group; one told by a single property is a filter."""
    if set(rule) == {"segment"}:
        return {**args, "customers": rule["segment"]}
    if "behaviour" in rule or rule.get("op") not in ("=", "in"):
        return {**args, "customers": rule}
    values = rule["value"] if isinstance(rule["value"], list) else [rule["value"]]
    return {**args, "where": {**args.get("where", {}), rule["field"]: values}}


def _measured(asked: Asked, words: str) -> Call | None:
    """The measurement of everybody that the rest of the question asks for."""
    if all(token.is_("cue", "count") or any(token.is_(kind) for kind in _SAYS_NOTHING) for token in asked.sentence(words).tokens):
        return None  # how many there are in a time: of what is not said
    call = asked_alone(words.strip(" ,"), lambda words: asked.read_in(words, Dialogue()))
    if call is None or call.name != "measure" or any(call.args.get(one) for one in _WHOSE):
        return None
    return call if not _HEADS & set(call.args["metrics"]) else None
