"""“Back to the age one but only the first half”, “回到按门店的那张，只看下半年”: an earlier answer by what it was about, changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.planner.asked import Asked
from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.plan import Call, Plan
from assistant.planner.reading import read_sentence
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shapes
from assistant.planner.tokens import Token

_UNTOLD = ("ask_user", "decline", "export_table", "export_customers", "save_segment", "explain_term")
_ABOUT = ("dimension", "value", "segment", "band", "condition", "metric", "field", "window", "customer_id", "scheme")
_LIGHT = ("stop", "punctuation", "by", "noun", "conj", "pronoun")
_LIGHT_CUES = ("list", "segments", "count", "trend")


def gone_back(asked: Asked) -> Plan | None:
    """The plan of a question that names an earlier answer by what it was about; None where none is named."""
    dialogue = asked.dialogue
    if not dialogue.results:
        return None
    for one in shapes("going_back", "to"):
        said = one.match(asked.bare)
        what = said["what"].strip() if said is not None else ""
        named = _named(_apart(what, asked)) if what else []
        earlier = _about(dialogue, named) if named else None
        if said is None or earlier is None:
            continue
        rest = (said["rest"] or said.groupdict().get("more") or "").strip(" ,;")
        if not rest:
            return Plan(_calls(dialogue, earlier))
        found = asked.read_in(rest, dialogue.focused(earlier))
        if found.calls and not any(call.name in _UNTOLD[:2] for call in found.calls):
            return found
    return _split_anew(asked)


def _split_anew(asked: Asked) -> Plan | None:
    """“还是看收入吧” where what is shown is measured in it already: what it is split by, which it was before."""
    last = asked.dialogue.last
    if last is None or last.call.name != "measure":
        return None
    for one in shapes("going_back", "still"):
        said = one.match(asked.bare)
        token = _only(_apart(said["what"], asked)) if said is not None else None
        if said is None or token is None:
            continue
        metric, by = token.get("metric"), next((sense.id for sense in token.senses if sense.kind in ("dimension", "field")), None)
        shown = metric is not None and metric.id in last.call.args.get("metrics", ())
        earlier = (f"{by}_band", by) if by else ()
        if shown and any(name in result.call.args.get("by", ()) for name in earlier for result in asked.dialogue.results):
            return asked.read(f"按{said['what']}看{said['rest'] or ''}")
    return None


def _apart(words: str, asked: Asked) -> Sentence:
    """What is named, read outside the conversation."""
    return read_sentence(words, asked.vocabulary, Dialogue(language=asked.dialogue.language))


def _only(sentence: Sentence) -> Token | None:
    said = [token for token in sentence.tokens if not token.is_("stop")]
    return said[0] if len(said) == 1 else None


def _named(sentence: Sentence) -> list[set[str]]:
    """What each word may name; nothing where a word is none of an answer's arguments."""
    found: list[set[str]] = []
    for token in sentence.tokens:
        names = set(_names(token))
        if names:
            found.append(names)
        elif token.unknown or not (any(token.is_(kind) for kind in _LIGHT) or token.is_("cue", *_LIGHT_CUES)):
            return []
    return found


def _names(token: Token) -> Iterator[str]:
    for sense in token.senses:
        if sense.kind == "window":
            yield str(sense.data["window"].model_dump(mode="json", exclude_defaults=True))
        elif sense.kind == "cue" and sense.id in ("churn", "churned"):
            yield "churn"
        elif sense.kind in _ABOUT:
            yield str(sense.data.get("value", sense.id))
            yield f"{sense.id}_band"
            yield f"attribute.{sense.id}"
            rule = sense.data.get("rule")
            if isinstance(rule, dict) and "field" in rule:
                yield str(rule["field"])


def _about(dialogue: Dialogue, named: list[set[str]]) -> Result | None:
    """The latest answer that has all that is named; the last one only where no other has."""
    told = [one for one in dialogue.results if one.call.name not in _UNTOLD and not one.aside and one.outcome in ("answered", "empty")]
    fitting = [one for one in told if all(names & set(_texts(one.call)) for names in named)]
    others = [one for one in fitting if dialogue.last is None or one.call != dialogue.last.call]
    return others[-1] if others else fitting[-1] if fitting else None


def _texts(call: Call) -> Iterator[str]:
    yield from _within(call.args)
    if call.name == "churn_risk":
        yield from ("churn", "churn_band")


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield str({key: one for key, one in value.items() if one is not None and one != 0})
        for one in value.values():
            yield from _within(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _within(one)
    else:
        yield str(value)


def _calls(dialogue: Dialogue, earlier: Result) -> tuple[Call, ...]:
    """All calls of the question that the answer belongs to."""
    same = [one.call for one in dialogue.results if one.turn == earlier.turn and one.call.name not in _UNTOLD and not one.aside]
    return tuple(Call(call.name, _plain(call.args)) for call in same)


def _plain(value: Any) -> Any:
    """Arguments without those that are left open."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items() if part is not None and (part != {} or key != "where")}
    return [_plain(part) for part in value] if isinstance(value, list) else value
