"""Clauses that say nothing of what is asked, told from others by how they are worded.

A classifier learns from prompts/lexicon/asides.yaml what people put around a question (“my gut says it's bad”, “我好排班”) and, from
the clauses that say which, when or how there and from the exemplars of questions, what they do not. A clause with a word that
limits or measures is never idle, however it is worded. What is left aside is named in the answer.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from assistant.planner.lexicon import read_table
from assistant.planner.normalise import normalise
from assistant.planner.sentence import CONTENT, Sentence
from assistant.planner.tokens import Token
from assistant.planner.typos import is_ordinary

SURE = 0.85
"""From here on a clause is left aside before the question is read; in cross-validation 2 % of the clauses that say which are above
it, and most of those have a word that limits."""
LIKELY = 0.65
"""From here on it is left aside where the question is not understood with it."""
_STRONG = 0.9
"""From here on a time that passes by (“今天下雨”, “in the afternoon I meet them”) does not limit what is asked."""
_HARMLESS = frozenset(
    {"off_topic", "unsupported", "absent", "verb", "vague", "neg", "person", "part", "that", "hint", "noun", "unit", "greet"}
)
"""Kinds that say nothing of which, when or how by themselves."""
_PASSING = frozenset({"horizon", "time"})
_CLOCK = ("hour", "weekday")
_LEAST_SAID = 6
"""Letters beside the time; fewer (“on mondays”) are a condition more likely than talk."""
_MARKS = " ,;.!?:-、"
_MOST_ENDS = 4
_LONGEST_END = 8
"""Words at an end of a question that may be left aside without a mark between."""


@lru_cache(maxsize=2048)
def idleness(clause: str) -> float:
    """How surely a normalised clause says nothing of what is asked, from 0 to 1."""
    return float(_wording().probabilities([clause])[0]) if len(clause) > 1 else 0.0


def is_idle(sentence: Sentence, least: float) -> bool:
    """Whether a clause says nothing of what is asked at least as surely as that, and none of its words limits or measures."""
    sure = idleness(sentence.text)
    if sure < least:
        return False
    limiting = [token for token in sentence.tokens if _limits(token)]
    passing = [token for token in limiting if _is_passing(token, sentence)]
    if len(passing) < len(limiting):
        return False
    said = len(sentence.text.replace(" ", "")) - sum(token.end - token.start for token in passing)
    return not passing or (sure >= _STRONG and said * (1 if sentence.text.isascii() else 2) >= _LEAST_SAID)


def idle_ends(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """The question without words at its beginning or its end that say nothing of what is asked, and those words; the surest first."""
    found: list[tuple[float, str, str]] = []
    for size in range(1, min(_LONGEST_END, len(sentence.tokens) - 1) + 1):
        for at, leading in ((sentence.tokens[size - 1].end, True), (sentence.tokens[-size].start, False)):
            parts = sentence.text[:at].strip(_MARKS), sentence.text[at:].strip(_MARKS)
            said, rest = parts if leading else reversed(parts)
            if said and rest and not _may_say(sentence, size, leading) and idleness(said) >= LIKELY:
                found.append((idleness(said), rest, said))
    for _, rest, said in sorted(found, key=lambda one: (-one[0], -len(one[2]), one[2]))[:_MOST_ENDS]:
        yield rest, said


def _may_say(sentence: Sentence, size: int, leading: bool) -> bool:
    """Whether words without a mark between them and the question may be of it: a name, a condition, what goes with a word beside them."""
    words = sentence.tokens[:size] if leading else sentence.tokens[-size:]
    strange = any(token.unknown and not is_ordinary(token.text) for token in words)
    joined = not leading and words[0].text in read_table("places")["before_values"]
    plain = not any(token.unknown for token in words)
    return plain or strange or joined or any(map(_tells, words)) or _belongs(sentence, size, leading)


def _belongs(sentence: Sentence, size: int, leading: bool) -> bool:
    """Whether a word that nothing explains stands right beside whom the question is about, and may say which: “好的客户”."""
    edge = size if leading else len(sentence.tokens) - size
    inside, outside = (edge - 1, edge) if leading else (edge, edge - 1)
    return sentence.tokens[inside].unknown and sentence.tokens[outside].is_("noun")


def _is_passing(token: Token, sentence: Sentence) -> bool:
    """Whether it is a time of the speaker's own day or one to come, which is no order's."""
    value, window = token.get("value"), token.get("window")
    if value is not None:
        return value.data.get("dimension") in _CLOCK
    if window is None:
        return any(token.is_(kind) for kind in _PASSING)
    dates = window.data["window"].resolve(sentence.vocabulary.as_of)
    return token.text in read_table("motives")["lately"] or dates is None or dates.start is None or dates.start >= sentence.vocabulary.as_of


def _tells(token: Token) -> bool:
    """Whether a word without a mark between it and the question may say something of it."""
    kinds = {sense.kind for sense in token.senses}
    return token.is_("noun") or token.is_("stop", "praise") or (bool(kinds & CONTENT) and not kinds & {"stop", "conj", "punctuation"})


def _limits(token: Token) -> bool:
    kinds = {sense.kind for sense in token.senses}
    return bool(kinds & CONTENT) and not kinds & {"stop", "conj", "punctuation"} and not kinds <= _HARMLESS


@lru_cache(maxsize=1)
def _wording() -> Any:
    table = read_table("asides")
    around, meant = ([normalise(text) for texts in table[kind].values() for text in texts] for kind in ("around", "meant"))
    asked = [normalise(text) for entry in read_table("exemplars").values() for name in ("zh", "en") for text in entry.get(name, ())]
    return importlib.import_module("tools.models.wording").Wording(around, [*meant, *asked])
