"""Both schemes hold every case once, as the conventions have it."""

from __future__ import annotations

from itertools import product

import pytest

from tools.segments.schemes import EIGHT, EIGHT_CELLS, MERGE_WITH, RFM, RFM_CELLS, SCHEMES, eight_group, group_of, rfm_group, scheme_of

TABLE = """
5 new potential_loyal potential_loyal champions champions
4 promising potential_loyal loyal champions champions
3 about_to_sleep needs_attention needs_attention loyal loyal
2 hibernating about_to_sleep at_risk at_risk cannot_lose
1 lost hibernating at_risk cannot_lose cannot_lose
"""
CELLS = [(int(line.split()[0]), fm, group) for line in TABLE.strip().splitlines() for fm, group in enumerate(line.split()[1:], start=1)]
EIGHT_TABLE = [
    ("high high high", "key_value", "重要价值客户"),
    ("low high high", "key_keep", "重要保持客户"),
    ("high low high", "key_develop", "重要发展客户"),
    ("low low high", "key_retain", "重要挽留客户"),
    ("high high low", "general_value", "一般价值客户"),
    ("low high low", "general_keep", "一般保持客户"),
    ("high low low", "general_develop", "一般发展客户"),
    ("low low low", "general_retain", "一般挽留客户"),
]
CHINESE = {
    "champions": "冠军客户",
    "loyal": "忠诚客户",
    "potential_loyal": "潜力忠诚客户",
    "new": "新客户",
    "promising": "有希望客户",
    "needs_attention": "需关注客户",
    "about_to_sleep": "即将沉睡客户",
    "at_risk": "流失风险客户",
    "cannot_lose": "不可流失客户",
    "hibernating": "沉睡客户",
    "lost": "流失客户",
    "prospects": "未下单客户",
}


@pytest.mark.parametrize(("recency", "fm", "group"), CELLS)
def test_every_cell(recency: int, fm: int, group: str) -> None:
    assert rfm_group(recency, fm) == group


def test_25_cells_hold_every_group_but_prospects() -> None:
    assert len(CELLS) == 25
    assert {(r, fm) for r in RFM_CELLS for fm in range(1, 6)} == set(product(range(1, 6), range(1, 6)))
    assert {group for row in RFM_CELLS.values() for group in row} | {"prospects"} == {group.id for group in RFM.groups}


@pytest.mark.parametrize(("levels", "group", "name"), EIGHT_TABLE)
def test_every_combination(levels: str, group: str, name: str) -> None:
    high = [level == "high" for level in levels.split()]
    assert eight_group(*high) == group
    assert next(one for one in EIGHT.groups if one.id == group).name.zh == name


def test_eight_combinations_are_eight_groups() -> None:
    assert set(EIGHT_CELLS) == set(product((True, False), repeat=3))
    assert sorted(EIGHT_CELLS.values()) == sorted(group.id for group in EIGHT.groups)


def test_chinese_names() -> None:
    assert {group.id: group.name.zh for group in RFM.groups} == CHINESE


def test_ids_and_names_are_unique() -> None:
    groups = [group for scheme in SCHEMES.values() for group in scheme.groups]
    for values in ([group.id for group in groups], [group.name.zh for group in groups], [group.name.en for group in groups]):
        assert len(values) == len(set(values))


def test_groups_are_found_by_id() -> None:
    assert scheme_of("key_keep") is EIGHT
    assert scheme_of("nothing") is None
    champions = group_of("champions")
    assert champions is not None
    assert champions.name.en == "Champions"
    assert group_of("nothing") is None


def test_merges_stay_within_a_scheme() -> None:
    for small, target in MERGE_WITH.items():
        assert scheme_of(small) is scheme_of(target)
        assert small != target
    assert set(MERGE_WITH) == {group.id for scheme in (RFM, EIGHT) for group in scheme.groups} - {"prospects"}
