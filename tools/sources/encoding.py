"""How the text of a file is encoded, judged by strict decoding of samples."""

from __future__ import annotations

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from tools.sources.recognise import looks_like_utf16

SAMPLE_BYTES = 131_072
_FEW_SIGNS = 3
_LIKELY_LAST_RESORTS = {"cp1252", "latin_1", "cp1250", "cp1251", "cp1254", "shift_jis", "cp932", "euc_jp", "euc_kr", "cp949", "mac_roman"}


def detect_encoding(path: Path) -> str:
    """The encoding's Python name: "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5hkscs", ….

    Samples from the beginning, the middle and the end are decoded strictly, so a file that is plain ASCII in all of them
    counts as UTF-8; a caller that meets other bytes later asks ``detect_where`` about them.
    """
    samples = _samples(path)
    head = samples[0]
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return looks_like_utf16(head) or guess_encoding(b"".join(_whole_lines(samples)))


def guess_encoding(text: bytes) -> str:
    """The encoding of whole lines of text that is not UTF-16."""
    if _decodes(text, "utf-8") or _is_mostly_utf8(text):
        return "utf-8"
    chinese = {encoding: _share_of_common(text, encoding) for encoding in ("gb18030", "big5hkscs")}
    best = max(chinese, key=lambda encoding: chinese[encoding])
    if chinese[best] >= 0.5:
        return best
    return _last_resort(text)


def first_foreign_lines(path: Path) -> bytes | None:
    """Lines around the first bytes that are not UTF-8, up to 64 KB; None when the whole file is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                begin = max(0, min(error.start, len(block) - 1) - 4096)
                return b"".join(_whole_lines([b"\n" + block[begin : begin + 65_536]]))
    return None


def _samples(path: Path) -> list[bytes]:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= 3 * SAMPLE_BYTES:
            return [file.read()]
        parts = []
        for position in (0, size // 2, size - SAMPLE_BYTES):
            file.seek(position)
            parts.append(file.read(SAMPLE_BYTES))
        return parts


def _whole_lines(samples: list[bytes]) -> list[bytes]:
    # A sample may start and end inside a character; a line feed is never part of one in these encodings.
    if len(samples) == 1 and not samples[0].startswith(b"\n"):
        return samples
    whole = []
    for position, sample in enumerate(samples):
        begin = 0 if position == 0 and len(samples) > 1 else sample.find(b"\n") + 1
        end = sample.rfind(b"\n")
        whole.append(sample[begin : end + 1] if end > begin else b"")
    return whole


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(text: bytes) -> bool:
    """Whether nearly all that is not ASCII reads as UTF-8, so that the rest are damaged characters of it."""
    decoded = text.decode("utf-8", errors="replace")
    foreign = [character for character in decoded if ord(character) > 127]
    damaged = foreign.count("\ufffd")
    several_bytes = len(foreign) - damaged
    return several_bytes > 0 and damaged <= several_bytes


def _share_of_common(text: bytes, encoding: str) -> float:
    """Share of everyday Chinese characters and full-width signs among what is not ASCII; 0 when it does not decode."""
    try:
        decoded = text.decode(encoding)
    except UnicodeDecodeError:
        return 0.0
    foreign = [character for character in decoded if ord(character) > 127]
    if not foreign:
        return 0.0
    everyday = sum(_is_everyday(character, encoding) for character in foreign)
    return everyday / len(foreign)


def _is_everyday(character: str, encoding: str) -> bool:
    # Level 1 of both character sets: sorted by use, so wrongly decoded text falls outside of it.
    if "　" <= character <= "〟" or "！" <= character <= "￥":
        return True
    raw = character.encode(encoding, errors="ignore")
    low, high = (0xB0, 0xD7) if encoding == "gb18030" else (0xA4, 0xC6)
    return len(raw) == 2 and low <= raw[0] <= high and (encoding != "gb18030" or raw[1] >= 0xA1)


def _last_resort(text: bytes) -> str:
    if len({byte for byte in text if byte > 127}) <= _FEW_SIGNS and _decodes(text, "cp1252"):
        # A pound sign or two tell nothing of a language; this is the encoding of most such files.
        return "cp1252"
    best = from_bytes(text[:SAMPLE_BYTES], cp_isolation=sorted(_LIKELY_LAST_RESORTS)).best()
    return best.encoding if best is not None else "cp1252"
