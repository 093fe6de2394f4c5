"""What kind of file it is, by its first bytes and never by its name."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import Path

from tools.errors import FileProblem
from tools.sources.problems import damaged

HEAD_BYTES = 65_536


class FileKind(StrEnum):
    """The kinds that can be loaded."""

    TEXT = "text"
    JSON = "json"
    PARQUET = "parquet"
    EXCEL = "excel"
    GZIP = "gzip"
    ZIP = "zip"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF", "PDF 文件"),
    (b"\x89PNG", "a picture", "图片"),
    (b"\xff\xd8\xff", "a picture", "图片"),
    (b"GIF8", "a picture", "图片"),
    (b"Rar!", "a RAR archive", "RAR 压缩包"),
    (b"7z\xbc\xaf", "a 7z archive", "7z 压缩包"),
    (b"PK\x05\x06", "an empty archive", "空的压缩包"),
    (b"BZh", "a bzip2 archive", "bzip2 压缩包"),
    (b"\xfd7zXZ", "an xz archive", "xz 压缩包"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "zstd 压缩包"),
    (b"SQLite format 3", "an SQLite database", "SQLite 数据库"),
    (b"\x7fELF", "a program", "程序"),
    (b"MZ\x90", "a program", "程序"),
    (b"{\\rtf", "an RTF document", "RTF 文档"),
    (b"ARROW1", "an Arrow file", "Arrow 文件"),
    (b"Obj\x01", "an Avro file", "Avro 文件"),
)
_JSON_NAMES = (".json", ".jsonl", ".ndjson")
_WEB_PAGE = (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style", b"<script")
_WORKBOOK_PARTS = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")


def recognise(path: Path) -> FileKind:
    """The kind of the file at ``path``, from its first 64 KB.

    Raises:
        FileProblem: It is empty, or of a kind that cannot be loaded.
    """
    head = read_head(path)
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise _empty(path, head)
    for signature, en, zh in _FOREIGN:
        if head.startswith(signature):
            raise _foreign(path, en, zh)
    if head.startswith(b"PAR1"):
        return FileKind.PARQUET
    if head.startswith(b"\x1f\x8b"):
        return FileKind.GZIP
    if head.startswith(_OLE):
        return FileKind.EXCEL
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(path)
    return _kind_of_text(path, head)


def read_head(path: Path, size: int = HEAD_BYTES) -> bytes:
    """The first ``size`` bytes.

    Raises:
        FileProblem: The file may not be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise FileProblem(
            f"{path.name} cannot be read ({error.strerror}); check the file and its permissions.",
            f"无法读取 {path.name}（{error.strerror}）；请检查文件及其权限。",
        ) from error


def looks_like_utf16(head: bytes) -> str | None:
    """The UTF-16 variant of text without a byte order mark, told by where its zero bytes are; None for anything else."""
    sample = head[: len(head) // 2 * 2][:4096]
    if len(sample) < 4 or b"\0" not in sample:
        return None
    high, low = sample[0::2], sample[1::2]
    # Chinese text has few zero bytes, but its delimiters and line ends always have one, on one and the same side.
    zeros_high, zeros_low = high.count(0), low.count(0)
    if min(zeros_high, zeros_low) > 0.02 * max(zeros_high, zeros_low) or max(zeros_high, zeros_low) < len(high) * 0.05:
        return None
    encoding = "utf-16-be" if zeros_high > zeros_low else "utf-16-le"
    try:
        text = sample.decode(encoding, errors="ignore")
    except UnicodeDecodeError:
        return None
    return encoding if all(character.isprintable() or character.isspace() for character in text[:500]) else None


def _kind_of_zip(path: Path) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise damaged(path.name) from error
    if any(part in names for part in _WORKBOOK_PARTS):
        return FileKind.EXCEL
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise _foreign(path, "an Office document that is no workbook", "不是工作簿的 Office 文档")
    return FileKind.ZIP


def _kind_of_text(path: Path, head: bytes) -> FileKind:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or looks_like_utf16(head):
        return FileKind.TEXT
    if b"\0" in head:
        raise _foreign(path, "a binary file", "二进制文件")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith(_WEB_PAGE) or (start.startswith(b"<?xml") and b"," not in start[:20]):
        raise _foreign(path, "a web page or XML", "网页或 XML")
    if start.startswith((b"{", b"[")) and _starts_json(start):
        return FileKind.JSON
    if start.startswith((b"{", b"[")) and path.suffix.lower() in _JSON_NAMES:
        # Bad JSON must not be taken for a table of text with a strange header.
        raise damaged(path.name)
    return FileKind.TEXT


def _starts_json(start: bytes) -> bool:
    rest = start[1:].lstrip()
    return rest.startswith((b'"', b"}")) if start.startswith(b"{") else rest.startswith((b"{", b"]"))


def _empty(path: Path, head: bytes) -> FileProblem:
    if head.strip(b"\xef\xbb\xbf\xff\xfe") and set(head) == {0}:
        return _foreign(path, "a file of zero bytes only", "全为零字节的文件")
    return FileProblem(f"{path.name} is empty; export it again with its rows.", f"{path.name} 是空文件；请重新导出带数据的文件。")


def _foreign(path: Path, en: str, zh: str) -> FileProblem:
    return FileProblem(
        f"{path.name} is {en}, not a table; save its data as CSV or XLSX and load that.",
        f"{path.name} 是{zh}，不是表格；请把数据另存为 CSV 或 XLSX 后再载入。",
    )
