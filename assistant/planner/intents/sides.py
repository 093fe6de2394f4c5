"""Two things that are named side by side, one of which has more: “367店跟406店哪家卖得多”, "did PRODUCE or MEAT sell more"."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.intents.implied import groups_named
from assistant.planner.lexicon import read_table
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from tools.windows import Window

_SIDES = 2
_DATES = {"weekday": ("day",), "hour": ("day",)}
"""Groups of times, and the single dates that no longer are asked for when such groups are named."""


def named_apart(sentence: Sentence) -> bool:
    """Whether two values of one dimension are named, so that the most of something is asked of these two."""
    named = [sense for _, sense in sentence.free("value")]
    return any(len({one.data["value"] for one in named if one.data["dimension"] == way}) == _SIDES for way in _ways(sentence))


def with_sides(sentence: Sentence) -> bool:
    """“did 367 or 406 sell more”, "is it higher on weekends than on weekdays": of two that are named, “more” sets them side by side."""
    sides = named_apart(sentence) or len(groups_named(sentence)) == _SIDES
    if not sides and not any(sum(1 for _ in sentence.free(kind)) == _SIDES for kind in ("window", "segment")):
        return False
    words = frozenset(read_table("places")["comparatives"])
    found = list(sentence.tokens)
    for at, token in enumerate(sentence.tokens):
        if token.is_("higher") or (sides and token.is_("gap")) or token.text in words or _held(token):
            found[at] = replace(token, senses=(Sense("cue", "compare"),))
            found[at + 1 : at + 2] = [_counted(one) for one in found[at + 1 : at + 2]]
            if at and found[at - 1].is_("verb", "spend") and _of_people(sentence):
                found[at - 1] = replace(found[at - 1], senses=(Sense("metric", "revenue_per_customer"),))
    changed = found != sentence.tokens
    sentence.tokens = found
    return changed


def _held(token: Token) -> bool:
    """“higher than” before no number: the other side follows."""
    return token.is_("op", ">", "<") and token.text.endswith(" than")


def _of_people(sentence: Sentence) -> bool:
    """Whether the two are groups of customers, who are compared by what each of them does."""
    levels = {sentence.vocabulary.levels.get(str(one.data["dimension"])) for _, one in sentence.free("value")}
    return levels == {"customer"} or (not levels and sum(1 for _ in sentence.free("segment")) == _SIDES)


def _counted(token: Token) -> Token:
    """The word after “more” as what is counted: “more customers”."""
    return replace(token, senses=(Sense("metric", "buyers"),)) if token.is_("noun") else token


def without_dates(sentence: Sentence, by: list[str]) -> list[str]:
    """“周六和周日哪天人多”: of two weekdays, and not of every date."""
    days = any(one.data["dimension"] == "weekday" and one.data.get("also") for _, one in sentence.free("value"))
    if days and not sentence.says("window") and any(one in ("day", "weekday") for one in by):
        return list(dict.fromkeys("weekday" if one == "day" else one for one in by))  # “周一到周五哪天最冷清”
    if not named_apart(sentence):
        return by
    apart = {one: way for way in _ways(sentence) for one in _DATES.get(way, ())}
    return list(dict.fromkeys(apart.get(one, one) for one in by))


def of_two_times(sentence: Sentence, args: dict[str, Any], windows: int) -> None:
    """“11月和12月哪个月卖得多”: two times that are named are set side by side, and not split by their unit."""
    by = args["by"]
    asked = "sort" in args or sentence.says("cue", "compare")
    if windows == _SIDES and len(by) == 1 and by[0] in ("day", "week", "month", "quarter", "year") and asked:
        args["by"] = []
        args.pop("sort", None)
        args.pop("limit", None)


_NOW = {"last_week": "this_week", "last_month": "this_month", "last_quarter": "this_quarter", "last_year": "this_year"}
"""Whole periods before, and those that go on now."""


def against_last(sentence: Sentence) -> Window | None:
    """“how does revenue compare to last month”, "sales vs last week": what goes on now is what is set against it."""
    named = list(sentence.free("window"))
    if len(named) != 1 or named_apart(sentence):
        return None
    place, window = named[0][0], named[0][1].data["window"]
    before = sentence.tokens[place - 1] if place else None
    after = sentence.tokens[place + 1] if place + 1 < len(sentence.tokens) else None
    word = before if sentence.tokens[place].text.isascii() else after
    asked = word is not None and (word.is_("cue", "compare") or word.text == "than") and not sentence.has("ranking")
    if not asked or window.shift or window.period not in _NOW or "previous" in sentence.tokens[place].text:
        return None
    sentence.use(place)
    return Window(period=_NOW[window.period])


def reached(sentence: Sentence, args: dict[str, Any]) -> Rule | None:
    """“SEAFOOD有多少人买过,占全部顾客百分之几”: who bought it, with their share of all customers; in a window, of those who came in it."""
    plain = not any(args.get(one) for one in ("by", "customers", "where_not", "having", "compare"))
    goods = bool(args["where"]) and all(sentence.vocabulary.levels.get(one) == "product" for one in args["where"])
    if args["metrics"] != ["buyers"] or not plain or not goods or not sentence.has("cue", "share"):
        return None
    args["metrics"] = ["buyers", "category_penetration"]
    return {"behaviour": "orders", "op": ">=", "value": 1, "where": args["where"]}


def _ways(sentence: Sentence) -> list[str]:
    """The dimensions of the values that are named."""
    return list(dict.fromkeys(str(sense.data["dimension"]) for _, sense in sentence.free("value")))


def in_each_time(found: Plan, windows: list[Window]) -> Plan:
    """A share in each of several times, which a number beside the one before does not tell."""
    if len(found.calls) != 1 or not found.calls[0].args.get("compare"):
        return found
    kept = {key: value for key, value in found.calls[0].args.items() if key != "compare"}
    times = [one.model_dump(mode="json", exclude_defaults=True) for one in windows]
    return replace(found, calls=tuple(Call("measure", {**kept, "window": one}) for one in times))
