"""Which customers are the same person: connected components over shared phones, e-mails and membership numbers."""

from __future__ import annotations

from dataclasses import dataclass

from tools.warehouse.engine import Engine

MOST_SHARERS = 5
"""A value that more customers share is a placeholder or a shop's own number, and identifies nobody."""

LARGEST_PERSON = 20
"""A chain of matches that makes one person of more customers than this is not believed."""

MERGES = "new_merges"
"""Temporary table of merges to make: source_customer_id, customer_id, matched_by, matched_value."""

_DIGITS = "length(value) BETWEEN 7 AND 15 AND regexp_full_match(value, '[0-9]+')"
# One digit over and over, a row of keys, or a number that ends in a row of zeros is what people type to get past a form.
_JUNK_PHONE = "0000000$|^1?23456789?[0-9]*$"
_JUNK_EMAIL = (
    r"^(none|no|na|n/a|null|test|noemail|nomail|unknown|guest|anonymous|info|admin|noreply|no-reply)@.*|@(test|none|noemail)\.[a-z]+$"
)


@dataclass(frozen=True)
class Links:
    """What was found.

    Args:
        merges: Customers to fold into another; they are in the table ``MERGES``.
        too_shared: Values that too many customers share to identify anybody.
        too_large: Components that were too large to believe.
        name_conflicts: Pairs of ids with the same contact and different names.
    """

    merges: int
    too_shared: int
    too_large: int
    name_conflicts: tuple[tuple[str, str], ...]


def find_links(engine: Engine, known: str) -> Links:
    """Fill ``MERGES`` from the shared contacts of all customers, and from merges made before.

    Args:
        engine: Where the warehouse is.
        known: Table with the customer ids from before this load; they win as canonical ids.
    """
    _collect_keys(engine)
    too_shared = engine.rows(f"SELECT count(*) FROM shared_keys WHERE sharers > {MOST_SHARERS}")[0][0]
    _start_labels(engine, known)
    while _spread_labels(engine):
        pass
    too_large = _drop_giants(engine)
    _collect_merges(engine)
    merges = engine.rows(f"SELECT count(*) FROM {MERGES}")[0][0]
    return Links(int(merges), int(too_shared), too_large, _name_conflicts(engine))


def _collect_keys(engine: Engine) -> None:
    """Contacts of customers, and those of customers merged before, which now belong to who they were merged into."""
    engine.execute("DROP TABLE IF EXISTS contact_keys")
    engine.execute("DROP TABLE IF EXISTS shared_keys")
    engine.execute(
        f"""
        CREATE TEMP TABLE contact_keys AS
        WITH people AS (
            SELECT customer_id, phone, email, membership_number FROM customers
            UNION ALL
            SELECT customer_id, json_extract_string(row_key, '$.phone'), json_extract_string(row_key, '$.email'),
                json_extract_string(row_key, '$.membership_number')
            FROM moved_rows WHERE table_name = 'customers'
        ), keys AS (
            SELECT customer_id, 'phone' AS kind, phone AS value FROM people
            UNION ALL SELECT customer_id, 'email', lower(replace(email, ' ', '')) FROM people
            UNION ALL SELECT customer_id, 'membership_number', upper(trim(membership_number)) FROM people
        )
        SELECT DISTINCT customer_id, kind, value FROM keys
        WHERE value IS NOT NULL AND CASE kind
            WHEN 'phone' THEN {_DIGITS} AND replace(value, left(value, 1), '') <> '' AND NOT regexp_matches(value, '{_JUNK_PHONE}')
            WHEN 'email' THEN contains(value, '@') AND NOT regexp_matches(value, '{_JUNK_EMAIL}')
            ELSE regexp_matches(value, '[1-9A-Z]') END
          AND customer_id NOT IN (SELECT source_customer_id FROM identities WHERE matched_by = 'undone')
        """
    )
    engine.execute(
        """
        CREATE TEMP TABLE shared_keys AS
        SELECT kind, value, count(DISTINCT customer_id) AS sharers FROM contact_keys GROUP BY kind, value
        HAVING count(DISTINCT customer_id) > 1
        """
    )


def _start_labels(engine: Engine, known: str) -> None:
    engine.execute("DROP TABLE IF EXISTS person_edges")
    engine.execute("DROP TABLE IF EXISTS person_labels")
    engine.execute(
        f"""
        CREATE TEMP TABLE person_edges AS
        SELECT k.customer_id, k.kind, k.value FROM contact_keys AS k
        JOIN shared_keys AS s ON s.kind = k.kind AND s.value = k.value WHERE s.sharers <= {MOST_SHARERS}
        """
    )
    # Who was loaded first keeps the id, then who has an id of a source, then the smallest id.
    engine.execute(
        f"""
        CREATE TEMP TABLE person_labels AS
        SELECT customer_id, label, label AS place FROM (
            SELECT e.customer_id, row_number() OVER (
                ORDER BY k.customer_id IS NULL, starts_with(e.customer_id, 'contact-'), length(e.customer_id), e.customer_id
            ) AS label
            FROM (SELECT DISTINCT customer_id FROM person_edges) AS e LEFT JOIN {known} AS k ON k.customer_id = e.customer_id
        ) AS numbered
        """
    )


def _spread_labels(engine: Engine) -> bool:
    """Give everybody the smallest label among those they share a value with; whether anything changed."""
    engine.execute("DROP TABLE IF EXISTS smaller_labels")
    engine.execute(
        """
        CREATE TEMP TABLE smaller_labels AS
        SELECT e.customer_id, min(v.label) AS label
        FROM person_edges AS e
        JOIN (
            SELECT x.kind, x.value, min(l.label) AS label
            FROM person_edges AS x JOIN person_labels AS l ON l.customer_id = x.customer_id GROUP BY x.kind, x.value
        ) AS v ON v.kind = e.kind AND v.value = e.value
        JOIN person_labels AS mine ON mine.customer_id = e.customer_id
        GROUP BY e.customer_id HAVING min(v.label) < min(mine.label)
        """
    )
    engine.execute("UPDATE person_labels SET label = s.label FROM smaller_labels AS s WHERE s.customer_id = person_labels.customer_id")
    return bool(engine.rows("SELECT count(*) FROM smaller_labels")[0][0])


def _drop_giants(engine: Engine) -> int:
    giants = f"SELECT label FROM person_labels GROUP BY label HAVING count(*) > {LARGEST_PERSON}"
    count = int(engine.rows(f"SELECT count(*) FROM ({giants}) AS g")[0][0])
    if count:
        engine.execute(f"DELETE FROM person_labels WHERE label IN ({giants})")
    return count


def _collect_merges(engine: Engine) -> None:
    """New merges; and earlier ones, so that rows which this load brought under a merged id follow."""
    place = "CASE e.kind WHEN 'phone' THEN '1' WHEN 'email' THEN '2' ELSE '3' END"
    engine.execute(f"DROP TABLE IF EXISTS {MERGES}")
    engine.execute(
        f"""
        CREATE TEMP TABLE {MERGES} AS
        WITH found AS (
            SELECT l.customer_id AS source_customer_id, c.customer_id,
                arg_min({{'kind': e.kind, 'value': e.value}}, {place} || e.value) AS matched
            FROM person_labels AS l
            JOIN person_labels AS c ON c.place = l.label
            JOIN person_edges AS e ON e.customer_id = l.customer_id
            WHERE c.customer_id <> l.customer_id
            GROUP BY l.customer_id, c.customer_id
        )
        SELECT source_customer_id, customer_id, matched.kind AS matched_by, matched.value AS matched_value FROM found
        UNION ALL
        SELECT i.source_customer_id, COALESCE(f.customer_id, i.customer_id), i.matched_by, i.matched_value
        FROM identities AS i LEFT JOIN found AS f ON f.source_customer_id = i.customer_id
        WHERE i.matched_by <> 'undone' AND i.source_customer_id NOT IN (SELECT source_customer_id FROM found)
        """
    )


def _name_conflicts(engine: Engine) -> tuple[tuple[str, str], ...]:
    found = engine.rows(
        f"""
        SELECT m.source_customer_id, m.customer_id
        FROM {MERGES} AS m
        JOIN customers AS a ON a.customer_id = m.source_customer_id
        JOIN customers AS b ON b.customer_id = m.customer_id
        WHERE lower(replace(a.name, ' ', '')) <> lower(replace(b.name, ' ', ''))
        ORDER BY 1, 2
        """
    )
    return tuple((str(first), str(second)) for first, second in found)
