"""Whether a question makes sense only after the one before it: “and the month before?”, “改成15次”, “客单价呢”."""

from __future__ import annotations

from assistant.planner.corrections import PAIRS, has_pair, next_said, set_aside, two_times
from assistant.planner.dialogue import Dialogue
from assistant.planner.lexicon import read_table
from assistant.planner.normalise import normalise
from assistant.planner.pair_changes import asks_who_bought
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape
from assistant.planner.share_changes import asks_share
from assistant.planner.time_before import asks_per_time
from assistant.planner.tokens import Token

_MODIFIERS = frozenset({"window", "dimension", "value", "ranking", "chart", "format", "by", "quantity", "ellipsis", "band", "definition"})
_MODIFIERS |= {"stop", "conj", "punctuation", "pronoun", "horizon", "rank", "unit", "neg", "shown", "remain", "head"}
_MODIFIERS |= {"comparison", "flip", "pair", "gap", "higher", "further", "entire", "whole"}
_OF_ITS_OWN = ("metric", "noun", "scheme")
"""A question that names one of these stands by itself, unless it begins like a follow-up."""
_FREE_CUES = ("compare", "previous", "growth", "explain", "yoy", "why", "trend", "count", "everyone", "rest")
_SHORT = 3
_NUMBER = ("metric", "stop", "punctuation", "conj", "by", "pronoun", "drop")
_NUMBER_CUES = ("average", "total", "how_much", "count", "share")
"""With a metric, the words of a number that says nothing of whose or when it is."""
_NAMES = ("segment", "condition", "customer_id", "comparison", "value", "scheme", "ask", "top_customers", "by", "dimension", "neg")
"""What says whom or what a question is about, or what it is split by."""
_WHOLE_ACTS = ("respond",)
"""What is done and needs nothing beside it to say what: “去掉没用过券的”."""
_THEIRS = ("花", "共花", "一共花", "总共花", "消费了", "消费多少", "买了", "买多少", "付", "下了", "下过", "spent", "how much spent")
"""Beginnings of the words for an amount that people pay, and not the shop takes."""


def is_elliptic(sentence: Sentence, dialogue: Dialogue) -> bool:
    """Whether the question only makes sense after another one."""
    if dialogue.last is None:
        return False
    if (leads(sentence) and not _of_all(sentence)) or sentence.says("ellipsis", "correct", "change") or _excludes(sentence):
        return True
    if (
        _swaps(sentence)
        or (all(token.is_("metric") for token in sentence.tokens if token.is_("verb")) and set_aside(sentence))
        or _only_by(sentence, dialogue)
        or _bare_number(sentence, dialogue)
        or reorders(sentence, dialogue)
        or _holds_groups(sentence, dialogue)
    ):
        return True
    if asks_share(sentence, dialogue) or asks_who_bought(sentence, dialogue) or _only_orders(sentence, dialogue):
        return True
    if dialogue.last.call.name == "measure" and shape("figure", "beyond").search(sentence.text.strip(" ?.!")):
        return True
    if asks_reasons(sentence, dialogue) or asks_per_time(sentence, dialogue):
        return True
    last = dialogue.last.call.name
    if last == "measure" and sentence.says("pair", "both") and _asks_of_two(sentence):
        return True
    if any(token.is_("cue", "segments") or any(token.is_(kind) for kind in _OF_ITS_OWN) for token in sentence.tokens):
        return False
    if sentence.says("pair", "together") or (last == "measure" and sentence.says("cue", "share") and sentence.says("cue", "everyone")):
        return True
    if last == "measure" and not any(sentence.says(kind) for kind in ("metric", "noun", "verb")):
        beside = sentence.says("value") or sentence.says("window") or sentence.says("ranking")
        if beside and (sentence.says("cue", "compare") or (sentence.says("cue", "share") and dialogue.last.call.args.get("by"))):
            return True
    of_some = last == "measure" and not sentence.says("verb")
    return all(_modifies(token) or _chooses(token, last) or (of_some and token.is_("condition")) for token in sentence.tokens)


def _asks_of_two(sentence: Sentence) -> bool:
    """“这两个客单价谁更高”, "the two by growth": what is asked of the two figures before, and nothing of whose or when it is."""
    beside = (*_NUMBER, "pair", "gap", "higher", "level", "ranking", "rank", "noun", "unit")
    cues = (*_NUMBER_CUES, "growth", "compare", "previous")
    return all(any(token.is_(kind) for kind in beside) or token.is_("cue", *cues) for token in sentence.tokens)


def _bare_number(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“客单价多少”, “average order value?”: a metric and nothing of whose or when, after an answer that was about something."""
    if dialogue.last is None or _of_all(sentence) or any(token.is_("noun") and not token.is_("metric") for token in sentence.tokens):
        return False
    if dialogue.last.call.name != "measure" and not about_some(dialogue):
        return False
    of_some = dialogue.last.call.name != "measure" or (dialogue.last.call.args.get("customers") and not dialogue.last.call.args.get("by"))
    if of_some and not sentence.says("pronoun") and asks_what_they_did(sentence):
        return True
    named = sentence.says("metric")
    if named and all(token.is_("noun") for token in sentence.tokens if token.is_("metric")) and not _counts(sentence):
        return False
    return named and all(any(token.is_(kind) for kind in _NUMBER) or token.is_("cue", *_NUMBER_CUES) for token in sentence.tokens)


def reorders(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“Rank them by average order value” after groups that were ranked: by another metric, and nothing else is said."""
    if dialogue.last is None or dialogue.last.call.name != "measure" or not dialogue.last.call.args.get("by"):
        return False
    if not sentence.says("rank", "listing") or not sentence.says("metric"):
        return False
    return all(any(token.is_(kind) for kind in (*_NUMBER, "rank", "ranking", "ellipsis")) for token in sentence.tokens)


def _holds_groups(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“只看订单数超过500的门店” after stores that were measured: those of them that fit, and nothing else is said."""
    last = dialogue.last
    by = list(last.call.args.get("by") or ()) if last is not None and last.call.name == "measure" else []
    if not by or by == ["customer"] or not sentence.says("comparison") or not shape("shown", "only").search(normalise(sentence.typed)):
        return False
    light = (*_NUMBER, "comparison", "ellipsis", "neg", "field", "unit")
    return all(token.is_("dimension", *by) or any(token.is_(kind) for kind in light) for token in sentence.tokens)


def about_some(dialogue: Dialogue) -> bool:
    """Whether the latest answer is about some customers, and not about all of them."""
    found = dialogue.about(dialogue.last) if dialogue.last is not None else None
    selection = (found.selection or {}) if found is not None else {}
    return found is not None and not (selection.get("rule", {"all": []}) == {"all": []} and not selection.get("limit"))


def asks_what_they_did(sentence: Sentence) -> bool:
    """“一共花了多少”, “上个月下了几单”: what people did, counted, without saying who."""
    if any(sentence.says(kind) for kind in _NAMES):
        return False
    much, counted = sentence.says("cue", "how_much"), sentence.says("cue", "count")
    if sentence.says("verb", "spend") and (much or counted):
        return True
    if sentence.says("verb", "order") and sentence.says("metric"):
        return True
    return any(token.text.startswith(_THEIRS) for token in sentence.tokens if token.is_("cue", "how_much") or token.is_("metric"))


def _counts(sentence: Sentence) -> bool:
    """“多少人”, “number of customers”: their number is what is asked for."""
    return sentence.says("cue", "count") or any(
        token.text.endswith(("数", "数量")) or token.text.startswith("number of") for token in sentence.tokens
    )


def _swaps(sentence: Sentence) -> bool:
    """“Not AOV, repeat rate”: one word in place of another of its kind, right at the start."""
    first = next((at for at, token in enumerate(sentence.tokens) if not token.is_("stop") or token.is_("neg")), None)
    if first is None or not sentence.tokens[first].is_("neg", "not") or sentence.says("noun"):
        return False
    at = next_said(sentence, first)
    window = sentence.tokens[at].get("window") if at is not None else None
    if window is not None and len(two_times(window)) > 1:
        return True  # “不是5月,6月”
    return at is not None and any(has_pair(sentence, at, kind) for kind in PAIRS if sentence.tokens[at].is_(kind))


def _only_by(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“By RFM group”, “按RFM分群”: nothing but what to split by, and which is first of what is measured already."""
    shown = set(dialogue.last.call.args.get("metrics") or ()) if dialogue.last is not None else set()
    measured = [token for token in sentence.tokens if token.is_("metric") and not token.is_("dimension")]
    same = all(any(token.is_("metric", one) for one in shown) for token in measured)
    light = ("stop", "punctuation", "ellipsis")
    said = [token for token in sentence.tokens if token.is_("by") or not any(token.is_(kind) for kind in light)]
    kinds = ("by", "dimension", "metric", *(("ranking", "rank") if same else ()))
    return len(said) > 1 and said[0].is_("by") and all(any(token.is_(kind) for kind in kinds) for token in said)


def _only_orders(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“按消费从高到低”, “消费前20名” after a list: how it is to be ordered, and how many of it are wanted; nothing else."""
    if dialogue.last is None or dialogue.last.call.name != "find_customers" or not (sentence.says("rank") or sentence.says("ranking")):
        return False
    light = ("stop", "punctuation", "ellipsis", "by", "rank", "ranking", "conj", "pronoun")
    said = [token for token in sentence.tokens if not any(token.is_(kind) for kind in light)]
    return bool(said) and all((token.is_("field") or token.is_("verb")) and not token.is_("noun") for token in said)


_REASONS = ("stop", "punctuation", "ellipsis", "conj", "pronoun", "act", "noun")
_TELL_REASONS = ("churn_risk", "find_customers")


def asks_reasons(sentence: Sentence, dialogue: Dialogue) -> bool:
    """“Why are they leaving”, “为什么会流失” after customers at risk: the reasons of those shown, and nothing else."""
    last = dialogue.last
    risky = last is not None and last.call.name in _TELL_REASONS and (last.call.name == "churn_risk" or "churn_band" in str(last.call.args))
    if not risky or not (sentence.says("cue", "why") or sentence.says("field", "churn_reasons")):
        return False
    beside = (token.is_("cue", "why", "churn", "churned") or token.is_("field", "churn_reasons") for token in sentence.tokens)
    return all(one or any(token.is_(kind) for kind in _REASONS) for one, token in zip(beside, sentence.tokens, strict=True))


def _modifies(token: Token) -> bool:
    return any(token.is_(kind) for kind in _MODIFIERS) or token.is_("cue", *_FREE_CUES)


def _chooses(token: Token, tool: str) -> bool:
    """Whether a word is an option of the tool that answered last."""
    return any(sense.kind == "option" and sense.id.startswith(f"{tool}.") for sense in token.senses)


def leads(sentence: Sentence) -> bool:
    """Whether it begins with "and", "what about", "那", "换成" and is short, or ends with 呢."""
    first = next((token for token in sentence.tokens if not token.is_("punctuation")), None)
    content = [token for token in sentence.tokens if not (token.is_("stop") or token.is_("punctuation"))]
    led = first is not None and (first.is_("ellipsis") or (first.is_("conj", "and") and not _whole(sentence)))
    said = [token for token in sentence.tokens if not token.is_("punctuation")]
    led = led or (len(content) < _SHORT and bool(said) and said[-1].is_("ellipsis", "also"))
    return led or (sentence.text.rstrip("?!. ").endswith("呢") and len(content) <= 4)


def _excludes(sentence: Sentence) -> bool:
    """Whether it only takes something out: “exclude champions”, “去掉肉类”."""
    content = [token for token in sentence.tokens if not (token.is_("stop") or token.is_("punctuation"))]
    out = bool(content) and (content[0].is_("neg", "except") or content[0].is_("drop"))
    out = out or (len(content) > 1 and content[-1].is_("neg", "except"))
    done = any(token.is_("verb") for token in content) and any(
        token.is_("value") or token.is_("window") or token.is_("verb", *_WHOLE_ACTS) for token in content
    )
    bounded = done or any(token.is_("comparison") for token in content)  # “去掉消费不到200的”, "exclude those who bought meat"
    said = ("metric", "cue") if bounded else ("metric", "verb", "cue", "pronoun")
    about = [token for token in content if not (bounded and (token.is_("noun") or token.is_("conj", "who")))]
    return out and not any(token.is_(kind) for token in about for kind in said)


def depends(sentence: Sentence, dialogue: Dialogue) -> bool:
    """Whether reading it without the question before would leave out what it says: “only those in …”, “no, …”."""
    return dialogue.last is not None and depends_by_words(sentence)


def depends_by_words(sentence: Sentence) -> bool:
    """Whether its words narrow, exclude or correct something that they do not name."""
    content = [token for token in sentence.tokens if not (token.is_("stop") or token.is_("punctuation"))]
    corrects = sentence.says("ellipsis", "correct") and len(content) <= _SHORT
    share = sentence.says("cue", "share") and sentence.says("cue", "everyone") and not sentence.says("metric")
    said = [token for token in sentence.tokens if not token.is_("punctuation")][:2]
    narrows = share or (any(one.is_("ellipsis", "only", "also") for one in said) and not sentence.says("pronoun"))
    return corrects or narrows or _excludes(sentence)


def is_bare(found: Plan) -> bool:
    """Whether a plan measures everything there is, which a follow-up never means."""
    only = found.calls[0] if len(found.calls) == 1 else None
    return only is not None and only.name == "measure" and set(only.args) == {"metrics"}


def _of_all(sentence: Sentence) -> bool:
    """Whether it says that it is about everything: “and how many customers do we have altogether?”."""
    counted = sentence.says("metric") or sentence.says("cue", "count")
    return counted and not sentence.says("pronoun") and any(token.text in _wholes() for token in sentence.tokens)


def _wholes() -> list[str]:
    return list(read_table("turns")["wholes"]["all"]["words"])


def _whole(sentence: Sentence) -> bool:
    """Whether it names people and what they did, and so needs no question before it: “同时买过A和B的客户有多少”."""
    acts = sentence.says("verb") or sentence.says("comparison")
    return acts and sentence.says("noun") and not sentence.says("pronoun")
