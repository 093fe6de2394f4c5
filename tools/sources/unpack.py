"""Archives and foreign encodings to plain UTF-8 files in a working folder, with limits on what they may grow to."""

from __future__ import annotations

import codecs
import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tools.errors import FileProblem
from tools.sources.problems import damaged

BLOCK = 1 << 20
FREE_BYTES = 64 << 20
"""What any archive may grow to."""
LARGEST_RATIO = 150
"""Beyond ``FREE_BYTES``, how many times its packed size an archive may grow to; tables of text reach 5 to 30."""
MOST_MEMBERS = 500
LARGEST_WORKBOOK = 2 << 30
"""Bytes that the parts of a workbook may unpack to."""


class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes:
        """The next bytes, at most ``size`` of them."""


def gunzip(path: Path, folder: Path) -> Path:
    """Unpack a gzip file into ``folder``.

    Raises:
        FileProblem: It is damaged, cut short, or grows beyond all measure.
    """
    target = _free_name(folder, path.name.removesuffix(".gz") or "data")
    try:
        with gzip.open(path, "rb") as source:
            _copy(source, target, path, path.stat().st_size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise damaged(path.name) from error
    return target


def unzip(path: Path, folder: Path) -> list[tuple[str, Path]]:
    """Unpack the tables of a zip archive into ``folder``: their names in the archive and the files.

    Raises:
        FileProblem: It is damaged, encrypted, nested, empty, packed by a method that is not known, or grows beyond all measure.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not _left_out(member)]
            _check_members(path, members)
            return [(member.filename, _extract(archive, member, folder, path)) for member in members]
    except NotImplementedError as error:  # what zipfile raises for a method of packing that it does not know
        raise FileProblem(
            f"{path.name} is packed by a method that cannot be unpacked here; unpack it and load the files themselves.",
            f"{path.name} 的压缩方式无法在这里解开；请先解压，再载入里面的文件。",
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise damaged(path.name) from error


def check_workbook(path: Path) -> None:
    """Refuse a zipped workbook whose parts unpack to more than fits in memory.

    Raises:
        FileProblem: They do.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > LARGEST_WORKBOOK or unpacked > max(FREE_BYTES * 4, LARGEST_RATIO * path.stat().st_size):
        raise _bomb(path)


def transcode(path: Path, encoding: str, folder: Path) -> tuple[Path, int]:
    """Write ``path`` as UTF-8 into ``folder``; return the file and how many characters could not be read (they become �)."""
    target = _free_name(folder, path.name)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    replaced = 0
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as sink:
        for block in _blocks(source):
            text = decoder.decode(block)
            replaced += text.count("�")
            sink.write(text)
        sink.write(decoder.decode(b"", final=True))
    return target, replaced


def _blocks(source: _Readable) -> Iterator[bytes]:
    while block := source.read(BLOCK):
        yield block


def _copy(source: _Readable, target: Path, origin: Path, packed: int) -> None:
    limit = max(FREE_BYTES, LARGEST_RATIO * packed)
    written = 0
    with target.open("wb") as sink:
        for block in _blocks(source):
            written += len(block)
            if written > limit:
                raise _bomb(origin)
            if written % (64 * BLOCK) < BLOCK and shutil.disk_usage(target.parent).free < 64 * BLOCK:
                raise FileProblem(
                    f"There is no room on the disk to unpack {origin.name}; free some space or unpack it elsewhere.",
                    f"磁盘空间不足，无法解压 {origin.name}；请清理空间或在别处解压后再载入。",
                )
            sink.write(block)


def _left_out(member: zipfile.ZipInfo) -> bool:
    parts = Path(member.filename).parts
    return member.is_dir() or any(part.startswith((".", "~$", "__MACOSX")) for part in parts)


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise FileProblem(f"{path.name} has no files in it; pack the tables again.", f"{path.name} 里没有文件；请重新打包表格。")
    if any(member.flag_bits & 1 for member in members):
        raise FileProblem(
            f"{path.name} is protected by a password; unpack it and load the files themselves.",
            f"{path.name} 有密码保护；请先解压，再载入里面的文件。",
        )
    if any(member.filename.lower().endswith((".zip", ".7z", ".rar")) for member in members):
        raise FileProblem(
            f"{path.name} has archives inside it; unpack it and load the tables themselves.",
            f"{path.name} 里还有压缩包；请先解压，再载入里面的表格。",
        )
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or unpacked > max(FREE_BYTES, LARGEST_RATIO * path.stat().st_size):
        raise _bomb(path)


def _extract(archive: zipfile.ZipFile, member: zipfile.ZipInfo, folder: Path, origin: Path) -> Path:
    # Only the last part of the name is used, so a member cannot be written outside the folder.
    target = _free_name(folder, Path(member.filename).name)
    with archive.open(member) as source:
        _copy(source, target, origin, max(member.compress_size, 1))
    return target


def _free_name(folder: Path, name: str) -> Path:
    # Names with *, ? or [ would be patterns to the reader.
    safe = "".join(character if character.isalnum() or character in "._-" else "_" for character in name)[-80:]
    return folder / f"{sum(1 for _ in folder.iterdir())}_{safe}"


def _bomb(path: Path) -> FileProblem:
    return FileProblem(
        f"{path.name} unpacks to an absurd size and was not opened; unpack it yourself if you trust it, and load the tables.",
        f"{path.name} 解压后大得不合常理，已拒绝打开；如确认可信，请自行解压后载入里面的表格。",
    )
