"""What is known of each model: its run in use, its claims, its peers, its replacement, and how earlier promises held."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.contracts import Text
from tools.segments.held import Held, judgements
from tools.segments.model_runs import ModelRun, model_runs
from tools.segments.quality.measures import Measure, beside, best_peer, book, claims, peer_name
from tools.warehouse.engine import Engine

_KIND = ":"
"""Between a model and what it is about, such as a kind of campaign."""


@dataclass(frozen=True)
class ModelFacts:
    """One model.

    Args:
        run: The run in use.
        runs: All its runs, the latest first.
        held: Judgements of its runs, that of the latest run first.
    """

    run: ModelRun
    runs: Sequence[ModelRun]
    held: Sequence[Held]

    @property
    def family(self) -> str:
        """The model without what it is about: "response" of "response:Type A"."""
        return self.run.model.partition(_KIND)[0]

    @property
    def key(self) -> str:
        """The model as part of an id of a figure."""
        return re.sub(r"\W+", "_", self.run.model).strip("_").casefold()

    @property
    def name(self) -> Text:
        """What it is called."""
        known = book().models.get(self.family)
        name = known.name if known else Text(zh=self.family, en=self.family)
        about = self.run.model.partition(_KIND)[2]
        return Text(zh=f"{name.zh}（{about}）", en=f"{name.en} ({about})") if about else name

    @property
    def claims(self) -> dict[str, float]:
        """What it claims, by measure."""
        return claims(self.run.quality)

    @property
    def beside(self) -> dict[str, dict[str, float]]:
        """What other ways reach on the same cases, by measure."""
        return beside(self.run.quality)

    @property
    def main(self) -> str | None:
        """The measure that stands for it; its first claim where it lacks that one; None without a claim."""
        known = book().models.get(self.family)
        if known and known.main in self.claims:
            return known.main
        return next(iter(self.claims), None)

    @property
    def measure(self) -> Measure | None:
        """The measure of ``main``."""
        return book().measures[self.main] if self.main else None

    @property
    def peer(self) -> tuple[Text, float] | None:
        """The best of the other ways by the main measure, and what it reaches."""
        found = best_peer(self.main, self.beside.get(self.main, {})) if self.main else None
        return (peer_name(found[0]), found[1]) if found else None

    @property
    def is_fallback(self) -> bool:
        """Whether a rule stands in, for lack of data."""
        return "why" in self.run.quality

    @property
    def why(self) -> Text | None:
        """Why a rule stands in."""
        found = self.run.quality.get("why")
        return Text.model_validate(found) if isinstance(found, Mapping) else None

    @property
    def tested_from(self) -> dt.date | None:
        """The cut-off of the later period that it was judged on; None where it was not judged on one."""
        found = self.run.quality.get("test_cut_off")
        return dt.date.fromisoformat(found) if isinstance(found, str) else None

    @property
    def horizon(self) -> int | None:
        """Days of that period."""
        found = self.run.quality.get("horizon_days")
        return int(found) if isinstance(found, int | float) else None

    @property
    def cases(self) -> int | None:
        """How many customers it was judged on."""
        found = self.run.quality.get("customers")
        return int(found) if isinstance(found, int | float) else None

    @property
    def latest_held(self) -> tuple[Held, ModelRun] | None:
        """The latest judgement of an earlier promise that speaks of a known measure, with the run that made it."""
        by_id = {run.run_id: run for run in self.runs}
        return next(((held, by_id[held.run_id]) for held in self.held if held.run_id in by_id and claims(held.quality)), None)

    @property
    def fallen(self) -> dict[str, tuple[float, float]]:
        """The measures by which it held markedly worse than claimed: what was claimed, and what was found."""
        found = self.latest_held
        if found is None:
            return {}
        held, run = found
        promised, kept = claims(run.quality), claims(held.quality)
        pairs = {name: (promised[name], kept[name]) for name in promised if name in kept}
        return {name: pair for name, pair in pairs.items() if book().measures[name].fell(*pair)}

    @property
    def decision(self) -> dict[str, Any] | None:
        """How it was compared with the one before."""
        return self.run.decision


def read_facts(engine: Engine, model: str) -> list[ModelFacts]:
    """The models in use: all, or those of one name; "response" is that of every kind of campaign."""
    runs = model_runs(engine)
    order = list(book().models)
    found = []
    for used in (run for run in runs if run.in_use):
        family = used.model.partition(_KIND)[0]
        if model in ("all", family):
            own = [run for run in runs if run.model == used.model]
            found.append(ModelFacts(used, own, judgements(engine, used.model)))
    return sorted(found, key=lambda one: (order.index(one.family) if one.family in order else len(order), one.run.model))
