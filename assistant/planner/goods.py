"""Everyday names of goods, and the categories of the data that they mean: “牛奶” for "FLUID MILK PRODUCTS"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.planner.lexicon import read_table, spellings
from assistant.planner.normalise import normalise

OF_GOODS = ("category", "subcategory")
_PARTS = re.compile(r"[a-z]+|\d+")
_KIND_TAILS = ("类", "类商品", "类产品", "类的东西", "类东西")


@lru_cache(maxsize=8192)
def _plain(value: str) -> str:
    """A name in the data as it is looked for; every word for goods is held against every name."""
    return normalise(value)


@dataclass(frozen=True)
class Goods:
    """What an everyday name of goods means.

    Args:
        words: Words of the names of categories; “a b” is both of them.
        several: Every category with one of the words is meant, not just one.
        ordered: The first of the words that categories have is the one that counts.
        without: Words of categories that are not meant.
    """

    words: tuple[str, ...]
    several: bool = False
    ordered: bool = False
    without: tuple[str, ...] = ()

    def meant(self, categories: Mapping[str, frozenset[str]]) -> list[str]:
        """The categories that are called so, of those with their words; none where more than one may be meant.

        Args:
            categories: Names of categories with the words that they are made of.
        """
        kept = {value: parts for value, parts in categories.items() if not any(parts & spellings(word) for word in self.without)}
        for words in ((one,) for one in self.words) if self.ordered else (self.words,):
            exact = [value for value in kept if not self.several and len(words) == 1 and _plain(value) in spellings(words[0])]
            wanted = [[spellings(word) for word in one.split()] for one in words]
            found = exact or [value for value, parts in kept.items() if any(all(parts & forms for forms in one) for one in wanted)]
            if found:
                return found if self.several or len(found) == 1 or exact else []
        return []


@lru_cache(maxsize=1)
def goods_names() -> Mapping[str, Goods]:
    """Everyday names of goods in both languages."""
    english = {name: _goods(meant) for name, meant in read_table("goods").items()}
    chinese = {name: _goods(meant) for names, meant in read_table("goods_zh").items() for name in names.split()}
    return {**english, **chinese}


def _goods(meant: Any) -> Goods:
    if not isinstance(meant, dict):
        return Goods(tuple(meant))
    words = meant.get("all") or meant.get("first") or ()
    return Goods(tuple(words), several="all" in meant, ordered="first" in meant, without=tuple(meant.get("not", ())))


def said_as(name: str) -> Iterable[str]:
    """The forms of a name: “零食” and “零食类”."""
    tails = _KIND_TAILS if not name.isascii() and len(name) > 1 and not name.endswith("类") else ()
    return (*spellings(name), *(name + tail for tail in tails))


def words_of(categories: Iterable[str]) -> dict[str, frozenset[str]]:
    """Names of categories with the words that they are made of."""
    return {value: frozenset(_PARTS.findall(_plain(value))) for value in categories}


def goods_of(values: Mapping[str, list[str]]) -> Iterable[tuple[str, str, list[str]]]:
    """Each everyday name with the dimension and the values that it means in the data; the finer dimension where all of a kind are meant."""
    words = {dimension: words_of(values.get(dimension, [])) for dimension in OF_GOODS}
    every = {value: parts for found in words.values() for value, parts in found.items()}
    for name, meant in goods_names().items():
        for dimension in reversed(OF_GOODS):
            found = meant.meant(words[dimension])
            if found and (meant.several or sorted(found) == sorted(meant.meant(every))):
                yield name, dimension, found
                break
