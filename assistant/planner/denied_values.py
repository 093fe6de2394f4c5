"""“Make it November, not December” after a number of those who came in December: other customers, and the number of them."""

from __future__ import annotations

from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from tools.windows import Window

_LIGHT = ("window", "stop", "punctuation", "ellipsis", "neg", "conj", "aside", "correct", "pronoun")


def of_others_in_time(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """The measurement of the customers before, who did it in the time that is said and not in the one that is denied."""
    about = dialogue.about(last) if last.call.name == "measure" and last.call.args.get("customers") is not None else None
    if about is None or last.call.args.get("window") or not all(any(one.is_(kind) for kind in _LIGHT) for one in sentence.tokens):
        return None
    said = [(_denied(sentence, place), sense.data["window"]) for place, sense in sentence.free("window")]
    off, on = [one for denied, one in said if denied], [one for denied, one in said if not denied]
    if len(off) != 1 or len(on) != 1:
        return None
    rule = (about.selection or {}).get("rule")
    changed = _moved(rule, off[0], on[0], sentence)
    if changed == rule:
        return None
    sentence.use(*range(len(sentence.tokens)))
    return Plan((Call("measure", {**last.call.args, "customers": changed}),))


def _denied(sentence: Sentence, place: int) -> bool:
    return bool(place) and (sentence.tokens[place - 1].is_("neg") or sentence.tokens[place - 1].is_("ellipsis", "aside"))


def _moved(rule: Any, off: Window, on: Window, sentence: Sentence) -> Any:
    """The rule with one time in place of another."""
    if isinstance(rule, list):
        return [_moved(part, off, on, sentence) for part in rule]
    if not isinstance(rule, dict):
        return rule
    as_of = sentence.vocabulary.as_of
    dated = rule.get("window")
    if isinstance(dated, dict) and Window.model_validate(dated).resolve(as_of) == off.resolve(as_of):
        return {**rule, "window": on.model_dump(mode="json", exclude_defaults=True)}
    return {key: _moved(part, off, on, sentence) for key, part in rule.items()}
