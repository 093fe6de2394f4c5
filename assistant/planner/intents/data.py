"""Questions about the data and about terms, and questions that are not for us."""

from __future__ import annotations

import re

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts
from assistant.planner.tokens import Token

_STRONG = ("metric", "noun", "segment", "band", "scheme", "field", "value", "condition")
_EXPLAINED = ("term", "metric", "segment", "field", "dimension", "scheme")
_LETTERS = ("recency", "frequency", "monetary")
_TERMS = ("term", "segment", "scheme")
_SOUNDS = "啊哈嗯哦噢额呃哎嘿呵嘻呀哇唉咦喂哼呜"
_NOISE = re.compile(rf"[\d\W{_SOUNDS}]*?(?:([^\W\d])\1{{2,}}|[{_SOUNDS}]{{2,}})[\d\W{_SOUNDS}]*")
"""Sounds and repeated letters that ask nothing."""
_PERSONAL_GROUPS = ("demographics", "contact", "attributes", "profile", "identity")


def outside(sentence: Sentence, _: Dialogue) -> Plan | None:
    """Weather, poems, forecasts, deleting data: declined with what is missing."""
    unsupported = sentence.first("unsupported")
    if unsupported and not _is_churn(sentence, unsupported[1].id):
        sense = unsupported[1]
        sentence.use(*range(len(sentence.tokens)))
        return plan("decline", reason="not_supported", missing=str(sense.data[f"missing_{sentence.language}"]))
    if sentence.has("off_topic"):
        sentence.use(*range(len(sentence.tokens)))
        return plan("decline", reason="off_topic")
    return None


def absent(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“AOV of men” where the data hold no gender: declined with what is missing."""
    found = sentence.first("absent")
    if not found:
        return None
    token, sense = sentence.tokens[found[0]], found[1]
    sentence.use(*range(len(sentence.tokens)))
    name = sense.data["name"][sentence.language] if "name" in sense.data else ""
    missing = name or sentence.vocabulary.name("dimension", sense.id, sentence.language)
    words = text("absent_value", sentence.language).format(words=token.text, name=missing) if name else missing
    return plan("decline", reason="no_data", missing=words)


def vague(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“好客户有多少”: asked about, with the readings to choose from."""
    found = sentence.first("vague")
    if not found:
        return None
    words = sentence.tokens[found[0]].text
    sentence.use(*range(len(sentence.tokens)))
    name = f"vague_{found[1].id}"
    return plan("ask_user", question=text(name, sentence.language).format(words=words), choices=texts(f"{name}_choices", sentence.language))


def backwards(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“from 31 December to 1 January” of one year: a time that runs backwards is asked about."""
    found = sentence.first("reversed")
    if not found:
        return None
    token, sense = sentence.tokens[found[0]], found[1]
    sentence.use(*range(len(sentence.tokens)))
    dates = text("window_dates", sentence.language).format(start=sense.data["start"], end=sense.data["end"])
    choice = " ".join(f"{sentence.text[: token.start]} {dates} {sentence.text[token.end :]}".split())
    return plan("ask_user", question=text("reversed", sentence.language).format(words=token.text), choices=[choice])


def greet(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“Good morning”, “太好了，谢谢！”: a short reply."""
    light = (token.is_("stop") or token.is_("greet") or token.is_("punctuation") for token in sentence.tokens)
    if not sentence.says("greet") or not all(light):
        return None
    if sentence.says("punctuation", "?") and not sentence.says("greet", "hello", "bye"):
        return None
    said = next(kind for kind in ("bye", "thanks", "hello") if sentence.says("greet", kind))
    sentence.use(*range(len(sentence.tokens)))
    return Plan(say=said)


def _is_churn(sentence: Sentence, unsupported: str) -> bool:
    ahead = sentence.says("horizon") or unsupported == "forecast"
    if unsupported == "forecast" and sentence.has("cue", "strategy") and sentence.has("segment"):
        return True  # when the advice is for
    return (sentence.has("cue", "churn") and ahead) or sentence.has("cue", "explain")


def help_(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“What can you do?”."""
    greeting = all(token.is_("stop", "polite") or token.is_("punctuation") for token in sentence.tokens)
    if greeting and _NOISE.fullmatch(sentence.typed or sentence.text):
        return plan("decline", reason="not_understood", missing=text("not_placed_decline", sentence.language).format(words=sentence.typed))
    if not greeting and (not sentence.take_all("cue", "whoami") or any(sentence.has(kind) for kind in _STRONG)):
        return None
    sentence.use(*range(len(sentence.tokens)))
    return Plan(say="help")


def vague_time(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“最近的销售额”: how long ago is asked about."""
    found = sentence.first("cue", "recent")
    if not found or sentence.has("window") or sentence.has("cue", "churn") or sentence.has("quantity"):
        return None
    token = sentence.tokens[found[0]]
    sentence.use(*range(len(sentence.tokens)))
    times = texts("recent_times", sentence.language)
    choices = [" ".join(f"{sentence.text[: token.start]}{one}{sentence.text[token.end :]}".split()) for one in times]
    return plan("ask_user", question=text("recent", sentence.language).format(words=token.text), choices=choices)


def explain(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“What is RFM?”, “复购率怎么算”."""
    asked = bool(sentence.take_all("cue", "explain"))
    named = [
        (place, token)
        for place, token in enumerate(sentence.tokens)
        if any(token.is_(kind) for kind in _EXPLAINED) and not token.is_("stop") and not _is_listed(token)
    ]
    bare = sentence.text.startswith(("what is ", "whats ", "what counts ")) or sentence.text.rstrip("?").endswith(("是什么", "什么是"))
    alone = len(named) == 1 and not any(sentence.has(kind) for kind in ("noun", "ask", "cue"))
    kinds = (*_TERMS, "field") if alone else _TERMS
    theirs = sentence.says("pronoun") or len({token.is_("segment") for _, token in named}) > 1  # a property of some, and no term
    only_terms = (
        bool(named)
        and bare
        and not theirs
        and all(any(token.is_(kind) for kind in kinds) and not token.is_("metric") for _, token in named)
    )
    if not asked and sentence.has("cue", "data_overview"):
        return None
    if not named or not (asked or only_terms) or sentence.has("window") or sentence.has("comparison"):
        return None
    told = [token for _, token in named if not token.is_("noun")] or [named[0][1]]
    terms = list(dict.fromkeys(_term(sentence, token) for token in told))
    sentence.use(*(at for at, _ in named))
    sentence.take_all("cue", "segments", "churn", "list", "summarize", "average", "share")
    sentence.use(*(at for at, _ in sentence.free("cue", "count") if not at or not sentence.tokens[at - 1].is_("conj", "and")))
    if asked and len(told) > 1:
        sentence.take_all("cue", "compare")
    sentence.take_all("verb")
    sentence.use(*(place for place, one in sentence.free("quantity") if one.data["unit"] == "" and one.data["value"] == len(terms)))
    if all(sentence.says("term", one) for one in _LETTERS):
        terms = ["RFM"]
    if len(terms) > 1 and not _listed(sentence, told):
        terms = terms[:1]
    return Plan(tuple(Call("explain_term", {"term": one}) for one in terms))


def _listed(sentence: Sentence, told: list[Token]) -> bool:
    """Whether the terms are named one beside the other: nothing but “and”, “or”, commas and fillers between them."""
    places = [place for place, token in enumerate(sentence.tokens) if token in told]
    between = sentence.tokens[places[0] : places[-1]]
    links = ("conj", "punctuation")
    side_by_side = any(token.is_("cue", "compare") for token in between)
    joined = all(token in told or any(token.is_(kind) for kind in (*links, "stop")) or token.is_("cue", "compare") for token in between)
    return joined and (side_by_side or any(token.is_(kind) for token in between for kind in links))


def _is_listed(token: Token) -> bool:
    """Whether it is a group of an earlier result ("t3.2"), which is no term."""
    segments = [sense for sense in token.senses if sense.kind == "segment"]
    if token.is_("cluster"):
        return True
    return bool(segments) and all("." in one.id or "call" in one.data for one in segments)


def _term(sentence: Sentence, token: Token) -> str:
    for kind in _EXPLAINED:
        sense = next((one for one in token.senses if one.kind == kind and "." not in one.id), None) or token.get(kind)
        if sense:
            return sentence.vocabulary.name(kind, sense.id, sentence.language)
    return token.text


def describe(sentence: Sentence, _: Dialogue) -> Plan | None:
    """“How good is the data?”, “有哪些数据”, “which share of customers has demographics?”."""
    coverage = _completeness(sentence) or _coverage(sentence)
    if coverage:
        return coverage
    if sentence.take_all("cue", "quality"):
        _absorb(sentence)
        return plan("describe_data", topic="quality")
    if sentence.take_all("cue", "data_overview"):
        _absorb(sentence)
        sentence.take_all("metric", "customers", "orders", "products_sold", "revenue")
        return plan("describe_data", topic="overview")
    return None


def _completeness(sentence: Sentence) -> Plan | None:
    """“客户资料完整度怎么样”, “profile completeness”: of all customers, which the report on quality begins with."""
    limited = sentence.has("cue", "coverage") and sum(1 for _ in sentence.free("field")) > 1
    limits = ("comparison", "by", "segment", "ranking", "value", "pronoun", "customer_id", "verb")
    limited = limited or any(sentence.has(kind) for kind in limits)
    if limited or not sentence.has("field", "profile_completeness") or sentence.has("cue", "average") or sentence.has("cue", "explain"):
        return None
    sentence.take_all("field", "profile_completeness")
    sentence.take_all("noun")
    sentence.take_all("cue", "summarize", "count", "quality", "share", "how_much", "data_overview", "everyone", "coverage")
    return plan("describe_data", topic="quality")


def _absorb(sentence: Sentence) -> None:
    sentence.take_all("cue", "summarize", "list", "count", "quality", "data_overview", "strategy", "share", "explain")
    sentence.take_all("field", "first_order_date", "last_order_date")
    sentence.take_all("limit", "time")
    sentence.take_all("hint", "model_quality")


def _coverage(sentence: Sentence) -> Plan | None:
    groups = [sense.id for _, sense in sentence.free("field_group")]
    fields = [sense.id for _, sense in sentence.free("field") if sense.data.get("group") in _PERSONAL_GROUPS]
    known = [sense.id for _, sense in sentence.free("dimension") if sense.id.startswith("attribute.")]
    named = [one for one in [*groups, *fields, *known] if one != "customer_id"]
    asked = sentence.has("cue", "coverage") or sentence.has("cue", "quality")
    counted = sentence.has("cue", "share") or sentence.has("cue", "count")
    limits = ("by", "comparison", "value", "window", "segment", "verb", *(() if groups else ("neg",)))
    blocked = any(sentence.has(kind) for kind in limits)
    if blocked or not (asked or (counted and not _measures(sentence))):
        return None
    if not named:
        return _all_coverage(sentence) if sentence.has("cue", "coverage") else None
    named = [_band_of(sentence, one) for one in named if one != "profile_completeness"] or named
    sentence.take_all("neg")  # of how many something is known says of how many it is not
    sentence.take_all("field_group")
    sentence.take_all("field")
    sentence.take_all("dimension")
    sentence.take_all("cue", "coverage", "share", "count", "quality", "personal", "list")
    sentence.take_all("metric", "customers")
    return plan("describe_data", topic="coverage", fields=list(dict.fromkeys(named)))


def _band_of(sentence: Sentence, field_id: str) -> str:
    """The banded field, where the data have bands only."""
    values = sentence.vocabulary.values
    return f"{field_id}_band" if values.get(f"{field_id}_band") and not values.get(field_id) else field_id.removeprefix("attribute.")


def _all_coverage(sentence: Sentence) -> Plan:
    sentence.take_all("cue", "coverage", "share", "count", "quality", "list")
    return plan("describe_data", topic="coverage", fields=["demographics", "contact"])


def _measures(sentence: Sentence) -> bool:
    return any(not sentence.tokens[place].is_("noun") and not sentence.tokens[place].is_("field") for place, _ in sentence.free("metric"))
