"""What a question does with answers already given: takes the last one back, repeats one, takes a condition off."""

from __future__ import annotations

import re
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.ellipsis import is_elliptic, reorders
from assistant.planner.lexicon import read_phrases, read_table
from assistant.planner.listings import customers_of
from assistant.planner.normalise import normalise
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.taken_off import without_latest, without_named
from assistant.planner.texts import text, texts

Args = dict[str, Any]
_KEPT = ("save_segment", "export_customers", "export_table")
"""What is written stays written."""
_UNTOLD = ("ask_user", "decline")
_THEY = re.compile(r"\b(?:they|them|their)\b|他们|她们|这些人|这批人")
_PUNCTUATION = " ,.?!;:，。？！"


def move(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Undo that”, “回到上一个”, “run that again”, “remove the deli filter”, “go back to the first one”."""
    stored = sentence.says("cue", "segments") or (dialogue.last is not None and dialogue.last.call.name in _KEPT)
    dropped = sentence.has("drop") and (sentence.has("limit") or _names_only(sentence)) and not stored and not _asks_more(sentence)
    if not (sentence.has("move") or dropped) or not dialogue.results:
        return None
    named = sentence.take("move", "again", "back") and sentence.first("ordinal")
    if sentence.says("move", "back") and named is None and sentence.refers is None and not dropped:
        return _repeat_turn(sentence, dialogue, _list_turn(dialogue)) if _lists(sentence) else None
    if sentence.refers is not None and not (dropped and sentence.says("limit", "condition")):
        return _repeat_turn(sentence, dialogue, sentence.refers.turn)
    if named:
        return _repeat_turn(sentence, dialogue, _turn_of(dialogue, int(named[1].data["n"])))
    if dropped:
        return _take_off(sentence, dialogue)
    if sentence.has("move", "undo"):
        return _undo(sentence, dialogue)
    if sentence.says("move", "again"):
        return _repeat_turn(sentence, dialogue, dialogue.results[-1].turn)
    return None


def _asks_more(sentence: Sentence) -> bool:
    """“去掉流失条件,看看他们年龄分布”: another part, which asks for something of its own."""
    ends = [at for at, token in enumerate(sentence.tokens) if token.is_("punctuation", ",", ";", ".")]
    after = sentence.tokens[ends[0] + 1 :] if ends and any(token.is_("drop") for token in sentence.tokens[: ends[0]]) else []
    own = ("act", "by", "pronoun", "metric", "ellipsis", "cue", "ranking", "chart")
    return any(token.is_(kind) for token in after for kind in own) and not any(token.is_("drop") or token.is_("limit") for token in after)


_NOBODY = ("stop", "punctuation", "pronoun", "verb", "window", "unit", "conj", "comparison")
_ASKING = ("how_much", "count", "average", "total", "list", "favourite")


def _says_nobody(sentence: Sentence) -> bool:
    """Whether no word says who is meant: “how much did they spend”; an age does."""
    if any((one := token.get("comparison")) is not None and one.data.get("unit") == "age" for token in sentence.tokens):
        return False
    return all(
        any(token.is_(kind) for kind in _NOBODY)
        or token.is_("cue", *_ASKING)
        or (token.is_("metric") and not (token.is_("noun") or token.is_("cue")))
        for token in sentence.tokens
    )


def whom(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Will he churn?” where no customer was named: asked about."""
    unknown = dialogue.last_customers is None and (bool(dialogue.results) or _says_nobody(sentence))
    people = read_table("turns")["people"]["them"]["words"]
    if (
        dialogue.last is not None
        and dialogue.last.call.name == "measure"
        and (_limited(dialogue.last.call.args) or reorders(sentence, dialogue))
        and is_elliptic(sentence, dialogue)
    ):
        unknown = False  # “and their number of orders” after a number of some of them: of the same
    they = any(token.is_("cue", "favourite") and _THEY.search(token.text) for token in sentence.tokens)
    if unknown and (they or any(token.is_("pronoun") and token.text in people for token in sentence.tokens)):
        question, choices = text("which_customers", sentence.language), texts("which_customers_choices", sentence.language)
        return plan("ask_user", question=question, choices=choices)
    if not sentence.has("person"):
        return None
    sentence.use(*range(len(sentence.tokens)))
    return plan("ask_user", question=text("which_customer", sentence.language), choices=texts("which_customer_choices", sentence.language))


def _limited(args: Args) -> bool:
    """Whether a measurement is of some only."""
    return any(args.get(key) for key in ("where", "customers"))


def _lists(sentence: Sentence) -> bool:
    """Whether “back to …” names the list."""
    words = (*read_table("turns")["nouns"]["result"]["words"], "the list", "that list")
    return any(token.text in words for token in sentence.tokens)


def _list_turn(dialogue: Dialogue) -> int | None:
    """The question of the latest list of customers."""
    return next((one.turn for one in reversed(dialogue.results) if customers_of(one)), None)


def _absorb(sentence: Sentence) -> None:
    for kind in ("move", "drop", "limit", "pronoun", "ordinal", "noun"):
        sentence.take_all(kind)
    sentence.take_all("neg", "except")
    sentence.take_all("unsupported", "write_data", "sql")
    sentence.take_all("cue", "previous", "list", "export")


def _turn_of(dialogue: Dialogue, number: int) -> int | None:
    """The question of the n-th answer."""
    turns = [turn for turn, _ in _history(dialogue)]
    place = number - 1 if number > 0 else number
    return turns[place] if -len(turns) <= place < len(turns) else None


def _repeat_turn(sentence: Sentence, dialogue: Dialogue, turn: int | None) -> Plan | None:
    calls = dict(_history(dialogue)).get(turn if turn is not None else -1)
    if not calls:
        return None
    _absorb(sentence)
    return Plan(calls)


def _undo(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The answer before the last one again; what was written to a file or saved stays."""
    _absorb(sentence)
    kept = _standing(dialogue)
    if kept and kept[-1][-1].name in _KEPT:
        return plan("decline", reason="not_supported", missing=text(f"undo_{kept[-1][-1].name}", sentence.language))
    if len(kept) < 2:
        return plan("ask_user", question=text("nothing_before", sentence.language), choices=texts("examples", sentence.language))
    return Plan(kept[-2])


def _history(dialogue: Dialogue) -> list[tuple[int, tuple[Call, ...]]]:
    """The calls of each question that was answered, in order, with the question's number."""
    found: dict[int, list[Result]] = {}
    for result in dialogue.results:
        if result.call.name not in _UNTOLD:
            found.setdefault(result.turn, []).append(result)
    return [(turn, tuple(Call(one.call.name, _plain(one.call.args)) for one in results)) for turn, results in found.items()]


def _plain(value: Any) -> Any:
    """The arguments without those that are left open, so that equal calls are equal."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if part is not None and (part != {} or key != "where")}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _standing(dialogue: Dialogue) -> list[tuple[Call, ...]]:
    """The answers that were not taken back, the latest last."""
    words = _words_of_undo()
    kept: list[tuple[Call, ...]] = []
    for turn, calls in _history(dialogue):
        typed = normalise(dialogue.questions[turn]) if 0 <= turn < len(dialogue.questions) else ""
        if any(word in typed for word in words) and len(kept) > 1 and calls == kept[-2]:
            kept.pop()
        elif not kept or calls != kept[-1]:
            kept.append(calls)
    return kept


def _words_of_undo() -> list[str]:
    """What an undone answer was asked to go with; the answer itself must be the one before, too."""
    kinds = ("move", "drop")
    return [normalise(phrase.text) for phrase in read_phrases("turns") if phrase.sense.kind in kinds and phrase.sense.id != "again"]


def _take_off(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“Remove the deli filter”: the last call without it; “remove that filter” takes back the last change."""
    last = dialogue.last
    if last is None:
        return None
    removed = without_named(sentence, last)
    if removed is None and not _names(sentence) and not sentence.has("cue", "churn", "churned"):
        earlier = [call.args for calls in _standing(dialogue)[:-1] for call in calls if call.name == "find_customers"]
        removed = without_latest(sentence, last, earlier)
        sentence.use(*(place for place, token in enumerate(sentence.tokens) if removed is not None and token.unknown))
        if removed is None:
            return _undo(sentence, dialogue)
    if removed is None:
        return None
    if removed == last.call.args or _plain(removed) == _plain(last.call.args):
        return None
    _absorb(sentence)
    return Plan((Call(last.call.name, removed),))


def _names_only(sentence: Sentence) -> bool:
    """“不限年龄”, “remove meat”: what is dropped and nothing else."""
    kinds = ("drop", "value", "segment", "dimension", "band", "field", "metric", "verb", "stop", "punctuation")
    led = next((token for token in sentence.tokens if not token.is_("stop")), None)
    bare = ("metric", "verb") if led is not None and led.is_("drop") else ()
    named = _names(sentence) or any(sentence.says(kind) for kind in bare)
    return all(any(token.is_(kind) for kind in kinds) for token in sentence.tokens) and named


def _names(sentence: Sentence) -> bool:
    return any(sentence.has(kind) for kind in ("value", "segment", "window", "band", "dimension", "field", "condition", "comparison"))
