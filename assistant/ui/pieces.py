"""Pieces of HTML, from the templates beside this module; every value is escaped by the template engine."""

from __future__ import annotations

import datetime as dt
import json
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from assistant.ui.texts import say, say_name


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("assistant.ui", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["compact"] = _compact
    environment.filters["percent"] = _percent
    return environment


def piece(template: str, language: str, **values: Any) -> str:
    """The HTML of ``templates/<template>.html``.

    Args:
        template: Name of the template, without its ending.
        language: "zh" or "en"; what ``t(key)`` speaks in the template.
        values: What the template needs; a missing one fails.
    """
    speak = partial(_speak, language)
    named = partial(_named, language)
    return _environment().get_template(f"{template}.html").render(t=speak, named=named, language=language, **values)


def _speak(language: str, key: str, **values: object) -> str:
    return say(key, language, **values)


def _named(language: str, prefix: str, name: str) -> str:
    return say_name(prefix, name, language)


def _compact(value: Any) -> str:
    """A value of a tool's arguments as an operator reads it: text as it is, the rest as JSON."""
    return str(value) if isinstance(value, str | dt.date | Decimal) else json.dumps(value, ensure_ascii=False, default=str)


def _percent(share: Decimal) -> str:
    """A share to one decimal; only the whole reads 100 %, and only nothing 0 %."""
    shown = (share * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if shown == 100:
        return "100%" if share == 1 else ">99.9%"
    return "<0.1%" if shown == 0 and share > 0 else f"{shown}%"
