"""The addresses beside Gradio's: files, exports and feedback. Each serves only the browser whose cookie owns the conversation."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from assistant.ui.evidence import feedback_html
from assistant.ui.markdown import export
from assistant.ui.sessions import SESSION_COOKIE, Sessions, owner_of
from assistant.ui.texts import say
from assistant.ui.turns import Turn

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

_LONGEST_BODY = 20_000
_VERDICTS = ("right", "wrong", "")
Confirm = Callable[[str, Turn, Turn | None], bool]
"""Remembers how a question was read, or forgets it: whose it is, the judged turn, the one before it. Whether it is remembered."""


def add_routes(app: FastAPI, sessions: Sessions, confirm: Confirm | None) -> None:
    """Add the addresses to the application."""
    app.add_route("/download/{token}", _downloads(sessions), methods=["GET"])
    app.add_route("/conversations/{id}/export", _exports(sessions), methods=["GET"])
    app.add_route("/conversations/{id}/feedback", _feedback(sessions, confirm), methods=["POST"])


def _downloads(sessions: Sessions) -> Callable[[Request], Response]:
    from starlette.responses import FileResponse, PlainTextResponse, Response

    def download(request: Request) -> Response:
        """The file, where the browser that asks is the one it was made for."""
        found = sessions.find_download(request.cookies.get(SESSION_COOKIE, ""), request.path_params["token"])
        if found is not None and found.make is not None:
            return Response(found.make(), media_type=mimetypes.guess_type(found.name)[0], headers=_saved_as(found.name))
        if found is None or not found.path.is_file():  # the same for one that does not exist and one of somebody else
            return PlainTextResponse("There is no such file.", status_code=404)
        return FileResponse(found.path, filename=found.name, headers={"cache-control": "no-store"})

    return download


def _exports(sessions: Sessions) -> Callable[[Request], Response]:
    from starlette.responses import PlainTextResponse, Response

    def download(request: Request) -> Response:
        """The file, where the browser that asks is the one it was made for."""
        key, transcripts = request.cookies.get(SESSION_COOKIE), sessions.transcripts
        language = "zh" if request.query_params.get("language") == "zh" else "en"
        found = export(transcripts, owner_of(key), request.path_params["id"], language) if key and transcripts else None
        if found is None:  # the same for one that does not exist and one of somebody else
            return PlainTextResponse("There is no such conversation.", status_code=404)
        name, text = found
        return Response(text.encode(), media_type="text/markdown; charset=utf-8", headers=_saved_as(name))

    return download


def _feedback(sessions: Sessions, confirm: Confirm | None) -> Callable[[Request], Any]:
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import HTMLResponse, PlainTextResponse

    def judge(key: str, conversation: str, said: dict[str, Any]) -> str | None:
        """Keep what is said of an answer; what the page shows of it then."""
        talk = sessions.find_talk(key, conversation)
        turn = next((one for one in talk.turns if one.number == said["turn"]), None) if talk is not None else None
        if talk is None or turn is None:
            return None
        then = _verdict(turn)
        talk.judge(turn, said["verdict"], said["comment"])
        now = _verdict(turn)
        remembered = False
        if confirm is not None and now != then and (now or then == "right"):
            before = talk.turns[: talk.turns.index(turn)][-1:]
            remembered = confirm(talk.owner, turn, before[0] if before else None)
        word = "feedback_remembered" if remembered else "feedback_kept" if turn.feedback else "feedback_withdrawn"
        return feedback_html(turn, talk.id, said["language"], say(word, said["language"]))

    async def give(request: Request) -> Response:
        """Take what a page says of an answer."""
        # Only a script of the page itself can send JSON: a form of another page cannot.
        if not request.headers.get("content-type", "").startswith("application/json"):
            return PlainTextResponse("JSON is wanted.", status_code=415)
        said = _said(await request.body())
        key = request.cookies.get(SESSION_COOKIE, "")
        shown = await run_in_threadpool(judge, key, request.path_params["id"], said) if said else None
        if shown is None:
            return PlainTextResponse("There is no such answer.", status_code=404 if said else 400)
        return HTMLResponse(shown, headers={"cache-control": "no-store"})

    return give


def _verdict(turn: Turn) -> str:
    return turn.feedback.verdict if turn.feedback is not None else ""


def _said(body: bytes) -> dict[str, Any] | None:
    """What the page sent; None where it is not what the page sends."""
    try:
        sent = json.loads(body) if len(body) <= _LONGEST_BODY else None
    except ValueError:
        return None
    if not isinstance(sent, dict):
        return None
    turn, verdict, comment = sent.get("turn"), sent.get("verdict"), sent.get("comment")
    if not isinstance(turn, int) or verdict not in _VERDICTS or not isinstance(comment, str):
        return None
    return {"turn": turn, "verdict": verdict, "comment": comment, "language": "zh" if sent.get("language") == "zh" else "en"}


def _saved_as(name: str) -> dict[str, str]:
    return {"cache-control": "no-store", "content-disposition": f"attachment; filename*=utf-8''{quote(name)}"}
