"""Every word with content must be used by the plan; otherwise the planner asks or declines, naming the words."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.planner.normalise import normalise
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text
from assistant.planner.tokens import Token

_MOST_NAMES = 6
_JOINTS = " ,.?!的和与且但并and or but"


def unplaced(sentence: Sentence) -> list[str]:
    """The stretches of the question that nothing used, as typed (in the normalised spelling)."""
    return [_words(run) for run in _runs(sentence)]


def _words(run: list[Token]) -> str:
    return "".join(_spaced(run))


def _spaced(run: list[Token]) -> list[str]:
    parts = [run[0].text]
    for left, right in pairwise(run):
        parts.append((" " if right.start > left.end else "") + right.text)
    return parts


def _runs(sentence: Sentence) -> list[list[Token]]:
    runs: list[list[Token]] = []
    for token in sentence.leftover():
        if runs and token.start - runs[-1][-1].end <= 1:
            runs[-1].append(token)
        else:
            runs.append([token])
    return runs


def without(sentence: Sentence) -> str:
    """The question without the words that nothing used."""
    text_left, at = "", 0
    for run in _runs(sentence):
        text_left += sentence.text[at : run[0].start]
        at = run[-1].end
    return " ".join((text_left + sentence.text[at:]).split()).strip(_JOINTS[:5])


def _value_choices(sentence: Sentence) -> list[str]:
    """The question with an unplaced word replaced by each of the few names that have it in them ("milk" in "FLUID MILK PRODUCTS")."""
    runs = _runs(sentence)
    if len(runs) != 1 or not all(token.unknown for token in runs[0]):
        return []
    word, start, end = _words(runs[0]), runs[0][0].start, runs[0][-1].end
    names = [value for values in sentence.vocabulary.values.values() for value in values if _has_word(normalise(value), word)]
    return [f"{sentence.text[:start]}{name}{sentence.text[end:]}" for name in names[:_MOST_NAMES]]


def _has_word(name: str, word: str) -> bool:
    return re.search(rf"(?<![a-z]){re.escape(word)}(?:s|es)?(?![a-z])", name) is not None if word.isascii() else word in name


def ask_about(sentence: Sentence, understood: Plan | None, rest: str | None) -> Plan:
    """Asks whether the question without the unplaced words was meant; declines where nothing was understood.

    Args:
        sentence: The question with its account.
        understood: The plan of the words that were placed.
        rest: A question that is understood wholly, to offer.
    """
    words = "”、“".join(unplaced(sentence)) if sentence.language == "zh" else "”, “".join(unplaced(sentence))
    named = _value_choices(sentence)
    if named:
        return plan("ask_user", question=text("which_value", sentence.language).format(words=words), choices=named)
    if understood is None or not rest:
        missing = text("not_placed_decline", sentence.language).format(words=words or sentence.text)
        return plan("decline", reason="not_understood", missing=missing)
    return plan("ask_user", question=text("not_placed", sentence.language).format(words=words), choices=[rest])
