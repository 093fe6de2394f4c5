"""app.py from the outside: what it does before it serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("port", "language", "sentence"), [("abc", "en", "PORT=abc is not a port"), ("70000", "zh", "PORT=70000 不是端口号")]
)
def test_a_port_that_is_none_is_said_in_one_sentence(port: str, language: str, sentence: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PORT": port, "FENQUN_HOME": str(tmp_path), "FENQUN_LANGUAGE": language}
    done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == [], "nothing was loaded"
