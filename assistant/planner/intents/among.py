"""The share of one group among another: “what % of October's buyers came back in November”, “买过A的客户里有多少也买过B”."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.customers import find
from assistant.planner.lexicon import read_table
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token


def share_among(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The customers of both, with their share of the first: the words before “also”, “came back”, “里” say who these are."""
    if sentence.says("ranking") or sentence.says("by"):
        return None
    for at in _joints(sentence.text):
        account = sentence.again()
        found = _among(account, dialogue, at)
        if found is not None:
            sentence.used |= account.used
            return found
    return _of_those_named(sentence, dialogue)


def _of_those_named(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“房主11月下单的比例”, “1 Adult Kids 买尿布的占比”: the part of those who are named first that did what is said then."""
    account = sentence.again()
    if not sentence.says("cue", "share") or _whole_said(sentence):
        return None
    found = find(account, dialogue)
    if found is None or len(found.calls) != 1 or set(found.calls[0].args) != {"rule"}:
        return None
    parts = _parts(found.calls[0].args["rule"])
    who, done = [one for one in parts if "behaviour" not in one], [one for one in parts if "behaviour" in one]
    if not who or not done or any(set(one) & {"all", "any", "not"} for one in who):
        return None
    sentence.used |= account.used
    base = who[0] if len(who) == 1 else {"all": who}
    return replace(found, calls=(replace(found.calls[0], args={**found.calls[0].args, "among": base}),))


def _whole_said(sentence: Sentence) -> bool:
    """Whether customers as such are named, of whom the share may be, or what was done comes before who did it."""
    done = next((place for place, token in enumerate(sentence.tokens) if token.is_("verb") or token.is_("condition")), None)
    who = next((place for place, token in enumerate(sentence.tokens) if _names_people(sentence, token)), None)
    return done is None or who is None or who > done or any(_are_all(token) for token in sentence.tokens)


def _names_people(sentence: Sentence, token: Token) -> bool:
    value = token.get("value")
    of_people = value is not None and sentence.vocabulary.levels.get(str(value.data["dimension"])) == "customer"
    return of_people or token.is_("segment") or (token.is_("field") and not token.is_("metric"))


def _are_all(token: Token) -> bool:
    return (token.is_("noun") or token.is_("metric", "customers") or token.is_("cue", "everyone")) and not token.is_("segment")


def _among(sentence: Sentence, dialogue: Dialogue, at: int) -> Plan | None:
    """The plan where the words before that place say who the first group are."""
    if sentence.says("window") and any(token.start > at and token.is_("metric", "new_customers") for token in sentence.tokens):
        return None  # “12月来过多少客人，其中新客几个”: those whose first order is of that time
    named = [token for token in sentence.tokens if token.start < at]
    base = _rule(replace(sentence.again(), tokens=named), dialogue) or _rule(_untimed(sentence, named), dialogue)
    found = find(sentence, dialogue) if base is not None else None
    if base is None or found is None or found.calls[0].name != "find_customers":
        return None
    call = found.calls[0]
    both, parts = _parts(call.args.get("rule", {})), _parts(base)
    if not parts or len(both) <= len(parts) or any(one not in both for one in parts):
        return None
    return replace(found, calls=(replace(call, args={**call.args, "among": base}),))


def _untimed(sentence: Sentence, named: list[Token]) -> Sentence:
    """“十二月老顾客买了不止一次的比例”: the time that stands first is that of what they did."""
    first = bool(named) and named[0].is_("window")
    return replace(sentence.again(), tokens=named[1:] if first else named)


def _joints(text: str) -> list[int]:
    """Where what is asked of the first group may begin, by each of the patterns."""
    found = (re.search(pattern, text) for pattern in read_table("among")["joints"])
    return list(dict.fromkeys(match.start("joint") for match in found if match is not None))


def _rule(sentence: Sentence, dialogue: Dialogue) -> Rule | None:
    """The rule of the first group, where every word of it is placed."""
    found = find(sentence, dialogue)
    if found is None or sentence.leftover() or found.calls[0].name != "find_customers":
        return None
    args = found.calls[0].args
    return None if set(args) - {"rule"} else args.get("rule")


def _parts(rule: Rule) -> list[Rule]:
    """The conditions that must all hold."""
    return list(rule["all"]) if set(rule) == {"all"} else [rule]
