"""Which currency amounts are in, as far as a source says so: by a column, the name of the amount, or signs beside its figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tools.ingest.types import TableMapping

EACH = "each"
"""The currency of a column whose rows are in different ones: each row's own sign tells."""

AMBIGUOUS = "¥"
"""The sign of the yuan and of the yen."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORDS: tuple[tuple[str, str], ...] = (
    ("HKD", r"hk\$|hkd|港币|港元|港幣"),
    ("TWD", r"nt\$|twd|新台币|台币|新臺幣"),
    ("SGD", r"s\$|sgd|新加坡元"),
    ("AUD", r"a\$|au\$|aud|澳元"),
    ("CAD", r"c\$|ca\$|cad|加元"),
    ("BRL", r"r\$|brl"),
    ("NZD", r"nz\$|nzd"),
    ("USD", r"us\$|usd|美元|美金|\$|dollars?"),
    ("EUR", r"€|eur|euros?|欧元"),
    ("GBP", r"£|gbp|英镑"),
    ("JPY", r"jpy|日元|日圆|円"),
    ("KRW", r"₩|krw|韩元"),
    ("INR", r"₹|inr|rs\."),
    ("RUB", r"₽|rub"),
    ("CNY", r"cny|rmb|人民币|人民幣|元整?|块"),
)
"""ISO code to what says it; the longer signs come first, for "$" and 元 are part of many."""

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_YEN_SIGN = re.compile(r"[¥￥]")


def _bounded(word: str) -> str:
    """A pattern that does not match inside a longer Latin word."""
    return rf"(?<![a-z]){word}(?![a-z])" if word[0].isascii() and word[0].isalpha() else word


def _bounded_in_sql(words: str) -> str:
    """The same for the database's expressions, which do not look behind."""
    latin = [word for word in words.split("|") if word[0].isascii() and word[0].isalpha()]
    others = [word for word in words.split("|") if word not in latin]
    return "|".join([*others, *([f"(^|[^a-z])({'|'.join(latin)})($|[^a-z])"] if latin else [])])


_SAID = re.compile("|".join(f"(?P<{code}>{'|'.join(map(_bounded, words.split('|')))})" for code, words in _WORDS), re.IGNORECASE)


def currency_of(name: str, values: Iterable[str | None], *, chinese: bool) -> str | None:
    """The currency that an amount's column is in.

    Args:
        name: The column's name, such as 金额(元).
        values: Some of its values, such as ¥12.50.
        chinese: Whether the source is Chinese, where ¥ is the yuan; elsewhere it is not guessed at.

    Returns:
        An ISO code; ``EACH`` when rows say different ones; None when nothing says.
    """
    found = {code for value in values if value and (code := code_of(value, chinese=chinese))}
    if len(found) > 1:
        return EACH
    return next(iter(found), None) or code_of(name, chinese=chinese)


def code_of(text: str, *, chinese: bool) -> str | None:
    """The ISO code that a text says; None when it says none."""
    said = _SAID.search(_CAMEL.sub(" ", text))
    if said:
        return said.lastgroup
    return "CNY" if chinese and _YEN_SIGN.search(text) else None


def is_chinese(names: Sequence[str]) -> bool:
    """Whether a source with columns of these names is written in Chinese."""
    return any(_HAN.search(name) for name in names)


def stated_currency(mapping: TableMapping) -> str | None:
    """What the amounts of a mapped table say of their currency, where no column of its own does."""
    if any(column.target == "orders.currency" for column in mapping.columns):
        return None
    targets = ("orders.amount", "order_lines.amount", "order_lines.unit_price", "orders.discount", "order_lines.discount")
    said = {column.target: column.currency for column in mapping.columns if column.currency}
    return next((said[target] for target in targets if target in said), None)


def currency_expression(text: str, *, chinese: bool) -> str:
    """SQL for the ISO code that the text of one row says; NULL when it says none."""
    yen = f" WHEN regexp_matches({text}, '[¥￥]') THEN 'CNY'" if chinese else ""
    cases = " ".join(f"WHEN regexp_matches(lower({text}), '{_bounded_in_sql(words)}') THEN '{code}'" for code, words in _WORDS)
    return f"CASE {cases}{yen} END"
