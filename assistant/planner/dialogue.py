"""The conversation so far, as the messages tell it: which tools were called and what their results are about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from assistant.planner.counted_people import counted_rule
from assistant.planner.plan import ASIDE, NOTES, Call

_SILENT = frozenset({"ask_user", "decline", "export_table"})


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
    turn: int = 0
    """Which of the conversation's questions it answers, counted from 0."""

    @property
    def selection(self) -> dict[str, Any] | None:
        """The customers that it is about."""
        found = self.content.get("selection")
        return found if isinstance(found, dict) else None

    @property
    def customers(self) -> Any:
        """Its customers as the argument of another call: its handle, or the selection where it has none of its own."""
        return self.handle or self.selection

    @property
    def rows(self) -> list[list[Any]]:
        """The rows of its first table that are shown."""
        tables = self.content.get("tables") or [{}]
        return list(tables[0].get("rows") or ())

    @property
    def whole(self) -> bool:
        """Whether all rows of its first table are shown."""
        tables = self.content.get("tables") or [{}]
        return int(tables[0].get("row_count") or 0) <= len(self.rows)


@dataclass(frozen=True)
class Dialogue:
    """Earlier results, the latest last, and the operator's question that the planner asked back about, if it did.

    ``language`` is the answer's; empty leaves it to the question. ``questions`` are the operator's messages so far.
    """

    results: tuple[Result, ...] = ()
    asked: str | None = None
    language: str = ""
    questions: tuple[str, ...] = ()
    passed: frozenset[str] = frozenset()
    """Words of the question at hand that say nothing."""

    @property
    def last(self) -> Result | None:
        """The latest result of a tool that looks at data."""
        found = [result for result in self.results if result.call.name not in _SILENT and not result.aside]
        return found[-1] if found else None

    @property
    def last_customers(self) -> Result | None:
        """The latest result that is about a group of customers."""
        found = (self.about(result) for result in reversed(self.results) if not result.aside)
        return next((one for one in found if one is not None), None)

    def against_others(self, result: Result) -> Result | None:
        """The result about the customers of a question, where this one only holds everybody else against them."""
        others = _left_out(result.call.args.get("customers"))
        beside = (one for one in self.results if one.turn == result.turn and one is not result) if others is not None else iter(())
        return next((one for one in beside if others in (one.call.args.get("customers"), one.customers)), None)

    @property
    def last_listed(self) -> Result | None:
        """The latest result that lists groups of customers by number, such as clusters or the rules of a tree."""
        found = [result for result in self.results if result.handle and _lists_groups(result)]
        return found[-1] if found else None

    def about(self, result: Result) -> Result | None:
        """The result with the customers that it is about; a measurement is about those that it was limited to."""
        given = result.call.args.get("customers")
        meant = self.against_others(result)
        if meant is not None:
            return self.about(meant)
        ranked = _ranked(result)
        if ranked is not None:
            return ranked
        together = _of_both_sides(result)
        if together is not None:
            return together
        hidden = _without_personal(result)
        if hidden is not None:
            return hidden
        counted = counted_rule(result.call) if result.outcome == "answered" else None
        if counted is not None:
            return replace(result, handle="", content={"selection": {"rule": counted}})
        if result.selection is not None or result.outcome != "answered" or given is None:
            return result if result.selection is not None else None
        if isinstance(given, dict):
            return replace(result, handle="", content={"selection": given if "rule" in given else {"rule": given}})
        earlier = next((one for one in self.results if one.handle == given), None)
        if earlier is not None:
            return self.about(earlier)
        return replace(result, handle=given, content={"selection": {"rule": {"segment": given}}})

    def focused(self, result: Result | None) -> Dialogue:
        """The dialogue as if ``result`` were its latest."""
        if result is None:
            return self
        others = tuple(one for one in self.results if one is not result and (not result.handle or one.handle != result.handle))
        return replace(self, results=(*others, result))


def _left_out(customers: Any) -> Any:
    """Who is left out, where somebody is all others: a rule, or the segment or handle that it names."""
    given = customers.get("rule", customers) if isinstance(customers, dict) else {}
    denied = given["not"] if isinstance(given, dict) and set(given) == {"not"} else None
    return denied["segment"] if isinstance(denied, dict) and set(denied) == {"segment"} else denied


def _of_both_sides(result: Result) -> Result | None:
    """The customers of two groups by name that were set side by side."""
    sides = [result.call.args.get(one) for one in ("first", "second")]
    if result.call.name != "compare_segments" or result.outcome != "answered" or not all(isinstance(one, str) for one in sides):
        return None
    return replace(result, handle="", content={**result.content, "selection": {"rule": {"any": [{"segment": one} for one in sides]}}})


def _without_personal(result: Result) -> Result | None:
    """The customers of a list that was not shown because personal data were asked for."""
    if result.outcome != "blocked" or result.call.name != "find_customers" or not result.call.args.get("rule"):
        return None
    kept = {name: value for name, value in result.call.args.items() if name != "columns"}
    return replace(result, handle="", content={"selection": kept})


def _ranked(result: Result) -> Result | None:
    """Customers that a measurement by customer lists one by one: by id, or those of a long list by its handle."""
    listed = result.call.name == "measure" and list(result.call.args.get("by") or ()) == ["customer"]
    if listed and result.outcome == "answered" and result.handle and result.call.args.get("limit") and not result.whole:
        return replace(result, content={**result.content, "selection": {"rule": {"segment": result.handle}}})
    ids = [str(row[0]) for row in result.rows] if listed and result.outcome == "answered" and result.whole else []
    rule = {"field": "customer_id", "op": "in", "value": ids}
    return replace(result, handle="", content={"selection": {"rule": rule}}) if ids else None


def as_people(dialogue: Dialogue) -> Dialogue:
    """The dialogue with every ranking of customers by name as a list of them, where "they" are spoken of."""
    return replace(dialogue, results=tuple(_as_list(one) if one.call.name == "measure" else one for one in dialogue.results))


def _as_list(result: Result) -> Result:
    listed = list(result.call.args.get("by") or ()) == ["customer"] and result.call.args.get("limit")
    if not listed or not result.handle or result.outcome != "answered":
        return result
    rule = {"rule": {"segment": result.handle}}
    return replace(result, call=Call("find_customers", rule), content={**result.content, "selection": rule})


def _lists_groups(result: Result) -> bool:
    return result.call.name == "cluster_customers" or bool(result.content.get("details", {}).get("selections"))


def read_dialogue(messages: Sequence[BaseMessage]) -> Dialogue:
    """The dialogue of all messages before the operator's last one."""
    calls: dict[str, Call] = {}
    results: list[Result] = []
    aside: set[str] = set()
    questions: list[str] = []
    for message in messages:
        if isinstance(message, AIMessage):
            for call in message.tool_calls:
                calls[str(call["id"])] = Call(call["name"], dict(call["args"]))
            if any(note[0] == ASIDE for note in message.additional_kwargs.get(NOTES, ())):
                aside.add(str(message.tool_calls[-1]["id"]))
        elif isinstance(message, ToolMessage):
            result = read_result(message, calls.get(message.tool_call_id, Call(message.name or "")))
            results.append(replace(result, aside=message.tool_call_id in aside, turn=len(questions) - 1))
        elif isinstance(message, HumanMessage):
            questions.append(str(message.text))
    replied = bool(results) and results[-1].call.name == "ask_user" and results[-1].turn == len(questions) - 1
    asked = questions[-1] if questions and replied else None
    return Dialogue(tuple(results), asked, questions=tuple(questions))


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
