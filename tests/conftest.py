"""What every test shares: no network but loopback, settings of its own, and one loaded demo warehouse."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

for _name in [name for name in os.environ if name.startswith(("FENQUN_", "OPENAI_", "LANGSMITH_", "LANGCHAIN_"))]:
    del os.environ[_name]
# Subprocesses cannot reach out either: a closed port stands in for every proxy.
os.environ.update(
    HTTP_PROXY="http://127.0.0.1:9",
    HTTPS_PROXY="http://127.0.0.1:9",
    NO_PROXY="127.0.0.1,localhost,::1",
    FENQUN_THREADS="2",
    OMP_NUM_THREADS="2",
)


class NetworkBanned(AssertionError):
    """A test tried to reach another machine."""


def _allowed(address: object) -> bool:
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    try:
        return host in ("localhost", "") or ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    real_connect = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        if not _allowed(address):
            raise NetworkBanned(f"a test tried to connect to {address!r}")
        real_connect(self, address)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        yield


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing is written to the real home folder."""
    from tools.settings import settings

    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FENQUN_HOME", str(home))
        settings.cache_clear()
        yield home
    settings.cache_clear()


@pytest.fixture(scope="session")
def demo_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, loaded and refreshed once; read it, never write it."""
    from tools.ingest.demo import load_demo_data
    from tools.segments.refresh import refresh
    from tools.warehouse.warehouse import Warehouse

    path = tmp_path_factory.mktemp("demo") / "demo.duckdb"
    warehouse = Warehouse(path)
    load_demo_data(warehouse)
    refresh(warehouse)
    return path


@pytest.fixture
def demo_copy(demo_path: Path, tmp_path: Path) -> Path:
    """A copy of the loaded demo that a test may change."""
    return Path(shutil.copy(demo_path, tmp_path / "copy.duckdb"))
