"""“Take gas out”, “each of those by month”, “the top one by month” after a number: read as the plainer words for it."""

from __future__ import annotations

import re

from assistant.planner.asked import Asked
from assistant.planner.constructions import plainer_of_shown
from assistant.planner.dialogue import Result
from assistant.planner.foresight import after
from assistant.planner.listings import number_in
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import first_shape

_FEWEST = 2
_PLACES = 10
"""As far as places have names."""
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}


def as_said_of_shown(asked: Asked) -> Plan | None:
    """The plan of what is said of a measurement, in plainer words; None where there are none, or something else was shown."""
    last = asked.dialogue.last
    if last is None or last.call.name != "measure":
        return None
    found = _with_number(asked) or _two_sides(asked, last)
    if found is not None:
        return found
    groups = bool(last.call.args.get("by"))
    words = plainer_of_shown(_placed(asked, last), groups=groups)
    return asked.read(words) if words != asked.bare and plainer_of_shown(words, groups=groups) == words else None


def _with_number(asked: Asked) -> Plan | None:
    """“Renters in december, with orders too”: the change that is told first, and then another number beside it."""
    said = asked.said("number_beside", "at_last")
    if said is None or not _is_number(asked.sentence(said["number"])):
        return None
    first = asked.read(said["rest"])
    if [call.name for call in first.calls] != ["measure"]:
        return None
    also = "再加上" if asked.language == "zh" else "also add "
    second = asked.read_in(f"{also}{said['number']}", after(asked.dialogue, first))
    return second if [call.name for call in second.calls] == ["measure"] else None


_LIGHT = ("stop", "punctuation", "conj", "ellipsis", "pair")


def _two_sides(asked: Asked, last: Result) -> Plan | None:
    """“Homeowners vs renters”, “有房和租房的对比” after a number: that number for either of them."""
    sentence = asked.sentence(asked.bare)
    args, tokens = last.call.args, sentence.tokens
    named = [sense.data for token in tokens if (sense := token.get("value")) is not None]
    sides = {str(one["dimension"]) for one in named}
    if len(named) != _FEWEST or len(sides) != 1 or not sentence.says("cue", "compare"):
        return None
    if not all(token.is_("value") or token.is_("cue", "compare") or any(token.is_(kind) for kind in _LIGHT) for token in tokens):
        return None
    dimension = sides.pop()
    by = [*(one for one in args.get("by", ()) if one != dimension), dimension][-_FEWEST:]
    where = {**args.get("where", {}), dimension: [str(one["value"]) for one in named]}
    kept = {key: value for key, value in args.items() if key not in ("sort", "limit", "chart")}
    return Plan((Call("measure", {**kept, "by": by, "where": where}),))


def _is_number(sentence: Sentence) -> bool:
    """Whether nothing but numbers to be measured is said."""
    light = ("metric", "stop", "conj", "punctuation")
    return sentence.says("metric") and all(any(token.is_(kind) for kind in light) for token in sentence.tokens)


def _placed(asked: Asked, last: Result) -> str:
    """“The best one by month”, “垫底的那家按月看”: the row that is meant, by its place, where something is asked of it."""
    by = list(last.call.args.get("by") or ())
    text, sizes = asked.bare, [number_in(row[1]) for row in last.rows]
    for kind, pick in (("best", max), ("worst", min)):
        said = first_shape("row_meant", kind, text) if len(by) == 1 and len(sizes) >= _FEWEST else None
        place = sizes.index(pick(sizes)) + 1 if said is not None else 0
        if said is None or not 0 < place <= _PLACES or not last.whole or not _is_of(asked, said["noun"], by[0]):
            continue
        start, end = said.span("row")
        words = f"第{place}名" if asked.language == "zh" else f"the {_ordinal(place)} one "
        return re.sub(r" +", " ", f"{text[:start]}{words}{text[end:]}").strip()
    return text


def _is_of(asked: Asked, noun: str | None, dimension: str) -> bool:
    """Whether what a row is called is what the rows are."""
    return not noun or asked.sentence(noun).says("dimension", dimension)


def _ordinal(place: int) -> str:
    return f"{place}{_ENDINGS.get(place, 'th')}"
