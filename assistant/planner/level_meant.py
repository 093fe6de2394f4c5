"""“各品类的销售额”, "top categories": which level of goods a word is taken for, told where the data have a finer one."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.planner.normalise import normalise
from assistant.planner.plan import LEVEL, Plan
from assistant.planner.vocabulary import Vocabulary

_WIDE = re.compile(r"(?<!子)品类|大类|(?<!sub)(?<!sub )\bcategor(?:y|ies)\b")
_FINE = re.compile(r"部门|子类目|小类|子品类|\bdepartments?\b|\bdepts?\b|\bsub ?categor(?:y|ies)\b")


def with_level(found: Plan, question: str, vocabulary: Vocabulary) -> Plan:
    """The plan with a note of the level, where goods are grouped by the wide one and the word may well mean the finer one."""
    if not vocabulary.values.get("subcategory") or not any("category" in call.args.get("by", ()) for call in found.calls):
        return found
    text = normalise(question)
    said = _WIDE.search(text)
    return found if said is None or _FINE.search(text) else replace(found, notes=(*found.notes, (LEVEL, said[0])))
