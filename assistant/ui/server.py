"""The web server: Gradio's pages, and around them what guards and dresses them."""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from assistant.ui.quiet_gradio import gr
from assistant.ui.routes import Confirm, add_routes
from assistant.ui.sessions import SESSION_COOKIE, Sessions
from assistant.ui.theme import build_theme, read_static, static_path
from assistant.ui.transcripts import KEPT_SECONDS
from tools.errors import InputError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # Gradio compiles its templates in the page
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
"""Whatever an answer contains, the browser asks no other host: a picture in it cannot carry data away."""
_HEADERS = [
    (b"content-security-policy", _POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]
_TOKEN = re.compile(r"[\w-]{32}", re.ASCII)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class _SafeHeaders:
    """Adds the headers to every response without touching its stream."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_with_headers(message: Any) -> None:
            """Send on, with the headers that every response bears."""
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class _Dressed:
    """Puts the page's style and script into the page itself; Gradio would add them after the first drawing."""

    def __init__(self, app: Any, head: str) -> None:
        self._app = app
        self._head = head.encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        token = _token_of(scope["headers"]) or secrets.token_urlsafe(24)
        started: list[Any] = []
        body = bytearray()

        async def collect(message: Any) -> None:
            """Keep the page until it is whole, then finish it."""
            if message["type"] == "http.response.start":
                started.append(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self._finish(started[0], bytes(body), token, send)

        await self._app({**scope, "headers": plain}, receive, collect)

    async def _finish(self, start: Any, body: bytes, token: str, send: Any) -> None:
        dressed = body.replace(b"</head>", self._head + b"</head>", 1)
        headers = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
        headers.append((b"content-length", str(len(dressed)).encode()))
        kept = f"{SESSION_COOKIE}={token}; Path=/; Max-Age={KEPT_SECONDS:.0f}; HttpOnly; SameSite=Strict"
        headers += [(b"set-cookie", kept.encode()), (b"cache-control", b"no-store")]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": dressed})


def _token_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """What the browser's cookie holds, where it is one of ours."""
    sent = ";".join(value.decode("latin-1") for name, value in headers if name == b"cookie")
    pairs = (part.strip().partition("=") for part in sent.split(";"))
    return next((value for name, _, value in pairs if name == SESSION_COOKIE and _TOKEN.fullmatch(value)), "")


def build_server(blocks: gr.Blocks, sessions: Sessions, host: str, confirm: Confirm | None = None) -> FastAPI:
    """The whole application: files and feedback, then Gradio for everything else."""
    from fastapi import FastAPI
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    style, script = ("\n".join(read_static(f"{name}.{kind}") for name in ("app", "evidence")) for kind in ("css", "js"))
    app.add_middleware(_Dressed, head=f"<style>{style}</style><script>{script}</script>")
    app.add_middleware(_SafeHeaders)
    if host in _LOOPBACK:
        # A page elsewhere whose name resolves to this machine must not be able to read the data.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(_LOOPBACK))

    add_routes(app, sessions, confirm)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        allowed_paths=[],
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        favicon_path=str(static_path("favicon.png")),
        theme=build_theme(),
    )
    return mounted


def run(
    blocks: gr.Blocks,
    sessions: Sessions,
    host: str,
    port: int,
    ready: Callable[[str], None] | None,
    confirm: Confirm | None = None,
) -> None:
    """Serve until interrupted.

    Raises:
        InputError: The port is taken.
    """
    import uvicorn

    listener = _listen(host, port)
    taken = listener.getsockname()[1]
    config = uvicorn.Config(build_server(blocks, sessions, host, confirm), log_level="warning", timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    if ready is not None:
        _announce_when_started(server, ready, f"http://{host}:{taken}")
    with suppress(KeyboardInterrupt):  # how an operator ends it; the server has already closed its connections
        server.run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise InputError(
            f"Port {port} of {host} cannot be used ({error.strerror}); stop what uses it, or choose another: PORT=7861.",
            f"{host} 的端口 {port} 无法使用({error.strerror});请停止占用它的程序,或换一个端口:PORT=7861。",
        ) from error


def _announce_when_started(server: uvicorn.Server, ready: Callable[[str], None], address: str) -> None:
    start = server.startup

    async def startup(sockets: list[socket.socket] | None = None) -> None:
        """Start, then say where it listens."""
        await start(sockets=sockets)
        ready(address)

    server.startup = startup  # type: ignore[method-assign]
