"""Rows that follow their customer into a merge, and back out of it."""

from __future__ import annotations

from tools.ingest.identity_links import MERGES
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

FOLLOWERS = ("orders", "refunds", "events", "campaign_contacts", "campaign_responses", "feedback")
"""Tables whose rows follow their customer."""


def columns_of(engine: Engine, table: str) -> dict[str, str]:
    """The columns of a canonical table and their types, in order."""
    found = engine.rows(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $table AND table_schema = 'main' "
        "ORDER BY ordinal_position",
        {"table": table},
    )
    return {str(name): str(kind) for name, kind in found}


def move_customers(engine: Engine) -> None:
    """Keep the merged rows and the rows they go into, fill what the latter lack, and take the former out."""
    whole = "CAST(to_json(c) AS VARCHAR)"
    engine.execute(
        f"""
        INSERT INTO moved_rows
        SELECT 'customers', c.customer_id, m.customer_id, {whole}
        FROM customers AS c JOIN {MERGES} AS m ON m.source_customer_id = c.customer_id
        WHERE c.customer_id NOT IN (SELECT source_customer_id FROM moved_rows WHERE table_name = 'customers')
        """
    )
    engine.execute(
        f"""
        INSERT INTO moved_rows
        SELECT 'canonical', c.customer_id, c.customer_id, {whole} FROM customers AS c
        WHERE c.customer_id IN (SELECT customer_id FROM {MERGES})
          AND c.customer_id NOT IN (SELECT customer_id FROM moved_rows WHERE table_name = 'canonical')
        """
    )
    names = [quote(name) for name in columns_of(engine, "customers") if name != "customer_id"]
    first = ", ".join(f"arg_min(c.{name}, c.customer_id) AS {name}" for name in names)
    filled = ", ".join(f"{name} = COALESCE(customers.{name}, f.{name})" for name in names)
    # A merge into an id that has no row of its own makes a bare customer first.
    engine.execute(
        f"""
        INSERT INTO customers (customer_id)
        SELECT DISTINCT customer_id FROM {MERGES} AS m WHERE NOT EXISTS (SELECT 1 FROM customers AS c WHERE c.customer_id = m.customer_id)
        """
    )
    engine.execute(
        f"""
        UPDATE customers SET {filled} FROM (
            SELECT m.customer_id, {first} FROM {MERGES} AS m
            JOIN customers AS c ON c.customer_id = m.source_customer_id GROUP BY m.customer_id
        ) AS f WHERE f.customer_id = customers.customer_id
        """
    )
    engine.execute(f"DELETE FROM customers WHERE customer_id IN (SELECT source_customer_id FROM {MERGES})")


def move_rows(engine: Engine, table: str) -> None:
    """Give the rows of merged customers to the customer they were merged into."""
    engine.execute(
        f"""
        INSERT INTO moved_rows
        SELECT '{table}', k.owner, m.customer_id, k.row_key
        FROM (SELECT customer_id AS owner, {_row_key(engine, table)} AS row_key FROM {table}) AS k
        JOIN {MERGES} AS m ON m.source_customer_id = k.owner
        """
    )
    engine.execute(f"UPDATE {table} SET customer_id = m.customer_id FROM {MERGES} AS m WHERE m.source_customer_id = {table}.customer_id")


def follow_on(engine: Engine) -> None:
    """Point earlier records at where their customer went, when that one was merged in turn."""
    for table in ("moved_rows", "identities"):
        engine.execute(
            f"""
            UPDATE {table} SET customer_id = m.customer_id FROM {MERGES} AS m
            WHERE m.source_customer_id = {table}.customer_id AND {table}.source_customer_id <> {table}.customer_id
            """
        )


def restore_customer(engine: Engine, source_customer_id: str, customer_id: str) -> None:
    """Bring a merged customer back as it was, and take from the other what it had from this one."""
    ids = {"id": source_customer_id, "canonical": customer_id}
    columns = columns_of(engine, "customers")
    shape = ", ".join(f'"{name}": "{kind}"' for name, kind in columns.items())
    kept = f"from_json(row_key, '{{{shape}}}')"
    fields = ", ".join(f"kept.{quote(name)}" for name in columns)
    engine.execute(
        f"""
        INSERT INTO customers
        SELECT {fields} FROM (
            SELECT {kept} AS kept FROM moved_rows WHERE table_name = 'customers' AND source_customer_id = $id
        ) AS k
        """,
        {"id": source_customer_id},
    )
    engine.execute(
        "INSERT INTO customers (customer_id) SELECT $id WHERE NOT EXISTS (SELECT 1 FROM customers WHERE customer_id = $id)",
        {"id": source_customer_id},
    )
    given_back = ", ".join(
        f"{quote(name)} = CASE WHEN b.was.{quote(name)} IS NULL AND customers.{quote(name)} = b.moved.{quote(name)} "
        f"THEN NULL ELSE customers.{quote(name)} END"
        for name in columns
        if name != "customer_id"
    )
    engine.execute(
        f"""
        UPDATE customers SET {given_back}
        FROM (
            SELECT c.kept AS was, m.kept AS moved FROM
                (SELECT {kept} AS kept FROM moved_rows WHERE table_name = 'canonical' AND customer_id = $canonical) AS c,
                (SELECT {kept} AS kept FROM moved_rows WHERE table_name = 'customers' AND source_customer_id = $id) AS m
        ) AS b
        WHERE customers.customer_id = $canonical
        """,
        ids,
    )


def restore_rows(engine: Engine, table: str, source_customer_id: str, customer_id: str) -> None:
    """Give a customer the rows back that followed it into a merge."""
    # Equal rows of both customers cannot be told apart, so as many go back as came.
    engine.execute(
        f"""
        UPDATE {table} SET customer_id = $id
        WHERE rowid IN (
            SELECT k.row_number FROM (
                SELECT rowid AS row_number, {_row_key(engine, table)} AS row_key,
                    row_number() OVER (PARTITION BY {_row_key(engine, table)} ORDER BY rowid DESC) AS place
                FROM {table} WHERE customer_id = $canonical
            ) AS k
            JOIN (
                SELECT row_key, count(*) AS copies FROM moved_rows
                WHERE table_name = '{table}' AND source_customer_id = $id GROUP BY row_key
            ) AS m ON m.row_key = k.row_key AND k.place <= m.copies
        )
        """,
        {"id": source_customer_id, "canonical": customer_id},
    )


def _row_key(engine: Engine, table: str) -> str:
    """What tells a row of the table from others: its order id, or all that it says."""
    if table == "orders":
        return "order_id"
    pairs = ", ".join(f"'{name}': {quote(name)}" for name in columns_of(engine, table) if name != "customer_id")
    return f"CAST(to_json({{{pairs}}}) AS VARCHAR)"
