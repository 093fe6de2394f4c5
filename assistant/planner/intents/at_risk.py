"""Customers about to churn, named beside what is asked of them: “export the 200 most likely to leave”, “流失风险客户怎么挽回”."""

from __future__ import annotations

from assistant.planner.clauses import Rule
from assistant.planner.sentence import Sentence
from assistant.planner.who import Who, both

HIGH_RISK: Rule = {"field": "churn_band", "op": "=", "value": "high"}
_FIELD = "churn_probability"
_MOST = ("most", "最")
_TOP = 20


def with_churn(sentence: Sentence, who: Who, *, listed: bool = False) -> Who:
    """Those “about to churn” are the ones with a high risk; so many “most likely to churn” are the first by their risk.

    Args:
        sentence: The question.
        who: The customers so far.
        listed: Whether they are listed, so that “the most likely” without a number are the first few.
    """
    risk = [token for place, token in enumerate(sentence.tokens) if place not in sentence.used and token.is_("cue", "churn")]
    if not risk:
        return who
    sentence.take_all("cue", "churn")
    most = any(word in token.text for token in risk for word in _MOST) or sentence.says("part", "likely")
    by_risk = who.sort_by in (None, _FIELD)
    who.named, who.handle = True, None
    if by_risk and (who.limit or (listed and most)):
        sentence.take_all("part", "likely")
        who.sort_by, who.descending, who.limit = _FIELD, True, who.limit or _TOP
    else:
        who.rule = both(who.rule, HIGH_RISK)
    return who
