"""The words of traits.yaml: what each column is called, and what a cluster is called that has much or little of it."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Literal

import yaml

from tools.contracts import Frozen, Text, Unit

Slot = Literal["rhythm", "value", "discount", "breadth", "time", "price", "category", "head", "clause"]
THEMES: dict[str, Text] = {
    "value": Text(zh="消费价值", en="value"),
    "rhythm": Text(zh="购买节奏", en="rhythm"),
    "categories": Text(zh="品类偏好", en="categories"),
    "discount": Text(zh="优惠偏好", en="discount affinity"),
    "time_of_day": Text(zh="活跃时段", en="time of day"),
    "channel": Text(zh="渠道", en="channel"),
    "events": Text(zh="浏览等行为", en="events"),
}
"""The themes, in the order in which they are told."""


class Side(Frozen):
    """What a cluster is called at one end of a column.

    Args:
        slot: Where the words stand in a name.
        zh: Words in Chinese.
        en: Words in English.
        act: What to do about it.
        least_ratio: The least ratio of the cluster's mean to that of all (or the reverse) that deserves the words.
    """

    slot: Slot
    zh: str
    en: str
    act: Text | None = None
    least_ratio: float | None = None


class Entry(Frozen):
    """One column of the clustering, as traits.yaml describes it."""

    theme: str
    label: Text
    unit: Unit
    kind: Literal["amount", "share"] = "amount"
    counted_by: str | None = None
    describe_only: bool = False
    field: str | None = None
    high: Side | None = None
    low: Side | None = None
    none: Side | None = None


@lru_cache(maxsize=1)
def entries() -> dict[str, Entry]:
    """All entries of traits.yaml by name.

    Raises:
        pydantic.ValidationError: An entry lacks something or has an unknown key.
    """
    data = yaml.safe_load(resources.files("tools.segments.clusters").joinpath("traits.yaml").read_text(encoding="utf-8"))
    return {name: Entry.model_validate(one) for name, one in data.items()}


def entry(name: str) -> Entry:
    """The entry of a column; those of a category, channel or kind of event have its name in their words.

    Raises:
        KeyError: No entry describes such a column.
    """
    if name in entries():
        return entries()[name]
    family, _, value = name.partition(":")
    found = entries()[f"{family}:*"]
    return found.model_copy(update={key: _named(getattr(found, key), value) for key in ("label", "high", "low")})


def is_described(name: str) -> bool:
    """Whether an entry describes such a column."""
    return name in entries() or f"{name.partition(':')[0]}:*" in entries()


def _named(words: Text | Side | None, value: str) -> Text | Side | None:
    if isinstance(words, Text):
        return _text(words, value)
    if words is None:
        return None
    act = _text(words.act, value) if words.act else None
    text = _text(Text(zh=words.zh, en=words.en), value)
    return words.model_copy(update={"zh": text.zh, "en": text.en, "act": act})


def _text(text: Text, value: str) -> Text:
    plain = value.replace("_", " ")
    zh = text.zh.replace("{x}", plain)
    if not plain.isascii():
        # Blanks part Latin letters from Chinese ones; Chinese names need none.
        zh = text.zh.replace(" {x} ", plain).replace("{x} ", plain).replace(" {x}", plain).replace("{x}", plain)
    return Text(zh=zh.strip(), en=text.en.replace("{x}", plain.lower() if plain.istitle() else plain))
