"""From what a request calls its customers (a rule, a selection, a name in either language) to a selection."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.contracts import Text
from tools.errors import UnknownName
from tools.requests import Customers
from tools.rules import EVERYONE, InSegment, Selection
from tools.segments.schemes import SCHEMES, group_of
from tools.segments.stored import cluster_words, stored_names
from tools.warehouse.context import ToolContext

_SUFFIX = re.compile(r"(customers?|clients?|shoppers?|members?|users?|segments?|groups?|客户群体|客户群|人群|客户|顾客|用户|会员|群体|群)$")
_EVERYBODY = {"all", "everyone", "everybody", "allcustomers", "全部", "所有", "全体", "全部客户", "所有客户", "全体客户"}


def resolve_customers(ctx: ToolContext, customers: Customers) -> Selection:
    """The selection that ``customers`` means.

    Args:
        ctx: Saved segments are looked up in its warehouse.
        customers: A selection, a rule, or a segment's id, name or alias, whatever its case and spaces.

    Raises:
        UnknownName: No segment has that name; the message has the closest.
    """
    if isinstance(customers, Selection):
        return customers
    if not isinstance(customers, str):
        return Selection(rule=customers)
    if _folded(customers) in _EVERYBODY:
        return Selection(rule=EVERYONE)
    return Selection(rule=InSegment(segment=segment_id(ctx, customers)))


def segment_id(ctx: ToolContext, name: str) -> str:
    """The id of the segment of that id, name or alias.

    Names go before aliases, and the RFM groups before the eight groups, which share some aliases.

    Raises:
        UnknownName: There is none.
    """
    saved = {found: (text.zh, text.en) for found, text in stored_names(ctx.engine).items()}
    known = [*_names(), *((word, found) for found, words in saved.items() for word in (found, *words, *cluster_words(found)))]
    for fold in (_folded, _stem):
        by_name: dict[str, str] = {}
        for word, found in [*known, *_aliases()]:
            by_name.setdefault(fold(word), found)
        if fold(name) in by_name:
            return by_name[fold(name)]
    raise UnknownName("segment", "分群", name, dict.fromkeys(word for word, _ in [*known, *_aliases()]))


def fold_name(name: str) -> str:
    """A name as names are compared: without case, spaces and punctuation."""
    return _folded(name)


def reserved_name(name: str) -> Text | None:
    """The group of a scheme that answers to ``name``, or "everyone", so that nothing else can be called so."""
    if _folded(name) in _EVERYBODY:
        return Text(zh="全部客户", en="all customers")
    found = {fold(word): group for fold in (_stem, _folded) for word, group in (*_names(), *_aliases())}
    held = found.get(_folded(name)) or found.get(_stem(name))
    group = group_of(held) if held else None
    return group.name if group else None


def _names() -> Iterator[tuple[str, str]]:
    for scheme in SCHEMES.values():
        for group in scheme.groups:
            for word in (group.id, group.name.en, group.name.zh):
                yield word, group.id


def _aliases() -> Iterator[tuple[str, str]]:
    for scheme in SCHEMES.values():
        for group in scheme.groups:
            for alias in group.aliases:
                yield alias, group.id


def _folded(name: str) -> str:
    return re.sub(r"[^\w]|_", "", name.casefold())


def _stem(name: str) -> str:
    folded = _folded(name).removeprefix("the")
    return _SUFFIX.sub("", folded) or folded
