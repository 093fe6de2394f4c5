"""Gradio, imported so that it stays on this machine and starts fast. Import it from here only, as ``gr``.

While it is imported, Gradio regenerates an editor stub beside each of its seventy-odd component modules. That takes
half of the import, needs a writable installation and races when two processes start at once; nothing at run time
reads the stubs, so their writer is replaced before the first component class is made.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from types import ModuleType

_WRITER_MODULE, _WRITER = "gradio.component_meta", "create_or_modify_pyi"


def _write_no_stub(*_: object) -> None:
    return None


class _Loader(importlib.abc.Loader):
    def __init__(self, real: importlib.abc.Loader) -> None:
        self._real = real

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """As the real loader does."""
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, then replace its writer."""
        self._real.exec_module(module)
        if hasattr(module, _WRITER):
            setattr(module, _WRITER, _write_no_stub)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The writer's module with our loader; every other is none of ours."""
        if fullname != _WRITER_MODULE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
sys.meta_path.insert(0, _Finder())

import gradio as gr  # noqa: E402

__all__ = ["gr"]
