"""Words that could not be placed and may be left aside: those that cannot be a condition, a name, a number or a time.

An answer that leaves words aside names them. Where a word stands decides: after "of" or 来自, beside a noun, a metric or
a value it may well limit what is asked, and the planner asks.
"""

from __future__ import annotations

import re

from assistant.planner.lexicon import read_table
from assistant.planner.motives import patterns
from assistant.planner.normalise import HAN
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

_MOST = 3
_LONGEST_HAN = 4
_WORD = re.compile(rf"[a-z]{{2,}}|[{HAN}]+")
_LIMITED = ("noun", "metric", "dimension", "value", "segment", "field", "term", "band", "verb", "neg", "op", "comparison", "quantity")
"""What a word beside it may limit."""
_INDEFINITE = ("a", "an")
"""What makes a word a thing that somebody may have or not: “they must own a lorry”."""
_QUOTED = re.compile("(?<![A-Za-z])[\"“”「」《》‘’'](?P<words>[^\"“”「」《》‘’']+)[\"“”「」《》‘’']")


def spare_words(account: Sentence, question: str) -> list[str]:
    """The unplaced words of a question that its plan may leave aside; none where any of them may matter.

    Args:
        account: The question with what its plan used.
        question: As the operator typed it.
    """
    if any(pattern.search(account.text) for kind in ("going_on", "leaving_out") for pattern in patterns(kind)):
        return []
    left = [place for place, token in enumerate(account.tokens) if token in account.leftover()]
    if not left or len(left) > _MOST or not all(_is_spare(account, place, question) for place in left):
        return []
    return [account.tokens[place].text for place in left]


def _is_spare(account: Sentence, place: int, question: str) -> bool:
    token = account.tokens[place]
    if not token.unknown or not _WORD.fullmatch(token.text) or _is_name(token.text, question):
        return False
    if not token.text.isascii():
        places = read_table("places")
        if set(places["telling_characters"]) & set(token.text) or set(places["prefixed"]) & set(_touching(account, place)):
            return False
        return len(token.text) <= _LONGEST_HAN and apart(account, place)
    thing = place > 0 and account.tokens[place - 1].text in _INDEFINITE
    return _is_adverb(token.text) or (apart(account, place) and not thing)


def _touching(account: Sentence, place: int) -> str:
    """The single characters right beside it, which may belong to one word with it (“有”, “机系”)."""
    token = account.tokens[place]
    beside = account.tokens[max(0, place - 1) : place] + account.tokens[place + 1 : place + 2]
    return "".join(one.text for one in beside if len(one.text) == 1 and (one.end == token.start or one.start == token.end))


def _is_adverb(word: str) -> bool:
    return len(word) > 5 and word.endswith("ly") and word not in read_table("places")["not_adverbs"]


def _is_name(word: str, question: str) -> bool:
    """Whether it was typed as a name: quoted, or with a capital inside a sentence that has small letters too."""
    if any(word in quoted["words"].lower() for quoted in _QUOTED.finditer(question)):
        return True
    found = re.search(rf"(?<![a-z]){re.escape(word)}", question, re.IGNORECASE) if word.isascii() else None
    return found is not None and found[0][0].isupper() and found.start() > 0 and not question.isupper()


def apart(account: Sentence, place: int) -> bool:
    """Whether the token at ``place`` stands beside nothing that it may limit or belong to."""
    before, after = _neighbour(account, place, -1), _neighbour(account, place, 1)
    leads = set(read_table("places")["before_values"])
    if before is not None and (before.text in leads or before.is_("by") or before.is_("rank") or _limits(before)):
        return False
    return after is None or not (_limits(after) or after.text in read_table("places")["after_values"])


def _limits(token: Token) -> bool:
    return any(token.is_(kind) for kind in _LIMITED) or token.is_("cue", "sold", "how_much", "count", "share", "growth", "trend")


def _neighbour(account: Sentence, place: int, step: int) -> Token | None:
    """The next token on that side, articles skipped; None at the end of a clause."""
    articles = read_table("places")["articles"]
    at = place + step
    while 0 <= at < len(account.tokens) and account.tokens[at].text in articles:
        at += step
    token = account.tokens[at] if 0 <= at < len(account.tokens) else None
    return None if token is None or token.is_("punctuation") else token
