"""“沉睡客户呢”, "and those with kids?", “其他人呢”: another group in place of the one before, or all who are not in it.

What is said is read by itself as a group; everything else of the answer before stays.
"""

from __future__ import annotations

from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import asked_alone, group_of
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.find_changes import without_fields
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape
from assistant.planner.share_base import all_of, parts_of

_SECTION = "other_group"
_NUMBER_OF = {"zh": "{}的销售额", "en": "revenue of {}"}
_WHO = {"zh": "{}有多少", "en": "how many {}"}
_DID = {"zh": "{}的客户有多少", "en": "how many customers {}"}
_WHOSE = ("customers", "where")
Args = dict[str, Any]


def with_other_group(asked: Asked) -> Plan | None:
    """The call before of another group; None where the question says more, or nothing of a group."""
    last = asked.dialogue.last
    if last is None or last.outcome not in ("answered", "empty"):
        return None
    if last.call.name == "measure":
        return _measured(asked, dict(last.call.args))
    if last.call.name != "find_customers" or not {"rule"} <= set(last.call.args) <= {"rule", "among"}:
        return None
    return _shared(asked, last.call.args) if last.call.args.get("among") else _listed(asked, last.call.args)


def _measured(asked: Asked, args: Args) -> Plan | None:
    """The measurement of other customers."""
    before = _people(asked, args)
    if _of_earlier(asked.dialogue, before) or args.get("by") == ["customer"] or args.get("basket"):
        return None
    if before and asked.said(_SECTION, "rest"):
        return _replaced(args, before, {"customers": {"not": _rule_of(before)}})
    if "store" in args.get("where", {}) and asked.said(_SECTION, "every_store"):
        return _replaced(args, {"where": {"store": args["where"]["store"]}}, {"customers": args.get("customers")})
    kind = next((one for one in ("replaced", "narrowed") if _said(asked, one, "who")), None)
    words = _said(asked, kind, "who") if kind else None
    if kind is None or words is None or (kind == "narrowed" and before):
        return None
    call = asked_alone(_NUMBER_OF[asked.language].format(words), lambda text: asked.read_in(text, Dialogue()))
    if call is None or call.name != "measure" or set(call.args) - {"metrics", *_WHOSE} or call.args["metrics"] != ["revenue"]:
        return None
    named = {name: call.args[name] for name in _WHOSE if name in call.args}
    if not named or _people(asked, named) != named or set(named.get("where", ())) & set(args.get("by", ())):
        return None
    return _replaced(args, before, _beside(before, named))


def _of_earlier(dialogue: Dialogue, people: Args) -> bool:
    """Whether they are those of an earlier answer, by its handle."""
    return any(one.handle and one.handle in (people.get("customers"), _segment(people)) for one in dialogue.results)


def _segment(people: Args) -> str:
    given = people.get("customers")
    return str(given.get("segment", "")) if isinstance(given, dict) else ""


def _people(asked: Asked, args: Args) -> Args:
    """What limits a measurement to some customers, besides the groups that it sets side by side."""
    levels = asked.vocabulary.levels
    where = {
        name: values
        for name, values in args.get("where", {}).items()
        if levels.get(name) == "customer" and (name not in args.get("by", ()) or len(values) == 1)
    }
    given = args.get("customers")
    return {**({"customers": given} if given else {}), **({"where": where} if where else {})}


def _beside(before: Args, named: Args) -> Args:
    """The group that is named; with the other properties of the one before, where it says one of them anew."""
    said = {**before.get("where", {})}
    if "customers" not in named and set(named["where"]) & set(said):
        return {**before, "where": {**said, **named["where"]}}
    known = before.get("customers")
    rule = known.get("rule", known) if isinstance(known, dict) else {}
    if len(named.get("where", ())) == 1 and "all" in rule:
        kept = without_fields(rule, {"field": next(iter(named["where"]))})
        if kept != rule:
            return {**before, "customers": kept, "where": {**said, **named["where"]}}
    return named


def _replaced(args: Args, before: Args, now: Args) -> Plan:
    """The measurement with the one group in place of the other."""
    place = {name: values for name, values in args.get("where", {}).items() if name not in before.get("where", {})}
    where = {**place, **now.get("where", {})}
    rest = {name: value for name, value in args.items() if name not in _WHOSE}
    whose = {"customers": now["customers"]} if now.get("customers") else {}
    return Plan((Call("measure", {**rest, **({"where": where} if where else {}), **whose}),))


def _rule_of(people: Args) -> Rule:
    """The customers that limits of a measurement leave."""
    given = people.get("customers")
    parts = [{"segment": given}] if isinstance(given, str) else parts_of(given.get("rule", given)) if given else []
    for name, values in people.get("where", {}).items():
        parts.append({"field": name, "op": "=", "value": values[0]} if len(values) == 1 else {"field": name, "op": "in", "value": values})
    return all_of(parts)


def _shared(asked: Asked, args: Args) -> Plan | None:
    """The share of another group, or of the same that did something else."""
    group = parts_of(args["among"])
    done = [part for part in parts_of(args["rule"]) if part not in group]
    did = _deeds(asked, "did_share")
    if done and did is not None and all("behaviour" in part for part in done):
        return _share(group, _in_time_of(did, done))
    words = _said(asked, "replaced", "who")
    rule = group_of(asked_alone(_WHO[asked.language].format(words), lambda text: asked.read_in(text, Dialogue()))) if words else None
    if not done or rule is None or rule == {"all": []} or not all(set(part) & {"field", "segment"} for part in parts_of(rule)):
        return None
    kept = parts_of(without_fields(args["among"], rule) or {"all": []}) if "field" in rule and len(group) > 1 else group
    return _share([*(kept if len(kept) < len(group) else ()), *parts_of(rule)], done)


def _share(group: list[Rule], done: list[Rule]) -> Plan:
    return Plan((Call("find_customers", {"rule": all_of([*group, *done]), "among": all_of(group)}),))


def _listed(asked: Asked, args: Args) -> Plan | None:
    """The list or number of those who did something else, in the same time."""
    did = _deeds(asked, "did_list")
    parts = parts_of(args["rule"])
    done = [part for part in parts if "behaviour" in part]
    if did is None or not done or _same_but_goods(did, done) or any(set(part) & {"any", "not", "all"} for part in parts):
        return None
    return Plan((Call("find_customers", {"rule": all_of([*(part for part in parts if part not in done), *_in_time_of(did, done)])}),))


def _same_but_goods(did: list[Rule], done: list[Rule]) -> bool:
    """“换成买过化妆品的” after those who bought seafood three times: other goods, as often, which changes a value alone."""
    bare = len(did) == len(done) == 1 and did[0].get("op") == ">=" and str(did[0].get("value")) == "1"
    return bool(bare and did[0].get("where") and set(did[0]["where"]) == set(done[0].get("where") or ()))


def _deeds(asked: Asked, kind: str) -> list[Rule] | None:
    """The conditions on what was done, where nothing but that is said."""
    words = _said(asked, kind, "did")
    rule = group_of(asked_alone(_DID[asked.language].format(words), lambda text: asked.read_in(text, Dialogue()))) if words else None
    parts = parts_of(rule) if rule is not None else []
    return parts if parts and all("behaviour" in part for part in parts) else None


def _in_time_of(did: list[Rule], done: list[Rule]) -> list[Rule]:
    """What was done in the time of what was asked about before, where it has none of its own."""
    times = [part.get("window") for part in done]
    if any(part.get("window") for part in did) or any(one != times[0] for one in times) or not times[0]:
        return did
    return [{**part, "window": times[0]} for part in did]


def _said(asked: Asked, kind: str, name: str) -> str | None:
    """What the question names in the frames of a kind, where it is nothing of those before."""
    found = asked.said(_SECTION, kind)
    words = found[name].strip(" ,.?!") if found is not None else ""
    return words if words and not shape(_SECTION, "veto").search(words) else None
