"""Which change groups are ordered by: in percent, of their share, either way, or what it adds to the change of all."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.intents.filters import counted_groups, go_down
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.spelled import find, patterns
from assistant.planner.tokens import Sense
from tools.metrics.catalogue import catalogue
from tools.metrics.options import CHANGES
from tools.windows import Window

_TABLE = "changes"
_MOVED = re.compile(r"\bmoved? (?:the )?most\b")
_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_SHARES = {"share_up": ("growth", ">"), "share_down": ("decline", "<")}


def take_change(sentence: Sentence) -> dict[str, Any]:
    """The order by a change that is spelt out, as arguments of a measurement; its words are used."""
    found: dict[str, Any] = {}
    for kind, (sort, op) in _SHARES.items():
        if _take(sentence, kind):
            found = {"sort": sort, "change_by": "share", "share_op": op}
    for kind in ("contribution", "movement"):
        if not found and _take(sentence, kind):
            found = {"sort": kind}
    if _take(sentence, "amount"):
        return {**found, "change_by": "amount"}
    if "change_by" not in found and _grows(sentence, found) and (_take(sentence, "percent") or _said(sentence, "rate")):
        found["change_by"] = "percent"
    return found


def changed_by(args: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a measurement with the order by a change in them, where there are groups to order."""
    if not args["by"]:
        return args
    held = next((one for one in args.get("having", ()) if one.get("of") in ("percent", "difference")), None)
    if held is not None and "sort" not in args and "sort" not in change:
        args["sort"] = "decline" if held["op"].startswith("<") else "growth"
        args |= {"change_by": "percent"} if held["of"] == "percent" and not args.get("limit") else {}
    if "sort" in change:
        args["sort"] = change["sort"]
    if args.get("sort") in CHANGES and change.get("change_by") in ("percent", "share"):
        args["change_by"] = change["change_by"]
    if "share_op" in change:
        condition = {"metric": args["metrics"][0], "op": change["share_op"], "value": "0", "of": "share"}
        args["having"] = [*args.get("having", []), condition]
    return args


def moved_most(sentence: Sentence, args: dict[str, Any]) -> dict[str, Any]:
    """“Which moved the most?” of goods says what sold best, but after a comparison what changed most."""
    said = args.get("compare") and sentence.typed and _MOVED.search(sentence.typed.lower())
    return {"sort": "movement"} if said else {}


def reordered(sentence: Sentence, args: dict[str, Any], change: dict[str, Any]) -> Plan | None:
    """The groups shown before, in the order of a change that a later question asks for; None where there is no change to see."""
    if "sort" not in change or not args.get("by"):
        return None
    if not args.get("compare"):
        return plan("measure", **{**args, "sort": "largest"}) if change["sort"] == "contribution" else None
    if args.get("where"):
        go_down(sentence, args)
    kept = {key: value for key, value in args.items() if key not in ("sort", "limit", "limit_per_group", "change_by")}
    kept["having"] = [one for one in args.get("having", ()) if one.get("of", "now") == "now"]
    limit = next((sense.data["n"] for sense in sentence.take_all("ranking") if sense.data["n"]), None) or counted_groups(sentence)
    found = changed_by(kept, change)
    if found["sort"] == "contribution" and not adds_up_over(found["metrics"][0], found["by"]):
        found["sort"] = "movement"
    return plan("measure", **{key: value for key, value in {**found, "limit": limit}.items() if value not in (None, [])})


def adds_up_over(metric: str, by: list[str]) -> bool:
    """Whether groups by these dimensions are parts of what is measured of all, so that they add something to its change."""
    return {catalogue().dimension(one).level for one in by} <= set(catalogue().metric(metric).additive)


def is_by_change(args: dict[str, Any]) -> bool:
    """Whether groups are ordered by a change."""
    return args.get("sort") in CHANGES


def time_held(sentence: Sentence, place: int) -> dict[str, str]:
    """“with at least $1,000 in Q2” of a change from Q2 to Q3: which of the two times a condition on groups is about."""
    free = [(at, token.get("window")) for at, token in enumerate(sentence.tokens) if at not in sentence.used]
    spans = [(at, one) for at, sense in free if sense is not None for one in windows_of(sense)]
    near = next((at for at in (place + 1, place + 2, place - 1, place - 2) if any(at == where for where, _ in spans)), None)
    held = [one for at, one in spans if at == near]
    others = [one for at, one in spans if at != near]
    if len(held) != 1 or len(others) != 2 or held[0] not in others:
        return {}
    sentence.use(near)  # type: ignore[arg-type]
    as_of = sentence.vocabulary.as_of
    earlier = min(others, key=lambda one: one.resolve(as_of).end or as_of)
    return {"of": "before"} if held[0] == earlier else {}


def held_change(sentence: Sentence, place: int, comparison: Sense) -> list[dict[str, str]]:
    """“fell by more than 10%”, “跌了超过一成”, "up at least $500": bounds on the change, where it is what the number is of."""
    near = [at for at in (place - 1, place - 2, place + 1, place + 2) if 0 <= at < len(sentence.tokens)]
    at = next((at for at in near if sentence.tokens[at].is_("direction") and _touches(sentence, at, place)), None)
    op, value = str(comparison.data["op"]), comparison.data["value"]
    if at is None or isinstance(value, list) or op not in _TURNED or comparison.data["unit"] not in ("share", "money", "order", "", "item"):
        return []
    of = "percent" if comparison.data["unit"] == "share" else "difference"
    falls = sentence.tokens[at].is_("direction", "down")
    bound = {"op": _TURNED[op] if falls else op, "value": str(-value if falls else value), "of": of}
    within = op.startswith("<")
    return [bound, *([{"op": "<" if falls else ">", "value": "0", "of": of}] if within else [])]


def _touches(sentence: Sentence, at: int, place: int) -> bool:
    """Whether nothing that says anything stands between."""
    between = sentence.tokens[min(at, place) + 1 : max(at, place)]
    return all(token.is_("stop") or token.is_("by") for token in between)


def windows_of(sense: Sense) -> list[Window]:
    """The times that a window names: both ends of “from Q2 to Q3”."""
    parts = sense.data.get("parts")
    return list(parts) if parts and len(parts) == 2 else [sense.data["window"]]


def _grows(sentence: Sentence, found: dict[str, Any]) -> bool:
    return bool(found) or sentence.has("cue", "growth", "yoy", "previous")


def _take(sentence: Sentence, kind: str) -> bool:
    places = _places(sentence, kind)
    sentence.use(*places)
    return bool(places)


def _said(sentence: Sentence, kind: str) -> bool:
    return bool(_places(sentence, kind))


def _places(sentence: Sentence, kind: str) -> list[int]:
    """Where it is spelt; words that were used already stay out of it."""
    for language in ("en", "zh"):
        for _, pattern in patterns(_TABLE, language, kind):
            for found in find(sentence.tokens, pattern):
                places = list(range(found.first, found.end))
                if not sentence.used & set(places):
                    return places
    return []
