"""Checks of a query written by a language model: parsed, resolved against readable columns, allow-listed, and written anew.

What runs is never the text that came in: it is the checked tree, written out again, in which a table with personal
columns is replaced by a subquery of its other columns. So what DuckDB might read differently cannot matter.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import OptimizeError, ParseError, SqlglotError, TokenError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope

from tools.errors import Blocked, InputError
from tools.warehouse.guard_rules import FUNCTIONS, HIDDEN, LONGEST_SQL, MOST_NODES, NODES, OTHER_FUNCTIONS, PERSONAL, READABLE, TYPES

Columns = Mapping[str, tuple[str, ...]]
"""Readable columns by table."""


@dataclass(frozen=True)
class Checked:
    """A query that may run: the SQL as written anew, and the tables it reads."""

    sql: str
    tables: frozenset[str]


def readable_columns(existing: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Of the columns that exist, those that may be read, by table."""
    found = {}
    for table, listed in READABLE.items():
        columns = existing.get(table, ())
        found[table] = tuple(one for one in columns if one not in HIDDEN and (listed is None or one in listed))
    return {table: columns for table, columns in found.items() if columns}


def check(sql: str, columns: Columns, most_rows: int) -> Checked:
    """Check one query and write it anew, limited to ``most_rows`` rows.

    Raises:
        Blocked: It is not one plain SELECT over readable tables and columns, with allowed functions.
        InputError: It cannot be parsed, or names a column that does not exist.
    """
    tree = _parsed(sql)
    _check_nodes(tree)
    _check_tables(tree, columns)
    resolved = _resolved(tree, columns)
    _check_nodes(resolved)
    _check_columns(resolved, columns)
    tables = frozenset(one.name.lower() for one in _base_tables(resolved))
    limited = _limited(resolved, most_rows)
    return Checked(_masked(limited, columns).sql(dialect="duckdb", pretty=True, comments=False), tables)


def refused(en: str, zh: str) -> Blocked:
    """A refusal, in one sentence."""
    return Blocked(f"The query was refused: {en}.", f"查询被拒绝：{zh}。")


def _parsed(sql: str) -> exp.Query:
    if len(sql) > LONGEST_SQL:
        raise refused(f"it is longer than {LONGEST_SQL} characters", f"超过 {LONGEST_SQL} 个字符")
    hidden = next((c for c in sql if unicodedata.category(c) in ("Cf", "Cc", "Co", "Cs", "Cn") and c not in "\n\r\t"), None)
    if hidden is not None:
        raise refused(f"it holds the invisible character U+{ord(hidden):04X}", f"含有不可见字符 U+{ord(hidden):04X}")
    try:
        statements = [one for one in sqlglot.parse(sql, read="duckdb") if one is not None]
    except (ParseError, TokenError, SqlglotError, RecursionError) as error:
        raise _unparsed(error) from error
    if len(statements) != 1:
        raise refused("it must be exactly one statement", "只能包含一条语句")
    tree = statements[0]
    if not isinstance(tree, exp.Select | exp.SetOperation):
        raise refused("only SELECT is allowed", "只允许 SELECT 查询")
    return tree


def _unparsed(error: Exception) -> InputError:
    first = str(error).splitlines()[0].split(" Line ")[0].rstrip(". ") if str(error) else type(error).__name__
    return InputError(f"The query could not be parsed: {first}.", f"查询无法解析：{first}。")


def _check_nodes(tree: exp.Expr) -> None:
    for number, node in enumerate(tree.walk(), start=1):
        if number > MOST_NODES:
            raise refused("it is too complex", "查询过于复杂")
        _check_node(node)


def _check_node(node: exp.Expr) -> None:
    kind = type(node).__name__
    if isinstance(node, exp.Anonymous):
        if node.name.lower() not in OTHER_FUNCTIONS:
            raise _function(node.name)
    elif isinstance(node, exp.Func) and not isinstance(node, exp.Connector | exp.Exists | exp.Case | exp.Cast):
        if kind not in FUNCTIONS:
            raise _function(node.sql_name())
    elif kind not in NODES:
        raise refused(f"{_readable(kind)} is not allowed in it", f"不允许使用 {_readable(kind)}")
    _check_details(node)


def _check_details(node: exp.Expr) -> None:
    if isinstance(node, exp.With) and node.args.get("recursive"):
        raise refused("a recursive query could run for ever", "不允许递归查询")
    if isinstance(node, exp.Join) and node.args.get("method"):
        raise refused(f"{node.args['method']} joins are not allowed", f"不允许 {node.args['method']} 连接")
    if isinstance(node, exp.DataType) and (not isinstance(node.this, exp.DType) or node.this.value not in TYPES or node.args.get("nested")):
        raise refused(f"the type {node.sql('duckdb')} is not allowed", f"不允许使用类型 {node.sql('duckdb')}")
    if isinstance(node, exp.Table):
        extra = [name for name, value in node.args.items() if value and name not in ("this", "alias")]
        if not isinstance(node.this, exp.Identifier) or extra:
            raise refused(f"it may read tables by their plain names only, not {node.sql('duckdb')}", "只能按表名读取已有的数据表")


def _function(name: str) -> Blocked:
    return refused(f"the function {name.lower()} is not allowed", f"不允许使用函数 {name.lower()}")


def _readable(kind: str) -> str:
    return "".join(f" {c}" if c.isupper() and index else c for index, c in enumerate(kind)).upper()


def _check_tables(tree: exp.Expr, columns: Columns) -> None:
    own = [one.alias_or_name.lower() for one in tree.find_all(exp.CTE)]
    shadowing = next((name for name in own if name in READABLE), None)
    if shadowing is not None:
        raise refused(f"the common table {shadowing} has the name of a stored table", f"公共表 {shadowing} 与已有的数据表重名")
    for table in tree.find_all(exp.Table):
        name = table.name.lower()
        if name not in own and name not in columns:
            shown = ", ".join(sorted(columns))
            raise refused(f"{table.name} is not a table it may read; those are {shown}", f"不能读取 {table.name}；可读取的表有：{shown}")


def _resolved(tree: exp.Query, columns: Columns) -> exp.Query:
    schema: dict[str, object] = {table: dict.fromkeys(names, "unknown") for table, names in columns.items()}
    try:
        found = qualify(tree.copy(), dialect="duckdb", schema=schema, identify=True)
    except (OptimizeError, SqlglotError, RecursionError) as error:
        raise _unresolved(tree, error) from error
    assert isinstance(found, exp.Query)
    return found


def _unresolved(tree: exp.Query, error: Exception) -> Blocked | InputError:
    first = str(error).splitlines()[0].split(" Line:")[0].rstrip(". ")
    names = {part.name.lower() for column in tree.find_all(exp.Column) for part in column.parts}
    personal = sorted(names & PERSONAL)
    if personal and any(one in first.lower() for one in personal):
        return refused(f"{personal[0]} is or may be personal data", f"{personal[0]} 属于或可能属于个人信息")
    return InputError(f"The query names something that is not there: {first}.", f"查询引用了不存在的内容：{first}。")


def _check_columns(tree: exp.Query, columns: Columns) -> None:
    """Every column must be one of a readable table, of a subquery, or the name of an output column in ORDER BY and the like."""
    if any(isinstance(column.this, exp.Star) for column in tree.find_all(exp.Column)):
        raise refused("whole rows are not allowed", "不允许引用整行")
    seen: set[int] = set()
    for scope in traverse_scope(tree):
        for column in scope.columns:
            seen.add(id(column))
            source = scope.sources.get(column.table) if column.table else None
            if isinstance(source, exp.Table) and column.name.lower() not in columns.get(source.name.lower(), ()):
                raise refused(f"the column {column.name} may not be read", f"不能读取字段 {column.name}")
            if not column.table and not _is_output(column):
                raise refused(f"{column.name} is no readable column; whole rows are not allowed", f"{column.name} 不是可读取的字段")
    stray = next((column for column in tree.find_all(exp.Column) if id(column) not in seen and not _is_output(column)), None)
    if stray is not None and not stray.table:
        raise refused(f"{stray.name} is no readable column", f"{stray.name} 不是可读取的字段")


def _is_output(column: exp.Column) -> bool:
    query = column.find_ancestor(exp.Select, exp.SetOperation)
    clause = column.find_ancestor(exp.Order, exp.Group, exp.Having, exp.Qualify)
    return isinstance(query, exp.Query) and clause is not None and column.name in query.named_selects


def _base_tables(tree: exp.Query) -> list[exp.Table]:
    found = []
    for scope in traverse_scope(tree):
        found += [source for source in scope.sources.values() if isinstance(source, exp.Table)]
    return found


def _limited(tree: exp.Query, most_rows: int) -> exp.Query:
    limit = tree.args.get("limit")
    if limit is None:
        return tree.limit(most_rows)
    count = limit.expression if isinstance(limit, exp.Limit) else None
    if not isinstance(count, exp.Literal) or count.is_string or not count.name.isdigit():
        raise refused("its LIMIT must be a plain number", "LIMIT 必须是普通数字")
    return tree if int(count.name) <= most_rows else tree.limit(most_rows)


def _masked(tree: exp.Query, columns: Columns) -> exp.Query:
    """Replace tables of which not all columns may be read by subqueries of those that may."""
    for table in _base_tables(tree):
        name = table.name.lower()
        if READABLE[name] is None and name != "customer_base":
            continue
        inner = exp.select(*(exp.column(one, quoted=True) for one in columns[name])).from_(exp.to_table(name))
        table.replace(inner.subquery(exp.to_identifier(table.alias_or_name, quoted=True)))
    return tree
