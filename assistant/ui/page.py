"""The page around the chat: bar, side panel, language."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assistant.ui.chat import ChatParts, build_chat, speak
from assistant.ui.conversation_list import build_list, head_html
from assistant.ui.loading import LoadParts, build_loader, speak_loader
from assistant.ui.models import ModelsView
from assistant.ui.panel import Panel
from assistant.ui.pieces import piece
from assistant.ui.quiet_gradio import gr
from assistant.ui.readings import build_readings
from assistant.ui.records import RecordHandlers
from assistant.ui.sessions import Session, Sessions
from assistant.ui.texts import preferred_language
from tools.contracts import Language
from tools.warehouse.warehouse import Warehouse

_NEWS_SECONDS = 4.0
"""How soon a page notices that somebody else has loaded data."""
LANGUAGE_COOKIE = "fenqun_language"
_BAR_EVENTS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-language]');
  if (!button || button.getAttribute('aria-pressed') === 'true') return;
  document.cookie = `fenqun_language=${button.dataset.language}; path=/; max-age=31536000; samesite=strict`;
  trigger('click', {language: button.dataset.language});
});
"""


@dataclass(frozen=True)
class PageParts:
    """Everything on the page that has a text or a state."""

    bar: gr.HTML
    panel: gr.HTML
    talks_head: gr.HTML
    chat: ChatParts
    loader: LoadParts
    models: gr.HTML
    readings: gr.HTML

    @property
    def spoken(self) -> list[Any]:
        """What changes with the language."""
        return [self.bar, self.talks_head, *self.chat.outputs, *self.loader.outputs]


def build_page() -> PageParts:
    """Lay out the page: a bar above, conversations and data to the left; chat, loader or models in the middle."""
    bar = gr.HTML(elem_id="fq-bar", js_on_load=_BAR_EVENTS, apply_default_css=False)
    with gr.Row(elem_id="fq-body", equal_height=False):
        with gr.Column(elem_id="fq-side", scale=0, min_width=0):
            talks_head, talks = build_list()
            panel = gr.HTML(elem_id="fq-panel", apply_default_css=False)
        with gr.Column(elem_id="fq-chat", scale=1, min_width=0):
            chat = build_chat(talks)
        with gr.Column(elem_id="fq-data", scale=1, min_width=0):
            loader = build_loader()
            readings = build_readings()
        with gr.Column(elem_id="fq-models", scale=1, min_width=0):
            models = gr.HTML(apply_default_css=False)
    return PageParts(bar, panel, talks_head, chat, loader, models, readings)


class PageHandlers:
    """The handlers of the page as a whole."""

    def __init__(
        self, sessions: Sessions, warehouse: Warehouse, panel: Panel, records: RecordHandlers, warm_up: Callable[[], None] | None = None
    ) -> None:
        self._models = ModelsView(warehouse)
        self._sessions = sessions
        self._warehouse = warehouse
        self._panel = panel
        self._records = records
        self._warm_up = warm_up

    def bind(self, blocks: gr.Blocks, parts: PageParts) -> Any:
        """Connect opening, leaving and the language switch; returns the event of the page's opening."""
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        blocks.unload(self.leave)
        opened = blocks.load(self.open, None, parts.spoken, queue=False, **private)
        switched = parts.bar.click(self.switch, None, parts.spoken, queue=False, **private)
        for dependency in (opened, switched):
            # Describing the data takes longer than drawing the page, which does not wait for it.
            dependency.then(self.describe, None, [parts.panel, parts.loader.records, parts.models], queue=False, **private)
        gr.Timer(_NEWS_SECONDS).tick(self.notice, None, [parts.panel, parts.loader.records, parts.models], queue=False, **private)
        return opened

    def open(self, request: gr.Request) -> tuple[Any, ...]:
        """Greet a browser in its language."""
        if self._warm_up is not None:
            threading.Thread(target=self._warm_up, name="warm-up", daemon=True).start()
            self._warm_up = None
        session = self._sessions.of(request)
        session.language = preferred_language(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language", ""))
        return self._speak(session, str(request.session_hash))

    def switch(self, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
        """Say everything in the other language."""
        session = self._sessions.of(request)
        chosen: Language = "zh" if getattr(event, "language", "") == "zh" else "en"
        session.language = chosen
        return self._speak(session, str(request.session_hash))

    def describe(self, request: gr.Request) -> tuple[Any, ...]:
        """The data panel, what loads left to look through, and the models."""
        session = self._sessions.of(request)
        session.seen[str(request.session_hash)] = self._panel.version()
        return self._panel.html(session.language), self._records.html(session), self._models.html(session.language)

    def notice(self, request: gr.Request) -> tuple[Any, ...]:
        """The same where somebody has changed the data since."""
        session = self._sessions.of(request)
        if session.loading or session.seen.get(str(request.session_hash)) == self._panel.version():
            return gr.skip(), gr.skip(), gr.skip()
        return self.describe(request)

    def leave(self, request: gr.Request) -> None:
        """The browser went away."""
        self._sessions.leave_by(request)

    def _speak(self, session: Session, tab: str) -> tuple[Any, ...]:
        bar = piece("bar", session.language)
        return (bar, head_html(session.language), *speak(session, tab), *speak_loader(session, self._warehouse))
