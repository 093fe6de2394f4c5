"""What is said again in other words: “周几的客流最大，就是订单最多的那天”, and guesses with the share that checks them."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.asked import Asked
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import first_shape


def with_gloss(asked: Asked) -> Plan | None:
    """The plan of the first part, measured by what is said after it; None where nothing is said again."""
    guess = first_shape("glosses", "guessed", asked.bare, whole=True)
    if guess is not None:
        return asked.read(_of_goods(guess.groupdict()))
    said = first_shape("glosses", "ranked", asked.bare, whole=True)
    again = _ranking(asked.read(f"哪{said['unit']}{said['gloss']}")) if said is not None else None
    if said is None or again is None:
        return None
    found = asked.read(said["main"])
    first = _ranking(found)
    if first is None or first.args["metrics"][:1] == again.args["metrics"][:1]:
        return found if first is not None else Plan((again,))
    return replace(found, calls=(Call("measure", {**first.args, "metrics": again.args["metrics"], "sort": again.args["sort"]}),))


def _of_goods(guess: dict[str, str | None]) -> str:
    """“冰淇淋是夏天卖得多吧？6-8月占全年多少”: the share that checks a guess, of the goods of the guess."""
    if guess.get("rest"):
        return f"{guess['goods']} {guess['rest']}"
    return f"{guess['share']} of the year's {guess['goods']} sales fall in {guess['time']}"


def _ranking(found: Plan) -> Call | None:
    """The one measurement of a plan, in an order."""
    call = found.calls[0] if len(found.calls) == 1 else None
    return call if call is not None and call.name == "measure" and call.args.get("sort") else None
