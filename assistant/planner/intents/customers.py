"""Questions about groups of customers: find, count, list, summarise, advise."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.clauses import denies
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.aims import AIMED, NO_TEXT, absorb_aims, absorb_measures, aimed_at, asks_wording, set_aside
from assistant.planner.intents.at_risk import with_churn
from assistant.planner.intents.group_overviews import asks_all_segments
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts
from assistant.planner.who import Who, take_who


def strategy(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“What strategy do you suggest for ...”, “沉睡客户怎么召回”."""
    if not sentence.take_all("cue", "strategy") or asks_all_segments(sentence):
        return None
    lists_churners = sentence.says("cue", "churn") and sentence.says("cue", "list")
    absorb_aims(sentence)
    notes: tuple[tuple[str, str], ...] = ((NO_TEXT, ""),) if asks_wording(sentence) else ()
    notes += set_aside(sentence)
    who = with_churn(sentence, take_who(sentence, dialogue))
    customers = who.as_customers() if who.named else customers_before(dialogue)
    if customers is None and (gone := aimed_at(sentence)):
        absorb_measures(sentence)
        names = text("and_word", sentence.language).join(sentence.vocabulary.name("segment", one, sentence.language) for one in gone)
        return Plan(tuple(Call("suggest_strategy", {"customers": one}) for one in gone), ((AIMED, names), *notes))
    if customers is None:
        return plan("ask_user", question=text("strategy_whom", sentence.language), choices=texts("strategy_choices", sentence.language))
    advice = Plan((Call("suggest_strategy", {"customers": customers}),), notes)
    return Plan((Call("churn_risk"), *advice.calls), notes) if lists_churners else advice


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
    customers = who.as_customers() if who.named else (customers_before(dialogue) if asked and not sentence.has("metric") else None)
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
    asked = _people(sentence) or sentence.has("cue", "list", "count", "share", "everyone") or sentence.has("pronoun")
    asked = asked or sentence.has("entire")
    about = any(sentence.has(kind) for kind in ("segment", "condition", "comparison", "verb", "value", "band", "top_customers", "pronoun"))
    about = about or denies(sentence.tokens) or sentence.has("qualifier", "first_of")
    about = about or (sentence.has("ranking") and any(token.is_("field") and not token.is_("metric") for token in sentence.tokens))
    about = about or (sentence.has("field", "first_order_date", "last_order_date") and sentence.has("window"))
    if not asked and (not about or _only_things(sentence)):
        return None
    if sum(token.is_("cue", "count") and token.text == "how many" for token in sentence.tokens) > 1 and not sentence.says("pronoun"):
        return None  # two numbers are asked for
    counted = sentence.has("cue", "count") and not sentence.has("ranking")
    sentence.take_all("cue", "count", "list", "share")
    sentence.take_all("entire")
    who = with_churn(sentence, take_who(sentence, dialogue), listed=not counted)
    if who.sort_by is None and who.rule is not None and sentence.take("option", "churn_risk.sort_by.value"):
        who.sort_by = "amount"
    if who.sort_by is not None and who.rule is not None:
        sentence.take_all("rank", "listing")
    if not who.named and not _people(sentence):
        return None
    if sentence.says("neg") and who.rule is not None:
        sentence.take_all("cue", "churned")
    sentence.take_all("metric", "customers")
    if who.handle and dialogue.last_customers:
        selection = dialogue.last_customers.selection or {}
        who = Who(selection.get("rule"), None, selection.get("sort_by"), selection.get("descending", True), selection.get("limit"), True)
    columns = take_columns(sentence)
    found = who.as_find()
    if counted and not who.counted and (share := _whales(sentence)) is not None:
        found = {**found, "limit": None, "share": share}  # “大客户有多少” counts those that count as such
    listed = plan("find_customers", columns=columns, **found)
    return replace(listed, notes=(("takers", ""),)) if sentence.take_all("cue", "takers") else listed


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


def take_columns(sentence: Sentence) -> list[str]:
    """Fields to show besides the customers: “with their age and total spend”."""
    places = [place for place, _ in sentence.free("field") if not sentence.tokens[place].is_("noun")]
    found = [sense.id for place in places if (sense := sentence.tokens[place].get("field"))]
    sentence.use(*places)
    return list(dict.fromkeys(found))


def customers_before(dialogue: Dialogue) -> Any:
    """The customers whom the conversation was last about."""
    return dialogue.last_customers.customers if dialogue.last_customers else None
