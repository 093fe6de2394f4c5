"""“Why did sales drop in December”: the data cannot tell why, but which parts moved, and that is told instead."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.measures import measure
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from tools.metrics.catalogue import catalogue

REASONS = "reasons"
"""The note that says that parts are told, and not causes."""
_DOWN = re.compile(r"\b(?:down|lower|low|less|fewer|worse|weak|weaker|soft|bad|poor|slow|slower)\b|低|少|差|跌|降")
_UP = re.compile(r"\b(?:up|higher|high|more|better|strong|stronger|good)\b|高|多|好|涨|升")
_SO = re.compile(r"^(?:so |very |这么|那么|很|太)")
_PARTS = ("category", "store")
_MOST = 5
_BESIDE = {"revenue": ("orders", "active_customers", "average_order_value")}
"""What a sum is made of, told beside it."""
_OTHERS = ("segment", "pronoun", "customer_id", "comparison", "ranking")


def why_moved(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The change that is asked about, and the goods and shops that moved most in its direction."""
    if not sentence.has("cue", "why") or any(sentence.says(kind) for kind in _OTHERS) or sentence.says("cue", "churn", "churned"):
        return None
    way = _way(sentence)
    if way is None or not (sentence.has("metric") or sentence.has("window")):
        return None
    sentence.take_all("cue", "why")
    words = _DOWN if way == "decline" else _UP
    sentence.use(*(place for place, token in enumerate(sentence.tokens) if words.fullmatch(_SO.sub("", token.text))))
    found = measure(sentence, dialogue)
    if found is None or len(found.calls) != 1 or found.calls[0].name != "measure" or found.calls[0].args.get("by"):
        return None
    return _by_parts(found, way, sentence)


def _way(sentence: Sentence) -> str | None:
    """Whether a fall or a rise is asked about; None where nothing is said to have moved."""
    named = next((token.get("direction") for token in sentence.tokens if token.is_("direction")), None)
    if named is not None:
        return "decline" if named.id == "down" else "growth"
    if _DOWN.search(sentence.text):
        return "decline"
    return "growth" if _UP.search(sentence.text) else None


def _by_parts(found: Plan, way: str, sentence: Sentence) -> Plan:
    args = dict(found.calls[0].args)
    args.setdefault("compare", "previous")
    args.setdefault("window", {"period": "last_month"})
    metric = args["metrics"][0]
    whole = {**args, "metrics": list(dict.fromkeys([*args["metrics"], *_BESIDE.get(metric, ())]))}
    levels = {level for form in catalogue().metric(metric).forms for level in catalogue().source(form.source).levels}
    named = {**args.get("where", {}), **args.get("where_not", {})}
    parts = [one for one in _PARTS if one not in named and sentence.vocabulary.values.get(one)]
    parts = [one for one in parts if sentence.vocabulary.levels.get(one) in levels]
    calls = [Call("measure", {**args, "metrics": [metric], "by": [one], "sort": way, "limit": _MOST}) for one in parts]
    return replace(found, calls=(Call("measure", whole), *calls), notes=(*found.notes, (REASONS, way)))
