"""What advice is for and when: words that the advice answers anyway."""

from __future__ import annotations

from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape

_AIMS = {"win_back": ("at_risk", "hibernating"), "welcome": ("new",), "keep": ("churn_high",), "grow": ("loyal",)}
"""Whom advice with such an aim is for, where nobody is named."""
AIMED = "aimed"
"""The note that says whom advice is for, where the question does not."""
_FEW = 6
"""So many ideas and no more are what advice has."""
NO_TEXT = "no_text"
"""The note that says that advice is given where a ready text is asked for."""
_ASIDE = {"occasion": "untimed", "budget": "unbudgeted", "channel": "unchannelled"}
"""What advice does not count with, and the note that says so."""


def aimed_at(sentence: Sentence) -> tuple[str, ...]:
    """The groups that the aim itself says: to win back is for those who are going or gone."""
    return next((groups for aim, groups in _AIMS.items() if shape("advice", aim).search(sentence.text)), ())


def absorb_measures(sentence: Sentence) -> None:
    """The number that advice shall move: “怎么提高客单价”."""
    sentence.take_all("metric")
    sentence.take_all("cue", "churn", "churned", "average")
    sentence.take_all("noun")
    sentence.take_all("verb", "spend")


def set_aside(sentence: Sentence) -> tuple[tuple[str, str], ...]:
    """The notes on a season, a budget or a channel that was told with the question."""
    return tuple((note, "") for cue, note in _ASIDE.items() if sentence.take_all("cue", cue))


def asks_wording(sentence: Sentence) -> bool:
    """Whether words to send are asked for."""
    return bool(shape("advice", "wording").search(sentence.text))


def absorb_aims(sentence: Sentence) -> None:
    """The goal, the time ahead (“ideas for next month”) and the words that only ask for advice."""
    sentence.take_all("part", "goal")
    sentence.take_all("ask", "recommend_products")
    sentence.take_all("cue", "summarize", "list", "why")
    sentence.take_all("horizon")
    sentence.take_all("unsupported", "forecast")
    few = [place for place, one in sentence.free("quantity") if one.data["unit"] in ("", "piece") and one.data["value"] in range(1, _FEW)]
    following = [(place, token) for place in few for token in sentence.tokens[place + 1 : place + 2]]
    sentence.use(*(place for place, token in following if token.is_("cue", "strategy") or token.is_("framed")))
