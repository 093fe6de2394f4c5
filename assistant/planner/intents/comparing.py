"""Two groups of customers side by side: “compare champions with at-risk customers”."""

from __future__ import annotations

from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.disjoint import described_sides
from assistant.planner.first_bought import first_bought_in
from assistant.planner.intents.implied import beside_everyone, take_apart
from assistant.planner.lexicon import read_table
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.vocabulary import rule_of
from tools.segments.schemes import scheme_of

_BOTH = ("first", "second")
_EACH_SPENDS = "revenue_per_customer"


def compare(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Compare champions with at-risk customers”."""
    if not sentence.take_all("cue", "compare"):
        return None
    if sum(1 for kind in ("value", "segment", "condition") for _ in sentence.free(kind)) > 1:
        sentence.take_all("pair")  # “25-34岁和55-64岁两个群”
        sentence.use(*(place for place, one in sentence.free("quantity") if one.data["value"] in (2, 3)))
    sides = _last_ones(dialogue, 3 if sentence.says("pair", "three") else 2) if sentence.take_all("pair") else _sides(sentence, dialogue)
    if len(sides) > 1 and all(one == sides[0] for one in sides):
        return None  # nobody is held against themselves
    named = len(sides) > 1 and all(isinstance(one, str) and "." not in one for one in sides)
    several = _several(sentence, sides) if named and (len(sides) > 2 or _measured(sentence)) else None
    if several is not None or len(sides) != 2:
        return several
    counted = _counts(sentence)
    sentence.take_all("cue", "summarize", "list", "why", "everyone", "share", "count", "segments")
    take_apart(sentence)
    metrics = [sense.id for _, sense in sentence.free("metric") if sense.id != "customers"] or _of_each(sentence)
    metrics = ["customers", *metrics] if metrics and counted else metrics
    sentence.take_all("metric")
    sentence.take_all("neg")
    if metrics and set(metrics) <= {_EACH_SPENDS, "customers"}:
        return beside_everyone(metrics, sides, sentence.take_window())
    if metrics and ({"all": []} in sides or all(isinstance(one, dict) for one in sides)):
        return beside_everyone(metrics, sides, sentence.take_window())
    return plan("compare_segments", first=sides[0], second=sides[1])


def _counts(sentence: Sentence) -> bool:
    """Whether it is asked how many there are on each side, beside something else."""
    said = sentence.has("cue", "count") or any(not sentence.tokens[at].is_("noun") for at, _ in sentence.free("metric", "customers"))
    return said and not sentence.says("window")


def _of_each(sentence: Sentence) -> list[str]:
    """“平均消费差多少”, “how much more does each spend”: what a customer of each side spends."""
    spent = sentence.has("verb", "spend") or sentence.has("field", "amount")
    if not spent or not (sentence.has("cue", "average") or sentence.has("cue", "how_much")):
        return []
    sentence.take_all("cue", "average", "how_much")
    sentence.take_all("verb", "spend")
    sentence.take_all("field", "amount")
    return [_EACH_SPENDS]


def _measured(sentence: Sentence) -> bool:
    """Whether figures of two groups are asked for, and not what they are like in all."""
    return any(sense.id != "customers" for _, sense in sentence.free("metric"))


def _several(sentence: Sentence, segments: list[str]) -> Plan | None:
    """Groups of one scheme are set side by side by the numbers that are asked for, more than two by their sizes and spend."""
    fields = {scheme.field for one in segments if (scheme := scheme_of(one)) is not None}
    if len(fields) != 1:
        return None
    counted = ["customers"] if _counts(sentence) else []
    asked = list(dict.fromkeys([*counted, *(sense.id for sense in sentence.take_all("metric") if sense.id != "customers")]))
    sentence.take_all("cue", "count")
    metrics = asked or ["customers", "revenue", "average_order_value"]
    everyone = {"any": [{"segment": one} for one in segments]}
    window = sentence.take_window()
    return plan("measure", metrics=metrics, by=list(fields), customers=everyone, sort="largest" if len(asked) == 1 else None, window=window)


def _sides(sentence: Sentence, dialogue: Dialogue) -> list[Any]:
    described = described_sides(sentence) or first_bought_in(sentence)
    if described:
        return list(described)
    sides: list[Any] = [sense.id for sense in sentence.take_all("segment")]
    sides += [rule_of(sense) for sense in sentence.take_all("condition")]
    if not sides:
        sides = _values(sentence)
    if len(sides) < 2 and sentence.has("pronoun") and dialogue.last_customers:
        sentence.take_all("pronoun")
        alone = not sides and not sentence.has("cue", "everyone") and not sentence.has("band")
        sides = _last_ones(dialogue, 2) if alone else [dialogue.last_customers.customers, *sides]
    sides += [{"field": "churn_band", "op": "=", "value": band.id} for band in sentence.take_all("band")]
    if len(sides) == 1 and sentence.has("cue", "everyone"):
        sides.append(_against(sentence, sides[0]))
    last = dialogue.about(dialogue.last) if dialogue.last is not None else None
    if len(sides) == 1 and last is not None and not sentence.has("window") and not sentence.has("verb"):
        sides.insert(0, last.customers)
    elif not sides and last is not None and sentence.has("cue", "everyone"):
        sides = [last.customers, _against(sentence, last.customers)]
    return sides


def _against(sentence: Sentence, group: Any) -> Any:
    """What a group is set against: everybody, or with “everyone else”, “其他人” those who are not in it."""
    place, _ = next(sentence.free("cue", "everyone"))
    sentence.use(place)
    others = sentence.tokens[place].text in read_table("turns")["others"]["of_list"]["words"]
    return {"not": {"segment": group} if isinstance(group, str) else group.get("rule", group)} if others else {"all": []}


def _last_ones(dialogue: Dialogue, number: int) -> list[Any]:
    """“Compare the two”: the customers of the latest answers that are about different ones."""
    last = dialogue.last
    if last is not None and last.call.name == "compare_segments" and number == len(sides := [last.call.args[one] for one in _BOTH]):
        return sides  # those that stand side by side already
    found: list[Any] = []
    seen: list[Any] = []
    for result in reversed(dialogue.results):
        one = dialogue.about(result)
        several = result.call.name == "measure" and isinstance(result.call.args.get("customers"), dict) and bool(result.call.args.get("by"))
        if one is not None and not several and not result.aside and one.selection not in seen:
            seen.append(one.selection)
            found.insert(0, one.customers)
    return found[-number:]


def _values(sentence: Sentence) -> list[Any]:
    """Two values of one dimension of the customer."""
    levels = sentence.vocabulary.levels
    found = [(place, sense) for place, sense in sentence.free("value") if levels.get(sense.data["dimension"]) == "customer"]
    if len(found) != 2 or any(not sentence.tokens[place].is_("noun") for place, _ in sentence.free("metric")):
        return []
    sentence.use(*(place for place, _ in found))
    return [{"field": sense.data["dimension"], "op": "=", "value": sense.data["value"]} for _, sense in found]
