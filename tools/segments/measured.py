"""What customers did, as columns of a list: a rule about orders in a quarter shows how many there were."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tools.contracts import Text
from tools.metrics.baskets import orders_text
from tools.rules import AllOf, AnyOf, Behaviour, SegmentRule
from tools.segments.behaviour_names import BEHAVIOURS
from tools.segments.behaviours import behaviour_query, stored_value, what_is_counted
from tools.segments.clauses import first_days_words
from tools.segments.fields import FieldInfo
from tools.segments.relations import compared_with
from tools.segments.spans import window_words

_MOST = 4


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
        called, unit = BEHAVIOURS[behaviour.behaviour]
        infos.append(FieldInfo(name, _label(called, behaviour), unit, "number", value, {}))
    return MeasuredColumns(tuple(infos), "".join(joins), parameters)


def _done(rule: SegmentRule) -> list[Behaviour]:
    if isinstance(rule, Behaviour) and (rule.share or rule.than is not None):
        return list(compared_with(rule))
    if isinstance(rule, Behaviour):
        none = rule.op in ("=", "<", "<=") and rule.value in (0, 1)
        return [] if none else [rule]
    parts = rule.all if isinstance(rule, AllOf) else rule.any if isinstance(rule, AnyOf) else ()
    return list({behaviour.model_dump_json(): behaviour for part in parts for behaviour in _done(part)}.values())


def _label(called: Text, behaviour: Behaviour) -> Text:
    when = window_words(behaviour.window, None)
    what = [value for values in behaviour.where.values() for value in values]
    orders = [orders_text(behaviour.basket)] if behaviour.basket else []
    first = first_days_words(behaviour)
    when = Text(zh=when.zh + first.zh, en=" ".join(part for part in (when.en, first.en) if part))
    zh_extra = "、".join([*what, *(one.zh for one in orders), *([when.zh] if when.zh else [])])
    en_extra = ", ".join([*what, *(one.en for one in orders), *([when.en] if when.en else [])])
    return Text(zh=f"{called.zh}（{zh_extra}）" if zh_extra else called.zh, en=f"{called.en} ({en_extra})" if en_extra else called.en)
