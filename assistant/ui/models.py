"""The page of the models: what each one claims, on which later period, beside what, and how it has held since."""

from __future__ import annotations

from typing import Any

from assistant.ui.pieces import piece
from tools.contracts import Text
from tools.errors import FenqunError
from tools.requests import ModelQuality
from tools.segments.quality.facts import ModelFacts, read_facts
from tools.segments.quality.measures import book, claims, peer_name
from tools.segments.quality.tool import model_quality
from tools.segments.quality.words import both, decision_words, held_words, judged_on
from tools.warehouse.context import open_context
from tools.warehouse.warehouse import Warehouse

RUNS_SHOWN = 12


class ModelsView:
    """The page of one warehouse's models.

    Args:
        warehouse: Need not exist yet.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def html(self, language: str) -> str:
        """A card per model in ``language``; a sentence instead where there is none."""
        if not self._warehouse.exists:
            return piece("models", language, cards=[], caveats=[], problem=None)
        try:
            with open_context(self._warehouse) as context:
                facts = read_facts(context.engine, "all")
                caveats = model_quality(context, ModelQuality()).caveats if facts else ()
                currency = context.config.currency
        except FenqunError as error:
            return piece("models", language, cards=[], caveats=[], problem=error.message(language))
        cards = [_card(one, language, currency) for one in facts]
        return piece("models", language, cards=cards, caveats=[text.say(language) for text in caveats], problem=None)


def _card(facts: ModelFacts, language: str, currency: str) -> dict[str, Any]:
    def say(text: Text | None) -> str:
        """A text in the reader's language; nothing for none."""
        return text.say(language) if text else ""

    return {
        "name": say(facts.name),
        "version": facts.run.version,
        "as_of": facts.run.as_of.isoformat(),
        "judged_on": say(judged_on(facts)) if facts.main else "",
        "why": say(facts.why) if facts.is_fallback else "",
        "measures": [] if facts.is_fallback else _measures(facts, language, currency),
        "has_held": facts.latest_held is not None,
        "decision": say(decision_words(facts, currency)),
        "held": say(held_words(facts, currency)),
        "runs": _runs(facts, language, currency) if len(facts.runs) > 1 else [],
        "main": say(book().measures[facts.main].name) if facts.main else "",
    }


def _measures(facts: ModelFacts, language: str, currency: str) -> list[dict[str, Any]]:
    held = claims(facts.latest_held[0].quality) if facts.latest_held else {}
    found = []
    for measure, value in facts.claims.items():
        peers = facts.beside.get(measure, {})
        found.append(
            {
                "name": book().measures[measure].name.say(language),
                "claimed": both(measure, value, currency).say(language),
                "peers": [(peer_name(way).say(language), both(measure, number, currency).say(language)) for way, number in peers.items()],
                "held": both(measure, held[measure], currency).say(language) if measure in held else "",
                "fallen": measure in facts.fallen,
            }
        )
    return found


def _runs(facts: ModelFacts, language: str, currency: str) -> list[tuple[str, str, str, str, bool]]:
    held = {one.run_id: claims(one.quality) for one in reversed(facts.held)}
    found = []
    for run in facts.runs[:RUNS_SHOWN]:
        own = ModelFacts(run, facts.runs, facts.held)
        main = own.main
        claimed = both(main, own.claims[main], currency).say(language) if main else ""
        kept = held.get(run.run_id, {}).get(main or "")
        found.append(
            (
                run.as_of.isoformat(),
                run.version,
                claimed,
                both(main, kept, currency).say(language) if main and kept is not None else "",
                run.in_use,
            )
        )
    return found
