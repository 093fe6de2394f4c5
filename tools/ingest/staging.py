"""Files to staged tables: each readable as rows of text, whatever it was written by."""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tools.errors import FileProblem
from tools.ingest.delimited import TextSource, stage_text
from tools.ingest.records import stage_json, stage_parquet
from tools.ingest.scratch import Scratch, working_folder
from tools.ingest.types import StagedTable
from tools.ingest.workbook import stage_workbook
from tools.settings import Settings
from tools.sources.files import expand_paths
from tools.sources.recognise import FileKind, recognise
from tools.sources.unpack import gunzip, unzip
from tools.warehouse.engine import Engine

_DEEPEST = 2
"""Archives inside archives are opened so deep: a gzip of a zip is, a zip of zips is not."""


@contextmanager
def staged_tables(engine: Engine, paths: Sequence[Path], config: Settings) -> Iterator[list[StagedTable]]:
    """The tables of all files behind ``paths``, readable on ``engine`` until the block ends; then nothing of them is left.

    Args:
        engine: A connection that may read files (not one of ``Warehouse.reading``) and make temporary tables.
        paths: Files, folders and patterns.
        config: Settings.

    Raises:
        FileProblem: One of the files cannot be loaded; the sentence says which, why, and what to do.
    """
    with working_folder() as folder:
        scratch = Scratch(engine, Path(folder))
        try:
            yield _stage_all(scratch, paths, config)
        finally:
            scratch.close()


def stage(engine: Engine, paths: Sequence[Path], config: Settings) -> list[StagedTable]:
    """As ``staged_tables``, for an engine that lives no longer than the tables are needed: what is temporary goes with it.

    Raises:
        FileProblem: One of the files cannot be loaded.
    """
    folder = working_folder()
    weakref.finalize(engine, folder.cleanup)
    return _stage_all(Scratch(engine, Path(folder.name)), paths, config)


def _stage_all(scratch: Scratch, paths: Sequence[Path], config: Settings) -> list[StagedTable]:
    del config  # limits are not settings so far
    tables: list[StagedTable] = []
    for path in expand_paths(paths):
        tables.extend(_stage_hashed(scratch, path, path.name, 0))
    return tables


def _stage_hashed(scratch: Scratch, path: Path, name: str, depth: int) -> list[StagedTable]:
    staged = _stage_file(scratch, path, name, depth)
    # Hashed last, so that a file that cannot be loaded is never read to its end. Members of archives have hashes of their own.
    if all(table.file_hash for table in staged):
        return staged
    digest = file_hash(path)
    return [_with_hash(table, digest) for table in staged]


def _with_hash(table: StagedTable, digest: str) -> StagedTable:
    check = table.check
    return replace(table, file_hash=digest, check=check and (lambda: replace(check(), file_hash=digest)))


def file_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stage_file(scratch: Scratch, path: Path, name: str, depth: int) -> list[StagedTable]:
    kind = recognise(path)
    if kind in (FileKind.GZIP, FileKind.ZIP):
        return _stage_archive(scratch, path, name, depth, kind)
    if kind == FileKind.EXCEL:
        return stage_workbook(scratch, path, name)
    if kind == FileKind.PARQUET:
        return [stage_parquet(scratch, path, name)]
    if kind == FileKind.JSON:
        return [stage_json(scratch, path, name)]
    return [stage_text(scratch, TextSource(path, name))]


def _stage_archive(scratch: Scratch, path: Path, name: str, depth: int, kind: FileKind) -> list[StagedTable]:
    if depth >= _DEEPEST:
        raise FileProblem(
            f"{name} is an archive inside archives; unpack it and load the tables themselves.",
            f"{name} 是多层嵌套的压缩包；请先解压，再载入里面的表格。",
        )
    if kind == FileKind.GZIP:
        return _stage_file(scratch, gunzip(path, scratch.folder), name, depth + 1)
    tables = []
    for member, file in unzip(path, scratch.folder):
        tables.extend(_stage_hashed(scratch, file, f"{name}/{member}", depth + 1))
    return tables
