"""A tool result as answer templates see it: figure references and names, no numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.planner.dialogue import Result


@dataclass(frozen=True)
class FigureView:
    """One figure: its reference, label and whether its value is there, zero or negative."""

    id: str
    label: str
    value: Any
    unit: str

    @property
    def ref(self) -> str:
        """How prose refers to it."""
        return f"[[{self.id}]]"

    @property
    def known(self) -> bool:
        """Whether it has a value."""
        return self.value is not None

    def __str__(self) -> str:
        return self.ref


class ResultView:
    """Helpers over one result; ids of figures are given without the result's handle."""

    def __init__(self, result: Result, language: str) -> None:
        self._result = result
        self.language = language
        self.handle = result.handle
        self.outcome = result.outcome
        self.details: dict[str, Any] = dict(result.content.get("details") or {})
        self.figures = {self._local(str(one["id"])): self._figure(one) for one in result.content.get("figures") or ()}

    def _local(self, figure_id: str) -> str:
        return figure_id.removeprefix(f"{self.handle}.") if self.handle else figure_id

    def _figure(self, one: dict[str, Any]) -> FigureView:
        return FigureView(str(one["id"]), self.say(one["label"]), one.get("value"), str(one.get("unit")))

    def say(self, text: Any) -> str:
        """A text of both languages in the answer's."""
        if isinstance(text, dict):
            return str(text.get(self.language) or text.get("en") or "")
        return "" if text is None else str(text)

    def has(self, *ids: str) -> bool:
        """Whether all these figures are there and have a value."""
        return all(one in self.figures and self.figures[one].known for one in ids)

    def ref(self, figure_id: str) -> str:
        """The reference to a figure."""
        return self.figures[figure_id].ref

    def bold(self, figure_id: str) -> str:
        """The reference, as the key figure of the answer."""
        return f"**{self.ref(figure_id)}**"

    def value(self, figure_id: str) -> float:
        """The figure's value, to compare; never to print."""
        return float(self.figures[figure_id].value)

    def starting(self, prefix: str) -> list[FigureView]:
        """The figures whose id starts so, in order."""
        return [one for name, one in self.figures.items() if name.startswith(prefix) and one.known]

    def groups(self, prefix: str = "g", most: int = 8) -> list[dict[str, FigureView]]:
        """Figures "g1.revenue", "g1.orders", "g2.revenue", ... by group: name of the figure to the figure."""
        found: dict[str, dict[str, FigureView]] = {}
        for name, one in self.figures.items():
            head, _, tail = name.partition(".")
            if tail and head.startswith(prefix) and head[len(prefix) :].isdigit():
                found.setdefault(head, {})[tail] = one
        return list(found.values())[:most]

    @property
    def message(self) -> str:
        """Why it was not answered."""
        return self.say(self._result.content.get("message"))

    @property
    def interpretation(self) -> str:
        """How the arguments were understood."""
        return self.say(self._result.content.get("interpretation"))

    @property
    def tables(self) -> list[str]:
        """Titles of the tables shown."""
        return [self.say(one.get("title")) for one in self._result.content.get("tables") or ()]

    @property
    def files(self) -> list[str]:
        """Names of the files written."""
        return [str(one.get("name")) for one in self._result.content.get("files") or ()]

    @property
    def main(self) -> list[FigureView]:
        """Figures that belong to no group, in order."""
        return [one for name, one in self.figures.items() if "." not in name and one.known]

    def __iter__(self) -> Iterator[FigureView]:
        return iter(self.figures.values())
