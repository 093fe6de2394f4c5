"""Marks repeats and conflicts in cleaned tables, counts what stands, and writes what does not to rejected_rows.

Decisions: of equal rows the first stands and the others are rejected as "duplicate"; of rows with one id and different
contents the first stands and the others are rejected as "conflict". A malformed line counts as a row in, rejected as
"malformed". So rows in = accepted + rejected, always.
"""

from __future__ import annotations

from tools.ingest.clean import Cleaned
from tools.ingest.grains import GRAINS
from tools.ingest.report import TableReport
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

REFUND = "refund"
"""A mark in ``reason`` of rows that stand, but give money back instead of being an order."""

UPDATE = "update"
"""A mark in ``reason`` of rows that stand, but bring news of what is stored already."""

_STANDS = f"(reason IS NULL OR reason IN ('{REFUND}', '{UPDATE}'))"


def mark(engine: Engine, cleaned: Cleaned, verdicts: str, parameters: dict[str, str] | None = None) -> None:
    """Set reasons on rows of the cleaned table.

    Args:
        engine: Where the table is.
        cleaned: The table.
        verdicts: A query that yields ``_row``, ``reason`` and ``detail``.
        parameters: Its bound values.
    """
    engine.execute(
        f"UPDATE {cleaned.rows} SET reason = v.reason, detail = v.detail FROM ({verdicts}) AS v WHERE {cleaned.rows}._row = v._row",
        parameters or None,
    )


def mark_repeats(
    engine: Engine, cleaned: Cleaned, key: str, *, among: str = "TRUE", within: str = "TRUE", parameters: dict[str, str] | None = None
) -> bool:
    """Mark rows whose ``key`` came before, as duplicates or conflicts; whether there were any.

    Args:
        engine: Where the table is.
        cleaned: The table.
        key: The field that should be unique.
        among: Only rows for which this SQL condition holds.
        within: SQL value; rows only repeat each other where it is equal.
        parameters: Values bound in ``within``.
    """
    if cleaned.flawless:
        return False
    column, table = quote(key), cleaned.table
    standing = f"reason IS NULL AND ({among})"
    # Equal hashes of different keys only cost a closer look; different hashes are different keys.
    counted = engine.rows(f"SELECT count({column}), count(DISTINCT hash({column})) FROM {table} WHERE {standing}")
    if counted[0][0] == counted[0][1]:
        return False
    fields = [quote(field.name) for field in GRAINS[cleaned.mapping.grain].fields if field.name != key]
    differing = ", ".join(f"CASE WHEN t.{field} IS DISTINCT FROM f.{field} THEN '{field[1:-1]}' END" for field in fields)
    same = " AND ".join(f"t.{field} IS NOT DISTINCT FROM f.{field}" for field in fields) or "TRUE"
    verdicts = f"""
        SELECT
            t._row, CASE WHEN {same} THEN 'duplicate' ELSE 'conflict' END AS reason,
            concat_ws(': ', left(CAST(t.{column} AS VARCHAR), 80), nullif(concat_ws(', ', {differing}), '')) AS detail
        FROM (
            SELECT _row, min(_row) OVER (PARTITION BY {column}, {within}) AS first_row
            FROM {table}
            WHERE {standing} AND {column} IN (
                SELECT {column} FROM {table} WHERE {standing} GROUP BY {column} HAVING count(*) > 1
            )
        ) AS place
        JOIN {table} AS t ON t._row = place._row
        JOIN {table} AS f ON f._row = place.first_row
        WHERE place._row > place.first_row
    """
    mark(engine, cleaned, verdicts, parameters)
    return True


def mark_exact_repeats(engine: Engine, cleaned: Cleaned) -> None:
    """Mark rows without an id of their own that repeat an earlier row in every source column."""
    if cleaned.flawless:
        return
    table = cleaned.table
    counted = engine.rows(f"SELECT count(*), count(DISTINCT content) FROM {table} WHERE reason IS NULL")
    if counted[0][0] == counted[0][1]:
        return
    verdicts = f"""
        SELECT _row, 'duplicate' AS reason, CAST(NULL AS VARCHAR) AS detail
        FROM (SELECT _row, min(_row) OVER (PARTITION BY content) AS first_row FROM {table} WHERE reason IS NULL) AS place
        WHERE _row > first_row
    """
    mark(engine, cleaned, verdicts)


def mark_stored(engine: Engine, cleaned: Cleaned, stored: str, pairs: dict[str, str]) -> None:
    """Mark rows that an earlier load has stored already, as duplicates.

    Args:
        engine: Where the table is.
        cleaned: The table.
        stored: The canonical table.
        pairs: Field of the cleaned table to column of the canonical one; a row is stored when all are equal.
    """
    if not engine.rows(f"SELECT 1 FROM {stored} LIMIT 1"):
        return
    same = " AND ".join(f"s.{quote(column)} IS NOT DISTINCT FROM t.{quote(field)}" for field, column in pairs.items())
    verdicts = f"""
        SELECT DISTINCT t._row, 'duplicate' AS reason, 'loaded before' AS detail
        FROM {cleaned.table} AS t JOIN {stored} AS s ON {same}
        WHERE t.reason IS NULL
    """
    mark(engine, cleaned, verdicts)


def judge(engine: Engine, cleaned: Cleaned) -> TableReport:
    """Count what stands and what does not."""
    malformed = int(engine.rows(f"SELECT count(*) FROM {cleaned.staged.malformed}")[0][0]) if cleaned.staged.malformed else 0
    found = engine.rows(f"SELECT reason, count(*) FROM {cleaned.table} GROUP BY reason ORDER BY count(*) DESC, reason")
    rejected = {str(reason): int(count) for reason, count in found if reason not in (None, REFUND, UPDATE)}
    if malformed:
        rejected["malformed"] = rejected.get("malformed", 0) + malformed
    rows_in = sum(int(count) for _, count in found) + malformed
    return TableReport(
        source=cleaned.staged.source,
        grain=cleaned.mapping.grain,
        rows_in=rows_in,
        rows_accepted=rows_in - sum(rejected.values()),
        rows_rejected=sum(rejected.values()),
        reasons=rejected,
    )


def store_rejected(engine: Engine, cleaned: Cleaned, load_id: int) -> None:
    """Write the rows that do not stand to rejected_rows, each with its reason."""
    fields = ", ".join(f"'{field.name}': {quote(field.name)}" for field in GRAINS[cleaned.mapping.grain].fields)
    typed = f"CAST(json_merge_patch('{{}}', to_json({{{fields}}})) AS VARCHAR)"
    engine.execute(
        f"""
        INSERT INTO rejected_rows
        SELECT $load_id, $source, _row, reason, detail, COALESCE(row_values, {typed})
        FROM {cleaned.table}
        WHERE NOT {_STANDS}
        """,
        {"load_id": load_id, "source": cleaned.staged.source},
    )
    if cleaned.staged.malformed:
        engine.execute(
            f"""
            INSERT INTO rejected_rows
            SELECT $load_id, $source, _row, 'malformed', reason, line FROM {cleaned.staged.malformed}
            """,
            {"load_id": load_id, "source": cleaned.staged.source},
        )
