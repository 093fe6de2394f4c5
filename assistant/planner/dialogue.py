"""The conversation so far, as the messages tell it: which tools were called and what their results are about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.planner.plan import ASIDE, NOTES, Call

_SILENT = frozenset({"ask_user", "decline"})


@dataclass(frozen=True)
class Result:
    """One tool result of the conversation.

    Args:
        call: What was called.
        handle: "t3" for the third result; empty where it has none.
        outcome: How it ended.
        content: The whole result as plain data.
    """

    call: Call
    handle: str
    outcome: str
    content: dict[str, Any] = field(default_factory=dict)
    aside: bool = False
    """Whether it only counts another reading of the question."""

    @property
    def selection(self) -> dict[str, Any] | None:
        """The customers that it is about."""
        found = self.content.get("selection")
        return found if isinstance(found, dict) else None


@dataclass(frozen=True)
class Dialogue:
    """Earlier results, the latest last, and the operator's question that the planner asked back about, if it did.

    ``language`` is the answer's; empty leaves it to the question.
    """

    results: tuple[Result, ...] = ()
    asked: str | None = None
    language: str = ""

    @property
    def last(self) -> Result | None:
        """The latest result of a tool that looks at data."""
        found = [result for result in self.results if result.call.name not in _SILENT and not result.aside]
        return found[-1] if found else None

    @property
    def last_customers(self) -> Result | None:
        """The latest result that is about a group of customers."""
        found = [result for result in self.results if result.selection is not None and result.handle and not result.aside]
        return found[-1] if found else None

    @property
    def last_listed(self) -> Result | None:
        """The latest result that lists groups of customers by number, such as clusters or the rules of a tree."""
        found = [result for result in self.results if result.handle and _lists_groups(result)]
        return found[-1] if found else None


def _lists_groups(result: Result) -> bool:
    return result.call.name == "cluster_customers" or bool(result.content.get("details", {}).get("selections"))


def read_dialogue(messages: Sequence[BaseMessage]) -> Dialogue:
    """The dialogue of all messages before the operator's last one."""
    calls: dict[str, Call] = {}
    results: list[Result] = []
    aside: set[str] = set()
    question = ""
    for message in messages:
        if isinstance(message, AIMessage):
            for call in message.tool_calls:
                calls[str(call["id"])] = Call(call["name"], dict(call["args"]))
            if any(note[0] == ASIDE for note in message.additional_kwargs.get(NOTES, ())):
                aside.add(str(message.tool_calls[-1]["id"]))
        elif isinstance(message, ToolMessage):
            result = read_result(message, calls.get(message.tool_call_id, Call(message.name or "")))
            results.append(replace(result, aside=message.tool_call_id in aside))
        elif isinstance(message, HumanMessage):
            question = str(message.text)
    asked = question if results and results[-1].call.name == "ask_user" else None
    return Dialogue(tuple(results), asked)


def read_result(message: ToolMessage, call: Call) -> Result:
    """A tool message as a result; one without an artifact is a failure."""
    content = message.artifact if isinstance(message.artifact, dict) else {}
    handle = str(content.get("details", {}).get("handle", "")) or _handle_in(message)
    outcome = str(content.get("outcome", "failed" if message.status == "error" else "answered"))
    if not content:
        content = {"outcome": outcome, "message": {"zh": str(message.content), "en": str(message.content)}}
    return Result(call, handle, outcome, content)


def _handle_in(message: ToolMessage) -> str:
    try:
        found = json.loads(str(message.content))
    except ValueError:
        return ""
    return str(found.get("handle", "")) if isinstance(found, dict) else ""
