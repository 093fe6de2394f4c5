"""“How big is the drop”, “跌了多少”, with nothing before it: of what, is asked about."""

from __future__ import annotations

import re

from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts

_CHANGE = "drop|decline|decrease|fall|dip|loss|increase|rise|growth|gain|jump|change|gap|difference"
_BARE = re.compile(
    rf"(?:and |so )?(?:how (?:big|large|much|steep|bad|high|strong|great) (?:is|was|are|were) (?:the|that|this) (?:{_CHANGE})"
    rf"|whats? (?:is |was )?the (?:{_CHANGE})"
    "|(?:跌|降|掉|涨|升|下降|下跌|上涨|增长|变化)了?(?:多少|几成|多大)"
    "|(?:跌|降|涨|增|变)幅(?:是|有)?多[大少])"
)


def bare_change(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """A question back that offers what may have changed."""
    if dialogue.last is not None or not _BARE.fullmatch(sentence.text.strip(" ?!.,呢啊呀")):
        return None
    sentence.use(*range(len(sentence.tokens)))
    language = sentence.language
    return plan("ask_user", question=text("bare_change", language), choices=texts("bare_change_choices", language))
