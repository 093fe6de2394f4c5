"""Conditions on what part of all that customers did is of one kind: “自有品牌占消费一半以上”, "mostly shop on weekends"."""

from __future__ import annotations

from decimal import Decimal

from assistant.planner.clauses import Clause, Rule, plain
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token
from tools.contracts import Unit
from tools.metrics.catalogue import catalogue
from tools.windows import Window

_HALF = Decimal("0.5")
_MONEY = ("钱", "金额", "money", "budget", "dollars", "消费", "花费", "spend", "spending", "wallet")
_ORDERS = ("orders", "order", "purchases", "visits", "trips", "baskets", "shopping", "订单", "单", "次数")
_SAID = ("在", "于", "花", "上", "their", "the", "of", "在于", "都")
_ASKED = ("what", "how", "多少", "几成", "哪")


def part_rules(sentence: Sentence, clause: Clause, shared: Window | None) -> list[Rule]:
    """The rule of a clause that says what part something is of all that was done; none where it says no such thing."""
    places = [place for place in clause.places if place not in sentence.used]
    values = [place for place in places if _is_kind(sentence, place)]
    mostly = [place for place in places if sentence.tokens[place].is_("qualifier", "mostly")]
    bounds = [place for place in places if _is_part(sentence.tokens[place])]
    if not values or bool(mostly) == bool(bounds) or len(bounds) > 1 or _asks_or_denies(sentence, places):
        return []
    behaviour = _behaviour(sentence, places)
    if behaviour is None:
        return []
    where: dict[str, list[str]] = {}
    for place in values:
        value = sentence.tokens[place].get("value")
        assert value is not None
        where.setdefault(str(value.data["dimension"]), []).extend((str(value.data["value"]), *value.data.get("also", ())))
    window = next((sentence.tokens[place].get("window") for place in places if sentence.tokens[place].is_("window")), None)
    when = window.data["window"] if window is not None else shared
    sentence.use(*values, *mostly, *bounds, *(place for place in places if _says_again(sentence.tokens[place])))
    rule: Rule = {"behaviour": behaviour, **_amount(sentence, bounds), "where": where, "share": True}
    return [{**rule, "window": when.model_dump(mode="json", exclude_defaults=True)} if when is not None else rule]


def _is_kind(sentence: Sentence, place: int) -> bool:
    """Whether a token names goods, a shop or a time of the week."""
    value = sentence.tokens[place].get("value")
    level = sentence.vocabulary.levels.get(str(value.data["dimension"])) if value is not None else None
    return level in ("product", "order", "time")


def _is_part(token: Token) -> bool:
    comparison = token.get("comparison")
    return comparison is not None and comparison.data["unit"] == "share"


def _asks_or_denies(sentence: Sentence, places: list[int]) -> bool:
    """Whether the clause asks for the part, denies it, or is about a share that customers have as a field."""
    fields = [sense for place in places if (sense := sentence.tokens[place].get("field")) is not None]
    shares = [one for one in fields if catalogue().field(one.id).unit in (Unit.SHARE, Unit.PROBABILITY)]
    return bool(shares) or any(sentence.tokens[place].is_("neg") or sentence.tokens[place].text in _ASKED for place in places)


def _behaviour(sentence: Sentence, places: list[int]) -> str | None:
    """What it is a part of: what was spent, or the orders."""
    tokens = [sentence.tokens[place] for place in places]
    if any(token.is_("verb", "spend") or token.is_("field", "amount") or token.text in _MONEY for token in tokens):
        return "amount"
    ordered = any(token.is_("verb", "order") or token.is_("field", "orders") or token.text in _ORDERS for token in tokens)
    bought = any(sentence.vocabulary.levels.get(_dimension(token)) == "product" for token in tokens)
    return "amount" if ordered and bought else "orders" if ordered else None


def _dimension(token: Token) -> str:
    value = token.get("value")
    return str(value.data["dimension"]) if value is not None else ""


def _amount(sentence: Sentence, bounds: list[int]) -> Rule:
    bound: Sense | None = sentence.tokens[bounds[0]].get("comparison") if bounds else None
    if bound is None:
        return {"op": ">", "value": str(_HALF)}
    value = bound.data["value"]
    return {"op": bound.data["op"], "value": [plain(one) for one in value] if isinstance(value, list) else plain(value)}


def _says_again(token: Token) -> bool:
    """Whether a token only says what it is a part of."""
    told = token.is_("verb", "spend", "order") or token.is_("field", "amount", "orders") or token.is_("cue", "share") or token.is_("window")
    return told or token.text in (*_MONEY, *_ORDERS, *_SAID) or token.is_("pronoun", "them")
