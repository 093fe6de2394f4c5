"""“How did Black Friday compare with an average Friday”, “圣诞那周跟平时一周比”: one time held against the average of its like."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from assistant.planner.asked import Asked, Reads
from assistant.planner.asked_parts import asked_alone
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.usual import adds_up, unit_of
from assistant.planner.lexicon import filled, named_patterns, read_table
from assistant.planner.normalise import HAN
from assistant.planner.plan import Call, Plan
from assistant.planner.reading import read_sentence
from assistant.planner.vocabulary import Vocabulary
from tools.windows import DateRange, Window

_HAN = re.compile(f"[{HAN}]")
_KEPT = ("metrics", "where", "where_not", "customers", "window", "by", "basket")
"""What both sides of the comparison have; anything else is a question of its own."""
_DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 90}
"""The fewest days of each."""
_WEEKEND = 5
_TIMES = ("weekday", "day_type")


def with_usual_time(asked: Asked) -> Plan | None:
    """The plan of a time and the average of its like; None where no such question is asked, or its time is not understood."""
    vocabulary, dialogue, language = asked.vocabulary, asked.dialogue, asked.language
    said = _said(asked.text, language)
    if said is None:
        return None
    match, rest = said
    when = _window(match, vocabulary, dialogue)
    if when is None:
        rest = f"{rest} {(match.groupdict().get('when') or '').strip()}".strip()
    unit = match.groupdict().get("unit") or ""
    base = _like(unit, vocabulary, dialogue)
    told = _told(rest, match, language, dialogue, asked.read)
    if base is None or told is None or (told.get("by") and not unit):
        return None
    return _beside(told, base, when, vocabulary)


def _said(text: str, language: str) -> tuple[re.Match[str], str] | None:
    """What is said of the usual, and the question without it."""
    table = _table(language)
    if re.search(table["hidden"], text):
        return None
    for pattern in table["base"]:
        match = pattern.search(text)
        if match is None or _is_of_week(match, text):
            continue
        named = match.groupdict()
        inner = " ".join(one for one in (named.get("first"), named.get("last")) if one)
        rest = f"{text[: match.start()]} {inner} {text[match.end() :]}" if language == "en" else text[: match.start()] + text[match.end() :]
        return match, re.sub(r"[,;:?!. ]+", " ", table["idle"].sub(" ", rest)).strip()
    return None


def _is_of_week(match: re.Match[str], text: str) -> bool:
    """“周末和平时”: the working days, and nothing usual."""
    return "平" in match[0] and not match.groupdict().get("unit") and any(word in text for word in ("周末", "双休", "节假"))


def _told(rest: str, match: re.Match[str], language: str, dialogue: Dialogue, read: Reads) -> dict[str, Any] | None:
    """What is measured of the one time: as it is said, else of the sales; a pronoun means what was measured before."""
    table = _table(language)
    last = dialogue.last
    if re.search(table["pronoun"], rest):
        return _measured(last.call) if last is not None else None
    implied = next((one for one, pattern in table["implied"].items() if re.search(pattern, match.string)), None)
    named = match.groupdict().get("metric") or implied
    metric = named or table["metrics"]
    added = (
        [f"{rest}{metric}", f"{rest}的{metric}"] if language == "zh" else [f"{metric} in {rest}", f"{metric} on {rest}", f"{metric} {rest}"]
    )
    for words in (*added, rest) if named else (rest, *added):
        found = _measured(asked_alone(words, read))
        if found is not None:
            return found
    return None


def _measured(call: Call | None) -> dict[str, Any] | None:
    """The arguments of a measurement of a time."""
    if call is None or call.name != "measure":
        return None
    args = {name: value for name, value in call.args.items() if name not in ("per", "chart", "compare", "sort")}
    timed = args.get("window") or any(one in args.get("where", {}) for one in _TIMES)
    return args if timed and not set(args) - set(_KEPT) and not {"day", "week", "month", *_TIMES} & set(args.get("by", ())) else None


def _window(match: re.Match[str], vocabulary: Vocabulary, dialogue: Dialogue) -> dict[str, Any] | None:
    """The dates over which the average is asked for, where nothing else is said there."""
    tokens = read_sentence(match.groupdict().get("when") or "", vocabulary, dialogue).tokens
    windows = [token.get("window") for token in tokens if token.is_("window")]
    if len(windows) != 1 or not all(token.is_("window") or token.is_("stop") for token in tokens):
        return None
    found = windows[0]
    return found.data["window"].model_dump(mode="json", exclude_defaults=True) if found else None


def _like(unit: str, vocabulary: Vocabulary, dialogue: Dialogue) -> tuple[str, dict[str, list[str]]] | None:
    """The length of the times that the average is of, and to which days of the week they belong."""
    for name, words in read_table("usual")["units"].items():
        if unit in words:
            return str(name), {}
    if not unit:
        return "", {}
    for token in read_sentence(unit, vocabulary, dialogue).tokens:
        value = token.get("value")
        if value is not None and value.data["dimension"] in _TIMES:
            return "day", {value.data["dimension"]: [value.data["value"]]}
    return None


def _beside(
    told: dict[str, Any], base: tuple[str, dict[str, list[str]]], when: dict[str, Any] | None, vocabulary: Vocabulary
) -> Plan | None:
    """Both in one call where they have all limits in common, else one after the other."""
    unit, days = base
    now = Window(**told["window"]).resolve(vocabulary.as_of) if told.get("window") else None
    own = {name: values for name, values in told.get("where", {}).items() if name in _TIMES}
    unit = unit or ("day" if own or now is None else unit_of(Window(**told["window"])))
    if unit not in _DAYS:
        return None
    counted = adds_up(told["metrics"])
    shorter = now is not None and (_length(now) or 0) < _DAYS[unit]
    same = now is not None and not shorter and (_all_of(days, now) if days else not own)
    if same:
        where = {**told.get("where", {}), **days}
        args = {**told, **({"where": where} if where else {}), "compare": when or "usual"}
        return Plan((Call("measure", {**args, **({"per": unit} if counted else {})}),))
    per = {"per": unit} if counted else {}
    where = {**{name: values for name, values in told.get("where", {}).items() if name not in own}, **days}
    usual = {name: value for name, value in told.items() if name not in ("where", "window")}
    usual = {**usual, **({"where": where} if where else {}), **({"window": when} if when else {}), **per}
    return Plan((Call("measure", {**told, **({} if shorter else per)}), Call("measure", usual)))


def _length(dates: DateRange) -> int | None:
    return (dates.end - dates.start).days + 1 if dates.start and dates.end else None


def _all_of(days: dict[str, list[str]], dates: DateRange) -> bool:
    """Whether a time is one day, and of those days of the week."""
    return dates.start is not None and dates.start == dates.end and any(_day_in(days, dates.start))


def _day_in(days: dict[str, list[str]], day: dt.date) -> Iterator[bool]:
    for name, values in days.items():
        yield (day.strftime("%A") if name == "weekday" else "weekend" if day.weekday() >= _WEEKEND else "workday") in values


@lru_cache(maxsize=2)
def _table(language: str) -> dict[str, Any]:
    """The patterns of one language, ready to be used."""
    table = read_table("usual")
    names = named_patterns(table["names"])
    own = table[language]
    base = [re.compile(filled(one, names)) for one in own["base"]]
    return {**own, "base": base, "idle": re.compile("|".join(own["idle"]))}
