"""“How was it computed” after an answer that is no measurement: the term that the answer is about."""

from __future__ import annotations

from assistant.planner.dialogue import Result
from assistant.planner.sentence import Sentence
from tools.segments.schemes import scheme_of

_TERMS = {
    "churn_risk": "churn_probability_term",
    "customer_value": "clv",
    "segment_overview": "rfm",
}
"""The term of what a tool finds."""


def explained_by(last: Result, sentence: Sentence) -> str | None:
    """The name of the term that the last answer is about; None where it is about none."""
    if last.call.name == "explain_term":
        return str(last.call.args["term"])
    group = last.call.args.get("customers") if last.call.name == "summarize_segment" else None
    rule = last.call.args.get("rule") if last.call.name == "find_customers" else None
    group = rule["segment"] if isinstance(rule, dict) and set(rule) == {"segment"} else group
    if isinstance(group, str) and scheme_of(group) is not None:
        return sentence.vocabulary.name("segment", group, sentence.language)
    scheme = str(last.call.args.get("scheme", "rfm"))
    term = _TERMS.get(last.call.name) if scheme in ("rfm", "rfm_eight") else None
    return sentence.vocabulary.name("term", term, sentence.language) if term else None
