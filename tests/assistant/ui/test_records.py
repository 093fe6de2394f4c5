from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.ui.panel import Panel
from assistant.ui.records import RecordHandlers
from assistant.ui.sessions import SESSION_COOKIE, Sessions
from tools.ingest.load import load
from tools.settings import Settings
from tools.warehouse.warehouse import Warehouse

REQUEST: Any = SimpleNamespace(cookies={SESSION_COOKIE: "k" * 43}, session_hash="tab", headers={})
PEOPLE = ["customer_id,name,phone", "P1,Li Lei,13900001111", "P2,Li Lei,+86 139 0000 1111", "P3,Han Mei,13900002222"]


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(lambda _: pytest.fail("nothing is asked"))


@pytest.fixture
def handlers(sessions: Sessions, tmp_path: Path) -> RecordHandlers:
    (tmp_path / "people.csv").write_text("\n".join(PEOPLE), encoding="utf-8")
    warehouse = Warehouse(tmp_path / "w.duckdb", Settings(home=tmp_path))
    load(warehouse, [tmp_path / "people.csv"], {})
    return RecordHandlers(sessions, warehouse, Panel(warehouse))


def act(handlers: RecordHandlers, **what: str) -> str:
    """The lists as they are drawn last after an action."""
    drawn: list[Any] = [lists for lists, _ in handlers.act(REQUEST, SimpleNamespace(**what))]  # type: ignore[arg-type]
    return str(drawn[-1])


def test_what_undoing_came_to_outlasts_a_redraw_until_the_next_action(handlers: RecordHandlers, sessions: Sessions) -> None:
    session = sessions.of(REQUEST)
    before = handlers.html(session)
    assert "data-undo-merge" in before
    source = before.split('data-source="')[1].split('"')[0]

    told = act(handlers, source=source, id="P2")
    assert "P2 is no longer part of P1" in told
    assert "data-undo-merge" not in told
    assert handlers.html(session) == told
    session.language = "zh"
    assert "P2" in handlers.html(session)
    assert "no longer" not in handlers.html(session)

    session.language = "en"
    assert "no longer part" not in act(handlers, search="P")


def test_a_merge_that_there_is_not_is_a_sentence(handlers: RecordHandlers, sessions: Sessions) -> None:
    told = act(handlers, source="nowhere", id="P9")
    assert "fq-done" not in told
    assert handlers.html(sessions.of(REQUEST)) == told
