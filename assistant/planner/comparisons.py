"""Numbers with their units, and the operators before and after them: “at least 5 orders”, “2000元以上”, “5到10次”."""

from __future__ import annotations

from decimal import Decimal

from assistant.planner.scanning import number_of, scan
from assistant.planner.tokens import Sense, Token, merged
from assistant.planner.vocabulary import Vocabulary

_AGED = ("aged", "age", "ages", "aged from", "between the ages of", "年龄", "年龄在")
_SYMBOLS = frozenset("$¥€£")
_BOUNDS = {
    f"{joint} {word}": (op, joint)
    for joint in ("and", "or")
    for word, op in (("over", ">"), ("above", ">"), ("under", "<"), ("below", "<"))
}
"""What follows a number in “20 and over”, and what it is where a number follows it."""


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
        if first.text in _SYMBOLS and following is not None and (value := number_of(following)) is not None:
            return 2, merged([first, following], _quantity(value, "money"))
        value = number_of(first)
        if value is None:
            return None
        share = first.get("share")
        return _with_unit(all_tokens, at, value, bool(share))

    return scan(tokens, join)


def _is_negative(tokens: list[Token], at: int) -> bool:
    """Whether a hyphen is the sign of the number right after it."""
    adjoins = tokens[at + 1].start == tokens[at].end and number_of(tokens[at + 1]) is not None
    return adjoins and (at == 0 or (tokens[at - 1].end < tokens[at].start and number_of(tokens[at - 1]) is None))


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

    return scan(tokens, join)


def parted_bounds(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“… and over 3000 spend”: before a number, what closes a range elsewhere joins another bound."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        bound = _BOUNDS.get(token.text) if token.is_("suffix_op") else None
        opens = bound is not None and at + 1 < len(tokens) and tokens[at + 1].is_("quantity")
        found += _joined_bound(token, *bound) if opens and bound is not None else [token]
    return found


def _joined_bound(token: Token, op: str, joint: str) -> list[Token]:
    """The word that joins, and the bound after it."""
    middle = token.start + len(joint)
    said = Token(token.start, middle, joint, (Sense("conj", joint),))
    return [said, Token(middle + 1, token.end, token.text[len(joint) + 1 :], (Sense("op", op, {"at": "before"}),))]


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


_DONE = ("过", "了", "ed", "bought", "shop", "visit", "at", "in", "from")
_COUNTS = {"category": "category_count", "store": "store_count", "channel": "channel_count"}


def _visited(tokens: list[Token], at: int) -> Sense | None:
    """“去过两个门店”, “买过3个部门以上”: a plain number right after what was done is so many different ones."""
    quantity, before = tokens[at].get("quantity"), tokens[at - 1] if at else None
    done = before is not None and before.is_("verb", "order") and not before.is_("noun") and before.text.endswith(_DONE)
    return _comparison("=", quantity) if quantity and quantity.data["unit"] == "" and done else None


def counted_dimensions(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """“at least 3 categories”, “5个以上品类”: a comparison of how many different ones a customer bought or visited."""

    def join(all_tokens: list[Token], at: int) -> tuple[int, Token] | None:
        """The tokens from here that are one, and how many."""
        comparison = all_tokens[at].get("comparison") or _visited(all_tokens, at)
        if not comparison or comparison.data["unit"] or at + 1 >= len(all_tokens):
            return None
        # “3 different stores”, “3个不同的门店”: a plain word may stand between.
        between = (all_tokens[at + 1].is_("stop") and all_tokens[at + 1].text != "的") or all_tokens[at + 1].is_("apart")
        between = between and not all_tokens[at + 1].is_("dimension", *_COUNTS)
        size = 3 if between and at + 2 < len(all_tokens) else 2
        counted = _of_kinds(all_tokens[at + 1]) if all_tokens[at + 1].is_("qualifier", "different") else all_tokens[at + size - 1].senses
        dimension = next((sense.id for sense in counted if sense.kind == "dimension" and sense.id in _COUNTS), None)
        named = next((sense.id for sense in counted if sense.kind == "field" and sense.id in _COUNTS.values()), None)
        if dimension is None and named is None:
            return None
        data = {**comparison.data, "unit": "different", "field": named or _COUNTS[str(dimension)]}
        after = all_tokens[at + size].get("suffix_op") if at + size < len(all_tokens) else None
        if after is not None and not all_tokens[at].is_("comparison"):
            size, data = size + 1, {**data, "op": after.id}
        return size, merged(all_tokens[at : at + size], Sense("comparison", comparison.id, data))

    return scan(tokens, join)


def _of_kinds(token: Token) -> tuple[Sense, ...]:
    """What “different departments” counts."""
    kinds = {"departments": "category", "stores": "store"}
    return tuple(Sense("dimension", kinds[word]) for word in token.text.split() if word in kinds)


def _comparison(op: str, quantity: Sense) -> Sense:
    return Sense("comparison", f"{op} {quantity.data['value']}", {"op": op, **quantity.data})
