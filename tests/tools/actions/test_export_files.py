"""Neutralised cells and safe names, as pairs."""

from __future__ import annotations

import pytest

from tools.actions.export_files import neutralise, safe_stem


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", "  =1", "\ufeff=1", "-cmd|' /C calc'!A0"],
)
def test_what_a_spreadsheet_could_run_gets_an_apostrophe(text: str) -> None:
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "王小明", "a=b", "a@example.com", "-5", "-12.50", "1+1", "2024-05-01", "O'Neill"])
def test_plain_text_stays(text: str) -> None:
    assert neutralise(text) == text


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("champions", "champions"),
        ("../../etc/passwd", "etc-passwd"),
        ("高价值 客户", "高价值-客户"),
        ("", "customers"),
        ("///", "customers"),
        ("a" * 100, "a" * 40),
        ("CON: x*?", "CON-x"),
    ],
)
def test_file_names_are_safe(name: str, stem: str) -> None:
    assert safe_stem(name) == stem
