"""Two lists before taken together: “how many ordered in both?”, “两个月都买了的”, “in the first but not the second”, “只在11月买的”."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.ellipsis import leads
from assistant.planner.find_changes import rewindowed
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape
from assistant.planner.tokens import Sense, Token
from assistant.planner.who import both, selection_rule

_LIGHT = frozenset({"stop", "punctuation", "ellipsis", "conj", "pronoun", "noun", "pair", "act", "unit", "remain", "between", "that"})
_LIGHT |= {"neg", "earlier", "qualifier", "ordinal", "quantity", "op", "by"}
"""Kinds of words that may stand beside; a verb says again what was done."""
_CUES = ("count", "list", "how_much", "compare", "previous", "everyone", "segments", "share", "common")
_NAMED = ("window", "value", "segment")
_DIFFER = ("where", "window", "segment", "value")
"""What two conditions may differ in, that otherwise say the same."""


def of_two_sets(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """Those in both of the last two lists, in either, in none, or in the one and not in the other; None where it asks for no such thing."""
    if dialogue.last is None or not _speaks_of_sets(sentence):
        return None
    lists = _lists(dialogue)
    named = any(sentence.says(kind) for kind in _NAMED)
    if len(list(_names(sentence))) == 1 and _of_one_answer(lists, dialogue) and not sentence.says("verb"):
        return None  # “only MEAT” of those who bought MEAT and SEAFOOD takes the other condition off
    rule = _named_apart(sentence, lists) if named else _taken_together(sentence.text, lists)
    if rule is None:
        return None
    sentence.use(*range(len(sentence.tokens)))
    return plan("find_customers", rule=rule)


def in_one_only(dialogue: Dialogue) -> Rule | None:
    """Those who are in one of the last two lists alone; None where there are no two."""
    lists = _lists(dialogue)
    if len(lists) < 2:
        return None
    return exclusive(*lists)


def two_alike(rule: Rule) -> tuple[Rule, Rule] | None:
    """The two conditions of a rule that differ in one name or time and say the same otherwise."""
    pairs = [pair for pair in combinations(rule.get("all", ()), 2) if _alike(*pair)]
    return pairs[0] if len(pairs) == 1 else None


def _alike(one: Rule, other: Rule) -> bool:
    changed = [key for key in one if one[key] != other.get(key)]
    return set(one) == set(other) and len(changed) == 1 and changed[0] in _DIFFER


def exclusive(first: Rule, second: Rule) -> Rule:
    """Those of one of two rules who are not in the other."""
    return {"any": [both(first, _denied(second)), both(second, _denied(first))]}


def _speaks_of_sets(sentence: Sentence) -> bool:
    """Whether nothing is said but who of the lists is meant, and how many they are."""
    return all(_beside(token) for token in sentence.tokens)


def _beside(token: Token) -> bool:
    verb = token.get("verb")
    said = verb is not None and verb.data.get("behaviour") == "orders"
    return said or any(token.is_(kind) for kind in (*_LIGHT, *_NAMED)) or token.is_("cue", *_CUES)


def _lists(dialogue: Dialogue) -> list[Rule]:
    """The rules of the last two lists that differ, the latest last; a list of those in two at once is of those two."""
    found: list[Rule] = []
    for result in dialogue.results:
        about = None if result.aside else dialogue.about(result)
        rule = selection_rule(about) if about is not None else None
        plain = _plain(rule) if rule is not None else {"all": []}
        if plain == {"all": []} or _is_of(plain, found):
            continue
        named = two_alike(plain)
        sides = list(named) if named is not None and list(named) == plain["all"] else [plain]
        found = [*(one for one in found if one not in sides), *sides]
    return found[-2:]


def _of_one_answer(lists: list[Rule], dialogue: Dialogue) -> bool:
    """Whether the two are the conditions of one list."""
    last = dialogue.last_customers
    rule = selection_rule(last) if last is not None else None
    return len(lists) > 1 and rule is not None and _plain(rule) == {"all": lists}


def _is_of(rule: Rule, lists: list[Rule]) -> bool:
    """Whether a rule is made of lists before, and is no list of its own beside them."""
    known = [*lists, *(_denied(one) for one in lists)]
    if rule in known:
        return rule not in lists
    parts: list[Rule] = next((rule[key] for key in ("all", "any") if key in rule), [])
    return len(parts) > 1 and all(part in known or _is_of(part, lists) for part in parts)


def _taken_together(text: str, lists: list[Rule]) -> Rule | None:
    """The rule of what is asked of the two lists, without a name of what they are."""
    if len(lists) < 2:
        return None
    first, second = lists
    if shape("sets", "first_only").search(text):
        return both(first, _denied(second))
    if shape("sets", "second_only").search(text):
        return both(second, _denied(first))
    if shape("sets", "one_only").search(text):
        return exclusive(first, second)
    if shape("sets", "neither").search(text):
        return both(_denied(first), _denied(second))
    if shape("sets", "either").search(text):
        return {"any": [first, second]}
    return both(first, second) if shape("sets", "both").search(text) else None


def _named_apart(sentence: Sentence, lists: list[Rule]) -> Rule | None:
    """“Only in October, not November”: what is named is what the lists differ in."""
    named = list(_names(sentence))
    if not lists or not named or len({one.kind for _, one in named}) > 1:
        return None
    wanted = [one for place, one in named if not _denied_before(sentence, place)]
    denied = [one for place, one in named if _denied_before(sentence, place)]
    rules = [_with(lists, one) for one in wanted]
    others = [_with(lists, one) for one in denied]
    alone = len(wanted) == 1 and not denied and shape("sets", "only").search(sentence.text)
    if alone and len(lists) > 1 and rules[0] in lists:
        others = [one for one in lists if one != rules[0]]
    elif not denied and not (len(wanted) == 2 and shape("sets", "both").search(sentence.text)):
        return None
    if not rules or not (leads(sentence) or all(one in lists for one in (*rules, *others))):
        return None  # a question of its own
    found: Rule | None = None
    if any(one is None for one in (*rules, *others)):
        return None
    for rule in rules:
        found = both(found, rule)
    for other in others:
        found = both(found, _denied(other)) if other is not None else None
    return found


def _names(sentence: Sentence) -> Iterator[tuple[int, Sense]]:
    """The times, or the values, or the segments that are named."""
    for place, token in enumerate(sentence.tokens):
        found = next((sense for kind in _NAMED if (sense := token.get(kind)) is not None), None)
        if found is not None:
            yield place, found


def _denied_before(sentence: Sentence, place: int) -> bool:
    """Whether a word of denial stands between a name and the name before it, or in Chinese right after it."""
    start = next((at + 1 for at in range(place - 1, -1, -1) if any(sentence.tokens[at].is_(kind) for kind in _NAMED)), 0)
    end = next((at for at in range(place + 1, len(sentence.tokens)) if _closes(sentence.tokens[at])), len(sentence.tokens))
    before = " ".join(token.text for token in sentence.tokens[start:place])
    after = "".join(token.text for token in sentence.tokens[place + 1 : end])
    dated = not sentence.text.isascii() and sentence.tokens[place].is_("window")  # “11月买了12月没买的”: the verb comes after a time
    return shape("sets", "without").search(after if dated and after else before) is not None


def _closes(token: Token) -> bool:
    """Whether what is said of a name ends here."""
    return token.is_("punctuation") or any(token.is_(kind) for kind in _NAMED)


def _with(lists: list[Rule], name: Sense) -> Rule | None:
    """The list that has what is named; else the latest with it in place of its own."""
    found = next((rule for rule in reversed(lists) if _changed(rule, name) == rule), None)
    return found or _changed(lists[-1], name)


def _changed(rule: Any, name: Sense) -> Rule | None:
    """A rule of one condition with another time, value or segment; None where it has nothing of that kind."""
    if not isinstance(rule, dict):
        return None
    if name.kind == "segment":
        return {"segment": name.id} if set(rule) == {"segment"} else None
    if "behaviour" not in rule:
        return None
    if name.kind == "window":
        window = name.data["window"].model_dump(mode="json", exclude_defaults=True)
        return _plain(rewindowed(rule, window)) if rule.get("window") else None
    where = rule.get("where") or {}
    if list(where) != [name.data["dimension"]]:
        return None
    return {**rule, "where": {str(name.data["dimension"]): [str(name.data["value"]), *name.data.get("also", ())]}}


def _plain(value: Any) -> Any:
    """The rule without what it leaves open, so that equal rules are equal."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if _is_said(part) and (key, part) != ("shift", 0)}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _denied(rule: Rule) -> Rule:
    """All others; of a condition that something was done at all, those who did not do it."""
    if rule.get("behaviour") == "orders" and rule.get("op") == ">=" and str(rule.get("value")) == "1":
        return {**rule, "op": "=", "value": 0}
    return rule["not"] if set(rule) == {"not"} else {"not": rule}


def _is_said(part: Any) -> bool:
    """Whether an argument says something."""
    return part is not None and part is not False and part != {}
