"""The server without a browser: what it serves, and what it refuses."""

from __future__ import annotations

import http.client
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from assistant.ui.theme import read_static, static_path


def get(address: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=10)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_the_page_comes_dressed_and_guarded(scripted_address: str) -> None:
    response, body = get(scripted_address, "/", **{"Accept-Encoding": "gzip, br"})
    assert response.status == 200
    assert int(response.headers["content-length"]) == len(body)
    page = body.decode()
    assert read_static("app.css") in page
    assert "fonts.googleapis" not in page
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy


@pytest.mark.parametrize("path", ["/download/guess", "/download/../../etc/passwd", "/download/"])
def test_only_files_of_a_conversation_can_be_fetched(scripted_address: str, path: str) -> None:
    response, body = get(scripted_address, path)
    assert response.status in (404, 405)
    assert b"root:" not in body


@pytest.mark.parametrize("path", ["/etc/passwd", "app.py", "pyproject.toml", "none.duckdb"])
def test_gradio_serves_no_other_file(scripted_address: str, path: str) -> None:
    full = path if path.startswith("/") else str(Path(__file__).parents[3] / path)
    response, _ = get(scripted_address, f"/gradio_api/file={full}")
    assert response.status in (403, 404)


def test_another_host_name_is_refused(scripted_address: str) -> None:
    response, _ = get(scripted_address, "/", Host="evil.example")
    assert response.status == 400


def test_a_taken_port_is_said_in_one_sentence(scripted_address: str, tmp_path: Path) -> None:
    port = urlsplit(scripted_address).port
    code = f"""
from assistant.ui.server import _listen
from tools.errors import InputError
try:
    _listen("127.0.0.1", {port})
except InputError as error:
    print(error.en)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert f"Port {port} of 127.0.0.1 cannot be used" in done.stdout
    assert done.stdout.count("\n") == 1


def test_the_icon_is_ours(scripted_address: str) -> None:
    _, body = get(scripted_address, "/favicon.ico")
    assert body == static_path("favicon.png").read_bytes()
