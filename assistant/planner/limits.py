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


def change_limit(sentence: Sentence, args: Args) -> None:
    """“20”, “10 more”: as many as is said now, or so many more than before; where nothing is said, as many as before."""
    before = args.pop("limit", None)
    more = bool(sentence.take_all("further")) and before is not None
    take_limit(sentence, args)
    if "limit" in args and more:
        args["limit"] += before
    elif before is not None:
        args.setdefault("limit", before)
