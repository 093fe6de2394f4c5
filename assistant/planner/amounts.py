"""Joins tokens into larger ones: numbers with units, comparisons, rankings, values named by their dimension.

Each step takes the tokens of a question and gives back fewer; STEPS is their order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from assistant.planner import scores
from assistant.planner.apposition import apposed
from assistant.planner.bands import extreme_bands
from assistant.planner.caps import capped, wanted
from assistant.planner.counted_names import counted_names, lettered_values, placed_values
from assistant.planner.frames import framed
from assistant.planner.named_amounts import asked_amounts, banded, of_one_order
from assistant.planner.partial_names import partly_named
from assistant.planner.qualifiers import only_done
from assistant.planner.ranked import from_best_to_worst, ordinal_ranks, ranked_periods
from assistant.planner.restated import denied_in_time, restated_times, with_lengths
from assistant.planner.spoken_verbs import described_people, done_again, not_even_one, split_verbs
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.two_times import compared_times
from assistant.planner.vocabulary import Vocabulary

Step = Callable[[list[Token], Vocabulary], list[Token]]
_NUMBERED = ("前", "后")
"""Words that rank only with a number."""
_HAN_DIGITS = "零〇一二三四五六七八九"
_COUNTERS = ("个", "家", "间", "种", "款", "类")
"""After a number these count: “2个门店” are two of them, and not number 2."""
_AGED = ("aged", "age", "ages", "aged from", "between the ages of", "年龄", "年龄在")
_SYMBOLS = frozenset("$¥€£")


def _number(token: Token) -> Decimal | None:
    sense = token.get("number") or token.get("share")
    return Decimal(sense.data["value"]) if sense else None


def _scan(tokens: list[Token], join: Callable[[list[Token], int], tuple[int, Token] | None]) -> list[Token]:
    """Walks over the tokens; where ``join`` makes one of the next n, they are replaced."""
    found: list[Token] = []
    at = 0
    while at < len(tokens):
        joined = join(tokens, at)
        if joined:
            found.append(joined[1])
            at += joined[0]
        else:
            found.append(tokens[at])
            at += 1
    return found


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
                if not sense or sense.id not in vocabulary.values or not (value.unknown or filler or _number(value) is not None):
                    continue
                number = _number(value)
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

    return _scan(tokens, join)


def listed_values(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """“stores 367 and 406”, “367和406号门店”: a number joined to a named value is another one of its dimension."""
    found = list(tokens)
    places = range(len(found) - 2)
    for at in (*places, *reversed(places)):
        if not (found[at + 1].is_("conj") or found[at + 1].is_("punctuation", ",")):
            continue
        for known, other in ((at, at + 2), (at + 2, at)):
            sense = found[known].get("value")
            if sense and not found[other].is_("value") and _number(found[other]) is not None:
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
                if sense and not name.is_("value") and _names_dimension(name, str(sense.data["dimension"])):
                    return size, merged(part, sense)
        return None

    return _scan(tokens, join)


def _names_dimension(token: Token, dimension: str) -> bool:
    named = [sense.id for sense in token.senses if sense.kind in ("dimension", "field", "that")]
    return any(dimension == name or dimension.startswith(f"{name}_") for name in named)


def quantities(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“20个客户”, “$2,000”, “5 orders”, “60天”, “twice”: a number with its unit, or without."""

    def join(all_tokens: list[Token], at: int) -> tuple[int, Token] | None:
        """The tokens from here that are one, and how many."""
        first = all_tokens[at]
        following = all_tokens[at + 1] if at + 1 < len(all_tokens) else None
        fixed = first.get("unit", "once", "twice")
        if fixed:
            return 1, merged([first], _quantity(Decimal(fixed.data["value"]), "order"))
        if first.text == "-" and following is not None and _is_negative(all_tokens, at):
            return 2, merged([first, following], Sense("negative", following.text))
        if first.text in _SYMBOLS and following is not None and (value := _number(following)) is not None:
            return 2, merged([first, following], _quantity(value, "money"))
        value = _number(first)
        if value is None:
            return None
        share = first.get("share")
        return _with_unit(all_tokens, at, value, bool(share))

    return _scan(tokens, join)


def _is_negative(tokens: list[Token], at: int) -> bool:
    """Whether a hyphen is the sign of the number right after it."""
    adjoins = tokens[at + 1].start == tokens[at].end and _number(tokens[at + 1]) is not None
    return adjoins and (at == 0 or (tokens[at - 1].end < tokens[at].start and _number(tokens[at - 1]) is None))


def _with_unit(tokens: list[Token], at: int, value: Decimal, share: bool) -> tuple[int, Token] | None:
    first = tokens[at]
    size = 2 if at + 1 < len(tokens) and tokens[at + 1].is_("unit", "piece") else 1
    unit = tokens[at + size].get("unit") if at + size < len(tokens) else None
    if unit and unit.id not in ("once", "twice", "piece") and not share:
        part = tokens[at : at + size + 1]
        return len(part), merged(part, _quantity(value, unit.id))
    joined = merged(tokens[at : at + size], _quantity(value, "share" if share else ""))
    window = first.get("window")
    return size, Token(joined.start, joined.end, joined.text, (*joined.senses, *((window,) if window and size == 1 else ())))


def _quantity(value: Decimal, unit: str) -> Sense:
    return Sense("quantity", f"{value} {unit}".strip(), {"value": value, "unit": unit})


def comparisons(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“at least 5 orders”, “2000元以上”, “between 5 and 10”, “5到10次”: operators with their quantities."""

    def join(all_tokens: list[Token], at: int) -> tuple[int, Token] | None:
        """The tokens from here that are one, and how many."""
        return _ranged(all_tokens, at) or _prefixed(all_tokens, at) or _suffixed(all_tokens, at) or _scored(all_tokens, at)

    return _scan(tokens, join)


def operators_last(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“至少买过3次”, “at least bought 3 times”: the verb between an operator and its number goes before both."""
    found = list(tokens)
    for at in range(len(found) - 2):
        op, verb, quantity = found[at : at + 3]
        if op.is_("op") and not op.is_("between") and verb.is_("verb") and not verb.is_("quantity") and quantity.is_("quantity"):
            found[at : at + 2] = [verb, op]
    return found


def _ranged(tokens: list[Token], at: int) -> tuple[int, Token] | None:
    opened = 1 if tokens[at].is_("between") else 0
    part = tokens[at + opened : at + opened + 3]
    if len(part) < 3 or not (part[1].is_("between", "joint") or (opened and part[1].is_("conj", "and"))):
        return None
    low, high = part[0].get("quantity"), part[2].get("quantity")
    if not low or not high or low.data["value"] > high.data["value"]:
        return None
    size = opened + 3
    after = tokens[at + size : at + size + 1]
    size += bool(after and after[0].text in ("之间", "间"))
    value = [low.data["value"], high.data["value"]]
    aged = at > 0 and tokens[at - 1].text in _AGED
    unit = high.data["unit"] or low.data["unit"] or ("age" if aged else "")
    sense = Sense("comparison", f"between {value}", {"op": "between", "value": value, "unit": unit})
    return size, merged(tokens[at : at + size], sense)


def _prefixed(tokens: list[Token], at: int) -> tuple[int, Token] | None:
    op = tokens[at].get("op")
    if not op:
        return None
    at_number = at + 1
    while at_number < len(tokens) and tokens[at_number].is_("stop") and not tokens[at_number].is_("quantity") and at_number < at + 3:
        at_number += 1
    quantity = tokens[at_number].get("quantity") if at_number < len(tokens) else None
    if op.id == "=" and any(token.is_("rank", "largest", "smallest") for token in tokens[at_number + 1 : at_number + 2]):
        return None  # “only the 15 biggest stores”
    ranked = tokens[at].is_("rank") and any(token.text == "的" for token in tokens[at + 1 : at_number])
    if not quantity or ranked:
        return None
    part = tokens[at : at_number + 1]
    if part[0].is_("unit") and part[0].text in ("=",):
        return None
    data = {**quantity.data, "unit": op.data.get("unit") or quantity.data["unit"]}
    return len(part), merged(part, _comparison(str(op.data.get("op", op.id)), Sense("quantity", quantity.id, data)))


def _suffixed(tokens: list[Token], at: int) -> tuple[int, Token] | None:
    quantity = tokens[at].get("quantity")
    if not quantity or at + 1 >= len(tokens):
        return None
    op = tokens[at + 1].get("suffix_op")
    if not op:
        return None
    size, unit = 2, quantity.data["unit"]
    after = tokens[at + 2].get("unit") if at + 2 < len(tokens) else None
    if not unit and after:
        size, unit = 3, after.id
    sense = _comparison(op.id, Sense("quantity", "", {"value": quantity.data["value"], "unit": unit}))
    return size, merged(tokens[at : at + size], sense)


def _scored(tokens: list[Token], at: int) -> tuple[int, Token] | None:
    """“R score 5”: a number right after a score is its value."""
    linked = at > 1 and tokens[at - 1].text in ("of", "is", "为", "是")
    named = at - 2 if linked else at - 1
    quantity, before = tokens[at].get("quantity"), tokens[named].get("field") if named >= 0 else None
    if not quantity or quantity.data["unit"] or not before or not before.id.endswith("_score"):
        return None
    return 1, merged([tokens[at]], _comparison("=", quantity))


def _comparison(op: str, quantity: Sense) -> Sense:
    return Sense("comparison", f"{op} {quantity.data['value']}", {"op": op, **quantity.data})


_COUNTS = {"category": "category_count", "store": "store_count", "channel": "channel_count"}


def counted_dimensions(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“at least 3 categories”, “5个以上品类”: a comparison of how many different ones a customer bought or visited."""

    def join(all_tokens: list[Token], at: int) -> tuple[int, Token] | None:
        """The tokens from here that are one, and how many."""
        comparison = all_tokens[at].get("comparison")
        if not comparison or comparison.data["unit"] or at + 1 >= len(all_tokens):
            return None
        # “3 different stores”, “3个不同的门店”: a plain word may stand between.
        between = (all_tokens[at + 1].is_("stop") and all_tokens[at + 1].text != "的") or all_tokens[at + 1].is_("apart")
        size = 3 if between and at + 2 < len(all_tokens) else 2
        counted = all_tokens[at + size - 1].senses
        dimension = next((sense.id for sense in counted if sense.kind == "dimension" and sense.id in _COUNTS), None)
        named = next((sense.id for sense in counted if sense.kind == "field" and sense.id in _COUNTS.values()), None)
        if dimension is None and named is None:
            return None
        data = {**comparison.data, "unit": "different", "field": named or _COUNTS[str(dimension)]}
        return size, merged(all_tokens[at : at + size], Sense("comparison", comparison.id, data))

    return _scan(tokens, join)


def rankings(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“top 5”, “前20名”, “最高的20个”, “the 10 best”: a direction with its number."""

    def join(all_tokens: list[Token], at: int) -> tuple[int, Token] | None:
        """The tokens from here that are one, and how many."""
        for size in (4, 3, 2):
            part = all_tokens[at : at + size]
            if len(part) < size or any(not _may_stand_between(token) for token in part[1:-1]):
                continue
            for rank, count in ((part[0], part[-1]), (part[-1], part[0])):
                joined = _ranking(rank, count, part)
                if joined:
                    return size, joined
        alone = all_tokens[at].get("rank")
        if alone is None or alone.id == "listing" or all_tokens[at].text in _NUMBERED:
            return None
        return 1, _add(all_tokens[at], Sense("ranking", alone.id, {"n": None}))

    return _scan(tokens, join)


def _may_stand_between(token: Token) -> bool:
    return token.text in ("的", "the", "这", "那", "的那", "of")


def _ranking(rank: Token, count: Token, part: list[Token]) -> Token | None:
    sense, quantity = rank.get("rank"), count.get("quantity")
    if not sense or sense.id == "listing" or not quantity or quantity.data["unit"] not in ("", "person", "piece", "item", "share"):
        return None
    if rank.text == "后" and part[0] is not rank:
        return None
    value = quantity.data["value"]
    if quantity.data["unit"] == "share":
        return merged(part, Sense("ranking", sense.id, {"n": None, "share": value}))
    if value != int(value) or value <= 0:
        return None
    data = {"n": int(value), "person": quantity.data["unit"] == "person", "item": quantity.data["unit"] == "item"}
    joined = merged(part, Sense("ranking", sense.id, data))
    return replace(joined, senses=(*joined.senses, *(one for one in rank.senses if one.kind == "part")))


def _add(token: Token, sense: Sense) -> Token:
    return Token(token.start, token.end, token.text, (*token.senses, sense))


STEPS: tuple[Step, ...] = (
    restated_times,
    denied_in_time,
    counted_names,
    named_values,
    partly_named,
    placed_values,
    listed_values,
    lettered_values,
    described_values,
    extreme_bands,
    quantities,
    with_lengths,
    restated_times,
    not_even_one,
    split_verbs,
    done_again,
    described_people,
    scores.counted,
    scores.letters,
    only_done,
    operators_last,
    comparisons,
    scores.points,
    scores.scored,
    compared_times,
    of_one_order,
    banded,
    asked_amounts,
    counted_dimensions,
    ranked_periods,
    rankings,
    from_best_to_worst,
    ordinal_ranks,
    wanted,
    apposed,
    framed,
    capped,
)


def reduce(tokens: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """The tokens after all steps."""
    for step in STEPS:
        tokens = step(tokens, vocabulary)
    return tokens
