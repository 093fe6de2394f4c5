"""What a question says of earlier answers: one customer by a pronoun, a row of a list, an answer by its number or name.

A token that names a row of the latest list gets the sense of that row; one that names an answer becomes a pronoun, and
the question is read as if that answer were the latest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assistant.planner.bare_numbers import limits, with_numbers
from assistant.planner.customer_ids import find_customer_ids
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.done_again import done_again_by_them
from assistant.planner.heads import LISTS, take_head
from assistant.planner.lexicon import read_table
from assistant.planner.listings import customers_of, listing, row_of
from assistant.planner.narrowed_lists import with_those_listed
from assistant.planner.normalise import normalise
from assistant.planner.remainders import take_rest
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.told_places import there
from assistant.planner.unsaid_campaigns import with_campaign
from assistant.planner.vocabulary import Vocabulary
from tools.windows import Window

_THEY = re.compile(r"\b(?:they|their|them)\b")
_THEM = Sense("pronoun", "them")
_ASKED_OF_ONE = ("next_order", "recommend_products", "customer_value")
_ABOUT = ("value", "segment", "condition", "band", "customer_id")


def with_references(tokens: list[Token], dialogue: Dialogue, vocabulary: Vocabulary) -> tuple[list[Token], Result | None]:
    """The tokens with what they refer to, and the earlier result that the question is about where it names one."""
    tokens = _with_person(tokens, dialogue, vocabulary)
    tokens = [_with_step(token, dialogue, vocabulary) for token in _with_that(with_campaign(tokens, dialogue), dialogue)]
    if not dialogue.results:
        return tokens, None
    tokens = _with_inside(tokens, dialogue)
    tokens = with_numbers(tokens, dialogue, vocabulary, _only_about(dialogue, dialogue.last))
    for read in (_numbered, _named, take_rest, take_head, _of_the_list):
        found = read(tokens, dialogue)
        if found is not None:
            return found
    if any(token.is_("move") for token in tokens):
        return tokens, None
    listed = listing(dialogue, tokens)
    return _with_them(_dated(listed.with_rows(tokens), listed.result, dialogue), dialogue), None


def _with_inside(tokens: list[Token], dialogue: Dialogue) -> list[Token]:
    """“里面花过一千以上的有几个”: among those of the latest list, said right at the start."""
    first = next((at for at, token in enumerate(tokens) if not token.is_("punctuation")), None)
    words = read_table("turns")["inside"]["of_list"]["words"]
    if first is None or tokens[first].text not in words or dialogue.last_customers is None or len(tokens) == first + 1:
        return tokens
    return [*tokens[:first], replace(tokens[first], senses=(_THEM,)), *tokens[first + 1 :]]


def _with_them(tokens: list[Token], dialogue: Dialogue) -> list[Token]:
    """“What do they buy” is one phrase, and “主要买什么” has no subject: those of the latest answer, where it is about customers."""
    again = done_again_by_them(tokens, dialogue) or with_those_listed(tokens, dialogue)
    if again is not None:
        return again
    named = any(token.is_(kind) for token in tokens for kind in (*_ABOUT, "noun", "pronoun", "cluster", "comparison"))
    if named or dialogue.last is None:
        return tokens
    one = _only(dialogue.last)
    if one is not None and _of_one(tokens):
        return [Token(0, 0, "", (Sense("customer_id", one),)), *tokens]
    at = next((at for at, token in enumerate(tokens) if token.is_("cue", "favourite")), None)
    if at is None and _act_alone(tokens):
        at = 0
    elif at is None or (any(token.is_("dimension") for token in tokens) and _THEY.search(tokens[at].text) is None):
        return tokens
    said = _THEY.search(tokens[at].text) is not None
    about = dialogue.about(dialogue.last)
    if not said and (about is None or about.selection in (None, {"rule": {"all": []}})):
        return tokens
    return [*tokens[:at], Token(tokens[at].start, tokens[at].start, "they", (_THEM,)), *tokens[at:]]


def _of_one(tokens: list[Token]) -> bool:
    """“会流失吗” after one customer: what is asked of a single person, without saying of whom."""
    told = read_table("turns")["askers"]["who"]["words"]
    if any(token.text in told or token.is_("dimension") or token.is_("ellipsis") or token.is_("scheme") for token in tokens):
        return False
    return any(token.is_("cue", "churn", "favourite") or token.is_("ask", *_ASKED_OF_ONE) for token in tokens)


def _act_alone(tokens: list[Token]) -> bool:
    """“主要在哪些店买”, “什么时候会再来”: what people do, asked without saying who does."""
    told = read_table("turns")["askers"]["who"]["words"]
    if any(token.is_("metric") or token.is_("ellipsis") or token.is_("neg") or token.text in told for token in tokens):
        return False
    acts = any(token.is_("verb", "order", "spend") and not token.is_("stop") for token in tokens)
    asks = any(token.is_("ask", "next_order") for token in tokens)
    return asks or (acts and any(token.is_("dimension") for token in tokens))


def _with_person(tokens: list[Token], dialogue: Dialogue, vocabulary: Vocabulary) -> list[Token]:
    """“Will he churn?”: the customer named last; a second pronoun, or one beside the name, is that customer too."""
    places = [at for at, token in enumerate(tokens) if token.is_("person")]
    if not places:
        return tokens
    found = list(tokens)
    beside = [sense.id for token in tokens for sense in token.senses if sense.kind == "customer_id"]
    named = _last_named(dialogue, vocabulary)
    if named is None and not beside and any(token.is_("ordinal") for token in tokens):
        beside = ["ordinal"]  # “第一个是谁，看下他的情况”
    if beside and (not any(token.is_("cue", "compare") for token in tokens) or named in beside):
        named = None
    if named is None and not beside:
        return tokens
    for at in places:
        found[at] = replace(found[at], senses=(Sense("stop", "function"),))
    if named is not None:
        found[places[0]] = replace(found[places[0]], senses=(Sense("customer_id", named),))
    return found


def _with_step(token: Token, dialogue: Dialogue, vocabulary: Vocabulary) -> Token:
    """“And the next one?”: the customer after the one named last, in the latest list."""
    step = token.get("step")
    latest = step and next((one for one in (customers_of(result) for result in reversed(dialogue.results)) if one), None)
    named = _last_named(dialogue, vocabulary)
    if not step or not latest or named not in latest:
        return token
    place = latest.index(named) + (1 if step.id == "next" else -1)
    return replace(token, senses=(Sense("customer_id", latest[place]),)) if 0 <= place < len(latest) else token


def _with_that(tokens: list[Token], dialogue: Dialogue) -> list[Token]:
    """“What does it sell?”: the row that was told, in the time that it was told of where the question names none."""
    for at, token in enumerate(tokens):
        if token.is_("that") and _placed(tokens, at):
            listed = listing(dialogue, tokens[:at])
            placed = [*listed.with_places(tokens[:at]), replace(token, senses=(Sense("stop", "function"),)), *tokens[at + 1 :]]
            return _dated(placed, listed.result, dialogue)
        named = token.get("that") or _it(tokens, at, dialogue) or there(tokens, at, dialogue)
        found = row_of(dialogue, named.id) if named is not None else None
        told_last = _limited_to(dialogue, named.id) if named is not None else None
        if found is None and told_last is not None:
            return [*tokens[:at], replace(token, senses=(told_last,)), *tokens[at + 1 :]]
        if found is None:
            continue
        row, window = found
        told = [*tokens[:at], replace(token, senses=(row,)), *tokens[at + 1 :]]
        if window and row.kind == "value" and not any(one.is_("window") for one in told):
            dated = Sense("window", "told", {"window": Window.model_validate(window), "parts": None})
            told.append(Token(tokens[-1].end, tokens[-1].end, "", (dated,)))
        return told
    return tokens


def _placed(tokens: list[Token], at: int) -> bool:
    """Whether a place is said right before: “第二名的那个部门” is the one of that place."""
    before = next((one for one in reversed(tokens[:at]) if not one.is_("stop")), None)
    return before is not None and before.is_("ordinal")


def _dated(tokens: list[Token], listed: Result | None, dialogue: Dialogue) -> list[Token]:
    """“第一名那家店每个月的走势”: a row of what was measured last, in the time of that where the question names none."""
    window = listed.call.args.get("window") if listed is not None and listed is dialogue.last else None
    row = any(token.is_("listed") and token.is_("value") for token in tokens)
    asks = any(token.is_(kind) for token in tokens for kind in ("dimension", "metric"))
    if not window or not row or not asks or any(token.is_("window") for token in tokens):
        return tokens
    dated = Sense("window", "told", {"window": Window.model_validate(window), "parts": None})
    return [*tokens, Token(tokens[-1].end, tokens[-1].end, "", (dated,))]


_BEFORE_IT = ("did", "does", "was", "is", "has", "to", "from", "in", "at", "with")


def _it(tokens: list[Token], at: int, dialogue: Dialogue) -> Sense | None:
    """“How many did it reach”, "who responded to it" after groups in order: the first of them."""
    args = dialogue.last.call.args if dialogue.last is not None and dialogue.last.call.name == "measure" else {}
    by = list(args.get("by") or ())
    if tokens[at].text != "it" or not at or tokens[at - 1].text.split(" ")[-1] not in _BEFORE_IT:
        return None
    return Sense("that", by[0]) if len(by) == 1 and args.get("sort") and by != ["customer"] else None


def _limited_to(dialogue: Dialogue, dimension: str) -> Sense | None:
    """“This campaign” after an answer about one: the only value of it that the answer was limited to."""
    if dialogue.last is None or any(dialogue.last.call.args.get(key) for key in ("by",)):
        return None
    named = [values for one, values in limits(dialogue.last.call.args) if one == dimension]
    value = named[0][0] if len(named) == 1 and len(named[0]) == 1 else None
    return Sense("value", f"{dimension}={value}", {"dimension": dimension, "value": value}) if value else None


def _last_named(dialogue: Dialogue, vocabulary: Vocabulary) -> str | None:
    """The customer that the latest question or answer about a single one was about."""
    for turn in range(len(dialogue.questions), -1, -1):
        answered = [_only(result) for result in dialogue.results if result.turn == turn]
        typed = dialogue.questions[turn] if turn < len(dialogue.questions) else ""
        named = [customer for _, _, customer in find_customer_ids(normalise(typed), vocabulary.id_shapes)]
        found = [one for one in answered if one] or named
        if found:
            return str(found[-1])
    return None


def _only_about(dialogue: Dialogue, result: Result | None) -> str | None:
    """The one customer that a result is about, by name or as the answer that it goes on from."""
    handle = result.call.args.get("customers") if result is not None else None
    earlier = next((one for one in dialogue.results if one.handle and one.handle == handle), None)
    found = earlier or result
    return _only(found) if found is not None else None


def _only(result: Result) -> str | None:
    """The one customer that a result is about."""
    if result.call.name == "look_up_customer":
        return str(result.call.args.get("customer_id"))
    if "customer_id" in result.call.args:
        return str(result.call.args["customer_id"])
    rule = result.call.args.get("customers") or result.call.args.get("rule") or result.call.args.get("first")
    single = isinstance(rule, dict) and rule.get("field") == "customer_id" and rule.get("op") == "="
    return str(rule["value"]) if single and isinstance(rule, dict) else None


def _of_the_list(tokens: list[Token], dialogue: Dialogue) -> tuple[list[Token], Result | None] | None:
    """“为什么他们会流失” after one customer of a list was looked at: “they” are those of the list."""
    people = read_table("turns")["people"]["them"]["words"]
    if dialogue.last is None or dialogue.last.call.name != "look_up_customer":
        return None
    if not any(token.is_("pronoun") and token.text in people for token in tokens):
        return None
    listed = next((one for one in reversed(dialogue.results) if one.call.name in LISTS and one.selection is not None), None)
    return (tokens, listed) if listed is not None else None


def _numbered(tokens: list[Token], dialogue: Dialogue) -> tuple[list[Token], Result | None] | None:
    """“The second result”, “第一个问题的结果”."""
    nouns = read_table("turns")["nouns"]
    for at, token in enumerate(tokens[:-1]):
        ordinal = token.get("ordinal")
        following = tokens[at + 1].text
        kind = next((kind for kind, entry in nouns.items() if following in entry["words"]), None)
        if ordinal is None or kind is None:
            continue
        result = _of_turn(dialogue, int(ordinal.data["n"]), asked=kind == "question")
        if result is None:
            continue
        end = at + 2
        while end < len(tokens) and tokens[end].text in (*nouns["result"]["words"], "的"):
            end += 1
        return _pointed(tokens, at, end), result
    return None


def _of_turn(dialogue: Dialogue, number: int, *, asked: bool) -> Result | None:
    """The answer of that number, or to the question of that number."""
    answers = [one for one in dialogue.results if one.handle and one.outcome in ("answered", "empty") and not one.aside]
    turns = list(range(len(dialogue.questions))) if asked else sorted({one.turn for one in answers})
    place = number - 1 if number > 0 else number
    if not -len(turns) <= place < len(turns):
        return None
    return next((one for one in reversed(answers) if one.turn == turns[place]), None)


def _named(tokens: list[Token], dialogue: Dialogue) -> tuple[list[Token], Result | None] | None:
    """“The deli customers from before”, “刚才的忠诚客户”: the latest answer whose call has what is named."""
    at = next((at for at, token in enumerate(tokens) if token.is_("earlier")), None)
    if at is None:
        return None
    start, end = _reach(tokens, at)
    named = [sense for token in tokens[start:end] for sense in token.senses if sense.kind in _ABOUT]
    for result in reversed(dialogue.results):
        if result.handle and named and _mentions(result, named) and dialogue.about(result) is not None:
            return _pointed(tokens, start, end), result
    lists = tokens[end : end + 1] and tokens[end].text in read_table("turns")["nouns"]["result"]["words"]
    shown = next((one for one in reversed(dialogue.results) if one.call.name in LISTS and one.selection), None) if lists else None
    if not named and shown is not None:
        return _pointed(tokens, start, end + 1), shown
    if not named and dialogue.last_customers is not None:
        return _pointed(tokens, start, end), dialogue.last_customers
    return None


def _reach(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """The stretch around a word such as “from before” that names the customers; after the word in Chinese."""
    start, end = at, at + 1
    if tokens[at].text.isascii():
        while start and any(tokens[start - 1].is_(kind) for kind in (*_ABOUT, "noun", "stop")):
            start -= 1
    else:
        while end < len(tokens) and (any(tokens[end].is_(kind) for kind in (*_ABOUT, "noun")) or tokens[end].text == "的"):
            end += 1
    return start, end


def _mentions(result: Result, named: list[Sense]) -> bool:
    texts = set(_texts(result.call.args))
    return all(str(one.data.get("value", one.id)) in texts for one in named)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        return [text for part in (value.values() if isinstance(value, dict) else value) for text in _texts(part)]
    return [str(value)]


def _pointed(tokens: list[Token], start: int, end: int) -> list[Token]:
    """The tokens with a pronoun in place of a stretch."""
    return [*tokens[:start], merged(tokens[start:end], _THEM), *tokens[end:]]
