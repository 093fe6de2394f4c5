"""“Make it November, not December”, “what about DELI instead of MEAT”: one time or value in place of another, wherever it was said."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from tools.windows import Window

_LIGHT = ("window", "value", "stop", "punctuation", "ellipsis", "neg", "drop", "conj", "pronoun", "verb", "noun", "act")
_PLACES = {"find_customers": ("rule", "among"), "measure": ("where", "customers", "window")}
"""The arguments of a tool that hold what was said."""
_INTO = ("换成", "改成", "替换成", "替换为", "换为", "改为", "换作", "变成")
Swap = Callable[[Any], Any]


def of_the_other(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """The call before, with what is said in place of what is denied; None where that was not said before."""
    if last.call.name not in _PLACES or not all(any(token.is_(kind) for kind in _LIGHT) for token in sentence.tokens):
        return None
    swap = _of_times(sentence) or _of_values(sentence)
    if swap is None:
        return None
    args = dict(last.call.args)
    named = [key for key in _PLACES[last.call.name] if args.get(key) is not None]
    changed = {key: swap(args[key]) for key in named}
    if all(changed[key] == args[key] for key in named):
        about = dialogue.about(last) if isinstance(args.get("customers"), str) else None
        rule = (about.selection or {}).get("rule") if about is not None else None
        if rule is None or swap(rule) == rule:
            return None
        changed = {"customers": swap(rule)}
    sentence.use(*range(len(sentence.tokens)))
    return Plan((Call(last.call.name, {**args, **changed}),))


def _of_times(sentence: Sentence) -> Swap | None:
    said = [(_denied(sentence, place), sense.data["window"]) for place, sense in sentence.free("window")]
    off, on = [one for denied, one in said if denied], [one for denied, one in said if not denied]
    if len(off) != 1 or len(on) != 1 or sentence.says("value"):
        return None
    as_of = sentence.vocabulary.as_of
    named, other = off[0].resolve(as_of), on[0].model_dump(mode="json", exclude_defaults=True)

    def swap(part: Any) -> Any:
        """The part with one time in place of another."""
        if isinstance(part, list):
            return [swap(one) for one in part]
        if not isinstance(part, dict):
            return part
        if _is_window(part):
            return other if Window.model_validate(part).resolve(as_of) == named else part
        return {key: swap(one) for key, one in part.items()}

    return swap


def _is_window(part: dict[str, Any]) -> bool:
    return bool(part) and set(part) <= {"period", "last_days", "start", "end", "shift"}


def _of_values(sentence: Sentence) -> Swap | None:
    said = [(_denied(sentence, place), sense.data) for place, sense in sentence.free("value")]
    off, on = [one for denied, one in said if denied], [one for denied, one in said if not denied]
    if len(off) != 1 or len(on) != 1 or off[0]["dimension"] != on[0]["dimension"] or sentence.says("window"):
        return None

    def swap(part: Any) -> Any:
        """The part with one value in place of another."""
        if isinstance(part, list):
            return [swap(one) for one in part]
        if isinstance(part, dict):
            return {key: swap(one) for key, one in part.items()}
        return on[0]["value"] if part == off[0]["value"] else part

    return swap


def _denied(sentence: Sentence, place: int) -> bool:
    """Whether what stands right before says that this is not meant."""
    before = next((one for one in reversed(sentence.tokens[:place]) if not one.is_("stop") or one.is_("neg")), None)
    if before is not None and (before.is_("neg") or before.is_("ellipsis", "aside")):
        return True
    after = next((one for one in sentence.tokens[place + 1 :] if not one.is_("stop") or one.is_("ellipsis")), None)
    return after is not None and after.text in _INTO  # “把DELI换成SEAFOOD”
