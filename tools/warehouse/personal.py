"""Which personal data of customers a text repeats, so that they can be hidden before it leaves the machine."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from tools.warehouse.engine import Engine


def personal_values_in(engine: Engine, text: str) -> dict[str, str]:
    """Names, e-mails, phones, addresses and membership numbers of customers that occur in ``text``.

    Returns:
        The value, written as in ``text``, to its kind: "name", "email", "phone", "address" or "membership".
    """
    folded = text.lower()
    found: dict[str, str] = {}
    for kind, value in engine.rows(_query(), {"text": text, "folded": folded}):
        start = text.find(value)
        if start < 0:
            start = folded.find(value.lower())
        if start >= 0:
            found[text[start : start + len(value)]] = kind
    return found


@lru_cache(maxsize=1)
def _query() -> str:
    return (resources.files("tools.warehouse") / "sql" / "personal_values.sql").read_text(encoding="utf-8")
