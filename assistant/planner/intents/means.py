"""Means over groups: “average revenue per store”, “平均每家店的订单数”."""

from __future__ import annotations

from typing import Any

from assistant.planner.sentence import Sentence
from tools.metrics.catalogue import catalogue

_NOT_GROUPS = ("customer", "time")


def mean_over(sentence: Sentence, by: list[str], metrics: list[str]) -> dict[str, Any]:
    """The option for the mean of a sum or count over the groups of one dimension, where an average of it is asked for.

    Averages per customer and per time are metrics and options of their own; where groups are ranked, their values are what is asked for.
    """
    asked = sentence.says("cue", "average") and not any(sentence.says(kind) for kind in ("ranking", "comparison"))
    if not asked or len(by) != 1 or not metrics or sentence.vocabulary.levels.get(by[0]) in _NOT_GROUPS:
        return {}
    known = {one.id: one for one in catalogue().metrics}
    if not all(known[one].counts_nothing for one in metrics):
        return {}
    sentence.take_all("cue", "average")
    return {"mean": True}
