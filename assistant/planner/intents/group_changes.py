"""Groups of an earlier day beside those of now: “和9月底比，哪一类涨得最多”, “are there more champions than in June”."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

from assistant.planner.dialogue import Dialogue, Result
from assistant.planner.earlier_groups import EARLIER, UNDATED
from assistant.planner.lexicon import read_table
from assistant.planner.plan import Call, Plan, plan
from assistant.planner.sentence import Sentence
from assistant.planner.texts import text, texts
from assistant.planner.then import back, compared_with, during, two_days
from assistant.planner.tokens import Token
from tools.segments.schemes import SCHEMES, scheme_of

TOOL = "segment_overview"
_NOT_DATED = ("churn",)
_FIELDS = {scheme.field: scheme.id for scheme in SCHEMES.values() if scheme.id not in _NOT_DATED}
_CHANGES = ("growth", "compare", "previous")
_MORE = re.compile(r"\b(?:more|fewer|less)\b.*\bthan\b|比.*[多少](?:了|吗|还是|没)|(?:变|增|减)[多少]")
_MORE_WORDS = ("more", "fewer", "less", "than", "多", "少", "多了", "少了", "变多", "变少", "多吗", "少吗", "还是")
_ASKED_BACK = (("month", 1), ("month", 3), ("month", 6), ("year", 1))


def ask_since(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“新客里有多少变成忠诚客户了”: since when is asked."""
    del dialogue
    if not sentence.has(UNDATED):
        return None
    sentence.use(*range(len(sentence.tokens)))
    asked = sentence.typed.rstrip("?!.？！。 ")
    form = texts("since_when_choices", sentence.language)[0]
    days = [back(sentence.vocabulary.as_of, unit, count) for unit, count in _ASKED_BACK]
    choices = [form.format(question=asked, day=day.isoformat()) for day in days]
    return plan("ask_user", question=text("since_when", sentence.language), choices=choices)


def of_those_then(found: Plan | None, sentence: Sentence) -> Plan | None:
    """A count of those who moved, with the share that they are of those who were in the group before."""
    if found is None or len(found.calls) != 1 or found.calls[0].name != "find_customers" or found.calls[0].args.get("among"):
        return found
    moved = [sense for token in sentence.tokens if (sense := token.get("condition", EARLIER)) is not None and sense.data.get("among")]
    if len(moved) != 1 or found.calls[0].args.get("rule") != moved[0].data["rule"]:
        return found
    return replace(found, calls=(Call("find_customers", {**found.calls[0].args, "among": moved[0].data["among"]}),))


def group_changes(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """The groups of a scheme, or one of them, on an earlier day and now."""
    if sentence.says("condition", EARLIER):
        return None
    return _whence(sentence, dialogue) or _compared(sentence, dialogue)


def _whence(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    """“涨的这些人原来是哪一类的”: the moves of the group that was told about."""
    last = _shown(dialogue)
    if last is None or re.search(read_table("movements")["whence"], sentence.text) is None or sentence.says("window"):
        return None
    named = sentence.take("segment")
    details = last.content.get("details") or {}
    group = named.id if named else details.get("focus")
    if group is None or any(sentence.says(kind) for kind in ("value", "comparison", "number")):
        return None
    sentence.use(*range(len(sentence.tokens)))
    kept = {name: one for name, one in last.call.args.items() if name != "sort"}
    return plan(TOOL, **{**kept, "group": group})


def _compared(sentence: Sentence, dialogue: Dialogue) -> Plan | None:
    last = dialogue.last
    shown = _shown(dialogue)
    more = _takes_more(sentence)
    days = _take_days(sentence, point=more)
    if days is None and shown is None:
        return None
    moved = sentence.has("unsupported", "movement") or sentence.has("direction")
    changes = more or moved or sentence.has("cue", *_CHANGES)
    if not changes and shown is None:
        return None
    if any(
        one.id != "customers" and not _more_people(sentence, place, one.id)
        for place, one in sentence.free("metric")
        if not _is_group(sentence, place)
    ):
        return None
    named = sentence.has("segment")
    args: dict[str, Any] = dict(_subject(sentence, last) or {})
    if not args or (days is None and not changes and not named):
        return None
    if args["scheme"] == "lifecycle" and any(token.is_("quantity") or _counts_back(token) for token in sentence.tokens):
        return None  # the stages of two periods of that length
    since = days[0] if days else _day(shown)
    if since is None or (shown is not None and not changes and not _is_light(sentence, dialogue)):
        return None
    args |= {"since": since.isoformat()} | ({"until": days[1].isoformat()} if days and days[1] else {})
    ranked = sentence.has("rank") or sentence.has("ranking")
    down = any(token.is_("direction", "down") or token.is_("act", "lessens") for token in sentence.tokens)
    up = any(token.is_("direction", "up") for token in sentence.tokens)
    if ranked and changes and "group" not in args:
        args["sort"] = "decline" if down and not up else "growth"
    _absorb(sentence)
    return plan(TOOL, **args)


def _more_people(sentence: Sentence, place: int, metric: str) -> bool:
    """“More customers”: people, and not those of them who ordered (下单人数)."""
    return metric == "buyers" and sentence.tokens[place].is_("noun")


def _counts_back(token: Token) -> bool:
    window = token.get("window")
    return window is not None and window.data.get("window") is not None and window.data["window"].last_days is not None


def _takes_more(sentence: Sentence) -> bool:
    """“More champions now than in June”, “比6月多吗”."""
    if _MORE.search(sentence.text) is None:
        return False
    sentence.use(*(place for place, token in enumerate(sentence.tokens) if token.text in _MORE_WORDS))
    return True


def _take_days(sentence: Sentence, *, point: bool) -> tuple[dt.date, dt.date | None] | None:
    """The earlier day of the question, and the later one where it is not today."""
    as_of = sentence.vocabulary.as_of
    said = [(place, sense.data["window"]) for place, sense in sentence.free("window") if sense.data.get("window")]
    if not said or len(said) > 2:
        return None
    places = [place for place, _ in said]
    if len(said) == 2:
        first, last = two_days([(sentence.tokens[place].text, window) for place, window in said], as_of)
        sentence.use(*places)
        return (first, last) if first is not None else None
    words, window = sentence.tokens[places[0]].text, said[0][1]
    span = None if point or sentence.has("cue", "compare") else during(words, window, as_of)
    first, last = span or (compared_with(words, window, as_of), None)
    if first >= as_of:
        return None
    sentence.use(*places)
    return first, last if last and last < as_of else None


def _subject(sentence: Sentence, last: Result | None) -> dict[str, Any] | None:
    """The scheme that is asked about, and the group where it is one; of the answer before where the question names none."""
    newcomers = any(token.is_("segment") and token.is_("metric", "new_customers") for token in sentence.tokens)
    if newcomers:
        return None  # “12月新客比11月多多少”: those who came in a time, and no group
    named = sentence.take_all("segment")
    if named:
        scheme = scheme_of(named[0].id)
        fits = len({one.id for one in named}) == 1 and scheme is not None and scheme.id not in _NOT_DATED
        return {"scheme": scheme.id, "group": named[0].id} if fits and scheme else None
    for kind in ("scheme", "dimension", "field"):
        found = next((one.id for _, one in sentence.free(kind) if one.id in SCHEMES or one.id in _FIELDS), None)
        if found is not None:
            scheme_id = _FIELDS.get(found, found)
            return {"scheme": scheme_id} if scheme_id not in _NOT_DATED else None
    if sentence.has("cue", "segments") or sentence.has("unsupported", "movement"):
        return {"scheme": last.call.args.get("scheme", "rfm") if last is not None and last.call.name == TOOL else "rfm"}
    return _before(last)


def _before(last: Result | None) -> dict[str, Any] | None:
    """What the answer before was about: a scheme, or one group and nothing else."""
    if last is None or last.outcome == "failed":
        return None
    if last.call.name == TOOL and not last.call.args.get("tiers") and not last.call.args.get("period_days"):
        return {name: one for name, one in last.call.args.items() if name in ("scheme", "group")} or {"scheme": "rfm"}
    given = last.call.args.get("rule") or last.call.args.get("customers")
    if isinstance(given, dict) and set(given) == {"rule"}:
        given = given["rule"]
    group = given.get("segment") if isinstance(given, dict) and set(given) == {"segment"} else given if isinstance(given, str) else None
    scheme = scheme_of(str(group)) if group and not last.call.args.get("metrics") and not last.call.args.get("limit") else None
    if scheme is not None and scheme.id not in _NOT_DATED:
        return {"scheme": scheme.id, "group": group}
    by = last.call.args.get("by") or []
    if len(by) == 1 and by[0] in _FIELDS and last.call.args.get("metrics") == ["customers"]:
        return {"scheme": _FIELDS[by[0]]}
    return None


def _shown(dialogue: Dialogue) -> Result | None:
    last = dialogue.last
    return last if last is not None and last.call.name == TOOL and last.call.args.get("since") else None


def _day(shown: Result | None) -> dt.date | None:
    return dt.date.fromisoformat(str(shown.call.args["since"])) if shown is not None else None


def _is_light(sentence: Sentence, dialogue: Dialogue) -> bool:
    """Whether only another group or day is named after an answer about groups of two days."""
    del dialogue
    heavy = ("value", "comparison", "verb", "condition", "noun", "neg", "cue", "format", "pronoun", "metric", "dimension", "ask")
    return not any(token.is_(kind) for place, token in enumerate(sentence.tokens) if place not in sentence.used for kind in heavy)


def _is_group(sentence: Sentence, place: int) -> bool:
    return sentence.tokens[place].is_("segment") or sentence.tokens[place].is_("direction")


def _absorb(sentence: Sentence) -> None:
    """Words that only ask to see how the groups changed."""
    sentence.take_all("cue", *_CHANGES, "segments", "list", "count", "how_much", "share", "summarize", "everyone", "total")
    sentence.take_all("unsupported", "movement")
    for kind in ("direction", "act", "rank", "ranking", "scheme", "ellipsis", "op", "pair", "chart"):
        sentence.take_all(kind)
    sentence.take_all("dimension", *_FIELDS, "customer")
    sentence.take_all("field", *_FIELDS)
    sentence.take_all("metric", "customers", "buyers")
