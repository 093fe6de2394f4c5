"""Constructions read as plainer words: “占了几成” is “占比”, and of customers “没有第二单” is “只下过一次单”.

They are data: constructions.yaml and constructions_en.yaml, constructions_spoken.yaml for frames of spoken questions,
constructions_frames.yaml, constructions_sentences.yaml and constructions_wholes.yaml for the frames of whole English questions,
constructions_asked_zh.yaml, constructions_zh.yaml and constructions_framed.yaml for those of Chinese ones,
constructions_everyday.yaml for what people say in English of their own trade, constructions_numbers.yaml for questions for numbers,
constructions_measured.yaml for what is measured and how it is held against another time,
constructions_figures.yaml for figures, rankings and what they mean, constructions_rates.yaml for how much or how often a customer
does something in a time, constructions_models.yaml for what is asked of models and of the data's quality, constructions_ranked.yaml
for what limits and accompanies a ranking, constructions_offers.yaml for discounts, coupons and campaigns,
constructions_orders.yaml for orders with and without a coupon,
constructions_campaigns.yaml for whom campaigns reached and who redeemed, constructions_changes.yaml for changes from one time to another,
constructions_newcomers.yaml for what they did after the first order, constructions_lookalikes.yaml for words that look like another,
constructions_customers.yaml for groups of them, constructions_groups.yaml for how they are defined and laid side by side,
constructions_segments.yaml for their sizes and what may become of them, constructions_which.yaml for which of them does something most,
constructions_wishes.yaml for what is wished of a group, of a campaign and of a term,
constructions_compared.yaml for two sides that are named together,
constructions_again.yaml, constructions_followed.yaml and constructions_later.yaml for follow-ups, constructions_shown.yaml for
those to a number, and conditions.yaml for what is said
of customers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from assistant.planner.lexicon import filled, named_patterns, read_table
from assistant.planner.literals import needed
from assistant.planner.normalise import HAN

_HAN = re.compile(f"[{HAN}]")
_ENGLISH = re.compile(r"(?<![a-z])[a-z]{2,}(?![a-z])")
_FEW_WORDS = 4
"""English words that a Chinese sentence may well have."""
_TABLES = {
    "en": (
        "constructions_compared",
        "constructions_which",
        "constructions_wishes",
        "constructions_again",
        "constructions_groups",
        "constructions_lookalikes",
        "constructions_segments",
        "constructions_rankings",
        "constructions_newcomers",
        "constructions_customers",
        "constructions_measured",
        "constructions_figures",
        "constructions_rates",
        "constructions_changes",
        "constructions_followed",
        "constructions_later",
        "constructions_campaigns",
        "constructions_orders",
        "constructions_offers",
        "constructions_requests",
        "constructions_wholes",
        "constructions_spoken",
        "constructions_frames",
        "constructions_sentences",
        "constructions_everyday",
        "constructions_models",
        "conditions",
        "constructions_turns",
        "constructions_numbers",
        "constructions_en",
    ),
    "zh": (
        "constructions_compared",
        "constructions_which",
        "constructions_wishes",
        "constructions_again",
        "constructions_groups",
        "constructions_lookalikes",
        "constructions_segments",
        "constructions_rankings",
        "constructions_newcomers",
        "constructions_customers",
        "constructions_measured",
        "constructions_figures",
        "constructions_rates",
        "constructions_changes",
        "constructions_followed",
        "constructions_later",
        "constructions_campaigns",
        "constructions_orders",
        "constructions_offers",
        "constructions_asked_zh",
        "constructions_spoken",
        "constructions_zh",
        "constructions_framed",
        "constructions_models",
        "constructions_ranked",
        "conditions",
        "constructions_turns",
        "constructions",
    ),
}
"""Tables in the order in which they are tried: whole sentences first, single words last."""
_ALONE = frozenset(
    {
        "conditions",
        "constructions_which",
        "constructions_again",
        "constructions_campaigns",
        "constructions_changes",
        "constructions_compared",
        "constructions_customers",
        "constructions_followed",
        "constructions_figures",
        "constructions_framed",
        "constructions_frames",
        "constructions_later",
        "constructions_lookalikes",
        "constructions_measured",
        "constructions_models",
        "constructions_newcomers",
        "constructions_orders",
        "constructions_offers",
        "constructions_ranked",
        "constructions_rankings",
        "constructions_rates",
        "constructions_segments",
        "constructions_turns",
        "constructions_wishes",
    }
)
"""Tables that name their pieces themselves."""
_DIGITS = r"\d一二两三四五六七八九十百千"


@dataclass(frozen=True)
class Construction:
    """A pattern, the plainer words for it, and what a text must have one of to be looked at."""

    written: str
    words: str
    needed: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when a text first has what it needs: most texts need few of the patterns."""
        return re.compile(self.written)


@lru_cache(maxsize=256)
def plainer(text: str) -> str:
    """A normalised question in plainer words, by the constructions of its language."""
    for language in _languages(text):
        text = _rewritten(text, _constructions(language))
    return text


def turned(text: str) -> str:
    """A question that was not understood, with what it names first put where it is spoken of, and the like; else unchanged."""
    return text if _HAN.search(text) else _rewritten(text, _turns())


def plainer_of_shown(text: str, *, groups: bool = False) -> str:
    """What is said of a number that was shown, in plainer words; ``groups``: it was shown by group."""
    language = "zh" if _HAN.search(text) else "en"
    text = _rewritten(text, _shown(language, "rewrites"))
    return _rewritten(text, _shown(language, "of_groups" if groups else "of_one"))


def _rewritten(text: str, constructions: list[Construction]) -> str:
    for one in constructions:
        if not one.needed or any(literal in text for literal in one.needed):
            text = one.pattern.sub(one.words, text)
    return text


def _languages(text: str) -> tuple[str, ...]:
    """Whose constructions it may have: an English sentence with a Chinese name in it has those of both languages."""
    if not _HAN.search(text):
        return ("en",)
    return ("zh", "en") if len(_ENGLISH.findall(text)) > _FEW_WORDS else ("zh",)


@lru_cache(maxsize=1)
def _turns() -> list[Construction]:
    table = read_table("constructions_frames")
    return _of_table({"names": table["names"], "rewrites": table["turned"]})


@lru_cache(maxsize=6)
def _shown(language: str, kind: str) -> list[Construction]:
    table = read_table("constructions_shown")[language]
    return _of_table({"names": table["names"], "rewrites": table[kind]})


@lru_cache(maxsize=2)
def _constructions(language: str) -> list[Construction]:
    """Those of a language, in the order in which they are tried; names of the general table are known in the others."""
    names = read_table(_TABLES[language][-1])["names"]
    found: list[Construction] = []
    for name in _TABLES[language]:
        table = read_table(name)
        found += _of_table(table.get(language, table), {} if name in _ALONE else names)
    return found


def _of_table(table: Any, known: dict[str, str] | None = None) -> list[Construction]:
    names = named_patterns({**(known or {}), "digits": _DIGITS, **table["names"]})
    patterns = [(filled(pattern, names), words) for pattern, words in table["rewrites"]]
    return [Construction(pattern, words, needed(pattern)) for pattern, words in patterns]
