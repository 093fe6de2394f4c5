"""The section of the data view that lists what the browser's operator confirmed, each with a way to forget it."""

from __future__ import annotations

from typing import Any

from assistant.reading_store import Reading
from assistant.ui.pieces import piece
from assistant.ui.quiet_gradio import gr
from assistant.ui.sessions import Session, Sessions
from assistant.ui.texts import say
from tools.errors import FenqunError
from tools.warehouse.warehouse import Warehouse

_NEWS_SECONDS = 4.0
"""How soon a page shows what was confirmed in its chat."""
_EVENTS = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-forget-reading]');
  if (button && confirm(button.dataset.confirm)) trigger('click', {number: button.dataset.forgetReading});
});
"""


def build_readings() -> gr.HTML:
    """The place of the section."""
    return gr.HTML(elem_id="fq-readings", js_on_load=_EVENTS, apply_default_css=False)


class ReadingHandlers:
    """The section's handlers over the sessions of one server.

    Args:
        sessions: Whose readings are shown: a browser sees its own alone.
        warehouse: The data that they are about.
    """

    def __init__(self, sessions: Sessions, warehouse: Warehouse) -> None:
        self._sessions = sessions
        self._warehouse = warehouse

    def bind(self, shown: gr.HTML, opened: Any) -> None:
        """Connect the section.

        Args:
            shown: The component.
            opened: The event of the page's opening.
        """
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "queue": False}
        opened.then(self.draw, None, shown, **private)
        gr.Timer(_NEWS_SECONDS).tick(self.notice, None, shown, **private)
        shown.click(self.forget, None, shown, **private)

    def draw(self, request: gr.Request) -> str:
        """The section in the page's language."""
        session = self._sessions.of(request)
        html = self.html(session)
        session.seen[_seen(request)] = html
        return html

    def notice(self, request: gr.Request) -> Any:
        """The same where it has changed since."""
        session = self._sessions.of(request)
        before = session.seen.get(_seen(request))
        html = self.draw(request)
        return gr.skip() if html == before else html

    def forget(self, request: gr.Request, event: gr.EventData) -> str:
        """Forget the reading that was chosen."""
        session, number = self._sessions.of(request), str(getattr(event, "number", ""))
        if number.isascii() and number.isdigit():
            self._readings().forget(session.owner, int(number))
        return self.draw(request)

    def html(self, session: Session) -> str:
        """The section; nothing where nothing was ever confirmed."""
        try:
            found = self._readings().listed(session.owner)
        except FenqunError as error:
            return piece("problem", session.language, text=error.message(session.language))
        return piece("readings", session.language, readings=[_row(one, session.language) for one in found]) if found else ""

    def _readings(self) -> Any:
        from assistant.readings import Readings  # what it needs takes a while to import, and the page is drawn first

        return Readings(self._warehouse)


def _seen(request: gr.Request) -> str:
    return f"readings of {request.session_hash}"


def _row(one: Reading, language: str) -> dict[str, Any]:
    return {
        "number": one.number,
        "question": one.question,
        "reading": one.interpretation or ", ".join(call.tool for call in one.calls),
        "day": one.created_at.date().isoformat(),
        "expired": one.expired,
        "confirm": say("readings_confirm", language, question=one.question),
    }
