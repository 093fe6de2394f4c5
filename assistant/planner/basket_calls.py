"""Calls limited to some orders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call

Basket = dict[str, Any]
"""One condition on single orders, as an argument."""
FIT = "order_fit"
_ORDERED = ("orders", "amount", "active_days", "quantity")
_OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">", "=": "!=", "!=": "="}
_DISCOUNTED = [{"of": "discount", "op": ">", "value": 0}]
_MEANS = {"customers": "buyers", "active_customers": "buyers"}
_OF_LIST = {"orders": "orders", "amount": "revenue", "average_order_value": "average_order_value"}
_SHOWN = 20


def added(basket: Sequence[Basket], more: Sequence[Basket]) -> list[Basket]:
    """The conditions with more of them; each once."""
    return [*basket, *(one for one in more if one not in basket)]


def inverted(basket: Sequence[Basket]) -> list[Basket] | None:
    """The condition of all orders that do not fit; None where one condition cannot say it."""
    if len(basket) != 1 or basket[0].get("op") == "between":
        return None
    one = basket[0]
    if one.get("where") and "op" not in one:
        return [{**one, "op": "=", "value": 0}]
    return [{**one, "op": _OPPOSITE[one["op"]]}]


def with_orders(calls: Sequence[Call], basket: list[Basket], *, done: str, split: bool, share: str | None) -> tuple[Call, ...] | None:
    """The calls of a question, limited to orders that fit; None where one of them cannot be.

    Args:
        calls: What is asked without the conditions.
        basket: The conditions.
        done: Whether they are on what customers did, and there on some of their orders or on every one ("some", "every"); else empty.
        split: Whether the orders that fit are told apart from all others.
        share: What a share is asked of, if one is.
    """
    if done or not any(call.name == "measure" for call in calls):
        found = _of_what_was_done(calls, basket, every=done == "every")
        return found if found is not None or done else _ranked(calls, basket)
    if any(call.name != "measure" for call in calls):
        return None
    return _split(calls[0], basket, share) if split else tuple(_limited(call, basket) for call in calls)


def _limited(call: Call, basket: list[Basket]) -> Call:
    args = {**call.args, "metrics": [_MEANS.get(one, one) for one in call.args["metrics"]]}
    if basket == _DISCOUNTED and args["metrics"] == ["orders"]:
        return Call(call.name, {**args, "metrics": ["discounted_orders"]})
    held = basket[0].get("where") if len(basket) == 1 and set(basket[0]) == {"where"} else None
    if held and args["metrics"] == ["orders"] and not args.get("where"):
        return Call(call.name, {**args, "where": held})
    return Call(call.name, {**args, "basket": added(args.get("basket", ()), basket)})


def _split(call: Call, basket: list[Basket], share: str | None) -> tuple[Call, ...] | None:
    args, metrics = dict(call.args), list(call.args["metrics"])
    by = [one for one in args.get("by", ()) if one != FIT]
    if len(by) > 1 or args.get("compare"):
        return None
    if basket == _DISCOUNTED and share == "orders" and metrics == ["orders"]:
        return (Call("measure", {**args, "metrics": ["discounted_order_share"]}),)
    held = basket[0].get("where") if len(basket) == 1 and set(basket[0]) == {"where"} else None
    if held and share == "orders" and metrics == ["orders"] and not by and not args.get("where"):
        return (Call("measure", {**args, "where": held, "share_of": list(held)}),)
    metrics += [share] if share and share not in metrics else []
    args = {key: value for key, value in args.items() if key not in ("sort", "limit") or by}
    within = {"share_within": True} if by else {"sort": "natural"}
    return (Call("measure", {**args, "metrics": metrics, "by": [*by, FIT], "basket": basket, **within}),)


def _of_what_was_done(calls: Sequence[Call], basket: list[Basket], *, every: bool) -> tuple[Call, ...] | None:
    """The calls with the one thing that customers did limited to such orders; None where there is none, or several."""
    changed = [json.loads(json.dumps(call.args, default=_plain)) for call in calls]
    done = [rule for args in changed for rule in _behaviours(args)]
    kinds = {json.dumps(one, sort_keys=True) for one in done}
    if len(kinds) != 1 or any(one.get("where") for one in done):
        return None
    for one in done:
        none = {**one, "basket": basket}
        some = {key: value for key, value in one.items() if key != "basket"} | {"op": ">=", "value": 1}
        one.clear()
        one.update({"all": [some, none]} if every else none)
    return tuple(Call(call.name, args) for call, args in zip(calls, changed, strict=True))


def _behaviours(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict) and data.get("behaviour") in _ORDERED:
        yield data
        return
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from _behaviours(part)


def _ranked(calls: Sequence[Call], basket: list[Basket]) -> tuple[Call, ...] | None:
    """“哪些客户的200块以上的单最多”: customers ranked by such orders, and not by all of theirs."""
    if len(calls) != 1 or calls[0].name != "find_customers" or calls[0].args.get("rule", {"all": []}) != {"all": []}:
        return None
    args = calls[0].args
    metric = _OF_LIST.get(str(args.get("sort_by")))
    if metric is None:
        return None
    way = "largest" if args.get("descending", True) else "smallest"
    limit = args.get("limit") or _SHOWN
    return (Call("measure", {"metrics": [metric], "by": ["customer"], "sort": way, "limit": limit, "basket": basket}),)


def changed_calls(dialogue: Dialogue, basket: list[Basket]) -> tuple[Call, ...]:
    """The calls of the answer before, limited to such orders; a condition of the same kind is replaced."""
    last = dialogue.last
    if last is None or last.call.name != "measure":
        return ()
    turn = [one for one in dialogue.results if one.turn == last.turn and not one.aside]
    if any(one.call.name != "measure" for one in turn):
        return ()
    found = [changed for one in turn for changed in _limited_again(one.call, basket)]
    return tuple(one for at, one in enumerate(found) if one not in found[:at])


def _limited_again(call: Call, basket: list[Basket]) -> Iterator[Call]:
    before = list(call.args.get("basket", ()))
    fresh = {_kind(one) for one in basket}
    kept = [one for one in before if _kind(one) not in fresh]
    others = inverted(before) if FIT in call.args.get("by", ()) and kept == before else None
    if others is None:
        yield Call("measure", {**call.args, "basket": [*kept, *basket]})
        return
    # Two kinds of orders side by side: what tells them apart limits each.
    args = {key: value for key, value in call.args.items() if key not in ("sort", "share_within")}
    args["by"] = [one for one in args["by"] if one != FIT]
    for side in (before, others):
        yield Call("measure", {**{key: value for key, value in args.items() if value != []}, "basket": [*side, *basket]})


def _kind(one: Basket) -> str:
    return f"{one.get('of', 'lines')} {sorted(one.get('where', {}))}"


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json", exclude_none=True, exclude_defaults=True) if hasattr(value, "model_dump") else str(value)
