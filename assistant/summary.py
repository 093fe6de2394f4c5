"""An older turn in a few words for a language model: the question, the tools, how they ended, key figures by reference."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

KEY_FIGURES = 6
LONGEST_PART = 300


def summarised(turn: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The turn as its question and one message about what was found; no rows, but the handles to go on with."""
    calls = {call["id"]: call for message in turn if isinstance(message, AIMessage) for call in message.tool_calls}
    lines = [_line(message, calls.get(message.tool_call_id)) for message in turn if isinstance(message, ToolMessage)]
    questions = [message for message in turn if isinstance(message, HumanMessage)]
    if not lines:
        return list(turn)
    return [*questions, AIMessage("\n".join(["(Summary of an earlier answer.)", *lines]))]


def _line(message: ToolMessage, call: Any) -> str:
    arguments = json.dumps(call["args"], ensure_ascii=False)[:LONGEST_PART] if call else ""
    result = _result(message)
    outcome = " ".join(str(result[key])[:LONGEST_PART] for key in ("handle", "outcome", "message") if key in result)
    figures = [f"{figure['label']} {figure['shown']} {figure['ref']}" for figure in result.get("figures", [])[:KEY_FIGURES]]
    return "; ".join([f"- {call['name'] if call else message.name}({arguments}) -> {outcome}", *figures])


def _result(message: ToolMessage) -> dict[str, Any]:
    """What the model was told of the result; the handle alone where that was cut."""
    try:
        told = json.loads(str(message.content))
    except ValueError:
        told = None
    if isinstance(told, dict):
        return told
    handle = (message.artifact or {}).get("details", {}).get("handle")
    return {"handle": handle} if handle else {}
