"""What was done up to some time and not since, or before it: "stopped buying produce but still buys meat", "over 2000 before that"."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import lru_cache
from typing import Any

from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token
from assistant.planner.vocabulary import Vocabulary
from tools.windows import Window

STOPPED, STILL, EARLIER = "stopped", "still", "earlier"
_LATELY = 90
"""Days in which nothing of it was bought, where no time is named."""
_REACH = 3
_NOT = Sense("neg", "not")


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    """The word → what it says."""
    return {str(word): kind for kind, words in read_table("turning_points").items() for word in words}


def turning(tokens: list[Token], _: Vocabulary) -> list[Token]:
    """The tokens, those marked that say that something ended, goes on, or was before."""
    found: list[Token] = []
    for at, token in enumerate(tokens):
        kind = _words().get(token.text)
        ahead = tokens[at + 1 : at + 1 + _REACH]
        if kind == STOPPED and (_bought(ahead) or not _does(ahead)):
            found.append(replace(token, senses=(_NOT, Sense(STOPPED, ""))))
        elif kind == "afterwards" and found and found[-1].is_("neg") and (not ahead or ahead[0].is_("punctuation") or ahead[0].is_("conj")):
            found.append(replace(token, senses=(Sense("later", "since"),)))
        elif kind == EARLIER and _timed(found):
            found.append(replace(token, senses=(Sense(EARLIER, ""),)))
        elif kind == STILL:
            found.append(replace(token, senses=(*token.senses, Sense(STILL, ""))))
        else:
            found.append(token)
    return found


def _does(ahead: list[Token]) -> bool:
    """Whether a verb follows."""
    return any(token.is_("verb") for token in ahead)


def _bought(ahead: list[Token]) -> bool:
    """Whether goods follow, right away or after their verb."""
    for token in ahead:
        if token.is_("value"):
            return True
        if token.is_("conj") or token.is_("punctuation") or not (token.is_("stop") or token.is_("verb")):
            return False
    return False


def _timed(before: list[Token]) -> bool:
    """Whether a time was named that it can be before."""
    return any(token.is_("window") for token in before)


def stopped_rules(where: dict[str, list[str]], windows: list[Window], as_of: dt.date) -> list[dict[str, Any]]:
    """Bought before and no more since: the rules of both."""
    since = windows[0] if len(windows) == 1 else Window(last_days=_LATELY)
    start = since.resolve(as_of).start
    if start is None:
        return []
    after = since if since.last_days is not None else Window(start=start)
    before = Window(end=start - dt.timedelta(days=1))
    return [
        {"behaviour": "orders", "op": "=", "value": 0, "window": _plain(after), "where": where},
        {"behaviour": "orders", "op": ">=", "value": 1, "window": _plain(before), "where": where},
    ]


def still_window(windows: list[Window], as_of: dt.date) -> Window:
    """The time in which something is still done: since it was stopped to do another thing, else lately."""
    if len(windows) != 1 or windows[0].last_days is not None:
        return windows[0] if len(windows) == 1 else Window(last_days=_LATELY)
    start = windows[0].resolve(as_of).start
    return Window(start=start) if start is not None else Window(last_days=_LATELY)


def before_it(windows: list[Window], as_of: dt.date) -> list[Window]:
    """The time before these."""
    starts = [window.resolve(as_of).start for window in windows]
    first = min((start for start in starts if start is not None), default=None)
    return [Window(end=first - dt.timedelta(days=1))] if first is not None and None not in starts else []


def _plain(window: Window) -> dict[str, Any]:
    return window.model_dump(mode="json", exclude_defaults=True)
