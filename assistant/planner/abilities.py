"""How a question to a customer model becomes the arguments of its tool: prompts/lexicon/abilities.yaml."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from assistant.planner.lexicon import read_table
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text


@dataclass(frozen=True)
class Ability:
    """What one tool takes from a question; see the head of abilities.yaml.

    Args:
        tool: The tool's name.
        name: What is told missing where the tool is not there.
    """

    tool: str
    name: Mapping[str, str]
    subject: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    hinted: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    cue_options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    number: Mapping[str, Any] | None = None
    horizon: Mapping[str, Any] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str | None] = field(default_factory=dict)
    ranks: Mapping[str, Any] | None = None
    customers: str = ""
    customer_id: bool = False
    calling: tuple[str, ...] = ()
    unit_options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    last: bool = False
    needs: Mapping[str, str] = field(default_factory=dict)
    many_only: bool = False
    listed: bool = False
    option_absorbs: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    eats: Mapping[str, list[str]] = field(default_factory=dict)
    first: Mapping[str, list[str]] = field(default_factory=dict)
    absorbs: Mapping[str, list[str]] = field(default_factory=dict)


@lru_cache(maxsize=1)
def abilities() -> Mapping[str, Ability]:
    """The abilities by tool."""
    return {tool: Ability(tool, **_frozen(entry)) for tool, entry in read_table("abilities").items()}


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def names_one(sentence: Sentence, wanted: tuple[str, ...], tool: str = "") -> bool:
    """Whether an unused token is one of these ("kind", "kind:id", or "option": one of the tool's)."""
    for one in wanted:
        kind, _, entry_id = one.partition(":")
        if kind == "option":
            found = any(sense.id.startswith(f"{tool}.") for _, sense in sentence.free(kind))
        elif kind == "value" and entry_id:
            found = any(sense.data["dimension"] == entry_id for _, sense in sentence.free(kind))
        else:
            found = sentence.has(kind, *([entry_id] if entry_id else []))
        if found:
            return True
    return False


def without_missing(found: Plan, tools: Container[str], language: str) -> Plan:
    """The plan, or one that declines where it calls for a tool that is not there."""
    missing = next((call.name for call in found.calls if call.name not in tools), None)
    if missing is None:
        return found
    ability = abilities().get(missing)
    return plan("decline", reason="not_supported", missing=ability.name[language] if ability else text("this_question", language))
