"""Questions about groups of customers: find, count, list, export, summarise, advise, compare, churn, look up."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.clauses import denies
from assistant.planner.dialogue import Dialogue
from assistant.planner.disjoint import described_sides
from assistant.planner.intents.aims import absorb_aims, aimed_at
from assistant.planner.intents.at_risk import with_churn
from assistant.planner.intents.implied import beside_everyone, take_apart
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts
from assistant.planner.tokens import Sense
from assistant.planner.views import ResultView
from assistant.planner.vocabulary import rule_of
from assistant.planner.who import Who, take_who
from tools.segments.schemes import scheme_of

_TOLD_OF_ONE = (
    *("summarize", "list", "why", "strategy", "churn", "recent", "favourite"),
    *("how_much", "count", "total", "average", "data_overview"),
)
"""What may be asked of one customer; looking the customer up answers all of it."""
_ID = re.compile(r"\d{2,12}")
_NOT_COMPARED = ("average_predicted_value", "average_completeness", "repeat_rate", "churn_rate", "response_rate")
"""Metrics that two groups side by side do not show."""
_COLUMNS_OF = {
    "rfm": ("recency_days", "orders", "amount"),
    "recency": ("recency_days",),
    "frequency": ("orders",),
    "monetary": ("amount",),
}
"""What is listed where a term is asked for beside customers."""


def look_up(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“Tell me about customer 1228”, “1228号客户”."""
    found = sentence.take("customer_id")
    if not found:
        return _bare_id(sentence)
    again = sentence.take("customer_id") or _second_id(sentence)
    if again:
        sentence.take_all("cue", "compare", "summarize", "list")
        sides = [{"field": "customer_id", "op": "=", "value": one.id} for one in (found, again)]
        return plan("compare_segments", first=sides[0], second=sides[1])
    if sentence.has("window") and (sentence.has("metric") or sentence.has("verb") or sentence.has("quantity")):
        sentence.used.clear()
        return None
    sentence.take_all(
        "cue",
        "summarize",
        "list",
        "why",
        "strategy",
        "churn",
        "how_much",
        "count",
        "total",
        "data_overview",
        "average",
        "favourite",
        "explain",
        "recent",
        "segments",
    )
    sentence.take_all("band")
    if not sentence.has("cue", "compare"):
        sentence.take_all("segment")
    for kind in ("metric", "field", "verb", "noun", "pronoun", "dimension"):
        sentence.take_all(kind)
    return plan("look_up_customer", customer_id=found.id)


def _second_id(sentence: Sentence) -> Sense | None:
    """“customers 1023 and 1609”: a number beside the first id, where two are compared."""
    for place, quantity in sentence.free("quantity") if sentence.says("cue", "compare") else ():
        if quantity.data["unit"] == "" and _ID.fullmatch(sentence.tokens[place].text):
            sentence.use(place)
            return Sense("customer_id", sentence.tokens[place].text)
    return None


def _bare_id(sentence: Sentence) -> Plan | None:
    """“1082”, “#1228”: nothing but a number is a customer's id."""
    said = [place for place, token in enumerate(sentence.tokens) if not token.is_("punctuation")]
    if len(said) != 1 or not _ID.fullmatch(sentence.tokens[said[0]].text):
        return None
    sentence.use(*said)
    return plan("look_up_customer", customer_id=sentence.tokens[said[0]].text)


def export(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Export the at-risk customers to Excel”, “导出为CSV”."""
    named = any(sentence.has(kind) for kind in ("segment", "noun", "pronoun", "band", "ranking")) or sentence.has("cue", "everyone")
    asked = sentence.has("cue", "export") or (sentence.has("format") and named and not _numbers(sentence))
    if not asked or not (sentence.has("format") or _exportable(sentence, dialogue)):
        return None
    sentence.take_all("cue", "export", "list", "everyone", "segments")
    kind = sentence.take("format")
    personal = bool(sentence.take_all("cue", "personal"))
    internal = bool(sentence.take_all("cue", "consent"))
    who = with_churn(sentence, take_who(sentence, dialogue))
    customers = who.as_customers() if who.named or sentence.says("cue", "everyone") else _last(dialogue)
    if customers is None and not sentence.has("noun"):
        return plan("ask_user", question=text("export_whom", sentence.language), choices=texts("export_choices", sentence.language))
    columns = _columns(sentence)
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


def _numbers(sentence: Sentence) -> bool:
    return any(not sentence.tokens[place].is_("noun") and not sentence.tokens[place].is_("field") for place, _ in sentence.free("metric"))


def _exportable(sentence: Sentence, dialogue: Dialogue) -> bool:
    named = any(sentence.has(kind) for kind in ("noun", "segment", "pronoun", "band", "top_customers", "condition", "ranking"))
    named = named or sentence.says("cue", "everyone", "churn")
    return named or dialogue.last is not None


def _columns(sentence: Sentence) -> list[str]:
    """Fields to show besides the customers: “with their age and total spend”."""
    places = [place for place, _ in sentence.free("field") if not sentence.tokens[place].is_("noun")]
    found = [sense.id for place in places if (sense := sentence.tokens[place].get("field"))]
    sentence.use(*places)
    return list(dict.fromkeys(found))


def _last(dialogue: Dialogue) -> Any:
    return dialogue.last_customers.customers if dialogue.last_customers else None


def strategy(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“What strategy do you suggest for ...”, “沉睡客户怎么召回”."""
    if not sentence.take_all("cue", "strategy") or _asks_all_segments(sentence):
        return None
    lists_churners = sentence.says("cue", "churn") and sentence.says("cue", "list")
    absorb_aims(sentence)
    who = with_churn(sentence, take_who(sentence, dialogue))
    customers = who.as_customers() if who.named else _last(dialogue)
    if customers is None and (gone := aimed_at(sentence)):
        return Plan(tuple(Call("suggest_strategy", {"customers": one}) for one in gone))
    if customers is None:
        return plan("ask_user", question=text("strategy_whom", sentence.language), choices=texts("strategy_choices", sentence.language))
    advice = plan("suggest_strategy", customers=customers)
    return Plan((Call("churn_risk"), *advice.calls)) if lists_churners else advice


def compare(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Compare champions with at-risk customers”."""
    if not sentence.take_all("cue", "compare"):
        return None
    if sum(1 for kind in ("value", "segment", "condition") for _ in sentence.free(kind)) > 1:
        sentence.take_all("pair")  # “25-34岁和55-64岁两个群”
        sentence.use(*(place for place, one in sentence.free("quantity") if one.data["value"] in (2, 3)))
    sides = _last_ones(dialogue, 3 if sentence.says("pair", "three") else 2) if sentence.take_all("pair") else _sides(sentence, dialogue)
    named = len(sides) > 1 and all(isinstance(one, str) and "." not in one for one in sides)
    if named and (len(sides) > 2 or sentence.has("metric", *_NOT_COMPARED)):
        return _several(sentence, sides)
    if len(sides) != 2:
        return None
    sentence.take_all("cue", "summarize", "list", "why", "everyone", "share", "count", "segments")
    take_apart(sentence)
    metrics = [sense.id for _, sense in sentence.free("metric") if sense.id != "customers"]
    sentence.take_all("metric")
    sentence.take_all("neg")
    if metrics and ({"all": []} in sides or all(isinstance(one, dict) for one in sides)):
        return beside_everyone(metrics, sides, sentence.take_window())
    return plan("compare_segments", first=sides[0], second=sides[1])


def _several(sentence: Sentence, segments: list[str]) -> Plan | None:
    """More than two groups of one scheme are set side by side by their numbers."""
    fields = {scheme.field for one in segments if (scheme := scheme_of(one)) is not None}
    if len(fields) != 1:
        return None
    asked = [sense.id for sense in sentence.take_all("metric") if sense.id != "customers"]
    metrics = asked or ["customers", "revenue", "average_order_value"]
    everyone = {"any": [{"segment": one} for one in segments]}
    return plan("measure", metrics=list(dict.fromkeys(metrics)), by=list(fields), customers=everyone)


def _sides(sentence: Sentence, dialogue: Dialogue) -> list[Any]:
    described = described_sides(sentence)
    if described:
        return list(described)
    sides: list[Any] = [sense.id for sense in sentence.take_all("segment")]
    sides += [rule_of(sense) for sense in sentence.take_all("condition")]
    if not sides:
        sides = _values(sentence)
    if len(sides) < 2 and sentence.has("pronoun") and dialogue.last_customers:
        sentence.take_all("pronoun")
        alone = not sides and not sentence.has("cue", "everyone") and not sentence.has("band")
        sides = _last_ones(dialogue, 2) if alone else [dialogue.last_customers.customers, *sides]
    sides += [{"field": "churn_band", "op": "=", "value": band.id} for band in sentence.take_all("band")]
    if len(sides) == 1 and sentence.take("cue", "everyone"):
        sides.append({"all": []})
    last = dialogue.about(dialogue.last) if dialogue.last is not None else None
    if len(sides) == 1 and last is not None and not sentence.has("window") and not sentence.has("verb"):
        sides.insert(0, last.customers)
    elif not sides and last is not None and sentence.take("cue", "everyone"):
        sides = [last.customers, {"all": []}]
    return sides


def _last_ones(dialogue: Dialogue, number: int) -> list[Any]:
    """“Compare the two”: the customers of the latest answers that are about different ones."""
    found: list[Any] = []
    seen: list[Any] = []
    for result in reversed(dialogue.results):
        one = dialogue.about(result)
        several = result.call.name == "measure" and isinstance(result.call.args.get("customers"), dict) and bool(result.call.args.get("by"))
        if one is not None and not several and not result.aside and one.selection not in seen:
            seen.append(one.selection)
            found.insert(0, one.customers)
    return found[-number:]


def _values(sentence: Sentence) -> list[Any]:
    """Two values of one dimension of the customer."""
    levels = sentence.vocabulary.levels
    found = [(place, sense) for place, sense in sentence.free("value") if levels.get(sense.data["dimension"]) == "customer"]
    if len(found) != 2 or any(not sentence.tokens[place].is_("noun") for place, _ in sentence.free("metric")):
        return []
    sentence.use(*(place for place, _ in found))
    return [{"field": sense.data["dimension"], "op": "=", "value": sense.data["value"]} for _, sense in found]


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
    if not _asks_all_segments(sentence):
        return None
    spread = _spread(sentence.again(), dialogue) if sentence.has("pronoun") else None
    if spread is not None:
        _spread(sentence, dialogue)
        return spread
    eight = bool(sentence.take_all("scheme", "rfm_eight")) or bool(sentence.take_all("dimension", "rfm_eight"))
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
    _take_eight(sentence)
    return plan("segment_overview", scheme="rfm_eight" if eight else "rfm")


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


def _take_eight(sentence: Sentence) -> None:
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] == "":
            sentence.use(place)


def _asks_all_segments(sentence: Sentence) -> bool:
    named = sentence.has("segment") and not sentence.has("scheme", "rfm_eight")
    if named or sentence.has("value") or sentence.has("window") or sentence.has("comparison"):
        return False
    others = [sense.id for place, sense in sentence.free("dimension") if not sentence.tokens[place].is_("noun")]
    if any(not one.startswith("rfm") for one in others) and sentence.has("metric"):
        return False
    return (
        sentence.has("scheme", "rfm", "rfm_eight") or sentence.has("cue", "segments") or sentence.has("dimension", "rfm_group", "rfm_eight")
    )


def summarize(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Summarise the champions”, “介绍一下这些客户”."""
    asked = bool(sentence.take_all("cue", "summarize"))
    shared = sentence.has("cue", "share") and sentence.has("metric")
    if not asked and not (sentence.says("segment") and (shared or not sentence.has("cue", "count", "list", "share"))):
        return None
    if shared:
        sentence.take_all("metric", "revenue", "customers", "orders")
        sentence.take_all("verb")
    if sentence.says("quantity") or sentence.says("ranking"):
        return None
    sentence.take_all("cue", "count", "share", "segments", "list")
    who = take_who(sentence, dialogue)
    customers = who.as_customers() if who.named else (_last(dialogue) if asked and not sentence.has("metric") else None)
    if customers is None and asked and not dialogue.results and _whole_base(sentence):
        customers = {"all": []}
    if customers is None or not (asked or isinstance(customers, str)):
        return None
    return plan("summarize_segment", customers=customers)


def _whole_base(sentence: Sentence) -> bool:
    """“总结一下我们的客户情况”: nothing but customers is named."""
    others = ("metric", "dimension", "field", "value", "window", "term")
    named = any(token.is_(kind) for token in sentence.tokens if not token.is_("noun") for kind in others)
    return sentence.has("noun") and not named


def find(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Customers with at least 5 orders”, “最近30天没有下单的客户有多少”."""
    asked = _people(sentence) or sentence.has("cue", "list", "count", "share") or sentence.has("pronoun")
    about = any(sentence.has(kind) for kind in ("segment", "condition", "comparison", "verb", "value", "band", "top_customers", "pronoun"))
    about = about or denies(sentence.tokens) or sentence.has("qualifier", "first_of")
    about = about or (sentence.has("field", "first_order_date", "last_order_date") and sentence.has("window"))
    if not asked and (not about or _only_things(sentence)):
        return None
    counted = sentence.has("cue", "count") and not sentence.has("ranking")
    sentence.take_all("cue", "count", "list", "share")
    who = with_churn(sentence, take_who(sentence, dialogue), listed=not counted)
    if not who.named and not _people(sentence):
        return None
    if sentence.says("neg") and who.rule is not None:
        sentence.take_all("cue", "churned")
    sentence.take_all("metric", "customers")
    if who.handle and dialogue.last_customers:
        selection = dialogue.last_customers.selection or {}
        who = Who(selection.get("rule"), None, selection.get("sort_by"), selection.get("descending", True), selection.get("limit"), True)
    columns = _columns(sentence)
    found = who.as_find()
    if counted and not who.counted and (share := _whales(sentence)) is not None:
        found = {**found, "limit": None, "share": share}  # “大客户有多少” counts those that count as such
    return plan("find_customers", columns=columns, **found)


def _only_things(sentence: Sentence) -> bool:
    """Whether nothing but goods, shops or campaigns is named: “the split national/private within CHEESE” is about no customers."""
    others = ("segment", "condition", "comparison", "verb", "band", "top_customers", "pronoun")
    if denies(sentence.tokens) or any(sentence.has(kind) for kind in others):
        return False
    levels = {sentence.vocabulary.levels.get(sense.data["dimension"]) for _, sense in sentence.free("value")}
    return "customer" not in levels


def _whales(sentence: Sentence) -> float | None:
    """What share of customers a word for the largest ones stands for."""
    named = next((token.get("top_customers") for token in sentence.tokens if token.is_("top_customers")), None)
    return float(named.data["share"]) if named is not None and "share" in named.data else None


def _people(sentence: Sentence) -> bool:
    ranked = any(sense.data.get("person") for _, sense in sentence.free("ranking"))
    counted = any(sense.data["unit"] == "person" for _, sense in sentence.free("quantity"))
    return ranked or counted or sentence.has("noun") or sentence.has("metric", "customers")
