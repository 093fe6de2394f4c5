"""“B and C too” after a question about campaigns of type A: the same question about each of them."""

from __future__ import annotations

from typing import Any

from assistant.planner.bare_numbers import limits
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence

_LIGHT = ("stop", "punctuation", "ellipsis", "conj", "between")


def of_each_value(sentence: Sentence, _: Dialogue, last: Result) -> Plan | None:
    """The last call once for each of the values named by a letter; None where anything else is said."""
    named = [value for token in sentence.tokens if len(token.text) == 1 and (value := token.get("value")) is not None]
    others = [token for token in sentence.tokens if not (len(token.text) == 1 and token.is_("value"))]
    if not named or any(not any(token.is_(kind) for kind in _LIGHT) for token in others):
        return None
    dimension = str(named[0].data["dimension"])
    limited = [values for one, values in limits(last.call.args) if one == dimension]
    if len(limited) != 1 or any(one.data["dimension"] != dimension for one in named):
        return None
    sentence.use(*range(len(sentence.tokens)))
    return Plan(tuple(Call(last.call.name, _limited(last.call.args, dimension, str(one.data["value"]))) for one in named))


def _limited(args: Any, dimension: str, value: str) -> Any:
    """The arguments with another value wherever that dimension is limited."""
    if isinstance(args, list):
        return [_limited(part, dimension, value) for part in args]
    if not isinstance(args, dict):
        return args
    return {key: [value] if key == dimension and isinstance(part, list) else _limited(part, dimension, value) for key, part in args.items()}
