"""A table of numbers that was shown, as a file: “导出”, "put that in a csv"."""

from __future__ import annotations

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.lexicon import read_table
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence

_TABLES = ("measure", "cohort_retention", "segment_overview", "compare_segments", "weigh_rfm")
"""Tools whose answers are tables of numbers."""
_WHOM = (
    *("segment", "noun", "band", "ranking", "condition", "customer_id", "top_customers", "value", "comparison", "person", "ordinal"),
    *("head", "window", "quantity", "ask", "neg"),
)
"""What says that customers are to be exported, and not the table that was shown."""


def export_shown(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The table that was shown last, where the question asks for a file and names nobody."""
    last = dialogue.last
    asked = sentence.has("cue", "export") or (sentence.has("format") and not sentence.has("metric"))
    if last is None or not asked or not _has_table(last) or sentence.refers is not None or _names_people(sentence):
        return None
    if sentence.has("cue", "list") and last.call.args.get("customers"):
        return None  # a list of the customers that were measured, “导出名单”
    sentence.take_all("cue", "export", "list", "data_overview")
    kind = sentence.take("format")
    for other in ("format", "pronoun", "shown", "dimension", "metric", "chart", "that"):
        sentence.take_all(other)
    return plan("export_table", result=last.handle, format=kind.id if kind else "xlsx")


def _has_table(result: Result) -> bool:
    """Whether a result shows groups in a table, and no customers one by one."""
    by = list(result.call.args.get("by") or ())
    grouped = result.call.name != "measure" or (bool(by) and "customer" not in by)
    return bool(result.handle) and result.call.name in _TABLES and result.outcome == "answered" and grouped


def _names_people(sentence: Sentence) -> bool:
    people = read_table("turns")["people"]["them"]["words"]
    told = any(token.is_("pronoun") and token.text in people for token in sentence.tokens)
    return told or any(sentence.says(kind) for kind in _WHOM) or sentence.has("cue", "everyone") or sentence.has("cue", "personal")
