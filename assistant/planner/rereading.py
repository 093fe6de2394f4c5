"""Reads a question again with less: without who asks and what for, and without words that cannot limit what is asked.

People wrap a question into its motive (“老板明天要汇报，…”, “we're thinking of cutting X, so …”). What is left aside is named in
the answer. A clause that holds a number, a time past, a name or a condition is never left aside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.planner.lexicon import read_table
from assistant.planner.normalise import HAN, normalise
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

Reads = Callable[[str], "Plan | None"]
_MARKS = re.compile(r"[,;!?]|\.(?!\d)|(?<=[a-z]) (?:so|because|cause|cuz|since|but|and)(?= )")
_SPACED = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
_LIMITS = ("number", "share", "quantity", "value", "segment", "comparison", "customer_id", "ranking", "band", "segment_name", "format")
_LIMITING = (*_LIMITS, "chart", "absent", "off_topic", "condition", "cluster", "festival")
_TALKED_OF = ("staff", "profit", "send", "forecast", "reviews", "competitor", "delivery", "orders_placed")
"""What Fenqun does not do, and operators mention as their reason to ask."""
_MOST = 8
"""Clauses of a question that is looked at again; a longer one is a text."""


@dataclass(frozen=True)
class Shorter:
    """A question with parts left aside, and those parts."""

    text: str
    aside: tuple[str, ...] = ()


def shorter(question: str, read: Callable[[str], Sentence], understood: Reads) -> Iterator[Shorter]:
    """The question with less and less of what is around it.

    Args:
        question: As the operator typed it.
        read: A text as a sentence.
        understood: The plan of a text that is read wholly.
    """
    plain = normalise(question)
    wholes = dict.fromkeys((plain, normalise(_SPACED.sub("，", question)), _without_counting(plain)))
    for place, whole in enumerate(wholes):
        if place:
            yield Shorter(whole)
        opened, said = _without_openings(whole)
        if said:
            yield Shorter(opened, said)
        for text, aside in ((whole, ()), (opened, said)) if said else ((whole, ()),):
            left, dropped = _without_motives(text, read, understood)
            if dropped:
                yield Shorter(left, (*aside, *dropped))


def _without_counting(text: str) -> str:
    """The text with “first … second … third …”, “一是…二是…” as marks between its parts; unchanged where it does not count."""
    counted = _counted()
    return counted.sub("; ", text).strip("; ") if len(counted.findall(text)) > 1 else text


def _without_openings(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without “my boss wants to know”, “老板想看”."""
    said: list[str] = []

    def cut(match: re.Match[str]) -> str:
        """What is left of a match; what goes is noted."""
        kept = match.groupdict().get("x") or ""
        said.append(match[0].replace(kept, "…").strip(" ,") if kept else match[0].strip(" ,"))
        return f" {kept} "

    for pattern in _patterns("opening"):
        text = pattern.sub(cut, text, count=1)
    return text.strip(" ,"), tuple(said)


def _without_motives(text: str, read: Callable[[str], Sentence], understood: Reads) -> tuple[str, tuple[str, ...]]:
    """The text without its clauses that tell a motive."""
    clauses = [part.strip() for part in _MARKS.split(text)]
    clauses = [part for part in clauses if part]
    if not 1 < len(clauses) <= _MOST:
        return text, ()
    motives = [clause for clause in clauses if _is_motive(clause, read, understood)]
    kept = [clause for clause in clauses if clause not in motives]
    if not kept or not motives or any(token.is_("pronoun") for token in read(", ".join(kept)).tokens):
        return text, ()
    return ", ".join(kept), tuple(motives)


def _is_motive(clause: str, read: Callable[[str], Sentence], understood: Reads) -> bool:
    if not any(pattern.match(clause) for pattern in _patterns("clause")):
        return False
    sentence = read(clause)
    return not any(_limits(token, sentence) for token in sentence.tokens) and understood(clause) is None


def _limits(token: Token, sentence: Sentence) -> bool:
    """Whether a word of a clause may say which customers, numbers or times are meant; a time ahead cannot."""
    if any(token.is_(kind) for kind in _LIMITING):
        return not token.is_("stop")
    refused = token.get("unsupported")
    if refused is not None and refused.id not in _TALKED_OF:
        return True
    window = token.get("window")
    if window is None or token.text in read_table("motives")["lately"]:
        return False
    dates = window.data["window"].resolve(sentence.vocabulary.as_of)
    return dates is None or dates.start is None or dates.start < sentence.vocabulary.as_of


@lru_cache(maxsize=1)
def _counted() -> re.Pattern[str]:
    return re.compile("|".join(read_table("motives")["counting"]))


@lru_cache(maxsize=4)
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of one kind; those of clauses may begin with words that fill."""
    table = read_table("motives")
    found: list[re.Pattern[str]] = []
    for language, patterns in table[kind].items():
        words = {f"{{{name}}}": f"(?:{table[name][language]})" for name in ("time", "who") if language in table[name]}
        for pattern in patterns:
            for name, meant in words.items():
                pattern = pattern.replace(name, meant)
            edge = "" if language == "zh" else r"\b"
            lead = rf"(?:(?:{table['filler'][language]}){edge}[ ,]*)*" if kind == "clause" else edge
            found.append(re.compile(lead + pattern))
    return tuple(found)
