"""The conversation's own sentences and suggestions, from prompts/."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from assistant.prompt_library import read_yaml
from tools.contracts import Text, ToolResult

MOST_SUGGESTIONS = 3


def phrase(name: str, **values: object) -> Text:
    """The sentence ``name`` of prompts/sentences.yaml; ``values`` may be texts in both languages."""
    found = read_yaml("sentences.yaml")
    for part in name.split("."):
        found = found[part]
    return Text(zh=_filled(found["zh"], "zh", values), en=_filled(found["en"], "en", values))


def suggestions(results: Iterable[ToolResult], question: str, language: str) -> list[str]:
    """Questions that could follow these results; never the one that was just asked."""
    known = read_yaml("suggestions.yaml")
    found: list[str] = []
    for result in reversed(list(results)):
        for entry in known.get(result.tool, {}).get(result.outcome.value, []):
            if entry[language] not in (*found, question.strip()):
                found.append(entry[language])
    return found[:MOST_SUGGESTIONS]


@lru_cache(maxsize=1)
def example_questions() -> tuple[str, ...]:
    """The questions that the planner's answers propose, in both languages: in general, and instead of what is not to be had."""
    texts = read_yaml("answers/texts.yaml")
    general = [questions for name in ("examples", "more_examples") for questions in texts[name].values()]
    missing = read_yaml("lexicon/outside.yaml")["unsupported"].values()
    instead = [entry.get(f"instead_{language}", ()) for entry in missing for language in ("zh", "en")]
    return tuple(question for questions in (*general, *instead) for question in questions)


def _filled(pattern: str, language: str, values: dict[str, object]) -> str:
    said = {name: value.say(language) if isinstance(value, Text) else value for name, value in values.items()}
    return pattern.format(**said)
