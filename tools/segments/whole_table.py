"""Writes the whole of a list that is longer than its preview: the writer that all tools share."""

from __future__ import annotations

from tools.warehouse.whole_table import write_whole

__all__ = ["write_whole"]
