"""Percentiles of the values behind a mean: metrics of their own, named such as average_order_value_p90."""

from __future__ import annotations

import re

from tools.contracts import Text, Unit
from tools.metrics.entries import Form, Metric, Spread

_NAME = re.compile(r"(?P<base>[a-z_]+)_p(?P<percent>[1-9]\d?)")
_MEDIAN = 50


def split_name(name: str) -> tuple[str, int] | None:
    """The metric and the percentile that an id such as average_order_value_p90 names."""
    found = _NAME.fullmatch(name)
    return (found["base"], int(found["percent"])) if found else None


def percentile_metric(base: Metric, percent: int) -> Metric:
    """The percentile of the values behind ``base``, which has a spread; percentiles interpolate."""
    assert base.spread is not None
    name = _name(base.spread, percent)
    return Metric(
        id=f"{base.id}_p{percent}",
        name=name,
        definition=Text(
            zh=f"{base.spread.name.zh}从小到大排列时，有 {percent}% 不超过该值（线性插值）。",
            en=f"{percent} % of the values ({base.spread.name.en}) are at most this, interpolated.",
        ),
        unit=base.unit,
        window=base.window,
        needs=base.needs,
        forms=tuple(_form(form, percent, base.unit) for form in base.spread.forms),
    )


def _name(spread: Spread, percent: int) -> Text:
    if percent == _MEDIAN:
        return Text(zh=f"{spread.name.zh}中位数", en=f"median {spread.name.en}")
    return Text(zh=f"{spread.name.zh}的{percent}分位数", en=f"{percent}{_suffix(percent)} percentile of {spread.name.en}")


def _suffix(number: int) -> str:
    return "th" if number // 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _form(form: Form, percent: int, unit: Unit) -> Form:
    # Between two exact decimals the database cuts the interpolated value off instead of rounding it.
    quantile = f"quantile_cont(CAST({form.sql} AS DOUBLE), {percent / 100})"
    return form.model_copy(update={"sql": f"CAST({quantile} AS DECIMAL(18, 2))" if unit is Unit.MONEY else quantile})
