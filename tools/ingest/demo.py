"""Loads the demo data into an empty or filled warehouse, replacing what the demo loaded before."""

from __future__ import annotations

from importlib import resources

from tools.sources.demo import demo_files
from tools.warehouse.context import write_meta
from tools.warehouse.engine import Engine
from tools.warehouse.schema import split_statements

_TABLES = ("products", "order_lines", "orders", "customers", "campaigns", "campaign_contacts", "campaign_responses")


def load_demo(engine: Engine) -> None:
    """Fill the canonical tables with the demo data, in one transaction."""
    paths = {name: str(path) for name, path in demo_files().items()}
    text = (resources.files("tools.ingest") / "sql" / "demo.sql").read_text(encoding="utf-8")
    with engine.transaction():
        for table in _TABLES:
            engine.execute(f"DELETE FROM {table}")
        for statement in split_statements(text):
            engine.execute(statement, {name: path for name, path in paths.items() if f"${name})" in statement})
        write_meta(engine, "data_version", "1")
