"""Words of a question that say what is asked for and of which its plan has no trace, whoever used them.

A metric or a dimension that was said is in the arguments, or something that tells the same is; so are a mean and what was done after.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from itertools import pairwise
from typing import Any

from assistant.planner.lexicon import read_table
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

_TABLE = "traces"
_MEASURING = {"measure", "find_customers"}
_OF_METRIC = {"metric", "term", "field", "option"}
_OF_DIMENSION = {"dimension", "field"}
_CORRECTING = ("drop", "move")
"""What a correction says is no more in the plan."""
_SENT = ('"contacts"', '"responses"')
"""What was sent to customers, or what they answered: what they did after it has a time of its own."""
_LONG = 5
_CONTACT = ("phone", "email")
"""What customers are reached by: asked for, it is shown or denied, and never left out."""
_WHICH = frozenset({"which", "what"})
_NEW = {"new_customers", "lapsed_customers", "churned_customers"}


def untraced(found: Plan, sentence: Sentence) -> list[Token]:
    """The words that name a metric, a dimension, a mean or a doing of which no call has a trace.

    Plans of other tools than those that measure and list have answers of their own, which hold more than their arguments.
    """
    tools = {call.name for call in found.calls}
    if not tools or not tools <= _MEASURING or any(sentence.says(kind) for kind in _CORRECTING):
        return []
    written = json.dumps([[call.name, call.args] for call in found.calls], ensure_ascii=False, default=str).lower()
    missed = [token for token in sentence.tokens if _untold(token, written) and not _set_aside(token, sentence)]
    metrics = {metric for call in found.calls for metric in call.args.get("metrics", ())}
    if tools == {"measure"}:
        if not any(part in written for part in read_table(_TABLE)["means"]):
            missed += _where(sentence, "average")
        if not any(part in written for part in read_table(_TABLE)["shares"]):
            missed += _where(sentence, "share")
        missed += _ungrouped(found, sentence)
        if metrics <= _NEW or not any(part in written for part in read_table(_TABLE)["later"]):
            missed += _where(sentence, "afterwards")
    if tools == {"find_customers"} and '"where"' in written and not any(one in written for one in ('"among"', '"share"')):
        missed += _where(sentence, "part_of_spend")
    if any(one in written for one in _SENT) and '"window"' not in written:
        missed += _where(sentence, "since_then")
    aside = " ".join(words for _, words in found.notes)
    return [token for token in sentence.tokens if token in missed and token.text not in aside]


def _set_aside(token: Token, sentence: Sentence) -> bool:
    """“… rather than age”: what is no more to be shown."""
    before = next((one for one in reversed(sentence.tokens) if one.end <= token.start and not one.is_("stop")), None)
    return before is not None and before.is_("ellipsis", "aside")


def _untold(token: Token, written: str) -> bool:
    kinds = {sense.kind for sense in token.senses}
    if any(sense.kind == "field" and sense.id in _CONTACT for sense in token.senses):
        return not any(sense.id in written for sense in token.senses)
    if kinds and kinds <= _OF_METRIC and "metric" in kinds:
        return not any(_has(sense.id, "metrics", written) for sense in token.senses)
    if kinds and kinds <= _OF_DIMENSION and "dimension" in kinds:
        return not any(_has(sense.id, "dimensions", written) for sense in token.senses)
    return False


def _ungrouped(found: Plan, sentence: Sentence) -> list[Token]:
    """“Which product types …” of which no call has groups: what is asked for are groups, and not one number."""
    by = {name for call in found.calls for name in call.args.get("by", ())}
    levels = sentence.vocabulary.levels
    missed = []
    for before, token in pairwise([Token(0, 0, ""), *sentence.tokens]):
        named = {sense.id for sense in token.senses if sense.kind == "dimension"}
        grouped = {name for name in named if levels.get(name) not in ("time", "customer") and name != "customer"}
        asked = token.text.isascii() and token.text.partition(" ")[0] in _WHICH
        if (asked or before.text in _WHICH) and grouped and grouped == named and not named & by and not by:
            missed += [token] if asked else [before, token]
    return missed


def _has(name: str, kind: str, written: str) -> bool:
    others: dict[str, Any] = read_table(_TABLE)[kind]
    parts = [name.lower(), *(part for part in name.lower().split("_") if len(part) >= _LONG)]
    return any(part in written for part in (*parts, *others.get(name, ())))


def _where(sentence: Sentence, kind: str) -> list[Token]:
    """The tokens that a pattern is found in."""
    found = _pattern(kind, sentence.language).search(sentence.text)
    if found is None:
        return []
    return [token for token in sentence.tokens if token.start < found.end() and token.end > found.start()]


@lru_cache(maxsize=8)
def _pattern(kind: str, language: str) -> re.Pattern[str]:
    return re.compile(read_table(_TABLE)[kind][language])
