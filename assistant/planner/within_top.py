"""“消费前10%里没用过券的”: those among the best of all that meet a condition, where the best are found first."""

from __future__ import annotations

from collections.abc import Callable

from assistant.planner.best_counted import halves_of
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.plan import PRELUDE, Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape
from assistant.planner.who import both
from tools.metrics.catalogue import catalogue

Reads = Callable[[str], "Plan | None"]
_PARTED = ("within", "then", "who", "asked", "among", "counted_of", "named_en", "named_zh")
"""The best stand first, what is asked of them after a word for “within”, right after, after “who”; or “of the best, …”."""
_CUTS = ("limit", "share")
_LARGEST = 0.05
"""The share of customers who are the largest where no number is said."""
_SUMS = {"revenue": "amount", "orders": "orders"}


def among_best(sentence: Sentence, dialogue: Dialogue, read: Reads) -> Plan | None:
    """The best of all, then those of them that meet the condition; None where the question has no such parts.

    Args:
        sentence: The question.
        dialogue: The conversation so far.
        read: The plan of a part of the question.
    """
    found = _as_said(sentence, read) or _as_counted(sentence, read)
    if found is None:
        return None
    best, asked = found
    within: Rule = {"segment": next_handle(list(dialogue.results))}
    sentence.use(*range(len(sentence.tokens)))
    among = {"among": within} if sentence.says("cue", "share") else {}
    return Plan((best, Call("find_customers", {"rule": both(within, asked), **among})), ((PRELUDE, "1"),))


def _as_said(sentence: Sentence, read: Reads) -> tuple[Call, Rule] | None:
    """The list of the best and the condition, where the question is worded in one of the known ways."""
    halves = next((found for one in _PARTED if (found := shape("best", one).match(sentence.text.strip(" ?.!")))), None)
    if halves is None:
        return None
    best, asked = _cut(read(_who_best(halves["top"]))), _rule(read(_whose(halves["rest"])))
    best = _unnumbered(best) if best is not None and not shape("best", "told").search(halves["top"]) else best
    return (best, asked) if best is not None and asked is not None else None


def _as_counted(sentence: Sentence, read: Reads) -> tuple[Call, Rule] | None:
    """The same where a number is asked of the best, in whatever order."""
    halves = halves_of(sentence)
    asked = _rule(read(halves.rest)) if halves is not None else None
    if halves is None or asked is None:
        return None
    top = read(_who_best(halves.top))
    best = _cut(top) or (top.calls[0] if top is not None and _by_customer(top) else None)
    best = _unnumbered(best) if best is not None and not halves.numbered else best
    return (best, asked) if best is not None else None


def _unnumbered(best: Call) -> Call:
    """“The biggest spenders”: with no number of them, they are a share of all."""
    if best.name != "find_customers":
        return best
    kept = {key: value for key, value in best.args.items() if key != "limit"}
    return Call(best.name, {**kept, "share": best.args.get("share") or _LARGEST})


def _by_customer(found: Plan) -> bool:
    """Whether customers are ranked by what they did in a time."""
    call = found.calls[0]
    return len(found.calls) == 1 and call.name == "measure" and call.args.get("by") == ["customer"] and bool(call.args.get("limit"))


def cut_of(top: str, read: Reads) -> Call | None:
    """The call that lists the best, by their words."""
    return _cut(read(_who_best(top)))


def _cut(found: Plan | None) -> Call | None:
    """The call that lists the best, where the part says nothing else."""
    if found is None or len(found.calls) != 1:
        return None
    call = _as_list(found.calls[0])
    return call if call.name == "find_customers" and any(call.args.get(one) for one in _CUTS) else None


def _as_list(call: Call) -> Call:
    """“最近一年消费排名前200的客户”: a ranking of customers by what they spent lately as a list by the field for it."""
    args = call.args
    if call.name == "customer_value" and set(args) == {"limit"}:
        return Call("find_customers", {"rule": {"all": []}, "sort_by": "predicted_value", "descending": True, "limit": args["limit"]})
    window = args.get("window") or {}
    days = window.get("last_days") if isinstance(window, dict) else getattr(window, "last_days", None)
    field = f"{_SUMS.get(args['metrics'][0], '')}_{days}d" if call.name == "measure" and args.get("metrics") else ""
    known = field in {one.id for one in catalogue().fields}
    plain = args.get("by") == ["customer"] and not (args.get("where") or args.get("customers") or args.get("having"))
    if not known or not plain or not args.get("limit"):
        return call
    return Call(
        "find_customers", {"rule": {"all": []}, "sort_by": field, "descending": args.get("sort") != "smallest", "limit": args["limit"]}
    )


def _rule(found: Plan | None) -> Rule | None:
    """The condition of the part, where it neither orders nor cuts."""
    if found is None or len(found.calls) != 1:
        return None
    args = found.calls[0].args
    if found.calls[0].name == "churn_risk" and not set(args) - {"band"}:
        return {"field": "churn_band", "op": "=", "value": args.get("band", "high")}
    if found.calls[0].name != "find_customers":
        return None
    rule: Rule = args.get("rule") or {}
    if set(rule) == {"field", "op", "value"} and args.get("sort_by") == rule["field"] and not any(args.get(one) for one in _CUTS):
        return rule
    plain = not any(args.get(one) for one in (*_CUTS, "sort_by"))
    return args["rule"] if plain and args.get("rule") not in (None, {"all": []}) else None


def _who_best(top: str) -> str:
    """The first part as a question of its own; the best are those who spend most where nothing is said."""
    numbered = shape("best", "numbered").match(top)
    if numbered is None or " by " in top:
        return top
    return f"{'bottom' if numbered['way'] == 'bottom' else 'top'} {numbered['n']} customers by spend"


def _whose(rest: str) -> str:
    """The second part as a question of its own."""
    if rest.startswith(("who ", "that ", "which ")):
        return f"customers {rest}"
    said = shape("best", "did").match(rest)
    return f"customers who {said['said']}" if said and rest.isascii() else rest
