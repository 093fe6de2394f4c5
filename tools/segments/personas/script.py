"""The sentences of prompts/personas.yaml, loaded strictly."""

from __future__ import annotations

import re
import string
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import yaml
from pydantic import Field, model_validator

from tools.contracts import Frozen, Text

Direction = Literal["higher", "lower"]


class Aspect(Frozen):
    """One thing that is told: sentences beside all customers, and without them."""

    label: Text
    compared: tuple[Text, ...]
    plain: tuple[Text, ...]


class Demographic(Frozen):
    """How an attribute is told."""

    label: Text
    compared: Text
    plain: Text
    unknown: Text


class Line(Frozen):
    """What to say and what not, for one direction of a difference."""

    say: Text | None = None
    avoid: Text | None = None


class Talk(Frozen):
    """What a credible difference in one field means for what is said."""

    field: str
    higher: Line = Line()
    lower: Line = Line()


class Theme(Frozen):
    """Adjectives of which a headline takes one."""

    name: str
    words: dict[str, dict[Direction, Text]]


class Script(Frozen):
    """All words."""

    aspects: dict[str, Aspect]
    demographic: Demographic
    values: dict[str, dict[str, Text]]
    not_ordered: Text
    regularity: dict[str, Text]
    price_attitude: dict[str, Text]
    taste_alike: dict[str, Text]
    even_week: Text
    last: dict[str, Text]
    parts: dict[str, Text]
    weekdays: tuple[Text, ...] = Field(min_length=7, max_length=7)
    headline: dict[str, Text]
    themes: tuple[Theme, ...]
    talk: tuple[Talk, ...]
    favourites: dict[str, Text]
    timing: dict[str, Text]
    consent: dict[str, Text]

    @model_validator(mode="before")
    @classmethod
    def _themes(cls, data: Any) -> Any:
        themes = [{"name": one.pop("name"), "words": one} for one in (dict(theme) for theme in data["themes"])]
        return {**data, "themes": themes}


def spaced(name: str) -> str:
    """A name within Chinese text: Latin letters and digits stand apart from it, Chinese ones do not."""
    before, after = (" " if edge.isascii() else "" for edge in (name[:1], name[-1:]))
    return f"{before}{name}{after}"


def tidy(text: str) -> str:
    """Chinese text without the spaces that a name left beside full-width marks, or at its ends."""
    return re.sub(r" *([，。；：、（）！？]) *", r"\1", text).strip()


def names_in(template: str) -> set[str]:
    """The names that a template needs."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@lru_cache(maxsize=1)
def script() -> Script:
    """The words of this program.

    Raises:
        pydantic.ValidationError: A sentence lacks a language, or a key is unknown.
    """
    return Script.model_validate(yaml.safe_load(resources.files("prompts").joinpath("personas.yaml").read_text(encoding="utf-8")))
