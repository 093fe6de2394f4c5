"""Starts the web app on http://127.0.0.1:$PORT; on the very first start the demo data are loaded before."""

from __future__ import annotations

import os
import sys

import typer

from assistant.cli import run, speaking
from tools.errors import InputError, UnsupportedQuestion
from tools.settings import settings
from tools.warehouse.context import read_meta
from tools.warehouse.warehouse import Warehouse


def start() -> None:
    """Prepare the warehouse where that is still to be done, then serve until interrupted."""
    port, warehouse = _port(), Warehouse(config=settings())
    _prepare(warehouse)
    from assistant.ui.app import serve

    serve(warehouse, port, ready=lambda address: typer.echo(f"Fenqun 分群  {address}"))


def _port() -> int:
    given = os.environ.get("PORT", "").strip() or "7860"
    if not given.isdecimal() or int(given) > 65535:
        raise InputError(f"PORT={given} is not a port; give a number from 0 to 65535.", f"PORT={given} 不是端口号;请填 0 到 65535 的数字。")
    return int(given)


def _prepare(warehouse: Warehouse) -> None:
    loaded, refreshed = _versions(warehouse)
    if loaded == refreshed and loaded is not None:
        return
    from assistant.cli_jobs import load_demo, refresh_now

    if loaded is not None:
        refresh_now(warehouse)
        return
    try:
        load_demo(warehouse)
    except UnsupportedQuestion as error:
        # Without the demo's package the page still serves, and offers to load files.
        typer.echo(error.message(speaking()), err=True)


def _versions(warehouse: Warehouse) -> tuple[str | None, str | None]:
    if not warehouse.exists:
        return None, None
    with warehouse.reading() as engine:
        return read_meta(engine, "data_version"), read_meta(engine, "refreshed_data_version")


if __name__ == "__main__":
    sys.exit(run(start))
