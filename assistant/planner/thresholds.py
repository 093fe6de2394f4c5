"""“Make it more than 10”, “改成至少15次”, “60天呢”: the bound of a condition that was said before, changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.planner.clauses import BEHAVIOUR_OF_UNIT, DAYS, Rule, plain
from assistant.planner.field_rules import field_of
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense
from tools.contracts import Unit
from tools.metrics.catalogue import catalogue

_COUNTED = ("orders", "contacts", "responses", "events")
_UNITS = {"money": (Unit.MONEY,), "share": (Unit.SHARE, Unit.PROBABILITY)}
_OPS = (">", ">=", "<", "<=", "=", "between")
_ONE = 1


def rebound(sentence: Sentence, rule: Any, *, plainly: bool) -> Rule | None:
    """The rule with the bound of one of its conditions as the sentence says; None where it says none, or none fits.

    Args:
        sentence: The follow-up; the word for the bound is used.
        rule: The rule so far.
        plainly: Whether a number without a comparison and a unit is a bound, too.
    """
    if not isinstance(rule, dict):
        return None
    found = _bound(sentence, plainly=plainly)
    if found is None:
        return None
    place, bound = found
    named = _named(sentence, place)
    if sentence.says("ellipsis", "also") or (named and sentence.says("ellipsis", "only")):
        return None  # a further condition
    parts = list(_conditions(rule))
    fitting = [part for part in parts if _fits(part, bound, named)]
    chosen = _nearest(fitting, bound, narrows=sentence.says("ellipsis", "only"))
    if chosen is None:
        return _longer(sentence, rule, place, bound)
    value = _scaled(chosen, bound)
    if value is None:
        return None
    sentence.use(place, *_around(sentence, place))
    sentence.take_all("verb", "order")
    changed: Rule = _replaced(rule, chosen, {**chosen, "op": bound.data.get("op", chosen.get("op")), "value": value})
    return changed


def _bound(sentence: Sentence, *, plainly: bool) -> tuple[int, Sense] | None:
    """The only comparison, or the only number, of a sentence that says nothing of what was done."""
    compared = list(sentence.free("comparison"))
    if not all(sentence.tokens[place].is_("stop") or (compared and _again(sentence, place)) for place, _ in sentence.free("verb")):
        return None
    if not compared and plainly and not sentence.says("ellipsis", "only"):
        compared = [(place, one) for place, one in sentence.free("quantity") if not sentence.tokens[place].is_("window")]
    elif not compared:
        compared = [(place, one) for place, one in sentence.free("quantity") if one.data["unit"] not in ("", "piece", "person", "item")]
    return compared[0] if len(compared) == 1 else None


def _again(sentence: Sentence, place: int) -> bool:
    """“买两次以上的呢”: what was done is said again, and nothing of what."""
    counted = all(one.data["unit"] == "order" for _, one in sentence.free("comparison"))
    plainly = not any(sentence.says(kind) for kind in ("value", "window", "neg", "noun")) and sentence.says("ellipsis")
    return counted and plainly and sentence.tokens[place].is_("verb", "order")


def _named(sentence: Sentence, place: int) -> str | None:
    """The field that is named beside the bound: “订单数改成至少10”."""
    for at in (place - 1, place + 1, place - 2):
        if 0 <= at < len(sentence.tokens) and at != place and (found := field_of(sentence.tokens[at])):
            return found
    return None


def _around(sentence: Sentence, place: int) -> list[int]:
    """The word for the field beside a bound, which says again what the condition is on."""
    near = [at for at in (place - 1, place + 1, place - 2) if 0 <= at < len(sentence.tokens)]
    return [at for at in near if at not in sentence.used and field_of(sentence.tokens[at])][:1]


def _conditions(rule: Any) -> Iterator[Rule]:
    """The single conditions of a rule, however deep."""
    if isinstance(rule, list):
        for part in rule:
            yield from _conditions(part)
    elif isinstance(rule, dict):
        joined = [key for key in ("all", "any", "not") if key in rule]
        if not joined:
            yield rule
        for key in joined:
            yield from _conditions(rule[key])


def _fits(part: Rule, bound: Sense, named: str | None) -> bool:
    """Whether a condition has a bound that may be of this kind."""
    if part.get("op") not in _OPS or not _is_number(part.get("value")):
        return False
    unit = str(bound.data["unit"])
    if "behaviour" in part:
        done = str(part["behaviour"])
        said = BEHAVIOUR_OF_UNIT.get(unit)
        counted = unit == "order" and done in _COUNTED
        return (named in (None, done)) and (unit in ("", "piece") or done == said or counted)
    field = str(part.get("field", ""))
    if named is not None and named != field:
        return False
    if unit in DAYS:
        return field.endswith("_days")
    if unit in _UNITS:
        return _unit_of(field) in _UNITS[unit]
    return unit in ("", "piece") or (unit == "order" and field.startswith("orders"))


def _unit_of(field: str) -> Unit | None:
    known = {one.id: one.unit for one in catalogue().fields}
    return known.get(field)


def _is_number(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return bool(values) and all(str(one).replace(".", "", 1).isdigit() for one in values)


def _nearest(fitting: list[Rule], bound: Sense, *, narrows: bool) -> Rule | None:
    """The condition that is meant: one with a bound of its own before one that says only that something was done; the last said."""
    bounded = [part for part in fitting if not _only_done(part)]
    alike = [part for part in bounded if str(part["op"])[0] == str(bound.data.get("op", part["op"]))[0]]
    found = alike or bounded or [part for part in fitting if "op" in bound.data and str(part["value"]) != "0" and not narrows]
    return found[-1] if found else None


def _only_done(part: Rule) -> bool:
    return "behaviour" in part and (part["op"], str(part["value"])) in ((">=", "1"), ("=", "0"))


def _scaled(part: Rule, bound: Sense) -> Any:
    value, unit = bound.data["value"], bound.data["unit"]
    if "op" not in bound.data and isinstance(part["value"], list):
        return None
    times = DAYS.get(unit, 1)
    share = unit != "share" and _unit_of(str(part.get("field", ""))) in _UNITS["share"]
    values = [plain(one * times / 100 if share and one > _ONE else one * times) for one in (value if isinstance(value, list) else [value])]
    return values if isinstance(value, list) else values[0]


def _longer(sentence: Sentence, rule: Rule, place: int, bound: Sense) -> Rule | None:
    """“改成60天” of those without an order for 90 days: another length of time."""
    unit = bound.data["unit"]
    if unit not in (*DAYS, "") or bound.data.get("op", "=") not in ("=", ">", ">=") or isinstance(bound.data["value"], list):
        return None
    if not unit and any(_fits(part, bound, None) and not _only_done(part) for part in _conditions(rule)):
        return None
    timed = [part for part in _conditions(rule) if (part.get("window") or {}).get("last_days")]
    if len(timed) != 1:
        return None
    sentence.use(place)
    longer: Rule = _replaced(rule, timed[0], {**timed[0], "window": {"last_days": int(bound.data["value"]) * DAYS.get(unit, 1)}})
    return longer


def _replaced(rule: Any, old: Rule, new: Rule) -> Any:
    if rule is old:
        return new
    if isinstance(rule, list):
        return [_replaced(part, old, new) for part in rule]
    return (
        {key: _replaced(value, old, new) if key in ("all", "any", "not") else value for key, value in rule.items()}
        if isinstance(rule, dict)
        else rule
    )
