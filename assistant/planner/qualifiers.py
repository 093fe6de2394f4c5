"""How what was done is qualified: “只买自有品牌”, “周末才来”, “每个月都来”, "no matter whether they responded"."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from assistant.planner.clauses import Clause, Rule
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary
from tools.metrics.catalogue import catalogue
from tools.windows import Window

_ONLY = ("只", "仅", "只有", "仅仅", "only", "just")
_MOST_OTHERS = 12
"""So many other values are still told in a rule."""
_MONTHS = {"month": 1, "quarter": 3}
_UNITS = {"月": "month", "季": "quarter", "month": "month", "quarter": "quarter"}


def only_done(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“只买自有品牌”, "who only shop at the weekend": nothing else, where no number follows that "only" could belong to."""
    found = list(tokens)
    for at, token in enumerate(tokens):
        ahead = tokens[at + 1 : at + 6]
        verb = next((place for place, one in enumerate(ahead[:3]) if one.is_("verb") or one.is_("half_verb")), None)
        counted = any(one.is_("quantity") or one.is_("comparison") or one.is_("unit", "once", "twice") for one in ahead)
        limited = any(one.is_("value") or one.is_("window") for one in ahead)
        before = verb is not None and limited and not any(one.is_("noun") for one in ahead[:verb])
        beside = token.text in ("only", "just") and (_right_before(tokens, at) or _right_after(tokens, at))
        if token.text in _ONLY and not counted and (before or beside):
            found[at] = merged([token], Sense("qualifier", "only"))
    return found


def _done_before(tokens: list[Token], at: int) -> bool:
    """Whether what somebody did is said before, and not a number of it."""
    acts = (one for one in tokens[max(0, at - 5) : at] if one.is_("verb") or one.is_("half_verb"))
    return any(not one.is_("metric") for one in acts)


def _right_before(tokens: list[Token], at: int) -> bool:
    """“Customers buying only meat”."""
    following = next((one for one in tokens[at + 1 : at + 4] if not one.is_("stop")), None)
    return following is not None and following.is_("value") and _done_before(tokens, at)


def _right_after(tokens: list[Token], at: int) -> bool:
    """“Who shop at 367 only”."""
    over = at + 1 == len(tokens) or tokens[at + 1].is_("punctuation") or tokens[at + 1].is_("conj")
    number = at > 1 and tokens[at - 1].text.isdigit() and tokens[at - 2].text.endswith((" at", "at", "store"))
    named = bool(at) and tokens[at - 1].is_("value")
    return over and (number or named) and (_done_before(tokens, at) or " at " in tokens[at - 1].text)


def whatever(sentence: Sentence, clause: Clause) -> bool:
    """Whether the clause says what does not matter; its words are used then."""
    if not any(sentence.tokens[place].is_("qualifier", "whatever") for place in clause.places):
        return False
    sentence.use(*clause.places)
    return True


def nothing_else(done: list[Rule], vocabulary: Vocabulary) -> list[Rule] | None:
    """The rules of not having done it with other values, or at other times; None where they cannot be told.

    Args:
        done: What only was done.
        vocabulary: The values there are.
    """
    if len(done) != 1 or "behaviour" not in done[0]:
        return None
    rule = done[0]
    where: dict[str, list[str]] = rule.get("where", {})
    denied: Rule = {**rule, "op": "=", "value": 0}
    if len(where) == 1:
        ((dimension, values),) = where.items()
        known = vocabulary.values.get(dimension) or list(catalogue().dimension(dimension).values)
        others = [one for one in known if one not in values]
        return [{**denied, "where": {dimension: others}}] if 0 < len(others) <= _MOST_OTHERS else _all_of_it(rule, dimension, vocabulary)
    finer = next((one for one in where if one == "brand"), None)
    if len(where) == 2 and finer is not None:  # “只买自有品牌牛奶”: no milk of other brands
        others = [one for one in vocabulary.values.get(finer, []) if one not in where[finer]]
        return [{**denied, "where": {**where, finer: others}}] if 0 < len(others) <= _MOST_OTHERS else None
    if where or "window" not in rule:
        return None
    return [{**denied, "window": one} for one in _outside(Window.model_validate(rule["window"]), vocabulary.as_of)]


def _all_of_it(rule: Rule, dimension: str, vocabulary: Vocabulary) -> list[Rule] | None:
    """“只去过292号店”: of many others none is named, so that it is all that the customer did; None where no share tells it."""
    behaviour = {"order": "orders", "time": "orders", "product": "quantity"}.get(str(vocabulary.levels.get(dimension)))
    if behaviour is None or rule["behaviour"] not in ("orders", behaviour) or (rule["op"], rule["value"]) != (">=", 1):
        return None
    return [{**rule, "behaviour": behaviour, "op": ">=", "value": 1, "share": True}]


def _outside(window: Window, as_of: dt.date) -> list[dict[str, Any]]:
    """The times before and after a window."""
    start, end = window.resolve(as_of)
    day = dt.timedelta(days=1)
    before = [Window(end=start - day)] if start else []
    after = [Window(start=end + day)] if end and end < as_of else []
    return [one.model_dump(mode="json", exclude_defaults=True) for one in (*before, *after)]


def _months_before(first: dt.date, months: int) -> dt.date:
    """The first of a month so many months before."""
    years, month = divmod(first.month - 1 - months, 12)
    return dt.date(first.year + years, month + 1, 1)


def every_period(token: Token, windows: list[Window], as_of: dt.date) -> list[Window]:
    """“每个月都”: each whole month or quarter of the window, of the last twelve months where none is named; none for weeks and days."""
    unit = next((unit for word, unit in _UNITS.items() if word in token.text), None)
    if unit is None or len(windows) > 1:
        return []
    first = as_of.replace(day=1)
    start: dt.date | None
    end: dt.date | None
    whole = windows[0].last_days if windows else None
    if whole and whole % (30 * _MONTHS[unit]) == 0:  # “最近三个月每个月”: the last whole ones
        start, end = _months_before(first, whole // 30), first - dt.timedelta(days=1)
    else:
        start, end = windows[0].resolve(as_of) if windows else (first.replace(year=first.year - 1), first - dt.timedelta(days=1))
    if start is None:
        return []
    found: list[Window] = []
    at, last = start.replace(day=1), end or as_of
    while at <= last and len(found) <= _MOST_OTHERS:
        final = at.month + _MONTHS[unit] - 1
        close = dt.date(at.year + (final - 1) // 12, (final - 1) % 12 + 1, 1)
        close = close.replace(day=calendar.monthrange(close.year, close.month)[1])
        found.append(Window(start=at, end=min(close, last)))
        at = close + dt.timedelta(days=1)
    return found if len(found) <= _MOST_OTHERS else []
