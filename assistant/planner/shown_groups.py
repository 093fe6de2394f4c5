"""“How did those do in December” after the best of a kind: the groups that were shown stay, whatever their order is then."""

from __future__ import annotations

from typing import Any

from assistant.planner.dialogue import Result
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape


def keep_shown(sentence: Sentence, args: dict[str, Any], last: Result) -> None:
    """Limit a measurement to the groups of the answer before, where the question speaks of them at another time.

    Args:
        sentence: The later question.
        args: The measurement, changed in place.
        last: The answer before.
    """
    by = args.get("by", [])
    cut = args.get("limit") and len(by) == 1 and not args.get("limit_per_group") and not args.get("having")
    if not cut or not sentence.has("window") or not shape("shown", "those").search(sentence.text):
        return
    known: Any = sentence.vocabulary.values.get(by[0], {})
    shown = [str(row[0]) for row in last.rows]
    if shown and len(shown) == args["limit"] and all(one in known for one in shown):
        args["where"] = {**args.get("where", {}), by[0]: shown}
        del args["limit"]
