"""One time beside several conditions: it is read as the time of all, and the other reading is counted in the same answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.clauses import Clause, denies
from assistant.planner.plan import ASIDE, Call, Plan
from assistant.planner.sentence import Sentence
from tools.windows import Window

_NEVER = ("从来", "从未", "从没", "从不", "never")
_ADVERBIAL = ("in ", "during ", "over ", "for ", "within ", "since ")


def spread_window(sentence: Sentence, clause: Clause, shared: Window | None, parts: list[Clause]) -> Window | None:
    """The window that a clause without one of its own takes from the others.

    What was done takes no window from what was not done: "bought deli but nothing in 60 days"; but where goods are held against
    goods, the time is of both: "bought beer but no wine in December".
    """
    owner = next((part for part in parts if any(sentence.tokens[place].is_("window") for place in part.places)), None)
    if shared is None or owner is None or owner is clause:
        return shared
    if _comes(sentence, owner) and (_denies(sentence, owner) or owner.places[0] > clause.places[0]):
        return None  # “spent over 500 and ordered in the last 14 days”: when they came is a condition of its own
    if timed_buyers(sentence, owner):
        return None  # “Q3 diaper buyers who got campaign 18”
    told_first = sentence.language == "zh" and owner.places[0] < clause.places[0]
    if _sent(sentence, clause) and not _sent(sentence, owner) and (told_first or _leads(sentence, owner)):
        return None  # “contacted by campaign 18 and bought diapers in Q3”: a campaign has a time of its own
    if sentence.language == "zh" and owner.places[0] > clause.places[0] and _does(sentence, owner):
        return None  # “参加过18号活动并且最近30天买过”: a Chinese time stands before what it limits
    if any(sentence.tokens[place].text.startswith(_NEVER) for place in clause.places) and _does(sentence, owner):
        return None  # “最近90天下过单但从来没买过DELI的”: never in all time
    if sentence.language != "zh" and _never(sentence, clause, owner) and not _denies(sentence, owner):
        return None  # “never used a coupon but spent over 5,000 last year”: never at all
    apart = _denies(sentence, owner) and not _denies(sentence, clause)
    return None if apart and not _held_against(sentence, clause, owner, shared) else shared


def _comes(sentence: Sentence, clause: Clause) -> bool:
    """Whether nothing is said but that somebody came, or did not, in a time."""
    told = [sentence.tokens[place] for place in clause.places]
    done = [token for token in told if token.is_("verb")]
    bare = not any(token.is_("value") or token.is_("comparison") or token.is_("quantity") for token in told)
    return bool(done) and bare and all(token.is_("verb", "order") for token in done)


def _never(sentence: Sentence, clause: Clause, owner: Clause) -> bool:
    """“Never redeemed a coupon”, and “never bought wine” beside what was done in a time that is named after its verb."""
    said = [sentence.tokens[place] for place in clause.places]
    return any(token.text.startswith("never") for token in said) and (
        _leads(sentence, owner) or not any(token.is_("value") for token in said)
    )


def _leads(sentence: Sentence, clause: Clause) -> bool:
    """Whether the clause says what was done before it says when."""
    at = next(place for place in clause.places if sentence.tokens[place].is_("window"))
    attributive = not sentence.tokens[at].text.startswith(_ADVERBIAL)  # “October spenders”
    return attributive or any(sentence.tokens[place].is_("verb") for place in clause.places if place < at)


def _sent(sentence: Sentence, clause: Clause) -> bool:
    """Whether the clause is about a campaign that is named."""
    values = [value for place in clause.places if (value := sentence.tokens[place].get("value")) is not None]
    return any(sentence.vocabulary.levels.get(str(value.data["dimension"])) == "campaign" for value in values)


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


def timed_buyers(sentence: Sentence, clause: Clause) -> bool:
    """“Q3 diaper buyers who …”: the time beside buyers, of whom more is said, is when they bought."""
    said = [sentence.tokens[place] for place in clause.places]
    kinds = ("verb", "comparison", "condition", "segment")
    told = {at for at, token in enumerate(sentence.tokens) if any(map(token.is_, kinds)) and not token.is_("metric")}
    return (
        any(token.is_("metric", "buyers") and token.is_("noun") for token in said)
        and any(token.is_("window") for token in said)
        and bool(told - set(clause.places))
        and not any(token.is_("verb") or token.is_("neg") for token in said)
    )


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
