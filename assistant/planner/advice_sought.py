"""“Ideas for bigger baskets among VIPs”, “怎么让老客多来几次”, “只能做一件事先做哪件”: advice that is sought in words of any kind.

It is looked at after everything else: where nothing was understood, or figures would be told to somebody who asks what to do.
Whom it is for is read alone; where nobody is named, what it shall bring says for whom, and where that is everybody, all groups are shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from assistant.planner.asked import Asked
from assistant.planner.intents.aims import AIMED, NO_TEXT, asks_wording
from assistant.planner.intents.customers import customers_before
from assistant.planner.lexicon import filled, named_patterns, read_table
from assistant.planner.named_groups import named_groups
from assistant.planner.plan import Call, Plan, of_everybody, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts
from assistant.planner.tokens import Sense, Token
from assistant.planner.who import Who

_TABLE = "advice"
_FITTING = frozenset(
    {
        *("suggest_strategy", "recommend_products", "predict_response", "churn_risk", "segment_overview", "next_order", "customer_value"),
        *("describe_persona", "measure_uplift", "explain_term", "find_rules", "cluster_customers", "save_segment"),
        *("export_customers", "export_table"),
    }
)
"""What somebody who seeks advice may have asked for."""
_REFUSED = frozenset({"ask_user", "decline"})
_KEPT = frozenset({"no_data", "not_supported"})
_TO_ALL = "to_all"
"""The note that says that all groups are shown, as nobody was named."""
_UNBUDGETED = "unbudgeted"
_KINDS = ("sought", "wide", "first", "takers")
_TOLD_BY = ("field", "band")
_LIMITS = ("value", "comparison", "customer_id", "share", "window", "condition", "neg", "band")


@dataclass(frozen=True)
class _Aim:
    """What advice shall bring, and the groups it is for where nobody is named; none is everybody."""

    said: re.Pattern[str]
    groups: tuple[str, ...]


def with_advice(found: Plan, asked: Asked) -> Plan:
    """The plan, or that of the advice which is sought where the plan does something else."""
    if not _sought(found, asked):
        return found
    said = replace(asked, question=" ".join(_patterns("become").sub(" ", asked.bare).split()))
    sentence = said.sentence(said.bare)
    notes: tuple[tuple[str, str], ...] = ((NO_TEXT, ""),) if asks_wording(sentence) else ()
    notes += ((_UNBUDGETED, ""),) if _says("budget", said.bare) else ()
    calls = _for_whom(said, sentence)
    if calls:
        return Plan(tuple(calls), notes)
    by_aim = None if calls is None else _of_aim(said, sentence, notes)
    if by_aim is not None or found.calls[0].name in _REFUSED:
        return by_aim or found
    return plan("ask_user", question=text("strategy_whom", asked.language), choices=texts("strategy_choices", asked.language))


def _sought(found: Plan, asked: Asked) -> bool:
    """Whether advice is sought, and the plan is none: in plain words, or in any where nothing was understood."""
    if found.say is not None or not found.calls or found.calls[0].name in _FITTING:
        return False
    call, words = found.calls[0], asked.bare
    if call.name == "decline" and call.args.get("reason") in _KEPT and not (_says("budget", words) or _ahead(asked)):
        return False
    return _says("sought", words) or ((call.name in _REFUSED or of_everybody(found)) and _seeks(words))


def _ahead(asked: Asked) -> bool:
    """Whether nothing was declined but a time to come, which advice does not need: “how do I boost repeat rate next quarter”."""
    missing = [sense.id for token in asked.sentence(asked.bare).tokens if (sense := token.get("unsupported")) is not None]
    return set(missing) == {"forecast"} and _says("sought", asked.bare)


def _for_whom(asked: Asked, sentence: Sentence) -> list[Call] | None:
    """The advice for the groups that are named or were shown, if any; None where they are told by what cannot be read."""
    named = named_groups(asked, lambda _, around: _seeks(around))
    rest = asked.sentence(_without(asked.bare, [range(one.start, one.end) for one in named]))
    if any(rest.says(kind) for kind in _LIMITS) or (named and _segments(rest)):
        return None
    whom = [Who(one.rule).as_customers() for one in named] or list(dict.fromkeys(one.id for one in _segments(sentence)))
    last = asked.dialogue.last
    shown = last is not None and last is asked.dialogue.last_customers and not _first(asked)
    if not whom and (shown or sentence.says("pronoun")):
        whom = [one for one in (customers_before(asked.dialogue),) if one is not None]
    return [Call("suggest_strategy", {"customers": one}) for one in whom]


def _of_aim(asked: Asked, sentence: Sentence, notes: tuple[tuple[str, str], ...]) -> Plan | None:
    """The advice where nobody is named; None where somebody is, in words that are not known, or nothing tells for whom."""
    everybody = Plan((Call("segment_overview", {"scheme": "rfm"}),), ((_TO_ALL, ""), *notes))
    if _says("takers", asked.bare):
        return Plan((Call("predict_response", {}),), notes)
    if _first(asked):
        return everybody
    aim = next((one for one in _aims() if one.said.search(asked.bare)), None)
    unread = asked.sentence(_left(asked.bare)).tokens
    if sentence.says("pronoun") or any(_tells(token) for token in unread):
        return None
    if aim is None:
        return everybody if _says("budget", asked.bare) else None
    if not aim.groups:
        return everybody
    names = text("and_word", sentence.language).join(sentence.vocabulary.name("segment", one, sentence.language) for one in aim.groups)
    return Plan(tuple(Call("suggest_strategy", {"customers": one}) for one in aim.groups), ((AIMED, names), *notes))


def _tells(token: Token) -> bool:
    """Whether a word may tell whom advice is for."""
    return token.unknown or (any(token.is_(kind) for kind in _TOLD_BY) and not token.is_("noun"))


def _segments(sentence: Sentence) -> list[Sense]:
    return [sense for token in sentence.tokens if (sense := token.get("segment")) is not None and not token.is_("stop")]


def _first(asked: Asked) -> bool:
    return _says("first", asked.bare) or _says("first", _without(asked.bare, []))


def _left(words: str) -> str:
    """What is neither said for advice nor for what it shall bring."""
    for kind in _KINDS:
        words = _patterns(kind).sub(" ", words)
    for aim in _aims():
        words = aim.said.sub(" ", words)
    return " ".join(_patterns("passing").sub(" ", words).split())


def _seeks(words: str) -> bool:
    return any(_says(kind, words) for kind in _KINDS)


def _without(words: str, spans: list[range]) -> str:
    """The words without those that name groups, and without the times and numbers that advice does not count with."""
    for span in reversed(spans):
        words = f"{words[: span.start]} {words[span.stop :]}"
    return " ".join(_patterns("passing").sub(" ", words).split())


def _says(kind: str, words: str) -> bool:
    return _patterns(kind).search(words) is not None


@lru_cache(maxsize=16)
def _patterns(kind: str) -> re.Pattern[str]:
    table = read_table(_TABLE)
    return re.compile("|".join(filled(one, named_patterns(table["names"])) for one in table[kind]))


@lru_cache(maxsize=1)
def _aims() -> tuple[_Aim, ...]:
    return tuple(_Aim(re.compile(f"(?:{'|'.join(one['said'])})[a-z]*"), tuple(one["groups"])) for one in read_table(_TABLE)["aims"])
