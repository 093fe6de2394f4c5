"""Levels of one thing: “那A类活动呢” after one campaign is about all campaigns of that kind, and no longer about that one."""

from __future__ import annotations

from typing import Any

_WITHIN = {
    "campaign_kind": ("campaign",),
    "category": ("subcategory", "product_name", "product"),
    "subcategory": ("product_name", "product"),
}
"""The finer levels of each that holds them."""
GOODS = ("category", "subcategory", "product_name", "product")
"""Levels of goods: one of them says what was bought."""


def without_finer(where: dict[str, Any], named: list[str]) -> dict[str, Any]:
    """The values that limit a measurement without those of finer levels than the ones that are named now."""
    finer = {one for level in named for one in _WITHIN.get(level, ())} - set(named)
    return {level: values for level, values in where.items() if level not in finer}


def without_other_goods(where: dict[str, Any], named: list[str]) -> dict[str, Any]:
    """The values that limit a measurement without goods of other levels than those that are named now: “啤酒呢” after SEAFOOD."""
    goods = set(GOODS) if set(named) & set(GOODS) else set()
    return {level: values for level, values in where.items() if level in named or level not in goods}
