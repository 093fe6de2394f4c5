"""Questions to the customer models, read by the table of abilities: what is asked, its options, whom it is about."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from assistant.planner.abilities import Ability, abilities, names_one
from assistant.planner.clauses import DAYS, plain
from assistant.planner.dialogue import Dialogue
from assistant.planner.field_rules import field_of
from assistant.planner.intents import data
from assistant.planner.intents.customers import with_churn
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts
from assistant.planner.who import take_who

Args = dict[str, Any]
READ = (
    *("find_rules", "weigh_rfm", "model_quality", "measure_uplift", "recommend_products", "predict_response"),
    *("customer_value", "next_order", "describe_persona", "cluster_customers"),
)
"""The abilities that this module reads, in the order in which they are tried."""
_GOODS = ("product", "order")


class OutOfRange(Exception):
    """A number that the tool does not take, with the question that has the nearest one it does.

    Args:
        words: The number as it was typed.
        low: The least that is taken.
        high: The most that is taken.
        nearest: The question with the nearest number.
    """

    def __init__(self, words: str, low: int, high: int, nearest: str) -> None:
        super().__init__(words)
        self.words, self.low, self.high, self.nearest = words, low, high, nearest


def defined(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“What is CLV?”: a term of the models is explained before it is taken for a question to one."""
    named = sentence.says("ask") or sentence.says("hint")
    return data.explain(sentence, dialogue) if named else None


def read(tool: str, sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The call of one tool, where the question asks for it."""
    ability = abilities()[tool]
    if not _called(sentence, ability):
        return None
    try:
        args = take_arguments(sentence, dialogue, ability)
    except OutOfRange as found:
        return _ask_range(sentence, found)
    if args is None:
        return None
    missing = next((name for need, name in ability.needs.items() if need not in args and f"{need[:-1]}_id" not in args), None)
    if missing and dialogue.last is not None and dialogue.last.call.name == tool:
        return Plan((dialogue.last.call,))
    if missing:
        return plan("ask_user", question=text(missing, sentence.language), choices=texts(f"{missing}_choices", sentence.language))
    return plan(tool, **args)


def _called(sentence: Sentence, ability: Ability) -> bool:
    if sentence.has("ask", ability.tool) or any(_free_field(sentence, one) is not None for one in ability.fields):
        return True
    if any(sense.id.startswith(f"{ability.tool}.{one}.") for one in ability.calling for _, sense in sentence.free("option")):
        return True
    if sentence.has("hint", ability.tool) and names_one(sentence, ability.subject, ability.tool):
        return True
    return names_one(sentence, ability.hints) and names_one(sentence, ability.hinted or ability.subject, ability.tool)


def _free_field(sentence: Sentence, field_id: str) -> int | None:
    found = sentence.first("field", field_id)
    return found[0] if found else None


def take_arguments(sentence: Sentence, dialogue: Dialogue, ability: Ability) -> Args | None:
    """The arguments that the question gives; None where it is not for this tool after all.

    Raises:
        OutOfRange: A number is outside of what the tool takes.
    """
    args = take_options(sentence, ability) | _from_cues(sentence, ability)
    args |= _values(sentence, ability) | _horizon(sentence, ability) | _numbers(sentence, ability) | _ranked(sentence, ability, args)
    asked = sentence.take_all("ask", ability.tool) + sentence.take_all("hint", ability.tool)
    if ability.hints:
        sentence.take_all("cue", *(one.partition(":")[2] for one in ability.hints))
    for kind, ids in ability.eats.items() if not asked else ():
        sentence.take_all(kind, *ids)
    customers = _customers(sentence, dialogue, ability, args)
    if customers is None:
        return None
    fields = [one for one in ability.fields if sentence.take_all("field", one)]
    if not (asked or fields or ability.hints or ability.calling) and not args:
        return None
    args |= {"sort_by": ability.fields[fields[0]]} if fields and ability.fields[fields[0]] and "sort_by" not in args else {}
    for kind, ids in ability.absorbs.items():
        sentence.take_all(kind, *ids)
    return {**args, **customers}


def take_changes(sentence: Sentence, ability: Ability) -> Args:
    """The arguments that a follow-up chooses anew.

    Raises:
        OutOfRange: A number is outside of what the tool takes.
    """
    args = take_options(sentence, ability)
    return args | _values(sentence, ability) | _horizon(sentence, ability) | _numbers(sentence, ability) | _ranked(sentence, ability, args)


def take_options(sentence: Sentence, ability: Ability) -> Args:
    """The arguments that words of the question choose; a word beside a comparison belongs to it."""
    args: Args = {}
    for place, token in enumerate(sentence.tokens):
        if place in sentence.used or _compared(sentence, place):
            continue
        for sense in token.senses:
            tool, _, rest = sense.id.partition(".")
            if sense.kind != "option" or tool != ability.tool:
                continue
            argument, _, value = rest.partition(".")
            if argument in ability.many:
                args[argument] = [*args.get(argument, []), *([] if value in args.get(argument, []) else [value])]
            elif args.setdefault(argument, _plain(value)) != _plain(value):
                continue
            sentence.use(place)
            break
    return args


def _from_cues(sentence: Sentence, ability: Ability) -> Args:
    """“Rules for those about to churn”: what a cue says of an argument that no other word chooses."""
    args: Args = {}
    chosen = any(sense.id.startswith(f"{ability.tool}.") for token in sentence.tokens for sense in token.senses)
    for cue, options in ability.cue_options.items():
        if not chosen and sentence.take_all("cue", cue):
            args |= options
    return args


def _plain(value: str) -> str | bool:
    return True if value == "true" else value


def _compared(sentence: Sentence, place: int) -> bool:
    return any(token.is_("comparison") for token in [*sentence.tokens[max(place - 1, 0) : place], *sentence.tokens[place + 1 : place + 2]])


def _values(sentence: Sentence, ability: Ability) -> Args:
    """Values that are an argument by themselves: the campaign, the kind of campaign."""
    args: Args = {}
    for dimension, argument in ability.values.items():
        found = [(place, sense) for place, sense in sentence.free("value") if sense.data["dimension"] == dimension]
        if len({sense.data["value"] for _, sense in found}) == 1:
            args[argument] = found[0][1].data["value"]
            sentence.use(*(place for place, _ in found))
    return args


def _horizon(sentence: Sentence, ability: Ability) -> Args:
    """How far ahead: “in the next 14 days”, “未来半年”, and for some “within 14 days”."""
    wanted = ability.horizon
    if wanted is None:
        return {}
    found = sentence.first("horizon") or (_days_within(sentence) if wanted.get("within") else None)
    if found is None:
        return {}
    days = int(found[1].data["days"])
    sentence.use(found[0])
    check_range(sentence, found[0], days, wanted["low"], wanted["high"], "horizon_days")
    return {wanted["argument"]: days}


def _days_within(sentence: Sentence) -> tuple[int, Any] | None:
    """A length of time that is not said to lie ahead: “within 14 days”, “30天内”, “60 days”."""
    for place, token in enumerate(sentence.tokens):
        if place in sentence.used:
            continue
        window, quantity = token.get("window"), token.get("quantity")
        if window is not None and (days := window.data["window"].last_days):
            return place, type(window)("horizon", str(days), {"days": days})
        if quantity is not None and quantity.data["unit"] in DAYS:
            days = int(quantity.data["value"] * DAYS[quantity.data["unit"]])
            return place, type(quantity)("horizon", str(days), {"days": days})
    return None


def _numbers(sentence: Sentence, ability: Ability) -> Args:
    """A plain number: “6类”, “into 6 groups”, “深度4”."""
    args: Args = {}
    depth = sentence.first("part", "depth") if "depth" in ability.absorbs.get("part", ()) else None
    if depth:
        args |= _depth(sentence, depth[0])
    wanted = ability.number
    for place, quantity in list(sentence.free("quantity")) if wanted else []:
        assert wanted is not None
        if quantity.data["unit"] in wanted["units"] and wanted["argument"] not in args:
            args |= {**ability.unit_options.get(quantity.data["unit"], {}), wanted["argument"]: plain(quantity.data["value"])}
            sentence.use(place)
            check_range(sentence, place, quantity.data["value"], wanted["low"], wanted["high"], "")
    return args


def _depth(sentence: Sentence, place: int) -> Args:
    for at in (place - 1, place + 1, place + 2):
        token = sentence.tokens[at] if 0 <= at < len(sentence.tokens) and at not in sentence.used else None
        quantity = (token.get("quantity") or token.get("comparison")) if token is not None else None
        if quantity and quantity.data.get("op", "=") in ("=", "<="):
            sentence.use(at, place)
            check_range(sentence, at, quantity.data["value"], 1, 4, "")
            return {"depth": plain(quantity.data["value"])}
    return {}


def check_range(sentence: Sentence, place: int, value: Any, low: int, high: int, words: str) -> None:
    """Refuse a number outside of the bounds, or one that is not whole.

    Raises:
        OutOfRange: It is, with the question that has the nearest number which is not.
    """
    if low <= value <= high and value == int(value):
        return
    token, near = sentence.tokens[place], low if value < low else high if value > high else round(value)
    said = text(words, sentence.language).format(n=near) if words else _with_number(token.text, str(near))
    raise OutOfRange(token.text, low, high, f"{sentence.text[: token.start]}{said}{sentence.text[token.end :]}")


def _with_number(words: str, number: str) -> str:
    digits = [place for place, char in enumerate(words) if char.isdigit() or char == "."]
    return f"{words[: digits[0]]}{number}{words[digits[-1] + 1 :]}" if digits else number


def _ranked(sentence: Sentence, ability: Ability, args: Args) -> Args:
    """“top 20”, “最低的10个”, “20 customers”: the limit, and the order where the tool has one."""
    wanted = ability.ranks
    if wanted is None:
        return {}
    found: Args = {}
    ranking = next(((place, one) for place, one in sentence.free("ranking") if not one.data.get("share")), None)
    if ranking and _is_ours(sentence, ranking[0], ability, args):
        lowest = ranking[1].id == "smallest"
        if lowest and not wanted.get("order"):
            return {}
        found |= {"descending": False} if lowest else {}
        sentence.use(*(place for place, one in sentence.free("ranking", ranking[1].id)))
        if ranking[1].data["n"]:
            return {**found, "limit": _limit(sentence, ranking[0], ranking[1].data["n"], wanted["limit"])}
    elif ranking:
        return {}
    for place, quantity in sentence.free("quantity"):
        if quantity.data["unit"] == "person" or (quantity.data["unit"] == "" and ability.number is None):
            sentence.use(place)
            return {**found, "limit": _limit(sentence, place, quantity.data["value"], wanted["limit"])}
    return found


def _limit(sentence: Sentence, place: int, value: Any, most: int) -> int:
    check_range(sentence, place, value, 1, most, "")
    return int(value)


def _is_ours(sentence: Sentence, place: int, ability: Ability, args: Args) -> bool:
    """Whether a ranking is by what the tool finds, and not by another field of the customers (“the top 10 by spend”)."""
    if "sort_by" in args:
        return True
    order = sorted((at for at in range(len(sentence.tokens)) if at != place), key=lambda at: (abs(at - place), at))
    for at in order:
        token = sentence.tokens[at]
        if token.is_("ask", ability.tool) or token.is_("hint", ability.tool) or any(token.is_("field", one) for one in ability.fields):
            return True
        if at not in sentence.used and not token.is_("noun") and (field_of(token) or token.is_("verb")):
            return False
    return True


def _customers(sentence: Sentence, dialogue: Dialogue, ability: Ability, args: Args) -> Args | None:
    """Whom it is about; None where the goods named would be taken for what they bought."""
    one = sentence.take("customer_id") if ability.customers or ability.customer_id else None
    if one:
        return {"customer_id": one.id} if ability.customer_id else {"customers": {"field": "customer_id", "op": "=", "value": one.id}}
    explained = ability.tool == "find_rules" and "target" not in args
    if not ability.customers and not explained:
        return {}
    goods = [place for place, sense in sentence.free("value") if sentence.vocabulary.levels.get(sense.data["dimension"]) in _GOODS]
    who = with_churn(sentence, take_who(sentence, dialogue))
    if ability.customers == "known" and any(place in sentence.used for place in goods) and not _acted(sentence):
        return None
    if who.rule is None and who.handle is None and not who.ordered:
        last = dialogue.last_customers if ability.last or "customers" in ability.needs else None
        return {"customers": last.handle} if last else {}
    if explained:
        args["target"] = "segment"
    return {"customers": who.as_customers()}


def _acted(sentence: Sentence) -> bool:
    return any(sentence.tokens[place].is_("verb") and not sentence.tokens[place].is_("ask") for place in sentence.used)


def _ask_range(sentence: Sentence, found: OutOfRange) -> Plan:
    sentence.use(*range(len(sentence.tokens)))
    question = text("out_of_range", sentence.language).format(words=found.words, low=found.low, high=found.high)
    return plan("ask_user", question=question, choices=[" ".join(found.nearest.split())])


Intent = Callable[[Sentence, Dialogue], Plan | None]
ASKS: tuple[Intent, ...] = (defined, *(partial(read, tool) for tool in READ))
"""The readings of this module, in order."""


def in_range(intent: Intent) -> Intent:
    """An intent that asks back about a number which its tool does not take."""

    def asking(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
        try:
            return intent(sentence, dialogue)
        except OutOfRange as found:
            return _ask_range(sentence, found)

    return asking
