"""The planner's own short texts, from prompts/answers/texts.yaml."""

from __future__ import annotations

from typing import Any

from assistant.prompt_library import read_yaml
from tools.errors import UnknownName


def text(name: str, language: str) -> str:
    """One text.

    Raises:
        UnknownName: There is no such text.
    """
    return str(_entry(name)[language])


def texts(name: str, language: str) -> list[str]:
    """A list of texts, such as example questions.

    Raises:
        UnknownName: There is no such list.
    """
    return [str(one) for one in _entry(name)[language]]


def _entry(name: str) -> Any:
    table = read_yaml("answers/texts.yaml")
    if name not in table:
        raise UnknownName("text", "文本", name, table)
    return table[name]
