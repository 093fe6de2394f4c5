"""Averages of what is known of each customer, over groups: “which cluster has the highest churn risk”, “平均流失概率”."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.measures import measure
from assistant.planner.intents.refusals import refusal
from assistant.planner.lexicon import read_table
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text
from assistant.planner.tokens import Sense, Token

_KINDS = {"category": "average_category_count", "store": "average_store_count"}
"""What is counted of each customer, and the mean of it."""
_NOT_GROUPS = frozenset({"customer", "churn_band"})


def average(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The metric that averages a property, by the groups that the question names."""
    if sentence.says("comparison") or sentence.says("definition"):
        return None
    sorts = _sorts(sentence)
    if sorts is not None:
        return sorts
    said = [(at, sense) for at, sense in sentence.free("cue", "average") if not sentence.tokens[at].is_("cue", "explain")]
    found = next(_averaged(sentence), None)
    if found is None:
        return None
    place, metric = found
    groups = [at for at, token in enumerate(sentence.tokens) if at != place and _is_groups(sentence, token)]
    unnamed = _unnamed(sentence) if not groups else None
    if unnamed is not None and not _compares(sentence):
        return None
    if unnamed is not None and not _clustered(dialogue):
        return _ask_groups(sentence, metric)
    if not said and (unnamed is None and not (groups and _compares(sentence))):
        return None
    changed = {place: Sense("metric", metric)} | ({unnamed: Sense("dimension", "cluster")} if unnamed is not None else {})
    sentence.use(*(at for at, _ in said))
    sentence.take_all("cue", "explain")
    sentence.use(*(at for at, _ in sentence.free("cue", "segments") if at not in groups and at not in changed))
    tokens = [_as(token, changed[at]) if at in changed else token for at, token in enumerate(sentence.tokens)]
    return measure(replace(sentence, tokens=tokens), dialogue)


def _sorts(sentence: Sentence) -> Plan | None:
    """“每个客户平均买过多少个不同品类”: how many different categories a customer bought on average."""
    people = sentence.has("dimension", "customer") or any(token.is_("noun") for token in sentence.tokens)
    counted = next((at for at, sense in sentence.free("dimension") if sense.id != "customer" and _is_counted(sentence, at)), None)
    if counted is None or not people or not sentence.has("cue", "average") or sentence.tokens[counted].is_("noun"):
        return None
    metric = next((_KINDS[sense.id] for sense in sentence.tokens[counted].senses if sense.kind == "dimension" and sense.id in _KINDS), None)
    if metric is None or sentence.has("window"):
        return refusal(sentence, "average_of_kinds", words=sentence.tokens[counted].text)
    sentence.use(counted)
    sentence.take_all("dimension", "customer")
    sentence.take_all("cue", "average", "count")
    sentence.take_all("apart")
    sentence.take_all("verb")
    sentence.take_all("by")
    return plan("measure", metrics=[metric])


def _is_counted(sentence: Sentence, place: int) -> bool:
    """Whether “how many” or “多少个” stands right before, “different” aside; “number of customers per store” counts customers."""
    counted = [at for at in range(max(0, place - 3), place) if sentence.tokens[at].is_("cue", "count")]
    return bool(counted) and not any(token.is_("noun") for token in sentence.tokens[counted[-1] + 1 : place])


def _averaged(sentence: Sentence) -> Iterator[tuple[int, str]]:
    """Places of properties that can be averaged, with the metric of each; words that only hint at one come last."""
    table = read_table("averages")
    for kind, name in (("field", "fields"), ("ask", "asks"), ("cue", "cues")):
        for place, sense in sentence.free(kind, *table[name]):
            yield place, str(table[name][sense.id])


def _is_groups(sentence: Sentence, token: Token) -> bool:
    """Whether the token is a property of customers to group by."""
    if token.is_("noun") or token.is_("metric"):
        return False
    dimension = token.get("dimension")
    return dimension is not None and dimension.id not in _NOT_GROUPS and sentence.vocabulary.levels.get(dimension.id) == "customer"


def _unnamed(sentence: Sentence) -> int | None:
    """The place of “which group”, “哪一类”: groups that are not said to be of any kind."""
    for word in read_table("averages")["which"]:
        start = sentence.text.find(word)
        if start < 0:
            continue
        inside = [place for place, token in enumerate(sentence.tokens) if token.start < start + len(word) and token.end > start]
        return inside[-1] if word.isascii() else inside[0]
    return None


def _compares(sentence: Sentence) -> bool:
    """Whether groups are set against each other: ranked, “by”, or asked how they differ."""
    if sentence.says("ranking") or sentence.says("by") or sentence.says("cue", "compare") or sentence.says("cue", "average"):
        return True
    words = read_table("averages")["spread"]
    return any(token.text in words or token.text.startswith("各") for token in sentence.tokens) or sentence.says("cue", "churn")


def _clustered(dialogue: Dialogue) -> bool:
    """Whether the stored clusters are what was shown last."""
    last = dialogue.last
    return last is not None and last.call.name == "cluster_customers" and not set(last.call.args) - {"cluster"}


def _ask_groups(sentence: Sentence, metric: str) -> Plan:
    sentence.use(*range(len(sentence.tokens)))
    vocabulary, language = sentence.vocabulary, sentence.language
    groups = [vocabulary.name("dimension", one, language) for one in read_table("averages")["groups"]]
    metric_name = vocabulary.name("metric", metric, language)
    choices = [text("average_by", language).format(group=one, metric=metric_name) for one in groups]
    return plan("ask_user", question=text("which_groups", language).format(metric=metric_name), choices=choices)


def _as(token: Token, sense: Sense) -> Token:
    return replace(token, senses=(sense,))
