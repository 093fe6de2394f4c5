"""A question in its conversation, before it is read as a sentence, and what reads the parts of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from assistant.planner.dialogue import Dialogue
from assistant.planner.normalise import HAN, normalise
from assistant.planner.plan import Plan
from assistant.planner.reading import read_sentence
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import first_shape
from assistant.planner.vocabulary import Vocabulary

_AROUND = " ,.?!;"
_HAN = re.compile(f"[{HAN}]")
Reads = Callable[[str], Plan]


@dataclass(frozen=True)
class Asked:
    """A question that may be asked of its parts.

    Args:
        question: As the operator typed it.
        vocabulary: The words that are known.
        dialogue: The conversation so far.
        planned: The plan of a question in a conversation.
    """

    question: str
    vocabulary: Vocabulary
    dialogue: Dialogue
    planned: Callable[[str, Vocabulary, Dialogue], Plan]

    @cached_property
    def text(self) -> str:
        """The question in its normalised spelling."""
        return normalise(self.question)

    @cached_property
    def bare(self) -> str:
        """The same without the punctuation around it."""
        return self.text.strip(_AROUND)

    @property
    def language(self) -> str:
        """“zh” where a Chinese character is in it, else “en”."""
        return "zh" if _HAN.search(self.text) else "en"

    def said(self, section: str, kind: str) -> re.Match[str] | None:
        """Where the first of the shapes of a kind is said in it."""
        return first_shape(section, kind, self.bare)

    def read(self, words: str) -> Plan:
        """The plan of other words in the same conversation."""
        return self.planned(words, self.vocabulary, self.dialogue)

    def read_in(self, words: str, dialogue: Dialogue) -> Plan:
        """The plan of words in another conversation."""
        return self.planned(words, self.vocabulary, dialogue)

    def sentence(self, words: str) -> Sentence:
        """Words of it as a sentence."""
        return read_sentence(words, self.vocabulary, self.dialogue)
