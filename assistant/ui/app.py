"""Builds the web app and serves it."""

from __future__ import annotations

from collections.abc import Callable

from assistant.ui.chat import ChatHandlers
from assistant.ui.loading import LoadHandlers
from assistant.ui.page import PageHandlers, build_page
from assistant.ui.quiet_gradio import gr
from assistant.ui.server import run
from assistant.ui.sessions import Conversation, Sessions
from assistant.ui.texts import texts
from tools.warehouse.warehouse import Warehouse

OpenConversation = Callable[[], Conversation]


def build_app(warehouse: Warehouse, sessions: Sessions | None = None) -> gr.Blocks:
    """The page over ``warehouse``.

    Args:
        warehouse: Read by the panel, written by the loader; need not exist yet.
        sessions: Holds what each browser owns; made here when left out.
    """
    known = sessions or Sessions(conversation_opener(warehouse))
    title = texts()["title"]
    blocks: gr.Blocks
    with gr.Blocks(title=f"{title.zh} · {title.en}", analytics_enabled=False, fill_width=True, fill_height=True) as blocks:
        parts = build_page()
        PageHandlers(known, warehouse).bind(blocks, parts)
        ChatHandlers(known).bind(parts.chat)
        LoadHandlers(known, warehouse).bind(parts.loader, parts.panel)
    blocks.queue(default_concurrency_limit=16)
    return blocks


def conversation_opener(warehouse: Warehouse) -> OpenConversation:
    """Opens real conversations; what they need is imported when the first one is."""

    def open_one() -> Conversation:
        from assistant.conversation import open_conversation

        return open_conversation(warehouse)

    return open_one


def serve(
    warehouse: Warehouse,
    port: int = 7860,
    host: str = "127.0.0.1",
    ready: Callable[[str], None] | None = None,
    open_conversation: OpenConversation | None = None,
) -> None:
    """Serve the app until it is interrupted.

    Args:
        warehouse: The warehouse to talk about.
        port: Port to listen on; 0 takes a free one.
        host: Address to listen on; anything but the loopback address lets others of the network in.
        ready: Called with the page's address once it is served.
        open_conversation: Opens the conversation of one browser session; the real one when left out.

    Raises:
        InputError: The port is taken.
    """
    sessions = Sessions(open_conversation or conversation_opener(warehouse))
    run(build_app(warehouse, sessions), sessions, host, port, ready)
