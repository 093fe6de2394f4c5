"""All groups of a scheme together, and one of them by its place: “show me the RFM segments”."""

from __future__ import annotations

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.views import ResultView
from tools.segments.schemes import EIGHT, RFM, scheme_of

_LISTS = ("find_customers", "churn_risk", "customer_value", "next_order", "predict_response")


def numbered_group(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“The second group”, “第二个群” after an overview: the group at that place of its list, the largest first."""
    found, last = sentence.first("ordinal"), dialogue.last
    if not found or last is None or last.call.name != "segment_overview" or "groups" not in last.content.get("details", {}):
        return None
    view = ResultView(last, sentence.language)
    groups = view.by_size(view.details["groups"])
    if found[1].data["n"] > len(groups):
        return None
    sentence.take_all("ordinal")
    sentence.take_all("cue", "summarize", "list", "segments")
    return plan("summarize_segment", customers=groups[found[1].data["n"] - 1])


def overview(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Show me the RFM segments”, “用RFM分群并总结每个群的特点和建议”."""
    if not asks_all_segments(sentence) or _ranked(sentence):
        return None
    spread = _spread(sentence.again(), dialogue) if sentence.has("pronoun") or _splits_list(sentence, dialogue) else None
    if spread is not None:
        _spread(sentence, dialogue)
        return spread
    eight = bool(sentence.take_all("scheme", "rfm_eight")) or bool(sentence.take_all("dimension", "rfm_eight"))
    eight = _take_number(sentence, eight) or eight
    sentence.take_all("scheme", "rfm", "rfm_eight")
    sentence.take_all("segment")
    sentence.take_all("dimension", "rfm_group")
    sentence.take_all("cue", "segments", "summarize", "strategy", "list", "count", "share", "compare", "total", "why")
    sentence.take_all("metric", "customers", "revenue")
    sentence.take_all("field", "amount")
    sentence.take_all("term", "monetary")
    sentence.take_all("chart")
    sentence.take_all("pronoun")
    for place, ranking in sentence.free("ranking"):
        sentence.use(*([place] if ranking.data["n"] is None else []))
    return plan("segment_overview", scheme="rfm_eight" if eight else "rfm")


def _splits_list(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“按RFM分组拆开”, “how many in each RFM group” right after a list: the groups of those listed, where nobody else is named."""
    last = dialogue.last
    listed = last is not None and last.call.name in _LISTS and not _of_group(last)
    return listed and sentence.has("by", "group") and not sentence.has("cue", "everyone") and not sentence.has("noun")


def _of_group(last: Result) -> bool:
    """Whether a list is of one group of a scheme, which is in no other group."""
    rule = (last.selection or {}).get("rule") or {}
    return set(rule) == {"segment"} and scheme_of(str(rule["segment"])) is not None


def _ranked(sentence: Sentence) -> bool:
    """“Which group orders least”: a ranking of the groups by a number, which their overview does not have in that order."""
    ranked = {ranking.id for _, ranking in sentence.free("ranking") if ranking.data["n"] is None}
    by_size = ranked <= {"largest"} and sentence.says("metric", "customers")
    named = sentence.has("dimension", "rfm_group", "rfm_eight") and not sentence.has("scheme", "rfm_eight")
    return bool(ranked) and not by_size and named and any(sentence.says(kind) for kind in ("metric", "verb"))


def _spread(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Which RFM groups are they in?”: those of the answer before by group."""
    last = dialogue.last_customers
    selection = (last.selection or {}) if last is not None else {}
    if last is None or (selection.get("rule", {"all": []}) == {"all": []} and not selection.get("limit")):
        return None
    eight = bool(sentence.take_all("scheme", "rfm_eight")) or bool(sentence.take_all("dimension", "rfm_eight"))
    for kind in ("scheme", "dimension", "pronoun", "chart", "noun", "by"):
        sentence.take_all(kind)
    sentence.take_all("cue", "segments", "list", "count", "share")
    return plan("measure", metrics=["customers"], by=["rfm_eight" if eight else "rfm_group"], customers=last.customers)


def _take_number(sentence: Sentence, eight: bool) -> bool:
    """Whether a number beside the groups says that the eight are meant; a number of neither scheme is left to be asked about."""
    found = [(place, one.data["value"]) for place, one in sentence.free("quantity") if one.data["unit"] == ""]
    known = (len(EIGHT.groups),) if eight else (len(EIGHT.groups), len(RFM.groups), len(RFM.groups) - 1)  # prospects aside
    sentence.use(*(place for place, value in found if value in known))
    return any(value == len(EIGHT.groups) for _, value in found)


def asks_all_segments(sentence: Sentence) -> bool:
    """Whether all groups of a scheme are asked for, and none by its name."""
    named = sentence.has("segment") and not sentence.has("scheme", "rfm_eight")
    if named or sentence.has("value") or sentence.has("window") or sentence.has("comparison"):
        return False
    others = [sense.id for place, sense in sentence.free("dimension") if not sentence.tokens[place].is_("noun")]
    if any(not one.startswith("rfm") for one in others) and sentence.has("metric"):
        return False
    return (
        sentence.has("scheme", "rfm", "rfm_eight") or sentence.has("cue", "segments") or sentence.has("dimension", "rfm_group", "rfm_eight")
    )
