"""Pairs of items by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tools.models.pairs import affinities, count_pairs, lifts, rank_items

# Four customers: a and b together twice, c alone once, a alone once.
CUSTOMERS = np.array([0, 0, 1, 1, 2, 3])
ITEMS = np.array([0, 1, 0, 1, 2, 0])


def test_counts_by_hand() -> None:
    counts = count_pairs(CUSTOMERS, ITEMS, 3)
    assert counts.tolist() == [[3, 2, 0], [2, 2, 0], [0, 0, 1]]


def test_counts_over_several_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.models.pairs.BLOCK", 2)
    shuffled = np.array([5, 2, 0, 4, 1, 3])
    assert count_pairs(CUSTOMERS[shuffled], ITEMS[shuffled], 3).tolist() == [[3, 2, 0], [2, 2, 0], [0, 0, 1]]


def test_lift_by_hand() -> None:
    found = lifts(count_pairs(CUSTOMERS, ITEMS, 3), 4, cautious=False)
    # Two of three buyers of a bought b, which two of four customers bought: (2/3) / (2/4).
    assert found[0, 1] == pytest.approx(4 / 3)
    assert found[1, 0] == pytest.approx((2 / 2) / (3 / 4))
    assert found[0, 2] == 0
    assert np.diagonal(found).tolist() == [1, 1, 1]


def test_rare_pairs_do_not_win() -> None:
    # One customer bought two rare items: lift 1000. Forty of fifty bought a common pair: lift 16.
    counts = np.array([[1.0, 1, 0, 0], [1, 1, 0, 0], [0, 0, 50, 40], [0, 0, 40, 50]])
    plain, cautious = lifts(counts, 1000, cautious=False), lifts(counts, 1000)
    assert plain[0, 1] == pytest.approx(1000.0)
    # Wilson's lower bounds of 1/1 and 40/50 are 0.2065 and 0.6696.
    assert cautious[0, 1] == pytest.approx(206.5, rel=1e-3)
    assert cautious[2, 3] == pytest.approx(13.39, rel=1e-3)


def test_affinity_is_the_product_of_both_shares() -> None:
    found = affinities(count_pairs(CUSTOMERS, ITEMS, 3))
    assert found[0, 1] == found[1, 0] == pytest.approx((2 / 3) * (2 / 2))
    assert np.diagonal(found).tolist() == [1, 1, 1]


def test_ranking_by_hand() -> None:
    ties = np.array([[1.0, 0.5, 0.2], [0.5, 1.0, 0.1], [0.2, 0.1, 1.0]])
    lift = np.array([[1.0, 2.0, 0.5], [2.0, 1.0, 1.5], [0.5, 1.5, 1.0]])
    bought = np.array([[True, False, False], [True, True, False], [False, False, False]])
    found = rank_items(bought, bought, ties, lift, np.array([9.0, 5.0, 7.0]), limit=2)
    assert found.customer.tolist() == [0, 0, 1, 2, 2]
    assert found.place.tolist() == [1, 2, 1, 1, 2]
    # Whoever bought nothing is offered what most buy.
    assert found.item.tolist() == [1, 2, 2, 0, 2]
    assert found.score == pytest.approx([0.5, 0.2, 0.3, 0.0, 0.0])
    # The third item is tied to the first with a lift below 1, so only the second speaks for it.
    assert found.because.tolist() == [0, -1, 1, -1, -1]
