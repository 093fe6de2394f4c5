"""Names in a language model's prose: segments, customers, products, campaigns and stores that no result names are found."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from assistant.prompt_library import read_yaml
from tools.metrics.catalogue import catalogue
from tools.segments.schemes import SCHEMES

if TYPE_CHECKING:
    from tools.warehouse.context import ToolContext

_TOKEN = re.compile(r"[A-Za-z0-9][\w'’-]*")
_RUN = r"[A-Z][A-Za-z0-9_'’-]*(?:\s+(?:&\s+)?[A-Z0-9][A-Za-z0-9_'’-]*)*"
"""Capitalised words in a row, and numbers among them."""
_QUOTED = re.compile(r"\*{0,2}[“\"「『‘《](?P<name>[^“”\"「」『』‘’《》\n]{1,40})[”\"」』’》]\*{0,2}")
HEADING = re.compile(r"\s*(?:#{1,6}\s.*|\*\*[^*]+\*\*[:\uff1a]?)\s*")
_CALLED = re.compile(r"(?:名为|名叫|叫做)\s*(?P<name>[\u4e00-\u9fff]{2,12}?)(?=的|分群|客群|客户|品类|活动|[\uff0c。、\uff1b,.]|$)")
_STEP = re.compile(r"(?:[QHRFM]|[Tt])\d")
"""Quarters, scores and handles, which are no ids."""
_HAN = re.compile(r"[\u3400-\u9fff]")
SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s*|[-*•#]\s+)[\s*_]*$")
LONGEST_VALUE = 60
"""Values of the data that are longer are texts, which nobody repeats by chance."""


@dataclass(frozen=True)
class KnownNames:
    """The names that the loaded data hold.

    Args:
        values: A name as it may be written, in lower case, to the data's own values that it means, in lower case too.
        written: The same names as the data write them.
    """

    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)


def make_known(values: Mapping[str, Iterable[str]], aliases: Mapping[str, Mapping[str, Mapping[str, Iterable[str]]]]) -> KnownNames:
    """The names of ``values`` (dimension to values) and their other names (dimension, value, language)."""
    meant: dict[str, set[str]] = {}
    written: dict[str, str] = {}
    plain = {str(word) for word in read_yaml("names.yaml")["plain"]}
    for dimension, found in values.items():
        for value in map(str, found):
            others = aliases.get(dimension, {}).get(value.lower(), {})
            for name in (value, *others.get("zh", ()), *others.get("en", ())):
                if _telling(name) and name.lower() not in plain:
                    meant.setdefault(name.lower(), set()).add(value.lower())
                    written.setdefault(name.lower(), name)
    ordered = sorted(meant, key=len, reverse=True)
    return KnownNames({name: frozenset(meant[name]) for name in ordered}, written)


def known_names(ctx: ToolContext) -> KnownNames:
    """The names in the data that ``ctx`` reads; kept until they change."""
    from assistant.planner.lexicon import read_table
    from assistant.planner.saved import saved_segments
    from tools.metrics.values import remember, value_index

    own = {"rfm_group", "rfm_eight", "churn_band", "membership_tier", "lifecycle", "aipl_stage", "value_activity"}
    saved = [name for text in saved_segments(ctx).values() for name in (text.zh, text.en)]

    def make() -> KnownNames:
        """Everything that prose may name, from the values of the data."""
        values = {dimension: found for dimension, found in value_index(ctx).items() if dimension not in own}
        return make_known({**values, "saved segment": saved}, read_table("values"))

    return remember(ctx, f"names in prose {saved}", make)


def unvouched_name(text: str, known: KnownNames, said: str) -> str | None:
    """The first name in ``text`` that nothing vouches for.

    Args:
        text: A sentence; what is vouched for already is blanked out.
        known: The names of the data.
        said: All names and words of results and questions, in lower case, one a line.
    """
    names = (*_values(text, known), *_beside(text), *_ids(text))
    return next((name for name in names if not _vouched(name, known, said)), None)


def _vouched(name: str, known: KnownNames, said: str) -> bool:
    wanted = name.strip(" .,'’").lower()
    if wanted in known.values:
        return wanted in _own_names() or any(stands_in(each, said) for each in (wanted, *known.values[wanted]))
    return stands_in(wanted, said) or is_ordinary(wanted)


def is_ordinary(name: str) -> bool:
    """Whether the product's own words make up the name."""
    if name in _own_names():
        return True
    if _HAN.search(name):
        rest = name
        for piece in chinese_pieces():
            rest = rest.replace(piece, "")
        return not rest.strip()
    tokens = [token.removesuffix("'s").removesuffix("’s") for token in _TOKEN.findall(name)]
    return all(token in ordinary_words() or token.endswith("est") for token in tokens)


def stands_in(name: str, said: str) -> bool:
    """Whether ``said`` has ``name`` as whole words; both in lower case."""
    return re.search(rf"{_edge_before(name)}{re.escape(name)}{_edge_after(name)}", said) is not None


def _edge_before(name: str) -> str:
    return r"(?<![a-z0-9_-])" if name[:1].isascii() else ""


def _edge_after(name: str) -> str:
    return r"(?![a-z0-9_]|-[a-z0-9])" if name[-1:].isascii() else ""


def _values(text: str, known: KnownNames) -> Iterator[str]:
    """Values of the data that ``text`` names; of names within names the longest."""
    lower, taken = text.lower(), [False] * len(text)
    for name in known.values:
        if name not in lower:
            continue
        for match in re.finditer(f"{_edge_before(name)}{re.escape(name)}{_edge_after(name)}", lower):
            if not any(taken[match.start() : match.end()]) and _is_named(text, match.start(), match.end(), known.written[name]):
                taken[match.start() : match.end()] = [True] * len(name)
                yield name


def _is_named(text: str, start: int, end: int, value: str) -> bool:
    """Whether the words at ``start`` mean the value and not their everyday sense."""
    said = text[start:end]
    if said in ordinary_words():
        return False
    if _HAN.search(said) or _before_kind().match(text, end) or _after_kind().search(text[:start]):
        return True
    if said.islower() or (said != value and " " not in said):
        return False
    if said.isupper() or " " in said or any(char.isdigit() for char in said):
        return said in (value, value.title())
    # One capitalised word: a name unless it begins the sentence or belongs to a longer name ("National Day").
    return not SENTENCE_START.search(text[:start]) and not re.match(r"\s[A-Z]", text[end:]) and not re.search(r"[A-Z]\w*\s$", text[:start])


def _beside(text: str) -> Iterator[str]:
    """Names that stand beside the word for a segment, category, customer and so on, or are introduced as a name."""
    if HEADING.fullmatch(text):
        return
    for match in _QUOTED.finditer(text):
        before, after = _after_kind().search(text[: match.start()]), _before_kind().match(text, match.end())
        kind = before or after
        if kind and not _is_proposed(text, match.start(), kind["kind"]):
            yield match["name"]
    yield from (match["name"] for match in _CALLED.finditer(text))
    for match in _run_after().finditer(text):
        yield match["name"]
    for match in _run_before().finditer(text):
        if not _is_proposed(text, match.start(), match["kind"]):
            yield from _run_name(text, match)


def _is_proposed(text: str, start: int, kind: str) -> bool:
    """Whether it is a campaign that the sentence proposes, which need not exist."""
    return kind.lower() in read_yaml("names.yaml")["campaigns"] and _proposing().search(text[:start]) is not None


def _run_name(text: str, match: re.Match[str]) -> Iterator[str]:
    words = match["name"].split()
    if SENTENCE_START.search(text[: match.start()]) and (match["plural"] or words[0].lower() in ordinary_words()):
        words = words[1:]
    while words and words[0].lower() in ("the", "a", "an", "our", "your", "their"):
        words = words[1:]
    if len(words) > (1 if match["people"] else 0):
        yield " ".join(words)


def _ids(text: str) -> Iterator[str]:
    for match in _numbered().finditer(text):
        if not _STEP.fullmatch(match["id"]):
            yield match["id"]


def _telling(value: str) -> bool:
    """Whether a value is recognised alone: no numbers, single letters or long texts."""
    letters = sum(char.isalpha() for char in value)
    return len(value) <= LONGEST_VALUE and letters > 1 and not re.fullmatch(r"[\d\s+\-~]+k?\+?", value, re.I)


def _words(*path: str) -> list[str]:
    found = read_yaml("names.yaml")
    for step in path:
        found = found[step]
    return [str(word) for word in found]


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


def _english(words: Iterable[str]) -> str:
    return "|".join(rf"{re.escape(word.removesuffix('y'))}(?:y|ies)" if word.endswith("y") else rf"{re.escape(word)}s?" for word in words)


def _kinds() -> tuple[str, str]:
    return _english([*_words("kinds", "en"), *_words("people", "en")]), _any(_words("kinds", "zh"))


@lru_cache(maxsize=1)
def _before_kind() -> re.Pattern[str]:
    english, chinese = _kinds()
    return re.compile(rf"\*{{0,2}}(?P<gap>\s|的|这个)?(?P<kind>(?:{english})(?![A-Za-z])|{chinese})", re.I)


@lru_cache(maxsize=1)
def _after_kind() -> re.Pattern[str]:
    english, chinese = _kinds()
    named = r"(?:\s+(?:named|called|known as))?\s+|\s?(?:名为|名叫|叫做|叫|是|为)?\s?[:\uff1a]?\s?"
    return re.compile(rf"(?P<kind>(?<![A-Za-z])(?:{english})(?![A-Za-z])|{chinese})(?:{named})\*{{0,2}}$", re.I)


@lru_cache(maxsize=1)
def _run_after() -> re.Pattern[str]:
    english, chinese = _kinds()
    latin = rf"(?<![A-Za-z])(?i:{english})(?:\s+(?:named|called|known as))?\s+"
    return re.compile(rf"(?:{latin}|(?:{chinese})(?:名为|名叫|叫做|叫)?\s?)\*{{0,2}}(?P<name>{_RUN})")


@lru_cache(maxsize=1)
def _run_before() -> re.Pattern[str]:
    kinds, people, chinese = _words("kinds", "en"), _words("people", "en"), _any(_words("kinds", "zh"))
    english = rf"(?:{_any(kinds)}|{_any(word.removesuffix('y') + 'ies' if word.endswith('y') else word + 's' for word in kinds)})"
    crowd = rf"(?P<people>(?:{_any(people)})s?)"
    latin = rf"\s(?:{english}|{crowd})(?![A-Za-z])(?P<plural>(?<=s))?"
    return re.compile(
        rf"(?<![A-Za-z])(?P<name>{_RUN})\*{{0,2}}(?=\s?(?P<kind>{english}|{_any(people)}|{chinese}))(?:{latin}|\s?(?:{chinese}))"
    )


@lru_cache(maxsize=1)
def _proposing() -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(_words("proposing")) + r")\*{0,2}$", re.I)


@lru_cache(maxsize=1)
def _numbered() -> re.Pattern[str]:
    counts = read_yaml("names.yaml")["counts"]
    english, chinese, by_id = _any(_words("numbered", "en")), _any(_words("numbered", "zh")), _any(_words("by_id", "zh"))
    number, mixed = rf"\d+(?!{counts}|[\w-]|\s[a-z]+s\b)", r"[A-Za-z]{1,6}[-_]?\d[\w-]*"
    alone = rf"(?<!per )(?<!each )(?<!every )(?<![A-Za-z])(?i:{english})\s+(?i:id\s+|no\.?\s+|number\s+)?#?(?={number}|{mixed})"
    zh = rf"(?:{chinese}|(?:{by_id})\s?(?:编号|号|ID))[\s:\uff1a#]*(?={number})|(?:{by_id})(?:编号|号|ID)?[\s:\uff1a#]*(?={mixed})"
    return re.compile(rf"(?:{alone}|{zh})(?P<id>[\w-]+)", re.ASCII)


@lru_cache(maxsize=1)
def _own_names() -> frozenset[str]:
    """What the product itself calls groups, metrics, dimensions and terms, in lower case."""
    groups = [group for scheme in SCHEMES.values() for group in scheme.groups]
    names = {word for group in groups for word in (group.id, group.name.zh, group.name.en, *group.aliases)}
    book = catalogue()
    for entry in (*book.metrics, *book.dimensions, *book.fields, *book.terms):
        names |= {entry.name.zh, entry.name.en, *entry.words}
    return frozenset(name.lower() for name in names)


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """English words that are written with capitals without being names, in lower case."""
    own = {token.lower() for name in _own_names() for token in _TOKEN.findall(name)}
    return frozenset(own | set(_words("ordinary", "en")))


@lru_cache(maxsize=1)
def chinese_pieces() -> list[str]:
    """Chinese words that make up ordinary names of groups, the longest first."""
    own = {name for name in _own_names() if _HAN.search(name) and len(name) > 1}
    short = {name.removesuffix("客户") for name in own}
    pieces = own | {name for name in short if len(name) > 1} | set(_words("ordinary", "zh"))
    return sorted(pieces, key=len, reverse=True)
