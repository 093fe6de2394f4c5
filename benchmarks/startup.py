"""How long the web app takes from its start until its page is served."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent


def seconds_until_served(warehouse: Path, limit: float = 60) -> float:
    """Start the app on a free loopback port, wait for its page, stop it.

    Raises:
        TimeoutError: The page was not served within ``limit`` seconds.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "FENQUN_WAREHOUSE": str(warehouse)}
    begun = time.perf_counter()
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while time.perf_counter() - begun < limit:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
                    page.read()
                return time.perf_counter() - begun
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        raise TimeoutError(f"no page within {limit} s")
    finally:
        server.terminate()
        server.wait(10)
