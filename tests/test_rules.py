"""Rules are data: they survive JSON, and what is not a rule is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from tools.rules import EVERYONE, AllOf, Behaviour, Condition, NotRule, SegmentRule, Selection

RULES: TypeAdapter[SegmentRule] = TypeAdapter(SegmentRule)


@pytest.mark.parametrize(
    "rule",
    [
        {"field": "recency_days", "op": ">", "value": 30},
        {"field": "gender", "op": "is unknown"},
        {"segment": "champions"},
        {"not": {"any": [{"segment": "lost"}, {"field": "orders", "op": "between", "value": [1, 2]}]}},
        {"all": [{"behaviour": "amount", "op": ">=", "value": 2000, "window": {"last_days": 365}, "where": {"category": ["DELI"]}}]},
    ],
)
def test_json_round_trip(rule: dict[str, Any]) -> None:
    parsed = RULES.validate_python(rule)
    assert RULES.validate_json(RULES.dump_json(parsed)) == parsed


def test_kinds_are_told_apart_by_their_keys() -> None:
    parsed = RULES.validate_python(
        {"all": [{"not": {"field": "orders", "op": "=", "value": 0}}, {"behaviour": "orders", "op": ">", "value": 1}]}
    )
    assert isinstance(parsed, AllOf)
    first, second = parsed.all
    assert isinstance(first, NotRule)
    assert isinstance(first.not_, Condition)
    assert isinstance(second, Behaviour)


@pytest.mark.parametrize(
    "rule", [{}, {"sql": "1=1"}, {"field": "orders", "op": "like", "value": "x"}, {"segment": "a", "extra": 1}, "orders > 1"]
)
def test_other_things_are_refused(rule: object) -> None:
    with pytest.raises(ValidationError, match="validation error"):
        RULES.validate_python(rule)


def test_rules_are_immutable_and_hash_alike() -> None:
    selection = Selection(limit=20)
    assert selection.rule == EVERYONE
    with pytest.raises(ValidationError, match="frozen"):
        selection.limit = 3  # type: ignore[misc]
