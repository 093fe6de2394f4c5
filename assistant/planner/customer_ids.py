"""Ids of customers with letters, as the loaded data write them: “C5的详情”, “show me CUST-0012”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.planner.lexicon import read_table
from assistant.planner.normalise import normalise
from tools.warehouse.context import ToolContext

_WORD = re.compile(r"(?<![a-z\d_-])[a-z]{1,12}[-_]?\d[a-z\d_-]*(?![a-z\d_-])")
_DIGITS = re.compile(r"\d+")
_LETTER = re.compile("[A-Za-z]")
_MOST_SHAPES = 8
"""Ids of more shapes are hashes, which share theirs with ordinary codes."""
_SAMPLE = "SELECT customer_id FROM customers LIMIT 2000"


def id_shapes(ctx: ToolContext) -> Mapping[str, str]:
    """The shapes of the ids that have letters, their digits as 9: in lower case to as the data write them."""
    shapes = {_shape(str(row[0])) for row in ctx.engine.rows(_SAMPLE)}
    lettered = {normalise(shape): shape for shape in shapes if _LETTER.search(shape)}
    return lettered if len(lettered) <= _MOST_SHAPES else {}


def _shape(customer_id: str) -> str:
    return _DIGITS.sub("9", customer_id)


def find_customer_ids(text: str, shapes: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """Where customers are named in a normalised text, with their ids in the case of the data."""
    for pattern in read_table("ids")["customer"]:
        for match in re.finditer(pattern, text):
            yield match.start(), match.end(), _written(match["id"], shapes)
    for match in _WORD.finditer(text):
        if _shape(match[0]) in shapes:
            yield match.start(), match.end(), _written(match[0], shapes)


def _written(found: str, shapes: Mapping[str, str]) -> str:
    shape = shapes.get(_shape(found), "")
    return found.upper() if shape and shape == shape.upper() else found
