"""Groups as a picture of their sizes: “生命周期各阶段人数画个饼图”, “income bands as a pie”, “收入段分布图”."""

from __future__ import annotations

from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from tools.metrics.catalogue import catalogue
from tools.segments.schemes import SCHEMES, scheme_of

GROUPED_BY = {scheme.id: scheme.field for scheme in SCHEMES.values()}
"""What each scheme is grouped by."""
_LIMITS: tuple[str, ...] = ("value", "window", "comparison", "ranking", "pronoun", "band", "percentile", "neg", "customer_id", "condition")
_LIMITS += ("quantity", "share", "number", "verb", "horizon", "option", "export", "format", "ellipsis", "level", "top_customers")
_ADDS_NOTHING = ("by", "noun", "scheme", "dimension", "field", "field_group", "chart", "rank")
_CUES = ("segments", "summarize", "list", "count", "share", "total", "everyone", "compare", "churn", "how_much")
_PEOPLE = "customers"
_OWN = ("metric", "scheme", "dimension", "chart", "noun", "segment")


def drawn(sentence: Sentence, _: Dialogue) -> Plan | None:
    """One grouping of the customers and a kind of chart: their number in each, or what is named of them.

    A scheme without a kind of chart is left to its overview, which has a picture of its own.
    """
    charts = [sense.id for _, sense in sentence.free("chart")]
    kind = next((one for one in charts if one != "auto"), None)
    named = _named(sentence)
    group = GROUPED_BY[named[0]] if named else _group(sentence)
    if not charts or "none" in charts or group is None or _limited(sentence) or (sentence.has("segment") and not named):
        return None
    if kind is None and (sentence.has("scheme") or sentence.has("cue", "segments")):
        return None
    metrics = _metrics(sentence)
    if metrics is None:
        return None
    for one in _ADDS_NOTHING:
        sentence.take_all(one)
    sentence.take_all("cue", *_CUES)
    sentence.take_all("part", "funnel", "risk", "piece")
    sentence.take_all("term")
    args: dict[str, Any] = {"metrics": metrics, "by": [group]}
    if named and len(named[1]) < len(SCHEMES[named[0]].groups):
        args["customers"] = {"any": [{"segment": one} for one in named[1]]}
    sentence.take_all("segment")
    return plan("measure", **args, **({"chart": kind} if kind else {}))


def _limited(sentence: Sentence) -> bool:
    """Whether anything narrows whom or what is drawn, or asks for more than a picture."""
    places = (place for one in _LIMITS for place, _ in sentence.free(one))
    return any(not any(sentence.tokens[place].is_(one) for one in _OWN) for place in places)


def _named(sentence: Sentence) -> tuple[str, list[str]] | None:
    """The scheme of several groups that are named, and they: “SVIP、VIP、普通会员人数饼图”."""
    found = list(dict.fromkeys(sense.id for _, sense in sentence.free("segment")))
    schemes = {scheme.id for one in found if (scheme := scheme_of(one)) is not None}
    whole = len(schemes) == 1 and len(found) > 1 and all(scheme_of(one) for one in found)
    return (schemes.pop(), found) if whole else None


def _group(sentence: Sentence) -> str | None:
    """The one property of customers that they are told apart by."""
    named = {GROUPED_BY[one.id] for _, one in sentence.free("scheme") if one.id in GROUPED_BY}
    named = {"rfm_eight"} if named == {"rfm_group", "rfm_eight"} else named
    plain = [one.id for place, one in sentence.free("dimension") if not sentence.tokens[place].is_("noun")]
    named |= {one for one in plain if not (one.startswith("rfm") and named)}
    if not named and sentence.has("cue", "segments"):
        named = {"rfm_group"}
    found = named.pop() if len(named) == 1 else None
    return found if found is not None and sentence.vocabulary.levels.get(found) == "customer" else None


def _metrics(sentence: Sentence) -> list[str] | None:
    """What is drawn of each group; None where it is more than a number of each."""
    names = {one.id for one in catalogue().metrics}
    said = [one.id for place, one in sentence.free("metric") if not sentence.tokens[place].is_("noun")]
    found = list(dict.fromkeys(one for one in said if one in names))
    if any(one != _PEOPLE for one in found) and not sentence.has("scheme"):
        return None  # measured as any other metric is
    sentence.take_all("metric")
    return found or [_PEOPLE]
