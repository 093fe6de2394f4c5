"""What a follow-up changes of a list of customers: its conditions, time, segment, order and length."""

from __future__ import annotations

from typing import Any

from assistant.planner.clauses import Rule, plain
from assistant.planner.conditions import find_rules
from assistant.planner.dialogue import Result
from assistant.planner.intents.metric_words import countable, take_dimensions
from assistant.planner.list_order import beside_shown, change_length, change_order, change_ranking, cut_short, reordered
from assistant.planner.opposed import unmoved
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.recent_fields import as_done, in_order_of_time
from assistant.planner.sentence import Sentence
from assistant.planner.thresholds import rebound
from assistant.planner.values_changed import bought_instead, revalued
from assistant.planner.who import both, of_those_campaigns, selection_rule
from tools.windows import Window

Args = dict[str, Any]


def change_find(sentence: Sentence, args: Args, last: Result, *, replaces: bool = False) -> Plan | None:
    """The list with what the question says anew; split by a dimension, a count of it.

    Args:
        sentence: The follow-up.
        args: Arguments of the list so far.
        last: The result before.
        replaces: Whether a condition takes the place of the one on the same field ("what about renters?").
    """
    ordered = reordered(sentence, args) or cut_short(sentence, args) or beside_shown(sentence, args)
    if ordered is not None:
        return ordered
    denied = _denied(sentence, args.get("rule"))
    if denied is not None:
        return plan("find_customers", rule=denied)
    ranked = in_order_of_time(sentence, args)
    if ranked is not None:
        return ranked
    swaps = any(sentence.tokens[place].is_(kind) for place in sentence.used for kind in ("neg", "drop"))
    changes = replaces or swaps or sentence.says("ellipsis", "change", "correct", "aside")
    if changes:
        bought_instead(sentence, args.get("rule"))
    bound = rebound(sentence, args.get("rule"), plainly=changes and not args.get("limit"))
    if bound is not None:
        args = {**args, "rule": bound}
        if not sentence.leftover():
            return Plan((Call("find_customers", args),))
    of_shown = _beyond(sentence, args)
    if of_shown is not None:
        return plan("find_customers", **{**args, "rule": both(args.get("rule"), of_shown)})
    by = [] if sentence.has("comparison") else take_dimensions(sentence)
    if by and last.customers:
        charts = [one.id for one in sentence.take_all("chart")]
        chart = next((one for one in charts if one != "auto"), next(iter(charts), None))
        return plan("measure", metrics=[countable(sentence, "customers", by)], by=by, customers=last.customers, chart=chart)
    before = {} if bound else dict(args)
    args["rule"] = _changed_rule(sentence, args, last, replaces=replaces, changes=changes)
    change_ranking(sentence, args)
    change_length(sentence, args)
    shown = sentence.take_all("shown", "table")
    counted = sentence.take_all("cue", "count", "list")
    again = not sentence.leftover() and any(sentence.says(kind) for kind in ("quantity", "ranking", "window", "flip"))
    return Plan((Call("find_customers", args),)) if args != before or shown or counted or again else None


def _changed_rule(sentence: Sentence, args: Args, last: Result, *, replaces: bool, changes: bool) -> Rule | None:
    """The conditions of the list with the times, values, segments and conditions that the question says; its order, too, in ``args``."""
    rule = args.get("rule")
    windows = [sense.data["window"] for sense in sentence.take_all("window")] if not sentence.has("verb") else []
    rule = _in_other_time(sentence, rule, windows)
    change_order(sentence, args)
    if sentence.take_all("flip"):
        args |= {"sort_by": args.get("sort_by", "amount"), "descending": not args.get("descending", True)}
    other = revalued(sentence, rule) if changes and not sentence.says("ellipsis", "also", "only") else None
    rule = other or rule
    removed = _removed(sentence, rule)
    if removed is not None:
        rule = removed
    segments = sentence.take_all("segment") if not sentence.has("neg") else []
    rule = _with_segments(sentence, rule, [one.id for one in segments])
    added = find_rules(sentence)
    if added is not None and sentence.take_all("drop"):
        added = _opposite(added)
    if added is not None and sentence.says("ellipsis", "only") and (narrowed := _narrowed(rule, added)) is not None:
        rule, added = narrowed, None
    if added is None:
        return rule
    rule = rule if segments or windows else selection_rule(last)
    added = added if sentence.says("dimension", "campaign") else of_those_campaigns(rule, added) or added
    meant = sentence.says("ellipsis", "correct") and not sentence.says("ellipsis", "only", "also") and sentence.says("verb")
    rule = None if meant and isinstance(rule, dict) and set(rule) != {"all"} else rule
    if changes and not sentence.says("ellipsis", "also", "only"):
        rule = _without_other_times(rule, added)
    return both(without_fields(rule, added), _dated(rule, added)) if replaces else both(_without_denied(rule, added), added)


def _without_other_times(rule: Rule | None, added: Rule) -> Rule | None:
    """“如果是60天没下单呢” of those who have not ordered for 90 days: the same in another time takes its place."""
    if rule is None or "behaviour" not in added or not added.get("window"):
        return rule
    parts = rule["all"] if set(rule) == {"all"} else [rule]
    kept = [part for part in parts if not _is_same({**part, "window": None}, {**added, "window": None})]
    return both({"all": kept} if kept else None, None)


def _with_segments(sentence: Sentence, rule: Rule | None, segments: list[str]) -> Rule | None:
    """The conditions with the segments that are named: beside them, among them, or in place of one."""
    if not segments:
        return rule
    if sentence.says("ellipsis", "also") and not _adds_condition(sentence):
        return {"any": [rule or {"all": []}, *({"segment": one} for one in segments)]}
    if _adds_condition(sentence):
        return both(rule, {"segment": segments[0]} if len(segments) == 1 else {"any": [{"segment": one} for one in segments]})
    return _resegmented(rule, segments)


def _adds_condition(sentence: Sentence) -> bool:
    """“再加一个条件”, “add a filter”: what follows holds beside what was said, and is no other group."""
    words = ("条件", "限制", "筛选", "condition", "filter", "criterion", "requirement")
    return any(token.is_("ellipsis", "also") and any(word in token.text for word in words) for token in sentence.tokens)


_LEAST_SPEND = 100
"""A bare number from here on is an amount of money, where nothing else says what it counts."""


def _beyond(sentence: Sentence, args: Args) -> Rule | None:
    """“Only the ones above 800” of a list in order of spend: a bound on what it is in order of; else of spend."""
    light = ("stop", "punctuation", "ellipsis", "pronoun", "noun")
    said = [token for token in sentence.tokens if not any(token.is_(kind) for kind in light)]
    bound = said[0].get("comparison") if len(said) == 1 else None
    if bound is None or bound.data["unit"] not in ("", "piece") or args.get("limit"):
        return None
    value, field = bound.data["value"], args.get("sort_by")
    number = value[0] if isinstance(value, list) else value
    if field is None and number < _LEAST_SPEND:
        return None
    sentence.use(*range(len(sentence.tokens)))
    done = "amount" if field in (None, "amount") else field if field == "orders" else None
    rule: Rule = {"behaviour": done} if done else {"field": field}
    return {**rule, "op": bound.data["op"], "value": value if isinstance(value, list) else plain(value)}


def _in_other_time(sentence: Sentence, rule: Any, windows: list[Window]) -> Any:
    """The conditions in the time that is named, or in the one before theirs."""
    if windows:
        return _redated(rule, windows[0].model_dump(mode="json", exclude_defaults=True), sentence.says("ellipsis", "correct"))
    dated = _window_of(rule) if sentence.has("cue", "previous") else None
    if not dated:
        return rule
    sentence.take_all("cue", "previous")
    return rewindowed(rule, Window.model_validate(dated).previous().model_dump(mode="json", exclude_defaults=True))


def _denied(sentence: Sentence, rule: Any) -> Any:
    """“没买过的呢”, “and those who did not?”: the others, of a rule of one condition."""
    taken = [token for token in sentence.tokens if token.is_("neg", "except") or token.is_("drop")]
    if _adds_condition(sentence):
        return None  # “add a condition: never used a coupon”
    if taken and any(token.is_("neg", "not") for token in sentence.tokens if token not in taken):
        return None  # “去掉没用过券的”: those who used one stay
    act = [token for token in sentence.tokens if token.is_("verb", "order") or token.is_("neg")]
    said = [token for token in sentence.tokens if token in act or not any(token.is_(kind) for kind in ("stop", "punctuation", "noun"))]
    verbs = [token.get("verb") for token in said if token.is_("verb") or token.is_("half_verb")]
    beside = ("verb", "half_verb", "neg", "ellipsis", "pronoun", "conj", "act")
    others = [token for token in said if not any(token.is_(kind) for kind in beside)]
    light = ("neg", "ellipsis", "pronoun", "conj")
    bare = len(said) > 1 and all(any(token.is_(kind) for kind in light) for token in said)
    responds = any(one is not None and one.id == "respond" for one in verbs)
    if others or not (verbs or bare) or not isinstance(rule, dict) or (responds and "responses" not in str(rule)):
        return None  # “没用过券的呢” of those who were reached are some of them
    if not (any(token.is_("neg", "not") for token in said) or any(one is not None and one.data.get("negated") for one in verbs)):
        return None
    for kind in beside:
        sentence.take_all(kind)
    if responds and (others_of := unmoved(rule)) is not None:
        return others_of
    last = rule["all"][-1] if rule.get("all") else {}
    if (
        last.get("behaviour") == "orders"
        and (bare or any(one is not None and one.id == "order" for one in verbs))
        and str(last.get("value")) == "1"
    ):
        return {"all": [*rule["all"][:-1], {**last, "op": "=", "value": 0}]}  # of those that were asked about, who did not
    if "behaviour" in rule and rule.get("op") == ">=" and str(rule.get("value")) == "1":
        return {**rule, "op": "=", "value": 0}
    return {"not": rule} if verbs or "all" not in rule else None


def _opposite(rule: Rule) -> Rule:
    """All others; of those who never did something, those who did."""
    never = "behaviour" in rule and rule.get("op") == "=" and str(rule.get("value")) == "0"
    return {**rule, "op": ">=", "value": 1} if never else {"not": rule}


def _removed(sentence: Sentence, rule: Any) -> Any:
    """“去掉肉类” where meat is a condition: the rule without it."""
    if not sentence.has("neg", "except") or not isinstance(rule, dict):
        return None
    for _, sense in sentence.free("value"):
        parts = rule["all"] if set(rule) == {"all"} else [rule]
        kept = [part for part in parts if sense.data["value"] not in (part.get("where") or {}).get(sense.data["dimension"], ())]
        if len(kept) != len(parts):
            sentence.take_all("value", sense.id)
            sentence.take_all("neg", "except")
            return both({"all": kept} if kept else None, None) or {"all": []}
    return None


def _narrowed(rule: Any, added: Rule) -> Any:
    """“Only meat” of those who bought meat and seafood: the conditions on other values go."""
    parts = rule["all"] if isinstance(rule, dict) and set(rule) == {"all"} else [rule]
    alike = [part for part in parts if isinstance(part, dict) and added.get("where") and _same_kind(part, added)]
    same = [part for part in alike if part["where"] == added["where"]]
    if not same or len(alike) == len(same):
        return None
    return both({"all": [part for part in parts if part not in alike or part in same]}, None)


def _window_of(rule: Any) -> Any:
    """The window of the first behaviour of a rule."""
    if isinstance(rule, dict):
        rule = as_done(rule)
        if rule.get("window"):
            return rule["window"]
        rule = [part for key, part in rule.items() if key in ("all", "any", "not")]
    return next((found for part in rule if (found := _window_of(part))), None) if isinstance(rule, list) else None


def _without_denied(rule: Rule | None, added: Rule) -> Rule | None:
    """The rule without what the new conditions deny: nobody bought meat and did not."""
    denied = [part["not"] for part in (added["all"] if set(added) == {"all"} else [added]) if set(part) == {"not"}]
    parts = (rule["all"] if set(rule) == {"all"} else [rule]) if rule else []
    kept = [part for part in parts if not any(_is_same(part, one) for one in denied)]
    return rule if len(kept) == len(parts) else both({"all": kept} if kept else None, None)


def _is_same(first: Rule, second: Rule) -> bool:
    """Whether two conditions say the same, whatever they leave open."""
    keys = {*first, *second}
    return all((first.get(key) or None) == (second.get(key) or None) for key in keys)


def _dated(rule: Rule | None, added: Rule) -> Rule:
    """“How about deli?” of those who bought seafood last quarter: last quarter too."""
    parts = (rule["all"] if set(rule) == {"all"} else [rule]) if rule else []
    window = next((part["window"] for part in parts if added.get("where") and _same_kind(part, added) and part.get("window")), None)
    return {**added, "window": window} if window and not added.get("window") else added


def without_fields(rule: Rule | None, added: Rule) -> Rule | None:
    """The rule without its conditions on fields that ``added`` sets anew: "what about renters?" replaces homeowners."""
    if rule is None or not ("field" in added or added.get("where")):
        return rule
    parts = rule["all"] if set(rule) == {"all"} else [rule]
    kept = [part for part in parts if not _same_kind(part, added)]
    return both({"all": kept} if kept else None, None)


def _same_kind(first: Rule, second: Rule) -> bool:
    """Whether two conditions are on the same field, or on what was done with values of the same dimensions."""
    if "field" in second:
        return bool(str(first.get("field", "")).removeprefix("attribute.") == second["field"].removeprefix("attribute."))
    same = all(first.get(key) == second.get(key) for key in ("behaviour", "op", "value"))
    return bool(same) and set(first.get("where") or ()) == set(second["where"])


def _redated(rule: Any, window: Args, corrected: bool) -> Any:
    """“不对，是11月” of those who bought flowers and came in December: what had no time keeps none; a correction is of the last."""
    parts = rule["all"] if isinstance(rule, dict) and set(rule) == {"all"} else []
    dated = [part for part in parts if _window_of(part)]
    meant = dated[-1:] if corrected else dated
    if not meant or len(meant) == len(parts):
        return rewindowed(rule, window)
    return {"all": [rewindowed(part, window) if part in meant else part for part in parts]}


def rewindowed(rule: Any, window: Args) -> Any:
    """The rule with all its behaviours in another window."""
    if isinstance(rule, dict):
        rule = as_done(rule)
        if "behaviour" in rule:
            return {**rule, "window": window}
        return {key: rewindowed(value, window) if key in ("all", "any", "not") else value for key, value in rule.items()}
    return [rewindowed(part, window) for part in rule] if isinstance(rule, list) else rule


def _resegmented(rule: Rule | None, segments: list[str]) -> Rule:
    """The rule with its segment replaced, or with these added."""
    named: Rule = {"segment": segments[0]} if len(segments) == 1 else {"any": [{"segment": one} for one in segments]}
    if rule and "segment" in rule:
        return named
    parts = rule["all"] if rule and set(rule) == {"all"} else [rule] if rule else []
    kept = [part for part in parts if "segment" not in part]
    return both({"all": kept} if kept else None, named) or named
