"""What happens in the list of conversations: new, open, rename, delete, search."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.ui.chat import OUTPUTS, ChatParts, Updates, draw, follow_last
from assistant.ui.conversation_list import list_html
from assistant.ui.quiet_gradio import gr
from assistant.ui.sessions import Session, Sessions
from assistant.ui.texts import say

_LONGEST_SEARCH = 80


class ConversationHandlers:
    """The handlers of the list over the sessions of one server. An id that is not the browser's own changes nothing."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def bind(self, head: gr.HTML, parts: ChatParts) -> None:
        """Connect what is above the list, and the list, to their handler."""
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "trigger_mode": "multiple"}
        events = [head.click, parts.talks.click]
        gr.on(events, self.act, None, parts.outputs, concurrency_limit=None, **private)

    def act(self, request: gr.Request, event: gr.EventData) -> Iterator[Updates]:
        """Do what the page's script has sent, and draw what came of it."""
        session, tab = self._sessions.of(request), str(request.session_hash)
        act, chosen, text = (str(getattr(event, name, "")) for name in ("act", "id", "text"))
        if act in ("search", "rename"):
            self._change(session, tab, act, chosen, text)
            yield (*(gr.skip(),) * (OUTPUTS - 1), list_html(session, tab))
            return
        if act == "new":
            session.new(tab)
        elif act == "open":
            session.choose(chosen, tab)
        elif act == "delete":
            _delete(session, chosen)
        yield draw(session, tab, listed=True)
        yield from follow_last(session, tab)

    def _change(self, session: Session, tab: str, act: str, chosen: str, text: str) -> None:
        if act == "search":
            session.searches[tab] = text[:_LONGEST_SEARCH]
        elif session.transcripts is not None:
            session.transcripts.rename(session.owner, chosen, text)


def _delete(session: Session, chosen: str) -> None:
    if session.transcripts is not None and session.transcripts.find(session.owner, chosen) and not session.delete(chosen):
        gr.Info(say("busy", session.language), title=say("brand", session.language))
