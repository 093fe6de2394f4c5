"""“Top 100 by spend: how many are VIPs”, “VIP里有多少是前100名”: a number is asked of the best, so that they are cut from all.

The number of those who are left after a cut is what it was cut to: who asks for a number beside a cut asks how many of the best
meet a condition, on whichever side of the cut it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape

_CUTS = ("ranking", "top_customers")
_BESIDE = ("noun", "rank", "field", "verb", *_CUTS)
"""What belongs to a cut where it stands right beside it: of whom, by what."""
_BY = ("amount", "orders", "spend", "order", "predicted_value", "revenue")
_PEOPLE = ("noun", "top_customers")
_CONDITIONS = ("segment", "value", "condition", "comparison", "band", "verb", "neg", "field")


@dataclass(frozen=True)
class Halves:
    """The words for the best, the question with everybody in their place, and whether a number says how many they are."""

    top: str
    rest: str
    numbered: bool


def halves_of(sentence: Sentence) -> Halves | None:
    """The parts of a question for a number of the best; None where none is asked, or they are the best of some only."""
    if not (sentence.says("cue", "count", "share") or shape("best", "how_many").search(sentence.text)):
        return None
    place = next((at for at, token in enumerate(sentence.tokens) if _cuts(sentence, at)), None)
    if place is None:
        return None
    first, last = _span(sentence, place)
    before, after = _limited(sentence, 0, first), _limited(sentence, last + 1, len(sentence.tokens))
    start, end = sentence.tokens[first].start, sentence.tokens[last].end
    ahead, rest = sentence.text[:start], sentence.text[end:]
    if before == after:
        return None
    if after and not _peopled(sentence, first, last) and shape("best", "theirs").match(rest):
        return None  # “the top 10 % of VIPs” are cut from the VIPs
    if before and not shape("best", "are_in").search(ahead):
        return None
    people = "客户" if sentence.language == "zh" else "customers"
    asked = shape("best", "are_in").sub("", ahead) if before else f"{ahead}{people}{rest}"
    top = sentence.text[start:end]
    return Halves(top, asked, shape("best", "told").search(top) is not None)


def _cuts(sentence: Sentence, at: int) -> bool:
    """Whether a token cuts customers, and nothing else, from all."""
    cut = sentence.tokens[at].get("ranking")
    return sentence.tokens[at].is_("top_customers") or (cut is not None and not cut.data.get("item"))


def _span(sentence: Sentence, place: int) -> tuple[int, int]:
    """Where the cut stands with what is said of it right beside it."""
    first = last = place
    while first > 0 and _belongs(sentence, first - 1, ahead=True):
        first -= 1
    while last + 1 < len(sentence.tokens) and _belongs(sentence, last + 1):
        last += 1
    while sentence.tokens[first].is_("stop") and first < place:
        first += 1
    while sentence.tokens[last].is_("stop") and last > place:
        last -= 1
    return first, last


def _belongs(sentence: Sentence, at: int, *, ahead: bool = False) -> bool:
    token = sentence.tokens[at]
    if token.is_("window"):
        following = sentence.tokens[at + 1 : at + 2]
        return ahead or any(one.is_("punctuation") or one.is_("cue", "count") for one in following)
    counted = token.get("quantity") if ahead else None
    if token.text in ("的", "the", "our") or (counted is not None and counted.data["unit"] in ("", "person")):
        return True
    if any(token.is_(kind) for kind in ("field", "verb")):
        return token.is_("noun") or any(token.is_(kind, *_BY) for kind in ("field", "verb"))
    return any(token.is_(kind) for kind in _BESIDE)


def _limited(sentence: Sentence, first: int, last: int) -> bool:
    """Whether a condition stands between two places."""
    part = (token for token in sentence.tokens[first:last] if not token.is_("noun") and not token.is_("stop"))
    return any(token.is_("cue", "churn", "churned") or any(token.is_(kind) for kind in _CONDITIONS) for token in part)


def _peopled(sentence: Sentence, first: int, last: int) -> bool:
    """Whether the cut says of whom it is: “top 100 customers”, “whales”."""
    for token in sentence.tokens[first : last + 1]:
        cut = token.get("ranking")
        if any(token.is_(kind) for kind in _PEOPLE) or (cut is not None and cut.data.get("person")):
            return True
    return False
