"""Equal histories collapse, and impossible ones are refused."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.lifetime.counts import Counts, checked, collapse


def test_equal_rows_are_one_row_with_a_weight() -> None:
    found = collapse([1, 0, 1, 1], [2, 0, 2, 3], [5, 5, 5, 5])
    rows = sorted(zip(found.x.tolist(), found.t_x.tolist(), found.age.tolist(), found.weights.tolist(), strict=True))
    assert rows == [(0, 0, 5, 1), (1, 2, 5, 2), (1, 3, 5, 1)]
    assert found.customers == 4


def test_weights_of_equal_rows_add_up() -> None:
    found = collapse([0, 0], [0, 0], [7, 7], [3, 4])
    assert (len(found), found.weights.tolist()) == (1, [7])


def test_a_million_rows_collapse_as_numpy_unique_does() -> None:
    random = np.random.default_rng(1)
    x = random.integers(0, 4, 5000).astype(float)
    age = random.integers(1, 9, 5000).astype(float)
    t_x = np.where(x > 0, np.minimum(random.integers(0, 9, 5000), age), 0.0)
    rows, sizes = np.unique(np.column_stack([x, t_x, age]), axis=0, return_counts=True)
    found = collapse(x, t_x, age)
    assert np.column_stack([found.x, found.t_x, found.age]).tolist() == rows.tolist()
    assert found.weights.tolist() == sizes.tolist()


def test_the_published_file_holds_its_2357_customers(cdnow: Counts) -> None:
    assert cdnow.customers == 2357
    assert cdnow.weights[cdnow.x > 0].sum() == 946


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (([], [], []), "at least one row"),
        (([1, 2], [1], [3, 3]), "one length"),
        (([-1], [0], [3]), "a history needs"),
        (([1], [4], [3]), "a history needs"),
        (([0], [1], [3]), "t_x = 0 where x = 0"),
        (([1], [np.nan], [3]), "finite"),
    ],
)
def test_impossible_histories_are_refused(row: tuple[list[float], list[float], list[float]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        checked(*row)
