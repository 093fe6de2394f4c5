"""Names of the segments that the operator saved and of the clusters that were found: words of the planner from then on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from assistant.planner.lexicon import spellings
from assistant.planner.tokens import Sense
from tools.contracts import Text
from tools.segments.stored import cluster_words, stored_names
from tools.warehouse.context import ToolContext

_KIND = re.compile(r"(客户群体|客户群|人群|客户|用户|会员|顾客)$")
OWN = "own"
"""What marks the sense of a whole name that the operator gave."""
_BUILDS = frozenset({"metric", "dimension", "noun", "cue", "verb", "by", "neg", "conj", "unit", "rank", "op", "format", "chart"})
_TAILS_ZH = ("", "客户", "用户", "会员", "人群", "分群")
_TAILS_EN = ("", " customers", " segment", " group")


def saved_segments(ctx: ToolContext) -> dict[str, Text]:
    """The names of the saved segments and of the clusters in use, by id."""
    return stored_names(ctx.engine)


def saved_phrases(segments: Mapping[str, Text]) -> Iterator[tuple[str, Sense]]:
    """What may be said for each saved segment: its id and names, alone or with a word such as "customers" after it."""
    for found, name in segments.items():
        sense = Sense("segment", found)
        whole = sense if cluster_words(found) else Sense("segment", found, {OWN: True})
        for word in dict.fromkeys((name.zh, name.en, found.replace("_", " "), *cluster_words(found))):
            yield from ((spelt, whole) for spelt in spellings(word))
            for form in _forms(word):
                yield from ((spelt, sense) for spelt in spellings(form))


def prevailing(senses: list[Sense]) -> list[Sense]:
    """What a span means: the whole name that the operator gave a segment goes before slang and other names.

    A name that is a word questions are built of ("sales", "customers") keeps both meanings.
    """
    own = [sense for sense in senses if sense.data.get(OWN)]
    return senses if not own or any(sense.kind in _BUILDS for sense in senses) else own


def _forms(word: str) -> Iterator[str]:
    if word.isascii():
        yield from (word + tail for tail in _TAILS_EN[1:] if not word.casefold().endswith(tail))
    else:
        short = _KIND.sub("", word) or word
        yield from (short + tail for tail in _TAILS_ZH[1:])
