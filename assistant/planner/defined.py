"""“高价值客户，就是消费超过3000的，有多少”, "how many regulars, meaning more than 100 orders": a group is what the operator says it is.

What is said of the group stands in its place, and the rest of the question is read as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.planner.asked import Asked
from assistant.planner.dialogue import Dialogue
from assistant.planner.plan import Plan
from assistant.planner.shapes import shape, shapes

DEFINED = "defined"
"""Kind of the note that tells the definition that the question is answered by."""
_LISTS = "find_customers"
_LIMITS = ("window", "quantity", "comparison", "number", "dimension")
"""What a word for a group may not hold: it would be lost when the group is described anew."""
_ASKED = {"zh": "{}有多少", "en": "how many {}"}


@dataclass(frozen=True)
class _Definition:
    """A word for customers, what the operator means by it, and the question with a gap where the word is spoken of."""

    term: str
    meant: str
    rest: str


def with_definition(asked: Asked) -> Plan | None:
    """The plan of the question about those whom the operator describes; None where no word is defined, or not by what customers did."""
    for one in _definitions(asked):
        for whom in _described(one.meant, asked.language):
            if not _is_group(whom, asked):
                continue
            found = asked.read(one.rest.replace("\0", whom))
            if found.calls and not any(call.name in ("ask_user", "decline") for call in found.calls):
                return replace(found, notes=(*found.notes, (DEFINED, _told(one, asked.language))))
            break
    return None


def _definitions(asked: Asked) -> Iterator[_Definition]:
    for kind in ("within", "within_vague", "before", "after"):
        for pattern in shapes("defined", f"{kind}_{asked.language}"):
            said = pattern.match(asked.bare)
            if said is None:
                continue
            parts = _without_limits({name: words or "" for name, words in said.groupdict().items()}, asked)
            if not _defines(parts, asked, vague="vague" in kind):
                continue
            rest = _with_gap(kind, parts, asked.language)
            if rest is not None:
                yield _Definition(parts["term"], parts["meant"].strip(" \"',"), rest)


def _without_limits(parts: dict[str, str], asked: Asked) -> dict[str, str]:
    """The parts, with what limits the group (“11月的新客”, "367店VIP") left to the question around it."""
    parts = {**parts, "term": parts["term"].strip(" \"'")}
    sentence = asked.sentence(parts["term"])
    places = [at for at, token in enumerate(sentence.tokens) if any(token.is_(kind) for kind in (*_LIMITS, "value"))]
    if "ahead" not in parts or not places or sentence.text != parts["term"]:
        return parts
    later = sentence.tokens[places[-1] + 1 :]
    after = next((token.start for token in later if token.text != "的"), None)
    if after is None or shape("defined", "people").fullmatch(sentence.text[after:]):
        return parts
    return {**parts, "ahead": parts["ahead"] + sentence.text[:after], "term": sentence.text[after:]}


def _defines(parts: dict[str, str], asked: Asked, *, vague: bool) -> bool:
    """Whether the word is one for customers, and holds no limit of its own; a vague one means what is said beside it."""
    term = parts["term"]
    tokens = asked.sentence(term).tokens
    if any(token.is_(kind) for token in tokens for kind in _LIMITS):
        return False
    noun = shape("defined", f"noun_{asked.language}")
    if vague:
        unheard = noun.search(term) is not None and any(token.unknown for token in tokens)
        return unheard or shape("defined", "vague").fullmatch(term) is not None
    named = noun.search(term) or any(token.is_("segment") or token.is_("noun", "customer") for token in tokens)
    return bool(named) or re.search(f"{re.escape(term)}{shape('defined', 'people').pattern.removeprefix('^')}", parts["rest"]) is not None


def _with_gap(kind: str, parts: dict[str, str], language: str) -> str | None:
    """The question with a gap for the group, which it may name again, or only speak of."""
    term, rest = parts["term"], parts["rest"].strip(" ,;.")
    if kind.startswith("within"):
        gap = "" if language == "zh" or not rest else " "
        return f"{parts['ahead']}\0{parts.get('verb', '')}{gap}{rest}" if term not in rest else None
    for form in (term, _head(term, language)):
        place = rest.rfind(form) if form else -1
        if place >= 0:
            after = rest[place + len(form) :]
            return f"{rest[:place]}\0{shape('defined', 'people').sub('', after, count=1)}"
    they = shape("defined", f"they_{language}").search(rest)
    if they is not None:
        return f"{rest[: they.start()]}\0{rest[they.end() :]}"
    return f"\0{rest}" if kind == "before" and shape("defined", "asks_on").match(rest) else None


def _head(term: str, language: str) -> str:
    """The term without the word for people, which one of two mentions may leave out."""
    return shape("defined", f"noun_{language}").sub("", term).strip()


def _described(meant: str, language: str) -> Iterator[str]:
    """The customers of a description, in the words that a question for them would have."""
    if language == "zh":
        plain = re.sub("(?:的)?(?:那些|那批|这些)?(?:客户|顾客|客人|会员|用户|人群|人|买家)?$", "", meant)
        yield f"{plain}的客户"
        return
    plain = shape("defined", "people_en").sub("", meant, count=1).strip()
    for joint in ("", "who ", "with ", "who have ", "whose "):
        yield f"customers {joint}{plain}"


def _is_group(whom: str, asked: Asked) -> bool:
    """Whether some of the customers are described, and by nothing that the conversation would have to tell."""
    found = asked.read_in(_ASKED[asked.language].format(whom), Dialogue(language=asked.dialogue.language))
    args = found.calls[0].args if len(found.calls) == 1 and found.calls[0].name == _LISTS else {}
    return bool(args) and (args.get("rule") != {"all": []} or bool(args.get("limit") or args.get("share")))


def _told(one: _Definition, language: str) -> str:
    """The word and what was taken for it."""
    return f"{one.term} = {one.meant}" if language == "en" else f"{one.term}＝{one.meant}"
