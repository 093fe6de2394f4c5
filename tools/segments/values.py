"""Values of conditions, checked against their field before they are bound."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from tools.errors import InputError, UnknownName
from tools.rules import Condition
from tools.segments.fields import FieldInfo

_ORDERING = ("<", "<=", ">", ">=", "between")
_YES, _NO = {"true", "yes", "1", "是", "同意"}, {"false", "no", "0", "否", "不同意"}


def comparison_values(rule: Condition, info: FieldInfo) -> tuple[list[Any], str]:
    """The values to bind, and the expression to compare them with.

    Raises:
        InputError: The number of values, their type or the operator does not fit the field.
        UnknownName: A named group does not exist.
    """
    values = _listed(rule)
    if info.is_attribute:
        return _attribute(rule, values, info)
    if info.kind == "number":
        return [_number(value, info) for value in values], info.sql
    if info.kind == "date":
        return [_date(value, info) for value in values], info.sql
    if rule.op in _ORDERING:
        raise InputError(
            f"{info.label.en} has no order; compare it with =, !=, in or not in.",
            f"“{info.label.zh}”不能比较大小；请用“等于”“属于”等。",
        )
    if info.kind == "boolean":
        return [_boolean(value, info) for value in values], info.sql
    return [_name(value, info) if info.names else str(value) for value in values], info.sql


def _listed(rule: Condition) -> list[Any]:
    values = list(rule.value) if isinstance(rule.value, list) else [] if rule.value is None else [rule.value]
    fits = len(values) == 2 if rule.op == "between" else bool(values) if rule.op in ("in", "not in") else len(values) == 1
    if not fits:
        raise InputError(
            f"{rule.field} {rule.op} takes {'two values' if rule.op == 'between' else 'a value'}, got {len(values)}.",
            f"{rule.field} {rule.op} 需要{'两个值' if rule.op == 'between' else '一个值'}，实际给了 {len(values)} 个。",
        )
    return values


def _attribute(rule: Condition, values: list[Any], info: FieldInfo) -> tuple[list[Any], str]:
    numbers = [_as_decimal(value) for value in values]
    numeric = all(number is not None for number in numbers)
    if numeric and (rule.op in _ORDERING or not any(isinstance(value, str) for value in values)):
        return numbers, f"TRY_CAST({info.sql} AS DECIMAL(38, 6))"
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in values], info.sql


def _as_decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _number(value: Any, info: FieldInfo) -> int | Decimal:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    number = _as_decimal(value)
    if number is None:
        raise _off(value, info, "a number", "数字")
    return number


def _date(value: Any, info: FieldInfo) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError as error:
        raise _off(value, info, "a date such as 2017-11-15", "日期（如 2017-11-15）") from error


def _boolean(value: Any, info: FieldInfo) -> bool:
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise _off(value, info, "true or false", "是或否")
    return word in _YES


def _name(value: Any, info: FieldInfo) -> str:
    wanted = str(value).strip().casefold()
    for stored, name in info.names.items():
        if wanted in (stored.casefold(), name.zh.casefold(), name.en.casefold()):
            return stored
    raise UnknownName(info.label.en, info.label.zh, str(value), info.names)


def _off(value: Any, info: FieldInfo, kind_en: str, kind_zh: str) -> InputError:
    return InputError(
        f"{info.label.en} is compared with {kind_en}, not {value!r}.", f"“{info.label.zh}”应与{kind_zh}比较，而不是“{value}”。"
    )
