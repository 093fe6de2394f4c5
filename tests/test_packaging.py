"""A wheel carries everything that the code reads at run time, and nothing from elsewhere."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent


def _shipped(suffixes: tuple[str, ...]) -> set[str]:
    tops = ("assistant", "tools", "prompts")
    files = (path for top in tops for path in (ROOT / top).rglob("*") if path.suffix in suffixes and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in files}


def test_wheel_holds_code_and_data(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert _shipped((".py", ".sql", ".yaml", ".md", ".j2", ".css", ".js")) <= names
    assert {name.split("/")[0] for name in names} == {"assistant", "tools", "prompts"}


def test_locks_hold_no_addresses() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        lines = lock.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if "://" in line or line.startswith("--")], lock.name
        pinned = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert pinned
        assert all("==" in line for line in pinned), lock.name
