"""The measures of models as data: names, units, which way is better, and what else is measured beside a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import yaml

from tools.contracts import Frozen, Text, Unit


class Measure(Frozen):
    """One measure: its name, unit, which values are better, and how much worse it may hold before that is said."""

    name: Text
    unit: Unit
    better: Literal["higher", "lower", "one"]
    tolerance: float | None = None

    def worse_by(self, claimed: float, found: float) -> float:
        """How much worse ``found`` is than ``claimed``; negative where it is better."""
        if self.better == "one":
            return abs(found - 1) - abs(claimed - 1)
        return claimed - found if self.better == "higher" else found - claimed

    def fell(self, claimed: float, found: float) -> bool:
        """Whether ``found`` is worse by more than the tolerance."""
        return self.tolerance is not None and self.worse_by(claimed, found) > self.tolerance


class ModelName(Frozen):
    """One kind of model: its name, and the measure that stands for it."""

    name: Text
    main: str


class Book(Frozen):
    """Everything in ``measures.yaml``."""

    measures: dict[str, Measure]
    aliases: dict[str, str]
    peers: dict[str, Text]
    nested: tuple[str, ...]
    bounds: tuple[str, ...]
    models: dict[str, ModelName]

    def measure_id(self, key: str) -> str | None:
        """The measure that a stored key is; None for anything else."""
        found = self.aliases.get(key, key)
        return found if found in self.measures else None


@lru_cache(maxsize=1)
def book() -> Book:
    """The measures, peers and models, read once."""
    text = (resources.files("tools.segments.quality") / "measures.yaml").read_text(encoding="utf-8")
    return Book.model_validate(yaml.safe_load(text))


def claims(quality: Mapping[str, Any]) -> dict[str, float]:
    """The measures of a run or of a judgement, in the order of the book."""
    known = {book().measure_id(key): float(value) for key, value in quality.items() if _is_number(value)}
    return {name: known[name] for name in book().measures if name in known}


def beside(quality: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Measure to what other ways reach on the same cases, by the id of the way.

    They are stored as "<way>_<measure>", or under "by_<what>" as way to measures. What claims the very same in all
    measures is the model itself, and perfect foresight is a bound that nothing reaches.
    """
    own, found = claims(quality), dict[str, dict[str, float]]()
    ways: dict[str, dict[str, float]] = {}
    for way, key, value in (*_prefixed(quality), *_nested(quality)):
        measure = book().measure_id(key)
        if measure is not None and way not in (quality.get("kind"), *book().bounds):
            ways.setdefault(way, {})[measure] = value
    for way, reached in ways.items():
        if any(own.get(measure) != value for measure, value in reached.items()):
            for measure, value in reached.items():
                found.setdefault(measure, {})[way] = value
    return found


def _prefixed(quality: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    for key, value in quality.items():
        for way in book().peers:
            if key.startswith(f"{way}_") and _is_number(value):
                yield way, key.removeprefix(f"{way}_"), float(value)


def _nested(quality: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    for key, ways in quality.items():
        if not (key.startswith("by_") or key in book().nested) or not isinstance(ways, Mapping):
            continue
        for way, measures in ways.items():
            if isinstance(measures, Mapping):
                yield from ((str(way), str(name), float(value)) for name, value in measures.items() if _is_number(value))


def peer_name(way: str) -> Text:
    """What another way is called; its id where it has no name."""
    return book().peers.get(way, Text(zh=way.replace("_", " "), en=way.replace("_", " ")))


def best_peer(measure: str, ways: Mapping[str, float]) -> tuple[str, float] | None:
    """The way that comes out best on a measure; None without one."""
    if not ways:
        return None
    found = book().measures[measure]
    way = min(sorted(ways), key=lambda one: found.worse_by(0.0, ways[one]) if found.better != "one" else abs(ways[one] - 1))
    return way, ways[way]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
