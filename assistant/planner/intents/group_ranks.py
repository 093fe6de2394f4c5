"""Which groups come first, and how many: by size, by growth, within each group, with the rest in one row."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from assistant.planner.intents.filters import counted_groups, take_sorting
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense

_OF_EACH = ("each", "every", "per", "within", "by", "按", "每", "各", "分")
"""Beginnings of the words right before the dimension within which the best are wanted."""
_EACH = ("each ", "every ", "per ", "每", "各")
_COUNTERS = ("名", "位")
"""After a number these count anything that is ranked, people or not."""
_WHICH = ("which", "what", "哪些", "哪个", "哪几个", "哪一个", "哪家", "哪些个")
_ASKED = (*_WHICH, "什么")
_MANY_OF_EACH = 5
_PLURAL = ("哪些", "有哪些", "哪几个")


def take_ranking(sentence: Sentence, args: dict[str, Any]) -> dict[str, Any]:
    """The order of the groups of `args`, and how many of them; the words for it are used."""
    if _of_people(sentence, args["by"]):
        return {}  # the number is one of people, and must not be dropped
    found = _grown(sentence, args["by"]) or _of_each(sentence, args)
    if found:
        sentence.take_all("rank", "listing")
        return found
    if len(args["by"]) > 1 and any(ranking.data["n"] for _, ranking in sentence.free("ranking")):
        return {}  # the best of what is not said, and the number must not be dropped
    found = take_sorting(sentence)
    if len(args["by"]) > 1 and found.get("limit"):
        found["limit_per_group"] = found.pop("limit")
    if (found.get("limit") or len(args["by"]) == 1) and sentence.has("cue", "rest"):
        sentence.take_all("cue", "rest")
        found |= {"rest": True, "sort": found.get("sort", "largest"), "limit": found.get("limit") or _MANY_OF_EACH}
    return found


def _of_people(sentence: Sentence, by: list[str]) -> bool:
    """“Which departments do the top 100 customers buy”: people are ranked, and what they buy is asked for and not within what."""
    found = [(place, ranking) for place, ranking in sentence.free("ranking") if ranking.data["n"]]
    if not any(_ranks_people(sentence, *one) for one in found) or "customer" in by:
        return False
    places = [place for place, token in enumerate(sentence.tokens) if token.is_("dimension", *by) and place]
    asked = [sentence.tokens[place].text.startswith(_ASKED) or sentence.tokens[place - 1].text in _ASKED for place in places]
    return any(asked) or sentence.says("cue", "favourite")


def ranks_unknown(sentence: Sentence) -> bool:
    """“top 3 manufacturers”: what is ranked is a word that nothing explains, and must not be taken for anything else."""
    pairs = pairwise(sentence.tokens)
    return any(first.is_("ranking") and second.unknown and second.text.isalpha() and second.text.isascii() for first, second in pairs)


def _grown(sentence: Sentence, by: list[str]) -> dict[str, Any]:
    """“grew most”, “增长最快的5个”, “哪些部门下降了”: groups by their change."""
    for place, ranking in sentence.free("ranking"):
        at = next((one for one, _ in sentence.free("cue", "growth", "yoy") if _beside(sentence, place, one)), None)
        if at is None or ranking.data.get("share"):
            continue
        same = [(one, other) for one, other in sentence.free("ranking") if other.id == ranking.id]
        sentence.use(*(one for one, _ in same))
        rises = (ranking.id == "largest") != sentence.tokens[at].is_("direction", "down")
        limit = max((other.data["n"] or 0 for _, other in same), default=0) or counted_groups(sentence)
        return {"sort": "growth" if rises else "decline", "limit": limit}
    worst = _worst_change(sentence)
    if worst:
        return worst
    way = next((token.get("direction") for token in sentence.tokens if token.is_("direction")), None)
    which = any(token.text.startswith(_WHICH) for token in sentence.tokens)
    if sentence.has("rank", "listing") and sentence.has("cue", "growth"):
        return {"sort": "decline" if way is not None and way.id == "down" else "growth"}
    if way is None or not which or sentence.vocabulary.levels.get(by[0]) == "time":
        return {}
    return {"sort": "decline" if way.id == "down" else "growth"}


def _worst_change(sentence: Sentence) -> dict[str, Any]:
    """“sales drop by store, worst ten”: the ranking is of the change that is named elsewhere."""
    ranking = sentence.first("ranking")
    way = next((sense for at, _ in sentence.free("cue", "growth") if (sense := sentence.tokens[at].get("direction"))), None)
    if ranking is None or way is None or ranking[1].data.get("share") or sum(1 for _ in sentence.free("ranking")) > 1:
        return {}
    if ranking[1].id == "smallest" and "worst" not in sentence.tokens[ranking[0]].text:
        return {}
    sentence.use(ranking[0])
    return {"sort": "decline" if way.id == "down" else "growth", "limit": ranking[1].data["n"]}


def _beside(sentence: Sentence, ranking: int, grown: int) -> bool:
    """Whether nothing but fillers, a metric and its dimension stand between a ranking and the word for change."""
    between = range(min(ranking, grown) + 1, max(ranking, grown))
    kinds = ("stop", "metric", "by", "dimension", "field")
    return len(between) <= 4 and all(at in sentence.used or any(sentence.tokens[at].is_(kind) for kind in kinds) for at in between)


def _of_each(sentence: Sentence, args: dict[str, Any]) -> dict[str, Any]:
    """“top 3 departments in each store”, “每个门店卖得最好的3个部门”: the best few of one dimension within another."""
    found = sorted(sentence.free("ranking"), key=lambda one: not one[1].data["n"])
    if not found or any(ranking.data.get("share") for _, ranking in found):
        return {}
    place, ranking = found[0]
    by: list[str] = args["by"]
    inner = _unnamed(sentence, place, ranking) if len(by) == 1 else _inner(sentence, place, by)
    outer = [one for one in by if one != inner]
    if inner is None or len(outer) != 1 or not (_apart(sentence, outer[0], ranking) or _one_best(sentence, place, inner, outer[0])):
        return {}
    others = [(at, other) for at, other in sentence.free("ranking") if at != place and other.id == ranking.id]
    counted = [(at, other.data["n"]) for at, other in others if other.data["n"]]
    if any(not _is_each(sentence, at) for at, _ in counted) or len(counted) > 1:
        return {}  # two numbers, and which of them is within the other is not said
    sentence.use(place, *(at for at, _ in others))
    args["by"] = [outer[0], inner]
    if inner == "customer":
        sentence.take_all("metric", "customers")
        args["metrics"] = [one for one in args["metrics"] if one not in ("customers", "buyers", "active_customers")] or ["revenue"]
    return {
        "sort": ranking.id,
        "limit_per_group": ranking.data["n"] or counted_groups(sentence) or (_MANY_OF_EACH if _several(sentence, inner) else 1),
        **({"limit": counted[0][1]} if counted else {}),
    }


def _is_each(sentence: Sentence, ranking: int) -> bool:
    """“each of the top 2 stores”: the ranking says within which the best are wanted."""
    start = sentence.tokens[ranking].start
    return any(one in sentence.text[max(0, start - 12) : start] for one in _EACH)


def _apart(sentence: Sentence, outer: str, ranking: Sense) -> bool:
    """Whether the question says "each"; a number of the best by another dimension means that too."""
    if ranking.data["n"] and sentence.vocabulary.levels.get(outer) != "time":
        return True  # “top 5 stores by month” may also mean the five best of all months
    named = [place for place, token in enumerate(sentence.tokens) if token.is_("dimension", outer)]
    words = [sentence.text[max(0, sentence.tokens[place].start - 6) : sentence.tokens[place].end] for place in named]
    return any(one in word for word in words for one in _EACH)


def _one_best(sentence: Sentence, ranking: int, inner: str, outer: str) -> bool:
    """“best selling category by month”: one of them is asked for in every month."""
    named = next((token for token in sentence.tokens[ranking + 1 : ranking + 3] if token.is_("dimension", inner)), None)
    single = named is not None and named.text.isascii() and not named.text.endswith("s")
    return single and sentence.tokens[ranking].get("ranking") is not None and sentence.vocabulary.levels.get(outer) == "time"


def _inner(sentence: Sentence, place: int, by: list[str]) -> str | None:
    """The dimension that is ranked: the one right after the ranking, else the one right before it."""
    if len(by) < 2:
        return None
    after = range(place + 1, min(place + 5, len(sentence.tokens)))
    before = range(place - 1, max(place - 3, -1), -1)
    for at in [*after, *before]:
        token = sentence.tokens[at]
        named = next((one for one in by if token.is_("dimension", one)), None)
        if named and not (at and sentence.tokens[at - 1].text.startswith(_OF_EACH)) and not token.text.startswith(_OF_EACH):
            return named
    return None


def _unnamed(sentence: Sentence, place: int, ranking: Sense) -> str | None:
    """What is ranked where the ranking itself says it: “前3名客户”, "top 3 products"."""
    if ranking.data.get("item"):
        return "product"
    return "customer" if _ranks_people(sentence, place, ranking) else None


def _several(sentence: Sentence, inner: str) -> bool:
    named = [token.text for token in sentence.tokens if token.is_("dimension", inner)]
    return any(token.text in _PLURAL for token in sentence.tokens) or any(text.isascii() and text.endswith("s") for text in named)


def _ranks_people(sentence: Sentence, place: int, ranking: Sense) -> bool:
    """“top 3 customers”, “前3的客户”: the ranking is of customers, and not of the groups."""
    following = [token for token in sentence.tokens[place + 1 : place + 3] if token.text != "的"][:1]
    people = [token for token in following if token.is_("noun")]
    groups = {sense.id for token in people for sense in token.senses if sense.kind == "dimension"} - {"customer"}
    named = bool(ranking.data.get("person")) and sentence.tokens[place].text[-1:] not in _COUNTERS
    return named or bool(people and not groups)
