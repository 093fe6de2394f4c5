"""A tool result as answer templates see it: figure references and names, no numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.planner.dialogue import Result
from assistant.planner.texts import text
from tools.contracts import Unit
from tools.metrics.averages import DAY_TYPES
from tools.metrics.catalogue import catalogue
from tools.segments.schemes import group_of

_TOLD = frozenset({"age_band", "income_band", "gender", "city", "region"})
_MOST_WORDS = {"zh": 30, "en": 70}
"""Characters of a rule that are told within a sentence; the interpretation has longer ones."""
_LISTED = re.compile(r"t\d+(?:\.\d+)?")
"""The handle of a list."""
_SHOWN_REASONS = 2
"""Reasons told of each customer; the table has them all."""


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

    def largest(self, ids: list[str]) -> str:
        """Which of these figures has the largest value."""
        return max(ids, key=self.value)

    def starting(self, prefix: str) -> list[FigureView]:
        """The figures whose id starts so, in order."""
        return [one for name, one in self.figures.items() if name.startswith(prefix) and one.known]

    def span(self, name: str) -> str:
        """The dates of the window "window" or "previous" in words; empty where it is all time."""
        start, end = self.figures.get(f"{name}.start"), self.figures.get(f"{name}.end")
        if end is None or not end.known:
            return ""
        if start is None or not start.known:
            if str(end.value) in {str(one.get("as_of")) for one in self._result.content.get("receipts") or ()}:
                return ""
            return f"截至 {end} " if self.language == "zh" else f" up to {end}"
        if start.value == end.value:
            return f"{start} " if self.language == "zh" else f" on {start}"
        return f"{start} 至 {end} " if self.language == "zh" else f" from {start} to {end}"

    def subject(self, args: dict[str, Any]) -> str:
        """Whom or what a measurement is limited to, by name; empty where it is everything, a long rule, or the groups themselves."""
        parts = [self._customers(args.get("customers"), args.get("by") or [])]
        between = "、" if self.language == "zh" else ", "
        apart = {one: values for one, values in (args.get("where") or {}).items() if one not in (args.get("by") or ())}
        parts += [between.join(self._values(dimension, values)) for dimension, values in apart.items()]
        for dimension, values in (args.get("where_not") or {}).items():
            parts.append(text("all_but", self.language).format(words=between.join(self._values(dimension, values))))
        return (" " if self.language == "zh" else ", ").join(part for part in parts if part)

    def _customers(self, given: Any, by: list[str]) -> str:
        """The name of a segment, else the words for a rule that is short, unless groups of customers are told apart."""
        named = self.segment_name(given) if isinstance(given, str) else ""
        if any(catalogue().dimension(one).level == "customer" for one in by):
            return named
        said = (self._result.content.get("details") or {}).get("whose") if given is not None else None
        words = said[self.language] if said and not named else ""
        if words and isinstance(given, dict) and _LISTED.fullmatch(str((given.get("not") or {}).get("segment", ""))):
            return text("all_others", self.language)
        return named or (words if 0 < len(words) <= _MOST_WORDS[self.language] else "")

    def _values(self, dimension: str, values: list[str]) -> list[str]:
        """The names of a dimension's values; the days of the week that make a weekend are called so."""
        kinds = catalogue().dimension("day_type").values
        kind = next((kind for kind, days in DAY_TYPES.items() if dimension == "weekday" and days == set(values)), None)
        if kind is not None:
            return [kinds[kind].say(self.language)]
        names = catalogue().dimension(dimension).values
        return [names[value].say(self.language) if value in names else value for value in values]

    def segment_name(self, segment: str) -> str:
        """The name of a segment; empty for a handle."""
        group = group_of(segment)
        return group.name.say(self.language) if group else ""

    def metric_name(self, metric: str) -> str:
        """The name of a metric."""
        return catalogue().metric(metric).name.say(self.language)

    def field_name(self, field: str) -> str:
        """The name of a field of a customer."""
        return catalogue().field(field).name.say(self.language)

    def dimension_name(self, by: list[str]) -> str:
        """The names of what is grouped by."""
        names = [catalogue().dimension(one).name.say(self.language).split("（")[0] for one in by]
        return " × ".join(names)

    def plural(self, metric: str) -> bool:
        """Whether the English name of a metric is a plural noun, as are those of all that is counted."""
        return catalogue().metric(metric).unit is Unit.COUNT

    def relative(self, metric: str) -> bool:
        """Whether the English name of a metric says what the counted did (“customers who ordered”): “of” cannot follow it."""
        return " who " in self.metric_name(metric)

    @staticmethod
    def number(value: Any) -> str:
        """A number that the operator named, or that counts a list; never one that was found."""
        return str(value)

    @staticmethod
    def capital(words: str) -> str:
        """With a capital first letter."""
        return words[:1].upper() + words[1:]

    def ranked(self, groups: list[dict[str, FigureView]], metric: str) -> str:
        """“largest” or “smallest” where the groups are in that order of the metric, else empty."""
        values = [float(group[metric].value) for group in groups if metric in group]
        if len(values) < 2 or len(set(values)) == 1:
            return ""
        if values == sorted(values, reverse=True):
            return "largest"
        return "smallest" if values == sorted(values) else ""

    def place_of(self, value: str) -> int:
        """The place of the group of that name; -1 where it is not among those with figures."""
        wanted = value.casefold()
        names = [name.values() if isinstance(name, dict) else [name] for name in self.details["groups"]]
        return next((place for place, name in enumerate(names) if wanted in [str(text).casefold() for text in name]), -1)

    @staticmethod
    def partial(by: list[str]) -> bool:
        """Whether a dimension is known for part of the customers only, as what people tell about themselves is."""
        return any(one in _TOLD or one.startswith("attribute.") for one in by)

    def by_size(self, groups: list[str]) -> list[str]:
        """Groups with customers, the largest first."""
        found = [one for one in groups if self.has(f"{one}.customers") and self.value(f"{one}.customers")]
        return sorted(found, key=lambda one: -self.value(f"{one}.customers"))

    def widest(self, first: str, second: str, ratio: str, most: int) -> list[str]:
        """What two sides differ most in: names of figures that both sides and their ratio have."""
        names = [name.partition(".")[2] for name in self.figures if name.startswith(f"{ratio}.")]
        fit = [one for one in names if self.has(f"{first}.{one}", f"{second}.{one}", f"{ratio}.{one}") and self.value(f"{ratio}.{one}") > 0]
        fit = [one for one in fit if not one.startswith(("customers", "share_of"))]
        return sorted(fit, key=lambda one: -abs(math.log(self.value(f"{ratio}.{one}"))))[:most]

    def tail_label(self, figure_id: str) -> str:
        """A figure's label without the group before its colon."""
        return re.split(r"[:\uff1a]\s?", self.figures[figure_id].label)[-1]

    def first_ref(self, *ids: str) -> str:
        """The reference to the first of these figures that is there and not zero; empty without any."""
        return next((self.ref(one) for one in ids if self.has(one) and self.value(one)), "")

    def problems(self, ids: list[str]) -> list[FigureView]:
        """Those of these counts that are there and not zero."""
        return [self.figures[one] for one in ids if self.has(one) and self.value(one)]

    def reason(self, index: int) -> str:
        """Why the customer at that place of a churn list may leave."""
        reasons = list((self.details.get("reasons") or {}).values())
        if index >= len(reasons):
            return ""
        joint = "\uff1b" if self.language == "zh" else "; "
        return joint.join(self.say(reasons[index]).split(joint)[:_SHOWN_REASONS])

    def listed(self, texts: list[Any]) -> str:
        """Texts of both languages in a row."""
        return ("、" if self.language == "zh" else ", ").join(self.say(one) for one in texts)

    def join(self, part: Any) -> str:
        """One text, or several in a row."""
        if isinstance(part, list):
            return ("；" if self.language == "zh" else "; ").join(self.say(one) for one in part)
        return self.say(part)

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
