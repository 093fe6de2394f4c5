"""Compute the evidence and write it to docs/models.md.

python -m benchmarks.evidence [TOPIC ...] [--keep FOLDER]

With topics named, only those are computed and printed; the document is written when all were.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import shutil
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import yaml

from benchmarks.evidence.rows import EvidenceRow

HERE = Path(__file__).parent
DOCUMENT = HERE.parent.parent / "docs" / "models.md"
HEAD = ("data", "cut-off", "measure", "Fenqun", "peer", "peer's figure", "goal")


def main() -> None:
    """Compute, print, write."""
    book = yaml.safe_load((HERE / "topics.yaml").read_text(encoding="utf-8"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topics", nargs="*", choices=[*book["topics"], []])
    parser.add_argument("--keep", type=Path, help="folder for generated files, kept for the next run")
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="fenqun-evidence-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("FENQUN_HOME", str(folder / "home"))
    try:
        parts = [_part(name, book["topics"][name], folder) for name in arguments.topics or book["topics"]]
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    text = "\n".join([book["head"].format(environment=_environment()), *parts])
    print(text)
    if not arguments.topics:
        DOCUMENT.write_text(text, encoding="utf-8")


def _part(name: str, topic: dict[str, str], folder: Path) -> str:
    begun = time.perf_counter()
    rows: list[EvidenceRow] = importlib.import_module(f"benchmarks.evidence.{name}").evidence(_demo(folder), folder)
    seconds = time.perf_counter() - begun
    lines = [f"## {topic['title']}", "", topic["text"].strip(), ""]
    for model in dict.fromkeys(row.model for row in rows):
        lines += [f"**{model}**", "", f"| {' | '.join(HEAD)} |", "|" + "---|" * len(HEAD)]
        lines += [_line(row) for row in rows if row.model == model]
        lines.append("")
    lines.append(f"Reproduced by `python -m benchmarks.evidence {name}`, which took {seconds:.0f} s.\n")
    return "\n".join(lines)


def _line(row: EvidenceRow) -> str:
    cells = (row.data, row.cut_off, row.measure, row.figure, row.peer, row.peer_figure, row.goal)
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _demo(folder: Path) -> Path:
    """A loaded and refreshed demo warehouse, made once."""
    from tools.ingest.demo import load_demo_data
    from tools.segments.refresh import refresh
    from tools.warehouse.warehouse import Warehouse

    path = folder / "demo.duckdb"
    if not path.exists():
        load_demo_data(Warehouse(path))
        refresh(Warehouse(path))
    return path


def _environment() -> str:
    names = ("scikit-learn", "scipy", "numpy", "lifetimes")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {packages}"


if __name__ == "__main__":
    main()
