"""Answers a question in a thread of its own, so that a page that goes away leaves nothing half done."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from assistant.ui.talks import Talk
from assistant.ui.texts import say
from assistant.ui.turns import Turn
from tools.errors import FenqunError

_PACE_SECONDS = 0.06
"""Least time between two drawings of a streaming answer."""
_PATIENCE_SECONDS = 1.0
"""A long step is drawn again this often, with the time it has taken."""
_SETTLE = threading.Event()  # never set: a pause that needs no clock


def start(talk: Talk, question: str) -> Turn | None:
    """Begin to answer; None when the conversation's previous question is still being answered."""
    if not talk.begin():
        return None
    try:
        turn = talk.open_turn(question)
    except Exception:
        talk.asking.release()
        raise
    threading.Thread(target=_answer, args=(talk, turn), name="answer", daemon=True).start()
    return turn


def follow(turn: Turn) -> Iterator[None]:
    """Yields whenever there is something new to draw, until the turn has ended."""
    seen = -1
    while turn.running:
        now = turn.wait(seen, _PATIENCE_SECONDS)
        if now != seen or any(step.running for step in turn.steps):
            seen = now
            yield
            _SETTLE.wait(_PACE_SECONDS)


def _answer(talk: Talk, turn: Turn) -> None:
    try:
        for event in talk.conversation.ask(turn.question):
            turn.take(event)
    except FenqunError as error:
        turn.fail(error.message(turn.language))
    finally:
        # An answer without its end is a defect of ours: the thread's traceback goes to the log, a sentence to the page.
        turn.fail(say("unexpected", turn.language))
        try:
            talk.keep(turn)
        finally:
            talk.asking.release()
