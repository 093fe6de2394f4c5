"""“Rank them by average order value instead”, “哪家客单价最高”: the groups that were shown, in the order of another number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.dialogue import Result
from assistant.planner.listed import CLUSTERS, OWN_CLUSTERS
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import first_shape, shape
from assistant.planner.vocabulary import Vocabulary
from tools.segments.schemes import SCHEMES

_BESIDE = 2
"""Numbers that are shown where one is asked for: that one, and the one that was shown before."""
_LIMITS = ("window", "where", "where_not", "customers", "basket", "compare")


def reranked(asked: Asked) -> Plan | None:
    """The plan of a question that orders the groups of the last answer anew; None where it does not, or where they are customers."""
    last = _grouped(asked.dialogue.last)
    if last is None:
        return None
    by = list(last.call.args["by"])
    ordered = first_shape("reranked", "asked", asked.bare, whole=True)
    which = None if ordered or asked.dialogue.asked else first_shape("reranked", "which", asked.bare, whole=True)
    said = ordered or which
    if said is None or not _is_of(said.groupdict().get("noun"), by[0], asked):
        return None
    found = next((one for one in _by_number(_number(said), last, asked) if _measures(one, last.call)), None)
    if found is None:
        return None
    args = {**found.calls[0].args, **_shown(last, by[0], asked.vocabulary)}
    args["sort"] = "smallest" if said.groupdict().get("least") else "largest"
    if which is not None:
        args["metrics"] = args["metrics"][:_BESIDE]
    return replace(found, calls=(Call("measure", args),))


def _number(said: re.Match[str]) -> str:
    """What the groups are ordered by; what they spend, each or in all, where only the spending is said."""
    named = said.groupdict()
    return named["number"].strip(" ,的") if named.get("number") else "spend per customer" if named.get("each") else "revenue"


def _grouped(last: Result | None) -> Result | None:
    """The last answer as a measurement of groups of one kind; None where it shows none."""
    if last is None:
        return None
    if last.call.name == "segment_overview":
        scheme = SCHEMES.get(str(last.call.args.get("scheme", "rfm")))
        sizes = Call("measure", {"metrics": ["customers"], "by": [scheme.field]}) if scheme is not None else last.call
        last = replace(last, call=sizes)
    if last.call.name == CLUSTERS and not any(last.call.args.get(one) for one in OWN_CLUSTERS):
        last = replace(last, call=Call("measure", {"metrics": ["customers"], "by": ["cluster"]}))
    by = list(last.call.args.get("by") or ()) if last.call.name == "measure" else []
    return last if len(by) == 1 and by[0] != "customer" else None


def _is_of(noun: str | None, dimension: str, asked: Asked) -> bool:
    """Whether a noun may name these groups."""
    if not noun or shape("reranked", "any_group").fullmatch(noun):
        return True
    words = asked.sentence(f"by {noun}" if noun.isascii() else f"按{noun}看").tokens
    named = {str(sense.data.get("dimension", sense.id)) for token in words for sense in token.senses}
    return dimension in named or dimension.removesuffix("_band") in named


def _by_number(number: str, last: Result, asked: Asked) -> Iterator[Plan]:
    """The groups by that number: as a change of the last answer, and as a question of its own where nothing limits them."""
    dialogue = replace(asked.dialogue, results=(*asked.dialogue.results[:-1], last))
    yield asked.read_in(f"sort by {number}" if asked.bare.isascii() else f"按{number}排", dialogue)
    if not any(last.call.args.get(one) for one in _LIMITS):
        name = asked.vocabulary.name("dimension", last.call.args["by"][0], asked.language)
        for mean in ("average ", "") if asked.language == "en" else ("平均", ""):
            yield asked.read(f"{mean}{number} by {name}" if asked.language == "en" else f"各{name}的{mean}{number}")


def _measures(found: Plan, last: Call) -> bool:
    """Whether the same groups of the same customers and goods are measured."""
    args = found.calls[0].args if len(found.calls) == 1 and found.calls[0].name == "measure" else {}
    return bool(args) and all(args.get(one) == last.args.get(one) for one in ("by", "where", "customers"))


def _shown(last: Result, dimension: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """The groups that were cut off stay out: those that were shown are meant."""
    args: dict[str, Any] = last.call.args
    known: Any = vocabulary.values.get(dimension, {})
    shown = [str(row[0]) for row in last.rows]
    if not args.get("limit") or len(shown) != args["limit"] or not all(one in known for one in shown):
        return {}
    return {"where": {**args.get("where", {}), dimension: shown}}
