"""“Bought wine or beer... actually just beer”, “近90天退... 哦不是，近90天没来过的”: what is taken back in the middle of a sentence.

What comes after the mark is said anew: from a word that both parts have, in place of what is of its kind, or on its own. The
reading that was taken is told with the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from assistant.planner.asked import Asked
from assistant.planner.normalise import HAN, normalise
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape
from assistant.planner.tokens import Token

_KINDS = ("value", "window", "comparison", "quantity", "ranking", "segment", "metric", "dimension", "customer_id", "chart", "format")
"""What one word may take the place of another of."""
_SAYS = ("metric", "verb", "comparison", "condition", "noun", "scheme", "ask")
"""What a part that stands on its own has."""
_FEWEST = 2
_LETTERS = re.compile(rf"[a-z]|[{HAN}]")
_OPENING = re.compile(r"^(?:把|将|the|a|an|please|请|帮我|给我|看|查|[\"'(\s])*$")
_CLAUSE = re.compile(r"[,.;?!]")
_WORD = re.compile(rf"[a-z0-9/&']+|[{HAN}]|\d+")
_EACH = ("by", "per", "for", "each", "every", "for each", "in each", "split", "按", "各", "每个", "分")
_LIGHT = ("stop", "punctuation", "conj")


def taken_back(asked: Asked) -> Plan | None:
    """The plan of the question as it was corrected within itself; None where nothing is, or where it is not understood so."""
    plain = asked.text
    marks = [one for one in shape("taken_back", "mark").finditer(plain) if len(_LETTERS.findall(plain[: one.start()])) > _FEWEST]
    if not marks:
        return None
    mark = marks[-1]
    said, anew = plain[: mark.start()].rstrip(" ,.;-("), plain[mark.end() :].strip(" ,;:")
    anew = shape("taken_back", "left_over").sub("", anew.removesuffix(")") if "(" in mark[0] else anew)
    anew = re.sub("的?吧$", "", anew)
    if not anew:
        return None
    for whole in dict.fromkeys(_candidates(said, anew, asked.sentence)):
        found = asked.read(whole)
        if found.calls and not any(call.name in ("ask_user", "decline") for call in found.calls):
            return replace(found, notes=(*found.notes, ("taken_back", whole)))
    return None


def _candidates(said: str, anew: str, read: Callable[[str], Sentence]) -> Iterator[str]:
    """The question in the ways in which it may have been meant, the surest first."""
    whole = _ungrouped(said, anew, read)
    if whole is not None:
        yield whole
        return
    again = _from_shared(said, anew)
    if again is not None:
        yield again
    stands = _stands(read(_CLAUSE.split(anew)[0]))
    put = _in_its_place(said, anew, read)
    if put is not None and not stands:
        yield put
    if stands:
        yield anew
    if put is not None and stands:
        yield put


def _ungrouped(said: str, anew: str, read: Callable[[str], Sentence]) -> str | None:
    """“… by department, scrap that, just overall”: the same without what it was to be grouped by."""
    match = shape("taken_back", "overall").match(anew)
    sentence = read(said)
    places = [at for at, token in enumerate(sentence.tokens) if token.is_("dimension") and not token.is_("value")]
    if match is None or not places:
        return None
    start = end = places[-1]
    while start and (sentence.tokens[start - 1].is_("by") or sentence.tokens[start - 1].text in _EACH):
        start -= 1
    rest = f"{_until(sentence, start)} {_from(sentence, end + 1).removeprefix('的')}"
    return normalise(f"{rest} {match.groupdict().get('when') or ''}")


def _from_shared(said: str, anew: str) -> str | None:
    """“… but never baby, sorry, never milk”: said anew from the words with which the correction begins."""
    words = list(_WORD.finditer(anew))
    for length in range(min(len(words), 6), 0, -1):
        start = anew[: words[length - 1].end()]
        least = len(start) > 3 if start.isascii() else len(start) >= _FEWEST
        at = said.rfind(start)
        whole = at >= 0 and (at == 0 or not (start[0].isascii() and said[at - 1].isalnum()))
        if least and whole:
            kept = said[:at]
            return anew if _OPENING.match(kept) else f"{kept}{anew}"
    return None


def _in_its_place(said: str, anew: str, read: Callable[[str], Sentence]) -> str | None:
    """“In march, sorry, april”: in place of the last that is of its kind, with whatever follows the correction."""
    ends = _CLAUSE.search(anew)
    other, rest = (anew[: ends.start()], anew[ends.start() :]) if ends else (anew, "")
    told = [token for token in read(other).tokens if not any(token.is_(kind) for kind in _LIGHT)]
    kinds = [kind for kind in _KINDS if told and any(token.is_(kind) for token in told[:1])]
    before = read(said)
    for kind in kinds:
        places = [at for at, token in enumerate(before.tokens) if token.is_(kind)]
        if not places:
            continue
        start = end = places[-1]
        while start and _of_kind(before.tokens[start - 1], kind):
            start -= 1
        while before.tokens[start].is_("conj"):
            start += 1
        return normalise(f"{_until(before, start)} {other} {_from(before, end + 1)}{rest}")
    return None


def _of_kind(token: Token, kind: str) -> bool:
    """Whether a word is of the list that is replaced: of the kind, not placed, or what joins two of them."""
    return token.is_(kind) or token.unknown or token.is_("conj")


def _until(sentence: Sentence, place: int) -> str:
    return sentence.text[: sentence.tokens[place].start] if place < len(sentence.tokens) else sentence.text


def _from(sentence: Sentence, place: int) -> str:
    return sentence.text[sentence.tokens[place].start :] if place < len(sentence.tokens) else ""


def _stands(sentence: Sentence) -> bool:
    """Whether the correction says whom or what it is about by itself."""
    said = [token for token in sentence.tokens if not any(token.is_(kind) for kind in _LIGHT)]
    return len(said) >= _FEWEST and any(token.is_(kind) for token in said for kind in _SAYS)
