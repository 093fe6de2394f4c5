"""Products, campaigns, events, contacts, responses and feedback into the warehouse."""

from __future__ import annotations

from tools.contracts import Text
from tools.ingest.clean import Cleaned
from tools.ingest.grains import PRODUCT_COLUMNS
from tools.ingest.quarantine import mark_exact_repeats, mark_repeats, mark_stored
from tools.ingest.store_customers import store_customers, upsert
from tools.ingest.words import tidy, translate
from tools.warehouse.engine import Engine

_CAMPAIGN_COLUMNS = ("name", "kind", "start_date", "end_date", "cost")


def store_customer_file(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """Store a source with one row for each customer."""
    mark_repeats(engine, cleaned, "customer_id")
    store_customers(engine, cleaned)
    return []


def store_products(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """Store a source with one row for each product."""
    _store_keyed(engine, cleaned, "products", "product_id", PRODUCT_COLUMNS)
    return []


def store_campaigns(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """Store a source with one row for each campaign."""
    _store_keyed(engine, cleaned, "campaigns", "campaign_id", _CAMPAIGN_COLUMNS)
    return []


def _store_keyed(engine: Engine, cleaned: Cleaned, table: str, key: str, columns: tuple[str, ...]) -> None:
    mark_repeats(engine, cleaned, key)
    engine.execute("DROP TABLE IF EXISTS incoming_rows")
    names = ", ".join((key, *columns))
    engine.execute(f"CREATE TEMP TABLE incoming_rows AS SELECT {names} FROM {cleaned.table} WHERE reason IS NULL")
    upsert(engine, table, key, columns, "incoming_rows")


def store_events(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """Store a source with one row for each event."""
    kind, channel = translate(engine, cleaned.table, "kind", "event_kind", None), tidy(engine, cleaned.table, "channel")
    mark_exact_repeats(engine, cleaned)
    mark_stored(
        engine,
        cleaned,
        "events",
        {"customer_id": "customer_id", "happened_at": "occurred_at", "product_id": "product_id", "duration_seconds": "duration_seconds"},
    )
    engine.execute(
        f"""
        INSERT INTO events
        SELECT customer_id, happened_at, COALESCE({kind.sql}, 'event'), product_id, {channel.sql}, duration_seconds
        FROM {cleaned.table} WHERE reason IS NULL
        """,
        {**kind.parameters, **channel.parameters} or None,
    )
    return []


def store_contacts(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """Store a source with one row for each customer contacted, or held back as control."""
    arm = translate(engine, cleaned.table, "arm", "arm", "treatment")
    mark_exact_repeats(engine, cleaned)
    mark_stored(
        engine,
        cleaned,
        "campaign_contacts",
        {"campaign_id": "campaign_id", "customer_id": "customer_id", "happened_at": "contacted_at"},
    )
    engine.execute(
        f"""
        INSERT INTO campaign_contacts
        SELECT campaign_id, customer_id, happened_at, {arm.sql} FROM {cleaned.table} WHERE reason IS NULL
        """,
        arm.parameters or None,
    )
    _store_bare_campaigns(engine, cleaned)
    return []


def store_responses(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """Store a source with one row for each response to a campaign."""
    kind = translate(engine, cleaned.table, "kind", "response_kind", None)
    mark_exact_repeats(engine, cleaned)
    mark_stored(
        engine,
        cleaned,
        "campaign_responses",
        {"campaign_id": "campaign_id", "customer_id": "customer_id", "happened_at": "responded_at", "revenue": "revenue"},
    )
    engine.execute(
        f"""
        INSERT INTO campaign_responses
        SELECT campaign_id, customer_id, happened_at, COALESCE({kind.sql}, 'convert'), revenue FROM {cleaned.table} WHERE reason IS NULL
        """,
        kind.parameters or None,
    )
    _store_bare_campaigns(engine, cleaned)
    return []


def store_feedback(engine: Engine, cleaned: Cleaned) -> list[Text]:
    """Store a source with one row for each rating or comment."""
    mark_exact_repeats(engine, cleaned)
    mark_stored(
        engine,
        cleaned,
        "feedback",
        {"customer_id": "customer_id", "happened_at": "submitted_at", "rating": "rating", "text": "text"},
    )
    engine.execute(
        f"""
        INSERT INTO feedback
        SELECT customer_id, happened_at, TRY_CAST(rating AS DECIMAL(6, 2)), text FROM {cleaned.table} WHERE reason IS NULL
        """
    )
    return []


def _store_bare_campaigns(engine: Engine, cleaned: Cleaned) -> None:
    engine.execute(
        f"""
        INSERT INTO campaigns (campaign_id)
        SELECT DISTINCT t.campaign_id FROM {cleaned.table} AS t
        WHERE t.reason IS NULL AND NOT EXISTS (SELECT 1 FROM campaigns AS c WHERE c.campaign_id = t.campaign_id)
        """
    )
