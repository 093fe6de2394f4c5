"""One time beside several conditions: it is read as the time of all, and the other reading is counted in the same answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.clauses import Clause, denies
from assistant.planner.plan import ASIDE, Call, Plan
from assistant.planner.sentence import Sentence
from tools.windows import Window

_NEVER = ("从来", "从未", "从没", "从不", "never")


def spread_window(sentence: Sentence, clause: Clause, shared: Window | None, parts: list[Clause]) -> Window | None:
    """The window that a clause without one of its own takes from the others.

    What was done takes no window from what was not done: "bought deli but nothing in 60 days"; but where goods are held against
    goods, the time is of both: "bought beer but no wine in December".
    """
    owner = next((part for part in parts if any(sentence.tokens[place].is_("window") for place in part.places)), None)
    if shared is None or owner is None or owner is clause:
        return shared
    if sentence.language == "zh" and owner.places[0] > clause.places[0] and _does(sentence, owner):
        return None  # “参加过18号活动并且最近30天买过”: a Chinese time stands before what it limits
    if any(sentence.tokens[place].text.startswith(_NEVER) for place in clause.places) and _does(sentence, owner):
        return None  # “最近90天下过单但从来没买过DELI的”: never in all time
    if sentence.language != "zh" and _never(sentence, clause) and not _denies(sentence, owner):
        return None  # “never used a coupon but spent over 5,000 last year”: never at all
    apart = _denies(sentence, owner) and not _denies(sentence, clause)
    return None if apart and not _held_against(sentence, clause, owner, shared) else shared


def _never(sentence: Sentence, clause: Clause) -> bool:
    """“Never redeemed a coupon”, of what has no goods to be held against others."""
    said = [sentence.tokens[place] for place in clause.places]
    return any(token.text.startswith("never") for token in said) and not any(token.is_("value") for token in said)


def _held_against(sentence: Sentence, clause: Clause, owner: Clause, shared: Window) -> bool:
    """Whether both clauses name goods, and the second one leaves its verb out or has a time of the calendar."""
    named = all(any(sentence.tokens[place].is_("value") for place in one.places) for one in (clause, owner))
    elided = not any(sentence.tokens[place].is_("verb") for place in owner.places)
    return named and (elided or shared.period is not None)


def _does(sentence: Sentence, clause: Clause) -> bool:
    """Whether a clause says after its time what was done in it."""
    at = next(place for place in clause.places if sentence.tokens[place].is_("window"))
    return any(sentence.tokens[place].is_("verb") for place in clause.places if place > at)


def _denies(sentence: Sentence, clause: Clause) -> bool:
    return denies(sentence.tokens[place] for place in clause.places)


def with_other_scope(found: Plan, account: Sentence) -> Plan:
    """The plan with a second count, in which a time in the middle of the question limits only the condition beside it."""
    at = next((place for place, token in enumerate(account.tokens) if token.is_("window")), None)
    if not account.spread or at is None or len(found.calls) != 1 or found.calls[0].name != "find_customers":
        return found
    if not any(token.is_("verb") or token.is_("comparison") or token.is_("noun") for token in account.tokens[:at]):
        return found
    args = found.calls[0].args
    other = _unspread(args["rule"], account.spread)
    if other == args["rule"] or args.get("limit"):
        return found
    calls = (*found.calls, Call("find_customers", {**args, "rule": other}))
    return replace(found, calls=calls, notes=(*found.notes, (ASIDE, account.tokens[at].text)))


def _unspread(rule: Any, spread: list[Any]) -> Any:
    """The rule with the windows that were spread taken off."""
    if isinstance(rule, list):
        return [_unspread(part, spread) for part in rule]
    if not isinstance(rule, dict):
        return rule
    if any(rule is one for one in spread):
        return {key: value for key, value in rule.items() if key != "window"}
    return {key: _unspread(value, spread) if key in ("all", "any", "not") else value for key, value in rule.items()}
