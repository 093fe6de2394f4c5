"""What advice is for and when: words that the advice answers anyway."""

from __future__ import annotations

from assistant.planner.sentence import Sentence


def absorb_aims(sentence: Sentence) -> None:
    """The goal, the time ahead (“ideas for next month”) and the words that only ask for advice."""
    sentence.take_all("part", "goal")
    sentence.take_all("ask", "recommend_products")
    sentence.take_all("cue", "summarize", "list", "why")
    sentence.take_all("horizon")
    sentence.take_all("unsupported", "forecast")
