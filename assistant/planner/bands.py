"""Comparisons of age and income where the data have bands only: the bands that fit wholly."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_NUMBERS = re.compile(r"(\d+(?:\.\d+)?)\s*(k?)")
_BANDED = ("age_band", "income_band")
_EXTREMES = ("lowest", "highest", "最低", "最高", "最小", "最大")
_ENDLESS = Decimal("Infinity")
_COUNT = re.compile(r"\d+\+?")
_WAYS = (">=", "<=", ">", "<")


def band_condition(field: str, comparison: Sense, vocabulary: Vocabulary) -> dict[str, Any]:
    """A condition on ``field`` ("age"), or on its bands ("age_band") where the data have those only.

    A comparison that cuts through bands takes those that lie wholly inside, or, where none does, those that it touches.
    """
    op, value = comparison.data["op"], comparison.data["value"]
    bands = vocabulary.values.get(f"{field}_band", [])
    if not bands or vocabulary.values.get(field):
        return {"field": field, "op": op, "value": [int(one) for one in value] if isinstance(value, list) else int(value)}
    low, high = _range(op, value)
    inside = [band for band in bands if low <= band_range(band)[0] and band_range(band)[1] <= high]
    inside = inside or [band for band in bands if band_range(band)[0] < high and low < band_range(band)[1]]
    return {"field": f"{field}_band", "op": "in", "value": inside}


def extreme_bands(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """“The lowest income band”, “年龄段最高的客户”: the first or last band of the data as a value."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        joined = _extreme(tokens, at, vocabulary)
        found.append(joined or tokens[at])
        at += 2 if joined else 1
    return found


def bands_from(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """“100-124K起”, "income 75-99K and up", “家里4口人以上”, "at least 2 kids": what is named and those above or below it."""
    found: list[Token] = []
    for token in tokens:
        before = found[-1] if found else None
        suffix, op = token.get("suffix_op", *_WAYS), before.get("op", *_WAYS) if before is not None else None
        if before is not None and suffix is not None and _is_ordered(before, vocabulary):
            found[-1] = _ranged(before, token, before, suffix.id, vocabulary)
        elif before is not None and op is not None and _is_count(token, vocabulary):
            found[-1] = _ranged(before, token, token, op.id, vocabulary)
        else:
            found.append(token)
    return found


def _dimension(token: Token) -> str:
    value = token.get("value")
    return str(value.data["dimension"]) if value is not None else ""


def _is_ordered(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether a token names a band, or a number of people, that others are above or below of."""
    return _dimension(token) in _BANDED or _is_count(token, vocabulary)


def _is_count(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether a token is a value of an attribute that counts: "2", "3+"."""
    dimension = _dimension(token)
    known = vocabulary.values.get(dimension, []) if dimension.startswith("attribute.") else []
    return len(known) > 1 and all(_COUNT.fullmatch(one) for one in known)


def _ranged(first: Token, last: Token, named: Token, way: str, vocabulary: Vocabulary) -> Token:
    """Both tokens as one value: what is named and all above or below it, or these alone."""
    value = named.get("value")
    assert value is not None
    edge, bands = band_range(str(value.data["value"])), vocabulary.values.get(str(value.data["dimension"]), [])
    others = [one for one in bands if (band_range(one)[0] > edge[0] if way in (">=", ">") else band_range(one)[0] < edge[0])]
    meant = others if way in (">", "<") and others else [str(value.data["value"]), *others]
    return merged([first, last], Sense("value", f"{value.id}{way}", {**value.data, "value": meant[0], "also": meant[1:]}))


def _extreme(tokens: list[Token], at: int, vocabulary: Vocabulary) -> Token | None:
    pair, after = tokens[at : at + 2], tokens[at + 2 : at + 4]
    for rank, named in (pair, pair[::-1]) if len(pair) == 2 else ():
        ranking = rank.get("rank", "largest", "smallest")
        dimension = next((sense.id for sense in named.senses if sense.kind == "dimension" and sense.id in _BANDED), None)
        bands = vocabulary.values.get(dimension, []) if dimension else []
        if ranking is None or rank.text not in _EXTREMES or not bands or any(token.is_("by") for token in after):
            continue
        if named is pair[0] and not (len(after) == 2 and after[0].text == "的" and after[1].is_("noun")):
            continue
        band = (max if ranking.id == "largest" else min)(bands, key=band_range)
        data = {"dimension": dimension, "value": band}
        return merged(list(pair), Sense("value", f"{dimension}={band}", data))
    return None


def _range(op: str, value: Any) -> tuple[Decimal, Decimal]:
    if op == "between":
        return Decimal(value[0]), Decimal(value[1])
    step = Decimal(1) if op in (">", "<") else Decimal(0)
    if op in (">", ">="):
        return Decimal(value) + step * 0, _ENDLESS
    return (Decimal(0), Decimal(value)) if op in ("<", "<=") else (Decimal(value), Decimal(value))


def band_range(band: str) -> tuple[Decimal, Decimal]:
    """The bounds of a band such as "45-54", "65+", "Under 15K" or "100-124K"."""
    text = band.lower()
    found = _NUMBERS.findall(text)
    thousand = any(k for _, k in found)
    numbers = [Decimal(number) * (1000 if thousand else 1) for number, _ in found]
    if not numbers:
        return Decimal(0), _ENDLESS
    if "under" in text or "<" in text or "以下" in text:
        return Decimal(0), numbers[0]
    return (numbers[0], numbers[1]) if len(numbers) > 1 else (numbers[0], _ENDLESS)
