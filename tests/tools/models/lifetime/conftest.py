"""The CDNOW sample and what was published about it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from tools.models.lifetime.counts import Counts, Floats

PUBLISHED = Path(__file__).parents[3] / "published"


def _columns(name: str) -> Floats:
    lines = (PUBLISHED / name).read_text(encoding="utf-8").splitlines()
    _, *rows = [line for line in lines if not line.startswith("#")]
    return np.array([[float(cell) for cell in row.split(",")] for row in rows])


@pytest.fixture(scope="session")
def published() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((PUBLISHED / "cdnow.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def cdnow() -> Counts:
    return Counts(*_columns("cdnow_counts.csv").T)


@pytest.fixture(scope="session")
def cdnow_spend() -> Floats:
    """Columns: orders, mean value, customers."""
    return _columns("cdnow_spend.csv")
