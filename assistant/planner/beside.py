"""“哪几家店卖得最好，前5名，带订单数”: what is to be shown beside an answer orders and limits nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from tools.metrics.catalogue import catalogue

_MOST_METRICS = 6
_LIGHT = ("stop", "punctuation", "conj", "pronoun", "dimension", "noun")
_SHARE = ("占比", "比例", "份额", "百分比", "比重")
_OF_FIELD = {"amount": "revenue", "orders": "orders", "average_order_value": "average_order_value"}
_COUNTED = {"customers": "buyers"}


def with_beside(asked: Asked) -> Plan | None:
    """The plan of the question with what is to be shown besides; None where nothing is, or where a part is not understood."""
    listed = _with_column(asked)
    if listed is not None:
        return listed
    said = asked.said("beside", asked.language)
    shown = _shown(asked.sentence(said["what"])) if said is not None else None
    if said is None or shown is None:
        return None
    found = asked.read(said["rest"].rstrip(" ,;?.!"))
    call = _with(found.calls[0], shown) if len(found.calls) == 1 else None
    return replace(found, calls=(call,)) if call is not None else None


def _with_column(asked: Asked) -> Plan | None:
    """“加一列年龄”, “also show their income” after a list of customers: the list with one more column."""
    last, said = asked.dialogue.last, asked.said("beside", "column")
    if said is None or last is None or last.call.name != "find_customers" or last.outcome not in ("answered", "empty"):
        return None
    shown = _shown(asked.sentence(said["what"]), of_people=True)
    call = _with(last.call, shown) if shown else None
    return Plan((call,)) if call is not None and call != last.call else None


def _shown(sentence: Sentence, *, of_people: bool = False) -> list[str] | None:
    """The metrics and fields that are named, of people their own ones first; None where something else is said, too."""
    found: list[str] = []
    for token in sentence.tokens:
        field, metric = token.get("field"), token.get("metric")
        own = next((sense for sense in token.senses if sense.kind == "field" and sense.id not in _OF_FIELD), None) if of_people else None
        if own is not None:
            found += [own.id]
        elif metric is not None or field is not None:
            found += [metric.id if metric is not None else field.id]  # type: ignore[union-attr]
        elif token.text not in _SHARE and not any(token.is_(kind) for kind in _LIGHT):
            return None
    return list(dict.fromkeys(found))


def _with(call: Call, shown: list[str]) -> Call | None:
    """The call with more metrics, or with more columns of its list; None where it shows neither."""
    if call.name == "measure" and call.args.get("by"):
        if not all(_metric_of(one) in {known.id for known in catalogue().metrics} for one in shown):
            return None
        return Call(call.name, {**call.args, "metrics": _metrics(call.args["metrics"], shown)})
    if call.name == "find_customers" and (call.args.get("sort_by") or call.args.get("rule") not in (None, {"all": []})):
        known = {one.id for one in catalogue().fields}
        fields = [next((name for name, metric in _OF_FIELD.items() if metric == one and name in known), one) for one in shown]
        if not all(one in known for one in fields):
            return None
        columns = [one for one in fields if one != call.args.get("sort_by")]
        args: dict[str, Any] = {**call.args, "columns": list(dict.fromkeys([*call.args.get("columns", ()), *columns]))}
        return Call(call.name, args if args["columns"] else dict(call.args))
    return None


def _metrics(metrics: list[str], shown: list[str]) -> list[str]:
    """The metrics, then those that are to be shown besides, each once."""
    known = {one.id for one in catalogue().metrics}
    more = [_metric_of(one) for one in shown]
    return list(dict.fromkeys([*metrics, *(one for one in more if one in known)]))[:_MOST_METRICS]


def _metric_of(shown: str) -> str:
    """The metric that tells what a field or metric names, where there is one."""
    one = _OF_FIELD.get(shown, shown)
    return _COUNTED.get(one, one)
