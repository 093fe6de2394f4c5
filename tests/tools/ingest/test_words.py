"""Words of sources to canonical ids: cases as data."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tools.ingest.words import meaning, tidy_word

CASES = yaml.safe_load((Path(__file__).parents[2] / "cases" / "files" / "words.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("section", "expected", "word"),
    [(section, expected, word) for section, entries in CASES.items() for expected, words in entries.items() for word in words],
)
def test_meaning(section, expected, word):
    assert meaning(section, word) == (None if expected == "unknown_word" else expected)


@pytest.mark.parametrize(("word", "tidied"), [(" app ", "app"), ("\u3000微信\u00a0", "微信"), ("N/A", None), ("", None), ("null", None)])
def test_tidy_word(word, tidied):
    assert tidy_word(word) == tidied
