"""“各年龄段冠军客户占比”, “which income band has the highest share of coupon users”: in each group of one kind, those who are of another.

The groups and who is looked for in them are each read alone. Which part of those looked for is in each group is another question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.planner.asked import Asked
from assistant.planner.asked_parts import asked_alone, ordered, people_of
from assistant.planner.clauses import Rule
from assistant.planner.dialogue import Dialogue
from assistant.planner.intents.in_their_time import of_customers
from assistant.planner.plan import Call, Plan
from assistant.planner.shapes import shape, shapes
from assistant.planner.who import Who

_SECTION = "share_in_each"
_WHO = {"zh": ("{}有多少", "{}的客户有多少"), "en": ("how many {}", "how many customers {}")}
_LONGEST = 9
"""So many characters the name of a grouping may have."""
_LINKS = re.compile(
    r"^(?:来?(?:看|统计|分组?|拆分?|列出?)|分别|的?(?:客户|客群|人群|人)(?=里|中|当中|内|的|,))?(?:里面?|中|当中|内)?[的,]?"
)
_LIGHT = ("stop", "by", "noun", "punctuation")
_EVERYBODY: tuple[Rule | None, ...] = (None, {"all": []}, ordered(None))


def with_share_in_each(asked: Asked) -> Plan | None:
    """The plan of that share in each group; None where none is asked for, or a part is not understood."""
    for named in _cuts(asked):
        by = _groups(asked, named["by"])
        rule = _rule(asked, named) if by is not None else None
        if by is not None and rule is not None:
            share = {"metrics": ["customers"], "by": [by], "customers": Who(rule).as_customers(), "share_of": ["customers"]}
            return Plan((Call("measure", share | ({"sort": _sort(named["end"])} if named.get("end") else {})),))
    return None


def _cuts(asked: Asked) -> Iterator[dict[str, str]]:
    """The words for the groups, for who is looked for in them and for the end of a ranking, in each way the question may be cut."""
    for frame in shapes(_SECTION, asked.language):
        said = frame.search(asked.bare)
        if said is None:
            continue
        named = {name: words for name, words in said.groupdict(default="").items() if words}
        both, rest = named.pop("both", ""), named.pop("rest", "")
        if not both and not rest:
            yield named
        for joint in reversed(list(shape(_SECTION, "en_joint").finditer(rest))):
            yield named | {"group": rest[: joint.start()], "by": rest[joint.end() :]}
        # In Chinese nothing stands between the two.
        for at in range(min(_LONGEST, len(both)), 1, -1):
            yield named | {"by": both[:at], "group": _LINKS.sub("", both[at:])}


def _groups(asked: Asked, words: str) -> str | None:
    """The dimension of the groups: a property of customers, and nothing beside it."""
    found: set[str] = set()
    for token in asked.sentence(words.strip(" ,")).tokens:
        dimension = token.get("dimension")
        if dimension is not None and of_customers(dimension.id):
            found.add(dimension.id)
        elif not any(token.is_(kind) for kind in _LIGHT):
            return None
    return found.pop() if len(found) == 1 else None


def _rule(asked: Asked, named: dict[str, str]) -> Rule | None:
    """Who is looked for; None where that is everybody, or those of an earlier answer."""
    who, did = _WHO[asked.language]
    words = (named.get("group") or named.get("did", "")).strip(" ,")
    if not words or shape("part_of_group", "earlier").search(words):
        return None
    call = asked_alone((who if "group" in named else did).format(words), lambda said: asked.read_in(said, Dialogue()))
    rule = people_of(call, asked.vocabulary.as_of)
    return rule if rule not in _EVERYBODY else None


def _sort(end: str) -> str:
    return "smallest" if shape(_SECTION, "least").search(end) else "largest"
