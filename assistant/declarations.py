"""The tools as LangChain declares them: made once, since each call finds its conversation's toolbox in the running loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from langchain_core.tools import BaseTool, StructuredTool
from langgraph.runtime import get_runtime

from assistant.call_order import CallOrder
from assistant.chat_model import Brain
from assistant.prompt_library import read_text
from assistant.tool_schema import argument_schema
from assistant.toolbox import TOOLS, Content, Tool, Toolbox


@dataclass
class Asked:
    """What one run of the loop is about, and what it has come to.

    Args:
        brain: Who is asked.
        toolbox: The conversation's tools.
        system_prompt: What the brain is told first.
        order: In which the tool calls run.
        model_calls: How often the brain was asked.
        tool_calls: How many calls of tools it made.
    """

    brain: Brain
    toolbox: Toolbox
    system_prompt: str = ""
    order: CallOrder = field(default_factory=CallOrder)
    model_calls: int = 0
    tool_calls: int = 0


@lru_cache(maxsize=2)
def declarations(for_model: bool) -> tuple[BaseTool, ...]:
    """The tools for the loop; ``for_model`` adds those that only language models get."""
    return tuple(_declared(name, tool) for name, tool in TOOLS.items() if for_model or not tool.models_only)


def _declared(name: str, tool: Tool) -> BaseTool:
    return StructuredTool.from_function(
        func=_caller(name),
        name=name,
        description=read_text(f"tools/{name}.md"),
        args_schema=argument_schema(tool.request),
        response_format="content_and_artifact",
        return_direct=tool.ends_turn,
    )


def _caller(name: str) -> Callable[..., Content]:
    def call(**arguments: Any) -> Content:
        """Run this tool of the conversation that is being answered with what the loop gives it."""
        return get_runtime(Asked).context.toolbox.call(name, arguments)

    return call
