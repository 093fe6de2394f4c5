"""Statements are read from the package's own folder."""

from __future__ import annotations

import pytest

from tools.warehouse.sql_files import sql_text


def test_a_statement_is_read_without_its_last_line_end() -> None:
    text = sql_text("tools.segments.look_up", "memberships")
    assert text.startswith("-- The segments of every scheme")
    assert text.endswith("ORDER BY s.scheme, s.segment_id")


def test_there_is_no_such_statement() -> None:
    with pytest.raises(FileNotFoundError, match="no_such"):
        sql_text("tools.segments.look_up", "no_such")
