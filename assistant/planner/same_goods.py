"""“Which of them haven't bought any since September”, “其中10月后没再买的”: it is the goods of the list before that were not bought."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape

_BOUGHT = ("orders", "amount", "quantity")
_LISTED = ("find_customers", "measure")


def of_same_goods(found: Plan | None, sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The plan with what those of the list before bought as the goods that the question leaves unsaid.

    Args:
        found: The plan of the question, if it has one.
        sentence: The question.
        dialogue: The conversation so far.
    """
    about = dialogue.about(dialogue.last) if dialogue.last is not None else None
    goods = _goods((about.selection or {}).get("rule")) if about is not None else []
    if found is None or len(found.calls) != 1 or found.calls[0].name not in _LISTED or len(goods) != 1:
        return found
    if not shape("goods", "any_of_it").search(sentence.text) or any(token.is_("value") for token in sentence.tokens):
        return found
    call = found.calls[0]
    key = "rule" if call.name == "find_customers" else "customers"
    rule = call.args.get(key)
    anew = _with_goods(rule, goods[0], known=(about.selection or {}).get("rule") if about is not None else None)
    return found if anew == rule else replace(found, calls=(Call(call.name, {**call.args, key: anew}),))


def _goods(rule: Any) -> list[dict[str, Any]]:
    """The different goods that the behaviours of a rule are of."""
    found: list[dict[str, Any]] = []
    for part in _parts(rule):
        where = part.get("where")
        if part.get("behaviour") in _BOUGHT and where and where not in found:
            found.append(where)
    return found


def _parts(rule: Any) -> list[dict[str, Any]]:
    if not isinstance(rule, dict):
        return []
    inside = rule.get("all") or rule.get("any")
    return [one for part in inside for one in _parts(part)] if inside else [rule]


def _with_goods(rule: Any, goods: dict[str, Any], known: Any) -> Any:
    """The rule with its new behaviours of anything as those of the goods."""
    if not isinstance(rule, dict):
        return rule
    if "all" in rule:
        return {"all": [_with_goods(part, goods, known) for part in rule["all"]]}
    bare = rule.get("behaviour") in _BOUGHT and not rule.get("where") and rule not in _parts(known)
    return {**rule, "where": goods} if bare else rule
