"""Which items the same customers buy: counts of pairs, and how much more often than by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tools.models.evaluation import Floats

BLOCK = 4096
"""Customers whose purchases are laid out as a matrix at a time."""
_Z = 1.959963984540054


def count_pairs(customers: NDArray[np.int64], items: NDArray[np.int64], count: int) -> Floats:
    """Customers who bought both items, for every pair; on the diagonal those who bought the item.

    Args:
        customers: shape (purchases,), numbers from 0, each (customer, item) once
        items: shape (purchases,), numbers from 0 to ``count`` - 1
        count: number of items

    Returns:
        shape (count, count), symmetric
    """
    found = np.zeros((count, count))
    order = np.argsort(customers, kind="stable")
    customers, items = customers[order], items[order]
    last = int(customers[-1]) + 1 if len(customers) else 0
    for start in range(0, last, BLOCK):
        low, high = np.searchsorted(customers, [start, start + BLOCK])
        bought = np.zeros((BLOCK, count), dtype=np.float32)
        bought[customers[low:high] - start, items[low:high]] = 1.0
        found += bought.T @ bought
    return found


def lifts(counts: Floats, population: int, cautious: bool = True) -> Floats:
    """How many times more often buyers of the row's item bought the column's item than customers do on average.

    Args:
        counts: of :func:`count_pairs`
        population: customers in all
        cautious: with the lower bound of the share (Wilson 1927) in place of the share, so that a rare pair does not win by chance

    Returns:
        shape (count, count); 1 on the diagonal
    """
    buyers = np.diagonal(counts).astype(np.float64)
    share = counts / np.maximum(buyers[:, None], 1.0)
    if cautious:
        share = _lower(share, np.maximum(buyers[:, None], 1.0))
    found: Floats = share / np.maximum(buyers[None, :] / population, 1e-12)
    np.fill_diagonal(found, 1.0)
    return found


def _lower(share: Floats, cases: Floats) -> Floats:
    spread = _Z * np.sqrt(share * (1.0 - share) / cases + _Z**2 / (4.0 * cases**2))
    bound: Floats = np.maximum((share + _Z**2 / (2.0 * cases) - spread) / (1.0 + _Z**2 / cases), 0.0)
    return bound


def affinities(counts: Floats) -> Floats:
    """Share of the row's buyers who bought the column's item times the reverse: 1 for the same customers, 0 for none in common.

    The square of the cosine between two items; unlike lift it does not grow as items get rarer.
    """
    buyers = np.maximum(np.diagonal(counts).astype(np.float64), 1.0)
    return np.asarray(counts**2 / np.outer(buyers, buyers), dtype=np.float64)


@dataclass(frozen=True)
class Ranked:
    """Items in order for each customer, flat: one entry per customer and place.

    Args:
        customer: Number of the customer.
        place: From 1.
        item: Number of the item.
        score: How strongly it is tied to what the customer bought; 0 where it is merely the most bought of the rest.
        because: Number of the bought item that speaks most for it, by tie x (lift - 1); -1 where none has a lift above 1.
    """

    customer: NDArray[np.int64]
    place: NDArray[np.int64]
    item: NDArray[np.int64]
    score: Floats
    because: NDArray[np.int64]


def rank_items(bought: NDArray[np.bool_], barred: NDArray[np.bool_], ties: Floats, lift: Floats, buyers: Floats, limit: int) -> Ranked:
    """The items most strongly tied to what each customer bought; among equal ones, those with most buyers.

    Args:
        bought: shape (customers, items)
        barred: shape (customers, items), items that are not to be offered
        ties: shape (items, items), the row's weight for the column, such as :func:`affinities`
        lift: shape (items, items), of :func:`lifts`
        buyers: shape (items,)
        limit: items per customer, at most
    """
    score = bought.astype(np.float32) @ ties.astype(np.float32)
    # Popularity only decides between equal ties, so it must stay below any real one.
    order = np.where(barred, -np.inf, score.astype(np.float64) + 1e-9 * buyers / max(float(buyers.max(initial=1.0)), 1.0))
    top = np.argsort(-order, axis=1, kind="stable")[:, :limit]
    kept = np.isfinite(np.take_along_axis(order, top, axis=1))
    reasons = (ties * np.maximum(lift - 1.0, 0.0)).astype(np.float32)
    np.fill_diagonal(reasons, 0.0)
    because = np.full(top.shape, -1, dtype=np.int64)
    for column in range(top.shape[1]):
        strength = bought * reasons[:, top[:, column]].T
        best = strength.argmax(axis=1)
        because[:, column] = np.where(np.take_along_axis(strength, best[:, None], axis=1)[:, 0] > 0, best, -1)
    customer, place = np.nonzero(kept)
    return Ranked(customer, place + 1, top[kept], np.take_along_axis(score, top, axis=1)[kept].astype(np.float64), because[kept])
