"""From files to the warehouse: plan a load, then do it; several files together or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.contracts import Text
from tools.errors import InputError, UnknownName
from tools.ingest.bookkeeping import LoadedFile, loaded_files, summarise
from tools.ingest.grains import check_mapping
from tools.ingest.mapping import propose
from tools.ingest.pipeline import Source, store_sources
from tools.ingest.report import LoadPlan, LoadReport, PlannedTable, Progress, TableReport
from tools.ingest.staging import staged_tables
from tools.ingest.types import StagedTable, TableMapping
from tools.warehouse.engine import Engine
from tools.warehouse.identifiers import quote
from tools.warehouse.scratch import scratch_engine
from tools.warehouse.warehouse import Warehouse

SAMPLES = 5
"""Values of each column that a plan shows."""

SAMPLED_ROWS = 500

_Pair = tuple[StagedTable, TableMapping]

_LOOKING = Text(zh="正在识别文件格式和列", en="Looking at the files and their columns")
_DONE = Text(zh="载入完成", en="Loaded")


def plan_load(warehouse: Warehouse, paths: Sequence[Path], overrides: Mapping[str, str] | None = None) -> LoadPlan:
    """What ``load`` would do with the files; stores nothing.

    Args:
        warehouse: Looked at to tell what was loaded before; need not exist.
        paths: Files and folders.
        overrides: Source column, or "file:column" where several files have it, to target ("orders.amount"), as an operator
            corrected them.

    Raises:
        FileProblem: A file cannot be read as it is.
        UnknownName: An override names no column of the files.
    """
    known = _known_files(warehouse)
    with scratch_engine(warehouse.config) as engine, staged_tables(engine, paths, warehouse.config) as tables:
        pairs = _map(engine, tables, overrides or {})
        return LoadPlan(tables=tuple(_plan_table(engine, staged, mapping, known) for staged, mapping in pairs))


def load(
    warehouse: Warehouse, paths: Sequence[Path], overrides: Mapping[str, str] | None = None, progress: Progress | None = None
) -> LoadReport:
    """Load files into the warehouse, all together in one transaction; files that were loaded before change nothing.

    Features, scores and segments are not made here: when the report says ``changed``, the caller (command line, web app)
    runs ``tools.segments.refresh.refresh``, which opens the warehouse for writing itself.

    Args:
        warehouse: Where to; its file is made when missing.
        paths: Files and folders.
        overrides: Source column, or "file:column" where several files have it, to target ("orders.amount"), as an operator
            corrected them.
        progress: Told what is being done and the share done; an exception it raises stops the load, and nothing is stored.

    Raises:
        FileProblem: A file cannot be read as it is.
        InputError: A needed column is missing, or an override names no column of the files.
        WarehouseBusy: Another process holds the warehouse.
    """
    tell = progress or (lambda _stage, _fraction: None)
    with warehouse.writing() as engine:
        tell(_LOOKING, 0.0)
        with staged_tables(engine, paths, warehouse.config) as tables:
            report = _store(engine, _map(engine, tables, overrides or {}), tell)
    tell(_DONE, 1.0)
    return report


def _store(engine: Engine, pairs: list[_Pair], tell: Progress) -> LoadReport:
    known = loaded_files(engine)
    new, old = _split(pairs, known)
    unchanged, notes = _unchanged(old), _other_mapping(old, known)
    for _, mapping in new:
        check_mapping(mapping)
    if not new:
        return summarise(engine, changed=False, tables=unchanged).model_copy(update={"notes": tuple(notes)})
    sources = [Source(staged, mapping) for staged, mapping in new]
    report = store_sources(engine, sources, lambda stage, fraction: tell(stage, 0.02 + 0.97 * fraction))
    return report.model_copy(update={"tables": (*report.tables, *unchanged), "notes": (*report.notes, *notes)})


def _map(engine: Engine, staged: Sequence[StagedTable], overrides: Mapping[str, str]) -> list[_Pair]:
    known = [name for table in staged for name in (*table.columns, *(f"{table.source}:{column}" for column in table.columns))]
    for name in overrides:
        if name not in known:
            raise UnknownName("column in these files", "列", name, [column for table in staged for column in table.columns])
    return [(table, propose(engine, table, _own_overrides(table, overrides))) for table in staged]


def _own_overrides(table: StagedTable, overrides: Mapping[str, str]) -> dict[str, str]:
    """What the overrides say of one table; "file:column" is for that file alone and wins over "column"."""
    found = {column: overrides[column] for column in table.columns if column in overrides}
    qualified = {column: f"{table.source}:{column}" for column in table.columns}
    return found | {column: overrides[name] for column, name in qualified.items() if name in overrides}


def _split(pairs: Sequence[_Pair], known: Sequence[LoadedFile]) -> tuple[list[_Pair], list[_Pair]]:
    """Tables to load, and those whose content is in the warehouse, or twice among the given files."""
    hashes = {file.file_hash for file in known}
    given: set[tuple[str, str]] = set()
    new: list[_Pair] = []
    old: list[_Pair] = []
    for staged, mapping in pairs:
        sheet = staged.source.partition("[")[2]
        repeated = staged.file_hash in hashes or (staged.file_hash, sheet) in given
        (old if repeated else new).append((staged, mapping))
        given.add((staged.file_hash, sheet))
    return new, old


def _unchanged(pairs: Sequence[_Pair]) -> tuple[TableReport, ...]:
    return tuple(
        TableReport(source=staged.source, grain=mapping.grain, rows_in=0, rows_accepted=0, rows_rejected=0, already_loaded=True)
        for staged, mapping in pairs
    )


def _other_mapping(pairs: Sequence[_Pair], known: Sequence[LoadedFile]) -> list[Text]:
    """Say so when a file that is loaded already was given with another mapping, which has no effect."""
    mappings: dict[str, list[TableMapping]] = {}
    for file in known:
        if file.mapping != "{}":
            mappings.setdefault(file.file_hash, []).append(TableMapping.model_validate_json(file.mapping))
    return [
        Text(
            zh=f"{staged.source} 此前用另一种列对应关系载入过；要换用新的对应关系，请载入到新的数据仓库（--warehouse）。",
            en=f"{staged.source} was loaded before with another mapping; to use the new one, load into a new warehouse (--warehouse).",
        )
        for staged, mapping in pairs
        if staged.file_hash in mappings and _targets(mapping) not in [_targets(known_) for known_ in mappings[staged.file_hash]]
    ]


def _targets(mapping: TableMapping) -> dict[str, str | None]:
    return {column.source: column.target for column in mapping.columns}


def _known_files(warehouse: Warehouse) -> list[LoadedFile]:
    if not warehouse.exists:
        return []
    with warehouse.reading() as engine:
        return loaded_files(engine)


def _plan_table(engine: Engine, unchecked: StagedTable, mapping: TableMapping, known: Sequence[LoadedFile]) -> PlannedTable:
    staged = unchecked.checked()
    return PlannedTable(
        mapping=mapping,
        samples=_samples(engine, staged),
        rows=staged.row_count if staged.row_count is not None else _count(engine, staged),
        already_loaded=staged.file_hash in {file.file_hash for file in known},
        notes=staged.notes,
        problem=_problem(mapping),
    )


def _count(engine: Engine, staged: StagedTable) -> int:
    return int(engine.rows(f"SELECT count(*) FROM {staged.relation}")[0][0])


def _samples(engine: Engine, staged: StagedTable) -> dict[str, list[str]]:
    columns = ", ".join(quote(column) for column in staged.columns)
    table = engine.query(f"SELECT {columns} FROM {staged.relation} LIMIT {SAMPLED_ROWS}")
    return {
        name: list(dict.fromkeys(value for value in table.column(number).to_pylist() if value))[:SAMPLES]
        for number, name in enumerate(staged.columns)
    }


def _problem(mapping: TableMapping) -> Text | None:
    try:
        check_mapping(mapping)
    except InputError as error:
        return Text(zh=error.zh, en=error.en)
    return None
