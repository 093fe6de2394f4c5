"""What a later question leaves unsaid of time: “which department grew the most” after a quarter, “平均每月多少” after a number by month."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.intents.changing import adds_up_over
from assistant.planner.intents.over_time import averaged_over, take_per
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from tools.metrics.catalogue import catalogue
from tools.metrics.options import CHANGES

Args = dict[str, Any]
_LIGHT = ("stop", "punctuation", "ellipsis", "conj", "pronoun", "by", "dimension")
_CUES = ("average", "per_time", "count", "how_much", "everyone")
_COUNTED = Sense("cue", "count")
_NOW_AND_BEFORE = 2


def with_time_before(found: Plan | None, sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """A ranking by change in the time that was measured before, and the buyers of a row in the time of that row.

    Args:
        found: The plan of a question that says no time.
        sentence: The question.
        dialogue: The conversation before it.
    """
    last = dialogue.last
    if found is None or last is None or last.call.name != "measure" or len(found.calls) != 1 or sentence.says("window"):
        return found
    window, call = last.call.args.get("window"), found.calls[0]
    if not window or last.outcome == "failed":
        return found
    changed = _of_the_change(found, sentence, last)
    if changed is not None:
        return changed
    if call.name == "measure" and call.args.get("sort") in CHANGES and last.call.args.get("metrics") == call.args.get("metrics"):
        return replace(found, calls=(Call("measure", {**call.args, "window": window}),))
    rule = call.args.get("rule")
    bought = call.name == "find_customers" and isinstance(rule, dict) and rule.get("behaviour") == "orders" and rule.get("where")
    if bought and isinstance(rule, dict) and not rule.get("window") and sentence.says("ordinal"):
        return replace(found, calls=(Call("find_customers", {**call.args, "rule": {**rule, "window": window}}),))
    return found


def _of_the_change(found: Plan, sentence: Sentence, last: Result) -> Plan | None:
    """“主要是哪个部门带动的” after a change: groups by what they add to that change, whatever it was of, and of whom."""
    args, before = found.calls[0].args, last.call.args
    named = any(token.is_("metric") and not token.is_("noun") for token in sentence.tokens)
    if found.calls[0].name != "measure" or args.get("sort") not in CHANGES or not before.get("compare") or named:
        return None
    if before["compare"] == "step" or any(before.get(key) != args.get(key) for key in ("where", "customers") if args.get(key)):
        return None
    kept = {key: before[key] for key in ("where", "where_not", "customers", "basket", "window", "compare") if before.get(key)}
    metric = catalogue().metric(before["metrics"][0])
    told = args["sort"] != "contribution" or adds_up_over(metric.id, list(args.get("by", ())))
    sort = args["sort"] if told else _way(last)
    return replace(found, calls=(Call("measure", {**args, **kept, "metrics": [metric.id], "sort": sort}),))


def _way(last: Result) -> str:
    """Whether what was compared went up or down; either where that cannot be seen."""
    if last.call.args.get("by") or len(last.rows) != _NOW_AND_BEFORE:
        return "movement"
    now, before = (float(row[1] or 0) for row in last.rows)
    return "growth" if now > before else "decline" if now < before else "movement"


def asks_per_time(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“平均每月多少”, “what's the average per month” after a number: that number, averaged over time."""
    last = dialogue.last
    if last is None or last.call.name != "measure" or not all(_beside(token) for token in sentence.tokens):
        return False
    return sentence.says("cue", "per_time") or (
        _averages(sentence) and sentence.says("dimension", "day", "week", "month", "quarter", "year")
    )


def of_average_time(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """The number before as an average over the periods that are named."""
    if not asks_per_time(sentence, dialogue):
        return None
    per = take_per(_counting(sentence))
    if per is None or not all(_adds_up(one) for one in last.call.args["metrics"]):
        return None
    sentence.use(*range(len(sentence.tokens)))
    kept = {key: one for key, one in last.call.args.items() if key not in ("by", "sort", "limit", "chart", "compare", "limit_per_group")}
    metrics = averaged_over(list(kept["metrics"]), dated=bool(kept.get("window")))
    return Plan((Call("measure", {**kept, "metrics": metrics, "per": per}),))


def _beside(token: Token) -> bool:
    return any(token.is_(kind) for kind in _LIGHT) or token.is_("cue", *_CUES)


def _averages(sentence: Sentence) -> bool:
    return any(token.is_("cue", "average") or "average" in token.text for token in sentence.tokens)


def _counting(sentence: Sentence) -> Sentence:
    """The question with its mean as a mean, and something that is counted."""
    mean = Sense("cue", "average")
    tokens = [replace(token, senses=(mean,)) if token.text.endswith("average") else token for token in sentence.tokens]
    end = tokens[-1].end if tokens else 0
    return replace(sentence, tokens=[*tokens, Token(end, end, "", (_COUNTED,))], used=set())


def _adds_up(metric: str) -> bool:
    known = catalogue().metric(metric)
    return "time" in known.additive or (known.unit.value == "count" and known.ratio is None)
