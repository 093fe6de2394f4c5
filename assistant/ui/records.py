"""What loads left to look through: rows that were set aside, and customers that were merged."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assistant.ui.jobs import LoadJob, Said, Tell
from assistant.ui.panel import Panel
from assistant.ui.pieces import piece
from assistant.ui.quiet_gradio import gr
from assistant.ui.sessions import Session, Sessions
from assistant.ui.texts import say, texts
from tools.actions.set_aside import RejectedRow, SetAside, list_set_aside, reason_words, rejected_rows, write_set_aside
from tools.errors import FenqunError
from tools.ingest.identities import undo_merge
from tools.ingest.merges import Merge, list_merges
from tools.warehouse.context import read_meta
from tools.warehouse.engine import Engine
from tools.warehouse.warehouse import Warehouse

SHOWN_MERGES, SHOWN_FILES, SHOWN_ROWS = 30, 20, 8
Updates = tuple[Any, ...]
EVENTS = """
const send = (event, what) => { event.preventDefault(); trigger('click', what); };
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-undo-merge]');
  if (button && confirm(button.dataset.confirm)) send(event, {source: button.dataset.source, id: button.dataset.id});
});
element.addEventListener('submit', (event) => send(event, {search: event.target.querySelector('input').value}));
"""
"""Runs in the page: a merge is undone after a confirmation, a search is sent by Enter or its button."""


@dataclass(frozen=True)
class FileOfRejects:
    """A file with rows that were set aside, as the page lists it."""

    found: SetAside
    rows: list[RejectedRow]
    href: str


class RecordHandlers:
    """The handlers of the lists over the sessions of one server."""

    def __init__(self, sessions: Sessions, warehouse: Warehouse, panel: Panel) -> None:
        self._sessions = sessions
        self._warehouse = warehouse
        self._panel = panel

    def bind(self, records: gr.HTML, panel: gr.HTML) -> None:
        """Connect the lists to their handler."""
        records.click(self.act, None, [records, panel], api_visibility="private", show_progress="hidden")

    def act(self, request: gr.Request, event: gr.EventData) -> Iterator[Updates]:
        """Search the merges, or undo the one that was chosen."""
        session = self._sessions.of(request)
        session.told = None
        source, one = str(getattr(event, "source", "")), str(getattr(event, "id", ""))
        if not (source and one):
            session.search = str(getattr(event, "search", ""))[:80]
            yield self.html(session), gr.skip()
            return
        if session.loading:
            yield piece("problem", session.language, text=say("busy_loading", session.language)) + self.html(session), gr.skip()
            return
        yield from self._undo(session, source, one, str(request.session_hash))

    def _undo(self, session: Session, source: str, one: str, tab: str) -> Iterator[Updates]:
        def undo(warehouse: Warehouse, tell: Tell) -> Said:
            """Take the merge back."""
            tell(texts()["merge_undoing"], 0.5)
            return Said(undo_merge(warehouse, source, one))

        job = LoadJob(self._warehouse, undo, session.stop_loading)
        session.job = job
        job.start()
        yield _progress(job, session.language), gr.skip()
        for _ in job.follow():
            yield _progress(job, session.language), gr.skip()
        # Kept with the session: the page may look for news, and draw the lists again, before this is drawn.
        session.told = partial(_outcome, job)
        session.seen[tab] = self._panel.version()
        yield self.html(session), self._panel.html(session.language)

    def html(self, session: Session) -> str:
        """What the last undoing came to and both lists, in the session's language; nothing where there is nothing to look through."""
        told = session.told(session.language) if session.told else ""
        return told + self._listing(session)

    def _listing(self, session: Session) -> str:
        if not self._warehouse.exists:
            return ""
        try:
            with self._warehouse.reading() as engine:
                if read_meta(engine, "data_version") is None:
                    return ""
                return self._lists(engine, session)
        except FenqunError as error:
            return piece("problem", session.language, text=error.message(session.language))

    def _lists(self, engine: Engine, session: Session) -> str:
        total, merges = list_merges(engine, session.search, SHOWN_MERGES)
        rejected = list_set_aside(engine)
        files = [self._file(engine, session, found) for found in rejected[:SHOWN_FILES]]
        return piece(
            "records",
            session.language,
            merges=[_merge(merge, session.language) for merge in merges],
            merged=total,
            search=session.search,
            searchable=total > SHOWN_MERGES or bool(session.search),
            files=[_listed(file, session.language) for file in files],
            more_files=len(rejected) - len(files),
        )

    def _file(self, engine: Engine, session: Session, found: SetAside) -> FileOfRejects:
        rows = rejected_rows(engine, found.load_id, found.source, SHOWN_ROWS)
        name = f"{Path(found.source).stem}-{say('rejects_file', session.language)}.csv"
        make = partial(self._write, found, session.language)
        return FileOfRejects(found, rows, session.link(f"rejected/{found.load_id}/{found.source}", name, make))

    def _write(self, found: SetAside, language: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder, self._warehouse.reading() as engine:
            path = Path(folder) / "rows.csv"
            write_set_aside(engine, found.load_id, found.source, path, language)
            return path.read_bytes()


def _progress(job: LoadJob[Said], language: str) -> str:
    stage = job.stage or texts()["merge_undoing"]
    return piece("progress", language, stage=stage.say(language), fraction=job.fraction)


def _outcome(job: LoadJob[Said], language: str) -> str:
    if job.report is not None:
        return piece("done", language, text=job.report.sentence.say(language))
    return piece("problem", language, text=job.error.message(language) if job.error else say("unexpected", language))


def _merge(merge: Merge, language: str) -> dict[str, str]:
    source, match = merge.source_name.say(language), merge.match.say(language)
    ids = {"id": merge.source_customer_id, "customer": merge.customer_id}
    return {**ids, "source": source, "stored_source": merge.source, "match": match, "masked": merge.masked}


def _listed(file: FileOfRejects, language: str) -> dict[str, Any]:
    columns = list(dict.fromkeys(name for row in file.rows for name in row.values))
    found = file.found
    return {
        "source": found.source,
        "loaded": found.loaded_at.date().isoformat() if found.loaded_at else "",
        "rows": found.rows,
        "reasons": [(reason_words(reason).say(language), count) for reason, count in found.reasons.items()],
        "columns": columns,
        "shown": [(row.number, reason_words(row.reason).say(language), row.detail, _values(row, columns)) for row in file.rows],
        "href": file.href,
    }


def _values(row: RejectedRow, columns: list[str]) -> list[str]:
    return [row.values.get(name, "") for name in columns]
