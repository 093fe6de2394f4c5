"""“去年消费前100的客户最常买哪些部门”: the best of a time are listed first, and then what is asked of them."""

from __future__ import annotations

from collections.abc import Callable

from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import after
from assistant.planner.plan import PRELUDE, Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.shapes import shape, shapes

Reads = Callable[[str], "Plan | None"]
Later = Callable[[str, Dialogue], "Plan | None"]
_KINDS = ("zh", "en", "en_of")
_LISTING = ("measure", "find_customers")


def bought_by_best(sentence: Sentence, dialogue: Dialogue, read: Reads, later: Later) -> Plan | None:
    """The best customers, then what they bought; None where the question has no such parts.

    Args:
        sentence: The question.
        dialogue: The conversation so far.
        read: The plan of a part of the question.
        later: The plan of a part of it, read in the conversation as it is then.
    """
    for kind in _KINDS:
        for pattern in shapes("best_then", kind):
            halves = pattern.match(sentence.text.strip(" ?.!"))
            best = read(halves["top"]) if halves is not None else None
            if halves is None or best is None or not _lists_best(best):
                continue
            if not best.calls[0].args.get("window") and not shape("best_then", "most").search(sentence.text):
                continue
            found = later(_of_them(halves.groupdict()), after(dialogue, best))
            if found is not None and _is_theirs(found, best, dialogue):
                sentence.use(*range(len(sentence.tokens)))
                calls = tuple(_in_time(call, best) for call in found.calls)
                return Plan((*best.calls, *calls), (*found.notes, (PRELUDE, "1")))
    return None


def _in_time(call: Call, best: Plan) -> Call:
    """What they bought in the time in which they are the best, where no other is said."""
    window = best.calls[0].args.get("window")
    return call if call.args.get("window") or not window else Call(call.name, {**call.args, "window": window})


def _of_them(parts: dict[str, str | None]) -> str:
    """What is asked, as a question about "them"."""
    ahead, rest = (parts.get("ahead") or "").strip(), (parts.get("rest") or "").strip(" ,")
    if not rest.isascii() or not ahead.isascii():
        return f"他们{shape('best_then', 'theirs').sub('', rest)}"
    return f"{ahead} {parts['did']} they {rest}" if parts.get("did") else f"their {ahead} {rest}".strip()


def _lists_best(found: Plan) -> bool:
    """Whether the part lists a number of customers, and nothing else."""
    if len(found.calls) != 1 or found.calls[0].name not in _LISTING or not found.calls[0].args.get("limit"):
        return False
    call = found.calls[0]
    return call.name == "find_customers" or call.args.get("by") == ["customer"]


def _is_theirs(found: Plan, best: Plan, dialogue: Dialogue) -> bool:
    """Whether what is asked is measured of them, by something."""
    (last,) = after(dialogue, best).results[-1:]
    return all(call.name == "measure" and call.args.get("customers") == last.handle and call.args.get("by") for call in found.calls)
