"""“How many shopped there”, “its customer count”: the place that the answer before was about, or that leads it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.planner.dialogue import Dialogue
from assistant.planner.lexicon import read_table
from assistant.planner.tokens import Sense, Token


def there(tokens: Sequence[Token], at: int, dialogue: Dialogue) -> Sense | None:
    """What “there” or “its” refers to after an answer about one of a kind, or about a kind in order; None where it refers to nothing."""
    last = dialogue.last
    if last is None or last.call.name != "measure":
        return None
    args, words = last.call.args, read_table("turns")["there"]
    by = list(args.get("by") or ())
    only = [] if by else [name for name, values in (args.get("where") or {}).items() if len(values) == 1]
    told = by if len(by) == 1 and args.get("sort") else only
    if tokens[at].text in words["place"]["words"]:
        return Sense("that", "store") if told == ["store"] and not _exists(tokens, at) else None
    if tokens[at].text in words["own"]["words"] and len(told) == 1 and told != ["customer"]:
        return Sense("that", told[0])
    return None


def _exists(tokens: Sequence[Token], at: int) -> bool:
    """“How many are there”, “there are”: no place is meant."""
    beside = (*tokens[max(at - 1, 0) : at], *tokens[at + 1 : at + 2])
    return any(one.text.split(" ")[-1] in read_table("turns")["there"]["exists"]["words"] for one in beside)
