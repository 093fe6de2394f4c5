"""Conditions on customers: clauses such as "ordered at least 5 times from the deli in Q4" become rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assistant.planner.bands import band_condition
from assistant.planner.lexicon import read_table
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import rule_of
from tools.windows import Window

Rule = dict[str, Any]
_BEHAVIOUR_OF_UNIT = {"order": "orders", "money": "amount", "item": "quantity"}
_BEHAVIOUR_OF_FIELD = {"orders": "orders", "amount": "amount"}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_OF_CAMPAIGN = ("campaign", "contact", "response")


@dataclass
class Clause:
    """A stretch of a question around one verb.

    Args:
        places: Places of its tokens in the sentence.
        joint: What joins it to the clause before: "and" or "or".
    """

    places: list[int] = field(default_factory=list)
    joint: str = "and"


@dataclass
class _Group:
    """What a clause says about one behaviour."""

    behaviour: str | None = None
    negated: bool = False
    comparison: Sense | None = None
    window: Window | None = None
    values: list[Sense] = field(default_factory=list)
    subject: str | None = None

    @property
    def bare(self) -> bool:
        """Whether it is a verb that says nothing more."""
        return self.comparison is None and not self.values and self.window is None and not self.negated


def clauses(sentence: Sentence) -> list[Clause]:
    """The sentence cut at joints, and where a second verb begins."""
    found = [Clause()]
    for place, token in enumerate(sentence.tokens):
        joint = _joint(token)
        if token.is_("neg", "except") and found[-1].places:
            found.append(Clause([place]))
        elif joint:
            if found[-1].places:
                found.append(Clause(joint=joint))
            elif joint == "or":
                found[-1].joint = "or"
        elif token.is_("verb") and not _is_noun(sentence, place) and _complete(sentence, found[-1]):
            moved = _opening(sentence, found[-1])
            found[-1].places = found[-1].places[: len(found[-1].places) - len(moved)]
            found.append(Clause([*moved, place]))
        else:
            found[-1].places.append(place)
    return [clause for clause in found if clause.places]


def _joint(token: Token) -> str | None:
    conj = token.get("conj")
    if conj:
        return "or" if conj.id == "or" else "and"
    return "and" if token.is_("punctuation", ",", ";", ".", "?", "!", ":") else None


def _is_noun(sentence: Sentence, place: int) -> bool:
    return sentence.tokens[place].is_("metric")


def _complete(sentence: Sentence, clause: Clause) -> bool:
    tokens = [sentence.tokens[place] for place in clause.places]
    verbs = [token for token in tokens if token.is_("verb") and not token.is_("metric")]
    return bool(verbs) and any(token.is_("comparison") or token.is_("value") for token in tokens)


def _opening(sentence: Sentence, clause: Clause) -> list[int]:
    """The window and negation that stand before the second verb and belong to it."""
    moved: list[int] = []
    for place in reversed(clause.places):
        if not (sentence.tokens[place].is_("window") or sentence.tokens[place].is_("neg")):
            break
        moved.insert(0, place)
    return moved


def find_rules(sentence: Sentence, *, loose: bool = True) -> Rule | None:
    """The rule of all conditions in the sentence, whose tokens are used; None without any.

    Args:
        sentence: The question.
        loose: Whether values and segments that stand alone are conditions too; a measure filters by them instead.
    """
    parts = clauses(sentence)
    shared = _shared_window(sentence)
    rules: list[tuple[str, Rule]] = []
    last: _Group | None = None
    waiting: list[Clause] = []
    for clause in parts:
        found, group = _clause_rules(sentence, clause, shared, last, loose)
        rules.extend((clause.joint if index == 0 else "and", rule) for index, rule in enumerate(found))
        if group is None and any(sentence.tokens[place].is_("window") for place in clause.places):
            waiting.append(clause)
        if last is None and group is not None:
            rules.extend(("and", rule) for rule in _led(sentence, waiting, group))
        last = group
    return _combine(rules)


def _led(sentence: Sentence, waiting: list[Clause], group: _Group) -> Iterator[Rule]:
    """“Q3和Q4都买过”: windows before the first verb have it too."""
    for clause in waiting:
        earlier = _continued(sentence, clause, group)
        if earlier is not None:
            yield from _behaviour_rules(earlier)


def _shared_window(sentence: Sentence) -> Window | None:
    """The only window of the question applies to all that is done in it."""
    windows = [sense.data["window"] for _, sense in sentence.free("window")]
    return windows[0] if len(windows) == 1 else None


def _combine(rules: list[tuple[str, Rule]]) -> Rule | None:
    if not rules:
        return None
    found: list[Rule] = []
    for joint, rule in rules:
        if joint == "or" and found:
            found[-1] = _either(found[-1], rule)
        else:
            found.append(rule)
    return found[0] if len(found) == 1 else {"all": found}


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
    sentence: Sentence, clause: Clause, shared: Window | None, last: _Group | None, loose: bool
) -> tuple[list[Rule], _Group | None]:
    rules = list(_direct_rules(sentence, clause, shared, loose))
    group = _group(sentence, clause)
    if group is None and last is not None:
        group = _continued(sentence, clause, last)
    if group is None:
        return [*rules, *_value_rules(sentence, clause, loose)], last
    if rules and group.bare:
        return rules, last
    rules += _value_rules(sentence, clause, True)
    if last is not None and (last.behaviour, group.behaviour) == ("contacts", "responses"):
        group.values = group.values or last.values
    group.window = group.window or shared
    if shared is not None:
        sentence.use(*(place for place, _ in sentence.free("window")))
    return [*rules, *_behaviour_rules(group)], group


def _other_verb(sentence: Sentence) -> bool:
    """Whether something else in the question takes the window."""
    return any(not sentence.tokens[place].is_("condition") and not sentence.tokens[place].is_("noun") for place, _ in sentence.free("verb"))


def _direct_rules(sentence: Sentence, clause: Clause, shared: Window | None, loose: bool) -> Iterator[Rule]:
    """Segments, bands, ready conditions and comparisons of fields."""
    for place in clause.places:
        token = sentence.tokens[place]
        if place in sentence.used:
            continue
        rule = _named_rule(token) if loose or token.is_("condition") or token.is_("band") else None
        if rule and "behaviour" in rule and shared is not None and not _other_verb(sentence):
            rule["window"] = shared.model_dump(mode="json", exclude_defaults=True)
            sentence.use(*(at for at, _ in sentence.free("window")))
        if rule:
            negation = _negation(sentence, clause, place)
            sentence.use(place)
            yield {"not": rule} if negation else rule
        elif token.is_("comparison"):
            compared = _field_rule(sentence, clause, place)
            if compared:
                yield compared
    yield from _known(sentence, clause)
    yield from _dated(sentence, clause)


_DATES = ("first_order_date", "last_order_date", "signup_at", "last_response_date")


def _dated(sentence: Sentence, clause: Clause) -> Iterator[Rule]:
    """“whose first order was in June”: a date of the customer in a window."""
    fields = [place for place in clause.places if place not in sentence.used and sentence.tokens[place].is_("field", *_DATES)]
    windows = [place for place in clause.places if place not in sentence.used and sentence.tokens[place].is_("window")]
    if not fields or not windows:
        return
    field_sense, window = sentence.tokens[fields[0]].get("field", *_DATES), sentence.tokens[windows[0]].get("window")
    assert field_sense is not None
    assert window is not None
    start, end = window.data["window"].resolve(sentence.vocabulary.as_of)
    sentence.use(fields[0], windows[0], *(place for place in clause.places if sentence.tokens[place].is_("verb")))
    if start and end:
        yield {"field": field_sense.id, "op": "between", "value": [start.isoformat(), end.isoformat()]}
    else:
        yield {"field": field_sense.id, "op": ">=" if start else "<=", "value": (start or end).isoformat()}


def _named_rule(token: Token) -> Rule | None:
    condition, segment, band = token.get("condition"), token.get("segment"), token.get("band")
    if condition:
        return rule_of(condition)
    if segment:
        return {"segment": segment.id}
    return {"field": "churn_band", "op": "=", "value": band.id} if band else None


def _negation(sentence: Sentence, clause: Clause, place: int) -> bool:
    """Whether a negation stands right before; it is used then."""
    for before in range(place - 1, max(place - 4, -1), -1):
        token = sentence.tokens[before]
        if before not in sentence.used and token.is_("neg") and before in clause.places:
            sentence.use(before)
            return True
        if token.text == "的" or any(sense.kind != "stop" for sense in token.senses):
            return False
    return False


def _field_rule(sentence: Sentence, clause: Clause, place: int) -> Rule | None:
    """“recency over 60”, “客单价高于50”, “流失概率超过60%”: the comparison with its field."""
    comparison = sentence.tokens[place].get("comparison")
    assert comparison is not None
    unit = comparison.data["unit"]
    if unit == "different":
        sentence.use(place)
        return {"field": comparison.data["field"], "op": comparison.data["op"], "value": _scaled(comparison, comparison.data["field"])}
    if unit == "age":
        sentence.use(place)
        return band_condition("age", comparison, sentence.vocabulary)
    subject = _subject(sentence, clause, place)
    if subject is None:
        return None
    at, field_id = subject
    if field_id in _BEHAVIOUR_OF_FIELD or (unit in _BEHAVIOUR_OF_UNIT and field_id not in _money_fields(unit)):
        return None
    sentence.use(place, at)
    if field_id in ("age", "income"):
        return band_condition(field_id, comparison, sentence.vocabulary)
    return {"field": field_id, "op": comparison.data["op"], "value": _scaled(comparison, field_id)}


def _money_fields(unit: str) -> frozenset[str]:
    fields = {"money": ("average_order_value", "income", "amount_30d", "amount_90d", "amount_365d"), "item": ("items_per_order",)}
    return frozenset(fields.get(unit, ()))


def _scaled(comparison: Sense, field_id: str) -> Any:
    days = _DAYS.get(comparison.data["unit"], 1)
    value = comparison.data["value"]
    scaled = [plain(one * days) for one in value] if isinstance(value, list) else plain(value * days)
    if field_id.endswith(("_share", "probability")) and comparison.data["unit"] != "share":
        return _as_share(scaled)
    return scaled


def _as_share(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_share(one) for one in value]
    return plain(Decimal(value) / 100) if Decimal(value) > 1 else value


def _subject(sentence: Sentence, clause: Clause, place: int) -> tuple[int, str] | None:
    """The field that a comparison is about: the nearest before it, else the nearest after."""
    index = clause.places.index(place)
    for at in [*reversed(clause.places[:index]), *clause.places[index + 1 :]]:
        token = sentence.tokens[at]
        if at in sentence.used:
            continue
        if token.is_("comparison") or (token.is_("verb") and not token.is_("field")):
            return None
        field_id = field_of(token)
        if field_id:
            return at, field_id
    return None


def field_of(token: Token) -> str | None:
    """The field of a customer that a token may mean."""
    known = token.get("field")
    if known and not token.is_("noun"):
        return known.id
    metric = token.get("metric")
    mapped = read_table("fields")["field_for_metric"].get(metric.id) if metric else None
    return str(mapped["field"]) if mapped else None


def _known(sentence: Sentence, clause: Clause) -> Iterator[Rule]:
    """“without an e-mail”, “没有年龄信息的”: a field that is there or not."""
    for place in clause.places:
        field_sense = None if place in sentence.used else sentence.tokens[place].get("field")
        if not field_sense or field_sense.data.get("group") not in ("demographics", "contact", "attributes"):
            continue
        if _negation(sentence, clause, place):
            sentence.use(place)
            yield {"field": field_sense.id, "op": "is unknown"}


def _group(sentence: Sentence, clause: Clause) -> _Group | None:
    """The behaviour of the clause with what qualifies it."""
    group = _Group()
    for place in clause.places:
        if place not in sentence.used:
            _collect(sentence, clause, place, group)
    if group.behaviour is None:
        return None
    if group.behaviour in ("contacts", "responses"):
        named = [place for place in clause.places if sentence.tokens[place].is_("dimension", "campaign", "campaign_kind")]
        sentence.use(*named)
    _qualify(sentence, clause, group)
    return group


def _collect(sentence: Sentence, clause: Clause, place: int, group: _Group) -> None:
    token = sentence.tokens[place]
    comparison, verb = token.get("comparison") or _bare(sentence, place), token.get("verb")
    if comparison and group.comparison is None:
        _compare(sentence, clause, place, comparison, group)
    elif verb and (not token.is_("metric") or _verb_like(sentence, place)) and group.behaviour is None:
        group.behaviour = str(verb.data["behaviour"])
        group.negated = group.negated or bool(verb.data.get("negated"))
        sentence.use(place)
    elif verb and group.behaviour is not None and not token.is_("metric"):
        group.behaviour = group.behaviour if verb.data["behaviour"] == "orders" else str(verb.data["behaviour"])
        sentence.use(place)


def _verb_like(sentence: Sentence, place: int) -> bool:
    """Whether a word that is a verb and a metric ("orders", "spend") is the verb here: a negation or pronoun stands before."""
    before = sentence.before(place, "neg", within=1)
    return before is not None


def _bare(sentence: Sentence, place: int) -> Sense | None:
    """“买过3次”, “with 2 orders”: a plain number of orders, items or money means exactly so many."""
    quantity = sentence.tokens[place].get("quantity")
    denied = any(token.is_("neg") or ((verb := token.get("verb")) and verb.data.get("negated")) for token in sentence.tokens)
    units = ("order", "item", "money", *(_DAYS if denied else ()))
    if not quantity or quantity.data["unit"] not in units:
        return None
    return Sense("comparison", f"= {quantity.data['value']}", {"op": "=", **quantity.data})


def _compare(sentence: Sentence, clause: Clause, place: int, comparison: Sense, group: _Group) -> None:
    unit = comparison.data["unit"]
    if unit in _DAYS:
        group.window = Window(last_days=int(_largest(comparison)) * _DAYS[unit])
        sentence.use(place)
        return
    subject = _subject(sentence, clause, place) if not unit else None
    behaviour = _BEHAVIOUR_OF_UNIT.get(unit) or (_BEHAVIOUR_OF_FIELD.get(subject[1]) if subject else None)
    verb = next((at for at in clause.places if sentence.tokens[at].is_("verb")), None)
    if behaviour is None and unit == "" and verb is not None:
        sense = sentence.tokens[verb].get("verb")
        behaviour = str(sense.data["behaviour"]) if sense else None
    if behaviour is None:
        return
    group.comparison, group.subject, group.behaviour = comparison, behaviour, behaviour
    sentence.use(place, *([subject[0]] if subject else []))


def _largest(comparison: Sense) -> Decimal:
    value = comparison.data["value"]
    return Decimal(max(value) if isinstance(value, list) else value)


def _qualify(sentence: Sentence, clause: Clause, group: _Group) -> None:
    """Window, negation and values of the behaviour."""
    for place in clause.places:
        token = sentence.tokens[place]
        if place in sentence.used:
            continue
        window, value, neg = token.get("window"), token.get("value"), token.get("neg")
        if window and group.window is None:
            group.window = window.data["window"]
            sentence.use(place)
        elif neg:
            group.negated = True
            sentence.use(place)
        elif value and sentence.vocabulary.levels.get(value.data["dimension"]) != "customer":
            group.values.append(value)
            sentence.use(place)


def _continued(sentence: Sentence, clause: Clause, last: _Group) -> _Group | None:
    """“... or seafood”: a clause of values alone continues the one before."""
    group = _Group(last.behaviour, last.negated, None if last.negated else last.comparison)
    _qualify(sentence, clause, group)
    if group.negated and not last.negated:
        group.comparison = None
    if not group.values and group.window is None:
        return None
    group.values, group.window = group.values or last.values, group.window or last.window
    return group


def _value_rules(sentence: Sentence, clause: Clause, loose: bool) -> Iterator[Rule]:
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
        if _negation(sentence, clause, place):
            negated.add(dimension)
        found.setdefault(dimension, []).append(str(value.data["value"]))
        sentence.use(place)
    for dimension, values in found.items():
        rule = _value_rule(sentence, dimension, values)
        yield {"not": rule} if dimension in negated else rule


def _value_rule(sentence: Sentence, dimension: str, values: list[str]) -> Rule:
    level = sentence.vocabulary.levels.get(dimension)
    if level == "customer":
        return {"field": dimension, "op": "in", "value": values} if len(values) > 1 else {"field": dimension, "op": "=", "value": values[0]}
    behaviour = "contacts" if level in _OF_CAMPAIGN else "events" if level == "event" else "orders"
    return {"behaviour": behaviour, "op": ">=", "value": 1, "where": {dimension: values}}


def _behaviour_rules(group: _Group) -> list[Rule]:
    where: dict[str, list[str]] = {}
    for value in group.values:
        where.setdefault(value.data["dimension"], []).append(value.data["value"])
    rule: Rule = {"behaviour": _behaviour(group), **_amount(group)}
    if group.window is not None:
        rule["window"] = group.window.model_dump(mode="json", exclude_defaults=True)
    if where:
        rule["where"] = where
    return [rule]


def _behaviour(group: _Group) -> str:
    if group.comparison is None and group.behaviour == "amount":
        return "orders"
    return str(group.behaviour)


_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!=", "!=": "="}


def _amount(group: _Group) -> dict[str, Any]:
    if group.comparison is None:
        return {"op": "=", "value": 0} if group.negated else {"op": ">=", "value": 1}
    op, value = group.comparison.data["op"], group.comparison.data["value"]
    if group.negated and op in _OPPOSITE:
        op = _OPPOSITE[op]
    return {"op": op, "value": [plain(one) for one in value] if isinstance(value, list) else plain(value)}


def plain(value: Decimal) -> int | float | str:
    """A number as JSON: an integer where it is one."""
    return int(value) if value == int(value) else str(value.normalize())
