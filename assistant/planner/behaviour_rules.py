"""Conditions on what customers did: verbs with their amounts, windows, values and negations."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from assistant.planner.clauses import BEHAVIOUR_OF_FIELD, BEHAVIOUR_OF_UNIT, DAYS, Clause, Rule, plain
from assistant.planner.field_rules import restated, subject_of
from assistant.planner.lexicon import read_table
from assistant.planner.qualifiers import every_period
from assistant.planner.scopes import timed_buyers
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from assistant.planner.turning_points import EARLIER, STILL, STOPPED, before_it, still_window, stopped_rules
from assistant.planner.windows import joined_windows
from tools.windows import Window

_QUALIFIED = ("only", "every_period")
"""Words that have their verb in them: “才来”, “每个月都”."""
_MOST_DAYS = 36525
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!=", "!=": "="}


@dataclass
class Behaviour:
    """What a clause says about one behaviour."""

    behaviour: str | None = None
    negated: bool = False
    comparison: Sense | None = None
    windows: list[Window] = field(default_factory=list)
    joint: str = "and"
    """What joins the windows: "or" where one of them is enough."""
    each: bool = False
    """Whether an amount is meant of every window: "both", “都”."""
    values: list[Sense] = field(default_factory=list)
    subject: str | None = None
    again: bool = False
    """Whether it was done another time: "came back", “复购”."""
    only: int | None = None
    """The place of a word for nothing else: “只”, "only"."""
    anything: bool = False
    """Whether any campaign is meant: "responded to any campaign"."""
    gap: list[Window] = field(default_factory=list)
    """The shortest and the longest time since it was done last."""
    nothing: bool = False
    """Whether nothing at all was done: “什么都没买”, "nothing since"."""
    turned: frozenset[str] = frozenset()
    """Whether it was stopped, is still done, or was done before the time that was named last."""

    @property
    def bare(self) -> bool:
        """Whether it is a verb that says nothing more; who used a coupon at all is a condition of its own."""
        return self.behaviour not in ("responses", "contacts", "events") and not (
            self.comparison or self.values or self.windows or self.negated
        )


def behaviour_of(sentence: Sentence, clause: Clause) -> Behaviour | None:
    """The behaviour of the clause with what qualifies it."""
    group, used = Behaviour(), set(sentence.used)
    for place in clause.places:
        if place not in sentence.used:
            _collect(sentence, clause, place, group)
    qualified = any(sentence.tokens[place].is_("qualifier", *_QUALIFIED) for place in clause.places)
    if group.behaviour is None and (qualified or timed_buyers(sentence, clause)):
        group.behaviour = "orders"
    if group.behaviour is None:
        sentence.used = used
        return None
    if group.behaviour in ("contacts", "responses"):
        named = [place for place in clause.places if sentence.tokens[place].is_("dimension", "campaign", "campaign_kind")]
        named += [place for place in clause.places if sentence.tokens[place].is_("part", "coupon")]
        sentence.use(*named)
        group.anything = any(sentence.tokens[place].is_("dimension") for place in named)
    _qualify(sentence, clause, group)
    return group


def _collect(sentence: Sentence, clause: Clause, place: int, group: Behaviour) -> None:
    token = sentence.tokens[place]
    comparison, verb = token.get("comparison") or _bare(sentence, place), token.get("verb")
    group.again = group.again or (verb is not None and token.is_("cue", "again")) or _says_again(token)
    if comparison and group.comparison is None:
        _compare(sentence, clause, place, comparison, group)
    elif verb and (not token.is_("metric") or _verb_like(sentence, place)) and group.behaviour is None:
        group.behaviour = str(verb.data["behaviour"])
        group.negated = group.negated or bool(verb.data.get("negated"))
        group.values += [sense for sense in token.senses if sense.kind == "value" and sense.data.get("dimension") == "event_kind"]
        sentence.use(place)
    elif group.behaviour is None and any(_tells_event(sense) for sense in token.senses):
        group.behaviour = "events"
    elif verb and group.behaviour == "orders" and place and sentence.tokens[place - 1].text in ("a", "an", "any", "another", "one"):
        sentence.use(place)  # “placed a single order”
    elif verb and group.behaviour is not None and not token.is_("metric"):
        group.behaviour = group.behaviour if verb.data["behaviour"] == "orders" else str(verb.data["behaviour"])
        sentence.use(place)


def _says_again(token: Token) -> bool:
    """“没再来”, "never again", "not since then"."""
    return (token.is_("neg") and "再" in token.text) or token.text in read_table("places")["once_more"] or token.is_("later")


def _tells_event(sense: Sense) -> bool:
    """Whether a value says by itself what was done: “打开过邮件”."""
    return sense.kind == "value" and sense.data.get("dimension") == "event_kind"


def _verb_like(sentence: Sentence, place: int) -> bool:
    """Whether a word that is a verb and a metric ("orders", "spend") is the verb here: a negation or pronoun stands before."""
    before = sentence.before(place, "neg", within=1)
    after = sentence.tokens[place + 1].get("comparison") if place + 1 < len(sentence.tokens) else None
    compared = after is not None and after.data["unit"] == "money" and sentence.tokens[place].is_("verb", "spend")
    return before is not None or (compared and sentence.tokens[place].text.isascii())


def _bare(sentence: Sentence, place: int) -> Sense | None:
    """“买过3次”, “with 2 orders”: a plain number of orders, items or money means exactly so many."""
    quantity = sentence.tokens[place].get("quantity")
    denied = any(token.is_("neg") or ((verb := token.get("verb")) and verb.data.get("negated")) for token in sentence.tokens)
    units = ("order", "item", "money", *(DAYS if denied else ()))
    if not quantity or quantity.data["unit"] not in units:
        return None
    return Sense("comparison", f"= {quantity.data['value']}", {"op": "=", "bare": True, **quantity.data})


def _compare(sentence: Sentence, clause: Clause, place: int, comparison: Sense, group: Behaviour) -> None:
    unit = comparison.data["unit"]
    if unit in DAYS and _largest(comparison) * DAYS[unit] > _MOST_DAYS:
        return
    if unit in DAYS:
        longer = int(comparison.data["op"] == ">")  # “over 45 days” without an order: the 46th is without one, too
        group.windows = [Window(last_days=int(_largest(comparison)) * DAYS[unit] + longer)]
        if isinstance(comparison.data["value"], list):  # “nothing for 20 to 40 days”: nothing in 20, but something in 40
            group.gap = [Window(last_days=int(one) * DAYS[unit]) for one in comparison.data["value"]]
        sentence.use(place)
        return
    subject = subject_of(sentence, clause, place) if not unit else None
    behaviour = BEHAVIOUR_OF_UNIT.get(unit) or (BEHAVIOUR_OF_FIELD.get(subject[1]) if subject else None)
    verb = next((at for at in clause.places if sentence.tokens[at].is_("verb")), None)
    done = sentence.tokens[verb].get("verb") if verb is not None else None
    if done is not None and ((behaviour is None and unit == "") or (unit == "order" and _counts_times(sentence, place, done))):
        behaviour = str((_spent(sentence, verb) or done).data["behaviour"])
    if behaviour is None:
        return
    if subject is None:
        subject = restated(sentence, clause, place, behaviour)
    group.comparison, group.subject, group.behaviour = comparison, behaviour, behaviour
    sentence.use(place, *([subject[0]] if subject else []))


def _spent(sentence: Sentence, verb: int | None) -> Sense | None:
    """“消费过1000以上”: a number without a unit after a word for spending is money."""
    return sentence.tokens[verb].get("verb", "spend") if verb is not None else None


def _counts_times(sentence: Sentence, place: int, verb: Sense) -> bool:
    """“登录过3次”: times of something that is no order."""
    words = sentence.tokens[place].text
    return verb.data["behaviour"] in ("events", "contacts", "responses") and not any(one in words for one in ("单", "order"))


def _largest(comparison: Sense) -> Decimal:
    value = comparison.data["value"]
    return Decimal(max(value) if isinstance(value, list) else value)


def _qualify(sentence: Sentence, clause: Clause, group: Behaviour) -> None:
    """Windows, negation and values of the behaviour."""
    said = [sentence.tokens[place] for place in clause.places]
    twice = any(one.is_("neg", "except") for one in said) and (group.negated or any(one.is_("neg", "not") for one in said))
    group.each = any(sentence.tokens[place].text in read_table("places")["each_of_them"] for place in clause.places)
    for place in clause.places:
        token = sentence.tokens[place]
        if place in sentence.used:
            continue
        window, value, neg = token.get("window"), token.get("value"), token.get("neg")
        turned = next((kind for kind in (STOPPED, STILL, EARLIER) if token.is_(kind)), None)
        group.turned |= {turned} if turned else frozenset()
        if window:
            group.windows.append(window.data["window"])
            sentence.use(place)
        elif token.is_("later") or turned == EARLIER:
            sentence.use(place)
        elif token.is_("qualifier", "only"):
            group.only = place
        elif token.is_("conj", "or") and group.windows:
            group.joint = "or"
        elif neg:
            group.negated = not twice  # “去掉没买过的”: those who bought
            group.nothing = group.nothing or token.text.startswith(tuple(read_table("places")["nothing"]))
            sentence.use(place)
        elif value and sentence.vocabulary.levels.get(value.data["dimension"]) != "customer":
            group.values.append(value)
            sentence.use(place)


def continued(sentence: Sentence, clause: Clause, last: Behaviour) -> Behaviour | None:
    """“... or seafood”: a clause of values alone continues the one before."""
    group, used = Behaviour(last.behaviour, last.negated, None if last.negated else last.comparison), set(sentence.used)
    bounds = [place for place in clause.places if place not in sentence.used and _same_amount(sentence, place, last)]
    if bounds:
        group.comparison, group.negated = sentence.tokens[bounds[0]].get("comparison"), last.negated and last.comparison is not None
        sentence.use(bounds[0])
    _qualify(sentence, clause, group)
    if group.negated and not last.negated:
        group.comparison = None
    ends = STOPPED in group.turned and not last.values
    group.again = ends or any(sentence.tokens[place].is_("later") for place in clause.places)
    apart = group.again or (EARLIER in group.turned and (bounds or group.negated != last.negated))
    ended = STOPPED in group.turned and bool(last.values)
    if not (group.values or group.windows or bounds or ended or (apart and last.windows)):
        sentence.used = used
        return None
    group.values = group.values or ([] if group.nothing and last.behaviour in BEHAVIOUR_OF_UNIT.values() else last.values)
    group.windows = group.windows or ([] if apart or ended else last.windows)
    return group


def since(group: Behaviour, last: Behaviour | None, as_of: dt.date) -> list[Window]:
    """“11月来过之后没再来”, "bought in October and never came back": the time after what was done before, or before it."""
    if last is not None and not group.windows and EARLIER in group.turned:
        return before_it(last.windows, as_of)
    ended = last is not None and STOPPED in last.turned
    if STILL in group.turned and not group.windows and not group.negated and (group.values or ended or group.comparison is None):
        return [still_window(last.windows if ended and last is not None else [], as_of)]
    if not group.again or group.windows or last is None or not last.windows or last.negated:
        return []
    end = max(window.resolve(as_of).end or as_of for window in last.windows)
    return [Window(start=end + dt.timedelta(days=1))] if end < as_of else []


def in_every_period(sentence: Sentence, clause: Clause, group: Behaviour, shared: Window | None) -> None:
    """“每个月都来”: the behaviour in each month of its time."""
    place = next((place for place in clause.places if sentence.tokens[place].is_("qualifier", "every_period")), None)
    if place is None:
        return
    whole = group.windows or ([shared] if shared is not None else [])
    as_of, token = sentence.vocabulary.as_of, sentence.tokens[place]
    parts = [every_period(token, [one], as_of) for one in whole] or [every_period(token, [], as_of)]
    windows = [] if not all(parts) else [window for part in parts for window in part]
    if windows:
        sentence.use(place)
        group.windows, group.each = windows, True


def _same_amount(sentence: Sentence, place: int, last: Behaviour) -> bool:
    """Whether a comparison without a subject goes on with the amount before it: "below 100 or above 10,000"."""
    comparison = sentence.tokens[place].get("comparison")
    nothing = last.behaviour == "amount" and last.negated  # “spent nothing lately but over 2000 before that”
    alike = last.comparison is not None and comparison is not None and comparison.data["unit"] == last.comparison.data["unit"]
    return comparison is not None and (alike or (comparison.data["unit"] in ("", "money") and (nothing or last.comparison is not None)))


def behaviour_rules(group: Behaviour, as_of: dt.date) -> list[Rule]:
    """The rules of one behaviour, to be joined with others: one for each of its times, all of which or one of which is enough."""
    where: dict[str, list[str]] = {}
    for value in group.values:
        where.setdefault(value.data["dimension"], []).extend((value.data["value"], *value.data.get("also", ())))
    if group.gap and group.negated and group.comparison is None:
        least, most = (one.model_dump(mode="json", exclude_defaults=True) for one in group.gap)
        done = {"behaviour": _behaviour(group), **({"where": where} if where else {})}
        return [{**done, "op": "=", "value": 0, "window": least}, {**done, "op": ">=", "value": 1, "window": most}]
    if STOPPED in group.turned and where:
        return stopped_rules(where, group.windows, as_of)
    rule: Rule = {"behaviour": _behaviour(group), **_amount(group)}
    limits: Rule = {"where": where} if where else {}
    summed = joined_windows(group.windows, as_of) if group.comparison is not None and not group.each else None
    windows: list[Window] = [summed] if summed is not None else group.windows
    found = [{**rule, "window": one.model_dump(mode="json", exclude_defaults=True), **limits} for one in windows] or [{**rule, **limits}]
    return [{"any": found}] if group.joint == "or" and not group.negated and len(found) > 1 else found


def _behaviour(group: Behaviour) -> str:
    if group.comparison is None and group.behaviour == "amount":
        return "orders"
    return str(group.behaviour)


def _amount(group: Behaviour) -> dict[str, Any]:
    if group.comparison is None and group.again and not group.windows and not group.values and group.behaviour == "orders":
        return {"op": "=", "value": 1} if group.negated else {"op": ">=", "value": 2}
    if group.comparison is None:
        return {"op": "=", "value": 0} if group.negated else {"op": ">=", "value": 1}
    op, value = group.comparison.data["op"], group.comparison.data["value"]
    if group.negated and group.comparison.data.get("bare"):
        # “一单都没下”, "not a single order"; “没买过3次” is fewer times.
        op, value = ("=", 0) if value == 1 else ("<", value)
    elif group.negated and op in _OPPOSITE:
        op = _OPPOSITE[op]
    return {"op": op, "value": [plain(one) for one in value] if isinstance(value, list) else plain(value)}
