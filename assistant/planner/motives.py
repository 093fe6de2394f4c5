"""Clauses that tell why something is asked, and not what; an answer names those it leaves aside.

A clause is a motive where it begins as one (“老板要看”, “we're planning”), or where somebody acts in it and none of its words
measures, limits or asks (“my predecessor left no notes”, “短信通道快到期了”).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from assistant.planner.idle import LIKELY, SURE, is_idle
from assistant.planner.lexicon import read_table
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

Reads = Callable[[str], "Plan | None"]
Cuts = Callable[[str], Sentence]

_LIMITS = ("number", "share", "quantity", "value", "segment", "comparison", "customer_id", "ranking", "band", "segment_name", "format")
_LIMITING = (*_LIMITS, "chart", "absent", "off_topic", "condition", "cluster", "festival")
_LEAST_TOLD = 3
"""Words that say something; fewer of them before a question are what it is about."""
_MISSING = ("absent", "off_topic", "unsupported")
"""What the data has nothing of; where nothing is asked of it, it is a motive."""
_SAYING = (("ellipsis", "correct", "change"), ("move",), ("drop",), ("segment_name",), ("cue", "save"), ("act",))
"""What is to be done with an answer: “不对,是10月”, “call it core”."""
_MEASURING = ("metric", "dimension", "field", "scheme", "ask", "pronoun")


def motives(clauses: list[str], read: Cuts, understood: Reads) -> list[str]:
    """Those of the clauses that begin as motives do and limit nothing."""
    return [] if commands(clauses) else [clause for clause in clauses if _begins_as_motive(clause, clauses, read, understood)]


def asides(clauses: list[str], read: Cuts, understood: Reads) -> list[str]:
    """Those of the clauses in which somebody acts and nothing is measured, limited or asked."""
    return [] if commands(clauses) else [clause for clause in clauses if _is_aside(clause, clauses, read, understood)]


def leading(clauses: list[str], read: Cuts, understood: Reads) -> list[str]:
    """The clauses before the one that asks, where they are more than a topic and nothing in them can limit what is asked."""
    place = next((place for place, clause in enumerate(clauses) if _asks(clause)), 0)
    if commands(clauses) or not read(clauses[place]).tokens:
        return []
    asked = read(", ".join(clauses[place:]))
    return [clause for clause in clauses[:place] if _is_lead(clause, asked, clauses, read, understood)]


def _is_lead(clause: str, asked: Sentence, clauses: list[str], read: Cuts, understood: Reads) -> bool:
    if says_which(clause) or any(pattern.search(clause) for pattern in patterns("topic")):
        return False
    sentence = read(clause)
    told = [token for token in sentence.tokens if not token.is_("stop") and not token.is_("punctuation")]
    topic = not any(pattern.search(clause) for pattern in patterns("occasion"))
    if topic and (len(told) < _LEAST_TOLD or any(_measures(token) for token in told)):
        return False
    limits = [token for token in told if _limits(token, sentence, clauses) and not any(token.is_(kind) for kind in _MISSING)]
    return all(_named_anew(token, asked) for token in limits) and understood(clause) is None


def _named_anew(token: Token, asked: Sentence) -> bool:
    """Whether what is asked names something of the same kind itself: “I look after the bakery. What did PASTRY take in?”."""
    value = token.get("value")
    names = [other.get("value") for other in asked.tokens]
    return value is not None and any(name is not None and name.data["dimension"] == value.data["dimension"] for name in names)


def commands(clauses: list[str]) -> bool:
    """Whether a clause tells the assistant what to be or to forget; nothing around such a clause is set aside."""
    return any(pattern.search(clause) for clause in clauses for pattern in patterns("commands"))


def is_certain(clause: str, read: Cuts) -> bool:
    """Whether a clause surely says nothing of what is asked, whatever its words may mean elsewhere."""
    if any(pattern.search(clause) for pattern in patterns("purpose")):
        return True
    if _asks(clause):
        return False
    return any(pattern.search(clause) for pattern in patterns("certain")) or _is_idle(clause, read, SURE)


def _is_idle(clause: str, read: Cuts, least: float) -> bool:
    """Whether it is worded as talk, and no word of it denies, corrects, names, or asks for what the data lack."""
    sentence = read(clause)
    if any(sentence.says(*said) for said in _SAYING) or says_which(clause):
        return False
    if sentence.says("neg") and not any(pattern.search(clause) for pattern in patterns("somebody")):
        return False  # “nothing after”, “but not at all since”
    missing = any(token.is_(kind) for token in sentence.tokens if token.start >= _after_who(clause) for kind in _MISSING)
    unknown = any(token.unknown for token in sentence.tokens)
    if (missing and _asks(clause)) or (_wants_shown(clause) and (missing or unknown)):
        return False
    said = unknown or bool(sentence.leftover()) or any(sentence.says(kind) for kind in _MISSING)
    return said and is_idle(sentence, least)


def _after_who(clause: str) -> int:
    """Where the words for the person who acts end, of which the data need nothing: “老板想看走势”."""
    found = next((match for pattern in patterns("who_acts") if (match := pattern.match(clause))), None)
    return found.end() if found else 0


def _begins_as_motive(clause: str, clauses: list[str], read: Cuts, understood: Reads) -> bool:
    if not any(pattern.match(clause) for pattern in patterns("clause")):
        return False
    sentence = read(clause)
    if says_which(clause) or (_wants_shown(clause) and any(token.unknown for token in sentence.tokens)):
        return False
    if _asks(clause) and sentence.says("metric"):
        return False
    return not any(_limits(token, sentence, clauses) for token in sentence.tokens) and understood(clause) is None


def _is_aside(clause: str, clauses: list[str], read: Cuts, understood: Reads) -> bool:
    if _is_idle(clause, read, LIKELY):
        return understood(clause) is None
    if _asks(clause) or not any(pattern.search(clause) for pattern in patterns("somebody")):
        return False
    if says_which(clause) or any(pattern.search(clause) for pattern in patterns("limiting")):
        return False
    sentence = read(clause)
    told = [token for token in sentence.tokens if not token.is_("stop")]
    strange = any(token.unknown for token in told)
    return not any(_limits(token, sentence, clauses) or (_measures(token) and not strange) for token in told) and understood(clause) is None


def says_which(clause: str) -> bool:
    """Whether it goes on about the customers, says again what was meant, or leaves something out."""
    return any(pattern.search(clause) for kind in ("going_on", "leaving_out") for pattern in patterns(kind))


def _measures(token: Token) -> bool:
    """Whether a word names something that can be counted, grouped or asked for."""
    return any(token.is_(kind) for kind in _MEASURING)


def _wants_shown(clause: str) -> bool:
    return any(pattern.search(clause) for pattern in patterns("shown"))


def _asks(clause: str) -> bool:
    return any(pattern.search(clause) for pattern in patterns("asking"))


def _limits(token: Token, sentence: Sentence, clauses: list[str]) -> bool:
    """Whether a word of a clause may say which customers, numbers or times are meant; a time ahead cannot.

    What another clause says again (“only 300 cards …, pick 300 customers”) is that one's.
    """
    if any(token.is_(kind) for kind in _LIMITING):
        return not token.is_("stop") and not _said_again(token.text, sentence.text, clauses)
    refused = token.get("unsupported")
    if refused is not None:
        return _asks(sentence.text)
    window = token.get("window")
    if window is None or token.text in read_table("motives")["lately"]:
        return False
    dates = window.data["window"].resolve(sentence.vocabulary.as_of)
    return dates is None or dates.start is None or dates.start < sentence.vocabulary.as_of


def _said_again(words: str, clause: str, clauses: list[str]) -> bool:
    """Whether another clause has the same words or, of a number, the same digits."""
    digits = re.search(r"\d+", words)
    said = re.compile(rf"(?<!\d){digits[0]}(?!\d)" if digits else re.escape(words))
    return any(said.search(other) for other in clauses if other != clause)


@lru_cache(maxsize=16)
def patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of one kind of ``motives.yaml``; those of clauses may begin with words that fill."""
    table = read_table("motives")
    found: list[re.Pattern[str]] = []
    for language, listed in table[kind].items():
        words = {f"{{{name}}}": f"(?:{table[name][language]})" for name in ("time", "who") if language in table[name]}
        for pattern in listed:
            for name, meant in words.items():
                pattern = pattern.replace(name, meant)
            edge = "" if language == "zh" else r"\b"
            lead = rf"(?:(?:{table['filler'][language]}){edge}[ ,]*)*" if kind == "clause" else edge
            found.append(re.compile(lead + pattern))
    return tuple(found)
