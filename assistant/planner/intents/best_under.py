"""The best few in a time, under a further condition: "the 100 who spent most in Q4 but didn't show up in the last 2 weeks"."""

from __future__ import annotations

from assistant.planner.clauses import denies
from assistant.planner.conditions import find_rules
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.who import Who, take_order
from tools.windows import Window

_METRICS = {"amount": "revenue", "orders": "orders"}
_FIELDS = (30, 90, 365)
"""Lengths of time in days of which a field holds what was spent and how often was ordered."""
_JOINTS = ("but", "and", "who")


def best_under(sentence: Sentence, _: Dialogue) -> Plan | None:
    """The customers who did most in the time beside the ranking, among those whom the rest of the question describes."""
    joint = _joint(sentence)
    if joint is None or _shares(sentence):
        return None
    ahead = sentence.again()
    ahead.used |= set(range(joint, len(sentence.tokens)))
    who = Who()
    take_order(ahead, who)
    window = ahead.take_window()
    metric = _METRICS.get(who.sort_by or "")
    if metric is None or window is None or not who.limit:
        return None
    for kind in ("verb", "noun", "conj"):
        ahead.take_all(kind)
    ahead.take_all("cue", "list")
    rule = find_rules(sentence, within=range(joint, len(sentence.tokens)))
    if rule is None or ahead.leftover():
        return None
    sentence.use(*(place for place in ahead.used if place < joint))
    sentence.take_all("cue", "list")
    if window.last_days in _FIELDS and not window.shift:
        field = f"{who.sort_by}_{window.last_days}d"
        return plan("find_customers", rule=rule, sort_by=field, descending=who.descending, limit=who.limit)
    return _measured(metric, who, window, rule)


def _measured(metric: str, who: Who, window: Window, rule: dict[str, object]) -> Plan:
    """The ranking as a measurement, where no field holds the time."""
    sort = "largest" if who.descending else "smallest"
    when = window.model_dump(mode="json", exclude_defaults=True)
    return plan("measure", metrics=[metric], by=["customer"], customers=rule, window=when, sort=sort, limit=who.limit)


def _shares(sentence: Sentence) -> bool:
    return any(sense.data.get("share") for _, sense in sentence.free("ranking"))


def _joint(sentence: Sentence) -> int | None:
    """Where the further condition begins: after the ranking and its time, at a word that joins or a comma."""
    ranking = next((place for place, sense in sentence.free("ranking") if sense.data.get("n")), None)
    timed = next((place for place, _ in sentence.free("window")), None)
    if ranking is None or timed is None:
        return None
    for place in range(max(ranking, timed) + 1, len(sentence.tokens)):
        token = sentence.tokens[place]
        if token.is_("conj", *_JOINTS) or token.is_("punctuation", ","):
            rest = sentence.tokens[place:]
            told = denies(rest) or any(one.is_("window") for one in rest)
            return place if told and any(one.is_("verb") for one in rest) else None
        if not (token.is_("stop") or token.is_("noun")):
            return None
    return None
