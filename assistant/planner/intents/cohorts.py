"""Retention by cohort: customers by the month of their first order, and who of them came back in the months after."""

from __future__ import annotations

from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.absorbed import absorb_predicates
from assistant.planner.intents.filters import take_customers, take_filters
from assistant.planner.intents.rates import take_within_days
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.windows import joined_windows
from tools.windows import Window

_FIRST_AND_LAST = 2
_LONGEST = 24
_PERIODS = ("month", "quarter", "week")


def cohorts(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“monthly cohort retention”, “同期群留存”, “次月留存率”, “retention of new customers by month”."""
    if take_within_days(sentence.again()) is not None:
        return None
    cues = sentence.take_all("cue", "cohort")
    if not cues and not _retention_of_new(sentence):
        return None
    args: dict[str, Any] = {}
    for cue in cues:
        args |= {key: cue.data[key] for key in ("cohort", "periods") if cue.data.get(key)}
    args.setdefault("cohort", next((one for one in _PERIODS if sentence.has("dimension", one)), None))
    sentence.take_all("dimension", *_PERIODS, "first_order_month")
    measured = [sense.id for _, sense in sentence.free("metric") if sense.id in ("orders", "revenue")]
    args["measure"] = measured[0] if measured else None
    sentence.take_all("metric", "orders", "revenue", "customers", "retention_rate", "retained_customers", "new_customers")
    sentence.take_all("metric", "repeat_rate", "repurchase_rate")
    sentence.take_all("segment", "new")
    sentence.take_all("field", "first_order_date")
    sentence.take_all("cue", "again", "trend", "list", "growth", "share", "count", "summarize", "how_much")
    sentence.take_all("part", "then")
    sentence.take_all("unit", *_PERIODS)
    sentence.take_all("chart", "auto")
    sentence.take_all("by")
    window, later = _followed(sentence)
    args |= later
    if window is not None:
        sentence.take_all("window")
        args["window"] = window.model_dump(mode="json", exclude_defaults=True)
    args["where"] = take_filters(sentence)["where"]
    args["customers"] = take_customers(sentence, dialogue, None)
    absorb_predicates(sentence)
    return plan("cohort_retention", **args)


def _followed(sentence: Sentence) -> tuple[Window | None, dict[str, Any]]:
    """The time of the first orders, and how many periods after it: “3月的新客到年底” names where the last one ends."""
    windows = [sense.data["window"] for _, sense in sentence.free("window")]
    as_of = sentence.vocabulary.as_of
    joined = joined_windows(windows, as_of)
    spans = [one.resolve(as_of) for one in windows]
    if joined is not None or len(windows) != _FIRST_AND_LAST or not all(one.start and one.end for one in spans):
        return joined, {}
    first, last = spans[0].end, spans[1].end
    months = (last.year - first.year) * 12 + last.month - first.month if first and last else 0
    return (windows[0], {"cohort": "month", "periods": months}) if 0 < months <= _LONGEST else (None, {})


def _retention_of_new(sentence: Sentence) -> bool:
    """“retention of new customers by month”, “各月新客的留存率”."""
    new = sentence.has("metric", "new_customers") or sentence.has("segment", "new") or sentence.has("field", "first_order_date")
    if new and sentence.has("window") and sentence.has("metric", "retention_rate", "retained_customers"):
        return True  # “2月首购的那批客户后面几个月留存怎么样”
    split = (new and sentence.has("dimension", *_PERIODS)) or sentence.has("dimension", "first_order_month")
    return split and sentence.has("metric", "retention_rate", "retained_customers")
