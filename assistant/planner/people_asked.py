"""Whether a question asks for customers by what they did, and for no number of sales: "who bought soft drinks every month"."""

from __future__ import annotations

from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Token

_WHO = ("who", "which", "anyone", "anybody", "everyone", "everybody", "someone", "谁", "哪些", "有哪些", "哪几个", "有谁")
_NUMBERS = (("cue", "how_much", "average", "total", "trend", "compare", "favourite"), ("ranking",), ("chart",), ("by",), ("percentile",))
"""What makes a question about customers one for numbers."""
_REACH = 4


def asks_for_people(sentence: Sentence) -> bool:
    """Whether customers are asked for, or counted, by what they did or did not do."""
    if any(sentence.says(kind, *ids) for kind, *ids in _NUMBERS):
        return False
    metrics = [token for token in sentence.tokens if token.is_("metric") and not token.is_("noun") and not token.is_("verb")]
    if metrics and all(token.is_("metric", "customers") for token in metrics):
        return _denied(sentence) or _done_so_often(sentence) or _done_twice(sentence)
    return not metrics and _opens(sentence)


def _done_so_often(sentence: Sentence) -> bool:
    """“11月只来过一次的客户数”: how often something was done is said in one word."""
    said = (token.get("condition") for token in sentence.tokens)
    return any("behaviour" in one.data.get("rule", {}) for one in said if one is not None)


def _done_twice(sentence: Sentence) -> bool:
    """“既买过海鲜又买过啤酒的客户数”: each thing that was bought is a condition of its own, and no sale is of both."""
    verbs = [place for place, token in enumerate(sentence.tokens) if token.is_("verb")]
    goods = [place for place, token in enumerate(sentence.tokens) if token.is_("value")]
    return len(verbs) > 1 and any(verbs[0] < place < verbs[-1] for place in goods)


def _opens(sentence: Sentence) -> bool:
    """Whether the question opens with a word for people, followed by what they did."""
    said = [token for token in sentence.tokens if not _is_light(token)]
    head = said[: _REACH + 1]
    place = next((at for at, token in enumerate(head[:2]) if _is_who(token) or token.is_("noun")), None)
    if place is None or not (_is_who(head[place]) or any(token.is_("conj", "who") for token in head[place + 1 : place + 2])):
        return False
    return any(token.is_("verb") for token in head[place + 1 :])


def _is_light(token: Token) -> bool:
    """Whether a token says nothing, or only that something is to be shown or counted."""
    only = all(sense.kind in ("stop", "punctuation", "greet") for sense in token.senses) and not token.unknown
    return (only and not _is_who(token)) or (token.is_("cue", "list", "count") and not _is_who(token) and not token.is_("conj"))


def _is_who(token: Token) -> bool:
    """“Who”, 哪些, “which customers”."""
    return token.text in _WHO or (token.is_("cue", "list") and token.text.startswith("which "))


def _denied(sentence: Sentence) -> bool:
    """Whether something is said not to have been done: “半年没买过肉的客户数”."""
    return any(token.is_("neg") and sentence.after(place, "verb", within=1) is not None for place, token in enumerate(sentence.tokens))


def not_done_there(sentence: Sentence, denial: int, place: int) -> bool:
    """“没在406店买过的人数”: people are told by what they did not do, and no value is left out of a number."""
    ahead = sentence.tokens[place + 1 : place + 3]
    done = bool(ahead) and ahead[0].is_("verb") and sentence.tokens[denial].text.startswith(("没", "未", "从"))
    return done or (
        not sentence.tokens[denial].is_("neg", "except") and any(token.is_("metric", "buyers") and not token.is_("noun") for token in ahead)
    )
