"""Coming, as what customers did: "people who came in May but not in June", “10月的客户里有多少11月又来了”."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary

_COME = ("come", "comes", "came", "coming")
_RETURN = ("return", "returns", "returned", "returning")
_WORDS = (*_COME, *_RETURN)
_OTHERWISE = ("from", "up", "with", "to", "out", "down", "as", "next", "first", "last", "here", "along", "after")
"""After “come” these make something else of it: “come from Leeds”, "come up with"."""
_HELPERS = ("has", "have", "had", "did", "do", "does", "still", "also", "then", "only", "actually", "even", "just", "ever")
_REACH = 4
_ASKED = ("count", "list", "export", "save")
_BETWEEN = ("的", "年")
"""What may stand between a time and the people of it: “12月年收入10万以上的客户”."""
_LIGHT = ("stop", "punctuation", "window")
_ORDER = Sense("verb", "order", {"behaviour": "orders"})
_BACK = Sense("cue", "again")


def came(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The tokens, those that say that somebody came as the verb that it is."""
    found = list(tokens)
    for at, token in enumerate(tokens):
        timed = any(one.is_("window") for one in tokens[at + 1 : at + 3])
        if token.text in _WORDS and not token.is_("verb") and _somebody(found[:at], timed) and not _otherwise(tokens, at):
            back = (_BACK,) if token.text in _RETURN else ()
            found[at] = replace(token, senses=(_ORDER, *back))
    return found


def of_a_time(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """The tokens, customers of a time as those who came in it: “12月的啤酒客户有多少”, "how many homeowners in Q4".

    Where something else is asked of them, only if something that they did at another time is said after.
    """
    for at, window in enumerate(tokens):
        people = _people_after(tokens, at, vocabulary) if window.is_("window") else None
        if people is None or any(_does(one) for one in tokens[: people + 1]):
            continue
        before, after = tokens[:at], tokens[people + 1 :]
        timed = any(one.is_("window") or one.is_("later") for one in after)
        does = timed and any(_does(one) for one in after) and not any(_measures(one) for one in after)
        asked = any(one.is_("cue", *_ASKED) or one.is_("format") for one in (*before, *after))
        if does or (asked and not any(_adds(one) for one in (*before, *after))):
            return [*before, Token(window.start, window.start, "", (_ORDER,)), *tokens[at:]]
    if not (_ends_in_time(tokens, vocabulary) or _only_places_in_time(tokens, vocabulary)):
        return tokens
    when = next(at for at, one in enumerate(tokens) if one.is_("window"))
    return [*tokens[:when], Token(tokens[when].start, tokens[when].start, "", (_ORDER,)), *tokens[when:]]


def _only_places_in_time(tokens: list[Token], vocabulary: Vocabulary) -> bool:
    """Whether it is asked only how many there were at a place or of goods in a time: “367店12月有多少客户”."""
    placed = [one for one in tokens if _bought(one, vocabulary)]
    people = [one for one in tokens if one.is_("noun", "customer")]
    others = [one for one in tokens if one not in placed and one not in people]
    light = all(any(one.is_(kind) for kind in _LIGHT) or one.is_("cue", "count") for one in others)
    once = len(placed) == len(people) == sum(one.is_("window") for one in tokens) == 1
    return once and light and any(one.is_("cue", "count") for one in others) and not any(one.is_("verb") for one in others)


def _bought(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether a word says where or what was bought."""
    value = token.get("value")
    return value is not None and vocabulary.levels.get(str(value.data["dimension"])) not in ("customer", "time", "campaign")


def _ends_in_time(tokens: list[Token], vocabulary: Vocabulary) -> bool:
    """Whether it is asked only how many, or who, are of a sort in a time: “how many homeowners in December”."""
    if not tokens:
        return False
    *said, last = tokens
    known = all(one.is_("cue", *_ASKED) or one.is_("stop") or one.is_("noun", "customer") or _told(one, vocabulary) for one in said)
    asked = any(one.is_("cue", *_ASKED) for one in said)
    return last.is_("window") and known and asked and any(_told(one, vocabulary) for one in said)


def _told(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether a word says what sort of people they are, which no time changes."""
    value, condition = token.get("value"), token.get("condition")
    if value is not None:
        return vocabulary.levels.get(str(value.data["dimension"])) == "customer"
    return condition is not None and "field" in (condition.data.get("rule") or {})


def _people_after(tokens: list[Token], at: int, vocabulary: Vocabulary) -> int | None:
    """The place of the word for customers that a time stands right before, over what they bought or where, or what they are."""
    for place in range(at + 1, min(at + 1 + _REACH, len(tokens))):
        token = tokens[place]
        if token.is_("noun", "customer"):
            return place
        if not _bought(token, vocabulary) and not _told(token, vocabulary) and token.text not in _BETWEEN:
            return None
    return None


def _adds(token: Token) -> bool:
    """Whether a word makes more of it than who they are, or how many."""
    known = ("cue", "stop", "punctuation", "noun", "format", "ranking", "pronoun")
    return not any(token.is_(kind) for kind in known) or _measures(token)


def _does(token: Token) -> bool:
    return token.is_("verb", "order") and not token.is_("metric")


def _measures(token: Token) -> bool:
    return (token.is_("metric") and not token.is_("noun")) or token.is_("cue", "how_much", "average")


def _somebody(before: list[Token], timed: bool) -> bool:
    """Whether people are spoken of right before, over words that help the verb and times; with a time a pronoun is enough."""
    for token in list(reversed(before))[:_REACH]:
        if token.is_("noun", "customer") or token.is_("conj", "who") or token.is_("neg") or token.is_("cue", "everyone"):
            return True
        if timed and (token.is_("pronoun") or token.is_("cue", "count")):
            return True
        joined = token.is_("conj") and any(one.is_("verb") or one.is_("field", "first_order_date") for one in before)
        if joined:
            return True
        if not (token.is_("stop") or token.text in _HELPERS):
            return False
    return False


def _otherwise(tokens: list[Token], at: int) -> bool:
    """Whether the word after it makes something else of it; returned goods are no visit either."""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None or tokens[at].text in _RETURN:
        return after is not None and (after.is_("unit", "item") or after.text in ("goods", "rate", "rates", "something", "an", "a"))
    return after.text in _OTHERWISE and not (after.text == "to" and any(one.is_("value") for one in tokens[at + 2 : at + 4]))
