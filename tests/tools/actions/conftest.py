"""A reading context over the loaded and refreshed demo; what is written goes to a folder of the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


@pytest.fixture
def demo(demo_path: Path, tmp_path: Path) -> Iterator[ToolContext]:
    with open_context(Warehouse(demo_path, Settings(home=tmp_path, threads=2))) as ctx:
        yield ctx
