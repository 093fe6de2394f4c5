"""Which of two figures of the same metric is higher, where a question sets two sides beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.planner.dialogue import Result
from assistant.planner.texts import text
from assistant.planner.views import ResultView

_SIDES = 2
_WHOM = ("customers", "where", "where_not")


def higher_of_two(results: Sequence[Result], language: str) -> str:
    """One sentence that says which is higher; empty where the results are no such two figures."""
    if len(results) != _SIDES or not all(_is_figure(one) for one in results):
        return ""
    first, second = (ResultView(one, language) for one in results)
    metrics = first.details.get("metrics") or []
    if metrics != second.details.get("metrics") or len(metrics) != 1 or not (first.has(metrics[0]) and second.has(metrics[0])):
        return ""
    figure = _figure((first, second), metrics[0])
    if figure is None:
        return ""
    values = [first.value(figure), second.value(figure)]
    if values[0] == values[1]:
        return text("both_equal", language)
    higher = 0 if values[0] > values[1] else 1
    words = _side((first, second)[higher], results[higher].call.args, results[1 - higher].call.args)
    return text("which_higher", language).format(words=words or text(f"side_{higher}", language))


def _is_figure(result: Result) -> bool:
    """Whether it is one figure and no comparison of its own."""
    args = result.call.args
    grouped = any(args.get(one) for one in ("by", "compare", "percentiles", "having"))
    return result.call.name == "measure" and result.outcome == "answered" and not grouped


def _figure(views: tuple[ResultView, ResultView], metric: str) -> str | None:
    """What of the two is held against each other: their averages over time where both have the same; None where only one has."""
    per = [view.details.get("per") for view in views]
    if per[0] != per[1]:
        return None
    return f"{metric}.{per[0]}" if per[0] and all(view.has(f"{metric}.{per[0]}") for view in views) else metric


def _side(view: ResultView, args: dict[str, Any], other: dict[str, Any]) -> str:
    """What only this side says: whom it is of, else when."""
    if any(args.get(one) != other.get(one) for one in _WHOM):
        return view.subject({name: value for name, value in args.items() if name not in ("where", "where_not") or value != other.get(name)})
    return view.span("window").strip().removeprefix("from ") if args.get("window") != other.get("window") else ""
