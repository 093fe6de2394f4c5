"""The single cases of the conversation: reading a question, answering it, the loop around the tools, the first words."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.registry import case

if TYPE_CHECKING:
    from assistant.conversation import Conversation
    from assistant.events import Answer
    from tools.warehouse.warehouse import Warehouse


@case
def ask_planner(warehouse: str, questions: str) -> tuple[float, dict[str, object]]:
    """From question to whole answer: the 95th percentile, each question in a conversation of its own, once loaded."""
    took: dict[str, float] = {}
    missed = 0
    for question in _warm(warehouse, questions):
        begun = time.perf_counter()
        answer = _open(warehouse).answer(question)
        took[question] = time.perf_counter() - begun
        missed += answer.outcome != "answered"
    slowest = max(took, key=lambda question: took[question])
    return _p95(took.values()), {**_spread(took.values()), "not_answered": missed, "slowest_question": slowest}


@case
def first_text(warehouse: str, questions: str) -> tuple[float, dict[str, object]]:
    """From question to the first streamed words of the answer: the 95th percentile."""
    from assistant.events import TextDelta

    took = []
    for question in _warm(warehouse, questions):
        begun = time.perf_counter()
        events = _open(warehouse).ask(question)
        for event in events:
            if isinstance(event, TextDelta):
                took.append(time.perf_counter() - begun)
                break
        for _ in events:
            pass
    return _p95(took), _spread(took)


@case
def planner_parse(warehouse: str, questions: str) -> tuple[float, dict[str, object]]:
    """From question to typed tool calls, without running them: the 95th percentile."""
    from assistant.chat_model import planner_brain
    from assistant.planner.model import PlannerModel
    from assistant.planner.understand import understand

    chat = planner_brain(_opened(warehouse)).chat
    assert isinstance(chat, PlannerModel)
    vocabulary = chat.vocabulary
    asked = _questions(questions)
    for question in asked[:20]:
        understand(question, vocabulary)
    took = []
    for question in asked:
        begun = time.perf_counter()
        understand(question, vocabulary)
        took.append(time.perf_counter() - begun)
    return _p95(took), _spread(took)


@case
def loop_overhead(warehouse: str, questions: str) -> tuple[float, dict[str, object]]:
    """What the loop, the planner and the writing add to the bare tools: the 95th percentile of the differences.

    Both run in turn, three times each, and the best of each is taken, so that one's noise is not the other's cost.
    """
    differences = []
    for question in _warm(warehouse, questions):
        whole, bare = [], []
        for _ in range(3):
            begun = time.perf_counter()
            answer = _open(warehouse).answer(question)
            whole.append(time.perf_counter() - begun)
            bare.append(_bare(warehouse, question, answer))
        differences.append(min(whole) - min(bare))
    return _p95(differences), _spread(differences)


def _bare(warehouse: str, question: str, answer: Answer) -> float:
    """Seconds of the answer's tools called straight, with the same typed arguments."""
    from assistant.handles import resolve_handles
    from assistant.session import Session
    from assistant.toolbox import TOOLS, Toolbox
    from tools.errors import FenqunError

    toolbox = Toolbox(_opened(warehouse), Session("bare"), question=question)
    seconds = 0.0
    for step in answer.steps:
        tool = TOOLS[step.tool]
        request = resolve_handles(tool.request.model_validate(step.arguments), toolbox.session)
        begun = time.perf_counter()
        try:
            result = tool.run(toolbox, request)
        except FenqunError:
            result = None
        seconds += time.perf_counter() - begun
        if result is not None:
            toolbox.session.register(result)
    return seconds


def _questions(path: str) -> list[str]:
    asked: list[str] = json.loads(Path(path).read_text(encoding="utf-8"))
    return asked


def _opened(warehouse: str) -> Warehouse:
    from tools.warehouse.warehouse import Warehouse

    return Warehouse(warehouse)


def _open(warehouse: str) -> Conversation:
    from assistant.conversation import open_conversation

    return open_conversation(_opened(warehouse))


def _warm(warehouse: str, questions: str) -> list[str]:
    """The questions, once the first of them has loaded everything."""
    asked = _questions(questions)
    _open(warehouse).answer(asked[0])
    return asked


def _p95(seconds: Iterable[float]) -> float:
    ordered = sorted(seconds)
    return float(ordered[min(len(ordered) - 1, round(0.95 * len(ordered)) - 1)])


def _spread(seconds: Iterable[float]) -> dict[str, object]:
    found = list(seconds)
    return {"median": statistics.median(found), "slowest": max(found), "questions": len(found)}
