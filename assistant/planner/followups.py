"""Follow-up questions: an elliptic one changes the call before it ("and the month before?", "换成按地区", "why?")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from assistant.planner.ability_changes import change_ability, change_overview
from assistant.planner.above_figure import above_figure
from assistant.planner.churn_changes import change_churn
from assistant.planner.clauses import Rule
from assistant.planner.corrections import correct
from assistant.planner.denied_values import of_the_other
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.each_value import of_each_value
from assistant.planner.ellipsis import asks_reasons, leads
from assistant.planner.field_rules import field_of
from assistant.planner.find_changes import change_find
from assistant.planner.intents import asks
from assistant.planner.intents.filters import take_filters
from assistant.planner.intents.metric_words import take_dimensions, take_metrics
from assistant.planner.joint_changes import of_all_measures, of_all_parts, of_both, of_two_groups
from assistant.planner.measure_changes import change_measure
from assistant.planner.number_swaps import swap_number
from assistant.planner.other_bands import of_other_bands
from assistant.planner.other_customers import of_others
from assistant.planner.pair_changes import of_absentees, of_buyers, of_several, of_two_lists
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.share_changes import of_share
from assistant.planner.texts import text
from assistant.planner.thresholds import rebound
from assistant.planner.time_before import of_average_time
from assistant.planner.told_terms import explained_by
from assistant.planner.values_changed import revalued
from assistant.planner.who import selection_rule
from assistant.planner.windows import window_words
from assistant.planner.windows_changed import of_two_times
from tools.metrics.catalogue import catalogue

Args = dict[str, Any]
Changes = Callable[[Sentence, Dialogue, Result], Plan | None]
_TELLS_WHY = ("churn_risk", "look_up_customer", "find_rules", "measure_uplift", "weigh_rfm", "recommend_products", "model_quality")
"""Tools whose answers give the reasons themselves."""
_WHY_DIMENSIONS = ("category", "store", "rfm_group")


def follow_up(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The call before, changed as the question says; None where it cannot be."""
    last = _changed_call(sentence, dialogue)
    if last is None:
        return None
    swapped = swap_number(sentence, last) or of_the_other(sentence, dialogue, last)
    correct(sentence, last.call.args.get("where"))
    sentence.take_all("ellipsis")
    if swapped is not None:
        return swapped
    if sentence.has("cue", "why") or asks_reasons(sentence, dialogue):
        return _why(sentence, last)
    return _explained(sentence, last) or _first_change(sentence, dialogue, last)


def _explained(sentence: Sentence, last: Result) -> Plan | None:
    """What the number, or the kind of customers, of the answer before means."""
    if not sentence.has("cue", "explain") or sentence.has("metric"):
        return None
    vocabulary = sentence.vocabulary
    measured = last.call.name == "measure"
    term = vocabulary.name("metric", last.call.args["metrics"][0], sentence.language) if measured else explained_by(last, sentence)
    if term is None:
        return None
    sentence.take_all("cue", "explain")
    sentence.take_all("pronoun")
    return plan("explain_term", term=term)


def _first_change(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """The first of the ways to change the call that uses every word; else the first that is one."""
    first: tuple[Plan, Sentence] | None = None
    for change in _ways_to_change():
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


def _ways_to_change() -> tuple[Changes, ...]:
    """The ways in which a follow-up may change the call before, in the order in which they are tried."""
    return (
        of_other_bands,
        of_their_bound,
        above_figure,
        of_average_time,
        of_two_times,
        of_share,
        of_buyers,
        of_absentees,
        of_several,
        of_each_value,
        of_all_parts,
        of_two_groups,
        of_all_measures,
        of_both,
        of_two_lists,
        _of_them_first,
        _of_the_call,
        _of_the_customers,
    )


def of_their_bound(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“那放宽到5000呢” after a number of those above another bound: of those above this one."""
    told = sentence.says("ellipsis", "change", "correct") and not sentence.says("ranking")
    if last.call.name != "measure" or not told or last.call.args.get("limit") or not isinstance(last.call.args.get("customers"), str):
        return None
    about = next((one for one in dialogue.results if one.handle == last.call.args["customers"]), None)
    bound = rebound(sentence, (about.selection or {}).get("rule"), plainly=True) if about is not None else None
    return Plan((Call("measure", {**last.call.args, "customers": bound}),)) if bound is not None else None


def _of_the_call(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    change = _CHANGES.get(last.call.name)
    found = change(sentence, dict(last.call.args), last) if change else None
    return of_others(found, dialogue, last) if found is not None and last.call.name == "measure" else found


def _of_them_first(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“一共花了多少” after a list: a number of those customers, before it is read as a condition on them."""
    counted = _spent(sentence) or any(not sentence.tokens[place].is_("noun") for place, _ in sentence.free("metric"))
    ranked = list(last.call.args.get("by") or ()) == ["customer"] and sentence.says("pronoun") and not sentence.says("ellipsis", "also")
    if (last.call.name == "measure" and not ranked) or not counted or sentence.has("comparison") or _orders(sentence, last):
        return None
    about = dialogue.about(last)
    if sentence.has("cue", "share") and sentence.has("metric", "revenue") and about is not None and not _is_everyone(about):
        sentence.take_all("metric")
        sentence.take_all("cue", "share", "how_much", "count", "total", "everyone")
        return plan("summarize_segment", customers=about.customers)
    found = _of_the_customers(sentence, dialogue, last)
    return found if found is not None and found.calls[0].name in ("measure", "summarize_segment") else None


def _orders(sentence: Sentence, last: Result) -> bool:
    """“I meant by number of orders” of a list in some order: how it is to be ordered."""
    ordered = last.call.name == "find_customers" and bool(last.call.args.get("sort_by"))
    places = [place + 1 for place, _ in sentence.free("by")]
    return ordered and any(sentence.tokens[at].is_("field") for at in places if at < len(sentence.tokens))


def _spent(sentence: Sentence) -> bool:
    """“花了多少”, “how much”: an amount of money is asked for."""
    return sentence.has("cue", "how_much") or (sentence.has("verb", "spend") and sentence.has("cue", "count"))


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
    metrics = take_metrics(sentence, by) if sentence.has("metric") or _spent(sentence) else []
    if metrics == ["revenue"] and sentence.take_all("cue", "average"):
        metrics = ["revenue_per_customer"]
    if metrics:
        sentence.take_all("verb", "spend", "order")
        sentence.take_all("cue", "count", "total")
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


def _why(sentence: Sentence, last: Result) -> Plan | None:
    sentence.take_all("cue", "why", "list", "churn", "churned", "previous", "growth")
    sentence.take_all("part", "risk")
    sentence.take_all("field", "churn_reasons")
    sentence.take_all("pronoun")
    if last.call.name in _TELLS_WHY:
        return Plan((last.call,))
    if last.call.name == "measure":
        for kind in ("value", "window", "metric", "level", "segment", "ranking", "direction"):
            sentence.take_all(kind)
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


def _change_segment(argument: str) -> Callable[[Sentence, Args, Result], Plan | None]:
    def change(sentence: Sentence, args: Args, last: Result) -> Plan | None:
        """The call with the group that the question names."""
        segment = sentence.take("segment")
        other = None if segment else _other_value(sentence, args.get(argument))
        if other is not None:
            sentence.take_all("cue", "compare")
            return Plan((Call(last.call.name, {**args, argument: other}),))
        band = None if segment else sentence.take("band")
        if band:
            return Plan((Call(last.call.name, {**args, argument: {"field": "churn_band", "op": "=", "value": band.id}}),))
        if not segment:
            by = take_dimensions(sentence)
            return plan("measure", metrics=["customers"], by=by, customers=last.handle) if by and last.handle else None
        compared = bool(sentence.take_all("cue", "compare"))
        if compared and last.call.name == "summarize_segment" and args.get(argument):
            return plan("compare_segments", first=args[argument], second=segment.id)
        return Plan((Call(last.call.name, {**args, argument: segment.id}),))

    return change


def _other_value(sentence: Sentence, group: Any) -> Rule | None:
    """“换成45-54”: the group with another value of the property that makes it."""
    changed = revalued(sentence.again(), group) if isinstance(group, dict) else None
    return revalued(sentence, group) if changed is not None else None


def _change_data(sentence: Sentence, args: Args, _: Result) -> Plan | None:
    """“收入呢” after how many have their age known: the same of another property."""
    fields = [found for token in sentence.tokens if (found := field_of(token)) is not None]
    if args.get("topic") != "coverage" or not fields:
        return None
    for kind in ("field", "dimension", "metric"):
        sentence.take_all(kind)
    before = list(args.get("fields") or ()) if sentence.says("ellipsis", "also") else []
    return Plan((Call("describe_data", {**args, "fields": list(dict.fromkeys([*before, *fields]))}),))


def _change_cohorts(sentence: Sentence, args: Args, _: Result) -> Plan | None:
    """“In quarters”, “by orders instead”, “2017下半年的呢”: other cohorts, another measure or time."""
    before = dict(args)
    for sense in [one for _at, one in sentence.free("dimension", "month", "quarter", "week")]:
        args["cohort"] = sense.id
    sentence.take_all("dimension", "month", "quarter", "week", "first_order_month")
    measured = next((one.id for one in sentence.take_all("metric") if one.id in ("orders", "revenue", "customers")), None)
    args |= {"measure": measured} if measured else {}
    window = sentence.take_window()
    args |= {"window": window.model_dump(mode="json", exclude_defaults=True)} if window else {}
    segment = sentence.take("segment")
    args |= {"customers": segment.id} if segment else {}
    sentence.take_all("by")
    return Plan((Call("cohort_retention", args),)) if args != before else None


def _change_export(sentence: Sentence, args: Args, _: Result) -> Plan | None:
    kind, segment = sentence.take("format"), sentence.take("segment")
    personal = sentence.take_all("cue", "personal")
    sentence.take_all("cue", "export")
    args |= {"format": kind.id} if kind else {}
    args |= {"customers": segment.id} if segment else {}
    args |= {"include_personal": True} if personal else {}
    return Plan((Call("export_customers", args),)) if kind or segment or personal else None


def _change_look_up(sentence: Sentence, _args: Args, _: Result) -> Plan | None:
    named = sentence.take("customer_id")
    if named is not None:
        return plan("look_up_customer", customer_id=named.id)
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
    trial = sentence.again()
    changed = change_ability(trial, last)
    if changed is not None and (not trial.leftover() or not last.selection):
        sentence.used |= trial.used
    elif last.selection:
        return change_find(sentence, {"rule": selection_rule(last)}, last)
    return changed


def _change_list(sentence: Sentence, args: Args, last: Result) -> Plan | None:
    return change_find(sentence, args, last, replaces=leads(sentence) and not sentence.says("ellipsis", "only", "also"))


_CHANGES: dict[str, Callable[[Sentence, Args, Result], Plan | None]] = {
    **dict.fromkeys(asks.READ, _change_ability),
    "find_behaviour": _change_ability,
    "measure": change_measure,
    "find_customers": _change_list,
    "churn_risk": change_churn,
    "summarize_segment": _change_segment("customers"),
    "suggest_strategy": _change_segment("customers"),
    "compare_segments": _change_segment("second"),
    "export_customers": _change_export,
    "look_up_customer": _change_look_up,
    "cohort_retention": _change_cohorts,
    "segment_overview": change_overview,
    "explain_term": _change_term,
    "describe_data": _change_data,
}
