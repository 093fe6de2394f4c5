"""Follow-ups about the last lists or numbers together: how two lists differ, three months in one chart, who bought what was measured."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.counted_people import counted_rule
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.intents.windowed import with_windows
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.who import both, selection_rule
from tools.windows import Window

Args = dict[str, Any]
_TOGETHER = ("一起", "放一块", "一块", "together", "in one chart", "in one graph", "side by side")
_FEWEST = 3
_OF_LISTS = ("find_customers", "summarize_segment", "churn_risk", "compare_segments")


def of_two_lists(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“What's the difference”, “哪个多” after two lists of customers: their numbers in two times, else both compared."""
    if last.call.name not in ("find_customers", "summarize_segment"):
        return None
    asked = sentence.take_all("gap") + sentence.take_all("higher") + sentence.take_all("pair", "both", "together")
    asked += sentence.take_all("cue", "compare")
    lists = [one for one in dialogue.results if one.call.name in _OF_LISTS[:2] and one.outcome == "answered" and one.handle]
    if not asked or len(lists) < 2 or sentence.says("metric") or sentence.says("value") or sentence.says("segment"):
        return None
    sentence.take_all("cue", "previous", "growth", "how_much", "count")
    first, second = lists[-2:]
    timed = _in_two_times(sentence, first, second)
    return timed or plan("compare_segments", first=first.handle, second=second.handle)


def _in_two_times(sentence: Sentence, first: Result, second: Result) -> Plan | None:
    """The customers who ordered in each of two times, as one number in both."""
    rules = [one.call.args.get("rule") or {} for one in (first, second)]
    bare = [{key: value for key, value in rule.items() if key != "window" and value} for rule in rules]
    windows = [rule.get("window") for rule in rules]
    ordered = {"behaviour": "orders", "op": ">=", "value": 1}
    if bare[0] != bare[1] or {key: bare[0].get(key) for key in ordered} != ordered or not all(windows):
        return None
    where = bare[0].get("where")
    args: Args = {"metrics": ["buyers" if where else "active_customers"], "by": [], **({"where": where} if where else {})}
    return with_windows(sentence, args, [Window.model_validate(one) for one in windows])


def of_several(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“三个月一起画图” after three months, each measured by itself: all of them in one."""
    number = next((one.data["value"] for _, one in sentence.free("quantity") if one.data["value"] >= _FEWEST), None)
    together = sentence.says("pair", "three", "together") or any(word in sentence.text for word in _TOGETHER)
    if last.call.name != "measure" or not together or sentence.says("metric") or sentence.says("value"):
        return None
    alike = _alike(dialogue, last, int(number or _FEWEST))
    if alike is None:
        return None
    charts = [one.id for one in sentence.take_all("chart")]
    sentence.use(*range(len(sentence.tokens)))
    months = _months(alike)
    args = {key: value for key, value in last.call.args.items() if key != "compare"}
    if months is None:
        return Plan(tuple(Call("measure", {**args, "window": window}) for window in alike))
    chart = {"chart": charts[0]} if charts else {}
    return Plan((Call("measure", {**args, "by": ["month"], "window": months, **chart}),))


def _alike(dialogue: Dialogue, last: Result, number: int) -> list[Args] | None:
    """The times of the latest measurements that differ in nothing else; None where they are fewer than said."""
    bare = _untimed(last.call.args)
    found: list[Args] = []
    for result in dialogue.results:
        args = result.call.args
        if result.call.name == "measure" and _untimed(args) == bare and args.get("window") and args["window"] not in found:
            found.append(args["window"])
    return found[-number:] if len(found) >= number else None


def _untimed(args: Args) -> Args:
    return {key: value for key, value in args.items() if key not in ("window", "compare", "chart")}


def _months(windows: list[Args]) -> Args | None:
    """The whole stretch of calendar months that follow one another."""
    named = sorted(str(window.get("period")) for window in windows)
    try:
        starts = [dt.date.fromisoformat(f"{name}-01") for name in named]
    except ValueError:
        return None
    if (starts[-1].year - starts[0].year) * 12 + starts[-1].month - starts[0].month != len(starts) - 1:
        return None
    _, end = Window(period=named[-1]).resolve(dt.date.max), Window(period=named[-1]).resolve(dt.date.max).end
    return {"start": starts[0].isoformat(), "end": end.isoformat()} if end else None


def asks_who_bought(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“哪些人买的”, “who bought it” after a number of some goods or a store."""
    last = dialogue.last
    if last is None or last.call.name != "measure" or not last.call.args.get("where"):
        return False
    bought = sentence.says("verb", "order") and (sentence.says("cue", "list") or sentence.says("conj", "who"))
    kinds = ("verb", "cue", "noun", "pronoun", "that", "stop", "punctuation", "conj", "act", "ellipsis")
    return bought and all(any(token.is_(kind) for kind in kinds) for token in sentence.tokens) and not sentence.says("neg")


def of_absentees(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“没来的呢” after how many of some customers came: the others of them."""
    light = ("neg", "verb", "act", "stop", "punctuation", "ellipsis", "pronoun", "noun", "conj")
    denied = (
        sentence.says("neg") and sentence.says("verb", "order") and all(any(one.is_(kind) for kind in light) for one in sentence.tokens)
    )
    if last.call.name != "measure" or not denied or last.call.args.get("customers") is None:
        return None
    did = counted_rule(Call("measure", {key: one for key, one in last.call.args.items() if key != "customers"}))
    about = dialogue.about(last)
    whose = selection_rule(about) if about is not None else None
    if did is None or did.get("behaviour") != "orders" or whose is None:
        return None
    sentence.use(*range(len(sentence.tokens)))
    return plan("find_customers", rule=both(whose, {**did, "op": "=", "value": 0}))


def of_buyers(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """The customers who bought what was measured, in the same time."""
    if not asks_who_bought(sentence, dialogue):
        return None
    rule: Rule | None = counted_rule(Call("measure", {**last.call.args, "metrics": ["buyers"], "by": [], "compare": None}))
    if rule is None:
        return None
    sentence.use(*range(len(sentence.tokens)))
    return plan("find_customers", rule=rule)
