"""Figures as an operator reads them: one exact value, rendered by unit and language, in prose and in the words of tools alike."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from tools.contracts import FigureValue, Unit

EXACT_BELOW = 10_000
"""Money and means below this are shown in full."""
COUNTED_BELOW = 1_000_000
"""Counts below this are shown in full: who asks how many wants the number."""

_SCALES = {
    "en": ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "K")),
    "zh": ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")),
}
_PERCENT = frozenset({Unit.SHARE, Unit.PROBABILITY, Unit.CHANGE, Unit.POINTS})
_UNKNOWN = {"zh": "无数据", "en": "n/a"}
_YES = {True: {"zh": "是", "en": "yes"}, False: {"zh": "否", "en": "no"}}


def render(value: FigureValue, unit: Unit, language: str, currency: str = "$", style: str = "") -> str:
    """``value`` as text for a sentence.

    Args:
        value: The exact value.
        unit: What it measures.
        language: "zh" or "en".
        currency: Symbol before money.
        style: "" is rounded for reading; "exact" is unrounded; "abs" leaves the sign out; "bare" leaves the unit's word out.
    """
    if value is None:
        return _UNKNOWN[language]
    if isinstance(value, bool):
        return _YES[value][language]
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str) or unit in (Unit.TEXT, Unit.ID):
        return str(value)
    number = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return _UNKNOWN[language]
    return _number(abs(number) if style == "abs" else number, unit, language, currency, style)


def _number(number: Decimal, unit: Unit, language: str, currency: str, style: str) -> str:
    if unit in _PERCENT:
        return _percent(number, unit, language, style)
    if unit is Unit.MONEY:
        sign = "-" if number < 0 else ""
        return sign + currency + _scaled(abs(number), language, style, places=2)
    if unit is Unit.COUNT:
        return _scaled(number, language, style, places=0, below=COUNTED_BELOW)
    if unit is Unit.DAYS:
        return _days(number, language, style)
    if unit is Unit.RATIO:
        return plain(number, 2 if style == "exact" else 1) + {"zh": "倍", "en": "×"}[language]
    return _scaled(number, language, style, places=2, trim=True)


def _scaled(number: Decimal, language: str, style: str, places: int, trim: bool = False, below: int = EXACT_BELOW) -> str:
    if style != "exact" and abs(number) >= below:
        for scale, word in _SCALES[language]:
            # 999,999 must read 1M, not 1000K, so the step is taken on the rounded number.
            if _rounded(abs(number) / scale, 2) >= 1:
                return plain(number / scale, _digits(number / scale)) + word
    whole = number == number.to_integral_value() and style != "exact"
    if trim or whole:
        return plain(number, places)
    return f"{_rounded(number, places):,f}"


def _digits(scaled: Decimal) -> int:
    return 2 if abs(scaled) < 100 else 1


def plain(number: Decimal, places: int) -> str:
    """``number`` rounded half up to at most ``places`` decimals, with thousands separators and without trailing zeros."""
    text = f"{_rounded(number, places):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _percent(share: Decimal, unit: Unit, language: str, style: str) -> str:
    percent = share * 100
    text = plain(percent, 4 if style == "exact" else _percent_places(percent))
    if unit is Unit.CHANGE and percent > 0 and style != "abs":
        text = "+" + text
    if unit is not Unit.POINTS:
        return text + "%"
    return text + {"zh": "个百分点", "en": " percentage points"}[language]


def _percent_places(percent: Decimal) -> int:
    """One decimal, or as many as it takes not to read as 0 % or 100 % what is neither."""
    for places in (1, 2, 3):
        if _rounded(percent, places) not in (0, 100) or percent in (0, 100):
            return places
    return 4


def _days(number: Decimal, language: str, style: str) -> str:
    text = plain(number, 1)
    if style == "bare":
        return text
    if language == "zh":
        return text + "天"
    return text + (" day" if text == "1" else " days")
