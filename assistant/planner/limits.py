"""A number that says how many rows are wanted."""

from __future__ import annotations

from typing import Any

from assistant.planner.sentence import Sentence

Args = dict[str, Any]


def take_limit(sentence: Sentence, args: Args) -> None:
    """A plain number or one of people: at most so many rows."""
    for place, quantity in sentence.free("quantity"):
        if sentence.tokens[place].text == "one":
            continue  # “which one”
        if quantity.data["unit"] in ("", "person") and quantity.data["value"] >= 1:
            args["limit"] = int(quantity.data["value"])
            sentence.use(place)
            return
