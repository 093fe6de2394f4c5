"""Fields of the last days, such as “spend in the last 90 days”, as what was done in a time: another time may then take its place."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.clauses import Rule
from assistant.planner.plan import Call, Plan
from assistant.planner.sentence import Sentence
from tools.windows import Window

Args = dict[str, Any]
_RECENT = re.compile(r"(amount|orders)_(\d+)d")
_MEASURED = {"amount": "revenue", "orders": "orders"}


def as_done(rule: Rule) -> Rule:
    """A condition on such a field as one on what was done; any other rule as it is."""
    found = _RECENT.fullmatch(str(rule.get("field", "")))
    if found is None:
        return rule
    kept = {key: value for key, value in rule.items() if key != "field"}
    return {"behaviour": found[1], **kept, "window": {"last_days": int(found[2])}}


def _ranked_in(args: Args, window: Window) -> Call | None:
    """The list in order of such a field, in order of the same in another time; None where it has another order."""
    found = _RECENT.fullmatch(str(args.get("sort_by", "")))
    if found is None or set(args) - {"rule", "sort_by", "descending", "limit"} or "limit" not in args:
        return None
    rule = args.get("rule", {"all": []})
    order = "largest" if args.get("descending", True) else "smallest"
    dated = window.model_dump(mode="json", exclude_defaults=True)
    given = {} if rule == {"all": []} else {"customers": rule["segment"] if set(rule) == {"segment"} else rule}
    found_args = {"metrics": [_MEASURED[found[1]]], "by": ["customer"], "sort": order, "window": dated, "limit": args["limit"]}
    return Call("measure", {**found_args, **given})


def in_order_of_time(sentence: Sentence, args: Args) -> Plan | None:
    """“那三季度呢” after those who spent most in the last 90 days: those who spent most then."""
    windows = [one for _, one in sentence.free("window")]
    ranked = _ranked_in(args, windows[0].data["window"]) if len(windows) == 1 else None
    trial = sentence.again()
    for kind in ("window", "ellipsis", "noun"):
        trial.take_all(kind)
    if ranked is None or trial.leftover():
        return None
    sentence.take_all("window")
    return Plan((ranked,))
