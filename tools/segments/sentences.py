"""A rule as one sentence in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from tools.contracts import Text
from tools.rules import AllOf, AnyOf, Behaviour, Condition, InSegment, NotRule, SegmentRule, Selection
from tools.segments.clauses import behaviour_clause, condition_clause, member_clause, show
from tools.segments.fields import field
from tools.segments.relative import relative_clause
from tools.segments.schemes import group_of

Names = Mapping[str, Text]


def describe_rule(rule: SegmentRule, as_of: dt.date | None = None, names: Names | None = None) -> Text:
    """Whom the rule selects, such as "customers with at least 5 orders since 2017-10-01".

    Args:
        rule: Who.
        as_of: Where given, relative windows are followed by their dates.
        names: Names of saved segments by id; the groups of the schemes are known.
    """
    if isinstance(rule, AllOf) and not rule.all:
        return Text(zh="全部客户", en="all customers")
    rule = _with_today(rule, as_of) if as_of and _is_dated(rule) else rule
    clause = _clause(rule, as_of, names or {}, top=True)
    return Text(zh=_people(rule, as_of, names or {}) or f"{clause.zh}的客户", en=f"customers {clause.en}")


def describe_selection(selection: Selection, as_of: dt.date | None = None, names: Names | None = None) -> Text:
    """Whom the selection holds, with its order and limit."""
    who = describe_rule(selection.rule, as_of, names)
    if selection.sort_by is None:
        return Text(zh=f"{who.zh}中的前{selection.limit}位", en=f"{selection.limit} of the {who.en}") if selection.limit else who
    label = field(selection.sort_by).label
    way_zh, way_en = ("最高", "highest") if selection.descending else ("最低", "lowest")
    if selection.limit is None:
        order_zh, order_en = ("从高到低", "highest first") if selection.descending else ("从低到高", "lowest first")
        return Text(zh=f"{who.zh}（按{label.zh}{order_zh}）", en=f"{who.en}, by {label.en}, {order_en}")
    return Text(
        zh=f"{who.zh}中{label.zh}{way_zh}的{selection.limit}位",
        en=f"the {selection.limit} {who.en.removeprefix('all ')} with the {way_en} {label.en}"
        if who.en.startswith("all ")
        else f"the {selection.limit} with the {way_en} {label.en} among {who.en}",
    )


def _is_dated(rule: SegmentRule) -> bool:
    """Whether it is about the groups of an earlier day."""
    match rule:
        case InSegment():
            return rule.on is not None
        case NotRule():
            return _is_dated(rule.not_)
        case AllOf() | AnyOf():
            return any(_is_dated(part) for part in (rule.all if isinstance(rule, AllOf) else rule.any))
    return False


def _with_today(rule: SegmentRule, as_of: dt.date) -> SegmentRule:
    """The rule with the day of the groups that are those of today, as it names the groups of another day, too."""
    match rule:
        case InSegment():
            return rule if rule.on or not group_of(rule.segment) else InSegment(segment=rule.segment, on=as_of)
        case NotRule():
            return NotRule(not_=_with_today(rule.not_, as_of))
        case AllOf():
            return AllOf(all=tuple(_with_today(part, as_of) for part in rule.all))
        case AnyOf():
            return AnyOf(any=tuple(_with_today(part, as_of) for part in rule.any))
    return rule


def _people(rule: SegmentRule, as_of: dt.date | None, names: Names) -> str | None:
    """The Chinese noun that the rule's groups make, such as "冠军客户" rather than "属于冠军客户的客户"; None where none does."""
    match rule:
        case NotRule():
            noun = _noun(rule.not_, names)
            return f"{noun}以外的客户" if noun else None
        case AnyOf() if rule.any:
            nouns = [_noun(part, names) for part in rule.any]
            return None if None in nouns else "或".join(str(noun) for noun in nouns)
        case AllOf():
            found = [(part, noun) for part in rule.all if (noun := _noun(part, names))]
            others = tuple(part for part in rule.all if part not in [one for one, _ in found])
            if len(found) != 1:
                return None
            return f"{_joined(AllOf(all=others), as_of, names, True).zh}的{found[0][1]}" if others else found[0][1]
    return _noun(rule, names)


def _noun(rule: SegmentRule, names: Names) -> str | None:
    """The name of the group that the rule is, where it is a noun for customers."""
    if isinstance(rule, InSegment):
        zh = "" if rule.on else _name(rule.segment, names).zh
    elif isinstance(rule, Condition) and rule.op == "=":
        cluster = _cluster(rule, names)
        zh = cluster.zh if cluster else show(rule.value, field(rule.field), "zh")
    else:
        return None
    return zh if zh.endswith("客户") else None


def _name(segment: str, names: Names) -> Text:
    group = group_of(segment)
    return group.name if group else names.get(segment, Text(zh=f"“{segment}”", en=f'"{segment}"'))


def _cluster(rule: Condition, names: Names) -> Text | None:
    """The name of the cluster that a condition names by its id."""
    return names.get(str(rule.value)) if rule.field == "cluster" and rule.op in ("=", "!=") else None


def _clause(rule: SegmentRule, as_of: dt.date | None, names: Names, *, top: bool = False) -> Text:
    match rule:
        case Condition():
            cluster = _cluster(rule, names)
            return member_clause(cluster, inside=rule.op == "=") if cluster else condition_clause(rule)
        case Behaviour():
            return relative_clause(rule, as_of) if rule.share or rule.than is not None else behaviour_clause(rule, as_of)
        case InSegment():
            return member_clause(_name(rule.segment, names), on=rule.on)
        case NotRule():
            return _negated(rule.not_, as_of, names)
        case AllOf() | AnyOf():
            return _joined(rule, as_of, names, top)


def _negated(rule: SegmentRule, as_of: dt.date | None, names: Names) -> Text:
    if isinstance(rule, InSegment):
        inner = _clause(rule, as_of, names)
        return Text(zh=f"不{inner.zh}", en=f"not {inner.en}")
    inner = _clause(rule, as_of, names, top=True)
    return Text(zh=f"不满足“{inner.zh.strip()}”", en=f"other than those {inner.en}")


def _joined(rule: AllOf | AnyOf, as_of: dt.date | None, names: Names, top: bool) -> Text:
    everything = isinstance(rule, AllOf)
    parts = [_clause(part, as_of, names) for part in (rule.all if isinstance(rule, AllOf) else rule.any)]
    if not parts:
        return Text(zh="任意" if everything else "不存在", en="of any kind" if everything else "of no kind")
    if len(parts) == 1:
        return parts[0]
    zh = ("且" if everything else "或").join(part.zh for part in parts)
    en = _english([part.en for part in parts], "and" if everything else "or")
    return Text(zh=zh, en=en) if top else Text(zh=f"（{zh}）", en=f"({en})")


def _english(parts: list[str], word: str) -> str:
    if len(parts) == 2:
        # "with at least 5 orders who bought from DELI" needs no "and"
        joined = word == "and" and parts[0].startswith(("with ", "in ")) and parts[1].startswith(("who ", "other than "))
        return f"{parts[0]} {parts[1]}" if joined else f"{parts[0]} {word} {parts[1]}"
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"
