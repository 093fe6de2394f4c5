"""Loading files from the page: choose, check the mapping, confirm, watch, read the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assistant.ui.jobs import LoadJob
from assistant.ui.mapping_form import form_html, read_choices
from assistant.ui.panel import Panel
from assistant.ui.pieces import piece
from assistant.ui.quiet_gradio import gr
from assistant.ui.records import EVENTS, RecordHandlers
from assistant.ui.sessions import Session, Sessions, discard
from assistant.ui.texts import say, texts
from tools.contracts import Text
from tools.errors import Cancelled, FenqunError
from tools.ingest.bookkeeping import holds_demo
from tools.ingest.report import REASONS, LoadReport, TableReport
from tools.warehouse.warehouse import Warehouse

_OUTPUTS = 8
Updates = tuple[Any, ...]
Said = Callable[[str], str]
"""HTML that can be said in either language."""


@dataclass(frozen=True)
class LoadParts:
    """The components of the loader."""

    records: gr.HTML
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
    records = gr.HTML(elem_id="fq-records", js_on_load=EVENTS, apply_default_css=False)
    return LoadParts(records, intro, files, stage, confirm, cancel, demo)


class LoadHandlers:
    """The loader's event handlers over the sessions of one server."""

    def __init__(self, sessions: Sessions, warehouse: Warehouse, panel: Panel, records: RecordHandlers) -> None:
        self._sessions = sessions
        self._warehouse = warehouse
        self._panel = panel
        self._records = records

    def bind(self, parts: LoadParts, panel: gr.HTML, opened: Any) -> None:
        """Connect the handlers to the components.

        Args:
            parts: The components.
            panel: The data panel.
            opened: The event after which a load that is under way is taken up again.
        """
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        chosen = gr.Textbox(visible="hidden", elem_id="fq-chosen")
        outputs = [*parts.outputs, panel, parts.records]
        opened.then(self.resume, None, outputs, **private)
        parts.files.upload(self.plan, parts.files, outputs, **private)
        parts.confirm.click(self.load, chosen, outputs, js="() => [window.fenqunMapping()]", **private)
        parts.demo.click(self.load_demo, None, outputs, **private)
        parts.cancel.click(self.cancel, None, outputs, queue=False, **private)
        gr.on([parts.files.clear, parts.files.delete], self.cancel, None, outputs, queue=False, **private)

    def plan(self, paths: list[str] | None, request: gr.Request) -> Iterator[Updates]:
        """Read the chosen files and show where their columns would go; stores nothing."""
        session = self._session(request)
        session.uploads[:] = [Path(path) for path in paths or []]
        yield _show(session, _progress_of("load_reading"), choose=False)
        yield self._form(session, {})

    def load(self, choices: str, request: gr.Request) -> Iterator[Updates]:
        """Load the chosen files as confirmed."""
        from tools.ingest.load import load

        session = self._session(request)
        paths, overrides = list(session.uploads), read_choices(choices)
        if not paths:
            yield _show(session, _sentence("load_no_files"), choose=True)
            return
        job = LoadJob(self._warehouse, lambda warehouse, tell: load(warehouse, paths, overrides, progress=tell), session.stop_loading)
        yield from self._run(session, job, overrides)

    def load_demo(self, request: gr.Request) -> Iterator[Updates]:
        """Load the demo data."""
        from tools.ingest.demo import load_demo_data

        session = self._session(request)
        yield from self._run(session, LoadJob(self._warehouse, load_demo_data, session.stop_loading), {})

    def resume(self, request: gr.Request) -> Iterator[Updates]:
        """Go on showing the load that was under way when the page was opened again."""
        session = self._session(request)
        yield (gr.skip(),) * _OUTPUTS  # a handler that yields nothing would empty its outputs
        if isinstance(session.job, LoadJob) and session.job.running:
            yield from self._follow(session, session.job, {})

    def cancel(self, request: gr.Request) -> Updates:
        """Forget the chosen files, or stop the load that runs."""
        session = self._session(request)
        session.stop_loading.set()
        if session.loading:
            return _show(session, _progress_of("load_cancelling"), choose=False)
        discard(session.uploads)
        return _show(session, None, choose=True)

    def _form(self, session: Session, overrides: dict[str, str]) -> Updates:
        from tools.ingest.load import plan_load

        try:
            plan = plan_load(self._warehouse, session.uploads, overrides)
        except FenqunError as failure:
            discard(session.uploads)
            return _show(session, _problem(failure), choose=True)
        form = partial(form_html, plan, replaces_demo=self._holds_demo())
        return _show(session, form, choose=False, confirm=True, cancel=True)

    def _run(self, session: Session, job: LoadJob[LoadReport], overrides: dict[str, str]) -> Iterator[Updates]:
        if session.loading:
            yield (gr.skip(),) * _OUTPUTS
            return
        session.job, session.told = job, None
        job.start()
        yield _show(session, _progress_of("load_running", 0.0), choose=False, cancel=True)
        yield from self._follow(session, job, overrides)

    def _follow(self, session: Session, job: LoadJob[Any], overrides: dict[str, str]) -> Iterator[Updates]:
        for _ in job.follow():
            said = partial(_progress, job.stage, job.fraction) if job.stage else _progress_of("load_running", 0.0)
            yield _show(session, said, choose=False, cancel=job.stoppable)
        if job.error is not None and job.error.mendable and session.uploads:
            shown = self._form(session, overrides)
            told = _problem(job.error)(session.language) if not _tells_what_is_missing(shown) else ""
            yield (*shown[:2], told + shown[2], *shown[3:])
            return
        yield self._result(session, job)

    def _result(self, session: Session, job: LoadJob[Any]) -> Updates:
        discard(session.uploads)
        if job.report is None:
            return _show(session, _problem(job.error) if job.error else _sentence("unexpected"), choose=True)
        said = partial(report_html, job.report) if isinstance(job.report, LoadReport) else _sentence("load_done")
        shown = _show(session, said, choose=True, panel=self._panel.html(session.language))
        return (*shown[:-1], self._records.html(session))

    def _holds_demo(self) -> bool:
        if not self._warehouse.exists:
            return False
        with self._warehouse.reading() as engine:
            return holds_demo(engine)

    def _session(self, request: gr.Request) -> Session:
        return self._sessions.of(request)


def _tells_what_is_missing(shown: Updates) -> bool:
    """Whether the form says itself what its columns lack, in the words of the page."""
    return "data-missing" in str(shown[2])


def _problem(error: FenqunError) -> Said:
    if isinstance(error, Cancelled):
        return _sentence("load_cancelled")
    return lambda language: piece("problem", language, text=error.message(language))


def _sentence(key: str) -> Said:
    return lambda language: piece("problem", language, text=say(key, language))


def _progress_of(key: str, fraction: float | None = None) -> Said:
    return partial(_progress, texts()[key], fraction)


def _progress(stage: Text, fraction: float | None, language: str) -> str:
    return piece("progress", language, stage=stage.say(language), fraction=fraction)


def _show(
    session: Session, said: Said | None, *, choose: bool, confirm: bool = False, cancel: bool = False, panel: str | None = None
) -> Updates:
    """The loader with ``said`` in its middle; the chooser is emptied whenever it shows again."""
    session.stage = said
    files = gr.update(value=None, visible=True) if choose else gr.update(visible=False)
    return (
        gr.skip(),
        files,
        said(session.language) if said else "",
        gr.update(visible=confirm),
        gr.update(visible=cancel),
        gr.update(visible=False),
        gr.skip() if panel is None else panel,
        gr.skip(),
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
        session.stage(session.language) if session.stage else "",
        gr.update(value=say_it("load_confirm")),
        gr.update(value=say_it("load_cancel")),
        gr.update(value=say_it("load_demo"), visible=not warehouse.exists),
    )
