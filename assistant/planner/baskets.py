"""Conditions on single orders: “单笔超过200块的订单”, "baskets with a coupon in them", "bought both in the same basket".

What is said of the orders is taken out of the question; the rest is read as ever, and its calls are limited to such orders. Two
kinds of orders side by side, and shares of all orders, are told by the orders that fit and all others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from assistant.planner.asked import Asked, Reads
from assistant.planner.basket_calls import Basket, added, changed_calls, inverted, with_orders
from assistant.planner.basket_goods import Unclear, goods
from assistant.planner.basket_words import Table, compared, table
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.vocabulary import Vocabulary

_MOST = 3
"""Conditions that one question has."""
_SILENT = ("ask_user", "decline")
_SHARES = {"coupon_order_share", "discounted_order_share", "discount_share", "coupon_discount_share"}
"""Shares that any orders have."""
_ANY = {"discount": {"of": "discount", "op": ">", "value": 0}, "none": {"of": "discount", "op": "<=", "value": 0}}


@dataclass
class _Reading:
    """A question as it gives way to its conditions."""

    typed: str
    words: str
    basket: list[Basket] = field(default_factory=list)
    of_customers: bool = False
    """Whether the conditions are on what customers did, and not on the orders that are measured."""
    every: bool = False
    """Whether all that they ordered must fit: the conditions are then those of the orders that they may not have."""
    pair: bool = False
    share: str | None = None
    """What a share is asked of: "orders" or "revenue"."""
    left_out: bool = False


def with_basket(asked: Asked) -> Plan | None:
    """The plan of a question with conditions on single orders; None where it has none, or where the rest is not understood."""
    known = table()
    typed = asked.text
    again = _with_other_amount(typed, known, asked.dialogue)
    if again is not None:
        return again
    for pattern, words in known.plain:
        typed = pattern.sub(words, typed)
    reading = _Reading(typed, typed)
    try:
        while len(reading.basket) < _MOST and _take(reading, known, asked.vocabulary, asked.read):
            pass
    except Unclear as unclear:
        choices = [typed.replace(unclear.words, one) for one in unclear.names]
        return plan("ask_user", question=unclear.found, choices=choices)
    if not reading.basket:
        return None
    return _planned(reading, known, asked.dialogue, asked.read)


def _planned(reading: _Reading, known: Table, dialogue: Dialogue, read: Reads) -> Plan | None:
    if len(reading.basket) == 2 and inverted(reading.basket[:1]) == reading.basket[1:]:
        reading.basket, reading.pair = reading.basket[:1], True
    calls = changed_calls(dialogue, reading.basket) if known.light.fullmatch(reading.words) and not reading.pair else None
    if calls:
        return Plan(calls)
    itself = None if reading.pair or reading.of_customers else _share_of_their_own(reading, known, read)
    if itself is not None:
        return itself
    _take_shares(reading, known)
    if reading.pair and known.bigger.search(reading.words):
        reading.words = known.bigger.sub(" average order value ", reading.words)
    if not reading.of_customers:
        for pattern, words in (*known.means, *((idle, " ") for idle in known.idle)):
            reading.words = pattern.sub(words, reading.words)
    words = re.sub(r"\s+", " ", reading.words).strip(" ,;")
    found = read(words)
    if reading.pair and known.more.search(reading.typed):
        found = replace(found, calls=tuple(_of_size(call) for call in found.calls))
    if not found.calls or any(call.name in _SILENT for call in found.calls):
        return None
    if reading.share is None and not reading.of_customers and known.asks.search(words) and "discount" not in words:
        return None
    if reading.share is not None and known.within.search(words):
        return None
    split = reading.pair or reading.share is not None
    kind = "every" if reading.every else "some" if reading.of_customers else ""
    calls = with_orders(found.calls, reading.basket, done=kind, split=split, share=reading.share)
    if calls is None:
        return None
    kept = [note for note in found.notes if note[0] != "focus"]
    return replace(found, calls=calls, notes=tuple(kept))


def _share_of_their_own(reading: _Reading, known: Table, read: Reads) -> Plan | None:
    """“11月超过50元的订单里有多少用了券”: a share of the orders that fit, which is measured as it stands."""
    if not known.asks.search(reading.words):
        return None
    found = read(re.sub(r"\s+", " ", reading.words).strip(" ,;"))
    if not found.calls or any(call.name != "measure" or not set(call.args["metrics"]) <= _SHARES for call in found.calls):
        return None
    return replace(found, calls=tuple(Call("measure", {**call.args, "basket": reading.basket}) for call in found.calls))


def _of_size(call: Call) -> Call:
    """Which orders are bigger is told by what they amount to, and not by how many they are."""
    counted = call.name == "measure" and call.args.get("metrics") in (["orders"], ["max_order_value"], ["min_order_value"])
    return Call(call.name, {**call.args, "metrics": ["average_order_value"]}) if counted else call


def _with_other_amount(typed: str, known: Table, dialogue: Dialogue) -> Plan | None:
    """“超过500的呢”, "and over $50?" after an answer about orders of another amount."""
    said = known.fresh.match(typed)
    bound = compared(said["money"], known) if said is not None else None
    last = dialogue.last
    if bound is None or last is None or last.call.name != "measure" or not last.call.args.get("basket"):
        return None
    if not any(one.get("of") == "amount" and not one.get("where") for one in last.call.args["basket"]):
        return None
    calls = changed_calls(dialogue, [{"of": "amount", **bound}])
    return Plan(calls) if calls else None


def _take(reading: _Reading, known: Table, vocabulary: Vocabulary, read: Reads) -> bool:
    """Takes the first condition out of the words; False where there is none."""
    for pattern, words, kind in known.pairs if not reading.basket else ():
        match = pattern.search(reading.words)
        if match is not None:
            reading.basket = added(reading.basket, [dict(_ANY[kind])])
            reading.pair = True
            reading.words = reading.words[: match.start()] + match.expand(words) + reading.words[match.end() :]
            return True
    for pattern, words in known.customers:
        for match in pattern.finditer(reading.words):
            if _take_customers(reading, match, words, known, vocabulary, read):
                return True
    for pattern, words, kind in known.orders:
        for match in pattern.finditer(reading.words):
            if _take_orders(reading, match, words, kind, known, vocabulary, read):
                return True
    return False


def _take_customers(reading: _Reading, match: re.Match[str], words: str, known: Table, vocabulary: Vocabulary, read: Reads) -> bool:
    said = match.groupdict()
    if said.get("every"):
        bound = compared(said["every"], known)
        found = inverted([{"of": "amount", **bound}]) if bound is not None and not reading.basket else None
        reading.every = found is not None
    elif said.get("money"):
        bound = compared(said["money"], known)
        found = [{"of": "amount", **bound}] if bound is not None and bound["op"] != "=" else None
    else:
        found = _holds(said["x"], vocabulary, read)
    if not found:
        return False
    times = compared(said["times"], known, known.twice) if said.get("times") else {"op": ">=", "value": 1}
    if times is None or isinstance(times["value"], list):
        return False
    chinese = bool(re.search(r"[\u3400-\u9fff]", words))
    if times["op"] == "=" and said.get("times") and not re.search("exactly|only|just|恰|正好|刚好|只", said["times"]):
        times["op"] = ">="  # "bought both in one basket three times"
    number = f"{known.say(str(times['op']), chinese=chinese)}{'' if chinese else ' '}{times['value']}{'笔' if chinese else ''}"
    put = match.expand(words).replace("{times}", number)
    reading.words = f"{reading.words[: match.start()]}{put}{reading.words[match.end() :]}"
    reading.basket = added(reading.basket, found)
    reading.of_customers = True
    return True


def _take_orders(reading: _Reading, match: re.Match[str], words: str, kind: str, known: Table, vocabulary: Vocabulary, read: Reads) -> bool:
    said = match.groupdict()
    found: list[Basket] | None
    if kind in _ANY:
        found = [dict(_ANY[kind])]
    elif kind == "amount":
        bound = compared(said["money"], known)
        found = [{"of": "amount", **bound}] if bound is not None else None
    elif kind == "count":
        written = " ".join(part for part in (said["count"], said.get("late"), said.get("later")) if part)
        bound, unit = compared(written, known, {"single": 1}), known.unit(said["unit"])
        found = [{"of": unit, **bound}] if bound is not None and unit is not None else None
    elif kind == "spent":
        bound, held = compared(said["money"], known), _holds(said["x"], vocabulary, read)
        found = [{"of": "amount", **bound, **held[0]}] if bound is not None and held and len(held) == 1 else None
    else:
        found = _holds(said["x"], vocabulary, read)
        if kind == "notx":
            found = inverted(found) if found else None
    if not found:
        return False
    before, after = reading.words[: match.start()], reading.words[match.end() :]
    put = match.expand(words)
    left_out = next((one for pattern in known.without if (one := pattern.search(before)) is not None), None)
    behind = known.behind.search(after)
    if left_out is not None or behind is not None:
        turned = inverted(found)
        if turned is None or reading.pair:
            return False
        before = before[: left_out.start()] if left_out is not None else before
        after, put, found = after[behind.end() :] if behind is not None else after, "", turned
        reading.left_out = True
    elif known.had.search(before):
        before, reading.of_customers = known.had.sub(lambda had: known.at_least(had), before), True
    gap = " " if put and put[-1].isascii() and after[:1].isalnum() else ""
    reading.words = f"{before}{put}{gap}{after}"
    reading.basket = added(reading.basket, found)
    return True


def _holds(words: str, vocabulary: Vocabulary, read: Reads) -> list[Basket] | None:
    """What an order has of each of the goods that are named."""
    found = goods(words, vocabulary, read)
    return [{"where": where} for where in found] if found else None


def _take_shares(reading: _Reading, known: Table) -> None:
    for pattern, words in known.shares:
        match = pattern.search(reading.words)
        if match is None or reading.of_customers:
            continue
        named = match.groupdict()
        money = bool(known.money.search(named.get("m") or match[0]))
        reading.share = "revenue" if money else reading.share or "orders"
        reading.words = pattern.sub(words, reading.words, count=1)
