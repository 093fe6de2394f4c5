"""Customers by one time compared with another: “12月比11月花得多的客户”, "customers whose spend fell by half from H1 to H2"."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from assistant.planner.clauses import plain
from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary
from tools.windows import Window

_WHO = ("who", "whose", "that", "谁")
_WHICH = ("哪", "which ", "what ", "who ", "any")
_ASKED = ("吗", "么", "多少", "几", "没有", "了吗")
"""At the end of a question that asks whether or how much, and not who."""
_BEFORE = ("前", "之前", "再前", "上一", "prior", "previous", "in the previous", "the previous", "before")
_REACH = 3
_MOST = ("最多", "最少", "最大", "最厉害", "most", "the most", "least")
_ONE = Decimal(1)
_WAYS = ("up", "down", "spent_up", "spent_down", "halved", "doubled", "twice", "turned")


@dataclass
class _Said:
    """What a stretch of words says of two times.

    Args:
        start: Place of its first word.
        end: Place after its last word.
    """

    start: int
    end: int
    windows: list[Window] = field(default_factory=list)
    behaviour: str | None = None
    way: str | None = None
    """"up" or "down"."""
    bound: tuple[str, Decimal] | None = None
    """An operator and a share or a number of times."""
    times: Decimal | None = None
    op: str | None = None
    joined: bool = False
    """Whether a word that compares stands between the times."""
    turned: bool = False
    before: bool = False
    """Whether the second time is the one before the first, which is counted in days."""
    reversed: bool = False
    """Whether the later time is the one that is spoken of: "from Q3 to Q4"."""


def compared_times(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The tokens with a comparison of two times as one condition, where customers are described by it."""
    if sum(len(_windows(token)) for token in tokens) < 2:
        return tokens
    for start in range(len(tokens)):
        said = _read(tokens, start)
        rule = _rule(said) if said is not None and _describes(tokens, said) else None
        if said is not None and rule is not None:
            condition = merged(tokens[said.start : said.end], Sense("condition", "two_times", {"rule": rule}))
            return [*tokens[: said.start], condition, *tokens[said.end :]]
    return tokens


def _windows(token: Token) -> list[Window]:
    sense = token.get("window")
    if sense is None:
        return []
    parts = sense.data.get("parts")
    return list(parts) if parts and len(parts) == 2 else [sense.data["window"]]


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """The word → what it says."""
    return {str(word): kind for kind, words in read_table("two_times").items() for word in words}


def _read(tokens: list[Token], start: int) -> _Said | None:
    """What the words from here on say of two times; None where they do not begin to."""
    if not _tells(tokens[start]):
        return None
    said = _Said(start, start)
    for place in range(start, len(tokens)):
        if not _take(said, tokens, place):
            break
    return said if len(said.windows) == 2 else None


def _tells(token: Token) -> bool:
    """Whether a stretch may begin here."""
    return bool(_windows(token)) or _done(token) is not None or _words().get(token.text) in ("compared", "spent_up", "spent_down")


def _done(token: Token) -> str | None:
    """The behaviour that a word names."""
    condition = token.get("condition", "spend_up", "spend_down")
    if condition is not None or token.is_("verb", "spend") or token.is_("field", "amount"):
        return "amount"
    return "orders" if token.is_("verb", "order") or token.is_("field", "orders") else None


def _take(said: _Said, tokens: list[Token], place: int) -> bool:
    """Notes what one more word says; False where it is of something else."""
    token, kind = tokens[place], _words().get(tokens[place].text)
    windows, done = _windows(token), _done(token)
    amount = token.get("comparison") or token.get("quantity")
    if windows:
        return len(said.windows) + len(windows) <= 2 and _note_windows(said, windows, place, token.text)
    if amount is not None and amount.data["unit"] in ("share", "") and not isinstance(amount.data["value"], list):
        return said.bound is None and _note_bound(said, amount, tokens, place)
    if kind in _WAYS or token.is_("condition", "spend_up", "spend_down"):
        return _note_way(said, token, kind, place)
    if kind == "compared":
        said.joined, said.end = True, place + 1
        return True
    if token.is_("suffix_op", ">=", "<=") and said.times is not None:
        said.op, said.end = token.get("suffix_op").id, place + 1  # type: ignore[union-attr]
        return True
    if token.is_("op", ">", ">=", "<", "<=") and token.text not in _MOST:
        said.op = token.get("op").id  # type: ignore[union-attr]
        said.end = place + 1
        return True
    if kind == "folds" and (said.bound or said.turned):
        said.end = place + 1
        return _fold(said)
    if done is not None and said.behaviour in (None, done):
        said.behaviour, said.end = done, place + 1
        return True
    return kind == "fillers" or (token.is_("stop") and token.text.isascii())


def _note_windows(said: _Said, windows: list[Window], place: int, text: str) -> bool:
    said.reversed = said.reversed or len(windows) == 2 or (said.joined and not said.windows)
    said.windows += windows
    said.end = place + 1
    said.before = said.before or text.startswith(_BEFORE)
    return True


def _note_bound(said: _Said, amount: Sense, tokens: list[Token], place: int) -> bool:
    """A share, or a number of times with the word for it after it."""
    following = _words().get(tokens[place + 1].text) if place + 1 < len(tokens) else None
    if amount.data["unit"] == "" and following != "folds":
        return False
    said.bound = (str(amount.data.get("op", "=")), Decimal(amount.data["value"]))
    said.end = place + 1
    return True


def _note_way(said: _Said, token: Token, kind: str | None, place: int) -> bool:
    """Which way it goes, and how far where one word says both."""
    condition = token.get("condition", "spend_up", "spend_down")
    if condition is not None or kind in ("spent_up", "spent_down"):
        said.behaviour, kind = said.behaviour or "amount", (condition.id if condition is not None else str(kind)).split("_")[-1]
    if kind in ("up", "down"):
        said.way = said.way or kind
    elif kind == "halved":
        said.way, said.bound = "down", said.bound or ("=", Decimal("0.5"))
    elif kind in ("doubled", "twice"):
        said.times = Decimal(2)
    else:
        said.turned = True
    said.end = place + 1
    return True


def _fold(said: _Said) -> bool:
    """“翻了两倍”, “多一倍”: so many times more; “是…的2倍”: so many times."""
    op, value = said.bound or ("=", _ONE)
    if said.turned:
        said.way = "up"
    said.bound = (op, value)
    if said.way is None:
        said.times, said.op, said.bound = value, said.op or (op if op != "=" else None), None
    return True


def _describes(tokens: list[Token], said: _Said) -> bool:
    """Whether customers are described so, and no number is asked for."""
    if said.behaviour is None or tokens[-1].text in _ASKED or any(token.is_("dimension") and not token.is_("noun") for token in tokens[:1]):
        return False
    before, after = tokens[max(said.start - _REACH, 0) : said.start], tokens[said.end : said.end + 2]
    if any(token.text in ("多少", "几") or token.is_("cue", "how_much") or token.text in _MOST for token in after[:1]):
        return False  # “Q4比Q3消费下降最多的客户” are ranked by it
    led = any(token.text in _WHO or (token.is_("cue", "list") and token.text.startswith(_WHICH)) for token in before)
    led = led or (said.start > 0 and tokens[said.start - 1].is_("segment"))
    named = bool(after) and after[0].text == "的" and (len(after) == 1 or after[1].is_("noun") or after[1].is_("punctuation"))
    people = bool(after) and (after[0].is_("noun") or after[0].text == "的人")
    return led or named or people


def _rule(said: _Said) -> dict[str, Any] | None:
    """The rule of what was said; None where it says nothing, or what no rule holds."""
    amount = _amount(said)
    bounded = said.bound is not None and said.bound[0] != "="
    if amount is None or not (said.joined or said.reversed or said.op or said.times or bounded):
        return None
    now, then = reversed(said.windows) if said.reversed else said.windows
    if now.last_days is not None and (said.before or then == now):
        then = now.previous()  # “近半年比前半年”
    windows = {name: one.model_dump(mode="json", exclude_defaults=True) for name, one in (("window", now), ("than", then))}
    return {"behaviour": said.behaviour, "op": amount[0], "value": plain(amount[1]), **windows}


def _amount(said: _Said) -> tuple[str, Decimal] | None:
    """The operator and how many times the other time: “多30%” is at least 1.3 times."""
    if said.times is not None:
        return (said.op or (">" if said.way == "up" and said.bound is None else ">=")), said.times
    if said.bound is not None and said.way is not None:
        op, value = said.bound
        if op in ("<", "<="):
            return None
        strict = op == ">" or said.op == ">"
        return (">" if strict else ">=", _ONE + value) if said.way == "up" else ("<" if strict else "<=", _ONE - value)
    if said.bound is not None:
        op, value = said.bound
        return (said.op or (op if op != "=" else "<=")), value
    if said.way is not None:
        return (">" if said.way == "up" else "<"), _ONE
    return (said.op, _ONE) if said.op is not None else None
