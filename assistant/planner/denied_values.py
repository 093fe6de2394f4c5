"""“Make it November, not December”, “what about DELI instead of MEAT”: one time or value in place of another, wherever it was said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.planner.corrections import listed_with
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token
from tools.segments.schemes import scheme_of
from tools.windows import Window

_LIGHT = ("window", "value", "stop", "punctuation", "ellipsis", "neg", "drop", "conj", "pronoun", "verb", "noun", "act")
_PLACES = {"find_customers": ("rule", "among"), "measure": ("where", "customers", "window")}
"""The arguments of a tool that hold what was said."""
_INTO = ("换成", "改成", "替换成", "替换为", "换为", "改为", "换作", "变成")
Swap = Callable[[Any], Any]


def of_the_other(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """The call before, with what is said in place of what is denied; None where that was not said before."""
    regrouped = _of_other_segment(sentence, last)
    if regrouped is not None:
        return regrouped
    if last.call.name not in _PLACES or not all(_is_light(sentence.tokens, at) for at in range(len(sentence.tokens))):
        return None
    across = _of_other_dimension(sentence, last)
    if across is not None:
        sentence.use(*range(len(sentence.tokens)))
        return across
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


def _of_other_segment(sentence: Sentence, last: Result) -> Plan | None:
    """“不是流失风险，是不可流失客户”: the call before of another group, where its own is denied by a part of its name."""
    named = list(sentence.free("segment"))
    at = next((place for place, token in enumerate(sentence.tokens) if token.is_("neg", "not")), None)
    end = next((place for place, token in enumerate(sentence.tokens) if token.is_("punctuation") and at is not None and place > at), None)
    if at is None or end is None or len(named) != 1 or named[0][0] < end:
        return None
    denied = sentence.text[sentence.tokens[at].end : sentence.tokens[end].start].strip()
    before = [one for one in _segments(last.call.args) if _begins(sentence.vocabulary.name("segment", one, sentence.language), denied)]
    others = (token for token in (*sentence.tokens[:at], *sentence.tokens[end:]) if not token.is_("segment"))
    if len(set(before)) != 1 or not all(any(token.is_(kind) for kind in ("stop", *_LIGHT)) for token in others):
        return None
    sentence.use(*range(len(sentence.tokens)))
    return Plan((Call(last.call.name, _renamed(last.call.args, before[0], named[0][1].id)),))


def _begins(name: str, said: str) -> bool:
    return len(said) > 1 and name.lower().startswith(said)


def _segments(part: Any) -> list[str]:
    """The groups by name that the arguments of a call have."""
    if isinstance(part, dict):
        return [found for one in part.values() for found in _segments(one)]
    if isinstance(part, list):
        return [found for one in part for found in _segments(one)]
    return [part] if isinstance(part, str) and scheme_of(part) is not None else []


def _renamed(part: Any, old: str, new: str) -> Any:
    if isinstance(part, dict):
        return {key: _renamed(one, old, new) for key, one in part.items()}
    if isinstance(part, list):
        return [_renamed(one, old, new) for one in part]
    return new if part == old else part


def _is_light(tokens: list[Token], at: int) -> bool:
    """Whether a word says nothing but names and which of them is meant; “每天下午5点到8点” are hours, and no split by day."""
    if any(tokens[at].is_(kind) for kind in _LIGHT):
        return True
    beside = [one for place in (at - 1, at + 1) if 0 <= place < len(tokens) and (one := tokens[place].get("value")) is not None]
    return tokens[at].is_("dimension", "day") and any(one.data["dimension"] == "hour" for one in beside)


def _of_other_dimension(sentence: Sentence, last: Result) -> Plan | None:
    """“不看周末了，看下午5点到8点”: a limit of a measurement goes, and one of another dimension takes its place."""
    said = [(_denied(sentence, place) or _dropped(sentence, place), sense.data) for place, sense in sentence.free("value")]
    off, on = [one for denied, one in said if denied], [one for denied, one in said if not denied]
    where = dict(last.call.args.get("where") or {})
    if last.call.name != "measure" or len(off) != 1 or not on or sentence.says("window"):
        return None
    gone, taken = str(off[0]["dimension"]), list(dict.fromkeys(str(one["dimension"]) for one in on))
    if gone in taken or not set(_values(off[0])) & set(where.get(gone, ())):
        return None
    kept = {name: values for name, values in where.items() if name != gone}
    for one in on:
        kept[str(one["dimension"])] = [*(kept.get(str(one["dimension"]), []) if one is not on[0] else []), *_values(one)]
    args = {**last.call.args, "where": kept}
    if gone in args.get("share_of", ()):
        args["share_of"] = [*(one for one in args["share_of"] if one != gone), *(one for one in taken if one not in args["share_of"])]
    return Plan((Call("measure", args),))


def _values(said: Mapping[str, Any]) -> list[str]:
    return [str(said["value"]), *map(str, said.get("also") or ())]


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
    together = {one for place, _ in sentence.free("value") if _denied(sentence, place) for one in listed_with(sentence, place, "value")}
    said = [(_denied(sentence, place) or place in together, sense.data) for place, sense in sentence.free("value")]
    off, on = [one for denied, one in said if denied], [one for denied, one in said if not denied]
    if len(off) != 1 or len(on) != 1 or off[0]["dimension"] != on[0]["dimension"] or sentence.says("window"):
        return None
    gone = _values(off[0])

    def swap(part: Any) -> Any:
        """The part with one value in place of another."""
        if isinstance(part, list) and len(gone) > 1 and set(gone) <= set(map(str, part)):
            return [*(one for one in part if one not in gone), *_values(on[0])]
        if isinstance(part, list):
            several = [_values(on[0]) if one == off[0]["value"] else [swap(one)] for one in part]
            return [one for ones in several for one in ones]
        if isinstance(part, dict):
            return {key: swap(one) for key, one in part.items()}
        return on[0]["value"] if part == off[0]["value"] else part

    return swap


def _dropped(sentence: Sentence, place: int) -> bool:
    """“Forget weekends”: whether what stands right before takes it off."""
    before = next((one for one in reversed(sentence.tokens[:place]) if not one.is_("stop")), None)
    return before is not None and before.is_("drop")


def _denied(sentence: Sentence, place: int) -> bool:
    """Whether what stands right before says that this is not meant."""
    before = next((one for one in reversed(sentence.tokens[:place]) if not one.is_("stop") or one.is_("neg")), None)
    if before is not None and (before.is_("neg") or before.is_("ellipsis", "aside")):
        return True
    after = next((one for one in sentence.tokens[place + 1 :] if not one.is_("stop") or one.is_("ellipsis")), None)
    return after is not None and after.text in _INTO  # “把DELI换成SEAFOOD”
