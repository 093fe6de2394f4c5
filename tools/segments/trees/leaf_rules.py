"""Leaves as segment rules over the catalogue's fields, and as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tools.contracts import Text
from tools.models.leaves import Clause
from tools.rules import EVERYONE, AllOf, AnyOf, Condition, SegmentRule
from tools.segments.clauses import condition_clause
from tools.segments.fields import field
from tools.segments.trees.targets import ACTIVE, BUYERS

_ACTIVE_DAYS = 90
"""A last order less than so many days ago makes a customer active."""


def clause_rule(clause: Clause) -> SegmentRule:
    """One clause of a leaf as a rule."""
    condition = _condition(clause)
    if not clause.or_unknown:
        return condition
    return AnyOf(any=(condition, Condition(field=clause.feature, op="is unknown")))


def _condition(clause: Clause) -> Condition:
    name, value = clause.feature, clause.value
    if value is None:
        return Condition(field=name, op="is known" if clause.op == "is known" else "is unknown")
    if isinstance(value, float):
        return Condition(field=name, op=">=" if clause.op == ">=" else "<", value=_number(value))
    if len(value) > 1:
        return Condition(field=name, op="in" if clause.op == "in" else "not in", value=list(value))
    only: bool | str = value[0] == "true" if field(name).kind == "boolean" else value[0]
    return Condition(field=name, op="=" if clause.op == "in" else "!=", value=only)


def _number(value: float) -> int | Decimal:
    return int(value) if value == int(value) else Decimal(repr(value))


def leaf_rule(clauses: Sequence[Clause], who: SegmentRule = EVERYONE) -> SegmentRule:
    """The customers of a leaf: its clauses among those of ``who``, who is left out where a clause says it already."""
    parts = [clause_rule(clause) for clause in clauses]
    if who != EVERYONE and not _implied(who, clauses):
        parts.insert(0, who)
    return parts[0] if len(parts) == 1 else AllOf(all=tuple(parts))


def _implied(who: SegmentRule, clauses: Sequence[Clause]) -> bool:
    known = [clause for clause in clauses if not clause.or_unknown and isinstance(clause.value, float)]
    if who == ACTIVE:
        return any(one.feature == "recency_days" and one.op == "<" and float(one.value) <= _ACTIVE_DAYS for one in known)  # type: ignore[arg-type]
    # Days since the last order are known of buyers alone.
    return who == BUYERS and any(one.feature == "recency_days" for one in known)


def leaf_words(clauses: Sequence[Clause]) -> Text:
    """The clauses of a leaf in words: “距上次下单天数不少于14且…”, "whose days since the last order are at least 14 and …"."""
    if not clauses:
        return Text(zh="全部", en="all of them")
    said = [_words([one for one in clauses if one.feature == name]) for name in dict.fromkeys(one.feature for one in clauses)]
    return Text(zh="，且".join(text.zh for text in said), en=" and ".join(text.en for text in said))


def _words(clauses: Sequence[Clause]) -> Text:
    """The words of one feature: a lower and an upper bound make one phrase."""
    said = condition_clause(_condition(clauses[0]))
    for clause in clauses[1:]:
        label, more = field(clause.feature).label, condition_clause(_condition(clause))
        tail = more.en.removeprefix(f"whose {label.en} ").removeprefix("are ").removeprefix("is ")
        said = Text(zh=f"{said.zh}、{more.zh.removeprefix(label.zh)}", en=f"{said.en} and {tail}")
    if not clauses[0].or_unknown:
        return said
    return Text(zh=f"{said.zh}（或未知）", en=f"{said.en} (or is unknown)")
