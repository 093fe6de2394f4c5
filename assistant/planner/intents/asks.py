"""Questions to the customer models, read by the table of abilities: what is asked, its options, whom it is about."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from assistant.planner.abilities import Ability, abilities, names_one
from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.intents import data
from assistant.planner.intents.ask_numbers import OutOfRange, take_horizon, take_numbers, take_ranking
from assistant.planner.intents.at_risk import with_churn
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts
from assistant.planner.who import take_who

Args = dict[str, Any]
READ = (
    *("find_rules", "weigh_rfm", "model_quality", "measure_uplift", "recommend_products", "predict_response"),
    *("customer_value", "next_order", "describe_persona", "cluster_customers"),
)
"""The abilities that this module reads, in the order in which they are tried."""
_BOUGHT = {"behaviour": "orders", "op": ">=", "value": 1}
_EACH = ("each", "every", "每")
_GOODS = ("product", "order")
_OURS = re.compile(r"\b(?:our|my)\b|我们|咱们|本店|店里的")


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
    return _exported(plan(tool, **args), sentence, dialogue) if ability.listed else plan(tool, **args)


def _exported(found: Plan, sentence: Sentence, dialogue: Dialogue) -> Plan:
    """“Export the 100 customers most likely to respond”: the list is found, then written to a file."""
    asked, kind = sentence.take_all("cue", "export"), sentence.take("format")
    if not asked and not kind:
        return found
    handle, written = next_handle(list(dialogue.results)), kind.id if kind else "xlsx"
    return Plan((*found.calls, Call("export_customers", {"customers": handle, "format": written})))


def _called(sentence: Sentence, ability: Ability) -> bool:
    return _worded(sentence, ability) or _fielded(sentence, ability)


def _fielded(sentence: Sentence, ability: Ability) -> bool:
    return bool(ability.fields) and sentence.has("field", *ability.fields)


def _worded(sentence: Sentence, ability: Ability) -> bool:
    """Whether words call for the tool, and not only a field that it finds."""
    if sentence.has("ask", ability.tool):
        return True
    if any(sense.id.startswith(f"{ability.tool}.{one}.") for one in ability.calling for _, sense in sentence.free("option")):
        return True
    orders = [one for place, one in sentence.free("option") if _orders(sentence.tokens[place].text)]
    if any(one.id.startswith(f"{ability.tool}.sort_by.") for one in orders):
        return True
    if sentence.has("hint", ability.tool) and names_one(sentence, ability.subject, ability.tool):
        return True
    beside = names_one(sentence, ability.hinted or ability.subject, ability.tool)
    return names_one(sentence, ability.hints) and beside and (not ability.company or names_one(sentence, ability.company))


def _orders(words: str) -> bool:
    """Whether the words name the order itself: “按活跃概率从高到低”, “ranked by predicted value”."""
    return words.startswith(("按", "by ", "sorted by ", "ranked by ", "ordered by "))


def take_arguments(sentence: Sentence, dialogue: Dialogue, ability: Ability) -> Args | None:
    """The arguments that the question gives; None where it is not for this tool after all.

    Raises:
        OutOfRange: A number is outside of what the tool takes.
    """
    worded = _worded(sentence, ability)
    args = take_options(sentence, ability) | _from_cues(sentence, ability)
    args |= (
        _values(sentence, ability)
        | take_horizon(sentence, ability)
        | take_numbers(sentence, ability)
        | take_ranking(sentence, ability, args)
    )
    asked = sentence.take_all("ask", ability.tool) + sentence.take_all("hint", ability.tool)
    if ability.hints:
        sentence.take_all("cue", *(one.partition(":")[2] for one in ability.hints))
    for kind, ids in ability.eats.items() if not asked else ():
        sentence.take_all(kind, *ids)
    for kind, ids in ability.first.items():
        sentence.take_all(kind, *ids)
    for words in (words for argument, words in ability.option_absorbs.items() if argument in args):
        for kind, ids in words.items():
            sentence.take_all(kind, *ids)
    customers = _customers(sentence, dialogue, ability, args)
    if customers is None:
        return None
    fields = [one for one in ability.fields if sentence.take_all("field", one)]
    if not worded and not fields and "sort_by" not in args:
        return None  # its field is in a condition on the customers
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
    return (
        args
        | _values(sentence, ability)
        | take_horizon(sentence, ability)
        | take_numbers(sentence, ability)
        | take_ranking(sentence, ability, args)
    )


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
                args[argument] = list(dict.fromkeys([*args.get(argument, []), *value.split("+")]))
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
    token = sentence.tokens[place]
    if not (token.is_("field") or token.is_("metric") or token.is_("verb")):
        return False
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


def _customers(sentence: Sentence, dialogue: Dialogue, ability: Ability, args: Args) -> Args | None:
    """Whom it is about; None where the goods named would be taken for what they bought."""
    one = sentence.take("customer_id") if ability.customers or ability.customer_id else None
    if one and ability.many_only:
        return None
    if one:
        return {"customer_id": one.id} if ability.customer_id else {"customers": {"field": "customer_id", "op": "=", "value": one.id}}
    explained = ability.tool == "find_rules" and "target" not in args
    if not ability.customers and not explained:
        return {}
    goods = [place for place, sense in sentence.free("value") if sentence.vocabulary.levels.get(sense.data["dimension"]) in _GOODS]
    if ability.customers == "known" and _expects_amounts(sentence):
        return None
    before = set(sentence.used)
    ranked = list(sentence.free("ranking"))
    who = with_churn(sentence, take_who(sentence, dialogue))
    if who.rule == _BOUGHT:
        who.rule = None  # everybody scored has bought
    if ability.many_only and ranked and not any(sense.data["n"] for _, sense in ranked):
        return None  # “which cluster is worth most” ranks clusters
    if ability.customers == "known" and any(place in sentence.used for place in goods) and not _acted(sentence, before):
        return None
    who.named = who.named or _each(sentence)
    if who.rule is None and who.handle is None and who.named and not who.ordered and "customers" in ability.needs:
        return {"customers": {"all": []}}
    if who.rule is None and who.handle is None and not who.ordered:
        last = dialogue.last_customers if ability.last or "customers" in ability.needs else None
        if last is None and ability.last and (sentence.says("noun") or _OURS.search(sentence.text)):
            return {"customers": {"all": []}}  # “our typical customer”
        return {"customers": last.customers} if last else {}
    if explained:
        args["target"] = "segment"
    return {"customers": who.as_customers()}


def _each(sentence: Sentence) -> bool:
    """“每一位客户”, “each customer”: everyone."""
    each = [place for place, _ in sentence.free("dimension", "customer") if sentence.tokens[place].text.startswith(_EACH)]
    sentence.use(*each)
    places = [place for place, _ in sentence.free("noun")]
    return bool(each) or any(place and sentence.tokens[place - 1].is_("by") for place in places)


def _expects_amounts(sentence: Sentence) -> bool:
    """Whether an amount is what they are expected to buy: no verb of the past is beside it."""
    amounts = any(one.data["unit"] in ("order", "item", "money") for _, one in sentence.free("comparison"))
    return amounts and not sentence.has("verb")


def _acted(sentence: Sentence, before: set[int]) -> bool:
    """Whether a verb was read with the customers, so that goods beside it are what they bought."""
    return any(sentence.tokens[place].is_("verb") and not sentence.tokens[place].is_("ask") for place in sentence.used - before)


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
        """The plan, or the question back about the number."""
        try:
            return intent(sentence, dialogue)
        except OutOfRange as found:
            return _ask_range(sentence, found)

    return asking
