"""The goods that an order holds, by what the data call them."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan
from assistant.planner.reading import read_sentence
from assistant.planner.vocabulary import Vocabulary

Where = dict[str, list[str]]
_ALL = re.compile(r" ?(?:,|、|\band also\b|\band\b|&|\bas well as\b|\bplus\b|\bwith\b|\balong with\b|和|跟|与|及|以及|又有|又|加上?) ?")
_ANY = re.compile(r" (?:or) |或者?|或是")
_LIGHT = re.compile(
    r"^(?:both|some|any|an?|the|at least one|of|(?:products?|items?|things?) from|from|有|买|过|了|同时)+ "
    r"| (?:products?|items?|goods|stuff)$"
)
_HAN = re.compile(r"[\u3400-\u9fff]")
_MOST_WORDS = 5


class Unclear(Exception):
    """A word that several goods are called by.

    Args:
        words: As it was said.
        found: The question to ask.
        names: What it may stand for.
    """

    def __init__(self, words: str, found: str, names: list[str]) -> None:
        super().__init__(words)
        self.words, self.found, self.names = words, found, names


def goods(words: str, vocabulary: Vocabulary, read: Callable[[str], Plan]) -> list[Where] | None:
    """The values of each of the goods that are named, all of which an order holds; None where something else is named.

    Raises:
        Unclear: A name stands for several.
    """
    whole = _value(words, vocabulary)
    if whole is not None:
        return [whole]
    found: list[Where] = []
    for part in filter(None, (one.strip() for one in _ALL.split(words))):
        either: Where = {}
        for one in _ANY.split(part):
            where = _value(one, vocabulary) or _read(one, vocabulary, read)
            if where is None or (either and where.keys() != either.keys()):
                return None
            for name, values in where.items():
                either.setdefault(name, []).extend(values)
        found.append(either)
    return found or None


def _value(words: str, vocabulary: Vocabulary) -> Where | None:
    """The one value that the words are."""
    for plain in dict.fromkeys((words.strip(), _LIGHT.sub("", words.strip()))):
        tokens = [token for token in read_sentence(plain, vocabulary, Dialogue()).tokens if not token.is_("stop") or token.is_("value")]
        value = tokens[0].get("value") if len(tokens) == 1 else None
        if value is not None and vocabulary.levels.get(value.data["dimension"]) == "product":
            return {str(value.data["dimension"]): [str(value.data["value"]), *map(str, value.data.get("also", ()))]}
    return None


def _read(words: str, vocabulary: Vocabulary, read: Callable[[str], Plan]) -> Where | None:
    """What the words stand for where only a part of a name is said, or a misspelt one."""
    plain = _LIGHT.sub("", words.strip())
    if not plain or len(plain.split()) > _MOST_WORDS:
        return None
    before, behind = ("", "的销售额") if _HAN.search(plain) else ("revenue of ", "")
    plan = read(f"{before}{plain}{behind}")
    call = plan.calls[0] if len(plan.calls) == 1 else None
    if call is None:
        return None
    choices = [str(one) for one in call.args.get("choices", ())]
    if call.name == "ask_user" and choices and all(one.startswith(before) and one.endswith(behind) for one in choices):
        names = [one.removeprefix(before).removesuffix(behind) for one in choices]
        raise Unclear(plain, str(call.args["question"]), names)
    where: Where = call.args.get("where") or {}
    plainly = call.name == "measure" and set(call.args) <= {"metrics", "where", "by"} and call.args["metrics"] == ["revenue"]
    of_goods = len(where) == 1 and all(vocabulary.levels.get(one) == "product" for one in where)
    return dict(where) if plainly and of_goods else None
