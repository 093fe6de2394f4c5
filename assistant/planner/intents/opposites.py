"""Two kinds of customers that exclude each other, and parts beside their whole: both are measured, one after the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from tools.segments.schemes import scheme_of

_DENIED = {"=": "!=", "!=": "=", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}

_DID_OR_NOT = ({(">=", "1"), ("=", "0")}, {(">", "0"), ("=", "0")})
"""Conditions of those who did something, and of those who did not."""


def opposites_apart(found: Plan) -> Plan:
    """“有小孩的和没小孩的人均消费”: nobody is both, so that each kind is measured by itself."""
    return replace(found, calls=tuple(one for each in found.calls for call in _of_two_bands(each) for one in _sides(call)))


def _sides(call: Call) -> list[Call]:
    rule = call.args.get("customers")
    parts: list[Any] = rule.get("all", []) if isinstance(rule, dict) else []
    pair = next(((one, other) for at, one in enumerate(parts) for other in parts[at + 1 :] if _exclude(one, other)), None)
    if pair is None:
        return [call]
    common = [one for one in parts if one not in pair]
    rules = [{"all": [*common, side]} if common else side for side in pair]
    return [Call(call.name, {**call.args, "customers": one}) for one in rules]


def _of_two_bands(call: Call) -> list[Call]:
    """“年轻人和老年人谁花得多”: customers by bands, and a band that is none of them, which nobody is in as well."""
    rule, where = call.args.get("customers"), call.args.get("where", {})
    field = rule.get("field") if isinstance(rule, dict) else None
    bands = rule.get("value") if field is not None and rule is not None and rule.get("op") in ("in", "=") else None
    values = where.get(field, []) if bands else []
    if not values or set(values) & set(bands if isinstance(bands, list) else [bands]):
        return [call]
    rest = {name: value for name, value in call.args.items() if name not in ("customers", "where")}
    others = {name: value for name, value in where.items() if name != field}
    common = {"where": others} if others else {}
    return [Call(call.name, {**rest, **common, "customers": rule}), Call(call.name, {**rest, "where": where})]


def _exclude(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether no customer fits both: of one field, with and without the same value, or with two values; who did it and who did not."""
    if "behaviour" in one:
        limits = [{name: value for name, value in rule.items() if name not in ("op", "value")} for rule in (one, other)]
        did = {(str(rule.get("op")), str(rule.get("value"))) for rule in (one, other)}
        return limits[0] == limits[1] and did in _DID_OR_NOT
    if "field" not in one or one["field"] != other.get("field"):
        return False
    denied = _DENIED.get(str(one.get("op"))) == other.get("op") and one.get("value") == other.get("value")
    return denied or (one.get("op") == other.get("op") == "=" and one.get("value") != other.get("value"))


def beside_the_whole(sentence: Sentence, found: Plan, *, placed: bool, held: bool = False) -> Plan:
    """“高收入人群在MEAT上的支出占他们总支出多少”: a share that no other reading has told is one of the same without the limit.

    ``held``: what is sold there or then is set against all that is sold: “average ticket at store 367 vs the company average”.
    Of a time alone it is one of all time: “December's revenue and what % of the total it is”; of customers in it, one of everybody's.
    """
    each = _part_of_each(sentence, found)
    if each is not None:
        return each
    shared = not placed and sentence.says("cue", "share") and not any(call.args.get("by") for call in found.calls)
    asked = shared or held
    if not asked or len(found.calls) != 1:
        return found
    args = found.calls[0].args
    limit = "where" if args.get("where") else _whole_of(sentence, args) if shared and not args.get("compare") else None
    if limit not in args:
        return found
    if shared:
        of = [*args["where"]] if limit == "where" else [limit]
        return replace(found, calls=(replace(found.calls[0], args={**args, "share_of": of}),))
    whole = {name: value for name, value in args.items() if name != limit}
    return replace(found, calls=(*found.calls, Call(found.calls[0].name, whole)))


def _whole_of(sentence: Sentence, args: dict[str, Any]) -> str:
    """What limits the part alone: the customers, or the time where the share is said to be one of what they did.

    “What share of December revenue is from champions”, but “what share of champions' revenue came in December”.
    """
    if args.get("customers") is None:
        return "window"
    return "window" if args.get("window") and _of_their_own(sentence) else "customers"


def _of_their_own(sentence: Sentence) -> bool:
    """Whether what the share is one of is said to be that of the customers: “占冠军客户的几成”, “share of the champions' revenue”."""
    for place, token in enumerate(sentence.tokens):
        if token.is_("cue", "share") and (token.text.isascii() or token.text.endswith("占")):
            following = (one for one in sentence.tokens[place + 1 :] if not one.is_("stop"))
            first = next(following, None)
            return first is not None and any(first.is_(kind) for kind in ("segment", "noun", "pronoun"))
    return False


def of_one_group(sentence: Sentence, args: dict[str, Any]) -> dict[str, Any]:
    """“RFM分群里冠军客户的销售额占比”: one group of the scheme that is named, with its share of everybody's."""
    group = args["customers"]
    scheme = scheme_of(group) if isinstance(group, str) else None
    if scheme is None or args["by"] != [scheme.field] or not sentence.says("cue", "share"):
        return {}
    return {"by": [], "share_of": ["customers"]}


def _part_of_each(sentence: Sentence, found: Plan) -> Plan | None:
    """“Which age group has the highest share of champions”: those of a group that fit, as a part of all of the group."""
    if len(found.calls) != 1 or not found.calls[0].args.get("by") or not sentence.says("cue", "part_of_each"):
        return None
    args = found.calls[0].args
    limit = "customers" if args.get("customers") is not None else next(iter(args.get("where", ())), None)
    if limit is None:
        return None
    sentence.take_all("cue", "part_of_each")
    return replace(found, calls=(replace(found.calls[0], args={**args, "share_of": [limit]}),))
