"""Handles of earlier results in a tool's arguments, replaced by the customers they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from assistant.session import HANDLE, LAST, Session
from tools.errors import InputError
from tools.requests import Request
from tools.rules import AllOf, AnyOf, Condition, InSegment, NotRule, SegmentRule, Selection

R = TypeVar("R", bound=Request)
Members = Callable[[Selection], list[str]]
_MOST_NAMED = 5000
_FIELDS = ("customers", "first", "second", "rule", "among")


def is_handle(text: str) -> bool:
    """Whether ``text`` names an earlier result of a conversation."""
    return text == LAST or HANDLE.fullmatch(text) is not None


def resolve_handles(request: R, session: Session, members: Members | None = None) -> R:
    """``request`` with every handle in its customers or rule replaced.

    Args:
        request: Arguments of a tool.
        session: Where handles are known.
        members: Names the customers of a list that was cut, so that it can be part of a rule.

    Raises:
        InputError: A handle is unknown, or stands for no customers.
    """
    found = {name: getattr(request, name) for name in _FIELDS if name in type(request).model_fields}
    resolved = {name: _customers(value, session, members) for name, value in found.items()}
    changed = {name: value for name, value in resolved.items() if value is not found[name]}
    return request.model_copy(update=changed) if changed else request


def _customers(value: Any, session: Session, members: Members | None) -> Any:
    if isinstance(value, str):
        return session.selection(value) if is_handle(value) else value
    if isinstance(value, Selection):
        rule = _rule(value.rule, session, members)
        return value if rule is value.rule else value.model_copy(update={"rule": rule})
    return value if value is None else _rule(value, session, members)


def _rule(rule: SegmentRule, session: Session, members: Members | None) -> SegmentRule:
    if isinstance(rule, InSegment):
        return _whole_group(rule.segment, session, members) if is_handle(rule.segment) else rule
    if isinstance(rule, NotRule):
        inner = _rule(rule.not_, session, members)
        return rule if inner is rule.not_ else NotRule(not_=inner)
    if isinstance(rule, AllOf):
        parts = tuple(_rule(part, session, members) for part in rule.all)
        return rule if _same(parts, rule.all) else AllOf(all=parts)
    if isinstance(rule, AnyOf):
        parts = tuple(_rule(part, session, members) for part in rule.any)
        return rule if _same(parts, rule.any) else AnyOf(any=parts)
    return rule


def _same(first: tuple[SegmentRule, ...], second: tuple[SegmentRule, ...]) -> bool:
    return all(one is other for one, other in zip(first, second, strict=True))


def _whole_group(handle: str, session: Session, members: Members | None) -> SegmentRule:
    selection = session.selection(handle)
    if selection.limit is not None and members is not None and selection.limit <= _MOST_NAMED:
        return Condition(field="customer_id", op="in", value=members(selection))
    if selection.limit is not None:
        raise InputError(
            f"{handle} is a list cut to {selection.limit} customers, so it cannot be part of a rule; use it alone, or repeat its rule.",
            f"{handle} 是截取了前 {selection.limit} 位的名单，不能作为规则的一部分；请单独使用，或重复其规则。",
        )
    return selection.rule
