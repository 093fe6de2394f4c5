"""“消费前10%里没用过券的”: those among the best of all that meet a condition, where the best are found first."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.foresight import next_handle
from assistant.planner.plan import PRELUDE, Call, Plan
from assistant.planner.sentence import Sentence
from assistant.planner.who import both

Reads = Callable[[str], "Plan | None"]
_CUTS = ("limit", "share")
_BEST_OF = re.compile(
    r"^(?P<top>.*?(?:前|最|top|头部).*?)的?(?:里面|里边|里头|里|当中|之中|其中|中间|中)的?[, ]*"
    r"(?P<rest>(?:有|谁|哪|没|还|从|不|又|也|是|收|用|买|最近|近|在|\d).*)$"
)
"""Chinese: the best stand first, and what is asked of them after a word for “within”."""
_OF_BEST = re.compile(
    r"^(?P<top>(?:[a-z ]*?)(?:top|best|highest|biggest|largest|lowest|bottom)\b[^,;]*?(?:\d ?%|percent)[^,;]*?),? "
    r"(?P<rest>(?:who|that|which|(?:but |and )?not|(?:but |and )?(?:have|has|did|were|was)(?:nt| not)) .+)$"
)
"""English: “the top 10% by spend who never …”."""
_AMONG = re.compile(
    r"^(?:out )?(?:of|among|amongst|within|from) (?P<top>(?:the |our )?(?:top|best|highest|biggest|largest|bottom)\b[^,;]*?), ?"
    r"(?P<rest>.+)$"
)


def among_best(sentence: Sentence, dialogue: Dialogue, read: Reads) -> Plan | None:
    """The best of all, then those of them that meet the condition; None where the question has no such parts.

    Args:
        sentence: The question.
        dialogue: The conversation so far.
        read: The plan of a part of the question.
    """
    halves = next((found for pattern in (_BEST_OF, _OF_BEST, _AMONG) if (found := pattern.match(sentence.text.strip(" ?.!")))), None)
    if halves is None:
        return None
    best, asked = _cut(read(halves["top"])), _rule(read(_whose(halves["rest"])))
    if best is None or asked is None:
        return None
    within: Rule = {"segment": next_handle(list(dialogue.results))}
    sentence.use(*range(len(sentence.tokens)))
    return Plan((best, Call("find_customers", {"rule": both(within, asked)})), ((PRELUDE, "1"),))


def _cut(found: Plan | None) -> Call | None:
    """The call that lists the best, where the part says nothing else."""
    if found is None or len(found.calls) != 1 or found.calls[0].name != "find_customers":
        return None
    call = found.calls[0]
    return call if any(call.args.get(one) for one in _CUTS) else None


def _rule(found: Plan | None) -> Rule | None:
    """The condition of the part, where it neither orders nor cuts."""
    if found is None or len(found.calls) != 1 or found.calls[0].name != "find_customers":
        return None
    args = found.calls[0].args
    plain = not any(args.get(one) for one in (*_CUTS, "sort_by"))
    return args["rule"] if plain and args.get("rule") not in (None, {"all": []}) else None


def _whose(rest: str) -> str:
    """The second part as a question of its own."""
    if rest.startswith(("who ", "that ", "which ")):
        return f"customers {rest}"
    denied = re.match(r"(?:but |and )?(?P<said>(?:not|have|has|did|were|was).*)", rest)
    return f"customers who {denied['said']}" if denied and rest.isascii() else rest
