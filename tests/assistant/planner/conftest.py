"""A vocabulary of a small retailer."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assistant.planner.vocabulary import Vocabulary, make_vocabulary

VALUES = Path(__file__).parents[2] / "cases" / "planner" / "values.yaml"


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    table = yaml.safe_load(VALUES.read_text(encoding="utf-8"))
    return make_vocabulary(table["as_of"], table["values"], table["levels"])
