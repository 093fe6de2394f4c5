"""Rows of the latest list by their place or size: “the second one”, “最大的那个群”, “the last one”."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.heads import LISTS
from assistant.planner.lexicon import read_table
from assistant.planner.listed import CLUSTERS
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.views import ResultView
from tools.segments.schemes import SCHEMES
from tools.windows import Window

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*")
_WEEK = 7
_PERIODS = frozenset({"day", "week", "month", "quarter", "year"})
_FILLERS = ("stop", "conj", "punctuation", "ellipsis")
_DONE_WITH_PEOPLE = ("strategy", "export", "favourite")
"""What is done with customers, so that “the biggest one” is a group of them."""
_GROUPED = (CLUSTERS, "segment_overview", "find_rules", "compare_segments")
_NAMED = ("noun", "metric", "field", "dimension", "value", "segment", "top_customers", "condition", "comparison", "by")
"""What beside a superlative makes it one of something else than of the list."""


@dataclass(frozen=True)
class Listing:
    """The latest list of a conversation.

    Args:
        result: Whose list it is; None where there is none.
        rows: The meaning of each row; None where the numbers of clusters and rules are read elsewhere.
        sizes: What each row is compared by.
    """

    result: Result | None = None
    rows: tuple[Sense, ...] | None = None
    sizes: tuple[Decimal, ...] = ()
    values: bool = False
    """Whether the rows are measured values, and no groups."""

    def knows(self, direction: str) -> bool:
        """Whether the extreme is among the rows that are shown."""
        if self.result is None or self.result.whole:
            return True
        falling = all(left >= right for left, right in pairwise(self.sizes))
        return falling and direction == "largest"

    def with_rows(self, tokens: list[Token]) -> list[Token]:
        """The tokens, those that name a row of the list with its meaning."""
        if self.result is None:
            return tokens
        tokens = self._with_superlatives(tokens)
        return tokens if self.rows is None else self._alone([self._row(token) for token in tokens])

    def with_places(self, tokens: list[Token]) -> list[Token]:
        """The tokens, those that say a place of the list with the row of that place."""
        return tokens if self.result is None or self.rows is None else [self._row(token) for token in tokens]

    def _alone(self, tokens: list[Token]) -> list[Token]:
        """“第一个品类”: the word for what the rows are, right after the place, says nothing more."""
        by = list(self.result.call.args.get("by") or ()) if self.result and self.values else []
        found = list(tokens)
        for at, token in enumerate(found[1:], start=1):
            if found[at - 1].is_("listed") and by and token.is_("dimension", *by):
                found[at] = replace(token, senses=(Sense("stop", "function"),))
        return found

    def _row(self, token: Token) -> Token:
        ordinal = token.get("ordinal")
        assert self.rows is not None
        if ordinal is None:
            return token
        place = int(ordinal.data["n"])
        place = place - 1 if place > 0 else place
        if not -len(self.rows) <= place < len(self.rows):
            return token
        return replace(token, senses=(self.rows[place], Sense("listed", ordinal.id)))

    def _with_superlatives(self, tokens: list[Token]) -> list[Token]:
        """“The biggest one”: an ordinal, where nothing else is there to be the biggest."""
        if self.values and self._split_otherwise(tokens):
            return tokens
        for at, token in enumerate(tokens):
            ranking = token.get("ranking") or token.get("rank", "largest", "smallest")
            if ranking is None or ranking.data.get("n") not in (None, 1) or ranking.data.get("share") or not self.sizes:
                continue
            start, end = _stretch(tokens, at)
            if not _is_size(token, ranking.id) or _names_other(tokens, start, end) or not self.knows(ranking.id):
                continue
            if self.values and all(any(one.is_(kind) for kind in _FILLERS) for one in [*tokens[:start], *tokens[end:]]):
                continue  # “which is the smallest” orders the values anew
            number = self.extreme(ranking.id)
            joined = merged(tokens[start:end], Sense("ordinal", str(number), {"n": number}))
            return [*tokens[:start], joined, *tokens[end:]]
        return tokens

    def _split_otherwise(self, tokens: list[Token]) -> bool:
        """“按收入看哪个花得最多”: the most is one of other groups than those that are shown."""
        shown = set(self.result.call.args.get("by") or ()) if self.result else set()
        after_by = [token for before, token in pairwise(tokens) if before.is_("by")]
        named = {sense.id for token in after_by for sense in token.senses if sense.kind == "dimension"}
        return bool(named) and not named & shown

    def extreme(self, direction: str) -> int:
        """The number of the largest or smallest row."""
        pick: Callable[..., Decimal] = max if direction == "largest" else min
        return self.sizes.index(pick(self.sizes)) + 1


def _is_size(token: Token, direction: str) -> bool:
    return any(token.text.startswith(word) for word in read_table("turns")["sizes"][direction]["words"])


def _stretch(tokens: list[Token], at: int) -> tuple[int, int]:
    """The superlative with the words for a group around it."""
    words = read_table("turns")["group_words"]["one"]["words"]
    start, end = at, at + 1
    while start and tokens[start - 1].text in words:
        start -= 1
    while end < len(tokens) and (tokens[end].text in words or tokens[end].is_("cue", "segments")):
        end += 1
    return start, end


def _names_other(tokens: list[Token], start: int, end: int) -> bool:
    beside = [*tokens[max(start - 1, 0) : start], *tokens[end : end + 1]]
    if any(token.is_("cue", "growth") or token.is_("direction") for token in tokens[max(start - 1, 0) : start]):
        return True  # “which store grew most”: how much, and no group
    if tokens[start].text in ("most", "least") and start and tokens[start - 1].is_("verb"):
        return True  # “what do they buy most”
    return any(token.is_(kind) and not token.is_("stop") and not token.is_("cue", "segments") for token in beside for kind in _NAMED)


def listing(dialogue: Dialogue, tokens: list[Token]) -> Listing:
    """The latest list that the question may be about: of groups, of measured values or of customers."""
    of_people = any(token.is_("cue", *_DONE_WITH_PEOPLE) or token.is_("ask") or token.is_("segment_name") for token in tokens)
    words = read_table("turns")["groups"]["of_customers"]["words"]
    of_groups = any(word in token.text for token in tokens for word in words)
    placed = [one for one in dialogue.results if not _is_count(one)]
    gone_into = _gone_into(dialogue)
    for result in [*reversed(placed), *reversed(dialogue.results)]:
        if result in gone_into:
            continue
        if result.outcome != "answered" or result.aside or (of_groups and result.call.name not in _GROUPED):
            continue
        found = None if (of_people or of_groups) and result.call.name == "measure" else _listing(result)
        if found is not None:
            return found
    return Listing()


def _gone_into(dialogue: Dialogue) -> list[Result]:
    """The measurements over time of one row of a ranking before them: a place is one of the ranking, and not of the months."""
    ranked = {result.call.args["by"][0] for result in dialogue.results if result.call.name == "measure" and _is_ranked(result.call.args)}
    return [
        result
        for result in dialogue.results
        if result.call.name == "measure"
        and set(result.call.args.get("by") or ()) & _PERIODS
        and not result.call.args.get("sort")
        and any(len(values) == 1 and name in ranked for name, values in (result.call.args.get("where") or {}).items())
    ]


def _is_ranked(args: dict[str, Any]) -> bool:
    by = list(args.get("by") or ())
    return len(by) == 1 and by[0] not in _PERIODS


def _listing(result: Result) -> Listing | None:
    details: dict[str, Any] = result.content.get("details") or {}
    if result.call.name == CLUSTERS:
        numbered = [row for row in result.rows if isinstance(row[0], int)]
        sizes = tuple(number_in(row[2]) for row in numbered) if numbered else (Decimal(1), Decimal(0))
        return Listing(result, None, sizes)
    if result.call.name == "segment_overview":
        return _overview(result, details)
    if result.call.name == "compare_segments":
        sides = [result.call.args.get(one) for one in ("first", "second")]
        named = all(isinstance(one, str) for one in sides)
        return Listing(result, tuple(Sense("segment", str(one)) for one in sides)) if named else None
    if details.get("selections"):
        return Listing(result)
    if result.call.name == "measure" and len(result.call.args.get("by") or ()) == 1:
        return _measured(result, result.call.args["by"][0])
    if result.call.name not in LISTS:
        return None
    many = len(result.rows) > 1 and result.content.get("tables", [{}])[0].get("columns", [{}])[0].get("id") == "customer_id"
    if many:
        return Listing(result, tuple(Sense("customer_id", str(row[0])) for row in result.rows))
    return None


def _overview(result: Result, details: dict[str, Any]) -> Listing | None:
    if "groups" not in details:
        return Listing(result)  # still to run, so that the sizes are not known
    view = ResultView(result, "en")
    groups, made = view.by_size(details["groups"]), details.get("made") or []
    handles = [f"{result.handle}.{made.index(one) + 1}" if one in made else one for one in groups]
    sizes = tuple(Decimal(len(groups) - at) for at in range(len(groups)))
    return Listing(result, tuple(Sense("segment", one) for one in handles), sizes)


def _measured(result: Result, dimension: str, fewest: int = 2) -> Listing | None:
    rows = [row for row in result.rows if row[0] is not None]
    if len(rows) < fewest:
        return None
    senses = tuple(_value(dimension, str(row[0])) for row in rows)
    sizes = tuple(number_in(row[1]) for row in rows)
    return Listing(result, senses, sizes, values=True)


def _is_count(result: Result) -> bool:
    """Whether customers were only counted, so that their places in the list mean little."""
    args = result.call.args
    return result.call.name == "find_customers" and not args.get("sort_by") and not args.get("limit")


def customers_of(result: Result) -> list[str]:
    """The customers that a result lists, in order."""
    found = _listing(result) if result.outcome == "answered" else None
    return [one.id for one in (found.rows or ()) if one.kind == "customer_id"] if found else []


def row_of(dialogue: Dialogue, dimension: str) -> tuple[Sense, Any] | None:
    """“That month”, “那家店”: the one of that dimension that the latest measurement is limited to, or that leads it; and its window."""
    for result in reversed(dialogue.results):
        if result.call.name != "measure" or result.outcome != "answered":
            continue
        args = result.call.args
        only = {name: values for name, values in args.get("where", {}).items() if dimension in ("any", name) and len(values) == 1}
        if only:
            name, values = next(iter(only.items()))
            return _value(name, str(values[0])), args.get("window")
        by = args.get("by") or []
        asked = "weekday" if dimension == "day" and by == ["weekday"] else dimension
        found = _measured(result, by[0], fewest=1) if len(by) == 1 and asked in ("any", by[0]) else None
        if found is not None and found.rows and found.knows("largest"):
            return found.rows[0 if args.get("sort") else found.extreme("largest") - 1], args.get("window")
        if dimension == "any":
            return None
    return None


def _value(dimension: str, value: str) -> Sense:
    if dimension == "customer":
        return Sense("customer_id", value)
    if dimension in _PERIODS:
        return Sense("window", value, {"window": _period(dimension, value), "parts": None})
    if any(scheme.field == dimension for scheme in SCHEMES.values()):
        return Sense("segment", value)
    return Sense("value", value, {"dimension": dimension, "value": value})


def _period(dimension: str, value: str) -> Window:
    if dimension != "day" and not _DATE.fullmatch(value):
        return Window(period=value)
    start = dt.date.fromisoformat(value[:10])
    return Window(start=start, end=start + dt.timedelta(days=_WEEK - 1 if dimension == "week" else 0))


def number_in(cell: Any) -> Decimal:
    """The number in a cell of a table; 0 where there is none."""
    try:
        return Decimal(str(cell))
    except InvalidOperation:
        return Decimal(0)
