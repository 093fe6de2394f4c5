"""Rules and the sentences they read back as, as data."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from tools.contracts import Text
from tools.errors import UnknownName
from tools.rules import InSegment, SegmentRule, Selection
from tools.segments.sentences import describe_rule, describe_selection

RULE: TypeAdapter[SegmentRule] = TypeAdapter(SegmentRule)
CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "segments" / "sentences.yaml").read_text(encoding="utf-8"))
AS_OF = dt.date(2018, 1, 1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.get("en", "fails"))
def test_sentence(case: dict[str, Any]) -> None:
    rule = RULE.validate_python(case["rule"])
    if case.get("fails"):
        with pytest.raises(UnknownName, match="There is no field named"):
            describe_rule(rule, AS_OF)
        return
    found = describe_rule(rule, AS_OF)
    assert found.en == case["en"]
    assert found.zh == case["zh"]


@pytest.mark.parametrize(
    ("selection", "en", "zh"),
    [
        (
            {"sort_by": "churn_probability", "limit": 20},
            "the 20 customers with the highest churn probability",
            "全部客户中流失概率最高的20位",
        ),
        (
            {"rule": {"segment": "lost"}, "sort_by": "amount", "limit": 5, "descending": False},
            "the 5 with the lowest total spend among customers in the segment Lost",
            "流失客户中累计消费额最低的5位",
        ),
        ({"rule": {"segment": "lost"}}, "customers in the segment Lost", "流失客户"),
    ],
)
def test_selection(selection: dict[str, Any], en: str, zh: str) -> None:
    found = describe_selection(Selection.model_validate(selection), AS_OF)
    assert (found.en, found.zh) == (en, zh)


def test_relative_windows_without_a_date_have_no_dates() -> None:
    rule = RULE.validate_python({"behaviour": "orders", "op": ">=", "value": 1, "window": {"last_days": 30}})
    assert describe_rule(rule) == Text(zh="最近30天下过单的客户", en="customers who ordered in the last 30 days")


def test_names_of_saved_segments() -> None:
    names = {"vips": Text(zh="贵宾", en="VIPs")}
    assert describe_rule(InSegment(segment="vips"), names=names) == Text(zh="属于贵宾的客户", en="customers in the segment VIPs")
    assert describe_rule(InSegment(segment="other")).en == 'customers in the segment "other"'


def test_a_cluster_in_a_condition_is_called_by_its_name() -> None:
    names = {"cluster_2": Text(zh="晚间囤货型客户", en="Evening stockpilers")}
    rule = RULE.validate_python({"field": "cluster", "op": "=", "value": "cluster_2"})
    assert describe_rule(rule, names=names) == Text(zh="晚间囤货型客户", en="customers in the segment Evening stockpilers")
    other = RULE.validate_python({"field": "cluster", "op": "!=", "value": "cluster_2"})
    assert describe_rule(other, names=names).zh == "不属于晚间囤货型客户的客户"
