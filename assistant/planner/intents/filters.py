"""What limits a measurement: values, customers, windows, order and number of groups."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.bands import band_condition
from assistant.planner.dialogue import Dialogue
from assistant.planner.people_asked import not_done_there
from assistant.planner.plan import PLACE
from assistant.planner.sentence import Sentence
from assistant.planner.who import Who, both, selection_rule, take_pronoun
from tools.segments.schemes import scheme_of

_MOST_DIMENSIONS = 2
_BELOW = {"category": "subcategory"}
"""The level below each level of goods."""
APART: tuple[str, ...] = (
    "各自",
    "分别",
    "各",
    "各是多少",
    "分开",
    "哪天",
    "哪一天",
    "each",
    "each of",
    "respectively",
    "in each of",
    "in each",
)
APART += ("within each",)
_BEHIND = ("除外", "之外", "以外", "不算", "不包括", "excluded")
"""Words that exclude what stands before them."""


def take_filters(sentence: Sentence) -> dict[str, Any]:
    """Values of dimensions, wanted and unwanted."""
    where: dict[str, list[str]] = {}
    unwanted: dict[str, list[str]] = {}
    last: tuple[int, bool] = (-1, False)
    for place, sense in list(sentence.free("value")):
        negations = _negations(sentence, place)
        listed = _listed(sentence, last[0], place)
        target = unwanted if negations or (listed and last[1]) else where
        last = (place, target is unwanted)
        values = target.setdefault(sense.data["dimension"], [])
        values += [one for one in (sense.data["value"], *sense.data.get("also", ())) if one not in values]
        sentence.use(place, *negations)
    for band in sentence.take_all("band"):
        where.setdefault("churn_band", []).append(band.id)
    return {"where": where, "where_not": unwanted}


def _listed(sentence: Sentence, first: int, second: int) -> bool:
    """Whether nothing but joints stands between two values: "excluding fuel and grocery", “去掉燃油和优惠券杂项”."""
    between = sentence.tokens[first + 1 : second]
    return first >= 0 and all(token.is_("conj", "and", "or") or token.is_("punctuation", ",") for token in between)


def _negations(sentence: Sentence, place: int) -> list[int]:
    """The words around a value that exclude it: “excluding fuel”, “除了燃油以外”."""
    before = [at for at in (place - 1, place - 2) if at >= 0 and at not in sentence.used and sentence.tokens[at].is_("neg")]
    before = [] if place and sentence.tokens[place - 1].text.startswith("卖") else before  # “没有卖出DELI的店” are shops, not other goods
    before = [] if any(not_done_there(sentence, at, place) for at in before) else before
    following = sentence.tokens[place + 1] if place + 1 < len(sentence.tokens) else None
    after = [place + 1] if following is not None and following.is_("neg", "except") and following.text in _BEHIND else []
    return [*before[:1], *after]


_COMBINED = re.compile(r"\b(?:combined|together|altogether|jointly|added up|as one|summed(?: up)?)\b|合计|加起来|合起来|加在一起|合在一起")


def combined(sentence: Sentence) -> bool:
    """“produce and meat together”, “加起来”: several values are one whole."""
    found = _COMBINED.search(sentence.text) is not None
    if found:
        sentence.use(*(place for place, token in enumerate(sentence.tokens) if _COMBINED.fullmatch(token.text)))
    return found


def named_apart(sentence: Sentence) -> list[str]:
    """“For owners and renters”: dimensions of which several values are named, each with a word of its own."""
    named = [str(sense.data["dimension"]) for _, sense in sentence.free("value")]
    return [] if combined(sentence) else [one for one in dict.fromkeys(named) if named.count(one) > 1]


def split_values(args: dict[str, Any], whole: frozenset[str] = frozenset()) -> None:
    """Two values of one dimension are shown side by side, unless they were named as a whole."""
    for dimension, values in args.get("where", {}).items():
        if len(values) > 1 and dimension not in (*whole, *args["by"]) and len(args["by"]) < _MOST_DIMENSIONS:
            args["by"] = [*args["by"], dimension]


def go_down(sentence: Sentence, args: dict[str, Any]) -> None:
    """“5 most bought categories in the MEAT department”: within one value of a level, its parts of the level below are meant."""
    for place, level in enumerate(args["by"]):
        below = _BELOW.get(level)
        values = args["where"].get(level, ())
        ranked = next((one.data["n"] for _, one in sentence.free("ranking") if one.data.get("n")), None)
        if below is None or not values or not sentence.vocabulary.values.get(below) or below in args["by"]:
            continue
        if len(values) == 1:
            args["by"] = [*args["by"][:place], below, *args["by"][place + 1 :]]
        elif ranked is not None and (ranked >= len(values) or any(token.text in APART for token in sentence.tokens)):
            _within_each(sentence, args, level, below, ranked)


def _within_each(sentence: Sentence, args: dict[str, Any], level: str, below: str, ranked: int) -> None:
    """“MEAT 和 DELI 各自卖得最好的3个品类”: the best few of the level below in each value."""
    way = next(one.id for _, one in sentence.free("ranking") if one.data.get("n"))
    sentence.take_all("ranking", way)
    sentence.take_all("pair")
    args["by"] = [level, below]
    args |= {"sort": way, "limit_per_group": ranked}


def segments_apart(customers: Any) -> list[str]:
    """Several segments are shown side by side, where they belong to one scheme."""
    parts = customers.get("any", []) if isinstance(customers, dict) else []
    schemes = {scheme.field for part in parts if "segment" in part and (scheme := scheme_of(part["segment"])) is not None}
    return list(schemes) if len(schemes) == 1 else []


def take_customers(sentence: Sentence, dialogue: Dialogue, rule: dict[str, Any] | None) -> Any:
    """Whom the measurement is limited to, as the argument `customers`; None is everyone."""
    for place, sense in list(sentence.free("segment")):
        denied = [at for at in (place - 1, place - 2) if at >= 0 and at not in sentence.used and sentence.tokens[at].is_("neg")]
        if denied:
            sentence.use(place, denied[0], *(at for at, _ in sentence.free("neg", "except")))
            rule = both(rule, {"not": {"segment": sense.id}})
    ids = [sense.id for sense in sentence.take_all("customer_id")]
    if ids:
        one = {"op": "=", "value": ids[0]} if len(ids) == 1 else {"op": "in", "value": ids}
        rule = both(rule, {"field": "customer_id", **one})
    for place, comparison in list(sentence.free("comparison")):
        if comparison.data["unit"] == "age":
            sentence.use(place)
            rule = both(rule, band_condition("age", comparison, sentence.vocabulary))
    segments = [sense.id for sense in sentence.take_all("segment")]
    for condition in sentence.take_all("condition"):
        rule = both(rule, dict(condition.data["rule"]))
    if len(segments) == 1:
        rule = both(rule, {"segment": segments[0]})
    elif segments:
        rule = both(rule, {"any": [{"segment": one} for one in segments]})
    earlier = take_pronoun(sentence, dialogue)
    if earlier and rule is None:
        return earlier.customers
    who = Who(both(selection_rule(earlier), rule) if earlier else rule, named=True)
    return who.as_customers() if who.rule else None


def take_sorting(sentence: Sentence) -> dict[str, Any]:
    """“top 5”, “前5”, “lowest”: the order of groups and how many."""
    args: dict[str, Any] = {}
    ranking = sentence.first("ranking")
    if ranking and not ranking[1].data.get("share"):
        same = sentence.take_all("ranking", ranking[1].id)
        limit = max((one.data["n"] or 0 for one in same), default=0)
        args = {"sort": ranking[1].id, "limit": limit or counted_groups(sentence)}
        place = next((one.data["place"] for one in same if one.data.get("place")), None)
        args |= {PLACE: place} if place else {}
    if sentence.take_all("rank", "listing") and "sort" not in args:
        args["sort"] = "largest"
    return args


def counted_groups(sentence: Sentence) -> int | None:
    """“Which 5 stores sold the most”: a number right before what is grouped by."""
    for place, quantity in sentence.free("quantity"):
        following = sentence.tokens[place + 1 : place + 2]
        if quantity.data["unit"] == "" and following and following[0].is_("dimension"):
            sentence.use(place)
            return int(quantity.data["value"])
    return None
