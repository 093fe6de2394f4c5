"""The command line. Only what a command needs is imported, so that every command starts at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from assistant.quiet import silence_telemetry

if TYPE_CHECKING:
    from tools.errors import FenqunError
    from tools.warehouse.warehouse import Warehouse

ANSWERED, FAILED, USAGE, NOT_ANSWERED = 0, 1, 2, 3
INTERRUPTED, PIPE_CLOSED = 130, 141
LOG_FILE = "fenqun.log"

app = typer.Typer(
    name="fenqun",
    help="Fenqun (分群): ask about your customers in Chinese or English; every figure carries its receipt.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

WarehouseOption = Annotated[
    Path | None, typer.Option("--warehouse", metavar="PATH", help="The warehouse file; ~/.fenqun/fenqun.duckdb when left out.")
]


@app.command()
def load(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files or folders; together or not at all.")],
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="SOURCE=TARGET", help="Correct a column: --map 实付=orders.amount; an empty target leaves it out."),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show how the columns would be read; store nothing.")] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """Load CSV, TSV, Excel, Parquet or JSON lines files, then refresh."""
    from assistant.cli_jobs import load_files, show_plan

    overrides = _overrides(mapping or [])
    if plan:
        show_plan(_open(warehouse), paths, overrides)
    else:
        load_files(_open(warehouse), paths, overrides)


@app.command()
def demo(warehouse: WarehouseOption = None) -> None:
    """Load the demo: a real retailer's transactions (The Complete Journey), then refresh."""
    from assistant.cli_jobs import load_demo

    load_demo(_open(warehouse))


@app.command()
def refresh(warehouse: WarehouseOption = None) -> None:
    """Rebuild features, scores and segments from the loaded data."""
    from assistant.cli_jobs import refresh_now

    refresh_now(_open(warehouse))


@app.command()
def ask(
    questions: Annotated[list[str], typer.Argument(metavar="QUESTION...", help="Several questions are one conversation.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per question on standard output.")] = False,
    session: Annotated[str | None, typer.Option("--session", metavar="ID", help="Keep the conversation, and go on with it later.")] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Ask about the loaded data, in Chinese or English."""
    from assistant.cli_output import ask_all

    try:
        status = ask_all(_open(warehouse), questions, session, as_json)
    except KeyboardInterrupt:
        # A service that is silent would keep its thread, and so this process, alive until its time is up.
        sys.stdout.flush()
        os._exit(INTERRUPTED)
    raise typer.Exit(status)


@app.command()
def export(
    segment: Annotated[str, typer.Argument(metavar="SEGMENT", help="Id or name: champions, at_risk, 重要价值客户， ...")],
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where to: .csv, .xlsx or .parquet.")],
    personal: Annotated[bool, typer.Option("--personal", help="With names, phones and e-mails.")] = False,
    everyone: Annotated[bool, typer.Option("--everyone", help="Not for marketing: also customers without consent.")] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """Write the customers of a segment to a file."""
    from assistant.cli_jobs import export_segment

    raise typer.Exit(export_segment(_open(warehouse), segment, to, personal=personal, for_marketing=not everyone))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `fenqun ask --json` printed.")],
    warehouse: WarehouseOption = None,
) -> None:
    """Run a saved answer again and say whether each figure is the same."""
    from assistant.cli_replay import replay_file

    raise typer.Exit(replay_file(_open(warehouse), file))


@app.command()
def feedback(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per answer; `fenqun replay` reads it.")] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """List what operators said of answers in the web app: right, wrong, comments."""
    from assistant.cli_feedback import list_feedback

    list_feedback(_open(warehouse), as_json)


@app.command()
def readings(
    forget: Annotated[int | None, typer.Option("--forget", metavar="N", help="Forget the reading of this number.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per reading.")] = False,
    warehouse: WarehouseOption = None,
) -> None:
    """List how you confirmed that questions are to be read, or forget one of them."""
    from assistant.cli_readings import forget_reading, list_readings

    if forget is None:
        list_readings(_open(warehouse), as_json)
    else:
        raise typer.Exit(forget_reading(_open(warehouse), forget))


@app.command()
def serve(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, envvar="PORT", help="Port; 0 takes a free one.")] = 7860,
    host: Annotated[str, typer.Option("--host", help="Address; anything but 127.0.0.1 lets others of the network in.")] = "127.0.0.1",
    warehouse: WarehouseOption = None,
) -> None:
    """Serve the web app."""
    opened = _open(warehouse)
    from assistant.ui.app import serve as serve_app

    serve_app(opened, port, host, ready=lambda address: typer.echo(f"Fenqun 分群： {address}"))


def _open(path: Path | None) -> Warehouse:
    from tools.errors import InputError
    from tools.settings import settings
    from tools.warehouse.warehouse import Warehouse

    try:
        settings()
    except InputError as error:
        typer.echo(error.message(speaking()), err=True)
        raise typer.Exit(USAGE) from error
    _log_to_file(settings().home.expanduser())
    return Warehouse(path, settings())


def _overrides(pairs: list[str]) -> dict[str, str]:
    found = {}
    for pair in pairs:
        source, separator, target = pair.partition("=")
        if not separator or not source.strip():
            raise typer.BadParameter(f"{pair!r} is not SOURCE=TARGET, such as 实付=orders.amount.", param_hint="--map")
        found[source.strip()] = target.strip()
    return found


def main() -> NoReturn:
    """Run the command line and exit with its status; never a traceback for what an operator can mend."""
    silence_telemetry()
    sys.exit(run(lambda: app(prog_name="fenqun")))


def _log_to_file(home: Path) -> None:
    """What goes wrong inside is written to <home>/fenqun.log, not over the operator's screen."""
    import logging

    handler: logging.Handler = logging.NullHandler()
    try:
        home.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(home / LOG_FILE, encoding="utf-8", delay=True)
    except OSError:
        pass  # A home that cannot be written is told by the command that needs it.
    logging.basicConfig(handlers=[handler], level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")


def run(command: Callable[[], object]) -> int:
    """The exit status of ``command``, whatever happens in it."""
    from tools.errors import FenqunError

    try:
        command()
        sys.stdout.flush()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone; the interpreter must not try to write again when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except FenqunError as error:
        typer.echo(error.message(speaking()), err=True)
        return status_of(error)
    return ANSWERED


def status_of(error: FenqunError) -> int:
    """The exit status that says what ``error`` means."""
    from tools.errors import Blocked, NotEnoughData, UnsupportedQuestion

    return NOT_ANSWERED if isinstance(error, Blocked | NotEnoughData | UnsupportedQuestion) else FAILED


def speaking() -> str:
    """The language of the command line's own sentences: the setting's, else the terminal's."""
    chosen = os.environ.get("FENQUN_LANGUAGE", "auto")
    if chosen in ("zh", "en"):
        return chosen
    locale = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh" if locale.lower().startswith("zh") else "en"


if __name__ == "__main__":
    main()
