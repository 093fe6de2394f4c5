"""What is left of a call when a condition is taken off: by name, by its place, by its time, or the one that was added last."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape, shapes
from assistant.planner.who import both

Args = dict[str, Any]
Reads = Callable[[str, Dialogue], "Plan | None"]
_NAMED = ("value", "segment", "band", "field", "dimension")
_DONE = {"revenue": "amount", "responders": "responses", "contacted_customers": "contacts"}
"""The doing of a customer that a metric is made of."""
_LATELY = re.compile(r"_\d+d$")
"""What a field of the last so many days ends with."""
_STATES = {"churn": "churn_band", "churned": "churn_band"}
_TAKEN = {"zh": "去掉{}条件", "en": "remove the {} condition"}
_ADD = {"zh": "再加一个条件，", "en": "add a condition: "}


def off_and_on(sentence: Sentence, dialogue: Dialogue, read: Reads, follow: Callable[[Dialogue, Plan], Dialogue]) -> Plan | None:
    """“刚才那个条件去掉，换成消费1000以上的”: the call without a condition, then with another one.

    Args:
        sentence: The question.
        dialogue: The conversation so far.
        read: The plan of a part of the question in a conversation.
        follow: The conversation as it will be when a plan has run.
    """
    away = sentence.says("drop") or sentence.says("ellipsis", "aside") or sentence.says("neg", "except")
    if not away and not sentence.text.startswith(("replace ", "swap ", "not by ")):
        return None
    halves = next((found for one in shapes("conditions", "off_and_on") if (found := one.match(sentence.text.strip(" ?.!")))), None)
    if halves is None:
        return None
    off = re.sub(r"^(?:replace|swap) ", "remove ", halves["off"])
    first = read(_TAKEN[sentence.language].format(halves["what"]) if halves.groupdict().get("what") else off, dialogue)
    if first is None or len(first.calls) != 1 or first.calls[0].name not in ("find_customers", "measure"):
        return None
    second = read(_ADD[sentence.language] + halves["on"], follow(dialogue, first))
    if second is None or len(second.calls) != 1 or second.calls[0].name != first.calls[0].name:
        return None
    sentence.use(*range(len(sentence.tokens)))
    return second


def without_named(sentence: Sentence, last: Result) -> Args | None:
    """The arguments of a call without what the sentence names; None where it names nothing."""
    args = dict(last.call.args)
    placed = _placed(sentence, args)
    if placed is not None:
        return placed
    dated = _dated(sentence, args)
    if dated is not None:
        return dated
    timed = bool(sentence.take_all("limit", "time")) or bool(sentence.take_all("window"))
    named = set(_names(sentence)) | set(_done(sentence))
    for kind in (*_NAMED, "condition", "verb"):
        sentence.take_all(kind)
    if named and sentence.says("limit", "condition"):
        sentence.take_all("neg", "not")  # “没买过海鲜这个条件去掉”: the condition as it was said
        sentence.take_all("comparison")
    sentence.take_all("cue", *_STATES)
    if not timed and not named:
        return None
    sentence.take_all("metric")
    return {key: kept for key, value in args.items() if (kept := _without(key, value, named, timed)) not in (None, {}, [])}


def without_latest(sentence: Sentence, last: Result, earlier: list[Args]) -> Args | None:
    """The list without the condition that was added last; None where all its conditions were said at once.

    Args:
        sentence: The question.
        last: The list.
        earlier: The arguments of the lists before it, the latest last.
    """
    parts = _parts(last.call.args.get("rule"))
    if last.call.name != "find_customers" or len(parts) < 2:
        return None
    bare = [_plain(part) for part in parts]
    for args in reversed(earlier):
        before = [_plain(part) for part in _parts(args.get("rule"))]
        if before and len(before) < len(bare) and all(part in bare for part in before):
            kept = [part for part in parts if _plain(part) in before]
            return {**last.call.args, "rule": both({"all": kept}, None)}
    if shape("conditions", "latest").search(sentence.text):
        return {**last.call.args, "rule": both({"all": parts[:-1]}, None)}
    return None


def _placed(sentence: Sentence, args: Args) -> Args | None:
    """“第二个条件去掉”: the rule without the part of that place."""
    parts, ordinal = _parts(args.get("rule")), sentence.first("ordinal")
    if ordinal is None or len(parts) < 2 or not sentence.says("limit", "condition"):
        return None
    number = int(ordinal[1].data["n"])
    place = number - 1 if number > 0 else len(parts) + number
    if not 0 <= place < len(parts):
        return None
    sentence.use(ordinal[0])
    return {**args, "rule": both({"all": [part for at, part in enumerate(parts) if at != place]}, None)}


def _dated(sentence: Sentence, args: Args) -> Args | None:
    """“去掉最近30天的条件”: the part of that time goes where it says only that somebody came, else its time."""
    windows = [one.data["window"].model_dump(mode="json", exclude_defaults=True) for _, one in sentence.free("window")]
    parts = _parts(args.get("rule"))
    at = [place for place, part in enumerate(parts) if len(windows) == 1 and _plain(part.get("window")) == windows[0]]
    if len(at) != 1 or len(parts) < 2:
        return None
    sentence.take_all("window")
    bare = not parts[at[0]].get("where") and str(parts[at[0]].get("value")) in ("0", "1")
    untimed = {key: value for key, value in parts[at[0]].items() if key != "window"}
    left = [part if place != at[0] else untimed for place, part in enumerate(parts) if not (bare and place == at[0])]
    return {**args, "rule": both({"all": left}, None)}


def _names(sentence: Sentence) -> Iterator[str]:
    """Whatever the words may name: a property is known by its bands too."""
    for place, token in enumerate(sentence.tokens):
        if place in sentence.used:
            continue
        for sense in token.senses:
            if sense.kind == "value":
                yield from map(str, (sense.data["value"], *sense.data.get("also", ())))
            elif sense.kind == "condition" and isinstance(sense.data.get("rule"), dict):
                yield str(sense.data["rule"].get("field", sense.id))
            elif sense.kind in _NAMED:
                yield sense.id.removeprefix("attribute.")
                yield sense.id
                yield f"{sense.id}_band"


def _done(sentence: Sentence) -> Iterator[str]:
    """What is measured, or was done, by what a word for it names: “the spend part”, “去掉订单数”."""
    for place, token in enumerate(sentence.tokens):
        if place in sentence.used or token.is_("drop"):
            continue
        for sense in token.senses:
            if sense.kind == "metric":
                yield sense.id
                yield _DONE.get(sense.id, sense.id)
            elif sense.kind == "verb" and "behaviour" in sense.data:
                yield str(sense.data["behaviour"])
            elif sense.kind == "cue" and sense.id in _STATES:
                yield _STATES[sense.id]


def _parts(rule: Any) -> list[Rule]:
    if not isinstance(rule, dict):
        return []
    return list(rule["all"]) if set(rule) == {"all"} else [rule]


def _plain(value: Any) -> Any:
    """A rule without what it leaves open, so that equal rules are equal."""
    if isinstance(value, dict):
        return {
            key: _plain(part) for key, part in value.items() if part is not None and part is not False and part != {} and key != "shift"
        }
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _without(key: str, value: Any, named: set[str], timed: bool) -> Any:
    if key in ("window", "compare"):
        return None if timed else value
    if key == "metrics":
        return [one for one in value if one not in named] or value
    if key in ("where", "where_not"):
        kept = {name: [one for one in values if one not in named] for name, values in value.items() if name not in named}
        return {name: values for name, values in kept.items() if values}
    if key == "customers":
        return None if isinstance(value, str) and value in named else _rule_without(value, named, timed)
    return (_rule_without(value, named, timed) or {"all": []}) if key == "rule" else value


def _rule_without(rule: Any, named: set[str], timed: bool) -> Any:
    """A rule without its parts that are about what is named; without its windows where the time is."""
    if not isinstance(rule, dict):
        return rule
    if "all" in rule:
        parts = [kept for part in rule["all"] if (kept := _rule_without(part, named, timed)) is not None]
        return parts[0] if len(parts) == 1 else {"all": parts}
    if _mentions(rule, named - {"orders"} if rule.get("where") else named):
        return None  # “orders” are no name of what was bought
    return {key: value for key, value in rule.items() if not (timed and key == "window")}


def _mentions(rule: Any, named: set[str]) -> bool:
    if isinstance(rule, dict):
        return any(key in named or _mentions(value, named) for key, value in rule.items())
    if isinstance(rule, list):
        return any(_mentions(part, named) for part in rule)
    return str(rule) in named or (isinstance(rule, str) and _LATELY.sub("", rule) in named)
