"""Follow-up questions: an elliptic one changes the call before it ("and the month before?", "换成按地区", "why?")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.planner.ability_changes import change_ability, change_overview
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.find_changes import change_find
from assistant.planner.intents import asks
from assistant.planner.intents.filters import take_filters
from assistant.planner.intents.metric_words import take_dimensions, take_metrics
from assistant.planner.joint_changes import of_all_parts, of_both, of_share
from assistant.planner.lexicon import read_table
from assistant.planner.measure_changes import change_measure, take_limit
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text
from assistant.planner.tokens import Token
from assistant.planner.who import selection_rule
from assistant.planner.windows import window_words
from tools.metrics.catalogue import catalogue

Args = dict[str, Any]
_TELLS_WHY = ("churn_risk", "look_up_customer", "find_rules", "measure_uplift", "weigh_rfm", "recommend_products", "model_quality")
"""Tools whose answers give the reasons themselves."""
_MODIFIERS = frozenset({"window", "dimension", "value", "ranking", "chart", "format", "by", "quantity", "ellipsis", "band", "definition"})
_MODIFIERS |= {"stop", "conj", "punctuation", "pronoun", "horizon", "rank", "unit", "neg", "shown", "remain", "head"}
_OF_ITS_OWN = ("metric", "noun", "scheme")
"""A question that names one of these stands by itself, unless it begins like a follow-up."""
_FREE_CUES = ("previous", "growth", "explain", "yoy", "why", "trend", "count", "everyone")
_WHY_DIMENSIONS = ("category", "store", "rfm_group")
_SHORT = 3
_FRAGMENT = 2
"""“In orders”, “客单价”: so few words are no question of their own after a number."""
_PAIRS = ("window", "segment", "value", "metric", "dimension", "band", "customer_id", "quantity")
"""Kinds of words of which one may be denied in favour of another: “October, not November”."""


def is_elliptic(sentence: Sentence, dialogue: Dialogue) -> bool:
    """Whether the question only makes sense after another one."""
    if dialogue.last is None:
        return False
    if (_leads(sentence) and not _of_all(sentence)) or sentence.says("ellipsis", "correct") or _excludes(sentence):
        return True
    if _swaps(sentence) or _only_by(sentence):
        return True
    if dialogue.last.call.name == "measure" and len(sentence.tokens) <= _FRAGMENT and sentence.says("metric") and not sentence.says("noun"):
        return not any(token.is_("cue") for token in sentence.tokens)
    if any(token.is_("cue", "segments") or any(token.is_(kind) for kind in _OF_ITS_OWN) for token in sentence.tokens):
        return False
    last = dialogue.last.call.name
    if sentence.says("pair", "together") or (last == "measure" and sentence.says("cue", "share") and sentence.says("cue", "everyone")):
        return True
    if last == "measure" and not any(sentence.says(kind) for kind in ("metric", "noun", "verb")):
        beside = sentence.says("value") or sentence.says("window") or sentence.says("ranking")
        if beside and (sentence.says("cue", "compare") or (sentence.says("cue", "share") and dialogue.last.call.args.get("by"))):
            return True
    return all(_modifies(token) or _chooses(token, last) for token in sentence.tokens)


def _swaps(sentence: Sentence) -> bool:
    """“Not AOV, repeat rate”: one word in place of another of its kind, right at the start."""
    first = next((at for at, token in enumerate(sentence.tokens) if not token.is_("stop") or token.is_("neg")), None)
    if first is None or not sentence.tokens[first].is_("neg", "not") or sentence.says("noun"):
        return False
    at = _next(sentence, first)
    return at is not None and any(_has_pair(sentence, at, kind) for kind in _PAIRS if sentence.tokens[at].is_(kind))


def _only_by(sentence: Sentence) -> bool:
    """“By RFM group”, “按RFM分群”: nothing but what to split by."""
    light = ("stop", "punctuation", "ellipsis")
    said = [token for token in sentence.tokens if token.is_("by") or not any(token.is_(kind) for kind in light)]
    return len(said) > 1 and said[0].is_("by") and all(token.is_("by") or token.is_("dimension") for token in said)


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
    said = [token for token in sentence.tokens if not token.is_("punctuation")]
    led = led or (len(content) < _SHORT and bool(said) and said[-1].is_("ellipsis", "also"))
    return led or (sentence.text.rstrip("?!. ").endswith("呢") and len(content) <= 4)


def _excludes(sentence: Sentence) -> bool:
    """Whether it only takes something out: “exclude champions”, “去掉肉类”."""
    content = [token for token in sentence.tokens if not (token.is_("stop") or token.is_("punctuation"))]
    out = bool(content) and (content[0].is_("neg", "except") or content[0].is_("drop"))
    out = out or (len(content) > 1 and content[-1].is_("neg", "except"))
    return out and not any(token.is_(kind) for token in content for kind in ("metric", "verb", "cue", "pronoun"))


def depends(sentence: Sentence, dialogue: Dialogue) -> bool:
    """Whether reading it without the question before would leave out what it says: “only those in …”, “no, …”."""
    if dialogue.last is None:
        return False
    content = [token for token in sentence.tokens if not (token.is_("stop") or token.is_("punctuation"))]
    corrects = sentence.says("ellipsis", "correct") and len(content) <= _SHORT
    share = sentence.says("cue", "share") and sentence.says("cue", "everyone") and not sentence.says("metric")
    said = [token for token in sentence.tokens if not token.is_("punctuation")][:2]
    narrows = share or (any(one.is_("ellipsis", "only", "also") for one in said) and not sentence.says("pronoun"))
    return corrects or narrows or _excludes(sentence)


def is_bare(found: Plan) -> bool:
    """Whether a plan measures everything there is, which a follow-up never means."""
    only = found.calls[0] if len(found.calls) == 1 else None
    return only is not None and only.name == "measure" and set(only.args) == {"metrics"}


def _of_all(sentence: Sentence) -> bool:
    """Whether it says that it is about everything: “and how many customers do we have altogether?”."""
    counted = sentence.says("metric") or sentence.says("cue", "count")
    return counted and not sentence.says("pronoun") and any(token.text in _wholes() for token in sentence.tokens)


def _wholes() -> list[str]:
    return list(read_table("turns")["wholes"]["all"]["words"])


def _whole(sentence: Sentence) -> bool:
    """Whether it names people and what they did, and so needs no question before it: “同时买过A和B的客户有多少”."""
    acts = sentence.says("verb") or sentence.says("comparison")
    return acts and sentence.says("noun") and not sentence.says("pronoun")


def follow_up(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The call before, changed as the question says; None where it cannot be."""
    last = _changed_call(sentence, dialogue)
    if last is None:
        return None
    _correct(sentence)
    sentence.take_all("ellipsis")
    if sentence.has("cue", "why"):
        return _why(sentence, last)
    if sentence.has("cue", "explain") and last.call.name == "measure" and not sentence.has("metric"):
        sentence.take_all("cue", "explain")
        sentence.take_all("pronoun")
        return plan("explain_term", term=sentence.vocabulary.name("metric", last.call.args["metrics"][0], sentence.language))
    first: tuple[Plan, Sentence] | None = None
    for change in (of_all_parts, of_both, of_share, _of_the_call, _of_the_customers):
        trial = sentence.again()
        found = change(trial, dialogue, last)
        if found is None:
            continue
        for kind in ("noun", "pronoun", "remain"):
            trial.take_all(kind)
        first = first or (found, trial)
        if not trial.leftover():
            first = (found, trial)
            break
    if first is None:
        return None
    sentence.used |= first[1].used
    sentence.spread += first[1].spread
    return first[0]


def _of_the_call(sentence: Sentence, _: Dialogue, last: Result) -> Plan | None:
    change = _CHANGES.get(last.call.name)
    return change(sentence, dict(last.call.args), last) if change else None


def _is_everyone(result: Result) -> bool:
    selection = result.selection or {}
    return selection.get("rule", {"all": []}) == {"all": []} and not selection.get("limit")


def _of_the_customers(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """A number or a condition after an answer about customers: of those customers."""
    about = dialogue.about(last)
    if (
        about is None
        or (last.call.name == "measure" and sentence.has("ranking"))
        or (_is_everyone(about) and not sentence.has("comparison"))
    ):
        return None
    by = take_dimensions(sentence)
    metrics = take_metrics(sentence, by) if sentence.has("metric") or sentence.has("cue", "how_much") else []
    if metrics == ["revenue"] and sentence.take_all("cue", "average"):
        metrics = ["revenue_per_customer"]
    if not metrics or metrics == ["customers"]:
        return _change_list(sentence, {"rule": selection_rule(about)}, about) if not by else None
    window = sentence.take_window()
    dated = window.model_dump(mode="json", exclude_defaults=True) if window else None
    return plan("measure", metrics=metrics, by=by, window=dated, customers=about.customers, **take_filters(sentence))


def _changed_call(sentence: Sentence, dialogue: Dialogue) -> Result | None:
    """The latest result; a term that was explained in between cannot be split or dated."""
    if dialogue.last is None or not any(sentence.says(kind) for kind in ("by", "window", "ranking", "chart")):
        return dialogue.last
    found = [one for one in dialogue.results if one.call.name not in ("ask_user", "decline", "explain_term") and not one.aside]
    return found[-1] if found else dialogue.last


def _correct(sentence: Sentence) -> None:
    """“No, I said October, not November”: what is denied beside another of its kind is what was not meant."""
    corrected = bool(sentence.take_all("ellipsis", "correct"))
    for place, _ in list(sentence.free("neg")):
        at = _next(sentence, place)
        denied = sentence.tokens[at] if at is not None else None
        pair = denied is not None and any(_has_pair(sentence, at, kind) for kind in _PAIRS if denied.is_(kind))
        alone = denied is None or not any(denied.is_(kind) for kind in (*_PAIRS, "verb"))
        if pair and at is not None:
            sentence.use(place, at)
        elif (corrected and alone) or (place == 0 and alone) or (place == 0 and sentence.tokens[1].is_("punctuation")):
            sentence.use(place)


def _next(sentence: Sentence, place: int) -> int | None:
    """The next token that is no filler."""
    following = (at for at in range(place + 1, len(sentence.tokens)) if not sentence.tokens[at].is_("stop"))
    return next(following, None)


def _has_pair(sentence: Sentence, at: int | None, kind: str) -> bool:
    others = (place for place, _ in sentence.free(kind) if place != at)
    return any(not (place and sentence.tokens[place - 1].is_("neg")) for place in others)


def _why(sentence: Sentence, last: Result) -> Plan | None:
    sentence.take_all("cue", "why", "list", "churn", "churned", "previous", "growth")
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


def _change_churn(sentence: Sentence, args: Args, last: Result) -> Plan | None:
    before = dict(args)
    band, horizon, definition = sentence.take("band"), sentence.take("horizon"), sentence.take("definition")
    args |= {"band": band.id} if band else {}
    args |= {"horizon_days": horizon.data["days"]} if horizon else {}
    args |= {"definition": definition.id} if definition else {}
    args |= {"sort_by": "value"} if sentence.take_all("option", "churn_risk.sort_by.value") else {}
    ranking = sentence.take("ranking")
    args |= {"limit": ranking.data["n"]} if ranking and ranking.data.get("n") else {}
    take_limit(sentence, args)
    if args != before:
        return Plan((Call("churn_risk", args),))
    return change_find(sentence, {"rule": selection_rule(last)}, last)


def _change_segment(argument: str) -> Callable[[Sentence, Args, Result], Plan | None]:
    def change(sentence: Sentence, args: Args, last: Result) -> Plan | None:
        segment = sentence.take("segment")
        band = None if segment else sentence.take("band")
        if band:
            return Plan((Call(last.call.name, {**args, argument: {"field": "churn_band", "op": "=", "value": band.id}}),))
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
    quantity = next(((at, one) for at, one in sentence.free("quantity") if sentence.tokens[at].text.isdigit()), None)
    if quantity is None:
        return None
    sentence.use(quantity[0])
    return plan("look_up_customer", customer_id=str(quantity[1].data["value"]))


def _change_term(sentence: Sentence, _args: Args, _: Result) -> Plan | None:
    for kind in ("metric", "term", "segment", "field"):
        sense = sentence.take(kind)
        if sense:
            return plan("explain_term", term=sentence.vocabulary.name(kind, sense.id, sentence.language))
    return None


def _change_ability(sentence: Sentence, _args: Args, last: Result) -> Plan | None:
    changed = change_ability(sentence, last)
    if changed is None and last.selection:
        return change_find(sentence, {"rule": selection_rule(last)}, last)
    return changed


def _change_list(sentence: Sentence, args: Args, last: Result) -> Plan | None:
    return change_find(sentence, args, last, replaces=_leads(sentence) and not sentence.says("ellipsis", "only", "also"))


_CHANGES: dict[str, Callable[[Sentence, Args, Result], Plan | None]] = {
    **dict.fromkeys(asks.READ, _change_ability),
    "find_behaviour": _change_ability,
    "measure": change_measure,
    "find_customers": _change_list,
    "churn_risk": _change_churn,
    "summarize_segment": _change_segment("customers"),
    "suggest_strategy": _change_segment("customers"),
    "compare_segments": _change_segment("second"),
    "export_customers": _change_export,
    "look_up_customer": _change_look_up,
    "segment_overview": change_overview,
    "explain_term": _change_term,
}
