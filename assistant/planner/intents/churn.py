"""Questions for those who may leave: “which customers are about to churn?”, “60天没买就算流失，名单给我”."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.clauses import DAYS
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.ask_numbers import check_range
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.who import Who, both, selection_rule, take_who

_BANDS = ("churn_high", "churn_middle", "churn_low")
_HORIZON = (7, 180)
_TOP = 20
_YEAR = range(360, 367)
_HAS_RISK = re.compile("有|高|大|high|at risk")
_EVER = re.compile("total|lifetime|累计|总|历史")
"""What they spent ever is no value at stake, which is counted over a year."""
_BOUGHT = {"behaviour": "orders", "op": ">=", "value": 1}
_LINKS = ("of", "for", "among", "amongst", "in", "across")
_TOLD = ("recent", "churn", "churned", "list", "count", "why", "share", "summarize")
"""What the list of those at risk tells anyway."""


def churn(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The list by one definition; of some customers only, those of them at risk."""
    if sentence.has("part", "counts_as_churn"):
        return _defined(sentence, dialogue)
    if sentence.take_all("part", "definitions"):
        _absorb(sentence)
        sentence.take_all("cue", "compare", "explain")
        return plan("churn_risk")
    listed = sentence.first("segment", *_BANDS) if _lists(sentence) else None
    loosely = listed is not None and sentence.tokens[listed[0]].is_("cue", "churn")
    if not (_asks(sentence) or listed) or _other(sentence):
        return None
    args: dict[str, Any] = {}
    told = _tells_risk(sentence)
    if told and _of_the_best(sentence):
        return _risk_of_best(sentence, dialogue)
    band, definition = sentence.take("band"), _take_definition(sentence)
    named = sentence.take("segment", *_BANDS) if listed else None
    args["band"] = band.id if band else named.id.removeprefix("churn_") if named else None
    args["definition"] = definition.id if definition else None
    args["sort_by"] = "value" if _by_value(sentence) else None
    if any(sentence.tokens[place].is_("part", "worth") for place, _ in sentence.free("ranking")):
        args["sort_by"] = "value"  # “the 20 most valuable of them”
    ranked = sentence.take_all("ranking", "largest")
    args["limit"] = next((one.data["n"] for one in ranked if one.data.get("n")), None) or _people(sentence)
    counted = sentence.says("cue", "count", "share") and not args["limit"]
    _absorb(sentence)
    if ranked:
        sentence.take_all("noun")
    if definition:
        sentence.take_all("cue", "compare", "explain")
    who = take_who(sentence, dialogue)
    who.rule = None if who.rule == _BOUGHT else who.rule  # all who are scored have bought
    if who.rule is None and who.handle is None:
        if who.sort_by == "amount":
            args["sort_by"] = "value"  # the big spenders among them
        horizon = sentence.take("horizon")
        sentence.take_all("unsupported", "forecast")
        return plan("churn_risk", horizon_days=horizon.data["days"] if horizon else None, **args)
    ahead = sentence.take("horizon")
    if counted and args["definition"] in (None, "model") and not args["sort_by"]:
        return _counted_of_some(who, dialogue, args["band"] or "high")
    if loosely and band is None:
        args["band"] = None  # the riskiest of a group, though none of it be at high risk
    return _of_some(who, dialogue, args, ahead.data["days"] if ahead else None)


def _asks(sentence: Sentence) -> bool:
    if sentence.says("cue", "churn") or sentence.says("band") or sentence.says("field", "churn_probability"):
        return True
    return (sentence.says("cue", "churned") and sentence.says("definition")) or sentence.says("definition", "rhythm")


def _lists(sentence: Sentence) -> bool:
    """Whether a named band of risk is asked for by a list: who they are, in which order, within how many days."""
    return any(sentence.says(*one) for one in (("cue", "list"), ("rank", "listing"), ("option", "churn_risk.sort_by.value"), ("horizon",)))


def _tells_risk(sentence: Sentence) -> bool:
    """“Churn risk among champions”: how high the risk is, so that those with the highest are listed though it be low."""
    risk = [token for token in sentence.tokens if token.is_("field", "churn_probability")]
    counted = sentence.says("cue", "count", "share") or sentence.says("band") or sentence.says("rank")
    return bool(risk) and not counted and not any(_HAS_RISK.search(token.text) for token in risk)


def _of_the_best(sentence: Sentence) -> bool:
    """“Churn risk of our top 50”: those who spend most, whatever their risk, and not the most at risk of all."""
    for place, token in enumerate(sentence.tokens):
        linked = token.is_("field", "churn_probability") and sentence.tokens[place + 1 : place + 2]
        if linked and linked[0].text.split(" ")[0] in _LINKS:
            named = next(
                (one for one in sentence.tokens[place + 2 : place + 5] if one.is_("top_customers") or one.is_("ranking", "largest")), None
            )
            return named is not None
    return False


def _risk_of_best(sentence: Sentence, dialogue: Dialogue) -> Plan:
    """The best customers with the risk of each."""
    sentence.take_all("option", "churn_risk.sort_by.value")
    _absorb(sentence)
    who = take_who(sentence, dialogue)
    who.sort_by = "amount" if who.sort_by in (None, "churn_probability") else who.sort_by
    who.limit = who.limit or _TOP
    return plan("find_customers", columns=["churn_probability", "churn_band"], **who.as_find())


def _take_definition(sentence: Sentence) -> Any:
    """The definition that is meant: “by rhythm instead of the model”, “不按模型，按节奏” name one that is not."""
    for place, _ in list(sentence.free("definition")):
        before = sentence.tokens[max(place - 3, 0) : place]
        if any(token.is_("ellipsis", "aside") or token.is_("neg") or token.is_("idea", "without") for token in before):
            sentence.use(place, *(at for at, _ in sentence.free("neg") if place - 3 <= at < place))
    found = sentence.take("definition")
    if found is not None:
        sentence.take_all("definition", found.id)
    return found


def _by_value(sentence: Sentence) -> bool:
    """Whether the list is by what they are worth: “sorted by value”, “按去年消费排”; a year is what value is counted over."""
    said = bool(sentence.take_all("option", "churn_risk.sort_by.value"))
    worth = [place for place, _ in sentence.free("option", "find_rules.target.high_value")]
    apart = [place for place in worth if not any(sentence.tokens[place].is_(kind) for kind in ("top_customers", "segment", "value"))]
    sentence.use(*apart)
    said = said or bool(apart)
    plain = not any(_EVER.search(token.text) for token in sentence.tokens if token.is_("field", "amount"))
    orders = [place for place, one in sentence.free("ranking", "largest") if plain and not one.data["n"]]  # “按消费从高到低”
    ranks = [sentence.tokens[place].text for place in (*(place for place, _ in sentence.free("rank", "listing")), *orders)]
    if ranks and (sentence.has("by") or any(text.endswith(" by") for text in ranks)):
        worths = (("field", "amount"), ("part", "brings", "worth"), ("hint", "customer_value"), ("verb", "spend"))
        said = bool([one for words in worths for one in sentence.take_all(*words)]) or said
    if said:
        sentence.use(*orders)
        sentence.take_all("rank", "listing")
        for place, window in sentence.free("window"):
            start, end = window.data["window"].resolve(sentence.vocabulary.as_of)
            if start and end and (end - start).days in _YEAR and (sentence.vocabulary.as_of - end).days <= 1:
                sentence.use(place)
    return said


def _other(sentence: Sentence) -> bool:
    """Whether a limit, the least or an average is asked for, which another reading holds."""
    apart = sentence.has("dimension", "rfm_group") and sentence.has("by")
    return sentence.has("comparison") or apart or sentence.has("ranking", "smallest") or sentence.has("cue", "average")


def _people(sentence: Sentence) -> int | None:
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] in ("", "person"):
            sentence.use(place)
            return int(quantity.data["value"])
    return None


def _absorb(sentence: Sentence) -> None:
    sentence.take_all("cue", *_TOLD)
    sentence.take_all("part", "likely", "loss", "overlap")
    sentence.take_all("field", "churn_probability", "churn_band", "churn_reasons", "customer_id")
    sentence.take_all("ask", "model")


def _of_some(who: Who, dialogue: Dialogue, args: dict[str, Any], horizon: int | None) -> Plan:
    """The same of the named customers, or of those of the answer before."""
    if who.rule is None and who.handle is None and dialogue.last_customers is not None:
        who.rule = selection_rule(dialogue.last_customers)
    if who.sort_by == "amount" and who.limit is None:
        who.sort_by, args["sort_by"] = None, "value"
    if who.sort_by == "churn_probability":
        who.sort_by, who.limit, args["limit"] = None, None, args["limit"] or who.limit
    return plan("churn_risk", customers=who.as_customers(), horizon_days=horizon, **args)


def _counted_of_some(who: Who, dialogue: Dialogue, band: str) -> Plan:
    """How many of the named customers are at that risk."""
    earlier = dialogue.last_customers
    rule = selection_rule(earlier) if who.rule is None and earlier is not None else who.rule
    risky = {"field": "churn_band", "op": "=", "value": band}
    return plan("find_customers", rule=both(rule, risky), sort_by="churn_probability", descending=True)


def _share_gone(sentence: Sentence, dialogue: Dialogue, days: int) -> Plan:
    """“60天没来就算流失的话，流失率多少”: how many have not come for so long, and what share of all customers they are."""
    rule = take_who(sentence, dialogue).rule
    gone = {"behaviour": "orders", "op": "=", "value": 0, "window": {"last_days": days}}
    return plan("find_customers", rule=both(rule, gone), among=rule)


def _defined(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“45天没下单算流失”: the definition by days without an order, with the operator's own number of days."""
    for place, token in enumerate(sentence.tokens):
        window, quantity = token.get("window"), token.get("quantity") or token.get("comparison")
        days = window.data["window"].last_days if window else None
        if quantity and quantity.data["unit"] in DAYS and not isinstance(quantity.data["value"], list):
            days = int(quantity.data["value"] * DAYS[quantity.data["unit"]])
        if not days:
            continue
        sentence.use(place)
        shared = sentence.has("metric", "churn_rate") or sentence.has("cue", "share")
        check_range(sentence, place, days, *_HORIZON, "")
        for kind in ("neg", "noun", "ellipsis", "pronoun"):
            sentence.take_all(kind)
        sentence.take_all("verb", "order")
        sentence.take_all("field", "recency_days")
        sentence.take_all("cue", "silence")
        sentence.take_all("part", "counts_as_churn")
        sentence.take_all("metric", "churn_rate", "lapsed_customers", "customers")
        sentence.take_all("segment", "lost")
        sentence.take_all("op")
        _absorb(sentence)
        return _share_gone(sentence, dialogue, days) if shared else plan("churn_risk", definition="window", horizon_days=days)
    return None
