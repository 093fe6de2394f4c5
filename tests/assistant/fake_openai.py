"""A local server that speaks the Chat Completions protocol, with streaming and tool calls, and misbehaves as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One answer of the server.

    ``text`` is streamed in pieces; ``calls`` are (tool, arguments as JSON text). ``status`` other than 200 is an error;
    ``stop_after`` closes the connection after so many pieces, ``end_early`` ends the stream in order but without a
    reason to finish, ``delay`` is waited before the first byte, ``usage`` is the prompt and completion tokens that it reports;
    ``retry_after`` is told with an error, and an ``endless`` text is repeated for ever.
    """

    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()
    status: int = 200
    stop_after: int | None = None
    end_early: bool = False
    delay: float = 0.0
    raw: str | None = None
    finish: str | None = None
    usage: tuple[int, int] | None = None
    retry_after: bool = True
    endless: bool = False


def call(tool: str, **arguments: Any) -> Reply:
    """A reply that calls one tool."""
    return Reply(calls=((tool, json.dumps(arguments)),))


Script = Callable[[dict[str, Any]], Reply]


@dataclass
class FakeOpenAI:
    """What the server was sent, and what it answers next: the replies in order, the last one for ever."""

    replies: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    url: str = ""

    def next_reply(self, body: str) -> Reply:
        self.bodies.append(body)
        self.times.append(time.monotonic())
        self.requests.append(json.loads(body))
        return self.replies[min(len(self.requests), len(self.replies)) - 1]


@contextmanager
def serve(replies: list[Reply]) -> Iterator[FakeOpenAI]:
    """Serve ``replies`` on a free port of the loopback address."""
    fake = FakeOpenAI(replies)
    stopping = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            fake.headers.append(f"{self.requestline}\n{self.headers}")
            reply = fake.next_reply(body)
            stopping.wait(reply.delay)
            try:
                self._error(reply) if reply.status != 200 else self._stream(reply)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def _error(self, reply: Reply) -> None:
            data = json.dumps({"error": {"message": "scripted", "type": "scripted", "code": reply.status}}).encode()
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/json")
            if reply.retry_after:
                self.send_header("retry-after-ms", "10")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _stream(self, reply: Reply) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            for index, piece in enumerate(_pieces(reply)):
                if reply.stop_after is not None and index >= reply.stop_after:
                    break
                self.wfile.write(piece.encode())
                self.wfile.flush()
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield fake
    finally:
        stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _pieces(reply: Reply) -> Iterator[str]:
    if reply.raw is not None:
        yield f"data: {reply.raw}\n\n"
        return
    yield _chunk({"role": "assistant", "content": ""})
    while True:
        for start in range(0, len(reply.text), 7):
            yield _chunk({"content": reply.text[start : start + 7]})
        if not reply.endless:
            break
    for index, (tool, arguments) in enumerate(reply.calls):
        head = {
            "index": index,
            "id": f"call_{time.monotonic_ns()}_{index}",
            "type": "function",
            "function": {"name": tool, "arguments": ""},
        }
        yield _chunk({"tool_calls": [head]})
        for start in range(0, len(arguments), 9):
            yield _chunk({"tool_calls": [{"index": index, "function": {"arguments": arguments[start : start + 9]}}]})
    if not reply.end_early:
        yield _chunk({}, reply.finish or ("tool_calls" if reply.calls else "stop"))
    if reply.usage:
        prompt, completion = reply.usage
        usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake"}
        yield f"data: {json.dumps({**head, 'choices': [], 'usage': usage})}\n\n"
    yield "data: [DONE]\n\n"


def _chunk(delta: dict[str, Any], finish: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": [choice]}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n"
