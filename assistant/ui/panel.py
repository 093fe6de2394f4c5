"""The data panel: as-of date, rows per table, quality in short, and who answers."""

from __future__ import annotations

import os
from dataclasses import dataclass

from assistant.ui.pieces import piece
from assistant.ui.texts import say
from tools.errors import FenqunError
from tools.settings import Settings
from tools.warehouse.context import latest_date, open_context
from tools.warehouse.warehouse import Warehouse

TABLES = ("customers", "orders", "order_lines", "products", "events", "campaigns", "campaign_contacts", "campaign_responses", "feedback")


@dataclass(frozen=True)
class QualityItem:
    """One line of the quality summary; ``share`` from 0 to 1 draws a bar."""

    label: str
    shown: str
    share: float | None = None


@dataclass(frozen=True)
class PanelData:
    """What the panel shows of the loaded data."""

    as_of: str
    first: str
    last: str
    rows: list[tuple[str, int]]
    quality: list[QualityItem]


def panel_html(warehouse: Warehouse, language: str) -> str:
    """The panel in ``language``; a sentence instead where there is nothing to show."""
    data, message = None, None
    if warehouse.exists:
        try:
            data = read_panel(warehouse)
        except FenqunError as error:
            message = error.message(language)
    return piece("panel", language, data=data, message=message, brain=brain_name(warehouse.config, language))


def brain_name(config: Settings, language: str) -> str:
    """Who answers: the embedded planner, or the language model's name where one is set up."""
    with_key = bool(os.environ.get("OPENAI_API_KEY", "").strip())
    if config.brain == "model" or (config.brain == "auto" and with_key):
        return config.model or say("brain_service", language)
    return say("brain_planner", language)


def read_panel(warehouse: Warehouse) -> PanelData:
    """What the panel shows of an existing warehouse."""
    with open_context(warehouse) as context:
        rows = [(name, int(context.engine.rows(f"SELECT count(*) FROM {name}")[0][0])) for name in TABLES]
        last = latest_date(context.engine)
        return PanelData(context.as_of.isoformat(), "", str(last), [row for row in rows if row[1]], [])
