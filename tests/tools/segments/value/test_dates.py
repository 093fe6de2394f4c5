"""Errors of expected dates, by hand."""

from __future__ import annotations

import numpy as np

from tools.segments.value.dates import _errors


def test_errors_are_of_the_gaps_that_ended() -> None:
    found = _errors(np.array([10.0, 20.0, 30.0]), np.array([14.0, 20.0, 90.0]), np.array([True, True, False]))
    assert found == {"mean_error_days": 2.0, "mean_error_days_of_one_gap_for_all": 3.0}


def test_where_no_gap_has_ended_there_are_no_errors() -> None:
    assert _errors(np.array([10.0]), np.array([14.0]), np.array([False])) == {}
