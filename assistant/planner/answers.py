"""Writes answers from the templates of prompts/answers: figures by reference, never a number of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jinja2

from assistant.planner.dialogue import Result
from assistant.planner.higher_of_two import higher_of_two
from assistant.planner.lexicon import read_table
from assistant.planner.plan import ASIDE, FOCUS, GOES_ON, LEVEL, PLACE, PRELUDE, SUPPLY
from assistant.planner.texts import text, texts
from assistant.planner.views import ResultView
from assistant.prompt_library import prompt_names, read_text

_FOLDER = "answers"
_LIST = "find_customers"
_AFTER = (
    "unused",
    "background",
    "later",
    "reasons",
    "aimed",
    "to_all",
    "no_text",
    "untimed",
    "unbudgeted",
    "unchannelled",
    "takers",
    "taken_back",
    "defined",
    GOES_ON,
    LEVEL,
)
"""Notes told after the answer."""


def write_answer(results: Sequence[Result], language: str, notes: Sequence[tuple[str, str]] = ()) -> str:
    """The answer to all results of one question, in order."""
    parts = [_note(kind, words, language) for kind, words in notes if kind == "mended"]
    said = dict(notes)
    found = int(said.get(PRELUDE, 0))
    if found and len(results) > found and all(one.outcome == "answered" for one in results[:found]):
        results = results[found:]
    told = results[:-1] if ASIDE in said and len(results) > 1 else results
    several = sum(one.call.name == _LIST and one.outcome == "answered" for one in told) > 1
    for result in told:
        whose = _whose(result, language) if several and result.call.name == _LIST and result.outcome == "answered" else ""
        parts.append(whose + write_result(result, language, said.get(FOCUS), int(said.get(PLACE, 0))))
    parts.append(higher_of_two(told, language))
    parts += [_aside(result, said[ASIDE], language) for result in results[len(told) :]]
    parts += [_supplied(told[-1], said[SUPPLY], language)] if SUPPLY in said and told else []
    parts += [_note(kind, words, language) for kind, words in notes if kind in _AFTER]
    return "\n\n".join(part for part in parts if part)


def write_result(result: Result, language: str, focus: str | None = None, place: int = 0) -> str:
    """One result in words; a tool without a template gets the general one.

    Args:
        result: What the tool returned.
        language: "zh" or "en".
        focus: The value whose share is asked for.
        place: The place of a ranking that is asked for; 0 where none is.
    """
    view = ResultView(result, language)
    name = result.call.name if result.outcome == "answered" or result.call.name in ("ask_user", "decline") else "not_answered"
    if f"{_FOLDER}/{name}.{language}.md.j2" not in _templates():
        name = "any"
    return render(f"{name}.{language}.md.j2", r=view, args=_Arguments(result.call.args), focus=focus, place=place)


class _Arguments(dict[str, Any]):
    """The arguments of a call; one that was left out is None."""

    def __missing__(self, key: str) -> None:
        return None


def write_own(name: str, language: str) -> str:
    """A text of the planner's own, with example questions."""
    joint = "”、“" if language == "zh" else "”, “"
    return text(name, language).format(examples=f"“{joint.join(texts('examples', language))}”")


def render(name: str, **values: Any) -> str:
    """A template with its values, blank lines evened out."""
    lines = [line.rstrip() for line in _environment().get_template(f"{_FOLDER}/{name}").render(**values).strip().splitlines()]
    return "\n".join(line for at, line in enumerate(lines) if line or not _needless(lines, at))


def _needless(lines: list[str], at: int) -> bool:
    """Whether a blank line follows another one, or stands between two items of a list."""
    following = next((line for line in lines[at + 1 :] if line), "")
    before = next((line for line in reversed(lines[:at]) if line), "")
    return not lines[at - 1] or (before.startswith("- ") and following.startswith("- "))


def instead_of(missing: str, language: str) -> list[str]:
    """Questions near to one that asks for what is missing; the general examples where nothing is near."""
    for entry in read_table("outside")["unsupported"].values():
        if entry[f"missing_{language}"] == missing:
            return list(entry.get(f"instead_{language}") or texts("examples", language))
    return texts("examples", language)


def _aside(result: Result, words: str, language: str) -> str:
    """One sentence for the count of the other reading."""
    view = ResultView(result, language)
    if not (view.has("customers") and result.outcome == "answered"):
        return text("note_aside_nobody", language).format(words=words)
    return text("note_aside", language).format(words=words, customers=view.bold("customers"))


def _supplied(result: Result, number: str, language: str) -> str:
    """Whether so many are enough for the customers that were found."""
    view = ResultView(result, language)
    if result.outcome != "answered" or not view.has("customers"):
        return ""
    name = "note_supply_enough" if view.value("customers") <= int(number) else "note_supply_short"
    return text(name, language).format(number=number, customers=view.bold("customers"))


def _whose(result: Result, language: str) -> str:
    """Whom a count is of, where an answer has several."""
    words = str((result.content.get("interpretation") or {}).get(language, ""))
    return text("whose", language).format(words=words[:1].upper() + words[1:]) if words else ""


def _note(kind: str, words: str, language: str) -> str:
    return text(f"note_{kind}", language).format(words=words)


@lru_cache(maxsize=1)
def _templates() -> frozenset[str]:
    return frozenset(prompt_names(_FOLDER))


@lru_cache(maxsize=1)
def _environment() -> jinja2.Environment:
    loader = jinja2.FunctionLoader(read_text)
    made = jinja2.Environment(loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701
    made.globals.update(text=text, texts=texts, instead_of=instead_of)
    return made
