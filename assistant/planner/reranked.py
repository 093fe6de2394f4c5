"""“Rank them by average order value instead”, “这些店按订单数排一下”: the groups that were shown, in the order of another number."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.dialogue import Result
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import first_shape
from assistant.planner.vocabulary import Vocabulary


def reranked(asked: Asked) -> Plan | None:
    """The plan of a question that orders the groups of the last answer anew; None where it does not, or where they are customers."""
    last = asked.dialogue.last
    by = list(last.call.args.get("by") or ()) if last is not None and last.call.name == "measure" else []
    if last is None or len(by) != 1 or by[0] == "customer":
        return None
    said = first_shape("reranked", "asked", asked.bare, whole=True)
    if said is None:
        return None
    number = said["number"].strip(" ,的")
    found = asked.read(f"sort by {number}" if asked.bare.isascii() else f"按{number}排")
    if len(found.calls) != 1 or found.calls[0].name != "measure" or found.calls[0].args.get("by") != by:
        return None
    args = {
        **found.calls[0].args,
        **_shown(last, by[0], asked.vocabulary),
        "sort": "smallest" if said.groupdict().get("least") else "largest",
    }
    return replace(found, calls=(Call("measure", args),))


def _shown(last: Result, dimension: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """The groups that were cut off stay out: those that were shown are meant."""
    args: dict[str, Any] = last.call.args
    known: Any = vocabulary.values.get(dimension, {})
    shown = [str(row[0]) for row in last.rows]
    if not args.get("limit") or len(shown) != args["limit"] or not all(one in known for one in shown):
        return {}
    return {"where": {**args.get("where", {}), dimension: shown}}
