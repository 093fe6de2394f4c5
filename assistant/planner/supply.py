"""“手上有500张券，…的客户有多少，够不够发”: how many there are to give away, beside the question whom to give them to."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planner.asked import Asked, Reads
from assistant.planner.lexicon import read_table
from assistant.planner.plan import SUPPLY, Plan

_COUNTED = "find_customers"
_RANKED = ("predict_response", "churn_risk", "customer_value", "next_order")
"""Whose list is cut to so many of the first."""


def with_supply(asked: Asked) -> Plan | None:
    """The plan of the question whom to give them to, with the number that there is; None where no such number is told."""
    text, words = asked.text, read_table("supply")[asked.language]
    have, enough = re.search(words["have"], text), re.search(words["enough"], text)
    if have is not None and enough is None:
        return _handed_out(text, have, asked.read)
    if have is None or enough is None or have.end() > enough.start():
        return None
    rest = f"{text[: have.start()]} {text[have.end() : enough.start()]}{text[enough.end() :]}"
    found = asked.read(re.sub(words["purpose"], "", rest.strip(" ,.;:-")).strip(" ,.;:-"))
    if not found.calls or any(call.name != _COUNTED for call in found.calls):
        return None
    return replace(found, notes=(*found.notes, (SUPPLY, have["n"].replace(",", ""))))


def _handed_out(text: str, have: re.Match[str], read: Reads) -> Plan | None:
    """“I have 200 coupons. Give me the 200 biggest spenders …”: coupons to give away are no condition on those who get them.

    So many of the best are meant where no other number is told; all who meet a condition are held against the number.
    """
    rest = text[have.end() :].strip(" ,.;:-")
    if have.start() or not rest:
        return None
    found, number = read(rest), have["n"].replace(",", "")
    if len(found.calls) != 1 or found.calls[0].name not in (_COUNTED, *_RANKED):
        return None
    call = found.calls[0]
    if re.search(rf"(?<!\d){number}(?!\d)", rest.replace(",", "")):
        return replace(found, notes=(*found.notes, ("background", have[0].strip(" ,.;:-"))))
    if call.name in _RANKED:
        call = call if call.args.get("limit") else replace(call, args={**call.args, "limit": int(number)})
        return replace(found, calls=(call,), notes=(*found.notes, ("background", have[0].strip(" ,.;:-"))))
    if call.args.get("sort_by"):
        counted = re.search(r"\d", rest.split(" who ")[0]) and call.args.get("limit")
        call = call if counted else replace(call, args={**call.args, "limit": int(number)})
        return replace(found, calls=(call,), notes=(*found.notes, ("background", have[0].strip(" ,.;:-"))))
    return replace(found, notes=(*found.notes, (SUPPLY, number)))
