"""Both schemes hold every case once, as the conventions have it."""

from __future__ import annotations

from itertools import product

import pytest

from tools.segments.schemes import (
    AIPL,
    EIGHT,
    EIGHT_CELLS,
    LIFECYCLE,
    MEMBERSHIP,
    MERGE_WITH,
    RFM,
    RFM_CELLS,
    SCHEMES,
    VALUE_ACTIVITY,
    eight_group,
    group_of,
    rfm_group,
    scheme_of,
    value_names,
)

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
    merged = (RFM, EIGHT, VALUE_ACTIVITY, MEMBERSHIP, LIFECYCLE, AIPL)
    # Prospects have no neighbour, and those who lapsed are not to be treated with those who did not.
    assert set(MERGE_WITH) == {group.id for scheme in merged for group in scheme.groups} - {"prospects", "lifecycle_lapsed"}


NINE = """
high high 明星客户
high middle 骨干客户
high low 休眠大客户
middle high 上升客户
middle middle 中坚客户
middle low 冷却客户
low high 活跃小额客户
low middle 零星客户
low low 边缘客户
"""


def test_nine_cells_are_nine_groups_named_once() -> None:
    cells = [tuple(line.split()) for line in NINE.strip().splitlines()]
    assert [cell[:2] for cell in cells] == list(product(("high", "middle", "low"), repeat=2))
    assert [group.stored for group in VALUE_ACTIVITY.groups] == [f"{value}_{activity}" for value, activity, _ in cells]
    assert [group.name.zh for group in VALUE_ACTIVITY.groups] == [name for _, _, name in cells]
    assert len({group.name.en for group in VALUE_ACTIVITY.groups}) == 9


def test_other_schemes_hold_the_values_of_the_conventions() -> None:
    assert [group.stored for group in MEMBERSHIP.groups] == ["svip", "vip", "regular"]
    assert [group.name.zh for group in MEMBERSHIP.groups] == ["SVIP", "VIP", "普通会员"]
    assert [group.stored for group in LIFECYCLE.groups] == ["new", "retained", "returned", "lapsed"]
    assert [group.stored for group in AIPL.groups] == ["aware", "interest", "purchase", "loyal"]
    for group, word in zip(LIFECYCLE.groups, ("新增", "留存", "回流", "流失"), strict=True):
        assert word in group.name.zh
    for group, word in zip(AIPL.groups, ("认知", "兴趣", "购买", "忠诚"), strict=True):
        assert word in group.name.zh


def test_values_of_fields_have_names() -> None:
    assert value_names("value_level")["high"].zh == "高价值"
    assert value_names("activity_level")["low"].en == "low activity"
    assert value_names("membership_tier")["svip"].en == "SVIP"
    assert value_names("city") == {}
