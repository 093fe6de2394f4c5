"""Follow-ups that ask for the share of a number that was shown: “占比呢”, “as percentages”, “what % of the total is that”."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import FOCUS, Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token
from tools.metrics.catalogue import catalogue
from tools.segments.schemes import scheme_of

Args = dict[str, Any]
_RATES = {
    "responses": "response_rate",
    "responders": "response_rate",
    "contacted_customers": "response_rate",
    "discount": "discount_share",
    "discounted_orders": "discounted_order_share",
    "repeat_customers": "repeat_rate",
    "one_time_customers": "one_time_rate",
    "churned_customers": "churn_rate",
    "lapsed_customers": "lapse_rate",
    "retained_customers": "retention_rate",
    "consenting_customers": "consent_rate",
    "new_customers": "new_customer_share",
    "returning_customers": "returning_customer_share",
    "refunds": "refund_rate",
}
"""The share that a number is the counted part of."""
_NUMBER = ("share", "everyone", "total", "how_much", "count", "list", "average")
_BESIDE = ("stop", "punctuation", "ellipsis", "conj", "pronoun", "that", "by", "noun", "dimension", "metric", "field", "rate", "shown")


def asks_share(sentence: Sentence, dialogue: Dialogue) -> bool:
    """Whether it asks for the share of what was shown, and names nothing else that it could be of."""
    last = dialogue.last
    if (
        last is None
        or last.call.name not in ("measure", "find_customers", "summarize_segment")
        or not (_shares(sentence) or sentence.says("rate"))
    ):
        return False
    if any(token.is_("dimension") and not _known(token, last) for token in sentence.tokens):
        return False
    if _of_shown(sentence, last) is not None:
        return True
    return all(any(token.is_(kind) for kind in _BESIDE) or token.is_("cue", *_NUMBER) for token in sentence.tokens)


def of_share(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """The last number as a share: by group where it is of one group, else of the whole."""
    if not asks_share(sentence, dialogue):
        return None
    last = _of_another(sentence, last)
    shown = _of_shown(sentence, last)
    if shown is not None:
        sentence.use(*range(len(sentence.tokens)))
        return Plan((Call("measure", dict(last.call.args)),), ((FOCUS, shown),))
    if last.call.name == "summarize_segment":
        sentence.use(*range(len(sentence.tokens)))
        return Plan((last.call,))
    rate = _as_rate(sentence, dialogue, last)
    found = rate or (_of_list(sentence, last) if last.call.name == "find_customers" else _of_number(sentence, last))
    if found is not None:
        sentence.use(*range(len(sentence.tokens)))
    return found


def _of_another(sentence: Sentence, last: Result) -> Result:
    """“And the share of orders?” after revenue: what is measured is the number that is named."""
    args = last.call.args
    if last.call.name != "measure" or not args.get("by"):
        return last
    named = {sense.id for token in sentence.tokens if not token.is_("noun") and (sense := token.get("metric")) is not None}
    others = [one for one in sorted(named) if one not in args["metrics"] and _adds_up(one)]
    return replace(last, call=Call("measure", {**args, "metrics": others})) if len(others) == 1 else last


def _of_shown(sentence: Sentence, last: Result) -> str | None:
    """“What share is 45-54?” of a number by age: the one of its groups that is named."""
    by = list(last.call.args.get("by") or ())
    if last.call.name != "measure" or len(by) != 1 or not _shares(sentence) or not _adds_up(last.call.args["metrics"][0]):
        return None
    named = [sense for token in sentence.tokens if (sense := token.get("value")) is not None]
    segments = [sense for token in sentence.tokens if (sense := token.get("segment")) is not None]
    light = (*_BESIDE, "value", "segment")
    if not all(any(token.is_(kind) for kind in light) or token.is_("cue", *_NUMBER) for token in sentence.tokens):
        return None
    if len(named) == 1 and not segments and named[0].data["dimension"] == by[0]:
        return str(named[0].data["value"])
    scheme = scheme_of(segments[0].id) if len(segments) == 1 and not named else None
    return sentence.vocabulary.name("segment", segments[0].id, sentence.language) if scheme and scheme.field == by[0] else None


def _shares(sentence: Sentence) -> bool:
    return sentence.says("cue", "share")


def _known(token: Token, last: Result) -> bool:
    """Whether a dimension is one that the number before was by or of, or what is counted."""
    args = last.call.args
    return token.is_("noun") or token.is_("dimension", *args.get("by", ()), *args.get("where", ()))


def _as_rate(sentence: Sentence, dialogue: Dialogue, last: Result) -> Plan | None:
    """“As a rate” after a count that a rate has above its line."""
    args = last.call.args
    if last.call.name == "measure":
        rates = [_RATES[one] for one in args["metrics"] if one in _RATES]
        plainly = sentence.says("rate") or not _adds_up(args["metrics"][0])
        return Plan((Call("measure", {**args, "metrics": rates}),)) if rates and plainly and not args.get("by") else None
    rule = args.get("rule")
    if not sentence.says("rate") or not isinstance(rule, dict) or rule.get("behaviour") != "responses":
        return None
    wanted = _answered_like(dialogue, rule)
    where = {name: values for name, values in wanted.items() if values}
    return plan("measure", metrics=["response_rate"], by=list(where)[:1] or None, where=where or None, window=rule.get("window"))


def _answered_like(dialogue: Dialogue, rule: Args) -> dict[str, list[str]]:
    """The values of the lists before that differ from the last one in nothing else."""
    found: dict[str, list[str]] = {name: [] for name in rule.get("where") or {}}
    for result in dialogue.results:
        other = result.call.args.get("rule")
        if isinstance(other, dict) and other.get("behaviour") == "responses" and other.get("window") == rule.get("window"):
            for name, values in (other.get("where") or {}).items():
                if name in found:
                    found[name] += [one for one in values if one not in found[name]]
    return found


def _of_list(sentence: Sentence, last: Result) -> Plan | None:
    """A list tells its share of customers and of spend; asked for the spend, its summary does."""
    if last.call.args.get("rule") in (None, {"all": []}) and not last.call.args.get("limit"):
        return None
    if sentence.says("metric", "revenue") and last.customers:
        return plan("summarize_segment", customers=last.customers)
    return Plan((last.call,))


def _adds_up(metric: str) -> bool:
    known = catalogue().metric(metric)
    return "order" in known.additive or known.unit.value == "count"


def _of_number(sentence: Sentence, last: Result) -> Plan | None:
    args = last.call.args
    if not _adds_up(args["metrics"][0]):
        return None
    if args.get("by"):
        return Plan((Call("measure", args),))
    group = args.get("customers")
    scheme = scheme_of(group) if isinstance(group, str) else None
    kept = {key: value for key, value in args.items() if key != "compare"}
    if scheme is not None:
        name = sentence.vocabulary.name("segment", str(group), sentence.language)
        rest = {key: value for key, value in kept.items() if key != "customers"}
        return Plan((Call("measure", {**rest, "by": [scheme.field], "sort": "largest"}),), ((FOCUS, name),))
    if group is not None and args["metrics"] == ["revenue"] and not args.get("where") and not args.get("window"):
        return plan("summarize_segment", customers=group)
    return _of_value(sentence, kept)


def _of_value(sentence: Sentence, args: Args) -> Plan | None:
    """The number by the dimension of the value that it is of."""
    where = args.get("where") or {}
    single = [name for name, values in where.items() if len(values) == 1]
    named = [name for name in single if sentence.says("dimension", name)]
    dimension = next(iter([*named, *single]), None)
    if dimension is None:
        return None
    rest = {name: values for name, values in where.items() if name != dimension}
    kept = {key: value for key, value in args.items() if key != "where"} | ({"where": rest} if rest else {})
    return Plan((Call("measure", {**kept, "by": [dimension], "sort": "largest"}),), ((FOCUS, where[dimension][0]),))
