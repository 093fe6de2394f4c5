"""A refreshed shop of planted groups, made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.tools.segments.clusters.planted import SIX, Rows, cluster, plant, write
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse


@dataclass(frozen=True)
class Shop:
    """A refreshed warehouse and what was planted in it."""

    path: Path
    rows: Rows


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Six planted groups in a refreshed warehouse; read it, never write it."""
    rows = plant(SIX, seed=4, scale=0.6)
    path = tmp_path_factory.mktemp("planted") / "shop.duckdb"
    cluster(write(rows, path))
    return Shop(path, rows)


@pytest.fixture
def shop_copy(shop: Shop, tmp_path: Path) -> Warehouse:
    """A copy of it that a test may change."""
    return Warehouse(shutil.copy(shop.path, tmp_path / "copy.duckdb"), Settings(home=tmp_path))


@pytest.fixture
def ctx(shop: Shop, tmp_path: Path) -> Iterator[ToolContext]:
    """A reading context over it."""
    with open_context(Warehouse(shop.path, Settings(home=tmp_path))) as context:
        yield context


@pytest.fixture
def demo_context(demo_path: Path, tmp_path: Path) -> Iterator[ToolContext]:
    """A reading context over the loaded and refreshed demo."""
    with open_context(Warehouse(demo_path, Settings(home=tmp_path))) as context:
        yield context
