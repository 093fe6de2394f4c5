"""Customers as a file: “export the at-risk customers to Excel”."""

from __future__ import annotations

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.at_risk import with_churn
from assistant.planner.intents.customers import customers_before, take_columns
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts
from assistant.planner.who import take_who

_COLUMNS_OF = {
    "rfm": ("recency_days", "orders", "amount"),
    "recency": ("recency_days",),
    "frequency": ("orders",),
    "monetary": ("amount",),
}
"""What is listed where a term is asked for beside customers."""

_LISTED = ("find_customers", "churn_risk", "customer_value", "next_order", "predict_response", "summarize_segment")


def export(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Export the at-risk customers to Excel”, “导出为CSV”."""
    named = any(sentence.has(kind) for kind in ("segment", "noun", "pronoun", "band", "ranking")) or sentence.has("cue", "everyone")
    asked = sentence.has("cue", "export") or (
        sentence.has("format") and (named or _only_format(sentence, dialogue)) and not _numbers(sentence)
    )
    if not asked or not (sentence.has("format") or _exportable(sentence, dialogue)):
        return None
    sentence.take_all("cue", "export", "list", "everyone", "segments")
    kind = sentence.take("format")
    personal = bool(sentence.take_all("cue", "personal"))
    internal = bool(sentence.take_all("cue", "consent"))
    who = with_churn(sentence, take_who(sentence, dialogue))
    customers = who.as_customers() if who.named or sentence.says("cue", "everyone") else customers_before(dialogue)
    if customers is None and not sentence.has("noun"):
        return plan("ask_user", question=text("export_whom", sentence.language), choices=texts("export_choices", sentence.language))
    columns = take_columns(sentence)
    columns += [one for sense in sentence.take_all("term", *_COLUMNS_OF) for one in _COLUMNS_OF[sense.id] if one not in columns]
    sentence.take_all("cue", "list")
    return plan(
        "export_customers",
        customers=customers or {"all": []},
        format=kind.id if kind else "xlsx",
        columns=columns,
        include_personal=personal or None,
        for_marketing=False if internal else None,
    )


def _only_format(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“Excel please” right after customers were listed."""
    listed = dialogue.last is not None and dialogue.last.call.name in _LISTED
    return listed and all(token.is_("format") or token.is_("stop") or token.is_("punctuation") for token in sentence.tokens)


def _numbers(sentence: Sentence) -> bool:
    return any(not sentence.tokens[place].is_("noun") and not sentence.tokens[place].is_("field") for place, _ in sentence.free("metric"))


def _exportable(sentence: Sentence, dialogue: Dialogue) -> bool:
    named = any(sentence.has(kind) for kind in ("noun", "segment", "pronoun", "band", "top_customers", "condition", "ranking"))
    named = named or sentence.says("cue", "everyone", "churn")
    levels = sentence.vocabulary.levels
    named = named or any(levels.get(str(value.data["dimension"])) == "customer" for _, value in sentence.free("value"))  # “renters”
    return named or dialogue.last is not None
