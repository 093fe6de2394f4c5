"""Follow-ups about several calls at once: all parts of a question, two answers together."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.intents.filters import segments_apart
from assistant.planner.intents.windowed import with_windows
from assistant.planner.measure_changes import change_measure
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense
from tools.windows import Window

Args = dict[str, Any]
_MOST_DIMENSIONS = 2
_ONE_THING = ({"where"}, {"window"}, {"customers"})
"""What several measurements of one question may differ in."""
_IN_ALL = re.compile(r"\bin (?:total|all)\b|\boverall\b|总共|一共|合计")
_SPENDS = re.compile(r"\b(?:spend|spent|pay|paid)|花|消费")


def of_all_parts(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“And loyal?” after a question of several parts about one group: all of them about the other."""
    calls = [one.call for one in dialogue.results if one.turn == last.turn and not one.aside]
    content = [token for token in sentence.tokens if not any(token.is_(kind) for kind in ("stop", "punctuation", "ellipsis", "conj"))]
    group = content[0].get("segment") if len(content) == 1 else None
    if len(calls) < 2 or group is None or any(call.name in ("save_segment", "cluster_customers") for call in calls):
        return None
    sentence.take_all("segment")
    changed: list[Call] = []
    for call in calls:
        key = "rule" if "rule" in call.args else "customers"
        if set(call.args) & {"first", "second"} or key not in call.args:
            return None
        other = Call(call.name, {**call.args, key: {"segment": group.id} if key == "rule" else group.id})
        changed += [other] if other not in changed else []
    return Plan(tuple(changed))


def of_all_measures(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“只看下半年” after the number of two stores, “只看乳品呢” after that of two times: of both of them."""
    shown = [one for one in dialogue.results if one.turn == last.turn and not one.aside]
    calls = [one.call for one in shown if one.call.name == "measure"]
    if len(calls) < 2 or len(calls) != len(shown) or any(sentence.has(kind) for kind in ("pair", "gap", "higher")):
        return None
    apart = [_apart(calls[0].args, call.args) for call in calls[1:]]
    if any(one != apart[0] or one not in _ONE_THING for one in apart):
        return None
    changed: list[Call] = []
    used = set(sentence.used)
    for result in shown:
        trial = sentence.again()
        found = change_measure(trial, dict(result.call.args), result)
        if found is None or len(found.calls) != 1 or found.calls[0] in changed:
            return None
        changed.append(found.calls[0])
        used |= trial.used
    sentence.used = used
    return Plan(tuple(changed))


def of_both(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“Both together”, “两个差多少”, “which is higher”: two measurements that differ in one thing, side by side."""
    asked = sentence.take_all("gap") + sentence.take_all("higher")
    named = sentence.take_all("pair", "both", "together") or _two(sentence)
    if not asked and not named and not any(sentence.has(kind) for kind in ("window", "value", "segment", "metric", "condition")):
        named = sentence.take_all("cue", "compare")  # “对比一下”
    if last.call.name != "measure" or not (named or asked):
        return None
    metrics = [one.id for one in sentence.take_all("metric")] if named else []
    if not metrics and any(token.is_("higher") and _SPENDS.search(token.text) for token in sentence.tokens):
        metrics = ["revenue"] if _IN_ALL.search(sentence.text) else ["revenue_per_customer"]
    sentence.take_all("cue", "compare", "list", "previous", "how_much", "count")
    if metrics or (named and sentence.has("cue", "growth")):
        return _of_pair_by(sentence, dialogue, last, metrics, asked)
    if any(one.kind == "gap" for one in asked) and not named and _has_two_sides(last):
        return Plan((Call("measure", dict(last.call.args)),))  # the answer tells how far two groups are apart
    if not named and last.call.args.get("by") and (ordered := _ordered(last, asked)) is not None:
        return ordered
    if asked and not named and last.call.args.get("by") and sentence.has("ranking", "largest") and sentence.has("ranking", "smallest"):
        for kind in ("ranking", "rank", "cue"):
            sentence.take_all(kind)
        return Plan((Call("measure", {**{key: one for key, one in last.call.args.items() if key != "limit"}, "sort": "largest"}),))
    if last.call.args.get("compare") and not named:
        return _of_compared(sentence, last)
    pair = _pair(dialogue)
    if pair is None:
        return None
    first, second = _in_time(sentence, pair)
    windows = [Window.model_validate(one["window"]) for one in (first, second) if one.get("window")]
    sentence.take_all("cue", "growth")
    if len(windows) == 2 and _apart(first, second) == {"window"}:
        return with_windows(sentence, dict(second), windows)
    return _side_by_side(first, second, asked)


def _of_pair_by(sentence: Sentence, dialogue: Dialogue, last: Result, metrics: list[str], asked: list[Sense]) -> Plan | None:
    """“这俩店谁的客单价高”, "which of the two grew more": both sides before, by another number or by their growth."""
    by = list(last.call.args.get("by") or ())
    values = [limited for one in by if len(limited := (last.call.args.get("where") or {}).get(one, [])) == _MOST_DIMENSIONS]
    pair = None if values else _pair(dialogue)
    if not values and pair is None:
        return None
    two_times = pair is not None and _apart(*pair) == {"window"}
    growth = bool(sentence.take_all("cue", "growth")) and not two_times
    sentence.take_all("level")
    sentence.take_all("ranking")
    sides = [dict(last.call.args)] if values else list(pair or ())
    asked = asked or [Sense("higher", "largest")]
    if metrics:
        sides = [{**one, "metrics": metrics} for one in sides]
    if growth:
        asked = [Sense("higher", "growth")]
        sides = [{**one, "compare": "previous"} for one in sides]
    if values:
        return Plan((Call("measure", {**sides[0], **({"sort": asked[0].id} if asked[0].kind == "higher" else {})}),))
    first, second = sides
    windows = [Window.model_validate(one["window"]) for one in (first, second) if one.get("window")]
    if len(windows) == _MOST_DIMENSIONS and two_times:
        return with_windows(sentence, {"by": [], **second}, windows)
    return _side_by_side(first, second, asked)


def _has_two_sides(last: Result) -> bool:
    """Whether a measurement shows two groups."""
    by = list(last.call.args.get("by") or ())
    limited = (last.call.args.get("where") or {}).get(by[0], []) if len(by) == 1 else []
    return len(by) == 1 and (len(limited) == _MOST_DIMENSIONS or (len(last.rows) == _MOST_DIMENSIONS and last.whole))


def _of_compared(sentence: Sentence, last: Result) -> Plan:
    """“What's the difference in percent” after a number beside the one before: the answer tells it."""
    sentence.take_all("cue", "growth", "share")
    return Plan((Call("measure", dict(last.call.args)),))


def _in_time(sentence: Sentence, pair: tuple[Args, Args]) -> tuple[Args, Args]:
    """“两家比一下全年的”: both in the time that is named."""
    named = list(sentence.free("window"))
    if len(named) != 1 or "window" in _apart(*pair):
        return pair
    sentence.use(named[0][0])
    window = named[0][1].data["window"].model_dump(mode="json", exclude_defaults=True)
    return {**pair[0], "window": window}, {**pair[1], "window": window}


def of_two_groups(sentence: Sentence, dialogue: Dialogue, _: Result) -> Plan | None:
    """“哪个人均消费高” after two groups of customers: the number of each, side by side where they are of one scheme."""
    asked = sentence.take_all("gap") + sentence.take_all("higher") + sentence.take_all("pair", "both", "together")
    asked += sentence.take_all("cue", "compare")
    sentence.take_all("further")
    groups = _groups(dialogue)
    if not asked or len(groups) != 2:
        return None
    spent = sentence.take_all("cue", "average") and (sentence.take_all("field", "amount") or sentence.take_all("verb", "spend"))
    spends = any(token.is_("higher") and _SPENDS.search(token.text) for token in sentence.tokens)
    metrics = ["revenue_per_customer"] if spent or spends else [one.id for one in sentence.take_all("metric") if one.id != "customers"]
    if not metrics:
        return None
    order = {"sort": asked[0].id} if asked[0].kind == "higher" else {}
    together = {"any": [{"segment": one} for one in groups]}
    if all(isinstance(one, str) for one in groups) and (by := segments_apart(together)):
        return Plan((Call("measure", {"metrics": metrics, "customers": together, "by": by, **order}),))
    return Plan(tuple(Call("measure", {"metrics": metrics, "customers": one}) for one in groups))


def _groups(dialogue: Dialogue) -> list[Any]:
    """The last two groups of customers that answers were about: a segment's id, or what stands for them."""
    found: list[Any] = []
    for result in reversed(dialogue.results):
        selection = result.selection
        if selection is None or result.aside or result.call.name == "measure":
            continue
        rule = selection.get("rule") or {"all": []}
        named = rule["segment"] if set(rule) == {"segment"} and not selection.get("limit") else result.customers
        if named not in found and rule != {"all": []}:
            found.insert(0, named)
    return found[-2:]


def _two(sentence: Sentence) -> bool:
    """“两个季度差多少”: two of something that can only be those before."""
    told = [place for place, one in sentence.free("quantity") if one.data["value"] == 2]
    if len(told) != 1 or sentence.says("noun") or sentence.says("metric"):
        return False
    sentence.use(told[0])
    sentence.take_all("dimension")
    return True


def _ordered(last: Result, asked: list[Sense]) -> Plan | None:
    """“Which is higher” of groups that are shown: the highest first."""
    found = next((one for one in asked if one.kind == "higher"), None)
    return Plan((Call("measure", {**last.call.args, "sort": found.id}),)) if found else None


def _pair(dialogue: Dialogue) -> tuple[Args, Args] | None:
    """The arguments of the last two measurements that differ in one thing only."""
    measured: list[Args] = []
    for result in dialogue.results:
        if result.call.name == "measure" and result.outcome == "answered" and not result.aside:
            measured = [*(one for one in measured if one != result.call.args), result.call.args]
    pairs = ((first, second) for at, second in reversed(list(enumerate(measured))) for first in reversed(measured[:at]))
    return next((pair for pair in pairs if len(_apart(*pair)) == 1), None)


def _apart(first: Args, second: Args) -> set[str]:
    """What two measurements differ in."""
    keys = {*first, *second} - {"chart", "compare", "sort"}
    return {key for key in keys if first.get(key) != second.get(key)}


def _side_by_side(first: Args, second: Args, asked: list[Sense]) -> Plan | None:
    """Two values, groups or metrics in one measurement, where they can be; else both again."""
    both = Plan((Call("measure", first), Call("measure", second)))
    apart = _apart(first, second)
    if len(apart) != 1:
        return both if apart else Plan((Call("measure", second),))
    (key,) = apart
    order = {"sort": asked[0].id} if asked and asked[0].kind == "higher" else {}
    if key == "metrics":
        return Plan((Call("measure", {**second, "metrics": list(dict.fromkeys([*first[key], *second[key]]))}),))
    if key == "where":
        where = {**first.get("where", {}), **second.get("where", {})}
        names = [one for one in where if first.get("where", {}).get(one) != second.get("where", {}).get(one)]
        if len(names) != 1 or any(len(one.get("where", {}).get(names[0], [])) != 1 for one in (first, second)):
            return both
        values = list(dict.fromkeys(value for one in (first, second) for value in one["where"][names[0]]))
        by = list(dict.fromkeys([names[0], *second.get("by", [])]))[:_MOST_DIMENSIONS]
        return Plan((Call("measure", {**second, "where": {**where, names[0]: values}, "by": by, **order}),))
    named = [one.get("customers") for one in (first, second)]
    together = {"any": [{"segment": one} for one in named]}
    if key == "customers" and all(isinstance(one, str) for one in named) and (by := segments_apart(together)) and not second.get("by"):
        return Plan((Call("measure", {**second, "customers": together, "by": by, **order}),))
    return both
