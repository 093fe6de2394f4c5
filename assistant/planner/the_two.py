"""“这两天的人均消费”, "orders by month for those two stores", “这两个月都买了的”: what the last answers differ in, by how many there are.

The name is taken off; what is left is asked of the last answer, and then of each of those that are meant.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

from assistant.planner.asked import Asked, Reads
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.intents.filters import segments_apart
from assistant.planner.numbers import parse_number
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.set_changes import in_one_only
from assistant.planner.shapes import shape
from tools.windows import Window

Args = dict[str, Any]
_TWO, _MOST = 2, 6
_ALIKE = 1.2
"""By how much two times that are compared may differ in length, as months do."""
_PERIODS = {"month": r"\d{4}-\d{2}|(?:this|last)_month", "quarter": r"\d{4}-(?:\d{2}|Q\d)|(?:this|last)_(?:month|quarter)"}
"""The times that hold no more than one of a unit."""
_NUMBER_OF_PEOPLE = ("客户数", "number of customers")
_OVER_TIME = frozenset({"day", "week", "month", "quarter", "year"})
_ORDER = {"op": ">=", "value": 1}


def of_the_two(asked: Asked) -> Plan | None:
    """The plan of a question about what the last answers differ in; None where it speaks of no such things."""
    text, dialogue = asked.bare, asked.dialogue
    said = asked.said("the_two", "named")
    if dialogue.last is None:
        return None
    if said is None:
        return _in_one_only(text, dialogue)
    meant = _kind(said.groupdict().get("noun") or "")
    number = _number(said.groupdict().get("n") or "2")
    if number is None or not 1 < number <= _MOST:
        return None
    sets = _of_sets(text, said, asked.read) if meant in ("window", "any", "customers") else None
    if sets is not None:
        return sets
    sides = sides_before(dialogue, number, meant)
    if sides is None:
        return None
    around = f"{text[: said.start()].rstrip()} {text[said.end() :].lstrip()}".strip()
    rest = shape("the_two", "asked").sub(" ", around)
    rest = shape("the_two", "light").sub("", re.sub(r"\s+", " ", rest).strip(" ,.?!;的")).strip(" ,.?!;的")
    if not rest and _differing(sides) == "customers":
        return None  # two groups by themselves are compared as groups
    rest = shape("the_two", "people").sub(_NUMBER_OF_PEOPLE[rest.isascii()], rest) if rest else rest
    last = Result(Call("measure", sides[-1]), "", "answered", turn=dialogue.last.turn)
    found = asked.read_in(rest, replace(dialogue, results=(*dialogue.results, last), asked=None)) if rest else Plan((last.call,))
    changed = _changed(found, sides)
    return _each(changed, _order(around), asked.vocabulary.as_of) if changed is not None else None


def _in_one_only(text: str, dialogue: Dialogue) -> Plan | None:
    """“只有其中一个月买的呢”: who is in one of the last two lists alone."""
    if not shape("the_two", "one_of_them").fullmatch(text):
        return None
    rule = in_one_only(dialogue)
    return plan("find_customers", rule=rule) if rule is not None else None


def _kind(noun: str) -> str:
    """What of the answers the noun means: "window", the dimension of a value, "customers" or "any"."""
    for kind in ("window", "store", "category", "campaign", "customers", "brand", "band", "any"):
        if shape("the_two", f"of_{kind}").fullmatch(noun):
            return kind
    return "any"


def _number(text: str) -> int | None:
    if text in ("both", "俩"):
        return 2
    value = parse_number(text)
    return int(value) if value is not None and value == int(value) else None


def sides_before(dialogue: Dialogue, number: int, meant: str) -> list[Args] | None:
    """The arguments of the last measurements that differ in one thing, as many as said; None where there are not so many."""
    measured: list[Args] = []
    for result in dialogue.results:
        args = _as_measure(result)
        if args is not None:
            measured = [*(one for one in measured if one != args), args]
    shown = _shown_together(measured[-1], number, meant) if measured else None
    if shown is not None:
        return shown
    for at in range(len(measured) - 1, 0, -1):
        last = measured[at]
        for key in ("window", "where", "customers"):
            if not _fits(key, meant, last):
                continue
            alike = [one for one in measured[: at + 1] if _bare(one, key) == _bare(last, key)]
            alike = [one for place, one in enumerate(alike) if one.get(key) not in [other.get(key) for other in alike[place + 1 :]]]
            found = alike[-number:]
            if len(found) == number and all(one.get(key) for one in found) and _disjoint([one[key] for one in found]):
                return found
    return None


def _shown_together(last: Args, number: int, meant: str) -> list[Args] | None:
    """Each of the values that the last measurement shows side by side, where there are as many as said."""
    where, by = dict(last.get("where") or {}), list(last.get("by") or ())
    name = next((one for one in by if len(where.get(one, ())) == number), None)
    if name is None or not (meant in ("any", "customers") or meant in name):
        return None
    rest = {key: one for key, one in last.items() if key not in ("by", "limit")} | {"by": [one for one in by if one != name]}
    return [{**rest, "where": {**where, name: [value]}} for value in where[name]]


def _disjoint(given: list[Any]) -> bool:
    """Whether no value is in two of the conditions."""
    values = [value for one in given if isinstance(one, dict) for part in one.values() if isinstance(part, list) for value in part]
    shared = [value for value in values if values.count(value) > 1]
    whole = [set(map(str, one)) for one in given if isinstance(one, dict)]
    return not shared or (bool(whole) and all(values.count(value) == len(given) for value in shared))


def _fits(key: str, meant: str, last: Args) -> bool:
    """Whether a noun may mean what this argument says."""
    if meant == "any":
        return True
    if key == "window":
        return meant == "window"
    if key == "customers":
        return meant in ("customers", "band")
    names = list(last.get("where") or {})
    return meant == "customers" or any(meant in name for name in names)


def _bare(args: Args, key: str) -> Args:
    return {name: one for name, one in args.items() if name not in (key, "compare", "chart", "sort", "metrics", "by")}


def _as_measure(result: Result) -> Args | None:
    """What an answer measured; a list of those who bought something is a number of buyers."""
    if result.aside or result.outcome not in ("answered", "empty"):
        return None
    if result.call.name == "measure":
        return dict(result.call.args)
    rule = result.call.args.get("rule") if result.call.name == "find_customers" else None
    if not isinstance(rule, dict) or rule.get("behaviour") != "orders" or not rule.get("window"):
        return None
    bare = {key: one for key, one in rule.items() if one and key not in ("behaviour", "window", "where")}
    if bare != _ORDER or result.call.args.get("limit"):
        return None
    where = {"where": rule["where"]} if rule.get("where") else {}
    return {"metrics": ["buyers" if where else "active_customers"], "window": rule["window"], **where}


def _of_sets(text: str, said: re.Match[str], read: Reads) -> Plan | None:
    """“这两个月都买了的”, “只在其中一个月买的”: who did it in each of them, or in one of them alone."""
    if not shape("the_two", "sets").search(text):
        return None
    both = "两个" if re.search("[\u3400-\u9fff]", text) else "the two"
    words = f"{text[: said.start()]}{both}{text[said.end() :]}"
    if words == text:
        return None
    found = read(words)
    rule = found.calls[0].args.get("rule") if len(found.calls) == 1 and found.calls[0].name == "find_customers" else None
    return found if isinstance(rule, dict) and set(rule) & {"all", "any"} else None


def _differing(sides: list[Args]) -> str:
    return next(key for key in ("window", "where", "customers") if sides[0].get(key) != sides[-1].get(key))


def _changed(found: Plan, sides: list[Args]) -> list[Args] | None:
    """Each of the measurements with what else the question says; None where that is no measurement of theirs."""
    if len(found.calls) != 1 or found.calls[0].name != "measure":
        return None
    args, differ, last = found.calls[0].args, _differing(sides), sides[-1]
    if differ == "window" and args.get("window") not in (None, last["window"]):
        return None
    whole = {**{key: last[key] for key in ("window", "where", "customers") if last.get(key) and not args.get(key)}, **args}
    whole.pop("compare", None)
    if "window" not in args and _too_short(whole):
        del whole["window"]
    if differ != "where":
        return [{**whole, differ: side[differ]} for side in sides]
    return [{**whole, "where": {**(whole.get("where") or {}), **side["where"]}} for side in sides]


def _too_short(args: Args) -> bool:
    """“按月画” of what was measured in one month: a course needs more than one period."""
    window = args.get("window") or {}
    units = [one for one in args.get("by") or () if one in _OVER_TIME]
    period = _PERIODS.get(units[0]) if units else None
    return period is not None and re.fullmatch(period, str(window.get("period"))) is not None


def _order(around: str) -> Args:
    """“哪天的客单价高”: the first is the one that is asked for."""
    if shape("the_two", "least").search(around):
        return {"sort": "smallest"}
    return {"sort": "largest"} if shape("the_two", "most").search(around) else {}


def _each(sides: list[Args], order: Args, as_of: dt.date) -> Plan:
    """All of them in one measurement where they can be; else one after the other."""
    differ, last = _differing(sides), sides[-1]
    apart = Plan(tuple(Call("measure", one) for one in sides))
    by = list(last.get("by") or ())
    if differ == "window":
        return _side_by_side(sides, as_of) or apart
    if differ == "where":
        names = [name for name in last["where"] if sides[0]["where"].get(name) != last["where"][name]]
        if len(names) != 1 or len(by) > 1:
            return apart
        values = list(dict.fromkeys(value for one in sides for value in one["where"][names[0]]))
        joined = {**last, "where": {**last["where"], names[0]: values}, "by": list(dict.fromkeys([*by, names[0]])), **order}
        return Plan((Call("measure", joined),))
    groups = [one["customers"] for one in sides]
    together = {"any": [{"segment": one} for one in groups]}
    if all(isinstance(one, str) for one in groups) and not by and (schemes := segments_apart(together)):
        return Plan((Call("measure", {**last, "customers": together, "by": schemes, **order}),))
    return apart


def _side_by_side(sides: list[Args], as_of: dt.date) -> Plan | None:
    """The later of two times compared with the earlier one; None where they are unlike."""
    if len(sides) != _TWO or set(sides[0].get("by") or ()) & _OVER_TIME:
        return None
    windows = [Window.model_validate(one["window"]) for one in sides]
    dates = [one.resolve(as_of) for one in windows]
    if any(one.start is None or one.end is None for one in dates):
        return None
    first, later = (0, 1) if str(dates[0].start) < str(dates[1].start) else (1, 0)
    lengths = [(one.end - one.start).days + 1 for one in dates if one.start and one.end]
    if max(lengths) > min(lengths) * _ALIKE:
        return None
    before = windows[later].previous().resolve(as_of) == dates[first]
    against = "previous" if before else windows[first].model_dump(mode="json", exclude_defaults=True)
    return Plan((Call("measure", {**sides[later], "compare": against}),))
