"""RFM scores and values said in short: “R=5”, “R大于60天”, “RFM三个分都是5分”, “555”, "score 1 on recency", "an F score of 4 or 5"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

SCORES = {"r": "recency_score", "f": "frequency_score", "m": "monetary_score"}
_VALUES = {"r": "recency_days", "f": "orders", "m": "amount"}
_UNITS = {"r": ("day", "week", "month", "year"), "f": ("order",), "m": ("money",)}
_LETTER_OF = {**{field: letter for letter, field in _VALUES.items()}, **{field: letter for letter, field in SCORES.items()}}
_HIGHEST = 5
_CODE = re.compile(r"[1-5]{3}")
_REACH = 6


def letters(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“R=5”, “F不低于4”: a letter before a number up to five is a score; before more, or before a unit, the value itself."""
    words = read_table("scores")
    found = list(tokens)
    for at in range(len(tokens) - 2, -1, -1):
        letter = words["letters"].get(tokens[at].text)
        named = _named(letter, found[at + 1 :], words) if letter else None
        if letter and named:
            found[at] = merged([tokens[at]], Sense("field", named, {"letter": letter}))
    return found


def _named(letter: str, ahead: list[Token], words: Any) -> str | None:
    """The field that a letter stands for before these tokens; None where it is no field."""
    first = ahead[0]
    if _joins(first) and len(ahead) > 1:  # “R、F都是5”
        return SCORES[letter] if _letter(ahead[1]) else None
    if not (first.is_("op") or first.is_("quantity") or first.is_("between") or first.text in words["after_letters"]):
        return None
    quantity = next((one.get("quantity") for one in ahead[:3] if one.is_("quantity")), None)
    if quantity is None:
        return SCORES[letter] if any(one.is_("extreme_score") for one in ahead[:3]) else None
    if quantity.data["unit"] == "" and quantity.data["value"] <= _HIGHEST:
        return None if any(one.is_("quantity") and one.text.endswith("个") for one in ahead[:3]) else SCORES[letter]
    scored = any(one.text in words["score"] for one in ahead[:2])
    return _VALUES[letter] if quantity.data["unit"] in ("", *_UNITS[letter]) and not scored else None


def _joins(token: Token) -> bool:
    """Whether a token joins two names."""
    return token.is_("conj", "and") or token.is_("punctuation", ",", "/") or token.text == "/"


def _letter(token: Token) -> str | None:
    """The letter of a token that is a score; what is counted in days, orders or money is none."""
    field = token.get("field", *SCORES.values())
    return _LETTER_OF[field.id] if field else None


def counted(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“R F M 三个指标”: the number of the letters right before it says nothing more."""
    found = list(tokens)
    run = 0
    for at, token in enumerate(tokens):
        quantity = token.get("quantity")
        if quantity is not None and run > 1 and quantity.data["value"] == run and token.text.endswith("个"):
            found[at] = merged([token], Sense("stop", "counted"))
        run = run + 1 if token.text in _VALUES else 0
    return found


def scored(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“RFM三个分都是5分”, “R分和F分都是5”: one condition of several scores; “F分4或5”: a choice; "score 1 on recency"."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        several = _several(tokens, at)
        if several and found and (found[-1].is_("pair") or found[-1].text in ("all", "both")):
            found.pop()  # "all three RFM scores are 5"
        size, made = several or _on(tokens, at) or _choice(tokens, at, found) or (1, [tokens[at]])
        found += made
        at += size
    return found


def _several(tokens: list[Token], at: int) -> tuple[int, list[Token]] | None:
    """Names of scores with the number, or the three digits, that all of them have."""
    group, after = _group(tokens, at)
    if not group or (len(group) < 2 and not any(token.is_("extreme_score") for token in tokens[after : after + 2])):
        return None
    words, place = read_table("scores"), after
    while place < min(len(tokens), after + _REACH) and _skipped(tokens[place], len(group), words):
        place += 1
    if place >= len(tokens):
        return None
    amounts = _amounts(tokens[place], len(group))
    if amounts is None:
        return None
    end = place + 1 + (tokens[place + 1 : place + 2] != [] and tokens[place + 1].text in words["score"])
    rules = [{"field": SCORES[letter], "op": op, "value": value} for letter, (op, value) in zip(group, amounts, strict=True)]
    return end - at, [merged(tokens[at:end], Sense("condition", "scores", {"rule": {"all": rules}}))]


def _group(tokens: list[Token], at: int) -> tuple[list[str], int]:
    """The letters named from ``at`` on, and the place after them."""
    words = read_table("scores")
    if tokens[at].text in words["groups"]:
        return list(words["groups"][tokens[at].text]), at + 1
    group: list[str] = []
    place = at
    while place < len(tokens):
        letter = _letter(tokens[place])
        if letter:
            group.append(letter)
        elif not (group and (_joins(tokens[place]) or tokens[place].text in words["score"])):
            break
        place += 1
    return group, place


def _skipped(token: Token, number: int, words: Any) -> bool:
    """Whether a token between the names of scores and their number says nothing more: “三个”, “都”."""
    quantity = token.get("quantity")
    counted = quantity is not None and quantity.data["value"] == number and quantity.data["unit"] in ("", "item")
    return token.text in words["fillers"] or token.text in words["score"] or (counted and not token.is_("comparison"))


def _amounts(token: Token, number: int) -> list[tuple[str, Any]] | None:
    """The comparison of each of so many scores."""
    extreme = token.get("extreme_score")
    if extreme:
        return [("=", extreme.data["value"])] * number
    amount = token.get("comparison") or token.get("quantity")
    if amount is None:
        return None
    code = token.text.split(" ")[-1]
    if number == len(SCORES) and _CODE.fullmatch(code) and amount.data.get("op", "=") == "=":
        return [("=", int(digit)) for digit in code]
    if not _is_score(amount):
        return None
    return [(str(amount.data.get("op", "=")), _plain(amount.data["value"]))] * number


def _is_score(amount: Sense) -> bool:
    """Whether a number may be a score."""
    value = amount.data["value"]
    return amount.data["unit"] == "" and all(1 <= one <= _HIGHEST for one in (value if isinstance(value, list) else [value]))


def _plain(value: Any) -> Any:
    """The number, or both, as JSON."""
    return [int(one) for one in value] if isinstance(value, list) else int(value)


def _on(tokens: list[Token], at: int) -> tuple[int, list[Token]] | None:
    """“score 1 on recency”, “在R上得5分”: a number that is given on something."""
    words = read_table("scores")
    part = tokens[at : at + _REACH]
    place = next((index for index, token in enumerate(part) if token.is_("quantity") or token.is_("comparison")), None)
    if place is None or not any(token.text in words["given"] for token in part[:place]) or tokens[at].text not in words["given"]:
        return None
    amount = part[place].get("comparison") or part[place].get("quantity")
    after = [token for token in part[place + 1 :] if token.text not in words["score"]]
    if amount is None or not _is_score(amount) or len(after) < 2 or after[0].text not in words["links"]:
        return None
    name = next((token for token in after[1:] if token.text not in words["fillers"]), after[-1])
    field = name.get("field", *_LETTER_OF)
    letter = words["letters"].get(name.text) or (_LETTER_OF[field.id] if field else None)
    if letter is None:
        return None
    rule = {"field": SCORES[letter], "op": str(amount.data.get("op", "=")), "value": _plain(amount.data["value"])}
    size = tokens.index(name, at) + 1 - at
    return size, [merged(tokens[at : at + size], Sense("condition", "scores", {"rule": rule}))]


def _choice(tokens: list[Token], at: int, before: list[Token]) -> tuple[int, list[Token]] | None:
    """“F分4或5”: a second number after the comparison of a score."""
    first, part = tokens[at].get("comparison"), tokens[at + 1 : at + 3]
    about = next((token for token in reversed(before[-3:]) if token.is_("field")), None)
    if first is None or len(part) < 2 or about is None or not _letter(about) or first.data["op"] != "=":
        return None
    second = part[1].get("quantity") or part[1].get("comparison", f"= {part[1].text}")
    if not (part[0].is_("conj", "or") or part[0].text in (",", "/")) or second is None or not (_is_score(first) and _is_score(second)):
        return None
    values = sorted((Decimal(first.data["value"]), Decimal(second.data["value"])))
    op = "between" if values[1] - values[0] == 1 else "in"
    return 3, [merged(tokens[at : at + 3], Sense("comparison", f"{op} {values}", {"op": op, "value": values, "unit": ""}))]


def points(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“R分是5分”: the word for points after the number of a score says nothing more."""
    words = read_table("scores")
    found: list[Token] = []
    for token in tokens:
        amount = (found[-1].get("comparison") or found[-1].get("quantity")) if found else None
        about = any(_letter(one) for one in found[-4:])
        if amount is not None and about and token.text in words["score"]:
            found[-1] = Token(found[-1].start, token.end, found[-1].text, found[-1].senses, found[-1].corrected)
        else:
            found.append(token)
    return found
