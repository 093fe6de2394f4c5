"""Those who did not do what the others of a list did: “没响应的” of those who responded are those who were reached and did not."""

from __future__ import annotations

from assistant.planner.clauses import Rule


def opposed(known: Rule | None, added: Rule | None) -> Rule | None:
    """The known rule with what is denied in it turned round; None where the added one denies nothing that it says."""
    if not known or not added or not _denies(added):
        return None
    parts = list(known["all"]) if set(known) == {"all"} else [known]
    at = next((at for at, part in enumerate(parts) if _is_denied(part, added)), None)
    if at is None:
        return None
    if added["behaviour"] == "responses":
        return unmoved(known)
    turned = [*parts[:at], {**parts[at], "op": "=", "value": 0}, *parts[at + 1 :]]
    return turned[0] if len(turned) == 1 else {"all": turned}


def unmoved(rule: Rule) -> Rule | None:
    """Those who were reached and did not respond, of a rule of those who did; None where it has none."""
    parts = list(rule["all"]) if set(rule) == {"all"} else [rule]
    at = next((at for at, part in enumerate(parts) if part.get("behaviour") == "responses" and part.get("op") == ">="), None)
    if at is None:
        return None
    reached = {**parts[at], "behaviour": "contacts", "op": ">=", "value": 1}
    return {"all": [*parts[:at], reached, {**parts[at], "op": "=", "value": 0}, *parts[at + 1 :]]}


def _denies(rule: Rule) -> bool:
    return "behaviour" in rule and rule.get("op") == "=" and str(rule.get("value")) == "0"


def _is_denied(part: Rule, added: Rule) -> bool:
    """Whether a part says that done which the added rule says never done, of the same things and times or of none named."""
    if part.get("behaviour") != added["behaviour"] or part.get("op") != ">=" or str(part.get("value")) != "1":
        return False
    return all((added.get(key) or None) in (None, part.get(key) or None) for key in ("where", "window"))
