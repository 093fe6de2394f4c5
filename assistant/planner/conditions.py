"""Conditions on customers: clauses such as “ordered at least 5 times from the deli in Q4” become one rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from assistant.planner.behaviour_rules import Behaviour, behaviour_of, behaviour_rules, continued, in_every_period, since
from assistant.planner.carried import buys_again, first_bought, of_the_same
from assistant.planner.clauses import Clause, Rule, clauses
from assistant.planner.disjoint import together
from assistant.planner.field_rules import direct_rules, is_dated, negation_before, tells_date
from assistant.planner.part_of_all import part_rules
from assistant.planner.qualifiers import nothing_else, whatever
from assistant.planner.scopes import spread_window
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense
from tools.segments.schemes import scheme_of
from tools.windows import Window

_ONCE = Sense("comparison", "= 1", {"op": "=", "value": Decimal(1), "unit": "order"})
_ON, _THOSE = ("on", "of", "for"), ("it", "them", "that", "those", "these")
_SENT = ("contacts", "responses")
_OF_BOTH = re.compile(
    r"同时|既|又|也是|都是|均为|并且|而且|且|重叠|重合|交集"
    r"|\b(?:both|also|overlap|at once|who are|that are|as well as being)\b"
)
"""Words by which customers of two groups that are named side by side are those who are in both."""
_ASKED = ("cue", "entire", "format", "by")
"""What may stand beside groups that are named, and limits none of them."""
_OF_CAMPAIGN = ("campaign", "contact", "response")


def find_rules(sentence: Sentence, *, loose: bool = True, within: range | None = None) -> Rule | None:
    """The rule of all conditions in the sentence, whose tokens are used; None without any.

    Args:
        sentence: The question.
        loose: Whether values and segments that stand alone are conditions too; a measure filters by them instead.
        within: The places of the conditions, where the rest of the question says what is asked of those customers.
    """
    if within is not None:
        others = set(range(len(sentence.tokens))) - set(within) - sentence.used
        sentence.used |= others
        found_within = find_rules(sentence, loose=loose)
        sentence.used -= others
        return found_within
    parts = clauses(sentence)
    shared = _shared_window(sentence, parts)
    rules: list[tuple[str, Rule]] = []
    last: Behaviour | None = None
    excluding = named = False
    before = parts[0] if parts else Clause()
    for clause in parts:
        if whatever(sentence, clause):
            continue
        beside, named = named, _only_groups(sentence, clause, _ASKED)
        either = beside and named and clause.joint == "and" and not _OF_BOTH.search(sentence.text)
        goes_on = excluding and clause.joint == "and" and _only_groups(sentence, clause)
        excluding = goes_on or any(sentence.tokens[place].is_("neg", "except") for place in clause.places)
        found, last = _clause_rules(sentence, clause, spread_window(sentence, clause, shared, parts), last, loose)
        found = [{"not": rule} if goes_on and "not" not in rule else rule for rule in found]
        joint = "or" if either and not excluding else clause.joint
        if len(found) == 1 and clause.joint == "and" and rules:
            rules[-1] = (rules[-1][0], _done_to_both(sentence, before, rules[-1][1], found[0]))
        before = clause
        rules.extend((joint if index == 0 else "and", rule) for index, rule in enumerate(found))
    if any(sentence.tokens[place].is_("neg", "except") for place in sentence.used):
        sentence.take_all("neg", "except")
    return _combine(rules)


def _done_to_both(sentence: Sentence, before: Clause, first: Rule, second: Rule) -> Rule:
    """“活动13和活动18都用过券”: what was done is said after both names, of which the first stands alone before it."""
    alone = not any(sentence.tokens[place].is_("verb") or sentence.tokens[place].is_("neg") for place in before.places)
    sent = first.get("behaviour") == "contacts" and second.get("behaviour") == "responses"
    same = list(first.get("where") or {}) == list(second.get("where") or {}) and bool(first.get("where"))
    return {**second, "where": first["where"]} if alone and sent and same else first


def _only_groups(sentence: Sentence, clause: Clause, beside: tuple[str, ...] = ()) -> bool:
    """Whether a clause only names more of those who were left out: “excluding hibernating and lost ones”."""
    tokens = [sentence.tokens[place] for place in clause.places]
    plain = ("segment", "stop", "noun", "conj", "pronoun", "punctuation", *beside)
    return any(token.is_("segment") for token in tokens) and all(any(token.is_(kind) for kind in plain) for token in tokens)


def _shared_window(sentence: Sentence, parts: list[Clause]) -> Window | None:
    """The only window of the question applies to all that is done in it; the one of a date, such as the first order, to that alone."""
    windows = list(sentence.free("window"))
    if len(windows) != 1:
        return None
    owner = next((part for part in parts if windows[0][0] in part.places), None)
    dated = owner is not None and len(parts) > 1 and tells_date(sentence, owner)
    return None if dated else windows[0][1].data["window"]


def _combine(rules: list[tuple[str, Rule]]) -> Rule | None:
    if not rules:
        return None
    found: list[Rule] = []
    for joint, rule in rules:
        if any(rule in _parts(before) for before in found if "any" in before or before == rule):
            continue
        apart = next((at for at, before in enumerate(found) if _excluding(before, rule)), None)
        beside = _choice(found, rule) if found and joint == "or" else apart
        if beside is not None:
            found[beside] = _either(found[beside], rule)
        elif rule not in found:
            found.append(rule)
    found = together(found)
    return found[0] if len(found) == 1 else {"all": found}


def _choice(found: list[Rule], rule: Rule) -> int:
    """What “or” gives a choice of: the group beside a group (“45-54岁的忠诚客户或冠军客户”), else what was said last."""
    groups = [at for at, before in enumerate(found) if set(rule) == {"segment"} and all("segment" in one for one in _parts(before))]
    return groups[-1] if groups else len(found) - 1


def _excluding(first: Rule, second: Rule) -> bool:
    """Whether nobody is both: groups of one scheme, as in “SVIP和VIP”, or values of one property, as in "in Leeds and York"."""
    if second.get("op") == "=" and "field" in second:
        same = [rule for rule in _parts(first) if rule.get("field") == second["field"] and rule.get("op") == "="]
        return len(same) == len(_parts(first)) and all(rule["value"] != second["value"] for rule in same)
    if set(second) != {"segment"}:
        return False
    others = [rule.get("segment") for rule in _parts(first)]
    scheme = scheme_of(str(second["segment"]))
    return scheme is not None and all(one and scheme_of(str(one)) is scheme for one in others)


def _either(first: Rule, second: Rule) -> Rule:
    """One rule for both; two that differ in the values of one dimension only become one: "deli or seafood", neither when negated."""
    one, two = dict(first.get("where", {})), dict(second.get("where", {}))
    same = {**first, "where": None} == {**second, "where": None}
    if same and len(one) == 1 and list(one) == list(two):
        ((dimension, values),) = one.items()
        return {**first, "where": {dimension: [*values, *two[dimension]]}}
    return {"any": [*_parts(first), second]}


def _parts(rule: Rule) -> list[Rule]:
    return list(rule["any"]) if "any" in rule else [rule]


def _clause_rules(
    sentence: Sentence, clause: Clause, shared: Window | None, last: Behaviour | None, loose: bool
) -> tuple[list[Rule], Behaviour | None]:
    first = first_bought(sentence, clause)
    if first:
        return first, last
    parts = part_rules(sentence, clause, shared)
    rules = list(direct_rules(sentence, clause, shared, loose))
    if any(is_dated(rule) for rule in rules):
        shared = None  # the time is of that date
    if parts:
        return [*rules, *value_rules(sentence, clause, True), *parts], last
    group = behaviour_of(sentence, clause)
    carried = group is None and last is not None
    if group is None and last is not None:
        group = continued(sentence, clause, last)
    if group is None:
        return [*rules, *value_rules(sentence, clause, loose)], last
    if rules and group.bare:
        return rules, last
    rules += value_rules(sentence, clause, True)
    counted = (group.comparison is not None and group.comparison.data["value"] != 1) or (
        last is not None and last.negated
    )  # “没收到活动8，用过3次券”: any coupons
    if group.behaviour == "responses" and not group.values and not group.anything and not counted:
        group.values = campaigns_before(sentence, clause)
    group.windows = group.windows or since(group, last, sentence.vocabulary.as_of)
    if group.again and group.negated and not group.windows and last is not None and last.behaviour in _SENT:
        sentence.used -= {place for place in clause.places if sentence.tokens[place].is_("later")}  # no time is known for each of them
    elif group.again and group.negated and not group.values and not group.windows and not buys_again(sentence, clause, last):
        sentence.used -= set(clause.places)  # “买过啤酒以后再没来”: whether the last order held it is not known
        return rules, last
    elif group.again and group.negated and not group.values and not group.windows and last is not None and last.values:
        sentence.use(*clause.places)  # “买了一次海鲜再没买过” is once in all
        return [
            *rules,
            *behaviour_rules(replace(group, values=last.values, comparison=_ONCE, negated=False), sentence.vocabulary.as_of),
        ], last
    of_the_same(sentence, clause, group, last)
    if last is not None and not group.values and last.values and (_counts_again(sentence, clause) or _of_those(sentence, clause)):
        group.values = last.values
    in_every_period(sentence, clause, group, shared)
    borrowed = not group.windows and shared is not None
    group.windows = group.windows or ([shared] if shared is not None else [])
    if shared is not None:
        sentence.use(*(place for place, _ in sentence.free("window")))
    found = behaviour_rules(group, sentence.vocabulary.as_of)
    others = nothing_else(found, sentence.vocabulary) if group.only is not None else None
    if others is not None and group.only is not None:
        sentence.use(group.only)
        found = [*found, *others]
    if borrowed and not any(sentence.tokens[place].is_("window") for place in clause.places):
        sentence.spread += found
    return ([*found, *rules] if carried else [*rules, *found]), _with_others(group, last, joined=carried and clause.joint == "or")


def _with_others(group: Behaviour, last: Behaviour | None, *, joined: bool) -> Behaviour:
    """“牛肉或者猪肉”: what follows may speak of either."""
    alike = joined and last is not None and last.negated == group.negated and last.windows == group.windows
    return replace(group, values=[*last.values, *group.values]) if alike and last is not None else group


def _counts_again(sentence: Sentence, clause: Clause) -> bool:
    """“… or at least once in November”: how often, where what was done is not said again."""
    tokens = [sentence.tokens[place] for place in clause.places]
    counted = any(token.is_("comparison") and token.text.endswith(("once", "twice", " times")) for token in tokens)
    return counted and not any(token.is_("verb") or token.is_("noun") for token in tokens)


def _of_those(sentence: Sentence, clause: Clause) -> bool:
    """“… and spent 100 or more on it”: the goods that were spoken of before."""
    pairs = zip(clause.places, clause.places[1:], strict=False)
    return any(sentence.tokens[at].text in _ON and sentence.tokens[following].text in _THOSE for at, following in pairs)


def campaigns_before(sentence: Sentence, clause: Clause) -> list[Sense]:
    """“收到Campaign 13但没响应”: the campaigns that somebody was told to have got, and that a response is therefore to."""
    places = range(clause.places[0])
    found = [value for place in places if (value := sentence.tokens[place].get("value")) is not None]
    return [value for value in found if sentence.vocabulary.levels.get(str(value.data["dimension"])) in _OF_CAMPAIGN]


def value_rules(sentence: Sentence, clause: Clause, loose: bool) -> Iterator[Rule]:
    """Values of the customer's own dimensions; with ``loose``, also "deli customers" of what was bought."""
    found: dict[str, list[str]] = {}
    negated: set[str] = set()
    for place in clause.places:
        value = None if place in sentence.used else sentence.tokens[place].get("value")
        if not value or not loose:
            continue
        dimension = str(value.data["dimension"])
        if sentence.vocabulary.levels.get(dimension) == "time":
            continue
        if negation_before(sentence, clause, place):
            negated.add(dimension)
        if value.data["value"] not in found.setdefault(dimension, []):
            found[dimension] += [str(value.data["value"]), *value.data.get("also", ())]
        sentence.use(place)
    placed = _bought_there(sentence, found) if not negated else None
    if placed is not None:
        yield {"behaviour": "orders", "op": ">=", "value": 1, "where": placed}
        found = {dimension: values for dimension, values in found.items() if dimension not in placed}
    for dimension, values in found.items():
        rule = _value_rule(sentence, dimension, values)
        yield {"not": rule} if dimension in negated else rule


def _bought_there(sentence: Sentence, found: dict[str, list[str]]) -> dict[str, list[str]] | None:
    """“367店的咖啡买家”, "coffee from store 367": goods and the place where they were bought are one doing."""
    levels = {dimension: sentence.vocabulary.levels.get(dimension) for dimension in found}
    bought = {dimension: values for dimension, values in found.items() if levels[dimension] in ("product", "order")}
    return bought if {"product", "order"} <= {levels[dimension] for dimension in bought} else None


def _value_rule(sentence: Sentence, dimension: str, values: list[str]) -> Rule:
    level = sentence.vocabulary.levels.get(dimension)
    if level == "customer":
        return {"field": dimension, "op": "in", "value": values} if len(values) > 1 else {"field": dimension, "op": "=", "value": values[0]}
    behaviour = "contacts" if level in _OF_CAMPAIGN else "events" if level == "event" else "orders"
    return {"behaviour": behaviour, "op": ">=", "value": 1, "where": {dimension: values}}
