"""“最近90天花了多少”, "total spend in Q3?" after one customer was looked up: of that customer, whom the question leaves unsaid."""

from __future__ import annotations

from assistant.planner.asked import Asked
from assistant.planner.plan import Plan

_SECTION = "one_customer"
_OF = {"zh": "客户{id} {what}", "en": "{what} of customer {id}"}
_RISK = {"zh": "客户{id} 的流失概率", "en": "churn risk of customer {id}"}


def with_one_customer(asked: Asked) -> Plan | None:
    """The plan of the question with that customer named; None where it names whom it is about."""
    last = asked.dialogue.last
    if last is None or last.call.name != "look_up_customer" or "customer_id" not in last.call.args:
        return None
    one = str(last.call.args["customer_id"])
    if asked.said(_SECTION, "leaving"):
        return _looks(asked.read(_RISK[asked.language].format(id=one)))
    said = asked.said(_SECTION, "unsaid")
    return _looks(asked.read(_OF[asked.language].format(id=one, what=said["what"]))) if said is not None else None


def _looks(found: Plan) -> Plan | None:
    return found if found.calls and not any(call.name in ("ask_user", "decline") for call in found.calls) else None
