"""Reads a question again with less: without who asks and what for, and without words that cannot limit what is asked.

People wrap a question into its motive (“老板明天要汇报，…”, “we're thinking of cutting X, so …”). What is left aside is named in
the answer. A clause that holds a number, a time past, a name or a condition is never left aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from assistant.planner.constructions import turned
from assistant.planner.idle import idle_ends
from assistant.planner.lexicon import read_table
from assistant.planner.motives import Cuts, Reads, asides, commands, is_certain, leading, motives, patterns, says_which
from assistant.planner.normalise import HAN, normalise
from assistant.planner.plan import of_everybody

_JOINING = "so|because|cause|cuz|since|but|and|therefore|though|hence|until|till|while"
_MARKS = re.compile(
    r"[,;!?]|\.(?!\d)|(?<!\d):|:(?!\d)| -+ |(?<=[a-z]) &(?= )|(?<=[a-z]) "
    rf"(?:{_JOINING})(?= )|"
    r"(?<=[a-z]) (?=(?:i|we)(?: would|d)? (?:need|want|like)\b|(?:can|could|would|will) you |please )"
)
_SPACED = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
_DOUBLED = re.compile(r"[,;.!?:]\s*(?=[,;.!?:])")
_ENDS = " ,;.!?:-&"
_ENDING = re.compile(rf"^(?:{_JOINING})\b[ ,]*|[ ,]*\b(?:{_JOINING})$")
"""What joined the question to a clause before or after it that is gone."""
_EXPLETIVE = re.compile(r"\b(?:is|was|does|did) it (?=[a-z])")
"""An “it” that stands for nothing said before."""
_MOST = 8
"""Clauses of a question that is looked at again; a longer one is a text."""


@dataclass(frozen=True)
class Shorter:
    """A question with parts left aside, and those parts."""

    text: str
    aside: tuple[str, ...] = ()


def shorter(question: str, read: Cuts, understood: Reads) -> Iterator[Shorter]:
    """The question with less and less of what is around it.

    Args:
        question: As the operator typed it.
        read: A text as a sentence.
        understood: The plan of a text that is read wholly.
    """
    plain = normalise(question)
    wholes = dict.fromkeys((plain, normalise(_SPACED.sub("，", question)), _without_counting(plain), turned(plain)))
    for place, whole in enumerate(wholes):
        if place:
            yield Shorter(whole)
        opened, said = _cut_out(whole, "opening")
        if said:
            yield Shorter(opened, said)
        for text, aside in ((whole, ()), (opened, said)) if said else ((whole, ()),):
            yield from (Shorter(left, (*aside, *dropped)) for left, dropped in _without_motives(text, read, understood))
    if not commands([plain]) and not says_which(plain):
        for rest, end in idle_ends(read(plain)):
            found = understood(rest)
            if found is not None and not of_everybody(found):
                yield Shorter(rest, (end,))


def plainly(question: str, read: Cuts) -> Shorter | None:
    """The question without what surely tells a motive (a meeting to come, a word of thanks, until when); None where it has nothing of it.

    It is read first: “下午要跟门店开会” is no hour of the day, and “needs it by noon” none either.
    """
    text, said = _cut_out(normalise(question), "deadline")
    clauses = [part.strip() for part in _MARKS.split(text) if part.strip()]
    if len(clauses) > _MOST or not (said or len(clauses) > 1):
        return None
    aside = [] if commands(clauses) else [clause for clause in clauses if is_certain(clause, read)]
    if len(aside) == len(clauses) or not (aside or said):
        return None
    return Shorter(_without(text, aside), (*said, *aside))


def _without(text: str, clauses: Iterable[str]) -> str:
    """The text without these clauses, what joins the others kept."""
    for clause in clauses:
        text = re.sub(rf"(?<![a-z]){re.escape(clause)}(?![a-z])", "", text, count=1)
    return _DOUBLED.sub("", text).strip(_ENDS)


def _without_counting(text: str) -> str:
    """The text with “first … second … third …”, “一是…二是…” as marks between its parts; unchanged where it does not count."""
    counted = _counted()
    return counted.sub("; ", text).strip("; ") if len(counted.findall(text)) > 1 else text


def _cut_out(text: str, kind: str) -> tuple[str, tuple[str, ...]]:
    """The text without “my boss wants to know”, “老板想看” (what matches the patterns of that kind), and what went."""
    said: list[str] = []

    def cut(match: re.Match[str]) -> str:
        """What is left of a match; what goes is noted."""
        kept = match.groupdict().get("x") or ""
        said.append(match[0].replace(kept, "…").strip(" ,") if kept else match[0].strip(" ,"))
        return f" {kept} "

    for pattern in patterns(kind):
        text = pattern.sub(cut, text, count=1)
    return text.strip(" ,"), tuple(said)


def _without_motives(text: str, read: Cuts, understood: Reads) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The text without its clauses that tell a motive, then also without those that say nothing of the data, together and one by one."""
    clauses = [part.strip() for part in _MARKS.split(text)]
    clauses = [part for part in clauses if part]
    if not 1 < len(clauses) <= _MOST:
        return
    told = motives(clauses, read, understood)
    before = leading(clauses, read, understood)
    around = [clause for clause in clauses if clause not in told and (clause in before or clause in asides(clauses, read, understood))]
    tried: set[tuple[str, ...]] = set()
    for dropped in (told, [*told, *around], *([clause] for clause in around)):
        kept = [clause for clause in clauses if clause not in dropped]
        if not kept or not dropped or tuple(dropped) in tried:
            continue
        tried.add(tuple(dropped))
        rest = _ENDING.sub("", _without(text, dropped))
        left = read(rest)
        if not read(_EXPLETIVE.sub("", rest)).says("pronoun") and (
            left.says("metric") or not any(read(clause).says("metric") for clause in dropped)
        ):
            yield rest, tuple(dropped)


@lru_cache(maxsize=1)
def _counted() -> re.Pattern[str]:
    return re.compile("|".join(read_table("motives")["counting"]))
