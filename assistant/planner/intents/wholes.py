"""A part of a whole, both named: “牛奶占奶制品的几成”, “啤酒占GROCERY的比例”, “自有品牌在奶制品里占多少”."""

from __future__ import annotations

from typing import Any

from assistant.planner.sentence import Sentence
from tools.metrics.catalogue import catalogue

_FINER = {"subcategory": "category", "product_name": "subcategory"}
"""Dimensions of goods, and the one that each lies in."""


def part_of_whole(sentence: Sentence, args: dict[str, Any]) -> str | None:
    """Puts the share of a part in a whole that is named, too, into `args`; gives the value to speak of where it is grouped."""
    if not sentence.has("cue", "share") or not catalogue().metric(args["metrics"][0]).additive:
        return None
    where: dict[str, list[str]] = args["where"]
    if set(where) in ({"brand", "subcategory"}, {"brand", "category"}) and len(where["brand"]) == 1 and not args["by"]:
        args["where"] = {one: values for one, values in where.items() if one != "brand"}
        args |= {"by": ["brand"], "sort": "largest"}
        sentence.take_all("cue", "share")
        return str(where["brand"][0])
    within = _within(sentence)
    if within is not None:
        dimension, part, whole = within
        args["where"] = {**where, dimension: whole}
        args["by"] = [dimension]
        args["sort"] = "largest"
        sentence.take_all("cue", "share")
        return part
    finer = next((one for one, above in _FINER.items() if one in where and above in where), None)
    if finer is not None and not args["by"]:
        args["share_of"] = [finer]
        sentence.take_all("cue", "share")
    return None


def _within(sentence: Sentence) -> tuple[str, str, list[str]] | None:
    """Two names of one dimension of goods, of which one has the other: the dimension, the part and the whole."""
    named = [sense for token in sentence.tokens if (sense := token.get("value")) is not None and token.senses[0].kind == "value"]
    if len(named) != 2 or named[0].data["dimension"] != named[1].data["dimension"] or named[0].data["dimension"] not in _FINER:
        return None
    sets = [[str(one.data["value"]), *map(str, one.data.get("also", ()))] for one in named]
    smaller, larger = sorted(sets, key=len)
    return (str(named[0].data["dimension"]), smaller[0], larger) if len(smaller) == 1 < len(larger) and smaller[0] in larger else None
