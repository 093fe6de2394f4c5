"""Groups of an earlier day as conditions: “were loyal at the end of June”, “从忠诚掉到流失风险”, “no longer champions”."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from assistant.planner.clauses import DAYS
from assistant.planner.dialogue import Dialogue
from assistant.planner.lexicon import read_table
from assistant.planner.then import back, day_of, during, groups_day, two_days
from assistant.planner.tokens import Sense, Token
from tools.segments.schemes import MEMBERSHIP, RFM, scheme_of
from tools.windows import Window

EARLIER = "earlier_group"
"""Id of the condition of having been in a group, or of having moved; its data may hold whom that is a share of."""
UNDATED = "undated"
"""Kind of a token that names a move of groups without a day."""
_GROUP, _TIME = "§", "@"
_SAID_OTHERWISE = {"new", "lost", "prospects"}
"""Groups whose names also say what customers did in a time: “were new in June”."""
_RANKED = (RFM, MEMBERSHIP)
"""Schemes whose groups are in order, the best first."""
_MEASURED = ("metric", "verb", "dimension")
_COUNTED = ("customers", "buyers", "customer", "rfm_group", "rfm_eight", "membership_tier", "lifecycle")


@dataclass(frozen=True)
class _Marked:
    """The tokens as a text with signs for groups and times, and the token of each of its characters."""

    text: str
    places: tuple[int, ...]

    def tokens(self, first: int, last: int) -> list[int]:
        """The places of the tokens of a span, in order."""
        return sorted({place for place in self.places[first:last] if place >= 0})


@dataclass(frozen=True)
class _Move:
    """A way of moving, the groups of its sides, and whether the day is said with the group that they were in."""

    way: str
    sides: dict[str, list[str]]
    dated: bool


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = read_table("movements")
    found = []
    for language, patterns in table["patterns"].items():
        parts = dict(table["parts"][language])
        for name, part in parts.items():
            parts[name] = _filled(part, parts)
        edge = r"(?<![a-z])" if language == "en" else ""
        found += [(str(way), re.compile(edge + _filled(pattern, parts))) for way, pattern in patterns]
    return tuple(found)


def _filled(pattern: str, parts: dict[str, str]) -> str:
    for name, part in parts.items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


def with_earlier_groups(tokens: list[Token], as_of: dt.date, dialogue: Dialogue) -> list[Token]:
    """The tokens, those that say who was in a group on an earlier day as one condition."""
    tokens = _with_time_before(_with_ago(tokens, as_of), dialogue)
    if not any(_group(token) for token in tokens):
        return tokens
    marked = _marked(tokens)
    for way, pattern in _patterns():
        for found in pattern.finditer(marked.text):
            covered = marked.tokens(*found.span())
            sides = {name: _named(tokens, marked.tokens(*found.span(name))) for name in found.groupdict() if found[name]}
            again, dated = sides.pop("again", None), sides.pop("at", None) is not None
            if (
                not covered
                or (way not in ("from_to", "into") and set(sides["from"]) & _SAID_OTHERWISE)
                or (again and again != sides["from"])
                or not _of_one_scheme(sides)
            ):
                continue
            return _replaced(tokens, covered, _Move(way, sides, dated), as_of, dialogue)
    return tokens


def _replaced(tokens: list[Token], covered: list[int], move: _Move, as_of: dt.date, dialogue: Dialogue) -> list[Token]:
    way, sides = move.way, move.sides
    inside = [place for place in covered if tokens[place].is_("window")]
    spare = [place for place, token in enumerate(tokens) if token.is_("window") and place not in covered]
    outside = [] if way == "was" or _is_measured(tokens, covered) else spare
    times = sorted([*inside, *outside])
    others = [place for place, token in enumerate(tokens) if place not in covered and token.is_("segment")]
    if len(times) > 2 or (others and way != "was"):
        return tokens
    said = [tokens[place] for place in times]
    then, until = _days(said, as_of, state=move.dated or way == "was")
    gone = {place for place in (*covered, *times) if not tokens[place].is_("cue", "count", "list", "share")}
    start, end = tokens[covered[0]].start, tokens[covered[-1]].end
    text = " ".join(tokens[place].text for place in covered)
    if then is None:
        then = groups_day(dialogue)
    sense = Sense(UNDATED, way) if then is None else Sense("condition", EARLIER, _condition(way, sides, then, until))
    if then is not None and others and not any(_dated_again(tokens, place) for place in others):
        sense = Sense("condition", EARLIER, _and_now(sense.data["rule"], tokens, covered, others))
        gone |= set(others)
    whole = Token(start, end, text, (sense,))
    kept = [(place, token) for place, token in enumerate(tokens) if place not in gone]
    made = [
        *((place, token) for place, token in kept if place < covered[0]),
        (covered[0], whole),
        *(one for one in kept if one[0] > covered[0]),
    ]
    plain = [token for _, token in made]
    return with_earlier_groups(plain, as_of, dialogue) if then else plain


def _days(said: list[Token], as_of: dt.date, *, state: bool) -> tuple[dt.date | None, dt.date | None]:
    """The earlier and the later day; the later is None where it is today."""
    if not said:
        return None, None
    first = said[0].get("window")
    window = first.data["window"] if first else None
    if window is None:
        return None, None
    if len(said) == 2:
        second = said[1].get("window")
        return two_days([(said[0].text, window), (said[1].text, second.data["window"])], as_of) if second else (None, None)
    span = None if state else during(said[0].text, window, as_of)
    if span is not None:
        return span[0], span[1] if span[1] < as_of else None
    then = day_of(said[0].text, window, as_of)
    return (then, None) if then < as_of else (None, None)


def _condition(way: str, sides: dict[str, list[str]], then: dt.date, until: dt.date | None) -> dict[str, Any]:
    """The rule of a way of moving, and whom those who moved are a share of."""
    was = _any(sides.get("from", []), then)
    match way:
        case "was":
            return {"rule": was}
        case "from_to":
            return {"rule": {"all": [was, _any(sides["to"], until)]}, "among": was}
        case "stayed":
            return {"rule": {"all": [was, _any(sides["from"], until)]}, "among": was}
        case "into":
            return {"rule": {"all": [_any(sides["to"], until), {"not": _any(sides["to"], then)}]}}
        case "up" if better := _better(sides["from"], included=False):
            return {"rule": {"all": [was, _any(better, until)]}, "among": was}
        case "down" if better := _better(sides["from"], included=True):
            return {"rule": {"all": [was, {"not": _any(better, until)}]}, "among": was}
    return {"rule": {"all": [was, {"not": _any(sides["from"], until)}]}, "among": was}


def _and_now(was: dict[str, Any], tokens: list[Token], covered: list[int], others: list[int]) -> dict[str, Any]:
    """“Were loyal in June but are at risk now”: the groups without a day are those of today, and hold beside the earlier ones."""
    denied = [place for place in others if any(token.is_("neg") for token in tokens[max(0, place - 2) : place])]
    now = _any(_named(tokens, others), None)
    first = now if not denied and others[0] < covered[0] else was
    return {"rule": {"all": [was, {"not": now} if denied else now]}, "among": first}


def _dated_again(tokens: list[Token], place: int) -> bool:
    """Whether a time stands right beside a group, which may be its own."""
    return any(token.is_("window") for token in tokens[max(0, place - 1) : place + 2])


def _better(groups: list[str], *, included: bool) -> list[str]:
    """The groups that are better, in a scheme whose groups are in order; nothing elsewhere."""
    scheme = scheme_of(groups[0])
    if scheme not in _RANKED or scheme is None:
        return []
    order = [group.id for group in scheme.groups]
    last = max(order.index(one) for one in groups)
    return [one for one in order[: last + 1] if included or one not in groups]


def _any(groups: list[str], day: dt.date | None) -> dict[str, Any]:
    rules = [{"segment": group} | ({"on": day.isoformat()} if day else {}) for group in groups]
    return rules[0] if len(rules) == 1 else {"any": rules}


def _of_one_scheme(sides: dict[str, list[str]]) -> bool:
    groups = [group for side in sides.values() for group in side]
    schemes = {scheme.id for group in groups if (scheme := scheme_of(group)) is not None}
    return bool(groups) and len(schemes) == 1 and all(scheme_of(group) for group in groups)


def _named(tokens: list[Token], places: list[int]) -> list[str]:
    return [group for place in places if (group := _group(tokens[place]))]


def _group(token: Token) -> str | None:
    sense = token.get("segment")
    if sense is not None:
        return sense.id
    return "at_risk" if token.is_("term", "at_risk_term") else None


def _is_measured(tokens: list[Token], covered: list[int]) -> bool:
    """Whether something is measured beside, so that a time may be that of the measurement."""
    others = [token for place, token in enumerate(tokens) if place not in covered]
    return any(token.is_(kind) and not any(token.is_(one, *_COUNTED) for one in _MEASURED) for token in others for kind in _MEASURED)


def _marked(tokens: list[Token]) -> _Marked:
    text, places = "", []
    end = tokens[0].start if tokens else 0
    for place, token in enumerate(tokens):
        if token.start > end:
            text += " "
            places.append(-1)
        word = _GROUP if _group(token) else _TIME if token.is_("window") else token.text.replace(_GROUP, "").replace(_TIME, "")
        text += word
        places += [place] * len(word)
        end = token.end
    return _Marked(text, tuple(places))


def _with_ago(tokens: list[Token], as_of: dt.date) -> list[Token]:
    """“三个月前” beside a group is a day."""
    return list(_joined(tokens, as_of)) if any(_group(token) or token.is_("cue", "compare") for token in tokens) else tokens


def _joined(tokens: list[Token], as_of: dt.date) -> Iterator[Token]:
    place = 0
    while place < len(tokens):
        token, following = tokens[place], tokens[place + 1] if place + 1 < len(tokens) else None
        amount = token.get("quantity")
        unit = str(amount.data.get("unit")) if amount else ""
        if amount and following and following.text in ("前", "以前") and unit in DAYS:
            day = back(as_of, unit, int(amount.data["value"]))
            yield Token(
                token.start,
                following.end,
                token.text + following.text,
                (Sense("window", "", {"window": Window(start=day, end=day), "parts": ()}),),
            )
            place += 2
            continue
        yield token
        place += 1


def _with_time_before(tokens: list[Token], dialogue: Dialogue) -> list[Token]:
    """“掉下来之前他们买最多的品类”: the time up to the day on which they were still in their group."""
    day = groups_day(dialogue)
    if day is None:
        return tokens
    marked = _marked(tokens)
    for pattern in read_table("movements")["before"].values():
        found = re.search(pattern, marked.text)
        covered = marked.tokens(*found.span()) if found else []
        if covered:
            sense = Sense("window", "", {"window": Window(end=day), "parts": ()})
            text = " ".join(tokens[place].text for place in covered)
            whole = Token(tokens[covered[0]].start, tokens[covered[-1]].end, text, (sense,))
            return [*tokens[: covered[0]], whole, *tokens[covered[-1] + 1 :]]
    return tokens
