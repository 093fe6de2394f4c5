"""What advice is for and when: words that the advice answers anyway."""

from __future__ import annotations

import re

from assistant.planner.sentence import Sentence

_AIMS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (
        re.compile(r"win(?:ning)? (?:them |people |customers )?back|winback|re ?activat|re ?engag|召回|唤回|唤醒|挽回|盘活|促活|回流"),
        ("at_risk", "hibernating"),
    ),
    (re.compile(r"welcom|onboard|second order|2nd order|迎新|新客|首单|二单|转二|第二单"), ("new",)),
    (re.compile(r"(?:reduce|lower|cut|prevent|stop)[a-z ]* churn|(?:减少|降低|防止|避免|控制)[^,.;?]{0,6}流失"), ("churn_high",)),
    (
        re.compile(
            r"spend more|bigger baskets?|basket size|(?:raise|increase|grow)[a-z ]* (?:aov|order value|spend)"
            r"|(?:提高|提升|拉高)[^,.;?]{0,4}客单"
        ),
        ("loyal",),
    ),
)
"""Whom advice with such an aim is for, where nobody is named."""
_WORDING = re.compile(r"messaging|话术")
AIMED = "aimed"
"""The note that says whom advice is for, where the question does not."""
_FEW = 6
"""So many ideas and no more are what advice has."""
NO_TEXT = "no_text"
UNTIMED = "untimed"
"""The note that says that advice is given where a ready text is asked for."""


def aimed_at(sentence: Sentence) -> tuple[str, ...]:
    """The groups that the aim itself says: to win back is for those who are going or gone."""
    return next((groups for pattern, groups in _AIMS if pattern.search(sentence.text)), ())


def absorb_measures(sentence: Sentence) -> None:
    """The number that advice shall move: “怎么提高客单价”."""
    sentence.take_all("metric")
    sentence.take_all("cue", "churn", "churned", "average")
    sentence.take_all("noun")
    sentence.take_all("verb", "spend")


def asks_wording(sentence: Sentence) -> bool:
    """Whether words to send are asked for."""
    return bool(_WORDING.search(sentence.text))


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
