"""The statements of this package."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

_FOLDER = resources.files("tools.segments.value") / "sql"


@lru_cache
def read_sql(name: str) -> str:
    """The text of one of them."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").rstrip()
