"""“没用过券的客户里四季度消费最高的10个”, "top 20 homeowners by spend in December": the first of a group by something.

Who the group are and what they are ranked by are each read alone, so that neither takes the other's time, place or goods.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import asked_alone, group_of, leaves, ordered, people_of
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape, shapes
from assistant.planner.vocabulary import Vocabulary
from assistant.planner.who import both

_SECTION = "ranked_of_group"
_WHO = {"zh": "{}有多少", "en": "how many {}"}
_FIRST = {"zh": "{by}{most}的{n}个客户", "en": "top {n} customers by {by}"}
_SHARE = {"zh": "{by}{most}的{n}客户", "en": "top {n} of customers by {by}"}
_WHOLE = {"zh": "客户按{by}从高到低排序", "en": "customers by {by}, largest first"}
_DID = "which {n} customers {did}"
_MOST = "最高"
_USUAL = "20"
_TURNED = {"largest": "smallest", "smallest": "largest"}
_HEADS = ("customers", "buyers", "active_customers")
_EVERYBODY: Rule = {"all": []}
_OF_ALL = {
    "find_customers": {"rule", "sort_by", "descending", "limit", "share"},
    "measure": {"metrics", "by", "where", "window", "sort", "limit", "limit_share"},
    "churn_risk": {"limit"},
    "customer_value": {"sort_by", "descending", "limit"},
}
"""The calls that rank all customers, with what they may hold of that."""
_Said = dict[str, str]


def with_ranked_of_group(asked: Asked) -> Plan | None:
    """The plan of the first of a group; None where no such question is asked, or one of both parts is not understood."""
    if not shape(_SECTION, "ranks").search(asked.bare) or shape(_SECTION, "earlier").search(asked.bare):
        return None
    file = shape(_SECTION, "file").search(asked.bare) is not None
    for said in _cuts(asked):
        group = _group(asked, said["group"])
        first = _first(asked, said) if group is not None else None
        if group is None or first is None or _of_what_they_did(group, first, said["group"]):
            continue
        found = _of(first, group, asked.vocabulary)
        return _exported(asked, found) if file else Plan((found,))
    return None


def _cuts(asked: Asked) -> Iterator[_Said]:
    """Each way in which the question names a group and what they are ranked by."""
    plain = shape(_SECTION, f"{asked.language}_around").sub("", asked.bare)
    for frame in shapes(_SECTION, asked.language):
        said = frame.fullmatch(plain)
        if said is not None:
            yield _words(said.groupdict())
    for cut in shape(_SECTION, f"{asked.language}_cut").finditer(plain):
        for frame in shapes(_SECTION, f"{asked.language}_rest"):
            said = frame.fullmatch(plain[cut.end() :])
            if said is not None:
                yield {"group": plain[: cut.start()], **_words(said.groupdict())}


def _words(named: dict[str, str | None]) -> _Said:
    return {name.rstrip("2"): words.strip(" ,") for name, words in named.items() if words}


def _group(asked: Asked, words: str) -> Rule | None:
    """The rule of the group; None where it is everybody, or those who came in a time, which is that of the ranking."""
    if shape(_SECTION, "unfinished").search(words):
        return None
    call = asked_alone(_WHO[asked.language].format(words), lambda part: asked.read_in(part, Dialogue()))
    rule = group_of(call) or people_of(call, asked.vocabulary.as_of)
    came = any(part == ordered(part.get("window")) for part in leaves(rule or _EVERYBODY))
    return None if rule in (None, _EVERYBODY) or (came and not shape(_SECTION, "deed").search(words)) else rule


def _first(asked: Asked, said: _Said) -> Call | None:
    """The call that ranks all customers as the group is ranked."""
    n = said.get("n", _USUAL)
    if "did" in said:
        question = _DID.format(n=n, did=said["did"])
    elif "n" not in said and ("whole" in said):
        question = _WHOLE[asked.language].format(by=_by(said))
    else:
        frame = _SHARE if n.endswith("%") else _FIRST
        question = frame[asked.language].format(by=_by(said), n=n, most=said.get("most", _MOST))
    call = asked_alone(question, lambda part: asked.read_in(part, Dialogue()))
    if call is None or not _ranks_all(call, asked.vocabulary):
        return None
    if call.name == "measure" and len(call.args["metrics"]) > 1:
        call = Call(call.name, {**call.args, "metrics": [one for one in call.args["metrics"] if one not in _HEADS]})
    if call.name == "churn_risk" and "n" not in said:  # the list by risk has its own length
        call = Call(call.name, {name: value for name, value in call.args.items() if name != "limit"})
    return _turned(call) if "least" in said else call


def _by(said: _Said) -> str:
    """What they are ranked by, with the time that is named before the group."""
    return " ".join(said[name] for name in ("by", "time") if name in said)


def _ranks_all(call: Call, vocabulary: Vocabulary) -> bool:
    """Whether it ranks customers, and all of them."""
    known = _OF_ALL.get(call.name)
    if known is None or set(call.args) - known or call.args.get("rule", _EVERYBODY) != _EVERYBODY:
        return False
    if call.name == "find_customers":
        return "sort_by" in call.args
    scopes = [name for name in call.args.get("where", ()) if vocabulary.levels.get(name) == "customer"]
    return call.name != "measure" or (call.args.get("by") == ["customer"] and not scopes)


def _turned(call: Call) -> Call:
    """The same from the other end."""
    if call.name == "measure":
        return Call(call.name, {**call.args, "sort": _TURNED[call.args.get("sort", "largest")]})
    if call.name == "churn_risk":
        return Call("find_customers", {"rule": _EVERYBODY, "sort_by": "churn_probability", "descending": False, **call.args})
    return Call(call.name, {**call.args, "descending": not call.args.get("descending", True)})


def _of_what_they_did(group: Rule, first: Call, words: str) -> bool:
    """“Top 10 beer buyers by spend”: those who are told by what they buy, and not said to have bought it, are ranked by it."""
    limited = bool(first.args.get("where") or first.args.get("window"))
    bought = [part for part in leaves(group) if part.get("behaviour") in ("orders", "amount", "quantity")]
    return bool(bought) and not limited and shape(_SECTION, "deed").search(words) is None


def _of(first: Call, group: Rule, vocabulary: Vocabulary) -> Call:
    """The ranking of the group instead of all customers."""
    if first.name == "find_customers":
        return Call(first.name, {**first.args, "rule": group})
    if first.name != "measure":
        return Call(first.name, {**first.args, "customers": _whom(group)})
    parts = list(group["all"]) if set(group) == {"all"} else [group]
    told = [part for part in parts if part.get("op") == "=" and vocabulary.levels.get(str(part.get("field"))) == "customer"]
    where = {str(part["field"]): [str(part["value"])] for part in told}
    rest = both(None, {"all": [part for part in parts if part not in told]})
    where |= first.args.get("where", {})
    args: dict[str, Any] = {**first.args, **({"where": where} if where else {}), **({"customers": _whom(rest)} if rest else {})}
    return Call(first.name, args)


def _whom(rule: Rule) -> Any:
    return rule["segment"] if set(rule) == {"segment"} else rule


def _exported(asked: Asked, found: Call) -> Plan:
    """The ranking as a file."""
    kind = "csv" if shape(_SECTION, "csv").search(asked.bare) else "xlsx"
    if found.name == "find_customers" and "share" not in found.args:
        return Plan((Call("export_customers", {"customers": dict(found.args), "format": kind}),))
    handle = next_handle(list(asked.dialogue.results))
    return Plan((found, Call("export_customers", {"customers": handle, "format": kind})))
