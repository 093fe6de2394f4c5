"""Customers into the warehouse: from customer files, from flat files of orders, and bare ones that only orders know."""

from __future__ import annotations

from tools.ingest import formats
from tools.ingest.clean import Cleaned, latest_possible_day
from tools.ingest.cleaning_query import keeps_attributes
from tools.ingest.grains import CUSTOMER_COLUMNS, mapped_fields
from tools.ingest.words import translate
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote

_AGE = r"^([0-9]{1,3})(\.0+)?\s*(岁|歲|years?|yrs?)?$"
_COLUMNS = (*CUSTOMER_COLUMNS, "attributes")


def store_customers(engine: Engine, cleaned: Cleaned) -> None:
    """Add the customers of a customer file; known ones get what the file says, and keep what it is silent on."""
    engine.execute("DROP TABLE IF EXISTS incoming_customers")
    values, parameters = _values(engine, cleaned, "")
    engine.execute(
        f"""
        CREATE TEMP TABLE incoming_customers AS
        SELECT customer_id, {values}, attributes FROM {cleaned.table} WHERE reason IS NULL
        """,
        parameters,
    )
    upsert(engine, "customers", "customer_id", _COLUMNS, "incoming_customers")


def store_customers_of_facts(engine: Engine, cleaned: Cleaned) -> None:
    """Add what a file of orders or lines tells of its customers; of several values the latest counts."""
    prefix = "customers_"
    given = [name for name in CUSTOMER_COLUMNS if prefix + name in cleaned.mapped]
    has_attributes = keeps_attributes(cleaned.mapping)
    if not given and not has_attributes:
        return
    engine.execute("DROP TABLE IF EXISTS incoming_customers")
    engine.execute("DROP TABLE IF EXISTS latest_of_customer")
    moment = "{'at': happened_at, 'row': _row}"
    latest = "".join(f", arg_max({quote(prefix + name)}, {moment}) AS {quote(prefix + name)}" for name in given)
    attributes = f"arg_max(attributes, {moment})" if has_attributes else "CAST(NULL AS VARCHAR)"
    absent = "".join(f", CAST(NULL AS {_type(name)}) AS {quote(prefix + name)}" for name in CUSTOMER_COLUMNS if name not in given)
    engine.execute(
        f"""
        CREATE TEMP TABLE latest_of_customer AS
        SELECT customer_id, {attributes} AS attributes{latest}{absent} FROM {cleaned.table}
        WHERE customer_id IS NOT NULL AND (reason IS NULL OR reason = 'refund') GROUP BY customer_id
        """
    )
    values, parameters = _values(engine, cleaned, prefix, "latest_of_customer")
    engine.execute(
        f"""
        CREATE TEMP TABLE incoming_customers AS
        SELECT customer_id, {values}, attributes FROM latest_of_customer
        """,
        parameters,
    )
    upsert(engine, "customers", "customer_id", _COLUMNS, "incoming_customers")


def store_bare_customers(engine: Engine, cleaned: Cleaned) -> int:
    """Add the customers that no customer file knows; return how many."""
    before = engine.rows("SELECT count(*) FROM customers")[0][0]
    engine.execute(
        f"""
        INSERT INTO customers (customer_id)
        SELECT DISTINCT t.customer_id FROM {cleaned.table} AS t
        WHERE t.customer_id IS NOT NULL AND (t.reason IS NULL OR t.reason IN ('refund', 'update'))
          AND NOT EXISTS (SELECT 1 FROM customers AS c WHERE c.customer_id = t.customer_id)
          AND NOT EXISTS (
              SELECT 1 FROM identities AS i WHERE i.source_customer_id = t.customer_id AND i.matched_by <> 'undone'
          )
        """
    )
    return int(engine.rows("SELECT count(*) FROM customers")[0][0]) - int(before)


def upsert(engine: Engine, table: str, key: str, columns: tuple[str, ...], incoming: str) -> None:
    """Update known rows of ``table`` with what ``incoming`` knows of them, and add the others.

    Args:
        engine: Where both tables are.
        table: A canonical table.
        key: Its key column.
        columns: The other columns; NULL in ``incoming`` means nothing is known.
        incoming: A temporary table with the key, each value once, and the columns.
    """
    if engine.rows(f"SELECT 1 FROM {table} LIMIT 1"):
        news = ", ".join(f"{quote(column)} = {_news(column, table)}" for column in columns)
        engine.execute(f"UPDATE {table} SET {news} FROM {incoming} AS i WHERE i.{key} = {table}.{key}")
    names = ", ".join(quote(column) for column in columns)
    engine.execute(
        f"""
        INSERT INTO {table} ({key}, {names})
        SELECT {key}, {names} FROM {incoming} AS i
        WHERE NOT EXISTS (SELECT 1 FROM {table} AS k WHERE k.{key} = i.{key})
        """
    )


def _news(column: str, table: str) -> str:
    name = quote(column)
    if column == "attributes":
        merged = f"CAST(json_merge_patch({table}.{name}, i.{name}) AS VARCHAR)"
        return f"CASE WHEN i.{name} IS NULL OR {table}.{name} IS NULL THEN COALESCE(i.{name}, {table}.{name}) ELSE {merged} END"
    return f"COALESCE(i.{name}, {table}.{name})"


def _type(column: str) -> str:
    return {"birth_date": "DATE", "signup_at": "TIMESTAMP", "marketing_consent": "BOOLEAN"}.get(column, "VARCHAR")


def _values(engine: Engine, cleaned: Cleaned, prefix: str, table: str | None = None) -> tuple[str, dict[str, str]]:
    """Expressions for every column of a customer but the id and the attributes, and their bound values."""
    source = table or cleaned.table
    gender = translate(engine, source, prefix + "gender", "gender", None)
    last = latest_possible_day()
    birth, signup, age, band = (quote(prefix + name) for name in ("birth_date", "signup_at", "age", "age_band"))
    number = f"TRY_CAST(regexp_extract(COALESCE({age}, {band}), '{_AGE}', 1) AS INTEGER)"
    income, income_band = quote(prefix + "income"), quote(prefix + "income_band")
    money = _income(cleaned, prefix)
    special = {
        "gender": f"nullif({gender.sql}, 'unknown')",
        "birth_date": f"CASE WHEN {birth} BETWEEN DATE '1900-01-01' AND DATE '{last}' THEN {birth} END",
        "signup_at": f"CASE WHEN {signup} BETWEEN TIMESTAMP '1990-01-01' AND TIMESTAMP '{last}' + INTERVAL 1 DAY THEN {signup} END",
        "age": f"CASE WHEN {number} BETWEEN 1 AND 120 THEN {number} END",
        "age_band": f"CASE WHEN {number} IS NULL THEN COALESCE({band}, {age}) END",
        "income": f"CASE WHEN {money} > 0 THEN {money} END",
        "income_band": f"CASE WHEN {money} IS NULL THEN COALESCE({income_band}, {income}) ELSE {income_band} END",
    }
    plain = {name: special.get(name, quote(prefix + name)) for name in CUSTOMER_COLUMNS}
    return ", ".join(f"{expression} AS {quote(name)}" for name, expression in plain.items()), gender.parameters


def _income(cleaned: Cleaned, prefix: str) -> str:
    column = mapped_fields(cleaned.mapping).get(prefix + "income")
    return formats.money_expression(column, quote(prefix + "income")) if column else "CAST(NULL AS DECIMAL(18, 2))"
