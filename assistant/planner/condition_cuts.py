"""A question about customers, cut at the joints of their conditions; each is asked in the words that stand around all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import leaves
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape, shapes
from assistant.planner.share_base import parts_of
from tools.rules import Behaviour, Condition, InSegment

SECTION = "joined_conditions"
EXCEPT, ALL = "except", "and"
"""Joints where the last condition leaves out, and where all of them hold; of others one is enough."""
_AROUND = " ,"
_TWO = 2
_WHOSE = {"find_customers": "rule", "export_customers": "customers", "measure": "customers"}
"""The tools that are asked about customers, and their argument that says which."""
_MENDED = "mended"
_KEYS = {"all", "any", "not", *Condition.model_fields, *Behaviour.model_fields, *InSegment.model_fields}
"""What a rule is made of; a selection that is ordered or cut has more."""


@dataclass(frozen=True)
class Parts:
    """A question cut into one question for each of its conditions.

    Args:
        asks: The questions.
        conditions: The words of each condition alone.
    """

    asks: tuple[str, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class About:
    """What a call asks, and of whom: the rules that must all hold."""

    name: str
    args: dict[str, Any]
    rules: list[Rule]

    def of(self, rules: list[Rule]) -> Call:
        """The same asked of others."""
        return Call(self.name, {**self.args, _WHOSE[self.name]: together(rules)})


def cuts(asked: Asked, kind: str) -> Iterator[Parts]:
    """Each way of cutting the question at its joints of that kind."""
    joint = shape(SECTION, f"{asked.language}_{kind}_joint")
    told = ("earlier", *(("again",) if kind == ALL else ()))
    if joint.search(asked.bare) is None or any(shape(SECTION, one).search(asked.bare) for one in told):
        return
    for frame in shapes(SECTION, f"{asked.language}_{kind}"):
        said = frame.fullmatch(asked.bare)
        listed = [one.strip(_AROUND) for one in joint.split(said["rest"])] if said is not None else []
        if said is None or len(listed) < _TWO:
            continue
        for tail in _tails(asked.language, listed[-1]):
            conditions = [*_first(asked.language, kind, listed[0]), *listed[1:-1], listed[-1].removesuffix(tail).strip(_AROUND)]
            if kind != ALL and asked.language == "zh" and shape(SECTION, "zh_more").search(conditions[-1]):
                continue  # “25-34岁或35-44岁，消费满500”: what follows may hold of all of them
            asks = kind == ALL and any(shape(SECTION, "asks").search(one) for one in conditions)
            if all(conditions) and not asks and (kind != EXCEPT or len(conditions) == _TWO):
                yield Parts(tuple(f"{said['head']}{one}{tail}" for one in conditions), tuple(conditions))


def _tails(language: str, last: str) -> Iterator[str]:
    """What may stand after the last condition and be asked of all of them: nothing, or the words from each place where it may begin."""
    ends = [last[one.start() :] for one in shape(SECTION, f"{language}_tail").finditer(last, 1)]
    yield from (*ends, "") if language == "zh" else ("", *ends)


def _first(language: str, kind: str, words: str) -> list[str]:
    """“A, B or C”: one is enough of all three."""
    return [words] if kind in (EXCEPT, ALL) else [one.strip(_AROUND) for one in shape(SECTION, f"{language}_listed").split(words)]


def read_each(asked: Asked, parts: Parts) -> tuple[list[About], tuple[tuple[str, str], ...]] | None:
    """What each of the questions asks, read without the conversation; None where one is not understood, or they ask different things."""
    plans = [asked.read_in(words, Dialogue()) for words in parts.asks]
    found = [one for plan in plans if (one := about(asked, plan)) is not None]
    if len(found) < len(plans) or any((one.name, one.args) != (found[0].name, found[0].args) for one in found):
        return None
    notes = tuple(note for plan in plans for note in plan.notes)
    return (found, notes) if all(kind == _MENDED for kind, _ in notes) else None


def about(asked: Asked, plan: Plan) -> About | None:
    """What the plan asks of whom, where it is one question about customers."""
    if len(plan.calls) != 1 or plan.calls[0].name not in _WHOSE:
        return None
    call = plan.calls[0]
    args = dict(call.args)
    whom = args.pop(_WHOSE[call.name], None) or {"all": []}
    if not isinstance(whom, str) and set(whom) - _KEYS:
        return None
    rules = [{"segment": whom}] if isinstance(whom, str) else parts_of(whom)
    if call.name == "measure":
        where = dict(args.pop("where", None) or {})
        own = {name: values for name, values in where.items() if asked.vocabulary.levels.get(name) == "customer"}
        args |= {"where": where} if (where := {name: values for name, values in where.items() if name not in own}) else {}
        rules += [_of_values(name, values) for name, values in own.items()]
    return About(call.name, args, rules)


def _of_values(field: str, values: list[str]) -> Rule:
    return {"field": field, "op": "in", "value": values} if len(values) > 1 else {"field": field, "op": "=", "value": values[0]}


def together(rules: list[Rule]) -> Rule:
    """One rule of those that must all hold."""
    return rules[0] if len(rules) == 1 else {"all": rules}


def is_told(asked: Asked, words: str, rules: list[Rule]) -> bool:
    """Whether a part says what was done, and does not only go on with goods or places: “啤酒或者红酒” is for the verb before."""
    done = any("behaviour" in leaf for rule in rules for leaf in leaves(rule))
    return not done or shape(SECTION, f"{asked.language}_done").search(words) is not None
