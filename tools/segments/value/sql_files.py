"""The statements of this package."""

from __future__ import annotations

from tools.warehouse.sql_files import sql_text


def read_sql(name: str) -> str:
    """The text of one of them."""
    return sql_text("tools.segments.value", name)
