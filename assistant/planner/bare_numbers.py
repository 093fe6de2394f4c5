"""Numbers that stand for what was spoken of: “8号也看一下” after a campaign, “1609呢” after a customer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.heads import LISTS
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary

_LIGHT = ("stop", "punctuation", "ellipsis", "conj", "between", "op")
_DIGITS = re.compile(r"\d+")
_SHORT_LISTS = 50
"""A number up to this may be how many recommendations are wanted."""
_OF_ONE = ("look_up_customer", "recommend_products", "next_order", "customer_value", "churn_risk", "summarize_segment")


def with_numbers(tokens: list[Token], dialogue: Dialogue, vocabulary: Vocabulary, only: str | None) -> list[Token]:
    """The tokens, a number that nothing else explains with the value or the customer that it names.

    Args:
        tokens: The question.
        dialogue: The conversation before it.
        vocabulary: The values that are known.
        only: The one customer that the latest answer was about.
    """
    last = dialogue.last
    if last is None:
        return tokens
    swapped = _swapped(tokens, last, vocabulary) or _of_rows(tokens, last)
    if swapped is not None:
        return swapped
    shown = _shown_customer(tokens, last)
    if shown is not None:
        return [replace(one, senses=(Sense("customer_id", one.text),)) if at == shown else one for at, one in enumerate(tokens)]
    at = _number(tokens)
    if at is None:
        return _with_letters(tokens, last, vocabulary)
    sense = _customer(tokens[at], last, only) or _value(tokens, at, last, vocabulary)
    if sense is None:
        return tokens
    return [*tokens[:at], replace(tokens[at], senses=(sense,)), *tokens[at + 1 :]]


def _swapped(tokens: list[Token], last: Result, vocabulary: Vocabulary) -> list[Token] | None:
    """“Not 367, 406” after an answer about store 367: both are stores; None where it is another question."""
    said = [at for at, token in enumerate(tokens) if token.text.isdigit() and (one := token.get("quantity")) and one.data["unit"] == ""]
    others = [token for at, token in enumerate(tokens) if at not in said]
    light = all(any(token.is_(kind) for kind in (*_LIGHT, "neg")) for token in others)
    if len(said) != len(("denied", "meant")) or not light or not any(token.is_("neg") for token in tokens[: said[0]]):
        return None
    for dimension, values in limits(last.call.args):
        meant = vocabulary.value_named(dimension, tokens[said[1]].text)
        if meant and tokens[said[0]].text in values:
            named = {said[0]: tokens[said[0]].text, said[1]: meant}
            return [
                replace(token, senses=(Sense("value", f"{dimension}={named[at]}", {"dimension": dimension, "value": named[at]}),))
                if at in named
                else token
                for at, token in enumerate(tokens)
            ]
    return None


def _of_rows(tokens: list[Token], last: Result) -> list[Token] | None:
    """“Only 367 and 406” of a number by store: those of the rows; one number alone may be how many of them are wanted."""
    by = list(last.call.args.get("by") or ()) if last.call.name == "measure" else []
    shown = [str(row[0]) for row in last.rows] if by else []
    said = {at: _DIGITS.findall(token.text) for at, token in enumerate(tokens) if _is_bare(token)}
    light = all(any(token.is_(kind) for kind in (*_LIGHT, "drop", "neg")) for at, token in enumerate(tokens) if at not in said)
    named = [one for numbers in said.values() for one in numbers]
    if not named or not light or not set(named) <= set(shown) or (len(named) == 1 and int(named[0]) <= len(shown)):
        return None
    told = {
        at: Sense("value", f"{by[0]}={first}", {"dimension": by[0], "value": first, "also": tuple(others)})
        for at, (first, *others) in said.items()
    }
    return [replace(token, senses=(told[at],)) if at in told else token for at, token in enumerate(tokens)]


def _is_bare(token: Token) -> bool:
    """“367”, “only 367”, “367 and 406”: numbers of nothing, and no bound of one."""
    said = token.get("quantity") or token.get("comparison")
    return (
        said is not None and said.data["unit"] == "" and said.data.get("op", "=") in ("=", "between") and bool(_DIGITS.search(token.text))
    )


def _with_letters(tokens: list[Token], last: Result, vocabulary: Vocabulary) -> list[Token]:
    """“B and C too” after campaigns of type A: single letters nothing explains, beside light words only, as the values of that name."""
    if not all(any(token.is_(kind) for kind in _LIGHT) or _is_letter(token) for token in tokens):
        return tokens
    found = [
        replace(token, senses=(one,)) if _is_letter(token) and (one := _lettered(token, last, vocabulary)) else token for token in tokens
    ]
    return found if all(not token.unknown for token in found) else tokens


def _is_letter(token: Token) -> bool:
    return token.unknown and len(token.text) == 1 and token.text.isascii() and token.text.isalpha()


def _lettered(token: Token, last: Result, vocabulary: Vocabulary) -> Sense | None:
    """The value of that letter, of a dimension by which the latest answer was limited to another letter."""
    for dimension, values in limits(last.call.args):
        meant = vocabulary.value_named(dimension, token.text)
        if meant and meant not in values and all(len(one.split(" ")[-1]) == 1 for one in values):
            return Sense("value", f"{dimension}={meant}", {"dimension": dimension, "value": meant})
    return None


def _number(tokens: list[Token]) -> int | None:
    """The place of the only number, where nothing but light words and a comparison stands beside it."""
    places = [at for at, token in enumerate(tokens) if token.text.isdigit() and (one := token.get("quantity")) and one.data["unit"] == ""]
    others = [token for at, token in enumerate(tokens) if at not in places]
    light = all(any(token.is_(kind) for kind in _LIGHT) or token.is_("cue", "compare") for token in others)
    return places[0] if len(places) == 1 and light else None


def _shown_customer(tokens: list[Token], last: Result) -> int | None:
    """“看看1609”, “details of 1609” after a list of customers: the place of a number that is one of those shown."""
    if last.call.name not in LISTS or "customer_id" in last.call.args:
        return None
    numbers = [at for at, token in enumerate(tokens) if token.text.isdigit() and token.is_("quantity")]
    others = [token for at, token in enumerate(tokens) if at not in numbers]
    light = all(any(token.is_(kind) for kind in _LIGHT) or token.is_("cue", "list", "summarize") for token in others)
    ids = {str(row[0]) for row in last.rows if row}
    return numbers[0] if len(numbers) == 1 and light and tokens[numbers[0]].text in ids else None


def _customer(token: Token, last: Result, only: str | None) -> Sense | None:
    if only is None or last.call.name not in _OF_ONE or (last.call.name == "recommend_products" and int(token.text) <= _SHORT_LISTS):
        return None
    return Sense("customer_id", token.text)


def _value(tokens: list[Token], at: int, last: Result, vocabulary: Vocabulary) -> Sense | None:
    """The value of that number, of a dimension by which the latest answer was limited to another one."""
    numbered = any(token.text.startswith("号") for token in tokens[at + 1 : at + 2])
    many = any(token.is_("ellipsis", "only", "change") or token.is_("op") for token in tokens)
    if last.call.args.get("by") and not numbered and (many or len(tokens) == 1):
        return None  # so many of the groups
    for dimension, values in limits(last.call.args):
        meant = vocabulary.value_named(dimension, tokens[at].text)
        if meant and meant not in values and all(any(char.isdigit() for char in one) for one in values):
            return Sense("value", f"{dimension}={meant}", {"dimension": dimension, "value": meant})
    return None


def limits(args: Any) -> Iterator[tuple[str, list[str]]]:
    """The dimensions and values that the arguments of a call limit it to, wherever they stand in it."""
    if isinstance(args, list):
        for part in args:
            yield from limits(part)
    if not isinstance(args, dict):
        return
    for key, value in args.items():
        if key == "where" and isinstance(value, dict):
            yield from ((str(dimension), [str(one) for one in values]) for dimension, values in value.items())
        elif key == "campaign" and isinstance(value, str):
            yield "campaign", [value]
        else:
            yield from limits(value)
