"""Cuts a question into clauses, one for each verb, and holds what the readers of clauses share."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

Rule = dict[str, Any]
"""A segment rule as plain data."""
BEHAVIOUR_OF_UNIT = {"order": "orders", "money": "amount", "item": "quantity"}
BEHAVIOUR_OF_FIELD = {"orders": "orders", "amount": "amount"}
DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass
class Clause:
    """A stretch of a question around one verb.

    Args:
        places: Places of its tokens in the sentence.
        joint: What joins it to the clause before: "and" or "or".
    """

    places: list[int] = field(default_factory=list)
    joint: str = "and"


def clauses(sentence: Sentence) -> list[Clause]:
    """The sentence cut at joints, and where a second verb begins."""
    found = [Clause()]
    for place, token in enumerate(sentence.tokens):
        joint = _joint(token)
        if token.is_("neg", "except") and found[-1].places:
            found.append(Clause([place]))
        elif joint:
            if found[-1].places:
                found.append(Clause(joint=joint))
            elif joint == "or":
                found[-1].joint = "or"
        elif token.is_("verb") and not _is_noun(sentence, place) and _complete(sentence, found[-1]):
            moved = _opening(sentence, found[-1])
            found[-1].places = found[-1].places[: len(found[-1].places) - len(moved)]
            found.append(Clause([*moved, place]))
        else:
            found[-1].places.append(place)
    return [clause for clause in found if clause.places]


def _joint(token: Token) -> str | None:
    conj = token.get("conj")
    if conj:
        return "or" if conj.id == "or" else "and"
    return "and" if token.is_("punctuation", ",", ";", ".", "?", "!", ":") else None


def _is_noun(sentence: Sentence, place: int) -> bool:
    return sentence.tokens[place].is_("metric")


def _complete(sentence: Sentence, clause: Clause) -> bool:
    tokens = [sentence.tokens[place] for place in clause.places]
    verbs = [token for token in tokens if token.is_("verb") and not token.is_("metric")]
    return bool(verbs) and any(token.is_("comparison") or token.is_("value") for token in tokens)


def _opening(sentence: Sentence, clause: Clause) -> list[int]:
    """The window and negation that stand before the second verb and belong to it."""
    moved: list[int] = []
    for place in reversed(clause.places):
        if not (sentence.tokens[place].is_("window") or sentence.tokens[place].is_("neg")):
            break
        moved.insert(0, place)
    return moved


def plain(value: Decimal) -> int | float | str:
    """A number as JSON: an integer where it is one."""
    return int(value) if value == int(value) else str(value.normalize())
