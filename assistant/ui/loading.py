"""Loading files from the page: choose, check the mapping, confirm, watch, read the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assistant.ui.jobs import Load, LoadJob
from assistant.ui.mapping_form import form_html, is_loadable, read_choices
from assistant.ui.panel import Panel
from assistant.ui.pieces import piece
from assistant.ui.quiet_gradio import gr
from assistant.ui.sessions import Session, Sessions, discard
from assistant.ui.texts import say
from tools.errors import Cancelled, FenqunError
from tools.ingest.report import REASONS, LoadReport, TableReport
from tools.warehouse.warehouse import Warehouse

Updates = tuple[Any, ...]


@dataclass(frozen=True)
class LoadParts:
    """The components of the loader."""

    intro: gr.HTML
    files: gr.File
    stage: gr.HTML
    confirm: gr.Button
    cancel: gr.Button
    demo: gr.Button

    @property
    def outputs(self) -> list[Any]:
        """What the handlers update."""
        return [self.intro, self.files, self.stage, self.confirm, self.cancel, self.demo]


def build_loader() -> LoadParts:
    """Lay out the loader; texts come with the session's language."""
    intro = gr.HTML(elem_id="fq-load-intro", apply_default_css=False)
    files = gr.File(elem_id="fq-files", file_count="multiple", show_label=False, container=False, height=150)
    stage = gr.HTML(elem_id="fq-stage", apply_default_css=False)
    with gr.Row(elem_id="fq-load-buttons"):
        confirm = gr.Button(variant="primary", elem_id="fq-confirm", visible=False, scale=0)
        cancel = gr.Button(elem_id="fq-cancel", visible=False, scale=0)
        demo = gr.Button(elem_id="fq-demo", visible=False, scale=0)
    return LoadParts(intro, files, stage, confirm, cancel, demo)


class LoadHandlers:
    """The loader's event handlers over the sessions of one server."""

    def __init__(self, sessions: Sessions, warehouse: Warehouse, panel: Panel) -> None:
        self._sessions = sessions
        self._warehouse = warehouse
        self._panel = panel

    def bind(self, parts: LoadParts, panel: gr.HTML) -> None:
        """Connect the handlers to the components."""
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        chosen = gr.Textbox(visible="hidden", elem_id="fq-chosen")
        outputs = [*parts.outputs, panel]
        parts.files.upload(self.plan, parts.files, outputs, **private)
        parts.confirm.click(self.load, chosen, outputs, js="() => [window.fenqunMapping()]", **private)
        parts.demo.click(self.load_demo, None, outputs, **private)
        parts.cancel.click(self.cancel, None, outputs, queue=False, **private)
        gr.on([parts.files.clear, parts.files.delete], self.cancel, None, outputs, queue=False, **private)

    def plan(self, paths: list[str] | None, request: gr.Request) -> Iterator[Updates]:
        """Read the chosen files and show where their columns would go; stores nothing."""
        from tools.ingest.load import plan_load

        session = self._session(request)
        session.uploads[:] = [Path(path) for path in paths or []]
        yield _show(session, _progress(session, say("load_reading", session.language), None), choose=False)
        try:
            plan = plan_load(self._warehouse, session.uploads)
        except FenqunError as error:
            discard(session.uploads)
            yield _show(session, _problem(session, error), choose=True)
            return
        yield _show(session, form_html(plan, session.language), choose=False, confirm=is_loadable(plan) or bool(plan.unsure), cancel=True)

    def load(self, choices: str, request: gr.Request) -> Iterator[Updates]:
        """Load the chosen files as confirmed."""
        from tools.ingest.load import load

        session = self._session(request)
        paths, overrides = list(session.uploads), read_choices(choices)
        if not paths:
            yield _show(session, piece("problem", session.language, text=say("load_no_files", session.language)), choose=True)
            return
        yield from self._work(session, lambda warehouse, tell: load(warehouse, paths, overrides, progress=tell))

    def load_demo(self, request: gr.Request) -> Iterator[Updates]:
        """Load the demo data."""
        from tools.ingest.demo import load_demo_data

        yield from self._work(self._session(request), load_demo_data)

    def cancel(self, request: gr.Request) -> Updates:
        """Forget the chosen files, or stop the load that runs."""
        session = self._session(request)
        session.stop_loading.set()
        if session.loading:
            return _show(session, _progress(session, say("load_cancelling", session.language), None), choose=False)
        discard(session.uploads)
        return _show(session, "", choose=True)

    def _work(self, session: Session, load: Load) -> Iterator[Updates]:
        job = LoadJob(self._warehouse, load, session.stop_loading)
        session.loading = True
        job.start()
        yield _show(session, _progress(session, say("load_running", session.language), 0.0), choose=False, cancel=True)
        for _ in job.follow():
            stage = job.stage.say(session.language) if job.stage else say("load_running", session.language)
            yield _show(session, _progress(session, stage, job.fraction), choose=False, cancel=job.stoppable)
        session.loading = False
        discard(session.uploads)
        yield self._result(session, job)

    def _result(self, session: Session, job: LoadJob) -> Updates:
        language = session.language
        if job.report is None:
            html = _problem(session, job.error) if job.error else piece("problem", language, text=say("unexpected", language))
            return _show(session, html, choose=True)
        return _show(session, report_html(job.report, language), choose=True, panel=self._panel.html(language))

    def _session(self, request: gr.Request) -> Session:
        return self._sessions.get(str(request.session_hash))


def _problem(session: Session, error: FenqunError) -> str:
    cancelled = isinstance(error, Cancelled)
    text = say("load_cancelled", session.language) if cancelled else error.message(session.language)
    return piece("problem", session.language, text=text)


def _progress(session: Session, stage: str, fraction: float | None) -> str:
    return piece("progress", session.language, stage=stage, fraction=fraction)


def _show(session: Session, stage: str, *, choose: bool, confirm: bool = False, cancel: bool = False, panel: str | None = None) -> Updates:
    """The loader with ``stage`` in its middle; the chooser is emptied whenever it shows again."""
    session.stage = stage
    files = gr.update(value=None, visible=True) if choose else gr.update(visible=False)
    return (
        gr.skip(),
        files,
        stage,
        gr.update(visible=confirm),
        gr.update(visible=cancel),
        gr.update(visible=False),
        gr.skip() if panel is None else panel,
    )


def report_html(report: LoadReport, language: str) -> str:
    """What a load did, table by table, with the reasons for rows that were set aside."""
    return piece(
        "report",
        language,
        tables=[_table_report(table, language) for table in report.tables],
        notes=[note.say(language) for note in report.notes],
        changed=report.changed,
    )


def _table_report(table: TableReport, language: str) -> dict[str, Any]:
    reasons = [(REASONS[reason].say(language) if reason in REASONS else reason, count) for reason, count in table.reasons.items()]
    return {**table.model_dump(), "reasons": reasons}


def speak_loader(session: Session, warehouse: Warehouse) -> Updates:
    """The loader with every text of it in the session's language."""
    say_it = partial(say, language=session.language)
    return (
        piece("load_intro", session.language),
        gr.skip(),
        gr.skip(),
        gr.update(value=say_it("load_confirm")),
        gr.update(value=say_it("load_cancel")),
        gr.update(value=say_it("load_demo"), visible=not warehouse.exists),
    )
