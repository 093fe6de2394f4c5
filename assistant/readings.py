"""Readings of questions that operators confirmed: remembered for each user until definitions or data change.

Only readings that stand alone are kept: the question means the same as the first one of a conversation, and no argument refers
to an earlier result. Tools that write are never part of one.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from assistant.events import Answer
from assistant.handles import is_handle
from assistant.planner.normalise import normalise
from assistant.reading_store import ReadCall, Reading, ReadingStore
from assistant.replay import NOT_REPEATED
from assistant.toolbox import TOOLS
from tools.contracts import Outcome
from tools.warehouse.context import read_meta
from tools.warehouse.warehouse import Warehouse

READINGS_FILE = "readings.sqlite"
_GOOD = (Outcome.ANSWERED, Outcome.EMPTY)
_FIRST_HANDLE = "t1."
_NEVER = NOT_REPEATED | {"ask_user", "decline"} | {name for name, tool in TOOLS.items() if tool.models_only}
"""Tools that write, that read nothing, or that are not everybody's."""
_DEFINED_BY = (
    ("tools.metrics", ("catalogue",)),
    ("prompts", ("lexicon",)),
    ("tools", ("requests.py", "rules.py", "windows.py")),
)
"""Packages, and what of them says what words and arguments mean."""


class Readings:
    """The confirmed readings of the questions about one warehouse.

    Args:
        warehouse: The data; its settings say where the readings are kept.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._store = ReadingStore(warehouse.config.home.expanduser() / READINGS_FILE)
        self._name = str(warehouse.path)

    def confirm(self, user: str, question: str, answer: Answer, asked: Answer | None = None, *, first: bool = False) -> Reading | None:
        """Remember that ``question`` is to be read as ``answer`` read it.

        Args:
            user: Whose reading it is; no other user's questions are read by it.
            question: As the operator typed it.
            answer: The answer that was confirmed: to the question itself, or to the choice that the operator picked.
            asked: The answer that offered the choice, where one was picked.
            first: Whether ``asked`` was the first answer of its conversation, so that nothing before it can have changed it.

        Returns:
            What is remembered; None where it is not: nothing was answered, something was written, or the reading rests on
            what was said before.
        """
        calls = _calls(answer)
        if not user or calls is None or not self._stands_alone(answer, asked.question if asked else None):
            return None
        if asked is not None and not first and not self._stands_alone(asked):
            return None
        reading = Reading(
            number=0, question=question.strip(), language=answer.language, calls=calls, interpretation=answer.interpretation or "",
            data=self._data_version(), definitions=definitions_version(), created_at=dt.datetime.now(dt.UTC),
        )  # fmt: skip
        return self._store.keep(user, self._name, normal_form(question), reading)

    def find(self, user: str, question: str) -> Reading | None:
        """What the user confirmed for this question; None where there is nothing, or it has expired."""
        found = self._store.find(user, self._name, normal_form(question)) if user else None
        return None if found is None or self._marked(found).expired else found

    def listed(self, user: str) -> list[Reading]:
        """Everything that the user confirmed, the latest first; what has expired is marked."""
        return [self._marked(reading) for reading in self._store.listed(user, self._name)]

    def forget(self, user: str, number: int) -> bool:
        """Delete one reading; False where the user has none of that number."""
        return self._store.forget(user, number)

    def forget_all(self, user: str) -> bool:
        """Delete everything that a user ever confirmed; False where there was nothing."""
        return self._store.forget_all(user)

    def _marked(self, reading: Reading) -> Reading:
        current = reading.definitions == definitions_version() and reading.data == self._data_version()
        return reading if current else reading.model_copy(update={"expired": True})

    def _data_version(self) -> str:
        """Changes with every load, and with a file that is another one under the same name."""
        if not self._warehouse.exists:
            return ""
        with self._warehouse.reading() as engine:
            loads = engine.rows("SELECT min(loaded_at), max(loaded_at) FROM loads")[0]
            return hashlib.sha256(repr((read_meta(engine, "data_version") or "0", loads)).encode()).hexdigest()[:16]

    def _stands_alone(self, answer: Answer, asked: str | None = None) -> bool:
        """Whether the question would have been read in the same way without the conversation before it.

        Args:
            answer: To the question.
            asked: The question that this one is the chosen reading of; what was said before that one must not matter either.
        """
        if any(receipt.id.startswith(_FIRST_HANDLE) for receipt in answer.receipts):
            return True
        before = (None, asked) if asked else (None,)
        return any(_same(self._read_alone(answer.question, answer.language, one), _steps(answer)) for one in before)

    def _read_alone(self, question: str, language: str, asked: str | None) -> list[ReadCall]:
        from assistant.chat_model import planner_brain
        from assistant.planner.abilities import without_missing
        from assistant.planner.dialogue import Dialogue
        from assistant.planner.model import PlannerModel
        from assistant.planner.understand import understand

        chat = planner_brain(self._warehouse).chat
        assert isinstance(chat, PlannerModel)
        dialogue = Dialogue(asked=asked, language=language)
        found = without_missing(understand(question, chat.vocabulary, dialogue), TOOLS, language)
        return [ReadCall(tool=call.name, arguments=call.args) for call in found.calls]


def normal_form(question: str) -> str:
    """The question as it is looked up: evened out, without the punctuation at its end."""
    return normalise(question).rstrip(" ?!.,;")


def cli_user() -> str:
    """Who asks on the command line: the account of the operating system."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):  # an account without a name, as in some containers
        return "cli"


@lru_cache(maxsize=1)
def definitions_version() -> str:
    """Changes whenever the catalogue, the lexicon or the arguments of tools do."""
    found = hashlib.sha256()
    for package, names in _DEFINED_BY:
        for name in names:
            for path in _files(resources.files(package).joinpath(name)):
                found.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _files(path: Traversable) -> Iterator[Traversable]:
    if path.is_file():
        yield path
        return
    for entry in sorted(path.iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".yaml"):
            yield entry


def _calls(answer: Answer) -> tuple[ReadCall, ...] | None:
    """The calls that made the answer; None where they are no reading to keep."""
    steps = [step for step in answer.steps if step.outcome in _GOOD]
    if answer.outcome not in _GOOD or not steps or any(step.tool in _NEVER for step in answer.steps):
        return None
    calls = tuple(ReadCall(tool=step.tool, arguments=step.arguments) for step in steps)
    return None if any(_mentions_handle(call.arguments) for call in calls) else calls


def _steps(answer: Answer) -> list[ReadCall]:
    return [ReadCall(tool=step.tool, arguments=step.arguments) for step in answer.steps]


def _mentions_handle(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_mentions_handle(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_mentions_handle(part) for part in value)
    return isinstance(value, str) and is_handle(value)


def _same(first: Sequence[ReadCall], second: Sequence[ReadCall]) -> bool:
    return _plain(first) == _plain(second)


def _plain(calls: Sequence[ReadCall]) -> str:
    return json.dumps([call.model_dump(mode="json") for call in calls], sort_keys=True)
