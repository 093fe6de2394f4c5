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
_TAILS_ZH = ("", "客户", "用户", "会员", "人群", "分群")
_TAILS_EN = ("", " customers", " segment", " group")


def saved_segments(ctx: ToolContext) -> dict[str, Text]:
    """The names of the saved segments and of the clusters in use, by id."""
    return stored_names(ctx.engine)


def saved_phrases(segments: Mapping[str, Text]) -> Iterator[tuple[str, Sense]]:
    """What may be said for each saved segment: its id and names, alone or with a word such as "customers" after it."""
    for found, name in segments.items():
        sense = Sense("segment", found)
        for word in dict.fromkeys((name.zh, name.en, found.replace("_", " "), *cluster_words(found))):
            for form in _forms(word):
                yield from ((spelt, sense) for spelt in spellings(form))


def _forms(word: str) -> Iterator[str]:
    yield word
    if word.isascii():
        yield from (word + tail for tail in _TAILS_EN[1:] if not word.casefold().endswith(tail))
    else:
        short = _KIND.sub("", word) or word
        yield from (short + tail for tail in _TAILS_ZH[1:])
