"""Constructions read as plainer words: “占了几成” is “占比”, and of customers “没有第二单” is “只下过一次单”.

They are data: constructions.yaml and constructions_en.yaml, constructions_spoken.yaml for frames of spoken questions,
constructions_frames.yaml, constructions_sentences.yaml and constructions_wholes.yaml for the frames of whole English questions,
constructions_zh.yaml and constructions_framed.yaml for those of Chinese ones, constructions_everyday.yaml for what people say in
English of their own trade, constructions_numbers.yaml for questions for numbers, constructions_models.yaml for what is asked of
models and of the data's quality, constructions_ranked.yaml for what limits and
accompanies a ranking, and conditions.yaml for what is said of customers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from assistant.planner.lexicon import filled, named_patterns, read_table
from assistant.planner.normalise import HAN

_HAN = re.compile(f"[{HAN}]")
_ENGLISH = re.compile(r"(?<![a-z])[a-z]{2,}(?![a-z])")
_FEW_WORDS = 4
"""English words that a Chinese sentence may well have."""
_DIGITS = r"\d一二两三四五六七八九十百千"


@lru_cache(maxsize=256)
def plainer(text: str) -> str:
    """A normalised question in plainer words, by the constructions of its language."""
    for language in _languages(text):
        for pattern, words in _constructions(language):
            text = pattern.sub(words, text)
    return text


def _languages(text: str) -> tuple[str, ...]:
    """Whose constructions it may have: an English sentence with a Chinese name in it has those of both languages."""
    if not _HAN.search(text):
        return ("en",)
    return ("zh", "en") if len(_ENGLISH.findall(text)) > _FEW_WORDS else ("zh",)


def turned(text: str) -> str:
    """A question that was not understood, with what it names first put where it is spoken of, and the like; else unchanged."""
    if _HAN.search(text):
        return text
    for pattern, words in _turns():
        text = pattern.sub(words, text)
    return text


@lru_cache(maxsize=1)
def _turns() -> list[tuple[re.Pattern[str], str]]:
    table = read_table("constructions_frames")
    return _of_table({"names": table["names"], "rewrites": table["turned"]})


@lru_cache(maxsize=2)
def _constructions(language: str) -> list[tuple[re.Pattern[str], str]]:
    general = read_table("constructions" if language == "zh" else "constructions_en")
    numbers = _of_table(read_table("constructions_numbers"), general["names"]) if language == "en" else []
    everyday = _of_table(read_table("constructions_everyday"), general["names"]) if language == "en" else []
    frames = _of_table(read_table("constructions_frames")) if language == "en" else []
    sentences = _of_table(read_table("constructions_sentences"), general["names"]) if language == "en" else []
    wholes = _of_table(read_table("constructions_wholes"), general["names"]) if language == "en" else []
    models = _of_table(read_table("constructions_models")[language])
    turns = _of_table(read_table("constructions_turns")[language])
    ranked = _of_table(read_table("constructions_ranked")) if language == "zh" else []
    spoken = _of_table(read_table("constructions_spoken")[language], general["names"] if language == "en" else None)
    said = _of_table(read_table("conditions")[language])
    framed = _of_table(read_table("constructions_framed")) if language == "zh" else []
    chinese = _of_table(read_table("constructions_zh"), general["names"]) if language == "zh" else []
    first = [*wholes, *spoken, *frames, *chinese, *framed, *sentences, *everyday, *models, *ranked]
    return [*first, *said, *turns, *numbers, *_of_table(general)]


def _of_table(table: Any, known: dict[str, str] | None = None) -> list[tuple[re.Pattern[str], str]]:
    names = named_patterns({**(known or {}), "digits": _DIGITS, **table["names"]})
    return [(re.compile(filled(pattern, names)), words) for pattern, words in table["rewrites"]]
