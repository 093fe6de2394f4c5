"""English sizes of families and ages of those who are described: "households with four or more people", "singles under 35"."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from assistant.planner.bands import band_condition, band_range
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_HOMES = frozenset({"household", "households", "family", "families", "home", "homes", "houses", "house"})
_SIZE = "household_size"
_REACH = 4
_LINKS = (
    "of",
    "with",
    "have",
    "has",
    "having",
    "where",
    "that",
    "there",
    "are",
    "is",
    "who",
    "contain",
    "containing",
    "size",
    "size of",
    "who have",
    "that have",
)
_AGES = range(15, 100)
_PEOPLE = ("singles", "couples", "parents", "adults", "women", "men", "homeowners", "renters", "moms", "dads")


def sized(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """The tokens, numbers of people in a home as values of its size, and bare bounds beside a description as ages."""
    dimension = next((name for name in vocabulary.values if name.endswith(_SIZE)), None)
    found = list(tokens)
    for at, token in enumerate(tokens):
        amount = token.get("comparison") or token.get("quantity")
        if amount is None:
            continue
        if dimension is not None and amount.data["unit"] == "person" and _of_home(tokens, at):
            size = _sizes(amount, vocabulary.values[dimension])
            found[at] = replace(token, senses=(_value(dimension, size),)) if size else token
        elif amount.kind == "comparison" and amount.data["unit"] == "" and _aged(tokens, at, vocabulary):
            found[at] = merged([token], Sense("condition", "age", {"rule": band_condition("age", amount, vocabulary)}))
    return found


def _of_home(tokens: list[Token], at: int) -> bool:
    """Whether a home is spoken of right before, so that it is its people who are counted."""
    for token in reversed(tokens[max(at - _REACH, 0) : at]):
        if token.text in _HOMES:
            return True
        if token.text not in _LINKS and not token.is_("stop"):
            return False
    return False


def _sizes(amount: Sense, known: list[str]) -> list[str]:
    """The sizes in the data that a number of people means."""
    value, op = amount.data["value"], str(amount.data.get("op", "="))
    low, high = (value if isinstance(value, list) else [value, value])[:2]
    sizes = sorted(known, key=lambda one: int(one.rstrip("+") or 0)) if all(one.rstrip("+").isdigit() for one in known) else []
    return [one for one in sizes if _fits(_span(one), op, Decimal(low), Decimal(high))]


def _span(size: str) -> tuple[Decimal, Decimal]:
    """The fewest and the most people of a size."""
    fewest = Decimal(size.rstrip("+"))
    return fewest, Decimal("Infinity") if size.endswith("+") else fewest


def _fits(size: tuple[Decimal, Decimal], op: str, low: Decimal, high: Decimal) -> bool:
    """Whether a size, "5+" is five and all above, is within the bound; what is bounded above takes none that is open."""
    least, most = size
    above = {">": least > low, ">=": least >= low, "<": most < low, "<=": most <= low}
    return above.get(op, least <= high and low <= most)


def _value(dimension: str, sizes: list[str]) -> Sense:
    data: dict[str, Any] = {"dimension": dimension, "value": sizes[0], "also": sizes[1:]}
    return Sense("value", f"{dimension}={'|'.join(sizes)}", data)


def _aged(tokens: list[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Whether a bare bound right after a description of people is their age."""
    before = tokens[at - 1] if at else None
    value = before.get("value") if before is not None else None
    described = value is not None and vocabulary.levels.get(str(value.data["dimension"])) == "customer"
    amount = tokens[at].get("comparison")
    assert amount is not None
    bounds = amount.data["value"] if isinstance(amount.data["value"], list) else [amount.data["value"]]
    named = before is not None and (before.text in _PEOPLE or before.text.endswith("s")) and before.text.isascii()
    counted = any(token.is_("unit") or token.is_("metric") or token.is_("field") for token in tokens[at + 1 : at + 2])
    aged = described and named
    if before is not None and before.is_("noun", "customer") and not before.is_("pronoun"):  # “people over 55 living alone”
        aged = any(_describes(one, vocabulary) for place, one in enumerate(tokens) if place != at - 1)
        aged = aged or (before.text.isascii() and all(_is_edge(one, vocabulary) for one in bounds))
    return aged and not counted and all(int(one) in _AGES for one in bounds)


def _is_edge(bound: Decimal, vocabulary: Vocabulary) -> bool:
    """Whether the ages in the data are parted at a number: “customers over 65” are of that age."""
    ranges = [band_range(band) for band in vocabulary.values.get("age_band", [])]
    return any(bound in (low, low - 1, high, high + 1) for low, high in ranges)


def _describes(token: Token, vocabulary: Vocabulary) -> bool:
    """Whether a token says what kind of person somebody is."""
    value = token.get("value")
    return value is not None and str(value.data["dimension"]).startswith("attribute.") and str(value.data["dimension"]) in vocabulary.levels
