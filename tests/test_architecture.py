"""The import table, held as data: a module imports only what lies before it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BASE = "tools"
ORDER = {
    "tools/sources": {"tools/warehouse"},
    "tools/warehouse": set(),
    "tools/metrics": {"tools/warehouse"},
    "tools/features": {"tools/warehouse", "tools/metrics"},
    "tools/ingest": {"tools/warehouse", "tools/sources"},
    "tools/models": set(),
    "tools/segments": {"tools/models", "tools/features", "tools/metrics", "tools/warehouse"},
    "tools/actions": {"tools/segments", "tools/models", "tools/features", "tools/metrics", "tools/warehouse", "tools/ingest"},
}
FOREIGN = {
    # package: the folders that may import it
    "duckdb": ("tools/warehouse",),
    "sklearn": ("tools/models",),
    "scipy": ("tools/models",),
    "gradio": ("assistant/ui", "app.py"),
    "langchain": ("assistant",),
    "langchain_core": ("assistant",),
    "langchain_openai": ("assistant",),
    "langgraph": ("assistant",),
    "openai": ("assistant",),
}


def _modules() -> list[Path]:
    return [*sorted(p for top in ("tools", "assistant") for p in (ROOT / top).rglob("*.py")), ROOT / "app.py"]


def _layer(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    if parts[0] != "tools":
        return "/".join(parts[:-1]) or parts[0]
    return BASE if len(parts) == 2 else f"tools/{parts[1]}"


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            found.add(node.module or "")
    return found


def _target(name: str) -> str:
    parts = name.split(".")
    return BASE if len(parts) < 2 or (ROOT / "tools" / f"{parts[1]}.py").exists() else f"tools/{parts[1]}"


@pytest.mark.parametrize("path", _modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_follow_the_table(path: Path) -> None:
    layer = _layer(path)
    for name in _imports(path):
        top = name.split(".")[0]
        if top == "tools" and layer.startswith("tools/"):
            assert _target(name) in {layer, BASE} | ORDER[layer], f"{layer} imports {name}"
        if top == "tools" and layer == BASE:
            assert _target(name) == BASE, f"{path.name} imports {name}"
        if top == "assistant":
            assert not layer.startswith("tools"), f"{layer} imports {name}"
        if top in FOREIGN:
            assert layer.startswith(FOREIGN[top]), f"{layer} imports {name}"


def test_every_layer_is_in_the_table() -> None:
    folders = {f"tools/{p.name}" for p in (ROOT / "tools").iterdir() if p.is_dir() and (p / "__init__.py").exists()}
    assert folders == set(ORDER)
