"""Paths as an operator gives them (files, folders, patterns) to the files behind them."""

from __future__ import annotations

import difflib
import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.errors import FileProblem
from tools.sources.recognise import recognise

_TEXT_SUFFIXES = {"csv", "tsv", "tab", "txt", "psv", "dat", "json", "jsonl", "ndjson"}
DATA_SUFFIXES = frozenset(_TEXT_SUFFIXES | {"xlsx", "xlsm", "xls", "xlsb", "ods", "parquet", "pq", "gz", "zip"})
"""Names by which files of a folder are taken for data; a file named by itself is judged by its content alone."""

MOST_FILES = 2_000


def expand_paths(paths: Sequence[Path]) -> list[Path]:
    """The files to load, each once, those of a folder (and its subfolders) sorted by name.

    A path that does not exist and has ``*``, ``?`` or ``[`` is a pattern. Of a folder, hidden files and files that are no
    data are left out.

    Raises:
        FileProblem: A path does not exist, is no regular file, may not be read, or leads to nothing loadable.
    """
    if not paths:
        raise FileProblem("No file was given; name at least one file or folder.", "没有给出文件；请至少指定一个文件或文件夹。")
    found: dict[Path, Path] = {}
    for path in paths:
        for file in _expand(Path(path).expanduser()):
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _expand(path: Path) -> list[Path]:
    try:
        if path.is_dir():
            return _folder(path)
        if path.exists():
            return [_readable(path)]
    except PermissionError as error:
        raise _forbidden(path) from error
    except (OSError, ValueError) as error:
        raise FileProblem(
            f"{str(path)[:200]} cannot be a path; check its name.", f"{str(path)[:200]} 不是有效的路径；请检查名称。"
        ) from error
    files = [file for match in _matches(path) for file in (_folder(match) if match.is_dir() else [_readable(match)])]
    if not files:
        raise _missing(path)
    return files


def _matches(pattern: Path) -> list[Path]:
    if not glob.has_magic(str(pattern)):
        return []
    found = sorted(glob.glob(str(pattern), recursive=True))  # noqa: PTH207 - Path.glob refuses absolute patterns
    return [Path(match) for match in found if not Path(match).name.startswith("~$")]


def _folder(folder: Path) -> list[Path]:
    files = sorted(file for file in _walk(folder) if _is_data(file))
    if not files:
        raise FileProblem(
            f"The folder {folder} has no file that can be loaded; it should hold CSV, TSV, Excel, Parquet or JSON files.",
            f"文件夹 {folder} 中没有可载入的文件；里面应有 CSV、TSV、Excel、Parquet 或 JSON 文件。",
        )
    if len(files) > MOST_FILES:
        raise FileProblem(
            f"The folder {folder} has more than {MOST_FILES:,} data files; name a smaller folder or the files themselves.",
            f"文件夹 {folder} 中的数据文件超过 {MOST_FILES:,} 个；请指定更小的文件夹或具体文件。",
        )
    return [_readable(file) for file in files]


def _walk(folder: Path) -> Iterator[Path]:
    # Links to folders are not followed, so that a loop of links ends.
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        yield from (Path(where) / name for name in names if not name.startswith((".", "~$")))


def _is_data(file: Path) -> bool:
    if not file.is_file() or file.suffix.lower().removeprefix(".") not in DATA_SUFFIXES:
        return False
    try:
        # Text files of a folder that are prose are found out by the reader; other binary files are left out here.
        recognise(file)
    except FileProblem:
        return file.suffix.lower() not in {".txt", ".dat"}
    return True


def _readable(file: Path) -> Path:
    if not file.is_file():
        raise FileProblem(
            f"{file} is a device or a pipe, not a file; save it as a file first.", f"{file} 是设备或管道而不是文件；请先存为文件。"
        )
    if not os.access(file, os.R_OK):
        raise _forbidden(file)
    return file


def _forbidden(path: Path) -> FileProblem:
    return FileProblem(
        f"{path} may not be read by this user; change its permissions or copy it elsewhere.",
        f"当前用户无权读取 {path}；请修改权限或复制到别处。",
    )


def _missing(path: Path) -> FileProblem:
    close: list[str] = []
    if path.parent.is_dir():
        close = difflib.get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=3, cutoff=0.6)
    near_en = f"; did you mean {', '.join(close)}?" if close else "; check the path."
    near_zh = f"；是否想用 {'、'.join(close)}？" if close else "；请检查路径。"
    return FileProblem(f"There is no file or folder {path}{near_en}", f"找不到文件或文件夹 {path}{near_zh}")
