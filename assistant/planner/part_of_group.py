"""“367门店的客户里去过406的占多少”, "what share of March shoppers bought diapers in Q3": some of a group.

Who the group are and what some of them did are each read alone, so that neither takes the other's time, place or goods.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from assistant.planner.asked import Asked, Reads
from assistant.planner.asked_parts import asked_alone, done_within, group_of, leaves, ordered, people_of
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.lately import LATELY_DAYS
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape, shapes
from assistant.planner.who import both
from tools.windows import Window

_SECTION = "part_of_group"
_EVERYBODY: Rule = {"all": []}
_WHO = {"zh": "{}有多少", "en": "how many {}"}
_DID = {"zh": "{}的客户有多少", "en": "how many customers {}"}
_IN_BAND = {"zh": "{}的客户", "en": "customers in the {}"}
_ORDERED = {"zh": "{}下过单", "en": "ordered in {}"}
_CUSTOMERS = {"zh": "{}的客户", "en": "customers who {}"}
_CAME = {"zh": "下单", "en": "shopped"}
_TIMES = ("window", "first_days", "after")
_TWICE = 2
_LATELY = {"last_days": LATELY_DAYS}
"""The time of “没来” where none is said."""
_KINDS = ("share", "timed", "kept")
"""“timed”: what asks for no share is about a part of a group only where the group is told by a time, and does something
at another; “kept”: two times alone, as in "retention from June to July"."""


def with_part_of_group(asked: Asked) -> Plan | None:
    """The plan of those of the group who also did the other; None where no such question is asked, or one of both is not understood."""
    within = _within(asked)
    if within is not None:
        return within
    for kind in _KINDS:
        for who, what in _cuts(asked, kind):
            if kind == "kept":
                who, what = (_ORDERED[asked.language].format(time) for time in (who, what))
            group = _group(asked, who if kind != "kept" else _CUSTOMERS[asked.language].format(who))
            did = _did(asked, what, group) if group is not None and (kind == "share" or _times(group)) else None
            if group is not None and did is not None:
                share = {"among": group} if kind != "timed" else {}
                return Plan((Call("find_customers", {"rule": both(group, did), **share}),))
    return None


def _within(asked: Asked) -> Plan | None:
    """The plan of one group within another, where both are named as people: “share of renters among VIPs”, “有房客户占冠军客户的比例”."""
    for who, what in _cuts(asked, "within"):
        group, part = _group(asked, who), _group(asked, what) or _group(asked, _IN_BAND[asked.language].format(what))
        if group is not None and part is not None and part != group:
            return Plan((Call("find_customers", {"rule": both(group, part), "among": group}),))
    return None


def _cuts(asked: Asked, kind: str) -> Iterator[tuple[str, str]]:
    """The words for the group and for what some of them did, in each way the question may be cut; the longest group first."""
    for frame in shapes(_SECTION, f"{asked.language}_{kind}"):
        said = frame.search(asked.bare)
        named = said.groupdict() if said is not None else {}
        if "rest" not in named:
            yield from [(named["group"], named["did"])] if named else []
            continue
        for cut in reversed(list(shape(_SECTION, f"{asked.language}_cut").finditer(named["rest"]))):
            yield named["rest"][: cut.end("group")], named["rest"][cut.start("did") :]


def _group(asked: Asked, words: str) -> Rule | None:
    """The rule of the group; None where it is everybody, or those of an earlier answer."""
    plain = words.strip(" ,")
    if shape(_SECTION, "unfinished").search(plain) or shape(_SECTION, "earlier").search(plain):
        return None
    rule = people_of(asked_alone(_WHO[asked.language].format(plain), _reads(asked)), asked.vocabulary.as_of)
    return rule if rule not in (_EVERYBODY, ordered(None)) else None


def _reads(asked: Asked) -> Reads:
    """What reads a part without the conversation: “customers” would be those before, and the question a part of itself."""
    return lambda words: asked.read_in(words, Dialogue())


def _did(asked: Asked, words: str, group: Rule) -> Rule | None:
    """The rule of what some of the group did, in the time of the group where it has none of its own."""
    said = {
        kind: shape(_SECTION, kind).search(words) is not None
        for kind in ("but", "before", "after", "again", "back", "bought", "came", "ever")
    }
    beside = said["before"] or said["after"]
    plain = words
    for kind in ("before", "after", "again"):
        plain = shape(_SECTION, kind).sub(" ", plain)
    if beside and said["back"]:
        plain = shape(_SECTION, "back").sub(_CAME[asked.language], plain)
    rule = group_of(asked_alone(_DID[asked.language].format(plain.strip(" ,")), _reads(asked)))
    if said["but"] or rule is None or rule in (_EVERYBODY, group) or _is_rate(rule, group, beside=beside) or _is_of_new(rule, group):
        return None
    if said["again"] and said["bought"]:
        rule = _of_goods(rule, group)
    if said["came"] and not said["bought"]:
        rule = _in_its_store(rule, group)
    times = _times(group)
    if _timed(rule) and not (beside and _times(rule) == [_LATELY]):
        return rule
    if said["after"] and group.get("field") == "first_order_date":
        return rule if rule.get("behaviour") == "orders" and rule["value"] == _TWICE else None
    if beside:
        then = _beside(times[0], asked.vocabulary.as_of, before=said["before"]) if len(times) == 1 else None
        return done_within(rule, then) if then is not None else None
    if said["again"] or said["back"]:
        return None
    return done_within(rule, times[0]) if len(times) == 1 and not said["ever"] else rule


def _beside(window: Any, as_of: dt.date, *, before: bool) -> dict[str, str] | None:
    """All the time before a time, or after it."""
    start, end = Window.model_validate(window).resolve(as_of)
    if before:
        return {"end": (start - dt.timedelta(days=1)).isoformat()} if start is not None else None
    return {"start": (end + dt.timedelta(days=1)).isoformat()} if end is not None else None


def _is_of_new(did: Rule, group: Rule) -> bool:
    """Whether it is about being new: at the time of the group, or some days after a first order."""
    new = {"segment": "new"}
    days = any("last_days" in (part.get("window") or {}) for part in leaves(did))
    return (did == new and bool(_times(group))) or (days and (group == new or group.get("field") == "first_order_date"))


def _of_goods(rule: Rule, group: Rule) -> Rule:
    """“6月买过啤酒的客户7月又买了”: what is bought again is what the group bought, where nothing else is named."""
    goods = [part["where"] for part in leaves(group) if part.get("behaviour") == "orders" and part.get("where")]
    bare = rule.get("behaviour") == "orders" and not rule.get("where")
    return {**rule, "where": goods[0]} if bare and len(goods) == 1 else rule


def _in_its_store(rule: Rule, group: Rule) -> Rule:
    """“367店的客户里下半年没来的”: who came or did not come to the store that the group are told by."""
    stores = [part["where"] for part in leaves(group) if set(part.get("where") or {}) == {"store"}]
    bare = rule.get("behaviour") == "orders" and not rule.get("where")
    return {**rule, "where": stores[0]} if bare and len(stores) == 1 else rule


def _is_rate(did: Rule, group: Rule, *, beside: bool) -> bool:
    """Whether a figure of its own tells it: who of those that a campaign contacted responded, who ordered at all."""
    sent = group.get("behaviour") in ("contacts", "responses") and bool(group.get("where"))
    responded = did.get("behaviour") == "responses" and not did.get("where") and sent
    return responded or (did == ordered(None) and not beside)


def _timed(rule: Rule) -> bool:
    """Whether a condition has a time of its own."""
    return any(key in part for part in leaves(rule) for key in _TIMES)


def _times(rule: Rule) -> list[Any]:
    """The different times of what the group did."""
    found: list[Any] = []
    for part in leaves(rule):
        window = part.get("window")
        if window is not None and window not in found:
            found.append(window)
    return found
