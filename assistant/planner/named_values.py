"""Values named by their dimension: “store 367”, “367和406号门店”, “income 50-74K”."""

from __future__ import annotations

from assistant.planner.goods import OF_GOODS
from assistant.planner.scanning import number_of, scan
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_HAN_DIGITS = "零〇一二三四五六七八九"
_COUNTERS = ("个", "家", "间", "种", "款", "类")
"""After a number these count: “2个门店” are two of them, and not number 2."""


def named_values(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """“store 367”, “367号店”, “活动18”: a dimension beside a value that means nothing alone."""

    def join(all_tokens: list[Token], at: int) -> tuple[int, Token] | None:
        """The tokens from here that are one, and how many."""
        for size in (2, 3):
            part = all_tokens[at : at + size]
            if len(part) < size or (
                size == 3
                and not (
                    (part[1].is_("stop") and not part[1].is_("rank") and part[1].text not in _COUNTERS)
                    or part[1].text in ("#", "号", "=", ":")
                )
            ):
                continue
            for dimension, value in ((part[0], part[-1]), (part[-1], part[0])):
                sense = dimension.get("dimension") or (dimension.get("that") if value is part[0] else None)
                filler = size == 2 and (value.is_("stop") or value.is_("conj"))  # a plan may be called “Plus”
                if not sense or sense.id not in vocabulary.values or not (value.unknown or filler or number_of(value) is not None):
                    continue
                number = number_of(value)
                if value is part[0] and number is not None and part[1].text == "的":
                    continue  # “客单价低于20的门店”: the number is compared with
                meant = vocabulary.value_named(sense.id, value.text.removesuffix("号"))
                spelt = number is not None and len(value.text) > 1 and all(char in _HAN_DIGITS for char in value.text)
                meant = meant or (vocabulary.value_named(sense.id, f"{number:f}") if spelt else None)
                if meant and value is part[0] and dimension.text.endswith("s") and dimension.text.isascii():
                    continue  # “2 stores” are two of them
                if meant:
                    return size, merged(part, Sense("value", f"{sense.id}={meant}", {"dimension": sense.id, "value": meant}))
        return None

    return scan(tokens, join)


def listed_values(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """“stores 367 and 406”, “367和406号门店”: a number joined to a named value is another one of its dimension."""
    found = list(tokens)
    places = range(len(found) - 2)
    for at in (*places, *reversed(places)):
        if not (found[at + 1].is_("conj") or found[at + 1].is_("punctuation", ",")):
            continue
        for known, other in ((at, at + 2), (at + 2, at)):
            sense = found[known].get("value")
            if sense and not found[other].is_("value") and number_of(found[other]) is not None:
                meant = vocabulary.value_named(str(sense.data["dimension"]), found[other].text)
                data = {"dimension": sense.data["dimension"], "value": meant}
                found[other] = merged([found[other]], Sense("value", f"{data['dimension']}={meant}", data)) if meant else found[other]
    return found


def described_values(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“income 50-74K”, “ages 45-54”, “DELI department”: a value with the name of its dimension beside it."""

    def join(all_tokens: list[Token], at: int) -> tuple[int, Token] | None:
        """The tokens from here that are one, and how many."""
        for size in (2, 3):
            part = all_tokens[at : at + size]
            if len(part) < size or (size == 3 and part[1].text not in ("的", "of", "=", "is", "为", "是", ":", "in", "the")):
                continue
            for name, value in ((part[0], part[-1]), (part[-1], part[0])):
                sense = value.get("value")
                after = name is part[-1] and size == 2
                if sense and not name.is_("value") and _names_dimension(name, str(sense.data["dimension"]), after):
                    return size, merged(part, sense)
        return None

    return scan(tokens, join)


def _names_dimension(token: Token, dimension: str, after: bool) -> bool:
    """Whether a word names the dimension; right after a name, people do not tell departments and categories apart."""
    named = [sense.id for sense in token.senses if sense.kind in ("dimension", "field", "that")]
    if after and dimension in OF_GOODS and any(name in OF_GOODS for name in named):
        return True
    return any(dimension == name or dimension.startswith(f"{name}_") for name in named)
