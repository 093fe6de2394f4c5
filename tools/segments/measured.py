"""What customers did, as columns of a list: a rule about orders in a quarter shows how many there were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.contracts import Text, Unit
from tools.rules import AllOf, AnyOf, Behaviour, SegmentRule
from tools.segments.behaviours import behaviour_query, stored_value, what_is_counted
from tools.segments.fields import FieldInfo
from tools.segments.relations import compared_with
from tools.segments.spans import window_words

_MOST = 4
_NAMES = {
    "orders": ("订单数", "orders", Unit.COUNT),
    "amount": ("消费额", "spend", Unit.MONEY),
    "quantity": ("购买件数", "items", Unit.NUMBER),
    "active_days": ("下单天数", "days with orders", Unit.COUNT),
    "contacts": ("触达次数", "contacts", Unit.COUNT),
    "responses": ("响应次数", "responses", Unit.COUNT),
    "events": ("行为次数", "events", Unit.COUNT),
}


@dataclass(frozen=True)
class MeasuredColumns:
    """Columns to list, the joins that yield them (to ``customer_base AS b``), and the values bound in these."""

    infos: tuple[FieldInfo, ...]
    joins: str
    parameters: dict[str, Any]


def measured_columns(
    rule: SegmentRule, as_of: dt.date, *, current: bool = False, counted: Mapping[str, str] | None = None
) -> MeasuredColumns:
    """A column for each thing that the customers of ``rule`` have done; what they have not done shows nothing.

    Args:
        rule: Whose customers.
        as_of: Nothing later is counted.
        current: Whether features are of that date, so that what they hold is not counted again, and what they hold of all
            time needs no column beside them.
        counted: Joins that the statement has already, by what they count.
    """
    parameters: dict[str, Any] = {}

    def bind(value: Any) -> str:
        """A placeholder of its own for ``value``."""
        name = f"m_{len(parameters)}"
        parameters[name] = value
        return f"${name}"

    infos, joins = [], []
    done = [one for one in _done(rule) if one.window or not (current and stored_value(one, as_of))]
    for number, behaviour in enumerate(done[:_MOST], 1):
        name = f"measured_{number}"
        joined = (counted or {}).get(what_is_counted(behaviour))
        value = (stored_value(behaviour, as_of) if current else None) or f"coalesce({joined or name}.value, 0)"
        if not joined and name in value:
            joins.append(f"\nLEFT JOIN ({behaviour_query(behaviour, as_of, bind)}) AS {name} ON {name}.customer_id = b.customer_id")
        zh, en, unit = _NAMES[behaviour.behaviour]
        infos.append(FieldInfo(name, _label(zh, en, behaviour), unit, "number", value, {}))
    return MeasuredColumns(tuple(infos), "".join(joins), parameters)


def _done(rule: SegmentRule) -> list[Behaviour]:
    if isinstance(rule, Behaviour) and (rule.share or rule.than is not None):
        return list(compared_with(rule))
    if isinstance(rule, Behaviour):
        none = rule.op in ("=", "<", "<=") and rule.value in (0, 1)
        return [] if none else [rule]
    parts = rule.all if isinstance(rule, AllOf) else rule.any if isinstance(rule, AnyOf) else ()
    return list({behaviour.model_dump_json(): behaviour for part in parts for behaviour in _done(part)}.values())


def _label(zh: str, en: str, behaviour: Behaviour) -> Text:
    when = window_words(behaviour.window, None)
    what = [value for values in behaviour.where.values() for value in values]
    zh_extra, en_extra = "、".join([*what, *([when.zh] if when.zh else [])]), ", ".join([*what, *([when.en] if when.en else [])])
    return Text(zh=f"{zh}（{zh_extra}）" if zh_extra else zh, en=f"{en} ({en_extra})" if en_extra else en)
