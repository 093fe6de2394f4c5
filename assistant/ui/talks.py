"""One conversation of a browser as it is open in the server: its turns, and the files it may download."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assistant.events import Answer, Event
from assistant.feedback import Verdict
from assistant.ui.downloads import Downloads
from assistant.ui.transcripts import Transcripts
from assistant.ui.turns import Turn

_PUT_AWAY_SECONDS = 5.0


class Conversation(Protocol):
    """What the page needs of a conversation."""

    user: str
    """Whose confirmed readings it uses."""

    def ask(self, question: str) -> Iterator[Event]:
        """Answer a question; ends with one Finished."""
        ...

    def cancel(self) -> None:
        """Stop the question that is being answered; callable from another thread."""
        ...

    def undo(self) -> object:
        """Forget the last question and its answer."""
        ...

    def delete(self) -> None:
        """Forget everything, for good."""
        ...


@dataclass
class Talk:
    """One open conversation.

    Args:
        open_conversation: Opens what answers, when it is first needed.
        id: Names it where it is stored.
        owner: Names the browser that it belongs to.
        transcripts: Where its answers are kept; nowhere when left out.
    """

    open_conversation: Callable[[], Conversation]
    id: str = ""
    owner: str = ""
    transcripts: Transcripts | None = None
    turns: list[Turn] = field(default_factory=list)
    downloads: Downloads = field(default_factory=Downloads)
    asking: threading.Lock = field(default_factory=threading.Lock)
    _conversation: Conversation | None = None
    _opening: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Take up the answers that were kept."""
        if self.transcripts is not None:
            given = self.transcripts.feedback.given(self.owner, self.id)
            kept = self.transcripts.numbered(self.owner, self.id)
            self.turns = [Turn.of(answer, number, given.get(number)) for number, answer in kept.items()]

    @property
    def conversation(self) -> Conversation:
        """What answers, opened when it is first needed."""
        with self._opening:
            if self._conversation is None:
                self._conversation = self.open_conversation()
                self._conversation.user = self.owner
            return self._conversation

    @property
    def blank(self) -> bool:
        """Whether nothing was ever asked in it."""
        return not self.turns and (self.transcripts is None or self.transcripts.find(self.owner, self.id) is None)

    def begin(self) -> bool:
        """Take hold of the turns, to be let go with ``asking.release``; False while a question is being answered.

        An answer that has just ended is still being put away; that is waited for.
        """
        if self.turns and self.turns[-1].running:
            return self.asking.acquire(blocking=False)
        return self.asking.acquire(timeout=_PUT_AWAY_SECONDS)

    def open_turn(self, question: str) -> Turn:
        """A new turn, noted where conversations are kept."""
        turn = Turn(question)
        if self.transcripts is not None:
            self.transcripts.begin(self.owner, self.id, question)
        self.turns.append(turn)
        return turn

    def keep(self, turn: Turn) -> None:
        """Keep the answer of a turn that has ended, unless it was forgotten meanwhile."""
        if self.transcripts is not None and turn.answer is not None and turn in self.turns:
            turn.kept_as(self.transcripts.add(self.owner, self.id, turn.answer))

    def put_away(self) -> None:
        """Wait until the answer that has just ended is kept."""
        if self.turns and not self.turns[-1].running and self.asking.acquire(timeout=_PUT_AWAY_SECONDS):
            self.asking.release()

    def judge(self, turn: Turn, verdict: Verdict, comment: str) -> None:
        """Keep what the operator says of an answer that is kept."""
        if turn.answer is not None and turn.number is not None and self.transcripts is not None:
            turn.judged(self.transcripts.feedback.record(self.owner, self.id, turn.number, verdict, comment, turn.answer))

    def take_back(self) -> str | None:
        """Forget the latest turn and return its question; None when there is none or it is being answered."""
        if not self.begin():
            return None
        try:
            return self._take_back()
        finally:
            self.asking.release()

    def _take_back(self) -> str | None:
        if not self.turns:
            return None
        turn = self.turns.pop()
        if turn.remembered:
            self.conversation.undo()
        if self.transcripts is not None and turn.answer is not None:
            self.transcripts.drop_last(self.owner, self.id)
        return turn.question

    def stop(self) -> None:
        """Stop what is being answered, if anything is."""
        if self._conversation is not None and self.asking.locked():
            self._conversation.cancel()

    def delete(self) -> bool:
        """Forget it for good, with the files that were written for it; False while an answer cannot be stopped."""
        self.stop()
        if not self.asking.acquire(timeout=_PUT_AWAY_SECONDS):
            return False
        try:
            answers = self.transcripts.load(self.owner, self.id, most=-1) if self.transcripts is not None else []
            answers += [turn.answer for turn in self.turns if turn.answer is not None]
            self.turns.clear()
            self.downloads.clear()
            self.conversation.delete()
            if self.transcripts is not None:
                self.transcripts.delete(self.owner, self.id)
            _delete_files(answers)
        finally:
            self.asking.release()
        return True


def _delete_files(answers: list[Answer]) -> None:
    paths = {file.path for answer in answers for file in answer.files}
    paths |= {table.path for answer in answers for table in answer.tables if table.path}
    for path in paths:
        Path(path).unlink(missing_ok=True)
