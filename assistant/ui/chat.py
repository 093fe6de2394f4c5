"""What happens in the chat: ask, stop, retry, undo, a new conversation. Handlers return updates in the order of ``ChatParts.outputs``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.ui.answering import follow, start
from assistant.ui.conversation_list import list_html
from assistant.ui.quiet_gradio import gr
from assistant.ui.sessions import Session, Sessions
from assistant.ui.texts import examples, say
from assistant.ui.transcript import messages

Updates = tuple[Any, ...]


@dataclass(frozen=True)
class ChatParts:
    """The components of the chat, and the list of conversations beside it."""

    log: gr.Chatbot
    box: gr.Textbox
    send: gr.Button
    stop: gr.Button
    retry: gr.Button
    undo: gr.Button
    clear: gr.Button
    talks: gr.HTML
    catch_up: gr.Button

    @property
    def outputs(self) -> list[Any]:
        """What the handlers update."""
        return [self.log, self.box, self.send, self.stop, self.retry, self.undo, self.clear, self.talks]


def build_chat(talks: gr.HTML) -> ChatParts:
    """Lay out the chat; texts come with the session's language."""
    log = gr.Chatbot(
        elem_id="fq-log",
        show_label=False,
        container=False,
        height="100%",
        latex_delimiters=[],
        buttons=[],
        autoscroll=False,  # the page's script brings a new question to the top, so that its answer is read from its beginning
        allow_tags=False,
        layout="bubble",
        feedback_options=None,
        group_consecutive_messages=True,
    )
    with gr.Row(elem_id="fq-tools"):
        retry, undo, clear = (gr.Button(size="sm", elem_classes="fq-ghost", visible=False, elem_id=f"fq-{name}") for name in _TOOLS)
    with gr.Row(elem_id="fq-composer"):
        box = gr.Textbox(
            elem_id="fq-box", show_label=False, container=False, lines=1, max_lines=6, scale=1, autofocus=True, max_length=4000
        )
        send = gr.Button(elem_id="fq-send", variant="primary", scale=0, min_width=0)
        stop = gr.Button(elem_id="fq-stop", variant="stop", scale=0, min_width=0, visible=False)
        catch_up = gr.Button(elem_id="fq-catch-up", visible="hidden")
    return ChatParts(log, box, send, stop, retry, undo, clear, talks, catch_up)


_TOOLS = ("retry", "undo", "clear")
OUTPUTS = 8
"""How many components ``ChatParts.outputs`` names."""


class ChatHandlers:
    """The chat's event handlers over the sessions of one server."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def bind(self, parts: ChatParts, opened: Any) -> None:
        """Connect the handlers to the components.

        Args:
            parts: The components.
            opened: The event after which an answer that is under way is taken up again.
        """
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "trigger_mode": "multiple"}
        asked = [
            opened.then(self.resume, None, parts.outputs, concurrency_limit=None, **private),
            gr.on([parts.box.submit, parts.send.click], self.ask, parts.box, parts.outputs, concurrency_limit=None, **private),
            parts.log.example_select(self.pick, None, parts.outputs, concurrency_limit=None, **private),
            parts.log.option_select(self.pick, None, parts.outputs, concurrency_limit=None, **private),
            parts.retry.click(self.retry, None, parts.outputs, concurrency_limit=None, **private),
        ]
        for dependency in asked:
            dependency.then(self.settle, None, parts.outputs, queue=False, **private)
        parts.stop.click(self.stop, None, None, queue=False, **private)
        # Not through the queue, whose stream is what may have been lost: the page's script asks for this when nothing comes.
        parts.catch_up.click(self.catch_up, None, parts.outputs, queue=False, **private)
        # Drawn again once the page has it: the end of an answer that was drawn at the same moment may arrive later and stay.
        for button, handler in ((parts.undo, self.undo), (parts.clear, self.clear)):
            done = button.click(handler, None, parts.outputs, queue=False, **private)
            done.then(self.settle, None, parts.outputs, queue=False, **private)

    def ask(self, question: str, request: gr.Request) -> Iterator[Updates]:
        """Answer what was typed, drawing as it comes for as long as the page shows this conversation."""
        session, tab = self._page(request)
        talk = session.talk(tab)
        turn = start(talk, question.strip()) if question.strip() else None
        if turn is None:
            if question.strip():
                gr.Info(say("busy", session.language), title=say("brand", session.language))
            yield (gr.skip(),) * OUTPUTS
            return
        session.choose(talk.id, tab)  # a page that is opened next shows the conversation that was asked in last
        yield draw(session, tab, box=gr.update(value=""), listed=True)
        for _ in follow(turn):
            if session.talk(tab) is not talk:
                return
            yield draw(session, tab)

    def resume(self, request: gr.Request) -> Iterator[Updates]:
        """Go on drawing the answer that was under way when the page was opened again."""
        session, tab = self._page(request)
        yield draw(session, tab)  # a handler that yields nothing would empty its outputs
        yield from follow_last(session, tab)

    def pick(self, request: gr.Request, chosen: gr.SelectData) -> Iterator[Updates]:
        """Ask an example, a suggestion or one of the readings of an ambiguous question."""
        value = chosen.value
        yield from self.ask(str(value["text"] if isinstance(value, dict) else value), request)

    def retry(self, request: gr.Request) -> Iterator[Updates]:
        """Ask the last question again, as if for the first time."""
        session, tab = self._page(request)
        yield from self.ask(session.talk(tab).take_back() or "", request)

    def undo(self, request: gr.Request) -> Updates:
        """Take the last question back into the box."""
        session, tab = self._page(request)
        question = session.talk(tab).take_back()
        return draw(session, tab, box=gr.update(value=question) if question else gr.skip())

    def clear(self, request: gr.Request) -> Updates:
        """Begin another conversation; this one stays in the list."""
        session, tab = self._page(request)
        session.new(tab)
        return draw(session, tab, listed=True)

    def stop(self, request: gr.Request) -> None:
        """Stop the question that is being answered on the page."""
        session, tab = self._page(request)
        session.talk(tab).stop()

    def catch_up(self, request: gr.Request) -> Updates:
        """Draw the chat as it stands for a page that has waited for news in vain."""
        session, tab = self._page(request)
        turns = session.talk(tab).turns
        return draw(session, tab) if turns and turns[-1].running else self.settle(request)

    def settle(self, request: gr.Request) -> Updates:
        """Draw the end of an answer, also of one that broke off."""
        session, tab = self._page(request)
        session.talk(tab).put_away()
        return draw(session, tab, listed=True)

    def _page(self, request: gr.Request) -> tuple[Session, str]:
        return self._sessions.of(request), str(request.session_hash)


def follow_last(session: Session, tab: str) -> Iterator[Updates]:
    """Draw the answer that is under way in the conversation of a page, until it ends or the page shows another one."""
    talk = session.talk(tab)
    for turn in talk.turns[-1:]:
        for _ in follow(turn):
            if session.talk(tab) is not talk:
                return
            yield draw(session, tab)
    talk.put_away()
    yield draw(session, tab, listed=True)


def draw(session: Session, tab: str, box: Any = None, *, listed: bool = False) -> Updates:
    """The chat of a page as it stands, in the page's language; the list of conversations too where it may have changed."""
    language, talk = session.language, session.talk(tab)
    running = bool(talk.turns) and talk.turns[-1].running
    settled = bool(talk.turns) and not running
    tools = (gr.update(value=say(name, language), visible=settled) for name in _TOOLS)
    return (
        gr.update(value=messages(talk.turns, language, talk.downloads.link, talk.id)),
        gr.skip() if box is None else box,
        gr.update(value=say("send", language), visible=not running),
        gr.update(value=say("stop", language), visible=running),
        *tools,
        list_html(session, tab) if listed else gr.skip(),
    )


def speak(session: Session, tab: str) -> Updates:
    """The chat with every text of it in the session's language."""
    language = session.language
    log, _, *others = draw(session, tab, listed=True)
    welcome = f"<div class='fq-welcome'><h1>{say('welcome_title', language)}</h1><p>{say('welcome_text', language)}</p></div>"
    offered: list[Any] = [{"text": example.say(language)} for example in examples()]
    return (
        gr.update(value=log["value"], placeholder=welcome, examples=offered),
        gr.update(placeholder=say("ask_placeholder", language), label=say("ask_label", language)),
        *others,
    )
