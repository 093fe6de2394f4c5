"""The schema's version and its migrations: numbered .sql files, applied in order, each once."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from tools.errors import SchemaMismatch
from tools.warehouse.engine import Engine

_FOLDER = resources.files("tools.warehouse") / "migrations"


@lru_cache(maxsize=1)
def migration_names() -> tuple[str, ...]:
    """The names of the migration files, in order; the n-th takes the schema to version n."""
    return tuple(sorted(entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".sql")))


def schema_version(engine: Engine) -> int:
    """The version of the open warehouse; 0 for an empty file."""
    found = engine.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'meta' AND schema_name = 'main'")
    if not found[0][0]:
        return 0
    stored = engine.rows("SELECT value FROM meta WHERE key = 'schema_version'")
    return int(stored[0][0]) if stored else 0


def check_schema(engine: Engine) -> None:
    """Refuse a warehouse of another version than this code reads.

    Raises:
        SchemaMismatch: The version differs.
    """
    found, known = schema_version(engine), len(migration_names())
    if found > known:
        raise _newer(found, known)
    if found < known:
        raise SchemaMismatch(
            f"The warehouse has schema version {found}, this program reads {known}; run: fenqun refresh.",
            f"数据仓库的结构版本是 {found}，本程序读取 {known}；请运行：fenqun refresh。",
        )


def migrate(engine: Engine) -> None:
    """Bring the open warehouse to the newest version, in one transaction.

    Raises:
        SchemaMismatch: The warehouse is newer than this code.
    """
    found, names = schema_version(engine), migration_names()
    if found > len(names):
        raise _newer(found, len(names))
    if found == len(names):
        return
    with engine.transaction():
        for name in names[found:]:
            for statement in split_statements((_FOLDER / name).read_text(encoding="utf-8")):
                engine.execute(statement)
        engine.execute("DELETE FROM meta WHERE key = 'schema_version'")
        engine.execute("INSERT INTO meta VALUES ('schema_version', $version)", {"version": str(len(names))})


def split_statements(text: str) -> list[str]:
    """The statements of a .sql file of ours; each ends with a semicolon at the end of a line."""
    return [part.strip() for part in text.split(";\n") if part.strip()]


def _newer(found: int, known: int) -> SchemaMismatch:
    return SchemaMismatch(
        f"The warehouse has schema version {found}, this program knows {known}; update the program.",
        f"数据仓库的结构版本是 {found}，本程序只认识 {known}；请升级程序。",
    )
