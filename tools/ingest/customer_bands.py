"""Bands of age and income for customers whose source gave numbers or birth dates; bands given as text stay as they are."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from tools.warehouse.context import latest_date
from tools.warehouse.engine import Engine

AGE_BANDS = ((18, "under 18"), (25, "18-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))
"""First age that is too old for a band, and the band; from 65 on it is "65+"."""

OLDEST_BAND = "65+"


def fill_bands(engine: Engine) -> None:
    """Compute age and bands where they are missing; ages are those at the data's last date."""
    as_of = latest_date(engine) or dt.datetime.now(dt.UTC).date()
    engine.execute(
        """
        UPDATE customers
        SET age = date_sub('year', birth_date, $as_of)
        WHERE birth_date IS NOT NULL AND age IS DISTINCT FROM date_sub('year', birth_date, $as_of)
          AND date_sub('year', birth_date, $as_of) BETWEEN 1 AND 120
        """,
        {"as_of": as_of},
    )
    cases = " ".join(f"WHEN age < {limit} THEN '{band}'" for limit, band in AGE_BANDS)
    computed = ", ".join(f"'{band}'" for band in (*(band for _, band in AGE_BANDS), OLDEST_BAND))
    engine.execute(
        f"""
        UPDATE customers SET age_band = CASE {cases} ELSE '{OLDEST_BAND}' END
        WHERE age IS NOT NULL AND (age_band IS NULL OR age_band IN ({computed}))
        """
    )
    _fill_income_bands(engine)


def _fill_income_bands(engine: Engine) -> None:
    """Fifths of the known incomes, with edges of two significant digits, so that any currency gets readable bands."""
    found = engine.rows(
        """
        SELECT quantile_cont(income, [0.2, 0.4, 0.6, 0.8]) FROM customers WHERE income IS NOT NULL AND income_band IS NULL
        """
    )[0][0]
    if not found:
        return
    edges = sorted({_two_digits(float(edge)) for edge in found})
    names = [f"under {edges[0]:,}", *(f"{low:,}-{high:,}" for low, high in pairwise(edges)), f"{edges[-1]:,}+"]
    cases = " ".join(f"WHEN income < {edge} THEN '{name}'" for edge, name in zip(edges, names, strict=False))
    engine.execute(
        f"UPDATE customers SET income_band = CASE {cases} ELSE '{names[-1]}' END WHERE income IS NOT NULL AND income_band IS NULL"
    )


def _two_digits(value: float) -> int:
    step = 10 ** max(len(str(int(value))) - 2, 0)
    return max(int(round(value / step) * step), 1)
