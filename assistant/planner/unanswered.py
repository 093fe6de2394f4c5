"""A question after one that got no answer: what it goes on from is said, or asked about.

“Only those with children” right after a question that was asked back or declined would else be answered out of an older
answer, or about everybody, and look as if it were about what was asked last.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from assistant.planner.dialogue import Dialogue
from assistant.planner.ellipsis import depends_by_words, is_bare, leads
from assistant.planner.lexicon import read_table
from assistant.planner.plan import GOES_ON, Plan, plan
from assistant.planner.reading import read_sentence
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text
from assistant.planner.vocabulary import Vocabulary

Reads = Callable[[str, Vocabulary, Dialogue], Plan]
_UNTOLD = ("ask_user", "decline")
_OUTSIDE = "off_topic"
_FEW = 3
_FEW_CALLS = ("find_customers", "churn_risk", "segment_overview", "customer_value", "predict_response")


def gone_on(question: str, vocabulary: Vocabulary, dialogue: Dialogue, reads: Reads) -> Plan:
    """The plan of a question, told or asked what it goes on from where the question before it got no answer."""
    open_turns = _unanswered(dialogue)
    if open_turns and _asked_what_for(dialogue, open_turns[-1]):
        dialogue = replace(dialogue, asked=None)  # both are to be asked as one
    found = reads(question, vocabulary, dialogue)
    if not open_turns or not _does(found):
        return found
    alone = replace(dialogue, results=())
    fresh = reads(question, vocabulary, alone)
    if dialogue.asked and _does(fresh) and fresh.calls != reads(question, vocabulary, replace(alone, asked=None)).calls:
        return found  # a reply to what was asked back
    sentence = read_sentence(question, vocabulary, Dialogue(language=dialogue.language))
    if sentence.says("move"):
        return found
    points = _points_back(sentence, fresh)
    if fresh.calls == found.calls and not points:
        return found
    older = _answered_before(dialogue, open_turns[0])
    if older is None or any(not _goes_on(turn, vocabulary, dialogue) for turn in open_turns):
        return fresh if _does(fresh) and not points else _asked(dialogue, open_turns[-1], older, sentence.language)
    return replace(found, notes=(*found.notes, (GOES_ON, dialogue.questions[older])))


def _asked_what_for(dialogue: Dialogue, turn: int) -> bool:
    """Whether that turn was asked back because nobody could tell what it goes on from."""
    asked = [one.call.args.get("question", "") for one in dialogue.results if one.turn == turn and one.call.name == "ask_user"]
    begins = [text("goes_on_from_what", language).partition("{")[0] for language in ("zh", "en")]
    return any(str(one).startswith(begin) for one in asked for begin in begins)


def _does(found: Plan) -> bool:
    return bool(found.calls) and not any(call.name in _UNTOLD for call in found.calls)


def _unanswered(dialogue: Dialogue) -> list[int]:
    """The turns right before this question that were asked back or declined; one off the topic counts for nothing."""
    found: list[int] = []
    for turn in range(len(dialogue.questions) - 1, -1, -1):
        calls = [one.call for one in dialogue.results if one.turn == turn]
        if not calls or not all(call.name in _UNTOLD for call in calls):
            break
        if any(call.args.get("reason") != _OUTSIDE for call in calls):
            found.insert(0, turn)
    return found


def _answered_before(dialogue: Dialogue, turn: int) -> int | None:
    """The latest turn before ``turn`` that was answered from data."""
    turns = [one.turn for one in dialogue.results if one.turn < turn and one.call.name not in _UNTOLD and not one.aside]
    return max((one for one in turns if 0 <= one < len(dialogue.questions)), default=None)


def _goes_on(turn: int, vocabulary: Vocabulary, dialogue: Dialogue) -> bool:
    """Whether the question of that turn went on from what was before it, so that the older answer is still at hand."""
    sentence = read_sentence(dialogue.questions[turn], vocabulary, Dialogue(language=dialogue.language))
    return leads(sentence) or _says_back(sentence)


def _says_back(sentence: Sentence) -> bool:
    """Whether it has words that only stand for what was said before."""
    inside = read_table("turns")["inside"]["of_list"]["words"]
    people = read_table("turns")["people"]["them"]["words"]
    if any(re.search(rf"(?<![a-z]){re.escape(one)}(?![a-z])", sentence.text) for one in people):
        return True
    kinds = ("pronoun", "person", "that", "earlier", "pair", "remain", "step")
    first = next((token.text for token in sentence.tokens if not token.is_("punctuation")), "")
    return first in inside or any(sentence.says(kind) for kind in kinds) or depends_by_words(sentence)


def _points_back(sentence: Sentence, fresh: Plan) -> bool:
    """Whether it says that it goes on from something; “那12月的销售额是多少” is whole, “那销售额呢” is not."""
    if _says_back(sentence):
        return True
    said = [token for token in sentence.tokens if not (token.is_("stop") or token.is_("punctuation"))]
    short = len(said) <= _FEW or (bool(fresh.calls) and fresh.calls[0].name in _FEW_CALLS)
    return leads(sentence) and (is_bare(fresh) or short)


def _asked(dialogue: Dialogue, turn: int, older: int | None, language: str) -> Plan:
    question = text("goes_on_from_what", language).format(question=dialogue.questions[turn])
    return plan("ask_user", question=question, choices=[] if older is None else [dialogue.questions[older]])
