"""How the values of one mapped column are read: SQL expressions in DuckDB's dialect over VARCHAR columns.

Each expression tries the plain cast first and the forgiving reading only on rows where that fails, so plain columns
cost one cast. What cannot be read becomes NULL; text that stands for "nothing" (empty, NULL, N/A, -) too. To tell the
two apart, compare with ``text_expression``: a value that has text but no reading is unparseable.
"""

from __future__ import annotations

from collections.abc import Iterable

from tools.ingest.types import ColumnMapping
from tools.warehouse.identifiers import quote

EPOCH_SECONDS = "epoch_seconds"
EPOCH_MILLISECONDS = "epoch_milliseconds"
EXCEL_SERIAL = "excel_serial"
ISO = "iso"
DATE_WORDS = (ISO, EPOCH_SECONDS, EPOCH_MILLISECONDS, EXCEL_SERIAL)
"""Values of ``ColumnMapping.date_format`` that are not strptime patterns."""
_EPOCH_UNITS = {EPOCH_SECONDS: 1_000_000, EPOCH_MILLISECONDS: 1_000}

NULL_WORDS = ("", "null", "none", "nil", "n/a", "na", "nan", "#n/a", "-", "--", "—", "——", "/", "\\n", "无", "空", "暂无", "未知", "nat")
"""What sources write for "nothing", in lower case."""

_YES = (
    "true",
    "t",
    "yes",
    "y",
    "1",
    "1.0",
    "on",
    "subscribed",
    "opt-in",
    "是",
    "有",
    "同意",
    "已同意",
    "订阅",
    "已订阅",
    "接受",
    "允许",
    "真",
)
_NO = (
    "false",
    "f",
    "no",
    "n",
    "0",
    "0.0",
    "off",
    "unsubscribed",
    "opt-out",
    "否",
    "没有",
    "不同意",
    "未同意",
    "未订阅",
    "退订",
    "已退订",
    "拒绝",
    "不允许",
    "假",
)
_LONGEST_NULL_WORD = max(len(word.encode()) for word in NULL_WORDS)
_BLANKS = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(12288) || chr(65279)"
_ODD_STARTS = (39, 61, 160, 12288, 65279)
_ODD_ENDS = ("\u00a0", "\u3000", "\ufeff")
_FULL_WIDTH = "０１２３４５６７８９，．：／－＋（）％￥＄　−–"
_HALF_WIDTH = "0123456789,.:/-+()%¥$ --"
_CURRENCY = (
    r"\s*(人民币|新台币|台币|港币|港元|美元|美金|欧元|英镑|日元|日圆|韩元|澳元|加元|元整|cny|rmb|usd|us\$|hk\$|nt\$|nz\$|au?\$|ca?\$|s\$|r\$|"
    r"eur|gbp|jpy|hkd|twd|sgd|aud|cad|nzd|krw|inr|chf|brl|rub|[¥$€£₩₽₹元块圆円])\s*"
)
_UNITS = r"\s*(件|个|個|只|隻|瓶|盒|箱|斤|岁|歲|次|分|天|秒|台|套|pcs|pc|kg|%)$"
_MULTIPLIERS = {"亿億": 8, "万萬w": 4, "千k": 3, "m": 6}
"""Exponents of ten by the letters that stand for them."""
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p", " %p %I:%M", " %p %I:%M:%S")
_MONTH_NAMES = ("%d-%b-%y", "%d-%b-%Y", "%d-%B-%Y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%a %b %d %Y", "%a %d %b %Y")
_YEAR_FIRST = ("%Y-%m-%d", "%Y%m%d")
_COMPACT = ("%Y%m%d%H%M%S", "%Y%m%d%H%M")


def text_expression(mapping: ColumnMapping, column: str | None = None) -> str:
    """VARCHAR: the value without blanks around it and without Excel's text markers; NULL where it means nothing.

    Args:
        mapping: The column's mapping.
        column: SQL to read instead of the mapped column itself.
    """
    return _text(_column(mapping, column))


def id_expression(mapping: ColumnMapping, column: str | None = None) -> str:
    """VARCHAR: as text, and without the ``.0`` that spreadsheets leave behind whole numbers (17850.0 is 17850)."""
    text = text_expression(mapping, column)
    raw = _column(mapping, column)
    return f"CASE WHEN suffix({raw}, '.0') THEN regexp_replace({text}, '^([0-9]+)\\.0$', '\\1') ELSE {text} END"


def number_expression(mapping: ColumnMapping, column: str | None = None, scale: int = 3) -> str:
    """DECIMAL(18, scale): thousands separators, signs, brackets, 万 / 千 and units such as 件 are understood."""
    return _decimal(_column(mapping, column), scale, mapping.decimal_comma)


def money_expression(mapping: ColumnMapping, column: str | None = None, scale: int = 2) -> str:
    """DECIMAL(18, scale), in currency units: as numbers, and currency signs and words are understood."""
    return _decimal(_column(mapping, column), scale, mapping.decimal_comma)


def date_expression(mapping: ColumnMapping, column: str | None = None) -> str:
    """TIMESTAMP, as written: offsets such as +08:00 are dropped, never applied. Cast to DATE where a day is wanted."""
    raw = _column(mapping, column)
    if mapping.date_format in _EPOCH_UNITS:
        return _epoch(raw, _EPOCH_UNITS[mapping.date_format])
    forgiving = f"CASE WHEN {raw} IS NOT NULL THEN {_forgiving_date(raw, mapping.day_first)} END"
    if mapping.date_format == EXCEL_SERIAL:
        return f"COALESCE({_excel_serial(raw)}, {forgiving})"
    if mapping.date_format == ISO:
        # The cast takes PM for the name of a time zone, and drops it.
        return f"COALESCE(CASE WHEN NOT suffix({raw}, 'M') AND NOT suffix({raw}, 'm') THEN TRY_CAST({raw} AS TIMESTAMP) END, {forgiving})"
    if mapping.date_format:
        return f"COALESCE(TRY_STRPTIME({raw}, {_literal(mapping.date_format)}), {forgiving})"
    return forgiving


def phone_expression(mapping: ColumnMapping, column: str | None = None) -> str:
    """VARCHAR: digits only, without China's 86 before a mobile number; NULL with fewer than 7 or more than 15 digits.

    +86 138-0013-8000, 86 13800138000 and 13800138000.0 are all 13800138000.
    """
    text = f"regexp_replace({_half_width(_text(_column(mapping, column)))}, '\\.0$', '')"
    digits = f"regexp_replace({text}, '[^0-9]', '', 'g')"
    national = f"regexp_replace({digits}, '^(00)?86(1[3-9][0-9]{{9}})$', '\\2')"
    return f"CASE WHEN length({digits}) BETWEEN 7 AND 15 THEN {national} END"


def email_expression(mapping: ColumnMapping, column: str | None = None) -> str:
    """VARCHAR: lower case, without blanks; NULL where it has not the shape of an address."""
    text = f"lower(regexp_replace({_half_width(_text(_column(mapping, column)))}, '\\s|^mailto:', '', 'g'))"
    return f"CASE WHEN regexp_full_match({text}, '[^@\\s]+@[^@\\s]+\\.[^@\\s.]+') THEN {text} END"


def boolean_expression(mapping: ColumnMapping, column: str | None = None) -> str:
    """BOOLEAN: yes / no in both languages, and 1 / 0."""
    text = f"lower({_text(_column(mapping, column))})"
    return f"CASE WHEN {one_of(text, _YES)} THEN TRUE WHEN {one_of(text, _NO)} THEN FALSE END"


def value_expression(mapping: ColumnMapping, column: str | None = None) -> str:
    """The expression that the mapping's ``kind`` asks for (see ``ColumnMapping.kind``)."""
    readers = {
        "id": id_expression,
        "number": number_expression,
        "money": money_expression,
        "date": date_expression,
        "datetime": date_expression,
        "boolean": boolean_expression,
    }
    return readers.get(mapping.kind, text_expression)(mapping, column)


def _column(mapping: ColumnMapping, column: str | None) -> str:
    return column or quote(mapping.source)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def one_of(text: str, values: Iterable[str | int]) -> str:
    """BOOLEAN SQL: whether ``text`` is one of ``values``; an IN of five or more becomes a join computed for every row."""
    listed = ", ".join(_literal(value) if isinstance(value, str) else str(value) for value in values)
    return f"(list_position([{listed}], {text}) IS NOT NULL)"


def _text(raw: str) -> str:
    # Trimming all kinds of blanks costs ten times a look at both ends, so only values with odd ends pay for it.
    # Conditions stay inside CASE: elsewhere the engine computes repeated parts beforehand, for every row.
    start_plain = f"ord({raw}) > 32 AND NOT {one_of(f'ord({raw})', _ODD_STARTS)}"
    end_plain = f"right({raw}, 1) > ' ' AND NOT {one_of(f'right({raw}, 1)', _ODD_ENDS)}"
    trimmed = f"trim({raw}, {_BLANKS})"
    unmarked = f"regexp_replace({trimmed}, '^=\"(.*)\"$|^''([0-9]+)$', '\\1\\2')"
    return f"CASE WHEN {start_plain} AND {end_plain} THEN {_not_null_word(raw)} ELSE {_not_null_word(unmarked)} END"


def _not_null_word(text: str) -> str:
    return f"CASE WHEN strlen({text}) <= {_LONGEST_NULL_WORD} AND {one_of(f'lower({text})', NULL_WORDS)} THEN NULL ELSE {text} END"


def _half_width(text: str) -> str:
    return f"translate({text}, {_literal(_FULL_WIDTH)}, {_literal(_HALF_WIDTH)})"


def _decimal(raw: str, scale: int, decimal_comma: bool) -> str:
    plain = f"TRY_CAST({raw} AS DECIMAL(18, {scale}))"
    # The CASE keeps the engine from computing the repeated parts of the forgiving reading for every row.
    forgiving = f"CASE WHEN {raw} IS NOT NULL THEN {_forgiving_decimal(raw, scale, decimal_comma)} END"
    if not decimal_comma:
        return f"COALESCE({plain}, {forgiving})"
    # 1.234 is a thousand and more here, so the plain cast may only read what has no dot.
    return f"CASE WHEN contains({raw}, '.') OR contains({raw}, ',') THEN {forgiving} ELSE COALESCE({plain}, {forgiving}) END"


def _forgiving_decimal(raw: str, scale: int, decimal_comma: bool) -> str:
    # One chain in which no step repeats the one before: repeated parts inside CASE are computed again each time.
    separator = "." if decimal_comma else ","
    steps = [
        (_CURRENCY, ""),
        (_UNITS, ""),
        (r"^-?\s*[(]\s*(.*?)\s*[)]$|^([0-9].*)-$", r"-\1\2"),
        (r"^([-+])\s+", r"\1"),
        (rf"[{separator}]([0-9]{{2}}[{separator}])", r"\1"),
        (rf"[{separator}\s']([0-9]{{3}})", r"\1"),
        *((rf"\s*[{letters}]$", f"e{exponent}") for letters, exponent in _MULTIPLIERS.items()),
    ]
    text = f"lower({_half_width(_text(raw))})"
    for pattern, replacement in steps:
        text = f"regexp_replace({text}, {_literal(pattern)}, {_literal(replacement)}, 'g')"
    number = f"replace({text}, ',', '.')" if decimal_comma else text
    return f"TRY_CAST({number} AS DECIMAL(18, {scale}))"


def _epoch(raw: str, microseconds: int) -> str:
    number = f"TRY_CAST({raw} AS DOUBLE)"
    moment = f"make_timestamp(CAST(round({number} * {microseconds}) AS BIGINT))"
    return f"CASE WHEN {number} BETWEEN 0 AND {10**17 // microseconds} THEN {moment} END"


def _excel_serial(raw: str) -> str:
    # Day 60 of that calendar never existed; every later serial counts from 1899-12-30. Fractions are times of day.
    number = f"TRY_CAST({raw} AS DOUBLE)"
    moment = f"TIMESTAMP '1899-12-30' + to_seconds(CAST(round({number} * 86400) AS BIGINT))"
    return f"CASE WHEN {number} BETWEEN 1 AND 200000 THEN {moment} END"


def _forgiving_date(raw: str, day_first: bool | None) -> str:
    text = _half_width(_text(raw))
    chinese = f"regexp_replace(regexp_replace({text}, '[年月]', '-', 'g'), '[日号]|([0-9])T([0-9])', '\\1 \\2')"
    clock = f"regexp_replace(regexp_replace({chinese}, '[时時点]', ':'), '分([0-9])', ':\\1')"
    words = f"regexp_replace({clock}, '[分秒]|[(]?(周|星期)[一二三四五六日天][)]?', '', 'g')"
    noon = f"regexp_replace(regexp_replace({words}, '上午|凌晨|早上', ' AM '), '下午|晚上|中午', ' PM ')"
    dashes = f"regexp_replace({noon}, '^([0-9]+)[/.]([0-9]+)[/.]([0-9]+)', '\\1-\\2-\\3')"
    plain = f"trim(regexp_replace(replace({dashes}, ',', ' '), '[:\\s]*\\s+', ' ', 'g'), ' :')"
    zoneless = f"regexp_replace({plain}, '(:[0-9.]+)\\s*(Z|UTC|GMT|[+-][0-9]{{2}}:?[0-9]{{2}})$', '\\1')"
    first = ("%d-%m-%y", "%d-%m-%Y") if day_first else ("%m-%d-%y", "%m-%d-%Y")
    formats = [day + time for day in (*first, *_YEAR_FIRST, *_MONTH_NAMES) for time in _TIMES] + list(_COMPACT)
    listed = ", ".join(_literal(pattern) for pattern in formats)
    return f"TRY_STRPTIME({zoneless}, [{listed}])"
