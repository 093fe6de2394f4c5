"""Groups that operators call by a number: “第2类”, “the third rule”, as the customers that they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.foresight import next_handle
from assistant.planner.plan import PRELUDE, Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from tools.segments.schemes import SCHEMES

CLUSTERS = "cluster_customers"
OWN_CLUSTERS = ("themes", "method", "clusters", "customers")
"""Arguments that make clusters of their own, which are not stored."""
_STORED = re.compile(r"cluster_(\d+)")


def with_groups(tokens: list[Token], dialogue: Dialogue) -> list[Token]:
    """The tokens, those that number a group with the sense of that group of customers.

    A cluster that is not stored is one that a call must find first; its sense has that call.
    """
    handles: dict[int, str] = {}
    return [_as_group(token, dialogue, handles) for token in tokens]


def _as_group(token: Token, dialogue: Dialogue, handles: dict[int, str]) -> Token:
    cluster, ordinal = token.get("cluster"), token.get("ordinal")
    made = _of_overview(token, dialogue)
    if made is not None:
        return replace(token, senses=(made, *token.senses))
    numbered, result = cluster or ordinal, dialogue.last_listed
    if numbered is None:
        return token
    number = int(numbered.data["n"])
    if result is not None and result.call.name == CLUSTERS:
        return replace(token, senses=(_of_clusters(result, number, dialogue, handles), Sense("cluster", str(number), {"n": number})))
    if result is not None and number <= len(result.content["details"]["selections"]):
        return replace(token, senses=(Sense("segment", f"{result.handle}.{number}"),))
    return replace(token, senses=(Sense("segment", f"cluster_{number}"), *token.senses)) if cluster else token


def _of_overview(token: Token, dialogue: Dialogue) -> Sense | None:
    """A group of a scheme that an earlier answer made by limits or a period of its own: the group of that answer."""
    for segment in (sense for sense in token.senses if sense.kind == "segment"):
        latest = next((one for one in reversed(dialogue.results) if segment.id in _told(one)), None)
        made = latest.content["details"].get("made", []) if latest else []
        if latest is not None and latest.handle and segment.id in made:
            return Sense("segment", f"{latest.handle}.{made.index(segment.id) + 1}")
    return None


def _told(result: Result) -> list[str]:
    """The groups that an overview is about."""
    found = result.content.get("details", {}).get("groups", []) if result.call.name == "segment_overview" else []
    return list(found) if isinstance(found, list) else []


def _of_clusters(result: Result, number: int, dialogue: Dialogue, handles: dict[int, str]) -> Sense:
    if not any(result.call.args.get(one) for one in OWN_CLUSTERS):
        return Sense("segment", f"cluster_{number}")
    first = int(next_handle(list(dialogue.results))[1:])
    handle = handles.setdefault(number, f"t{first + len(handles)}")
    return Sense("segment", handle, {"call": Call(CLUSTERS, {**result.call.args, "cluster": str(number)})})


def with_clusters_found(found: Plan | None, sentence: Sentence) -> Plan | None:
    """The plan with the calls that find its clusters first; what a cluster is like is told by the tool that finds it."""
    if found is None:
        return None
    pending = {sense.id: sense.data["call"] for token in sentence.tokens for sense in token.senses if "call" in sense.data}
    needed = [call for handle, call in pending.items() if any(handle in _texts(one.args) for one in found.calls)]
    only = found.calls[0] if len(found.calls) == 1 and found.calls[0].name == "summarize_segment" else None
    if only is not None and needed:
        return replace(found, calls=(needed[0],))
    stored = _STORED.fullmatch(str(only.args["customers"])) if only is not None else None
    if stored:
        return replace(found, calls=(Call(CLUSTERS, {"cluster": stored[1]}),))
    if not needed:
        return found
    return replace(found, calls=(*needed, *found.calls), notes=(*found.notes, (PRELUDE, str(len(needed)))))


def awaits_groups(planned: list[Call], found: Plan) -> bool:
    """Whether a plan is about a group that a planned call makes by limits of its own, whose number is not known yet."""
    own = [
        call.args["scheme"]
        for call in planned
        if call.name == "segment_overview" and (call.args.get("tiers") or call.args.get("period_days"))
    ]
    made = {group.id for scheme in own for group in SCHEMES[scheme].groups}
    return any(text in made for call in found.calls for text in _texts(call.args))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
