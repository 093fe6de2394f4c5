from __future__ import annotations

import pytest

from tools.metrics.catalogue import attribute_dimension, catalogue
from tools.metrics.ordering import Ranking, arranged, dimension_key, is_natural, natural_key
from tools.metrics.results import Group, Run


@pytest.mark.parametrize(
    "ordered",
    [
        ["Under 15K", "15-24K", "25-34K", "100-124K", "250K+"],
        ["< 18", "18-24", "25-34", "65+"],
        ["0", "1", "2", "3+"],
        ["1万以下", "1万-3万", "3万-10万", "10万以上"],
        ["500-999", "1K-5K", "1M+"],
        ["1,000-1,999", "2,000+"],
        ["Campaign 1", "Campaign 2", "Campaign 10"],
        ["18-24", "unknown"],
    ],
)
def test_bands_go_by_their_first_number(ordered: list[str]) -> None:
    backwards = ordered[::-1]
    assert sorted(backwards, key=natural_key) == ordered


def test_attributes_are_bands_when_most_values_have_numbers() -> None:
    attribute = attribute_dimension("size")
    assert is_natural(attribute, ["1", "2", "3+", "unknown"])
    assert not is_natural(attribute, ["Owner", "Renter", "Flat 3"])
    assert not is_natural(catalogue().dimension("category"), ["7UP", "3M"])


def test_days_of_the_week_go_from_monday() -> None:
    key = dimension_key(catalogue().dimension("weekday"))
    assert sorted(["Sunday", "Friday", "Monday"], key=key) == ["Monday", "Friday", "Sunday"]


def _run(*groups: tuple[tuple[str, ...], int | None]) -> Run:
    return Run([Group(keys, tuple(None for _ in keys), {"orders": value}) for keys, value in groups], len(groups))


def test_few_groups_without_an_order_are_the_largest() -> None:
    run = _run((("2024-01",), 1), (("2024-02",), 5), (("2024-03",), None))
    month, orders = [catalogue().dimension("month")], Ranking(catalogue().metric("orders"))
    smallest = Ranking(catalogue().metric("orders"), "smallest")
    assert [group.keys[0] for group in arranged(run, month, orders, None)] == ["2024-01", "2024-02", "2024-03"]
    assert [group.keys[0] for group in arranged(run, month, orders, 1)] == ["2024-02", "2024-01", "2024-03"]
    assert [group.keys[0] for group in arranged(run, month, smallest, None)] == ["2024-01", "2024-02", "2024-03"]


def test_two_dimensions_each_in_its_own_order() -> None:
    run = _run((("Tea", "25-34"), 1), (("Cake", "25-34"), 7), (("Tea", "18-24"), 3), (("Cake", "18-24"), 2))
    by = [catalogue().dimension("category"), catalogue().dimension("age_band")]
    found = [group.keys for group in arranged(run, by, Ranking(catalogue().metric("orders")), None)]
    assert found == [("Cake", "18-24"), ("Cake", "25-34"), ("Tea", "18-24"), ("Tea", "25-34")]
