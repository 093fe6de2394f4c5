"""A number that says how many rows are wanted."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.sentence import Sentence

Args = dict[str, Any]
_BARE = re.compile(r"(?:the )?(?:top|first)\b|[前头]")
_SORTED = re.compile(r"[最高低多少大小]|best|worst|high|low|big|small|most|least")


def take_limit(sentence: Sentence, args: Args) -> None:
    """A plain number or one of people: at most so many rows."""
    for place, quantity in sentence.free("quantity"):
        if sentence.tokens[place].text == "one":
            continue  # “which one”
        if quantity.data["unit"] in ("", "person") and quantity.data["value"] >= 1:
            args["limit"] = int(quantity.data["value"])
            sentence.use(place)
            return


def bare_ranking(sentence: Sentence) -> bool:
    """Whether the first so many are wanted and not of what: “只要前三个”, "just the first 5"."""
    said = [token.text for token in sentence.tokens if (ranking := token.get("ranking")) is not None and ranking.data.get("n")]
    return len(said) == 1 and _BARE.match(said[0]) is not None and not _SORTED.search(said[0]) and not sentence.says("rank")


def change_limit(sentence: Sentence, args: Args) -> None:
    """“20”, “10 more”: as many as is said now, or so many more than before; where nothing is said, as many as before."""
    before = args.pop("limit", None)
    more = bool(sentence.take_all("further")) and before is not None
    take_limit(sentence, args)
    if "limit" in args and more:
        args["limit"] += before
    elif before is not None:
        args.setdefault("limit", before)
