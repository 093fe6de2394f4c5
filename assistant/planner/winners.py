"""“哪个月新客最多？那个月卖了多少”: a number that is asked for after a ranking is that of the first in it."""

from __future__ import annotations

from collections.abc import Callable

from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape

_MOST_METRICS = 6
_OWN = ("where", "where_not", "customers", "having", "compare", "per", "percentiles", "window", "sort", "limit")
"""What makes a later measurement one of something else."""


def of_first(piece: str, calls: list[Call], read: Callable[[str], Plan | None]) -> Plan | None:
    """The plan of a later part by itself, without “那个月” for the first of the ranking before it; None after anything else."""
    rest = shape("winner", "that").sub("", piece).strip(" ,")
    found = read(rest) if rest and calls and _ranks(calls[-1]) else None
    return found if found is not None and of_winner(calls, found) is not None else None


def of_winner(calls: list[Call], found: Plan) -> Call | None:
    """The ranking before with what a later part asks of its first; None where that is about something else."""
    if not calls or not _ranks(calls[-1]) or len(found.calls) != 1 or found.calls[0].name != "measure":
        return None
    before, later = calls[-1].args, found.calls[0].args
    if later.get("by") not in (None, [], before["by"]) or any(later.get(one) and later.get(one) != before.get(one) for one in _OWN):
        return None
    return Call("measure", {**before, "metrics": list(dict.fromkeys([*before["metrics"], *later["metrics"]]))[:_MOST_METRICS]})


def _ranks(call: Call) -> bool:
    """Whether a call ranks groups, so that one of them is the first."""
    return call.name == "measure" and bool(call.args.get("by")) and call.args.get("sort") in ("largest", "smallest")
