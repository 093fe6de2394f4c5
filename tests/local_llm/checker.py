"""An independent look at an answer: which numbers, dates and names in it nothing supports. Shares no code with the product's own checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SCALES = {"": 1.0, "%": 0.01, "％": 0.01, "k": 1e3, "m": 1e6, "b": 1e9, "万": 1e4, "亿": 1e8, "千": 1e3, "百万": 1e6}
NUMBER = re.compile(r"(?<![A-Za-z\d])(\d[\d,]*(?:\.\d+)?)\s?(%|％|[KMBkmb](?![A-Za-z])|百万|万|亿|千)?")
# "One", 一个 and 一位 are articles, "second" and 第二 are places in a list.
NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|thirds?|quarters?|fifths?|tenths?|double[ds]?|twice|triple[ds]?|"
    r"majority)\b|(?<!第)(?!一[个种位名])[一二两三四五六七八九十百千万亿]+(?:[个位名单笔天元成折倍件家种]|分之)|一半|半数|翻倍|翻番",
    re.I,
)
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS = re.compile(r"\b(?:January|February|March|April|June|July|August|September|October|November|December)\b")
LIST_NUMBER = re.compile(r"(?m)^\s*(?:[-*#>]+\s*)?(?:\*\*)?\(?\d{1,2}[.)](?!\d)")
CAPITAL = re.compile(r"[A-Z][A-Za-z]+")
STARTS = re.compile(r"(?:^|[.!?:;\u3002\uff01\uff1f\uff1a\n\"“(|*#`>-])\s*[\"“(*_#>-]*\s*$")
PRODUCT = ("RFM", "AIPL", "VIP", "SVIP", "CLV", "AUC", "SQL", "CSV", "XLSX", "Excel", "ID", "OK", "I", "AOV")


@dataclass(frozen=True)
class Support:
    """What an answer may rest on.

    Args:
        values: Every number of a figure or table cell.
        words: The question, and every word of labels, tables and the tools' own sentences, in lower case.
    """

    values: tuple[float, ...]
    words: str


def support_of(record: dict[str, Any]) -> Support:
    """Everything that supports the record's answer."""
    answer = record["answer"]
    cells = [cell for table in answer["tables"] for row in table["rows"] for cell in row]
    found = [*cells, *(figure["value"] for figure in answer["figures"])]
    texts = [record["question"], *record["texts"], *map(str, found), *_strings(answer["tables"]), *_strings(answer["figures"])]
    texts += [*_strings(answer["receipts"]), *_strings(answer["files"]), *answer["caveats"], *answer["choices"]]
    return Support(tuple(number for value in found for number in _as_number(value)), "\n".join(texts).lower())


def unsupported(text: str, support: Support, vocabulary: frozenset[str], data_names: Iterable[str]) -> list[str]:
    """The numbers, dates and names of ``text`` that nothing supports."""
    for example in _fixed_lines():
        text = text.replace(f"“{example}”", " ") if " " in example else text
    fixed = _fixed_lines()
    plain = LIST_NUMBER.sub("", "\n".join(line for line in text.splitlines() if line.strip(" -") not in fixed))
    return [
        *_numbers(plain, support),
        *(found[0] for found in NUMBER_WORDS.finditer(plain) if found[0].lower() not in support.words),
        *(found[0] for found in MONTHS.finditer(plain) if not _knows_month(found[0], support)),
        *(name for name in data_names if _says(plain, name) and name.lower() not in support.words),
        *_capitals(plain, support, vocabulary),
    ]


def _fixed_lines() -> frozenset[str]:
    """Example questions that the product itself proposes, as its files write them."""
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("prompts/**/*.yaml")]
    return frozenset(quoted for text in texts for quoted in re.findall(r'"([^"\n{}]{6,})"', text))


def _numbers(text: str, support: Support) -> Iterator[str]:
    for found in NUMBER.finditer(text):
        digits, scale = found[1].rstrip(",").replace(",", ""), SCALES[(found[2] or "").lower()]
        places = len(digits.partition(".")[2])
        slack = 0.5000001 * 10**-places * scale
        fits = any(abs(abs(value) - float(digits) * scale) <= slack for value in support.values)
        if not fits and not re.search(rf"(?<![\d.]){re.escape(digits)}(?![\d]|\.\d)", support.words.replace(",", "")):
            yield found[0]


def _knows_month(month: str, support: Support) -> bool:
    number = MONTH_NAMES.index(month.lower()[:3]) + 1
    return month.lower() in support.words or re.search(rf"\d{{4}}-{number:02d}(?!\d)", support.words) is not None


def _says(text: str, name: str) -> bool:
    return re.search(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", text) is not None


def _capitals(text: str, support: Support, vocabulary: frozenset[str]) -> Iterator[str]:
    for found in CAPITAL.finditer(text):
        word = found[0].lower()
        known = word in vocabulary or word.rstrip("s") in vocabulary or word in support.words or found[0] in PRODUCT
        if not known and not STARTS.search(text[: found.start()]):
            yield found[0]


def vocabulary() -> frozenset[str]:
    """Words that the documentation writes in lower case, so that their capitals name nothing."""
    texts = [path.read_text(encoding="utf-8") for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("prompts/**/*.*"))]
    return frozenset(word for text in texts for word in re.findall(r"(?<![A-Za-z])[a-z]{2,}(?![A-Za-z])", text))


def _as_number(value: object) -> list[float]:
    if isinstance(value, bool) or value is None:
        return []
    try:
        return [float(str(value))]
    except ValueError:
        return []


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for part in parts for text in _strings(part)]
