"""“… ignoring the incomplete weeks at either end”, “不算首尾不完整的月份”: only whole weeks, months or years are shown."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.asked import Asked
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape

_PERIODS = ("week", "month", "quarter", "year")


def with_whole_periods(asked: Asked) -> Plan | None:
    """The plan of the question without these words, of whole periods; None where it has no such words, or shows no periods."""
    text = asked.text
    match = shape("whole_periods", "said").search(text)
    if match is None:
        return None
    rest = f"{text[: match.start()]}{text[match.end() :]}".strip(" ,;.?!)(")
    if shape("whole_periods", "alone").fullmatch(rest):
        last = asked.dialogue.last
        found = Plan((Call(last.call.name, dict(last.call.args)),)) if last is not None else Plan()
    else:
        found = asked.read(rest)
    calls = tuple(_whole(call) for call in found.calls)
    return replace(found, calls=calls) if any(call.args.get("whole_periods") for call in calls) else None


def _whole(call: Call) -> Call:
    shown = call.name == "measure" and any(one in _PERIODS for one in call.args.get("by", ()))
    return Call(call.name, {**call.args, "whole_periods": True}) if shown else call
