"""Every word with content must be used by the plan; otherwise the planner asks or declines, naming the words."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from assistant.planner.close_values import close_values, only_name
from assistant.planner.passing import apart
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text
from assistant.planner.tokens import Token
from assistant.planner.typos import is_ordinary

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
    return _joined(sentence.leftover())


def _joined(tokens: list[Token]) -> list[list[Token]]:
    """Tokens in stretches without a gap."""
    runs: list[list[Token]] = []
    for token in tokens:
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


def ask_value(sentence: Sentence, works: Callable[[str], bool]) -> Plan | None:
    """Asks which name in the data an unplaced word stands for ("milk" in "FLUID MILK PRODUCTS"); None where none is close.

    Args:
        sentence: The question with its account.
        works: Whether a question is understood.
    """
    for run in _joined([token for token in sentence.leftover() if token.unknown]):
        words = _words(run)
        if len(run) == 1 and is_ordinary(words) and apart(sentence, sentence.tokens.index(run[0])):
            continue  # “for the board pack I need …”: a name would stand where it limits something
        names = close_values(words, sentence.vocabulary)
        asked = [f"{sentence.text[: run[0].start]}{name}{sentence.text[run[-1].end :]}" for name in names]
        choices = [one for one in asked if works(one)]
        if choices:
            return plan("ask_user", question=text("which_value", sentence.language).format(words=words), choices=choices)
    return None


def with_only_name(sentence: Sentence) -> tuple[str, str, str] | None:
    """The question with the one name in the data that an unplaced word is a part of, the word, and the name."""
    unknown = [token for token in sentence.leftover() if token.unknown]
    for run in [*_joined(unknown), *([token] for token in unknown)]:
        words = _words(run)
        name = only_name(words, sentence.vocabulary)
        if name is not None:
            return f"{sentence.text[: run[0].start]}{name}{sentence.text[run[-1].end :]}", words, name
    return None


def ask_without(sentence: Sentence, missed: list[Token], works: Callable[[str], bool]) -> Plan:
    """Asks whether the question without these words was meant, where it is understood without them; else declines, naming them.

    Args:
        sentence: The question.
        missed: What no argument of its plan has.
        works: Whether a question is understood.
    """
    rest = sentence.text
    for token in reversed(missed):
        rest = f"{rest[: token.start]} {rest[token.end :]}"
    rest = " ".join(rest.split()).strip(_JOINTS[:5])
    words = ("”、“" if sentence.language == "zh" else "”, “").join(token.text for token in missed)
    if not works(rest):
        return plan("decline", reason="not_understood", missing=text("not_placed_decline", sentence.language).format(words=words))
    return plan("ask_user", question=text("not_placed", sentence.language).format(words=words), choices=[rest])


def ask_about(sentence: Sentence, understood: Plan | None, rest: str | None) -> Plan:
    """Asks whether the question without the unplaced words was meant; declines where nothing was understood.

    Args:
        sentence: The question with its account.
        understood: The plan of the words that were placed.
        rest: A question that is understood wholly, to offer.
    """
    words = "”、“".join(unplaced(sentence)) if sentence.language == "zh" else "”, “".join(unplaced(sentence))
    if understood is None or not rest:
        missing = text("not_placed_decline", sentence.language).format(words=words or sentence.text)
        return plan("decline", reason="not_understood", missing=missing)
    return plan("ask_user", question=text("not_placed", sentence.language).format(words=words), choices=[rest])
