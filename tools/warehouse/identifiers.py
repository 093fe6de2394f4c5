"""The one quoting function for identifiers."""

from __future__ import annotations

from tools.errors import InputError

LONGEST = 255


def quote(name: str) -> str:
    """``name`` as a quoted SQL identifier.

    Raises:
        InputError: The name is empty, too long, or has a NUL character.
    """
    if not name or len(name) > LONGEST or "\0" in name:
        raise InputError(f"{name[:40]!r} cannot be a column or table name.", f"“{name[:40]}”不能用作列名或表名。")
    return '"' + name.replace('"', '""') + '"'
