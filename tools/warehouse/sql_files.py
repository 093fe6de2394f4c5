"""The statements that stand in `.sql` files beside the modules that use them."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources


@lru_cache
def sql_text(package: str, name: str) -> str:
    """The text of ``sql/<name>.sql`` of a package, such as "tools.segments.churn".

    Raises:
        FileNotFoundError: The package has no such file.
    """
    return (resources.files(package) / "sql" / f"{name}.sql").read_text(encoding="utf-8").rstrip()
