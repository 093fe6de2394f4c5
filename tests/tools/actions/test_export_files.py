"""Safe names of files, as pairs."""

from __future__ import annotations

import pytest

from tools.actions.export_files import safe_stem


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
