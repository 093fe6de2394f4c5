"""Loading, refreshing and exporting on the command line: progress on standard error, the summary on standard output."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as RichTable
from rich.text import Text as RichText

from assistant.cli import ANSWERED, NOT_ANSWERED, speaking
from assistant.figures import render
from tools.contracts import Outcome, Text, Unit
from tools.errors import InputError
from tools.requests import ExportCustomers
from tools.segments.refresh import RefreshReport, refresh
from tools.warehouse.context import open_context
from tools.warehouse.warehouse import Warehouse

Tell = Callable[[Text, float], None]
_FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet"}
_REFRESHED = Text(
    zh="截至 {as_of}：{buyers} 位有订单的客户已评分，{segments} 个分群已更新。",
    en="As of {as_of}: {buyers} customers with orders scored, {segments} segments updated.",
)
_NOTHING_DATED = Text(zh="数据中没有订单或行为日期，因此没有评分。", en="The data hold no dated orders or events, so nothing was scored.")
_TOTALS = Text(
    zh="现有 {customers} 位客户、{orders} 笔订单，{first} 至 {last}，净额 {amount}。",
    en="Now {customers} customers and {orders} orders from {first} to {last}, net amount {amount}.",
)


def load_files(warehouse: Warehouse, paths: Sequence[Path], overrides: Mapping[str, str]) -> None:
    """Load the files, say what became of every row, and refresh."""
    from tools.ingest.load import load

    with _progress() as tell:
        report = load(warehouse, paths, overrides, tell)
    _summarise(warehouse, report)


def show_plan(warehouse: Warehouse, paths: Sequence[Path], overrides: Mapping[str, str]) -> None:
    """Say how every column would be read; nothing is stored."""
    from tools.ingest.load import plan_load

    language = speaking()
    for planned in plan_load(warehouse, paths, overrides).tables:
        headers = ("来源列", "目标", "把握") if language == "zh" else ("source", "target", "confidence")
        table = RichTable(*headers, title=RichText(f"{planned.mapping.source} ({planned.mapping.grain})"), title_justify="left")
        for column in planned.mapping.columns:
            mark = " ?" if column.source in planned.mapping.unsure else ""
            table.add_row(RichText(column.source), column.target or "-", render(column.confidence, Unit.SHARE, language) + mark)
        Console(highlight=False).print(table)
        if planned.problem:
            typer.echo(planned.problem.say(language))


def load_demo(warehouse: Warehouse) -> None:
    """Load the demo data and refresh."""
    from tools.ingest.demo import load_demo_data

    with _progress() as tell:
        report = load_demo_data(warehouse, tell)
    _summarise(warehouse, report)


def refresh_now(warehouse: Warehouse) -> None:
    """Refresh, and say what was made."""
    with _progress() as tell:
        report = refresh(warehouse, tell)
    typer.echo(_refreshed(report, speaking()))


def export_segment(warehouse: Warehouse, segment: str, to: Path, *, personal: bool, for_marketing: bool) -> int:
    """Write the segment's customers to ``to``; returns the exit status.

    Raises:
        InputError: The file's ending names no format, or no segment has the name.
    """
    from tools.actions.export import export_customers

    kind = _FORMATS.get(to.suffix.lower())
    if kind is None:
        raise typer.BadParameter(f"{to.name} must end in .csv, .xlsx or .parquet.", param_hint="--to")
    request = ExportCustomers.model_validate(
        {"customers": segment, "format": kind, "include_personal": personal, "for_marketing": for_marketing}
    )
    with open_context(warehouse) as context:
        result = export_customers(context, request)
    language = speaking()
    if result.outcome is not Outcome.ANSWERED or not result.files:
        typer.echo(result.message.say(language) if result.message else result.outcome.value, err=True)
        return NOT_ANSWERED
    _place(Path(result.files[0].path), to)
    rows = render(result.files[0].rows, Unit.COUNT, language, style="exact")
    typer.echo(f"{to}: {rows} {'行' if language == 'zh' else 'rows'}")
    for caveat in result.caveats:
        typer.echo(f"! {caveat.say(language)}")
    return ANSWERED


def _place(made: Path, to: Path) -> None:
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, to)
    except OSError as error:
        raise InputError(f"{to} cannot be written: {error.strerror}.", f"无法写入 {to}：{error.strerror}。") from error


def _summarise(warehouse: Warehouse, report: object) -> None:
    from tools.ingest.report import LoadReport

    assert isinstance(report, LoadReport)
    language = speaking()
    for line in report.lines(language):
        typer.echo(line)
    typer.echo(_totals(report, language, warehouse.currency))
    if report.changed or _stale(warehouse):
        refresh_now(warehouse)


def _totals(report: object, language: str, currency: str) -> str:
    def shown(name: str, unit: Unit) -> str:
        """One number of the report, unrounded."""
        return render(getattr(report, name), unit, language, currency, "exact")

    return _TOTALS.say(language).format(
        customers=shown("customers", Unit.COUNT),
        orders=shown("orders", Unit.COUNT),
        first=shown("first_date", Unit.DATE),
        last=shown("last_date", Unit.DATE),
        amount=shown("amount", Unit.MONEY),
    )


def _stale(warehouse: Warehouse) -> bool:
    """Whether a load was not followed by a refresh, because it was stopped in between."""
    from tools.warehouse.context import read_meta

    with warehouse.reading() as engine:
        return read_meta(engine, "refreshed_data_version") != (read_meta(engine, "data_version") or "0")


def _refreshed(report: RefreshReport, language: str) -> str:
    if report.as_of is None:
        return _NOTHING_DATED.say(language)
    said = _REFRESHED.say(language).format(as_of=report.as_of.isoformat(), buyers=f"{report.buyers:,}", segments=len(report.segments))
    return said + (f" {report.churn_reason.say(language)}" if report.churn_reason else "")


@contextmanager
def _progress() -> Iterator[Tell]:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0)
        yield lambda stage, fraction: progress.update(task, description=stage.say(speaking()), completed=fraction)
