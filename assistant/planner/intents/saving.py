"""Saving customers as a named segment: “把这些人保存为‘重点挽回’分群”, “save them as VIP sleepers”."""

from __future__ import annotations

import re
import unicodedata

from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.at_risk import with_churn
from assistant.planner.lexicon import read_table
from assistant.planner.plan import Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts
from assistant.planner.who import take_who

_POLITE = re.compile(r"(?:[\s,，]+(?:please|pls|plz|thanks|thank you|thx)|[\s,，]*(?:谢谢|多谢|麻烦了|好吗))[.!。！]*$", re.IGNORECASE)
"""Politeness after a name, which is no part of it."""
_QUOTED = re.compile(
    "(?<![A-Za-z])[\"“”「」『』《》‘’'](?P<name>(?:[^\"“”「」『』《》‘’']|(?<=[A-Za-z])['’](?=[A-Za-z]))+)[\"“”「」『』《》‘’']"
)
"""A name in quotes; the apostrophe of “didn’t” is none."""


def save(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The name that the question gives, and the customers that it names or that were shown last."""
    named = sentence.take("segment_name")
    if named is None and not sentence.has("ask", "save_segment"):
        return None
    sentence.take_all("ask", "save_segment")
    sentence.take_all("cue", "export", "segments", "list")
    sentence.take_all("dimension", "rfm_group")
    sentence.use(*(place for place, token in enumerate(sentence.tokens) if token.text in read_table("ids")["save_words"]))
    who = with_churn(sentence, take_who(sentence, dialogue))
    last = dialogue.last_customers
    customers = who.as_customers() if who.rule or who.handle or who.ordered else last.customers if last else None
    sentence.take_all("metric", "customers")
    if customers is None:
        sentence.take_all("pronoun")
        question, choices = text("save_whom", sentence.language), texts("which_customers_choices", sentence.language)
        return plan("ask_user", question=question, choices=choices)
    if named is None:
        return plan("ask_user", question=text("segment_called", sentence.language))
    return plan("save_segment", customers=customers, name=_POLITE.sub("", _typed(sentence, named.id)))


def _typed(sentence: Sentence, name: str) -> str:
    """The name as the operator typed it, with its capitals and characters."""
    raw = unicodedata.normalize("NFKC", sentence.typed)
    quoted = [found["name"].strip() for found in _QUOTED.finditer(sentence.typed)]
    pattern = r"[\s_-]*".join(re.escape(char) for char in name if not char.isspace())
    outside = re.search(pattern, unicodedata.normalize("NFKC", _QUOTED.sub("", sentence.typed)), re.IGNORECASE)
    if len(quoted) == 1 and not outside:  # “把‘近60天买过牛肉’的人存成分群，名字叫牛肉大户”: what is quoted is whom
        return quoted[0]
    found = outside or re.search(pattern, raw, re.IGNORECASE)
    return found[0] if found else name
