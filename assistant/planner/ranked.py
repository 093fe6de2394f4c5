"""Rankings beside other words: of months and days (“the 3 best months”), from best to worst, the second best."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_PERIODS = ("day", "week", "month", "year")
_TIMES = (*_PERIODS, "quarter", "weekday", "hour")
_FIRST = ("前", "后", "最后", "最末")
"""Before a number of days or months these say which come first, and not which are best."""
_BETWEEN = ("的", "the", "of", "这", "那")
_TO = ("to", "到", "至", "-")
_PLACES = {word: n for n, word in enumerate(("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), 2)}
_PLACES |= {f"{n}{'nd' if n == 2 else 'rd' if n == 3 else 'th'}": n for n in range(2, 11)}
_NUMBER = re.compile(r"[\d.,]+|[零〇一二两三四五六七八九十百]+")
_LOWEST = ("lowest", "smallest", "worst", "least", "fewest", "bottom", "weakest", "最低", "最差", "最少", "最小", "倒数", "末")


def ranked_periods(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“bottom 3 months”, “卖得最好的3个月”: the periods are what is ranked, and not a length of time."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        quantity = token.get("quantity")
        if quantity is None or quantity.data["unit"] not in _PERIODS or not _beside_rank(tokens, at) or token.is_("window"):
            found.append(token)
            continue
        unit, value = str(quantity.data["unit"]), quantity.data["value"]
        written = _NUMBER.match(token.text)
        cut = token.start + (written.end() if written else 1)
        number = Token(token.start, cut, token.text[: cut - token.start], (Sense("quantity", str(value), {"value": value, "unit": ""}),))
        found += [number, Token(cut, token.end, token.text[cut - token.start :].strip(), (Sense("dimension", unit),))]
    return found


def _beside_rank(tokens: list[Token], at: int) -> bool:
    """Whether a word that ranks stands right before or after, fillers aside."""
    for step in (-1, 1):
        place = at + step
        while 0 <= place < len(tokens) and tokens[place].text in _BETWEEN:
            place += step
        if 0 <= place < len(tokens) and tokens[place].is_("rank", "largest", "smallest") and tokens[place].text not in _FIRST:
            return True
    return False


def from_best_to_worst(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“best to worst”, “largest to smallest”: one order, that of the first word."""
    found: list[Token] = []
    for token in tokens:
        head = found[-2:]
        way = token.get("ranking")
        if way is not None and not way.data.get("n") and len(head) == 2 and head[1].text in _TO:
            first = head[0].get("ranking")
            if first is not None and first.id != way.id and not first.data.get("n"):
                found[-2:] = [merged([*head, token], first)]
                continue
        found.append(token)
    return found


def ordinal_ranks(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“the third best”, “second lowest”, “倒数第二”: a ranking of which one place is asked for."""
    found: list[Token] = []
    for token in tokens:
        before = found[-1] if found else None
        ordinal = (before.get("ordinal") or _said_place(before)) if before is not None else None
        way = token.get("ranking")
        if before is not None and ordinal is not None and way is not None and not way.data.get("n"):
            found[-1] = merged([before, token], _placed(way.id, ordinal))
            continue
        later = token.get("ordinal")
        rank = before.get("ranking") if before is not None else None
        if before is not None and later is not None and rank is not None and not rank.data.get("n") and before.text in ("倒数", "bottom"):
            found[-1] = merged([before, token], _placed(rank.id, later))
            continue
        found.append(token)
    return found


def _said_place(token: Token) -> Sense | None:
    """“second”, "3rd" as a place; “first” before a ranking says no more than it."""
    place = _PLACES.get(token.text)
    return Sense("ordinal", str(place), {"n": place}) if place else None


def _placed(way: str, ordinal: Sense) -> Sense:
    place = int(ordinal.data["n"])
    if place < 0:  # “最后一名”, “倒数第二”: a place from the other end
        way, place = "smallest" if way == "largest" else "largest", -place
    return Sense("ranking", way, {"n": place, "place": place, "person": False, "item": False})


def with_places(tokens: list[Token]) -> list[Token]:
    """“second biggest store”, “排第二的门店”: ordinals as the rankings that they imply; “the 4th quarter” is a time."""
    found = list(tokens)
    for at, token in enumerate(tokens):
        ordinal = token.get("ordinal")
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        timely = following is not None and (following.is_("dimension", *_TIMES) or following.is_("noun"))
        if ordinal is None or timely or token.is_("cue", "percentile"):
            continue
        way = "smallest" if any(word in token.text for word in _LOWEST) else "largest"
        found[at] = replace(token, senses=(_placed(way, ordinal),))
    return found
