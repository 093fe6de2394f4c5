"""“VIPs and whales”, “VIP和大客户”: named groups together with the largest customers, who are found first."""

from __future__ import annotations

from typing import Any

from assistant.planner.conditions import find_rules
from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.plan import PRELUDE, Call, Plan
from assistant.planner.sentence import Sentence

_LIGHT = ("segment", "top_customers", "noun", "stop", "conj", "punctuation")
_CUES = ("list", "count", "everyone")


def groups_and_whales(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The customers who are in any of the groups or among the largest, where nothing else is said of them."""
    whales = [sense for _, sense in sentence.free("top_customers") if "share" in sense.data]
    joined = any(token.is_("conj", "and", "or") for token in sentence.tokens)
    if len(whales) != 1 or not joined or not sentence.has("segment"):
        return None
    if not all(any(token.is_(kind) for kind in _LIGHT) or token.is_("cue", *_CUES) for token in sentence.tokens):
        return None
    sentence.take_all("top_customers")
    groups = find_rules(sentence)
    sentence.take_all("cue", *_CUES)
    if groups is None:
        return None
    largest: dict[str, Any] = {"rule": {"all": []}, "sort_by": whales[0].data["sort"], "descending": True, "share": whales[0].data["share"]}
    largest["share"] = float(largest["share"])
    parts = [*(groups["any"] if set(groups) == {"any"} else [groups]), {"segment": next_handle(list(dialogue.results))}]
    return Plan((Call("find_customers", largest), Call("find_customers", {"rule": {"any": parts}})), ((PRELUDE, "1"),))
