"""Long work of one session in a thread of its own: reading files, loading them, refreshing what rests on them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from tools.contracts import Text
from tools.errors import Cancelled, FenqunError
from tools.warehouse.warehouse import Warehouse

Tell = Callable[[Text, float], None]


class Report(Protocol):
    """What is told of a change to the warehouse."""

    @property
    def changed(self) -> bool:
        """Whether what rests on the data is stale."""
        ...


@dataclass(frozen=True)
class Said:
    """A change that is told in one sentence."""

    sentence: Text
    changed: bool = True


Told = TypeVar("Told", bound=Report)
_LOAD_SHARE = 0.6
"""Share of the bar that loading takes; the refresh takes the rest."""
_NEWS_SECONDS = 0.25


@dataclass
class LoadJob(Generic[Told]):
    """One change to the warehouse, such as a load, with its refresh.

    Args:
        warehouse: Where to.
        load: Makes the change; tells where it stands.
        stop: Set to cancel while nothing is stored yet.
    """

    warehouse: Warehouse
    load: Callable[[Warehouse, Tell], Told]
    stop: threading.Event
    stage: Text | None = None
    fraction: float = 0.0
    report: Told | None = None
    error: FenqunError | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Begin, in the background."""
        self.stop.clear()
        threading.Thread(target=self._run, name="load", daemon=True).start()

    def follow(self) -> Iterator[None]:
        """Yields at a steady pace until the work has ended."""
        while not self.done.wait(_NEWS_SECONDS):
            yield

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return not self.done.is_set()

    @property
    def stoppable(self) -> bool:
        """Whether stopping still leaves everything as it was."""
        return self.fraction < _LOAD_SHARE and not self.stop.is_set()

    def _run(self) -> None:
        from tools.segments.refresh import refresh

        try:
            report = self.load(self.warehouse, self._loading)
            if report.changed:
                refresh(self.warehouse, self._refreshing)
            self.report = report
        except FenqunError as error:
            self.error = error
        finally:
            self.done.set()

    def _loading(self, stage: Text, fraction: float) -> None:
        if self.stop.is_set():
            raise Cancelled
        self.stage, self.fraction = stage, fraction * _LOAD_SHARE

    def _refreshing(self, stage: Text, fraction: float) -> None:
        self.stage, self.fraction = stage, _LOAD_SHARE + fraction * (1 - _LOAD_SHARE)
