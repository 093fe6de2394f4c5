"""The largest and the smallest single order."""

from __future__ import annotations

from assistant.planner.sentence import Sentence

PER_ORDER = ("per order", "per basket", "per transaction", "per visit", "per trip", "每单", "平均每单", "每笔")
"""Names of a mean of orders, and of no single one."""
_SINGLE = (
    "order",
    "single order",
    "basket",
    "transaction",
    "purchase",
    "receipt",
    "ticket",
    "bill",
    "一单",
    "一笔",
    "单笔",
    "订单金额",
    "单笔订单",
)


def take_extreme(sentence: Sentence) -> str | None:
    """“the largest single order”, “最大的一笔订单是多少钱”: the highest or lowest amount of one order."""
    if sentence.says("metric", "items"):
        return None  # how many pieces are in it is another question
    for place, ranking in sentence.free("ranking"):
        if ranking.data["n"] not in (None, 1) or ranking.data.get("share"):
            continue
        near = [at for at in (*range(place + 1, place + 4), place - 1) if 0 <= at < len(sentence.tokens)]
        at = next((at for at in near if _one_order(sentence, at)), None)
        if at is None or any(sentence.tokens[one].is_("noun") for one in near):
            continue
        sentence.use(place, *(one for one in near if _one_order(sentence, one)))
        sentence.take_all("cue", "single_order", "how_much")
        return "max_order_value" if ranking.id == "largest" else "min_order_value"
    return None


def _one_order(sentence: Sentence, place: int) -> bool:
    """Whether a token is one order or its amount, and not orders that are counted."""
    token = sentence.tokens[place]
    if token.is_("cue", "single_order") or token.is_("metric", "average_order_value", "median_order_value"):
        return token.text not in PER_ORDER and not any(word in token.text for word in ("average", "avg", "mean", "均"))
    quantity = token.get("quantity")
    one = quantity is not None and quantity.data["unit"] == "order" and quantity.data["value"] == 1
    return one or token.text in _SINGLE
