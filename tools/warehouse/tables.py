"""Which tables a statement of ours reads, by its parse tree."""

from __future__ import annotations

from functools import lru_cache

from sqlglot import exp, parse_one
from sqlglot.optimizer.scope import traverse_scope


@lru_cache(maxsize=512)
def tables_of(sql: str) -> frozenset[str]:
    """The names of the tables and views that one SELECT reads; names of its own common tables are left out."""
    found = set()
    for scope in traverse_scope(parse_one(sql, read="duckdb")):
        found |= {source.name for source in scope.sources.values() if isinstance(source, exp.Table)}
    return frozenset(found)
