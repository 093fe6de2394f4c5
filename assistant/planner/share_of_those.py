"""“他们有房的占多少”, "what share are 35-44" after some customers: the share is of those, and not of everybody."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.share_base import parts_of
from assistant.planner.who import both
from tools.segments.schemes import scheme_of

_LISTS = ("find_customers", "save_segment", "summarize_segment", "export_customers", "churn_risk", "describe_persona")
_ORDER = {"sort_by", "descending"}
_ELSE = ("noun", "pronoun", "metric", "window", "cluster", "that", "scheme", "ranking", "conj")
"""What says whom the share is of, or makes it another question."""
_CONDITIONS = ("value", "segment", "condition")


def with_share_of_those(found: Plan | None, sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The plan with those before as what the share is of, where it asks for a share of them; else as it is."""
    call = found.calls[0] if found is not None and len(found.calls) == 1 else None
    about = dialogue.about(dialogue.last) if dialogue.last is not None else None
    if found is None or call is None or call.name != "find_customers" or set(call.args) - {"rule", *_ORDER} or about is None:
        return found
    if not sentence.says("cue", "share") or sentence.says("cue", "everyone"):
        return found
    bases = [one for one in _bases(about) if one != {"all": []}]
    rule = call.args["rule"]
    if rule in bases:
        return found  # the share of those themselves is of everybody
    base = next((one for one in bases if _narrows(rule, one)), None)
    if base is None and bases and _is_bare(sentence, dialogue) and not _leaves(rule) & _leaves(bases[0]):
        base, rule = bases[0], both(bases[0], rule)
    return replace(found, calls=(replace(call, args={"rule": rule, "among": base}),)) if base else found


def _bases(about: Result) -> list[Rule]:
    """Those whom the answer before was about, as rules may name them; a list that was cut, by its handle alone."""
    rule = dict(about.call.args.get("rule") or (about.selection or {}).get("rule") or {})
    handle = [{"segment": about.handle}] if about.handle else []
    cut = about.call.args.get("limit") or about.call.args.get("share")
    return handle if cut else [*([rule] if rule else []), *handle]


def _narrows(rule: Rule, base: Rule) -> bool:
    """Whether a rule is of some of the base."""
    parts, known = parts_of(rule), parts_of(base)
    return len(parts) > len(known) and all(one in parts for one in known)


def _is_bare(sentence: Sentence, dialogue: Dialogue) -> bool:
    """Whether nothing but a condition and its share are said after a list."""
    listed = dialogue.last is not None and dialogue.last.call.name in _LISTS
    others = (token for token in sentence.tokens if not any(token.is_(kind) for kind in _CONDITIONS))
    return listed and not any(token.is_(kind) for token in others for kind in _ELSE)


def _leaves(rule: Rule) -> set[str]:
    """What the conditions of a rule are about."""
    if not isinstance(rule, dict):
        return set()
    inner = [one for key in ("all", "any") for one in rule.get(key, ())] + ([rule["not"]] if "not" in rule else [])
    named = scheme_of(str(rule["segment"])) if "segment" in rule else None
    own = {named.id if named else str(rule["segment"])} if "segment" in rule else {str(rule["field"])} if "field" in rule else set()
    return set().union(own, *map(_leaves, inner))
