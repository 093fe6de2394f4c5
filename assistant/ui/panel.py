"""The data panel: as-of date, rows per table, quality in short, what the data cannot answer, and who answers."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from decimal import Decimal

from assistant.ui.cells import format_cell
from assistant.ui.pieces import piece
from assistant.ui.texts import say
from tools.contracts import Figure, Text, ToolResult
from tools.errors import FenqunError, UnsupportedQuestion
from tools.ingest.quality import describe_data
from tools.requests import DescribeData
from tools.settings import Settings
from tools.warehouse.context import latest_date, open_context, read_meta
from tools.warehouse.warehouse import Warehouse

TABLES = ("customers", "orders", "order_lines", "products", "events", "campaigns", "campaign_contacts", "campaign_responses", "feedback")
_WATCHED = (
    "rows_rejected",
    "orders_without_customer",
    "orphan_lines",
    "lines_of_unknown_product",
    "homeless_refunds",
    "days_without_orders",
    "merged_ids",
)
"""Defects worth a line in the panel when there are any; the chat tells the rest."""


@dataclass(frozen=True)
class PanelData:
    """What the panel shows of the loaded data: two results of ``describe_data``."""

    version: tuple[str, str]
    overview: ToolResult
    quality: ToolResult


class Panel:
    """The panel of one warehouse. The data are described once for each version of them.

    Args:
        warehouse: Need not exist yet.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._known: PanelData | None = None
        self._lock = threading.Lock()

    def html(self, language: str) -> str:
        """The panel in ``language``; a sentence instead where there is nothing to show."""
        data, message = None, None
        try:
            data = self._read()
        except UnsupportedQuestion:
            data = None
        except FenqunError as error:
            message = error.message(language)
        if data is None:
            return piece("panel_empty", language, message=message)
        return _filled(data, self._warehouse.config, language)

    def _read(self) -> PanelData | None:
        if not self._warehouse.exists:
            return None
        with self._lock:
            version = self._version()
            if self._known is None or self._known.version != version:
                with open_context(self._warehouse) as context:
                    overview, quality = (describe_data(context, DescribeData(topic=topic)) for topic in ("overview", "quality"))
                self._known = PanelData(version, overview, quality)
            return self._known

    def version(self) -> object:
        """Changes whenever the data may have; costs no more than a look at the file."""
        try:
            state = self._warehouse.path.stat()
        except FileNotFoundError:
            return None
        return state.st_mtime_ns, state.st_size

    def _version(self) -> tuple[str, str]:
        with self._warehouse.reading() as engine:
            return read_meta(engine, "data_version") or "0", str(latest_date(engine))


def _filled(data: PanelData, config: Settings, language: str) -> str:
    figures = {figure.id: figure for figure in data.overview.figures}
    missing = [Text(**text).say(language) for text in data.overview.details.get("cannot_answer", [])]
    return piece(
        "panel",
        language,
        as_of=figures["as_of"].value,
        first=figures["first_date"].value,
        rows=_rows(figures),
        complete=_complete_share(data.quality),
        accepted=_accepted_share(data.quality),
        defects=[(_capital(figure.label.say(language)), _shown(figure)) for figure in _defects(data.quality)],
        missing=missing,
        brain=brain_name(config, language),
    )


def _rows(figures: dict[str, Figure]) -> list[tuple[str, int]]:
    found = ((name, figures.get(f"rows.{name}") or figures.get(name)) for name in TABLES)
    return [(name, int(str(figure.value))) for name, figure in found if figure is not None and figure.value]


def _complete_share(quality: ToolResult) -> Decimal | None:
    value = next((figure.value for figure in quality.figures if figure.id == "complete_share"), None)
    return None if value is None else Decimal(str(value))


def _accepted_share(quality: ToolResult) -> Decimal | None:
    values = {figure.id: figure.value for figure in quality.figures}
    read, accepted = (Decimal(str(values.get(name) or 0)) for name in ("rows_in", "rows_accepted"))
    return accepted / read if read else None


def _defects(quality: ToolResult) -> list[Figure]:
    found = {figure.id: figure for figure in quality.figures}
    return [found[name] for name in _WATCHED if name in found and found[name].value]


def _shown(figure: Figure) -> str:
    return format_cell(figure.value, figure.unit, currency="").shown


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def brain_name(config: Settings, language: str) -> str:
    """Who answers: the embedded planner, or the language model's name where one is set up."""
    with_key = bool(os.environ.get("OPENAI_API_KEY", "").strip())
    if config.brain == "model" or (config.brain == "auto" and with_key):
        return config.model or say("brain_service", language)
    return say("brain_planner", language)
