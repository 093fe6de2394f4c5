"""What is offered for a question that no rule reads wholly: the closest readings, as full questions that are understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.planner.coverage import unplaced
from assistant.planner.lexicon import read_table
from assistant.planner.nearest import nearest
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text

_MOST = 3
_NEAR = 0.24
"""Below this nothing is near enough to be offered."""
_BESIDE = 0.55
"""How near further readings must be, as a share of the nearest."""
_LEAST_WORDS = 2
_LEAST_HAN = 3
"""A shorter question says too little to be near to anything."""
_TAIL = 0.34
"""The most of a question that may be left out for the rest to be offered first."""

Works = Callable[[str], bool]


def with_offers(asked: Plan, account: Sentence, works: Works) -> Plan:
    """What is asked back, or declined, with the closest readings to choose from.

    Args:
        asked: The question or the refusal of the words that no rule placed.
        account: The operator's question with what was placed.
        works: Whether a question is understood.
    """
    call = asked.calls[0]
    if call.name == "decline" and call.args.get("reason") != "not_understood":
        return asked
    rest = list(call.args.get("choices", ()))
    if len(rest) > 1:
        return asked  # names that the word may stand for
    offers = [one for one in _offers(account) if works(one)][:_MOST]
    keeps = _keeps_most(account) and all(token.unknown for token in account.leftover())
    if not offers:
        return asked if call.name == "decline" or keeps else _declined(account)
    choices = [*rest, *offers] if keeps else offers
    return plan("ask_user", question=_question(account), choices=list(dict.fromkeys(choices))[:_MOST])


def _question(account: Sentence) -> str:
    joint = "”、“" if account.language == "zh" else "”, “"
    words = joint.join(unplaced(account))
    return text("not_placed_offers", account.language).format(words=words) if words else text("which_reading", account.language)


def _declined(account: Sentence) -> Plan:
    joint = "”、“" if account.language == "zh" else "”, “"
    missing = text("not_placed_decline", account.language).format(words=joint.join(unplaced(account)) or account.text)
    return plan("decline", reason="not_understood", missing=missing)


def _keeps_most(account: Sentence) -> bool:
    """Whether the words that nothing placed are the smaller part of the question."""
    left = sum(token.end - token.start for token in account.leftover())
    return left <= _TAIL * len(account.text.replace(" ", ""))


def _offers(account: Sentence) -> Iterator[str]:
    """The nearest readings as questions, about the group or the customer that the question names where it names one."""
    who = _named(account)
    if not _says_enough(account):
        return
    near = [one for one in nearest(_without(account, who)) if one.score >= _NEAR]
    for one in near:
        if one.score < near[0].score * _BESIDE:
            return
        entry = read_table("exemplars")[one.reading]
        if who and "about" in entry:
            yield str(entry["about"][account.language]).format(who=_called(account, who))
        elif "ask" in entry:
            yield str(entry["ask"][account.language])


def _says_enough(account: Sentence) -> bool:
    text_only = account.text.strip("?!. ")
    return len(text_only.split()) >= _LEAST_WORDS or (not text_only.isascii() and len(text_only) >= _LEAST_HAN)


def _named(account: Sentence) -> int | None:
    """The place of the one group or customer that the question names."""
    places = [place for place, token in enumerate(account.tokens) if token.is_("segment") or token.is_("customer_id")]
    return places[0] if len(places) == 1 else None


def _called(account: Sentence, place: int) -> str:
    token = account.tokens[place]
    segment = token.get("segment")
    return account.vocabulary.name("segment", segment.id, account.language) if segment else token.text


def _without(account: Sentence, place: int | None) -> str:
    """The question without the name of its group, which says nothing of what is asked."""
    if place is None:
        return account.text
    token = account.tokens[place]
    return f"{account.text[: token.start]} {account.text[token.end :]}"
