"""Builds the web app and serves it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from assistant.ui.chat import ChatHandlers
from assistant.ui.conversation_handlers import ConversationHandlers
from assistant.ui.loading import LoadHandlers
from assistant.ui.page import PageHandlers, build_page
from assistant.ui.panel import Panel
from assistant.ui.quiet_gradio import gr
from assistant.ui.readings import ReadingHandlers
from assistant.ui.records import RecordHandlers
from assistant.ui.remembering import reading_keeper
from assistant.ui.server import run
from assistant.ui.sessions import Sessions
from assistant.ui.talks import Conversation
from assistant.ui.texts import texts
from assistant.ui.transcripts import Transcripts
from tools.errors import FenqunError
from tools.warehouse.warehouse import Warehouse

_KEEP_UPLOADS = (3600, 86400)
"""Seconds between two looks for forgotten uploads, and the age at which they go."""
OpenConversation = Callable[[str], Conversation]
_TRANSCRIPTS_FILE = "transcripts.sqlite"


def build_app(warehouse: Warehouse, sessions: Sessions | None = None, warm_up: Callable[[], None] | None = None) -> gr.Blocks:
    """The page over ``warehouse``.

    Args:
        warehouse: Read by the panel, written by the loader; need not exist yet.
        sessions: Holds what each browser owns; made here when left out.
        warm_up: Called in the background when the first page opens, so that the first question is not the one to wait.
    """
    known = sessions or Sessions(conversation_opener(warehouse))
    title = texts()["title"]
    blocks: gr.Blocks
    with gr.Blocks(
        title=f"{title.zh} · {title.en}", analytics_enabled=False, fill_width=True, fill_height=True, delete_cache=(3600, 86400)
    ) as blocks:
        parts, panel = build_page(), Panel(warehouse)
        records = RecordHandlers(known, warehouse, panel)
        opened = PageHandlers(known, warehouse, panel, records, warm_up).bind(blocks, parts)
        ChatHandlers(known).bind(parts.chat, opened)
        ConversationHandlers(known).bind(parts.talks_head, parts.chat)
        LoadHandlers(known, warehouse, panel, records).bind(parts.loader, parts.panel, opened)
        records.bind(parts.loader.records, parts.panel)
        ReadingHandlers(known, warehouse).bind(parts.readings, opened)
    blocks.queue(default_concurrency_limit=16)
    return blocks


def conversation_opener(warehouse: Warehouse) -> OpenConversation:
    """Opens real conversations; what they need is imported when the first one is."""

    def open_one(session_id: str) -> Conversation:
        """The conversation of one session; the brain is loaded when it is first needed."""
        from assistant.conversation import open_conversation

        return open_conversation(warehouse, session_id)

    return open_one


def warm_up_conversations(warehouse: Warehouse) -> None:
    """Import what answers questions and read the vocabulary of the data, which is kept for all conversations."""
    from assistant.chat_model import planner_brain, service_brain

    with suppress(FenqunError):  # whoever asks is told; nobody has asked yet
        if service_brain(warehouse.config) is None:
            planner_brain(warehouse)


def _forget_readings(warehouse: Warehouse, user: str) -> None:
    from assistant.readings import Readings

    Readings(warehouse).forget_all(user)


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
        open_conversation: Opens what answers in a conversation, given its id; the real one when left out.

    Raises:
        InputError: The port is taken.
    """
    # Uploads hold personal data: they go to the operator's own folder, not to one that all users of the machine share.
    os.environ.setdefault("GRADIO_TEMP_DIR", str(warehouse.config.home.expanduser() / "uploads"))
    transcripts = Transcripts(warehouse.config.home.expanduser() / _TRANSCRIPTS_FILE)
    sessions = Sessions(open_conversation or conversation_opener(warehouse), transcripts, partial(_forget_readings, warehouse))
    warm_up = None if open_conversation else partial(warm_up_conversations, warehouse)
    run(build_app(warehouse, sessions, warm_up), sessions, host, port, ready, None if open_conversation else reading_keeper(warehouse))
