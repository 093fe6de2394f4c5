"""Kinds of files by their first bytes, whatever they are called; archives within their limits."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from tools.errors import FileProblem
from tools.sources.recognise import FileKind, looks_like_utf16, recognise
from tools.sources.unpack import FREE_BYTES, gunzip, transcode, unzip


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", b"a,b\n1,2\n", FileKind.TEXT),
        ("a.csv", b'\xef\xbb\xbf[{"a": 1}]', FileKind.JSON),
        ("a.xlsx", b"a,b\n1,2\n", FileKind.TEXT),
        ("a.csv", b"PAR1....", FileKind.PARQUET),
        ("a.csv", gzip.compress(b"a,b\n1,2\n"), FileKind.GZIP),
        ("a.csv", "a,b\n1,2\n".encode("utf-16"), FileKind.TEXT),
        ("a.txt", "订单,客户\n张三,李四\n".encode("utf-16-be"), FileKind.TEXT),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind.EXCEL),
        ("a.csv", b"{curly},b\n1,2\n", FileKind.TEXT),
    ],
)
def test_kind(tmp_path: Path, name: str, content: bytes, kind: FileKind) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert recognise(path) == kind


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\xef\xbb\xbf \r\n\n", "is empty"),
        ("a.csv", bytes(100), "zero bytes"),
        ("a.csv", b"%PDF-1.7", "a PDF"),
        ("a.csv", b"SQLite format 3\0", "an SQLite database"),
        ("a.csv", b"a,b\0c\n\1\2", "a binary file"),
        ("a.xls", b"<html><table><tr>", "a web page"),
        ("a.jsonl", b"{not json\n", "damaged or incomplete"),
        ("a.zip", b"PK\x03\x04 and nothing", "damaged or incomplete"),
    ],
)
def test_what_is_no_table(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(FileProblem, match=said) as caught:
        recognise(path)
    assert name in caught.value.zh
    assert caught.value.zh.endswith("。")


def test_utf_16_is_told_by_where_its_zero_bytes_are() -> None:
    assert looks_like_utf16("order,customer\n1,a\n".encode("utf-16-le")) == "utf-16-le"
    assert looks_like_utf16("order,customer\n1,a\n".encode("utf-16-be")) == "utf-16-be"
    assert looks_like_utf16(b"order,customer\n1,a\n") is None
    assert looks_like_utf16(bytes(range(256)) * 8) is None


def test_gunzip_and_what_grows_without_measure(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    good, bomb = tmp_path / "a.csv.gz", tmp_path / "b.csv.gz"
    good.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert gunzip(good, tmp_path / "out").read_bytes() == b"a,b\n1,2\n"
    bomb.write_bytes(gzip.compress(bytes(FREE_BYTES + 1), compresslevel=1))
    with pytest.raises(FileProblem, match=r"b\.csv\.gz unpacks to an absurd size"):
        gunzip(bomb, tmp_path / "out")


def test_members_never_leave_the_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deep/er/orders.csv", "a,b\n")
        archive.writestr("/etc/evil*.csv", "c,d\n")
        archive.writestr("__MACOSX/x.csv", "no")
        archive.writestr(".hidden.csv", "no")
    members = unzip(packed, out)
    assert [file.read_text() for _, file in members] == ["a,b\n", "c,d\n"]
    assert all(file.resolve().parent == out.resolve() and "*" not in file.name for _, file in members)


def test_transcoding_says_how_much_was_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("订单\n".encode("gb18030") + b"\xff\xff\n")
    target, replaced = transcode(path, "gb18030", tmp_path)
    assert target.read_text(encoding="utf-8").startswith("订单\n")
    assert replaced >= 1


def test_a_zip_of_an_unknown_method_is_not_called_damaged(tmp_path: Path) -> None:
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", "a,b\n1,2\n")
    data = bytearray(packed.read_bytes())
    # The method stands 8 bytes after the local signature and 10 after that of the directory; 97 is WavPack's.
    data[8:10] = data[data.index(b"PK\x01\x02") + 10 : data.index(b"PK\x01\x02") + 12] = (97).to_bytes(2, "little")
    packed.write_bytes(data)
    (tmp_path / "out").mkdir()
    with pytest.raises(FileProblem, match="packed by a method that cannot be unpacked here; unpack it and load the files"):
        unzip(packed, tmp_path / "out")
