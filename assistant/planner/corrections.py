"""“No, I said October, not November”, “不看总额，看人均”: what is denied or taken off in favour of another of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from tools.windows import Window

PAIRS = ("window", "segment", "value", "metric", "dimension", "band", "customer_id", "quantity", "comparison", "chart")
"""Kinds of words of which one may be denied in favour of another: “October, not November”."""
_MEASURES = (("metric", ()), ("cue", ("total", "average")), ("field", ()))
"""What a number is: a total, a mean, a metric; one of them may take the place of another."""

_ASIDE: tuple[tuple[str, tuple[str, ...]], ...] = (("drop", ()), ("ellipsis", ("aside",)), ("neg", ()))
"""Words that take off what follows them."""

_LONGEST_MONTH = 31


def correct(sentence: Sentence, before: Mapping[str, Any] | None = None) -> None:
    """Use the words of a correction, with what is denied beside another of its kind.

    Args:
        sentence: The later question.
        before: What the answer before was limited to: “no fuel” corrects its department, and leaves fuel out where it had none.
    """
    corrected = bool(sentence.take_all("ellipsis", "correct"))
    if corrected and sentence.has("segment"):
        sentence.take_all("cue", "segments")  # “wrong group, …”
    _part_the_window(sentence)
    _set_aside(sentence)
    for place, _ in list(sentence.free("neg")):
        at = next_said(sentence, place)
        denied = sentence.tokens[at] if at is not None else None
        pair = denied is not None and any(has_pair(sentence, at, kind) for kind in PAIRS if denied.is_(kind))
        alone = denied is None or not any(denied.is_(kind) for kind in (*PAIRS, "verb"))
        leads = place == 0 and sentence.tokens[0].text == "no" and not _leaves_out(denied, before or {})
        if pair and at is not None:
            sentence.use(place, at)
        elif leads or (corrected and alone) or (place == 0 and alone) or (place == 0 and sentence.tokens[1].is_("punctuation")):
            sentence.use(place)


def _leaves_out(denied: Token | None, before: Mapping[str, Any]) -> bool:
    """Whether a name right after “no” is to be left out of what was shown, and is nothing else than what was said."""
    value = denied.get("value") if denied is not None else None
    return value is not None and str(value.data["dimension"]) not in before


def _set_aside(sentence: Sentence) -> None:
    """“不看总额了，看人均”: what is taken off, where something else is to be shown in its place."""
    for place in set_aside(sentence):
        sentence.use(place, *([at] if (at := next_said(sentence, place)) is not None else []))


def two_times(window: Sense) -> list[Window]:
    """The two times that stand beside each other in one window: “5月,6月”, “Q3到Q4”."""
    parts, whole = list(window.data.get("parts") or ()), window.data["window"]
    if parts or whole.start is None or whole.end is None:
        return parts
    first, second = whole.start, whole.end.replace(day=1)
    beside = first.day == 1 and 0 < (second - first).days <= _LONGEST_MONTH
    return [Window(period=f"{one:%Y-%m}") for one in (first, second)] if beside else []


def _part_the_window(sentence: Sentence) -> None:
    """“不是5月,6月”: two times beside each other of which the first is denied."""
    for place, window in sentence.free("window"):
        parts = two_times(window)
        if place and len(parts) == 2 and sentence.tokens[place - 1].is_("neg"):
            token = replace(sentence.tokens[place], senses=(Sense("window", str(parts[1]), {"window": parts[1], "parts": None}),))
            sentence.tokens = [*sentence.tokens[:place], token, *sentence.tokens[place + 1 :]]
            sentence.use(place - 1)
            return


def set_aside(sentence: Sentence) -> list[int]:
    """The places of the words that take off what is said right after them, for another of its kind."""
    return [place for kind, ids in _ASIDE for place, _ in sentence.free(kind, *ids) if _replaced(sentence, place)]


def _replaced(sentence: Sentence, place: int) -> bool:
    at = next_said(sentence, place)
    if at is None or at in sentence.used:
        return False
    if _measures(sentence, at):
        return any(_measures(sentence, one) for one in _others(sentence, at))
    return any(has_pair(sentence, at, kind) for kind in PAIRS if sentence.tokens[at].is_(kind))


def _others(sentence: Sentence, at: int) -> list[int]:
    return [place for place in range(len(sentence.tokens)) if place not in (at, at - 1) and place not in sentence.used]


def _measures(sentence: Sentence, at: int) -> bool:
    return at not in sentence.used and any(sentence.tokens[at].is_(kind, *ids) for kind, ids in _MEASURES)


def next_said(sentence: Sentence, place: int) -> int | None:
    """The next token that is no filler."""
    following = (at for at in range(place + 1, len(sentence.tokens)) if not sentence.tokens[at].is_("stop"))
    return next(following, None)


def has_pair(sentence: Sentence, at: int | None, kind: str) -> bool:
    """Whether another word of a kind is there that is not denied."""
    together = listed_with(sentence, at, kind) if at is not None else set()
    alike = (kind, "comparison") if kind == "quantity" else (kind,)  # “不是90天，是60天”
    others = (place for one in alike for place, _ in sentence.free(one) if place != at and place not in together)
    return any(not (place and sentence.tokens[place - 1].is_("neg")) for place in others)


def listed_with(sentence: Sentence, at: int, kind: str) -> set[int]:
    """The places of the words that are listed after one: “去掉肉类和海鲜” takes off both, “not October, November” does not."""
    tokens, found = sentence.tokens, set()
    off = any(tokens[place].is_("neg", "except") or tokens[place].is_("drop") for place in range(max(at - 2, 0), at))
    while (
        at + 2 < len(tokens) and tokens[at + 2].is_(kind) and (tokens[at + 1].is_("conj", "and", "or") or (off and _lists(tokens[at + 1])))
    ):
        at += 2
        found.add(at)
        while off and at + 1 < len(tokens) and tokens[at + 1].is_(kind):  # “去掉燃油和鲜花玩具”
            at += 1
            found.add(at)
    return found


def _lists(token: Token) -> bool:
    return token.is_("punctuation", ",")
