"""Cuts a normalised question into tokens: the fewest and best explained ones."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from assistant.planner.campaign_times import with_campaign_dates
from assistant.planner.clock import find_times
from assistant.planner.constructions import plainer
from assistant.planner.customer_ids import find_customer_ids
from assistant.planner.goods import goods_names
from assistant.planner.lexicon import read_table
from assistant.planner.month_lists import months_apart
from assistant.planner.numbered import find_patterns
from assistant.planner.numbers import find_numbers
from assistant.planner.periods import find_periods
from assistant.planner.same_time import with_same_time
from assistant.planner.saved import OWN, prevailing
from assistant.planner.time_units import find_horizons
from assistant.planner.tokens import Sense, Token
from assistant.planner.typos import mend_han, mend_word, stems
from assistant.planner.vocabulary import Vocabulary

_WORD = re.compile(r"[a-z0-9_]+|[^\s]")
_NUMBERED = re.compile(r"(?<![a-z\d])([a-z]{3,})(\d+)(?![a-z\d])")
_PUNCTUATION = frozenset("→,.;:!?\"()[]{}/\\|·…'`*#")
_MOST_MENDED = 4
_UNKNOWN_COST = 12.0
_WHOLE_COST = 5.0
"""A word that is known not to fall apart costs less than its parts would."""
_STOP_COST = 1.3
_NAME_COST = 0.5
"""A name written out goes before words that overlap it: “将” and “流失风险客户”, not “将流失” and “风险客户”."""
_GIVEN_COST = 0.45
"""A name that is to be given goes before a group of that name: “save as champions”."""
_LONG_NAME = 5
_TAIL = re.compile(
    r"\s*[,;]\s*(?:and|so|because|since|cos|for|then|as|but|please|pls|thanks?|thank you|thx|ok|okay|i|we|it|that|this|these|they|need|"
    r"will|ill|well|my|our|just|which|in case|to be)\b.*$"
    r"|\s+(?:(?:so|because|since|cos) (?:that )?(?:i|we)|for (?:later|reuse|future|next))\b.*$"
)
"""What goes on after a name: “called X, I will reuse it”."""


class Mended(NamedTuple):
    """A span that was misspelt, as typed and as read."""

    typed: str
    read: str


def tokenise(text: str, vocabulary: Vocabulary, as_of: dt.date, barred: frozenset[str] = frozenset()) -> tuple[list[Token], list[Mended]]:
    """The tokens of a normalised question, misspelt words mended, and what was mended; ``barred`` ideas are not looked for."""
    mended: list[Mended] = []
    text = with_same_time(with_campaign_dates(text, vocabulary.campaign_dates), as_of)
    text = plainer(months_apart(text))
    for pattern, words in _rewrites():
        text = pattern.sub(words, text)
    text = _NUMBERED.sub(lambda match: _apart(match, vocabulary), text)
    tokens = cut(text, vocabulary, as_of, barred)
    for _ in range(_MOST_MENDED):
        change = _mend(text, tokens, vocabulary)
        if change is None:
            break
        start, end, meant = change
        if meant not in stems(text[start:end]):
            mended.append(Mended(text[start:end], meant))
        text = text[:start] + meant + text[end:]
        tokens = cut(text, vocabulary, as_of, barred)
    return tokens, mended


@lru_cache(maxsize=1)
def _rewrites() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), words) for pattern, words in read_table("typos")["rewrites"]]


def _apart(match: re.Match[str], vocabulary: Vocabulary) -> str:
    """“store367”, “top10” as two words, unless it is a name as it stands."""
    whole = [found for found in vocabulary.matcher.find(match[1], 0) if found.end == len(match[1])]
    named = any(sense.kind in ("dimension", "rank") for found in whole for sense in found.senses)
    return f"{match[1]} {match[2]}" if named and match[0] not in vocabulary.texts else match[0]


def _mend(text: str, tokens: list[Token], vocabulary: Vocabulary) -> tuple[int, int, str] | None:
    for token in tokens:
        if not token.unknown:
            continue
        word = mend_word(token.text, vocabulary) if token.text.isascii() else None
        if word:
            return token.start, token.end, word
        if not token.text.isascii():
            found = mend_han(text, range(token.start, token.end), vocabulary)
            if found:
                return found
    return None


def cut(text: str, vocabulary: Vocabulary, as_of: dt.date, barred: frozenset[str] = frozenset()) -> list[Token]:
    """The cheapest cut: one for each token, more for filler words, much more for what nothing explains."""
    spans = _spans(text, vocabulary, as_of, barred)
    best: list[tuple[float, Token | None]] = [(0.0, None), *((float("inf"), None) for _ in text)]
    for start in range(len(text)):
        cost = best[start][0]
        for found, price in [*spans[start], *_fallback(text, start)]:
            if cost + price <= best[found.end][0]:
                best[found.end] = (cost + price, found)
    tokens: list[Token] = []
    end = len(text)
    while end > 0:
        token = best[end][1]
        assert token is not None
        tokens.append(token)
        end = token.start
    return _joined([token for token in reversed(tokens) if token.text.strip()])


def _spans(text: str, vocabulary: Vocabulary, as_of: dt.date, barred: frozenset[str]) -> dict[int, list[tuple[Token, float]]]:
    senses: dict[tuple[int, int], list[Sense]] = defaultdict(list)
    for start in range(len(text)):
        for found in vocabulary.matcher.find(text, start):
            if not (text[start : found.end] in barred and all(sense.kind == "idea" for sense in found.senses)):
                senses[found.start, found.end].extend(found.senses)
    for number in find_numbers(text):
        kind = "share" if number.share else "number"
        senses[number.start, number.end].append(Sense(kind, str(number.value), {"value": number.value}))
    for period in find_periods(text, as_of):
        if period.backwards:
            dates = dict(zip(("start", "end"), map(str, period.backwards), strict=True))
            senses[period.start, period.end].append(Sense("reversed", "range", dates))
            continue
        sense = Sense("window", str(period.window), {"window": period.window, "parts": period.parts})
        senses[period.start, period.end].insert(0, sense)
    for start, end, customer_id in find_customer_ids(text, vocabulary.id_shapes):
        senses[start, end].insert(0, Sense("customer_id", customer_id))
    for pattern in read_table("ids")["cluster"]:
        for match in re.finditer(pattern, text):
            senses[match.start(), match.end()].append(Sense("cluster", str(int(match["n"])), {"n": int(match["n"])}))
    for start, end, name in _segment_names(text, vocabulary):
        senses[start, end] = [Sense("segment_name", name)]
    for start, end, sense in find_times(text):
        senses[start, end].append(sense)
    for start, end, days in find_horizons(text):
        senses[start, end].append(Sense("horizon", str(days), {"days": days}))
    for start, end, sense in find_patterns(text):
        senses[start, end].append(sense)
    spans: dict[int, list[tuple[Token, float]]] = defaultdict(list)
    for (start, end), found_there in senses.items():
        meanings = prevailing(found_there)
        spans[start].append((Token(start, end, text[start:end], tuple(meanings)), _price(meanings, end - start)))
    for start, end in _whole_words(text, vocabulary):
        spans[start].append((Token(start, end, text[start:end]), _WHOLE_COST))
    return spans


def _whole_words(text: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """Chinese names of goods that the data do not name so: 啤酒 is one word that nothing explains, and not 啤 before 酒."""
    for name in (*goods_names(), *read_table("places")["whole_words"]):
        if len(name) > 1 and not name.isascii() and name in text and name not in vocabulary.texts:
            yield from ((match.start(), match.end()) for match in re.finditer(re.escape(name), text))


def _price(meanings: list[Sense], length: int) -> float:
    """What a token costs: fillers more than words that say something, the names of groups less."""
    if all(sense.kind in ("stop", "idea") for sense in meanings):
        return _STOP_COST
    named = any(sense.kind == "segment" for sense in meanings)
    own = any(sense.data.get(OWN) for sense in meanings)
    if any(sense.kind == "segment_name" for sense in meanings):
        return _GIVEN_COST
    return _NAME_COST if own or (named and length >= _LONG_NAME) else 1.0


def _fallback(text: str, start: int) -> list[tuple[Token, float]]:
    char = text[start]
    if char.isspace():
        return [(Token(start, start + 1, char), 0.0)]
    if char in _PUNCTUATION:
        return [(Token(start, start + 1, char, (Sense("punctuation", char),)), 0.1)]
    if start and char.isascii() and char.isalnum() and text[start - 1].isascii() and text[start - 1].isalnum():
        return []
    word = _WORD.match(text, start)
    end = word.end() if word else start + 1
    return [(Token(start, end, text[start:end]), _UNKNOWN_COST if char.isascii() else _UNKNOWN_COST / 2)]


def _joined(tokens: list[Token]) -> list[Token]:
    """Neighbouring unexplained Chinese characters as one token."""
    joined: list[Token] = []
    for token in tokens:
        last = joined[-1] if joined else None
        if last and last.unknown and token.unknown and last.end == token.start and not token.text.isascii() and not last.text.isascii():
            joined[-1] = Token(last.start, token.end, last.text + token.text)
        else:
            joined.append(token)
    return joined


def _segment_names(text: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int, str]]:
    """The name to save customers under, from the first pattern that finds one."""
    table = read_table("ids")
    for pattern in table["segment_name"]:
        for match in re.finditer(pattern, text):
            quoted = text[match.start("name") - 1] == '"'
            name = (match["name"] if quoted else _TAIL.sub("", match["name"])).strip()
            if name and name not in table["not_names"] and not _names_format(name, vocabulary):
                whole = name == match["name"].strip()
                yield match.start("span"), match.end("span") if whole else match.start("name") + len(name), name
                return


def _names_format(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a name says what kind of file is wanted: "save them as csv", "存为excel表格"."""
    places = [0, *(match.end() for match in re.finditer(" ", name))]
    return any(sense.kind == "format" for start in places for found in vocabulary.matcher.find(name, start) for sense in found.senses)
