"""Follow-up questions: an elliptic one changes the call before it ("and the month before?", "换成按地区", "why?")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.planner.ability_changes import change_ability, change_overview
from assistant.planner.clauses import Rule
from assistant.planner.conditions import find_rules
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.intents import asks
from assistant.planner.intents.filters import take_filters, take_sorting
from assistant.planner.intents.measures import take_dimensions, take_metrics
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text
from assistant.planner.tokens import Token
from assistant.planner.who import both, selection_rule
from assistant.planner.windows import window_words
from tools.metrics.catalogue import catalogue
from tools.windows import Window

Args = dict[str, Any]
_TELLS_WHY = ("churn_risk", "look_up_customer", "find_rules", "measure_uplift", "weigh_rfm", "recommend_products", "model_quality")
"""Tools whose answers give the reasons themselves."""
_MODIFIERS = frozenset({"window", "dimension", "value", "ranking", "chart", "format", "by", "quantity", "ellipsis", "band", "definition"})
_MODIFIERS |= {"stop", "conj", "punctuation", "pronoun", "horizon", "rank", "unit", "neg"}
_OF_ITS_OWN = ("metric", "noun", "scheme")
"""A question that names one of these stands by itself, unless it begins like a follow-up."""
_FREE_CUES = ("previous", "growth", "explain", "yoy", "why", "trend")
_WHY_DIMENSIONS = ("category", "store", "rfm_group")


def is_elliptic(sentence: Sentence, dialogue: Dialogue) -> bool:
    """Whether the question only makes sense after another one."""
    if dialogue.last is None:
        return False
    if _leads(sentence) or sentence.says("ellipsis", "correct"):
        return True
    if any(token.is_("cue", "segments") or any(token.is_(kind) for kind in _OF_ITS_OWN) for token in sentence.tokens):
        return False
    last = dialogue.last.call.name
    return all(_modifies(token) or _chooses(token, last) for token in sentence.tokens)


def _modifies(token: Token) -> bool:
    return any(token.is_(kind) for kind in _MODIFIERS) or token.is_("cue", *_FREE_CUES)


def _chooses(token: Token, tool: str) -> bool:
    """Whether a word is an option of the tool that answered last."""
    return any(sense.kind == "option" and sense.id.startswith(f"{tool}.") for sense in token.senses)


def _leads(sentence: Sentence) -> bool:
    """Whether it begins with "and", "what about", "那", "换成" and is short, or ends with 呢."""
    first = next((token for token in sentence.tokens if not token.is_("punctuation")), None)
    content = [token for token in sentence.tokens if not (token.is_("stop") or token.is_("punctuation"))]
    led = first is not None and (first.is_("ellipsis") or (first.is_("conj", "and") and not _whole(sentence)))
    return led or (sentence.text.rstrip("?!. ").endswith("呢") and len(content) <= 4)


def _whole(sentence: Sentence) -> bool:
    """Whether it names people and what they did, and so needs no question before it: “同时买过A和B的客户有多少”."""
    acts = sentence.says("verb") or sentence.says("comparison")
    return acts and sentence.says("noun") and not sentence.says("pronoun")


def follow_up(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The call before, changed as the question says; None where it cannot be."""
    last = dialogue.last
    if last is None:
        return None
    if sentence.take_all("ellipsis", "correct"):
        sentence.take_all("neg")
    sentence.take_all("ellipsis")
    change = _CHANGES.get(last.call.name)
    if sentence.has("cue", "why"):
        return _why(sentence, last)
    if sentence.has("cue", "explain") and last.call.name == "measure" and not sentence.has("metric"):
        sentence.take_all("cue", "explain")
        sentence.take_all("pronoun")
        return plan("explain_term", term=sentence.vocabulary.name("metric", last.call.args["metrics"][0], sentence.language))
    found = change(sentence, dict(last.call.args), last) if change else None
    if found is not None:
        sentence.take_all("noun")
        sentence.take_all("pronoun")
    return found


def _why(sentence: Sentence, last: Result) -> Plan | None:
    sentence.take_all("cue", "why", "list", "churn", "previous", "growth")
    sentence.take_all("pronoun")
    if last.call.name in _TELLS_WHY:
        return Plan((last.call,))
    if last.call.name == "measure":
        return plan("ask_user", question=text("why_measure", sentence.language), choices=_why_choices(sentence, last.call.args))
    if last.selection is not None and last.handle:
        return plan("summarize_segment", customers=last.handle)
    return None


def _why_choices(sentence: Sentence, args: Args) -> list[str]:
    book, language = catalogue(), sentence.language
    metric = book.metric(args["metrics"][0]).name.say(language)
    window = window_words(args.get("window") or {"period": "last_month"}, language)
    names = [book.dimension(one).name.say(language).split("（")[0] for one in _WHY_DIMENSIONS]
    pattern = text("why_choice", language)
    return [pattern.format(metric=metric, window=window, dimension=name) for name in names]


def _change_measure(sentence: Sentence, args: Args, _: Result) -> Plan | None:
    before = dict(args)
    _change_window(sentence, args)
    segments = sentence.take_all("segment")
    if segments:
        args["customers"] = segments[0].id
    by = take_dimensions(sentence)
    metrics = take_metrics(sentence, by) if sentence.has("metric") or sentence.has("cue", "how_much") else []
    if metrics and metrics != ["customers"]:
        args["metrics"] = metrics
    if by:
        args |= {"by": by}
        args = {key: value for key, value in args.items() if key not in ("sort", "limit", "chart")}
    filters = take_filters(sentence)
    args |= {key: {**args.get(key, {}), **value} for key, value in filters.items() if value}
    args |= {key: value for key, value in take_sorting(sentence).items() if value is not None}
    _change_limit(sentence, args)
    chart = sentence.take("chart")
    args |= {"chart": chart.id} if chart else {}
    return Plan((Call("measure", args),)) if args != before or chart else None


def _change_window(sentence: Sentence, args: Args) -> None:
    windows = [sense.data["window"] for sense in sentence.take_all("window")]
    if windows:
        args["window"] = windows[0].model_dump(mode="json", exclude_defaults=True)
        args.pop("compare", None)
    elif sentence.has("cue", "growth") or (sentence.has("cue", "compare") and sentence.has("cue", "previous")):
        sentence.take_all("cue", "previous", "growth", "compare")
        args |= {"compare": "previous", "window": args.get("window") or {"period": "last_month"}}
        _take_lengths(sentence)
    elif sentence.has("cue", "previous") and args.get("window"):
        sentence.take_all("cue", "previous")
        args["window"] = Window.model_validate(args["window"]).previous().model_dump(mode="json", exclude_defaults=True)
        args.pop("compare", None)
        _take_lengths(sentence)


def _take_lengths(sentence: Sentence) -> None:
    """“the 90 days before”: the length of the window before is said again."""
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] in ("day", "week", "month", "year"):
            sentence.use(place)


def _change_limit(sentence: Sentence, args: Args) -> None:
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] in ("", "person") and quantity.data["value"] >= 1:
            args["limit"] = int(quantity.data["value"])
            sentence.use(place)
            return


def _change_find(sentence: Sentence, args: Args, last: Result) -> Plan | None:
    by = take_dimensions(sentence)
    if by and last.handle:
        return plan("measure", metrics=["customers"], by=by, customers=last.handle)
    before, rule = dict(args), args.get("rule")
    windows = [sense.data["window"] for sense in sentence.take_all("window")] if not sentence.has("verb") else []
    if windows:
        rule = rewindowed(rule, windows[0].model_dump(mode="json", exclude_defaults=True))
    segments = sentence.take_all("segment")
    if segments:
        rule = _resegmented(rule, segments[0].id)
    replaces = _leads(sentence) and not sentence.says("ellipsis", "only")
    added = find_rules(sentence)
    if added is not None:
        rule = both(_without_fields(selection_rule(last), added) if replaces else selection_rule(last), added)
    args["rule"] = rule
    ranking = sentence.take("ranking")
    if ranking:
        args |= {"descending": ranking.id == "largest", "sort_by": args.get("sort_by", "amount")}
        args |= {"limit": ranking.data["n"]} if ranking.data.get("n") else {}
    _change_limit(sentence, args)
    sentence.take_all("cue", "count", "list")
    return Plan((Call("find_customers", args),)) if args != before else None


def _without_fields(rule: Rule | None, added: Rule) -> Rule | None:
    """The rule without its conditions on fields that ``added`` sets anew: "what about renters?" replaces homeowners."""
    if rule is None or not ("field" in added or added.get("where")):
        return rule
    parts = rule["all"] if set(rule) == {"all"} else [rule]
    kept = [part for part in parts if not _same_kind(part, added)]
    return both({"all": kept} if kept else None, None)


def _same_kind(first: Rule, second: Rule) -> bool:
    """Whether two conditions are on the same field, or on what was done with values of the same dimensions."""
    if "field" in second:
        return bool(first.get("field") == second["field"])
    same = all(first.get(key) == second.get(key) for key in ("behaviour", "op", "value"))
    return bool(same) and set(first.get("where") or ()) == set(second["where"])


def rewindowed(rule: Any, window: Args) -> Any:
    """The rule with all its behaviours in another window."""
    if isinstance(rule, dict):
        if "behaviour" in rule:
            return {**rule, "window": window}
        return {key: rewindowed(value, window) if key in ("all", "any", "not") else value for key, value in rule.items()}
    return [rewindowed(part, window) for part in rule] if isinstance(rule, list) else rule


def _resegmented(rule: Rule | None, segment: str) -> Rule:
    """The rule with its segment replaced, or with this one added."""
    if rule and "segment" in rule:
        return {"segment": segment}
    parts = rule["all"] if rule and set(rule) == {"all"} else [rule] if rule else []
    kept = [part for part in parts if "segment" not in part]
    return both({"all": kept} if kept else None, {"segment": segment}) or {"segment": segment}


def _change_churn(sentence: Sentence, args: Args, last: Result) -> Plan | None:
    before = dict(args)
    band, horizon, definition = sentence.take("band"), sentence.take("horizon"), sentence.take("definition")
    args |= {"band": band.id} if band else {}
    args |= {"horizon_days": horizon.data["days"]} if horizon else {}
    args |= {"definition": definition.id} if definition else {}
    args |= {"sort_by": "value"} if sentence.take_all("option", "churn_risk.sort_by.value") else {}
    ranking = sentence.take("ranking")
    args |= {"limit": ranking.data["n"]} if ranking and ranking.data.get("n") else {}
    _change_limit(sentence, args)
    if args != before:
        return Plan((Call("churn_risk", args),))
    return _change_find(sentence, {"rule": selection_rule(last)}, last)


def _change_segment(argument: str) -> Callable[[Sentence, Args, Result], Plan | None]:
    def change(sentence: Sentence, args: Args, last: Result) -> Plan | None:
        segment = sentence.take("segment")
        if not segment:
            by = take_dimensions(sentence)
            return plan("measure", metrics=["customers"], by=by, customers=last.handle) if by and last.handle else None
        sentence.take_all("cue", "compare")
        return Plan((Call(last.call.name, {**args, argument: segment.id}),))

    return change


def _change_export(sentence: Sentence, args: Args, _: Result) -> Plan | None:
    kind, segment = sentence.take("format"), sentence.take("segment")
    personal = sentence.take_all("cue", "personal")
    sentence.take_all("cue", "export")
    args |= {"format": kind.id} if kind else {}
    args |= {"customers": segment.id} if segment else {}
    args |= {"include_personal": True} if personal else {}
    return Plan((Call("export_customers", args),)) if kind or segment or personal else None


def _change_look_up(sentence: Sentence, _args: Args, _: Result) -> Plan | None:
    quantity = sentence.take("quantity")
    return plan("look_up_customer", customer_id=str(quantity.data["value"])) if quantity else None


def _change_term(sentence: Sentence, _args: Args, _: Result) -> Plan | None:
    for kind in ("metric", "term", "segment", "field"):
        sense = sentence.take(kind)
        if sense:
            return plan("explain_term", term=sentence.vocabulary.name(kind, sense.id, sentence.language))
    return None


def _change_ability(sentence: Sentence, _args: Args, last: Result) -> Plan | None:
    changed = change_ability(sentence, last)
    if changed is None and last.selection:
        return _change_find(sentence, {"rule": selection_rule(last)}, last)
    return changed


_CHANGES: dict[str, Callable[[Sentence, Args, Result], Plan | None]] = {
    **dict.fromkeys(asks.READ, _change_ability),
    "find_behaviour": _change_ability,
    "measure": _change_measure,
    "find_customers": _change_find,
    "churn_risk": _change_churn,
    "summarize_segment": _change_segment("customers"),
    "suggest_strategy": _change_segment("customers"),
    "compare_segments": _change_segment("second"),
    "export_customers": _change_export,
    "look_up_customer": _change_look_up,
    "segment_overview": change_overview,
    "explain_term": _change_term,
}
