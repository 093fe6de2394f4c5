"""Categories beside departments are the finer level of goods."""

from __future__ import annotations

from dataclasses import replace

from assistant.planner.sentence import Sentence
from assistant.planner.tokens import Sense, Token

_CATEGORIES = ("品类", "类目", "小类", "category", "categories")
_DEPARTMENTS = ("部门", "大类", "department", "departments")


def with_finer(sentence: Sentence) -> None:
    """“每个部门里卖得最好的品类”: categories beside departments are the finer ones."""
    departments = any(one.is_("dimension", "category") and one.text.endswith(_DEPARTMENTS) for one in sentence.tokens)
    if departments and "subcategory" in sentence.vocabulary.values:
        sentence.tokens = [_finer(token) for token in sentence.tokens]


def _finer(token: Token) -> Token:
    if not token.is_("dimension", "category") or token.is_("value") or not token.text.endswith(_CATEGORIES):
        return token
    return replace(token, senses=tuple(Sense("dimension", "subcategory") if one.id == "category" else one for one in token.senses))
