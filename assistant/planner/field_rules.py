"""Conditions on fields: “recency over 60”, segments, risk bands, ready conditions, known and dated fields."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from assistant.planner.bands import band_condition
from assistant.planner.clauses import BEHAVIOUR_OF_FIELD, BEHAVIOUR_OF_UNIT, DAYS, Clause, Rule, plain
from assistant.planner.lexicon import read_table
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import rule_of
from assistant.planner.windows import joined_windows
from tools.contracts import Unit
from tools.metrics.catalogue import catalogue
from tools.windows import Window

_PEOPLE = ("customers", "people", "shoppers", "households", "members", "buyers", "users", "clients")
"""Right after one of these a bare number may be an age as well as an amount, so that it is asked about."""
_RECENT = "recency_days"
_LASTING = ("老", "熟", "常")
"""Regulars are so whatever time is spoken of."""
_AGES = {"first_order_date": "tenure_days", "signup_at": "tenure_days", "last_order_date": "recency_days"}
"""How many days ago a date is."""
_METRICS_OF = {"orders": ("orders",), "amount": ("revenue",), "quantity": ("items",)}
_DATES = ("first_order_date", "last_order_date", "signup_at", "last_response_date")


def _dated(sentence: Sentence, clause: Clause) -> Iterator[Rule]:
    """“whose first order was in June”: a date of the customer in a window."""
    fields = [place for place in clause.places if place not in sentence.used and sentence.tokens[place].is_("field", *_DATES, _RECENT)]
    windows = [place for place in clause.places if place not in sentence.used and sentence.tokens[place].is_("window")]
    if not fields or not windows:
        return
    field_sense, window = sentence.tokens[fields[0]].get("field", *_DATES, _RECENT), sentence.tokens[windows[0]].get("window")
    assert field_sense is not None
    assert window is not None
    listed = [place for place in windows if sentence.tokens[place - 1].is_("conj") and place - 2 in windows]  # “in October or November”
    times = [sense.data["window"] for place in (windows[0], *listed) if (sense := sentence.tokens[place].get("window")) is not None]
    whole = joined_windows(times, sentence.vocabulary.as_of)
    if whole is None:
        return
    sentence.use(*listed)
    windows = [place for place in windows if place not in listed]
    start, end = whole.resolve(sentence.vocabulary.as_of)
    ends = windows[1] if len(windows) > 1 else len(sentence.tokens)  # “首单在3月的客户里最近90天下过单的”: the second time has its own verb
    sentence.use(fields[0], windows[0], *(place for place in clause.places if place < ends and sentence.tokens[place].is_("verb")))
    name = "last_order_date" if field_sense.id == _RECENT else field_sense.id
    if start and end:
        yield {"field": name, "op": "between", "value": [start.isoformat(), end.isoformat()]}
    elif day := start or end:
        yield {"field": name, "op": ">=" if start else "<=", "value": day.isoformat()}


def tells_date(sentence: Sentence, clause: Clause) -> bool:
    """Whether a clause says when a date of the customer was: “首单在3月”."""
    return any(sentence.tokens[place].is_("field", *_DATES, _RECENT) for place in clause.places)


def is_dated(rule: Rule) -> bool:
    """Whether a rule is about a date of the customer."""
    return rule.get("field") in _DATES


def _named_rule(token: Token) -> Rule | None:
    condition, segment, band = token.get("condition"), token.get("segment"), token.get("band")
    if condition:
        return rule_of(condition)
    if segment:
        return {"segment": segment.id}
    return {"field": "churn_band", "op": "=", "value": band.id} if band else None


def negation_before(sentence: Sentence, clause: Clause, place: int) -> bool:
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
    subject = subject_of(sentence, clause, place)
    if subject is None or (unit == "" and place and sentence.tokens[place - 1].text in _PEOPLE):
        return None
    at, field_id = subject
    if field_id in BEHAVIOUR_OF_FIELD or (unit in BEHAVIOUR_OF_UNIT and field_id not in _fields_in(unit)):
        return None
    if catalogue().field(field_id).kind == "date":
        field_id = _AGES.get(field_id, "") if unit in DAYS else ""
        if not field_id:
            return None
    if unit == "share" and catalogue().field(field_id).unit in (Unit.MONEY, Unit.COUNT, Unit.DAYS):
        return None
    sentence.use(place, at)
    if field_id in ("age", "income"):
        return band_condition(field_id, comparison, sentence.vocabulary)
    return {"field": field_id, "op": comparison.data["op"], "value": _scaled(comparison, field_id)}


def _fields_in(unit: str) -> frozenset[str]:
    """The fields that an amount in this unit may be about: sums of money, orders expected or in a window, items."""
    book = catalogue()
    if unit == "money":
        return frozenset(one.id for one in book.fields if one.unit is Unit.MONEY and one.id != "amount")
    if unit == "order":
        return frozenset(one.id for one in book.fields if one.id.startswith(("orders_", "expected_orders")))
    return frozenset({"items_per_order"} if unit == "item" else ())


def _scaled(comparison: Sense, field_id: str) -> Any:
    days = DAYS.get(comparison.data["unit"], 1)
    value = comparison.data["value"]
    scaled = [plain(one * days) for one in value] if isinstance(value, list) else plain(value * days)
    if field_id.endswith(("_share", "probability")) and comparison.data["unit"] != "share":
        return _as_share(scaled)
    return scaled


def _as_share(value: Any) -> Any:
    if isinstance(value, list):
        return [_as_share(one) for one in value]
    return plain(Decimal(value) / 100) if Decimal(value) > 1 else value


def subject_of(sentence: Sentence, clause: Clause, place: int) -> tuple[int, str] | None:
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
        following = place + 1 if place + 1 in clause.places else None
        said = following is not None and sentence.tokens[following].text in read_table("places")["unknown_words"]
        if said or negation_before(sentence, clause, place):
            sentence.use(place, *([following] if said and following is not None else []))
            banded = f"{field_sense.id}_band"
            known = sentence.vocabulary.values
            yield {"field": banded if banded in known and field_sense.id not in known else field_sense.id, "op": "is unknown"}


def _other_verb(sentence: Sentence) -> bool:
    """Whether something else in the question takes the window."""
    return any(not sentence.tokens[place].is_("condition") and not sentence.tokens[place].is_("noun") for place, _ in sentence.free("verb"))


def _timed(sentence: Sentence, clause: Clause, rule: Rule) -> None:
    """“Ordered exactly once in November and …”: a ready condition in the only time of its clause."""
    own = [at for at, _ in sentence.free("window") if at in clause.places]
    time = sentence.tokens[own[0]].get("window") if len(own) == 1 else None
    if time is not None and not _verb_of(sentence, clause):
        rule["window"] = time.data["window"].model_dump(mode="json", exclude_defaults=True)
        sentence.use(own[0])


def _verb_of(sentence: Sentence, clause: Clause) -> bool:
    """Whether the clause has a verb that takes its time."""
    free = [place for place in clause.places if place not in sentence.used and not sentence.tokens[place].is_("condition")]
    return any(sentence.tokens[place].is_("verb") and not sentence.tokens[place].is_("noun") for place in free)


def _repeats_band(sentence: Sentence, place: int) -> bool:
    """“高危流失客户”: a word for those who leave, right beside how likely they are to, is no group besides."""
    beside = [sentence.tokens[at] for at in (place - 1, place + 1) if 0 <= at < len(sentence.tokens)]
    return sentence.tokens[place].is_("segment", "lost", "at_risk") and any(token.is_("band") for token in beside)


def direct_rules(sentence: Sentence, clause: Clause, shared: Window | None, loose: bool) -> Iterator[Rule]:
    """Segments, bands, ready conditions and comparisons of fields."""
    for place in clause.places:
        token = sentence.tokens[place]
        if place in sentence.used:
            continue
        if _repeats_band(sentence, place):
            sentence.use(place)
            continue
        rule = _named_rule(token) if loose or token.is_("condition") or token.is_("band") else None
        lasting = (token.is_("condition", "repeat") and token.text.startswith(_LASTING)) or "first_days" in (rule or {})
        if rule and "behaviour" in rule and shared is not None and not lasting and not _other_verb(sentence):
            rule["window"] = shared.model_dump(mode="json", exclude_defaults=True)
            sentence.use(*(at for at, _ in sentence.free("window")))
        elif rule and "behaviour" in rule and "window" not in rule and not lasting:
            _timed(sentence, clause, rule)
        if rule:
            negation = negation_before(sentence, clause, place)
            sentence.use(place)
            yield {"not": rule} if negation else rule
        elif token.is_("comparison"):
            compared = _field_rule(sentence, clause, place)
            if compared:
                yield compared
    yield from _known(sentence, clause)
    yield from _dated(sentence, clause)


def restated(sentence: Sentence, clause: Clause, place: int, behaviour: str) -> tuple[int, str] | None:
    """“订单数不到5单”: the field named right before its comparison, whose unit says it again."""
    before = sentence.tokens[place - 1] if place - 1 in clause.places and place - 1 not in sentence.used else None
    named = before is not None and (before.is_("field", behaviour) or before.is_("metric", *_METRICS_OF.get(behaviour, ())))
    known = named and before is not None and not before.is_("verb") and not before.is_("noun")
    return (place - 1, behaviour) if known else None
