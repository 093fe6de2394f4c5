"""Cuts a question into clauses, one for each verb, and holds what the readers of clauses share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assistant.planner.lexicon import read_table
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

Rule = dict[str, Any]
"""A segment rule as plain data."""
BEHAVIOUR_OF_UNIT = {"order": "orders", "money": "amount", "item": "quantity"}
BEHAVIOUR_OF_FIELD = {"orders": "orders", "amount": "amount"}
_CLOSING = ("以外", "之外", "除外", "外")
_TOLD = ("window", "value", "verb", "comparison")
"""What was done, or when, and so more than a bare denial."""
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
    """The sentence cut at joints, and where a second verb or a denial of something else begins."""
    found = [Clause()]
    for place, token in enumerate(sentence.tokens):
        joint = (
            None
            if _lists_windows(sentence, place) or _opens_choice(sentence, place) or _lists_values(sentence, found[-1], place)
            else _joint(token)
        )
        if token.text in _CLOSING and any(sentence.tokens[at].is_("neg", "except") for at in found[-1].places):
            found[-1].places.append(place)  # “除了租房的以外”
            found.append(Clause())
        elif token.is_("neg", "except") and found[-1].places:
            found.append(Clause([place]))
        elif joint and token.is_("conj", "who") and _leaves_out(sentence, found[-1]):
            found[-1].places.append(place)  # “exclude those who spent less”
        elif joint and _only_times(sentence, found[-1], place):
            found[-1].joint = joint if joint == "or" else found[-1].joint
        elif joint:
            moved = _before_joint(sentence, found[-1], place)
            if moved:
                found[-1].places = found[-1].places[: -len(moved)]
            if found[-1].places:
                found.append(Clause(moved, joint))
            elif joint == "or":
                found[-1].joint = "or"
        elif _begins(sentence, found[-1], place):
            moved = _opening(sentence, found[-1])
            found[-1].places = found[-1].places[: len(found[-1].places) - len(moved)]
            found.append(Clause([*moved, place]))
        else:
            found[-1].places.append(place)
    return [clause for clause in found if clause.places]


def _leaves_out(sentence: Sentence, clause: Clause) -> bool:
    """“Exclude those”: who is left out, and not yet why."""
    tokens = [sentence.tokens[place] for place in clause.places]
    light = ("stop", "noun", "pronoun", "punctuation", "ellipsis")
    return any(one.is_("neg", "except") for one in tokens) and all(
        one.is_("neg", "except") or any(one.is_(kind) for kind in light) for one in tokens
    )


def _opens_choice(sentence: Sentence, place: int) -> bool:
    """“Either seafood or deli”: the word before the first of a choice joins nothing."""
    return sentence.tokens[place].text == "either" and any(token.text == "or" for token in sentence.tokens[place + 1 :])


_TURNING = ("又", "却", "也", "还", "再", "但却", "但又", "又要", "还要")
"""Words that join, and that stand after the time of what they join."""


def _before_joint(sentence: Sentence, clause: Clause, place: int) -> list[int]:
    """“三季度没来四季度又回来了”: the time that stands before the word that joins, and belongs to what follows it."""
    if sentence.tokens[place].text not in _TURNING or not _complete(sentence, clause, "window"):
        return []
    moved = _opening(sentence, clause)
    before = clause.places[: len(clause.places) - len(moved)]
    return moved if any(sentence.tokens[at].is_("verb") for at in before) else []


def _only_times(sentence: Sentence, clause: Clause, place: int) -> bool:
    """“最近一个月却没下过单”: nothing but a time stands before the word that joins, so that it is the time of what follows."""
    tokens = [sentence.tokens[at] for at in clause.places]
    timed = any(token.is_("window") for token in tokens)
    return timed and sentence.tokens[place].text in _TURNING and all(token.is_("window") or _is_filler(token) for token in tokens)


def _lists_windows(sentence: Sentence, place: int) -> bool:
    """Whether a joint stands between two times: “11月和12月都没来”, "in October or November"."""
    if _joint(sentence.tokens[place]) is None or not place:
        return False
    following = next((token for token in sentence.tokens[place + 1 :] if not _is_filler(token) or token.is_("conj")), None)
    return sentence.tokens[place - 1].is_("window") and following is not None and following.is_("window")


def _lists_values(sentence: Sentence, clause: Clause, place: int) -> bool:
    """Whether a joint stands between goods that one verb is about: “PASTRY和FLORAL都没买过”, “只买过肉和熟食”."""
    token, before = sentence.tokens[place], sentence.tokens[place - 1] if place else None
    if before is None or not before.is_("value") or not (token.is_("conj", "and", "or") or token.is_("punctuation", ",")):
        return False
    ahead = next((at for at in range(place + 1, len(sentence.tokens)) if not _lists(sentence.tokens[at])), len(sentence.tokens))
    if not any(sentence.tokens[at].is_("value") for at in range(place + 1, ahead)):
        return False
    following = sentence.tokens[next(at for at in range(place + 1, ahead) if sentence.tokens[at].is_("value"))]
    if token.is_("conj", "or") and _bought(sentence, before) is not None and _bought(sentence, before) == _bought(sentence, following):
        return True  # “coffee or tea in Q4”, “12月在367店或406店买过”: either in that time
    done = [sentence.tokens[at] for at in clause.places]
    only = any(token.is_("qualifier", "only") for token in done) and any(token.is_("verb") for token in done)
    denied = ahead < len(sentence.tokens) and sentence.tokens[ahead].is_("neg") and not sentence.tokens[ahead].text.isascii()
    return only or (denied and not any(token.is_("verb") for token in done))


def _bought(sentence: Sentence, token: Token) -> str | None:
    """The dimension of goods or of a place to buy that a token names."""
    value = token.get("value")
    dimension = str(value.data["dimension"]) if value is not None else ""
    return dimension if sentence.vocabulary.levels.get(dimension) in ("product", "order") else None


def _lists(token: Token) -> bool:
    """Whether a token goes on with a list of goods."""
    return token.is_("value") or token.is_("conj", "and", "or") or token.is_("punctuation", ",") or _is_filler(token)


def _begins(sentence: Sentence, clause: Clause, place: int) -> bool:
    """Whether something else that was done, or was not, begins: a second verb, or a denial that is not of the verb before it."""
    token = sentence.tokens[place]
    if token.is_("verb") and not _is_noun(sentence, place):
        if _goes_there(sentence, clause):
            return False
        return _complete(sentence, clause, *(("window",) if _opening(sentence, clause) else ()))
    if token.is_("neg") and _described(sentence, clause) and any(sentence.tokens[at].is_("value") for at in _ahead(sentence, place)):
        return True
    if not token.is_("neg") or not (_complete(sentence, clause, "window", "quantity") or _denied(sentence, clause)):
        return False
    said = [at for at in _ahead(sentence, place) if not _is_filler(sentence.tokens[at])]
    before = next((at for at in reversed(clause.places) if not _is_filler(sentence.tokens[at])), place)
    verb_first = bool(said) and sentence.tokens[said[0]].is_("verb")
    told = any(sentence.tokens[at].is_(kind) for at in said for kind in _TOLD)
    return verb_first or (told and not sentence.tokens[before].is_("verb"))


def _described(sentence: Sentence, clause: Clause) -> bool:
    """“Store 367 shoppers have never …”, “咖啡客户没…”: nobody but customers of something, so that what follows is of something else."""
    said = [sentence.tokens[at] for at in clause.places if not _is_filler(sentence.tokens[at]) or sentence.tokens[at].is_("noun")]
    return len(said) > 1 and said[-1].is_("noun", "customer") and said[-2].is_("value") and not any(token.is_("verb") for token in said)


def _goes_there(sentence: Sentence, clause: Clause) -> bool:
    """“去367店买咖啡”: where one goes to do what follows."""
    said = [sentence.tokens[at] for at in clause.places]
    at = next((at for at, token in enumerate(said) if token.is_("verb")), len(said))
    place = said[-1].get("value") if said else None
    going = at == len(said) - 2 and said[at].text in read_table("places")["going"]
    return going and place is not None and sentence.vocabulary.levels.get(str(place.data["dimension"])) == "order"


def _denied(sentence: Sentence, clause: Clause) -> bool:
    """Whether the clause says of something that it was not done: "not in November", so that "nor December" is another."""
    denial = next((at for at, place in enumerate(clause.places) if sentence.tokens[place].is_("neg")), len(clause.places))
    return any(sentence.tokens[place].is_(kind) for place in clause.places[denial:] for kind in ("window", "value"))


def _ahead(sentence: Sentence, place: int) -> Iterator[int]:
    """The places after ``place`` up to the next joint."""
    for at in range(place + 1, len(sentence.tokens)):
        if _joint(sentence.tokens[at]):
            return
        yield at


def _is_filler(token: Token) -> bool:
    return all(sense.kind == "stop" for sense in token.senses) and not token.unknown


def _joint(token: Token) -> str | None:
    conj = token.get("conj")
    if conj:
        return "or" if conj.id == "or" else "and"
    return "and" if token.is_("punctuation", ",", ";", ".", "?", "!", ":") else None


def _is_noun(sentence: Sentence, place: int) -> bool:
    return sentence.tokens[place].is_("metric")


def _complete(sentence: Sentence, clause: Clause, *more: str) -> bool:
    """Whether the clause has its verb and what was done: an amount, a value, or one of ``more``."""
    tokens = [sentence.tokens[place] for place in clause.places]
    verbs = [token for token in tokens if token.is_("verb") and not token.is_("metric")]
    return bool(verbs) and any(token.is_(kind) for token in tokens for kind in ("comparison", "value", *more))


def _opening(sentence: Sentence, clause: Clause) -> list[int]:
    """The window and negation that stand before a verb and belong to it; an English time stays with the verb before it."""
    moved: list[int] = []
    windows = sum(sentence.tokens[place].is_("window") for place in clause.places)
    for place in reversed(clause.places):
        token = sentence.tokens[place]
        if not (token.is_("window") or token.is_("neg") or _lists_windows(sentence, place)):
            break
        if token.is_("window") and token.text.isascii() and windows < 2:
            break
        moved.insert(0, place)
    return moved if len(moved) < len(clause.places) else []


def denies(tokens: Iterable[Token]) -> bool:
    """Whether something is said not to have been done: "never", “没有”, "zero orders"."""
    for token in tokens:
        verb, amount = token.get("verb"), token.get("comparison") or token.get("quantity")
        if token.is_("neg") or (verb is not None and verb.data.get("negated")):
            return True
        if amount is not None and amount.data["value"] == 0 and amount.data.get("op", "=") in ("=", "<="):
            return True
    return False


def plain(value: Decimal) -> int | float | str:
    """A number as JSON: an integer where it is one."""
    return int(value) if value == int(value) else str(value.normalize())
