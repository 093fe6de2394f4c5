"""Rankings of customers by what they did, and lists of the values of a dimension."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.intents.absorbed import absorb_predicates
from assistant.planner.intents.filters import take_customers, take_filters
from assistant.planner.intents.metric_words import take_dimensions
from assistant.planner.intents.parts import claimed_part, part_of_groups
from assistant.planner.intents.windowed import take_windows, with_windows
from assistant.planner.lexicon import read_table
from assistant.planner.plan import PRELUDE, Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text
from assistant.planner.tokens import Sense, Token
from assistant.planner.who import Who, both, selection_rule, sort_field, take_order, take_who

_ASKING = ("what does", "how does", "what do")
_METRIC_OF_FIELD = {"amount": "revenue", "orders": "orders", "average_order_value": "average_order_value"}
_SUMMED = ("items", "discount", "gross_revenue", "loyalty_discount", "coupon_discount", "coupon_match_discount", "coupon_orders")
"""Metrics that add up for each customer, and that are no field of customers."""
_BOTH = 2
_NEAR = 3
"""Words between a verb and what is bought."""
_OF_SPENDERS = ("amount", "orders")
_BESIDE_SPENDERS = ("ranking", "rank", "window", "by", "stop", "punctuation", "format")
"""What may stand beside the only thing that customers are ranked by."""
_NUMBER_OF = ("数量", "总数", "总数量", "个数", "数目")
"""“How many” after what is counted."""


def cut_by_share(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Top 10 % of customers by spend”, “流失概率最高的5%”; what share of the money they bring is told with them."""
    found = next(((place, sense) for place, sense in sentence.free("ranking") if sense.data.get("share")), None)
    claimed = claimed_part(sentence) if found is None else None
    found = found or claimed
    if found is None:
        return None
    groups = any(_is_group(token) for token in sentence.tokens)
    limited = sentence.has("window") or sentence.has("value") or claimed is not None
    whole = None if limited or groups else _tenth(sentence.again(), dialogue, *found)
    whole = whole or part_of_groups(sentence.again(), dialogue, *found)
    whole = whole or (None if groups or claimed else _tenth(sentence.again(), dialogue, *found))
    if whole is not None:
        sentence.used |= whole[1].used
        return whole[0]
    if claimed:
        return None
    sentence.use(*range(len(sentence.tokens)))
    return plan("decline", reason="not_supported", missing=text("top_share", sentence.language))


_ACROSS = ("noun", "value", "condition", "segment", "punctuation")


def joined_to(sentence: Sentence, place: int) -> bool:
    """“收入不到5万但消费在前20%的”: whether a word that joins stands before the ranking, so that it is of all customers.

    “消费排前20%、20天没来的客户” joins by a pause.
    """
    if any(token.is_("punctuation", ",") for token in sentence.tokens[place + 1 : place + 2]):
        return True
    return any(_joins_first(part) for part in (reversed(sentence.tokens[:place]), sentence.tokens[place + 1 :]))


def _joins_first(tokens: Iterable[Token]) -> bool:
    """Whether a word that joins comes before anything else that describes customers."""
    for token in tokens:
        if token.is_("conj", "and", "but"):
            return True
        if any(token.is_(kind) for kind in _ACROSS):
            return False
    return False


def among_all(best: dict[str, Any], rule: Any, dialogue: Dialogue) -> Plan:
    """Those of the best of all customers whom the rule fits."""
    within = {"segment": next_handle(list(dialogue.results))}
    calls = (Call("find_customers", {"rule": {"all": []}, **best}), Call("find_customers", {"rule": both(within, rule)}))
    return Plan(calls, ((PRELUDE, "1"),))


def _is_group(token: Token) -> bool:
    """Whether a token names groups, such as stores, and not customers or a metric."""
    return token.is_("dimension") and not any(token.is_(kind) for kind in ("noun", "metric", "field", "value"))


def _tenth(sentence: Sentence, dialogue: Dialogue, place: int, ranking: Sense) -> tuple[Plan, Sentence] | None:
    """The plan and its account, where every word is used."""
    at, field = sort_field(sentence, place)
    sentence.use(place, *([at] if at is not None else []))
    exported = sentence.take_all("cue", "export")
    kind = sentence.take("format")
    sentence.take_all("cue", "list", "count", "share", "how_much", "summarize", "total")
    sentence.take_all("metric", "customers", "revenue")
    sentence.take_all("part", "brings")
    sentence.use(*(place for place, _ in sentence.free("cue", "explain") if sentence.tokens[place].text in _ASKING))
    sentence.take_all("by")
    who = take_who(sentence, dialogue)
    absorb_predicates(sentence)
    sentence.take_all("field", "amount", "orders")
    if sentence.leftover() or who.ordered or not 0 < ranking.data["share"] < 1:
        return None
    rule = who.rule or (selection_rule(dialogue.last_customers) if who.handle and dialogue.last_customers else None) or {"all": []}
    share = float(ranking.data["share"])
    best = {"sort_by": field or "amount", "descending": ranking.id == "largest", "share": share}
    if who.rule is not None and not who.handle and not exported and not kind and joined_to(sentence, place):
        return among_all(best, who.rule, dialogue), sentence
    calls = [Call("find_customers", {"rule": rule, **best})]
    if exported or kind:
        handle = next_handle(list(dialogue.results))
        calls.append(Call("export_customers", {"customers": handle, "format": kind.id if kind else "xlsx"}))
    return Plan(tuple(calls)), sentence


def ranked_customers(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Top 10 customers by spend in 2017”, “2017年消费最多的10个客户”: customers ordered by what they did in a window or of something."""
    levels = sentence.vocabulary.levels
    values = [sense for _, sense in sentence.free("value") if levels.get(sense.data["dimension"]) in ("product", "order", "time")]
    whales = sentence.has("top_customers")
    people = whales or sentence.says("noun") or sentence.has("cue", "list") or sentence.says("segment")
    people = people or any(sense.data.get("person") for _, sense in sentence.free("ranking")) or _ranks_spenders(sentence)
    summed = _summed(sentence)
    limited = bool(values) or sentence.has("window") or summed is not None
    ordered = whales or sentence.has("ranking") or sentence.has("rank", "listing")
    if any(sense.data.get("item") for _, sense in sentence.free("ranking")):
        return None  # “top 20 products by number of buyers”
    if not people or not ordered or not limited or sentence.has("comparison"):
        return None
    if sentence.has("neg") or any(True for _ in _groupings(sentence)) or _bought_all(sentence):
        return None
    exported, kind = bool(sentence.take_all("cue", "export")), sentence.take("format")
    who = Who()
    take_order(sentence, who)
    _sorted(sentence, who)
    metric = _METRIC_OF_FIELD.get(who.sort_by or "") if summed is None else _taken(sentence, summed)
    if metric is None:
        return None
    args: dict[str, Any] = {"metrics": [metric], "by": ["customer"], **take_filters(sentence)}
    args["customers"] = take_customers(sentence, dialogue, None)
    args |= {"sort": "largest" if who.descending else "smallest", "limit": who.limit}
    windows = take_windows(sentence)
    sentence.take_all("cue", "list", "count")
    absorb_predicates(sentence)
    sentence.take_all("field", "amount", *([who.sort_by] if who.sort_by else []))
    found = with_windows(sentence, args, windows)
    if not (exported or kind) or len(found.calls) != 1:
        return None if exported or kind else found
    handle = next_handle(list(dialogue.results))
    return Plan((*found.calls, Call("export_customers", {"customers": handle, "format": kind.id if kind else "xlsx"})), found.notes)


def _ranks_spenders(sentence: Sentence) -> bool:
    """“Top 20 by orders in Q3”, “近90天消费从高到低”: nothing is ranked but those who order or spend."""
    whole = read_table("places")["whole_order"]
    orders = [
        token for token in sentence.tokens if (rank := token.get("ranking")) is not None and (rank.data.get("n") or token.text in whole)
    ]
    if not orders and not sentence.has("rank", "listing"):
        return False  # “our biggest order in December”
    said = [token for token in sentence.tokens if not any(token.is_(kind) for kind in _BESIDE_SPENDERS)]
    return len(said) == 1 and said[0].is_("field", *_OF_SPENDERS) and not said[0].is_("metric", "revenue")


def _sorted(sentence: Sentence, who: Who) -> None:
    """“Customers sorted by spend in Q4”, “按12月消费排名”: all of them in that order, where no ranking cuts them off."""
    listing = next((place for place, _ in sentence.free("rank", "listing")), None)
    if listing is None:
        return
    if who.sort_by is None:
        at, who.sort_by = sort_field(sentence, listing)
        sentence.use(*([at] if at is not None else []))
    if who.sort_by is not None:
        sentence.take_all("rank", "listing")
        sentence.take_all("by")


def _bought_all(sentence: Sentence) -> bool:
    """“Customers who bought meat and deli, by spend”: those who bought both are listed, by all that they spent."""
    goods = [at for at, sense in sentence.free("value") if sentence.vocabulary.levels.get(sense.data["dimension"]) == "product"]
    if len(goods) < _BOTH:
        return False
    before, between, after = sentence.tokens[: goods[0]], sentence.tokens[goods[0] : goods[-1]], sentence.tokens[goods[-1] + 1 :]
    ranked = any(token.is_("ranking") for token in before)
    bought = any(token.is_("verb", "order") for token in before[-_NEAR:]) and not any(token.is_("field", "amount") for token in before)
    people = any(token.is_("noun") for token in ([*before, *after[:_NEAR]] if sentence.language == "zh" else before))
    return bought and people and not ranked and not any(token.text in ("or", "或", "或者", "/") for token in between)


def _summed(sentence: Sentence) -> str | None:
    """The metric that customers are ranked by and no field of theirs has: “折扣最多的客户”, "top customers by items"."""
    counted = any(token.is_("dimension", "product") for token in sentence.tokens)
    said = [metric for metric in _SUMMED if sentence.has("metric", metric)]
    return said[0] if len(said) == 1 and not (counted and said[0] == "items") else None


def _taken(sentence: Sentence, metric: str) -> str:
    sentence.take("metric", metric)
    return metric


def _groupings(sentence: Sentence) -> Iterator[int]:
    return (place for place, _ in sentence.free("dimension") if not sentence.tokens[place].is_("noun"))


def listing(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“How many stores do we have?”, “列出所有部门”: the values of a dimension, with what each one brings."""
    if not (sentence.has("cue", "count") or sentence.has("cue", "list") or sentence.says("stop")) or sentence.has("metric"):
        return None
    sentence.take_all("cue", "count", "list", "sold", "everyone")
    by = take_dimensions(sentence)
    if len(by) != 1:
        return None
    level = sentence.vocabulary.levels.get(by[0])
    metric = {"customer": "customers", "campaign": "contacted_customers", "contact": "contacts", "response": "responses"}.get(
        level or "", "revenue"
    )
    return plan("measure", metrics=[metric], by=by, sort="largest")


def number_of(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“门店数量是多少”, “品类总数”: how many values a dimension has, where nothing else is said."""
    said = [token for token in sentence.tokens if token.is_("dimension") or token.is_("cue", "count") or not token.is_("stop")]
    said = [token for token in said if not token.is_("punctuation")]
    if len(said) < 2 or not said[0].is_("dimension") or said[0].is_("noun") or said[1].text not in _NUMBER_OF:
        return None
    if not all(token.is_("cue", "count") for token in said[2:]):
        return None
    return listing(sentence, dialogue)
