"""The order of the tool calls of one message."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class CallOrder:
    """Lets the tool calls of one message run one after the other, in the order in which the brain wrote them.

    The loop starts them at once in threads; handles must not depend on which is faster, and a later call may use
    the handle of an earlier one.
    """

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._moved = threading.Condition()

    def expect(self, call_ids: Iterable[str]) -> None:
        """These calls come next, in this order."""
        with self._moved:
            self._waiting = list(call_ids)

    @contextmanager
    def turn(self, call_id: str) -> Iterator[None]:
        """Waits for the calls before ``call_id``; a call that nobody expected does not wait."""
        with self._moved:
            self._moved.wait_for(lambda: call_id not in self._waiting or self._waiting[0] == call_id)
        try:
            yield
        finally:
            with self._moved:
                self._waiting = [each for each in self._waiting if each != call_id]
                self._moved.notify_all()
