"""Encodings are told by strict decoding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.sources.encoding import detect_encoding, first_foreign_lines

CHINESE = "订单号,客户姓名,城市,备注\n1,张伟,上海,请尽快发货\n2,李娜,北京,\n" * 50
TRADITIONAL = "訂單號,客戶姓名,城市,備註\n1,張偉,臺北,請儘快發貨\n2,李娜,高雄,\n" * 50
FRENCH = "order;produit\n1;Café crème\n2;Thé à la menthe\n3;Pâté\n" * 20
BRITISH = "invoice,description\n1,GIFT £5 VOUCHER\n2,RED MUG £3.50\n" * 20


@pytest.mark.parametrize(
    ("text", "written", "detected"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (FRENCH, "cp1252", "cp1252"),
        (BRITISH, "cp1252", "cp1252"),
        ("id,name\n1,x\n", "ascii", "utf-8"),
    ],
)
def test_detect(tmp_path: Path, text: str, written: str, detected: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode(written))
    found = detect_encoding(path)
    assert found == detected or path.read_bytes().decode(found) == text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_samples_cut_inside_characters(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(("号" + CHINESE * 300).encode(encoding))
    assert detect_encoding(path) == encoding


def test_first_foreign_lines(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n" * 400_000 + "张,伟\n".encode("gb18030") + b"c,d\n")
    found = first_foreign_lines(path)
    assert found is not None
    assert "张,伟\n".encode("gb18030") in found
    path.write_bytes(CHINESE.encode())
    assert first_foreign_lines(path) is None
