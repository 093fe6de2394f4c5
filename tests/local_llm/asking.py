"""Asks the weak model every question through the product, and keeps what it wrote, what was refused, and what the operator got."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml
from weak import WeakBrains, WeakChat

import assistant.attempt
import assistant.prose
from assistant.conversation import Conversation, open_conversation
from tools.warehouse.warehouse import Warehouse

QUESTIONS = Path(__file__).parent / "questions.yaml"


@dataclass
class Counts:
    """What happened to the sentences of one reply.

    Args:
        sentences: Looked at.
        dropped: Refused, each time that they were.
        mended: Whether the second chance gave sentences that hold.
    """

    sentences: int = 0
    dropped: int = 0
    mended: bool = False


def questions() -> list[dict[str, Any]]:
    """The questions, each with the calls that are given."""
    found: list[dict[str, Any]] = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    return found


def ask_all(warehouse: Warehouse, chat: WeakChat, cases: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One record for each case; every question is a conversation of its own."""
    for case in cases:
        chat.prepare([(name, arguments) for name, arguments in case.get("calls", [])])
        conversation = open_conversation(warehouse, brains=WeakBrains(warehouse, chat))
        started = time.perf_counter()
        with _counting() as counts:
            answer = conversation.answer(case["question"])
        seconds = round(time.perf_counter() - started, 1)
        yield {
            **case, "said": chat.said, "seconds": seconds, **vars(counts),
            "answer": answer.model_dump(mode="json"), "texts": _own_words(conversation),
        }  # fmt: skip


@contextmanager
def _counting() -> Iterator[Counts]:
    """Counts beside the product's own functions, which run as they are."""
    counts, check, mend = Counts(), assistant.prose.check_sentence, assistant.attempt.mend

    def checked(*args: Any) -> Any:
        shown = check(*args)
        if args[1].checks_names and args[0].strip():
            counts.sentences += 1
            counts.dropped += isinstance(shown, assistant.prose.Refusal)
        return shown

    def mended(*args: Any) -> Any:
        found = mend(*args)
        counts.mended = found is not None
        return found

    with patch.object(assistant.prose, "check_sentence", checked), patch.object(assistant.attempt, "mend", mended):
        yield counts


def _own_words(conversation: Conversation) -> list[str]:
    """What the tools themselves said of their results, in both languages."""
    found: list[str] = []
    for result in conversation.session.results.values():
        texts = [result.interpretation, result.message, *result.caveats, *(receipt.definition for receipt in result.receipts)]
        found += [words for text in texts if text for words in (text.zh, text.en)]
        found += _strings(result.details)
    return found


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for part in parts for text in _strings(part)]
