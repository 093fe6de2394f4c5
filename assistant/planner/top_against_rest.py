"""“How do the top 10 % of customers compare with the rest”: the best are found first, then both sides are set side by side."""

from __future__ import annotations

import re

from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.plan import PRELUDE, Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.within_top import Reads, cut_of

_PEOPLE = r"(?:customers|people|shoppers|households|clients|buyers|members|spenders)"
_REST = (
    rf"(?:the |our |all )?(?:rest(?: of (?:them|the {_PEOPLE}|our {_PEOPLE}|everyone))?|others|other {_PEOPLE}"
    rf"|everyone else|everybody else|remaining (?:ones|{_PEOPLE}|\d+ ?%))"
)
_TOP = (
    r"(?P<top>(?:the |our )?(?:top|best|biggest|highest|bottom) \d[\d,]* ?(?:%|percent)?(?: of)?(?: (?:the |our |all ))? ?"
    rf"{_PEOPLE}(?: by [a-z ]+?)?)"
)
_ENGLISH = (
    re.compile(
        rf"^(?:and )?how (?:do|does|did|are|is) {_TOP} (?:compare|compared|differ|different|stack up|fare)"
        rf" (?:with|to|from|against|vs\.?|versus|than) {_REST}$"
    ),
    re.compile(rf"^(?:compare|contrast|comparison of|difference between) {_TOP} (?:with|to|and|against|vs\.?|versus) {_REST}$"),
)
_CHINESE = re.compile(
    r"^(?:对比一?下?|比较一?下?|把)?(?P<top>(?:消费|花钱)?(?:最高的?)?(?:前|top)\d+%?的?(?:客户|顾客|会员|用户|客人))(?:和|跟|与|同|对比)"
    r"(?:其他|其余|剩下|余下|别的)的?(?:所有)?(?:客户|顾客|会员|用户|客人|人)?的?"
    r"(?:相比|比较|对比|比|放在一起)?(?:有什么|有啥|有何)?(?:一下|怎么样|怎样|如何|差别|区别|不同|不一样|差异)*(?:在哪里?|呢)?$"
)


def against_rest(sentence: Sentence, dialogue: Dialogue, read: Reads) -> Plan | None:
    """The best of all and all others side by side; None where the question is no such comparison.

    Args:
        sentence: The question.
        dialogue: The conversation so far.
        read: The plan of a part of the question.
    """
    text = sentence.text.strip(" ?.!").replace(" %", "%")
    halves = next((found for pattern in (*_ENGLISH, _CHINESE) if (found := pattern.match(text))), None)
    best = cut_of(halves["top"], read) if halves else None
    if best is None:
        return None
    first = next_handle(list(dialogue.results))
    sentence.use(*range(len(sentence.tokens)))
    return Plan((best, Call("compare_segments", {"first": first, "second": {"not": {"segment": first}}})), ((PRELUDE, "1"),))
