"""A question as a sentence: its tokens reduced, and what it refers to."""

from __future__ import annotations

from dataclasses import replace

from assistant.language import language_of
from assistant.planner.amounts import reduce
from assistant.planner.bare_days import with_month
from assistant.planner.coupons import without_coupon_goods
from assistant.planner.cutting import cut_question
from assistant.planner.data_years import with_data_year
from assistant.planner.dialogue import Dialogue
from assistant.planner.earlier_groups import with_earlier_groups
from assistant.planner.extreme_bands import with_extreme_band
from assistant.planner.frames import without_ideas
from assistant.planner.group_nouns import without_group_nouns
from assistant.planner.listed import with_groups
from assistant.planner.normalise import normalise
from assistant.planner.purposes import for_sending
from assistant.planner.references import with_references
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary
from assistant.planner.weekdays_before import with_weekday_before

_PASSED = Sense("stop", "passed")


def read_sentence(question: str, vocabulary: Vocabulary, dialogue: Dialogue, typed: str = "") -> Sentence:
    """A question as reduced tokens; ``typed`` is the whole of what the operator typed, where this is a part of it."""
    plain, dated = with_data_year(with_extreme_band(normalise(question), vocabulary), vocabulary.as_of)
    plain, days = with_month(plain, vocabulary.as_of, dialogue)
    cut = cut_question(with_weekday_before(plain, vocabulary.as_of), vocabulary)
    tokens, found = list(cut.tokens), list(cut.reduced)
    if any(token.unknown and token.text in dialogue.passed for token in tokens):
        tokens = [replace(token, senses=(_PASSED,)) if token.unknown and token.text in dialogue.passed else token for token in tokens]
        found = reduce(tokens, vocabulary)
    language = dialogue.language or language_of(question, "auto", "en")
    reduced, refers = with_references(without_group_nouns(for_sending(without_coupon_goods(without_ideas(found)))), dialogue, vocabulary)
    grouped = with_earlier_groups(with_groups(reduced, dialogue), vocabulary.as_of, dialogue)
    return Sentence(
        "".join(_gaps(tokens)), grouped, vocabulary, language, [*dated, *days, *cut.mended], typed=typed or question, refers=refers
    )


def _gaps(tokens: list[Token]) -> list[str]:
    parts: list[str] = []
    at = 0
    for token in tokens:
        parts += [" " * (token.start - at), token.text]
        at = token.end
    return parts
