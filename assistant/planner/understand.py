"""The pipeline from a question to a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.planner.amounts import reduce
from assistant.planner.coverage import ask_about, without
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents import customers, data, measures
from assistant.planner.normalise import language_of, normalise
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokenise import tokenise
from assistant.planner.tokens import Token
from assistant.planner.vocabulary import Vocabulary

Intent = Callable[[Sentence, Dialogue], Plan | None]

INTENTS: tuple[Intent, ...] = (
    data.outside,
    data.help_,
    customers.look_up,
    data.explain,
    data.describe,
    customers.export,
    customers.strategy,
    customers.compare,
    customers.churn,
    customers.overview,
    measures.measure,
    customers.summarize,
    customers.find,
)
"""Readings to try, in this order; the first that uses every word of the question is taken."""


def read_sentence(question: str, vocabulary: Vocabulary, dialogue: Dialogue) -> Sentence:
    """A question as reduced tokens."""
    tokens, mended = tokenise(normalise(question), vocabulary, vocabulary.as_of)
    text = "".join(_gaps(tokens))
    return Sentence(text, reduce(tokens, vocabulary), vocabulary, language_of(question, dialogue.language), mended)


def _gaps(tokens: list[Token]) -> list[str]:
    parts: list[str] = []
    at = 0
    for token in tokens:
        parts += [" " * (token.start - at), token.text]
        at = token.end
    return parts


def understand(question: str, vocabulary: Vocabulary, dialogue: Dialogue | None = None) -> Plan:
    """The plan of one question in its conversation."""
    dialogue = dialogue or Dialogue()
    sentence = read_sentence(question, vocabulary, dialogue)
    best, account = best_plan(sentence, dialogue)
    if best is not None and not account.leftover():
        return _noted(best, sentence)
    return _noted(ask_about(account, best, _rest(account, best, dialogue)), sentence)


def best_plan(sentence: Sentence, dialogue: Dialogue) -> tuple[Plan | None, Sentence]:
    """The first plan that uses every word, else the one that leaves the fewest; with its account."""
    best: tuple[int, Plan | None, Sentence] = (10**6, None, sentence)
    for intent in INTENTS:
        account = replace(sentence, used=set(sentence.used))
        found = intent(account, dialogue)
        if found is None:
            continue
        left = sum(token.end - token.start for token in account.leftover())
        if left == 0:
            return found, account
        if left < best[0]:
            best = (left, found, account)
    return best[1], best[2]


def _rest(account: Sentence, found: Plan | None, dialogue: Dialogue) -> str | None:
    """The question without what was not placed, when it is understood then."""
    if found is None or any(call.name in ("ask_user", "decline") for call in found.calls):
        return None
    rest = without(account)
    sentence = read_sentence(rest, account.vocabulary, dialogue)
    again, used = best_plan(sentence, dialogue)
    return rest if again is not None and not used.leftover() else None


def _noted(found: Plan, sentence: Sentence) -> Plan:
    notes = tuple(("mended", f"{one.typed} → {one.read}") for one in sentence.mended)
    return replace(found, notes=(*found.notes, *notes))
