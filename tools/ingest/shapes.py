"""What the values of a column look like, from a sample."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.ingest.dates import DateShape, date_shape
from tools.ingest.formats import NULL_WORDS

_NUMBER = re.compile(
    r"[-+(]?\s*((US|HK|NT|NZ|AU?|CA?|S|R)?\$|[¥￥€£₩₽₹]|[A-Z]{3}\s)?\s*[-+]?\d[\d,. ']*\s*(e[+-]?\d+)?\s*"
    r"([万千亿元%)-]|[A-Za-z]{1,4}|件|个|岁|次)?\s*",
    re.IGNORECASE,
)
_MONEY = re.compile(r".*([¥￥$€£元万]|\.\d{2}$|,\d{2}$).*")
_ORDER_NUMBER = re.compile(r"#?[A-Z]{0,4}-?\d{3,}")
_FRACTION = re.compile(r"0?(\.\d+)?|\d{1,2}(\.\d+)?%")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_MOBILE = re.compile(r"(\+|00)?(86)?1[3-9]\d{9}")
_PHONE = re.compile(r"\+?\d{7,15}")
_PUNCTUATION = re.compile(r"[\s()\-.（）]|\.0$")
_DECIMAL_COMMA = re.compile(r"[^\d]*\d{1,3}(\.\d{3})*,\d{1,2}[^\d]*|[^\d]*\d+,\d{1,2}[^\d]*")
_DECIMAL_POINT = re.compile(r"[^\d]*[\d,]*\.\d{1,2}[^\d]*")


@dataclass(frozen=True)
class Shape:
    """Shares (0 to 1) are of the filled values; ``filled`` is that of the sampled rows."""

    filled: float
    distinct: float
    numbers: float
    money: float
    whole: float
    fractions: float
    emails: float
    phones: float
    mobiles: float
    order_numbers: float
    dates: DateShape
    decimal_comma: bool
    mean_length: float
    examples: tuple[str, ...]

    @property
    def is_unique(self) -> bool:
        """Whether no value occurs twice."""
        return self.filled > 0 and self.distinct >= 0.9999


def shape_of(values: Sequence[str | None]) -> Shape:
    """The shape of a column's sampled values."""
    texts = [text for value in values if value is not None and (text := value.strip()) and text.lower() not in NULL_WORDS]
    count = max(1, len(texts))
    compact = [_PUNCTUATION.sub("", text) for text in texts]
    commas, points = _count(_DECIMAL_COMMA, texts), _count(_DECIMAL_POINT, texts)
    return Shape(
        filled=len(texts) / max(1, len(values)),
        distinct=len(set(texts)) / count,
        numbers=_count(_NUMBER, texts) / count,
        money=_count(_MONEY, texts) / count,
        whole=sum(text.isdecimal() for text in texts) / count,
        fractions=_count(_FRACTION, texts) / count if any(text.strip("0.") for text in texts) else 0.0,
        emails=_count(_EMAIL, texts) / count,
        phones=_count(_PHONE, compact) / count,
        order_numbers=_count(_ORDER_NUMBER, texts) / count,
        mobiles=_count(_MOBILE, compact) / count,
        dates=date_shape(texts),
        decimal_comma=commas > 0 and commas > points,
        mean_length=sum(map(len, texts)) / count,
        examples=tuple(dict.fromkeys(texts))[:5],
    )


def _count(pattern: re.Pattern[str], texts: Sequence[str]) -> int:
    return sum(1 for text in texts if pattern.fullmatch(text))
