"""“12月哪些门店卖得比11月好”, "which stores sold more in December than November": only the groups whose figure went that way."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.normalise import normalise
from assistant.planner.plan import Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape


def only_grown(found: Plan | None, sentence: Sentence) -> Plan | None:
    """The plan with the groups that went the way that is asked for, where groups are asked for by it; unchanged otherwise.

    Where how far they went, or the order of all, is asked, no group is left out, unless only some are to be kept.
    """
    call = found.calls[0] if found is not None and len(found.calls) == 1 else None
    if found is None or call is None or call.name != "measure" or not call.args.get("compare") or call.args.get("compare") == "step":
        return found
    by = call.args.get("by", [])
    levels = sentence.vocabulary.levels
    if len(by) != 1 or levels.get(by[0]) == "time" or call.args.get("having") or call.args.get("limit"):
        return found
    text = normalise(sentence.typed or sentence.text)
    if not _asks_for_some(text) or call.args.get("sort") not in (None, "growth", "decline"):
        return found
    up, down = _says(text, "up"), _says(text, "down")
    if up == down:
        return found
    metric = call.args["metrics"][0]
    having = [{"metric": metric, "op": ">" if up else "<", "value": "0", "of": "difference"}]
    return replace(found, calls=(replace(call, args={**call.args, "sort": "growth" if up else "decline", "having": having}),))


def _asks_for_some(text: str) -> bool:
    """Whether those that went one way are asked for, and not how far each went."""
    if _says(text, "ordered"):
        return False
    return _says(text, "kept") or (_says(text, "which") and not _says(text, "amount"))


def _says(text: str, kind: str) -> bool:
    return shape("grown", kind).search(text) is not None
