"""The page's own texts in both languages, read from YAML beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import resources

import yaml

from tools.contracts import Language, Text

_FOLDER = resources.files("assistant.ui")


@lru_cache(maxsize=1)
def texts() -> Mapping[str, Text]:
    """Every text of the page by key."""
    raw = yaml.safe_load((_FOLDER / "texts.yaml").read_text(encoding="utf-8"))
    return {key: Text(**value) for key, value in raw.items()}


@lru_cache(maxsize=1)
def examples() -> tuple[Text, ...]:
    """The questions offered on the empty page."""
    raw = yaml.safe_load((_FOLDER / "examples.yaml").read_text(encoding="utf-8"))
    return tuple(Text(**value) for value in raw)


def say(key: str, language: str, **values: object) -> str:
    """The text ``key`` in ``language``, with its braces filled in; ``key``_one for a count of one, where there is such a text.

    Raises:
        KeyError: There is no such text, or a value that it needs was not given.
    """
    one = f"{key}_one"
    text = texts()[one if str(values.get("count")) == "1" and one in texts() else key].say(language)
    return text.format(**values) if values else text


def say_name(prefix: str, name: str, language: str) -> str:
    """The words for a closed name such as a tool's; the name itself, spaced out, when it has none."""
    text = texts().get(f"{prefix}_{name}")
    return text.say(language) if text else name.replace("_", " ")


def language_of(question: str) -> Language:
    """The language a question is written in: Chinese as soon as it has a Chinese character."""
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in question) else "en"


def preferred_language(cookie: str | None, accept: str) -> Language:
    """The page's language: the one chosen before, else the browser's first of the two, else English."""
    if cookie in ("zh", "en"):
        return "zh" if cookie == "zh" else "en"
    for part in accept.lower().split(","):
        tag = part.split(";")[0].strip()
        if tag.startswith(("zh", "en")):
            return "zh" if tag.startswith("zh") else "en"
    return "en"
