"""Points of known groups."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

Blobs = Callable[..., tuple[np.ndarray, np.ndarray]]


@pytest.fixture
def blobs() -> Blobs:
    """Makes round groups of given sizes around corners of a cube, 8 apart with spread 1: points (single precision), group."""

    def make(sizes: list[int], columns: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        random = np.random.default_rng(seed)
        planted = np.repeat(np.arange(len(sizes)), sizes)
        bits = (np.arange(1, len(sizes) + 1)[:, None] >> np.arange(columns)) & 1
        return (8.0 * bits[planted] + random.normal(0, 1, (len(planted), columns))).astype(np.float32), planted

    return make
