"""How the numbers of a profile are called, for every tool that shows one."""

from __future__ import annotations

from tools.contracts import Text, Unit
from tools.segments.profile import Contrast


def trait_label(one: Contrast) -> Text:
    """What a trait is about: a number, or the share of a value."""
    if one.value is None:
        return one.label
    return Text(zh=f"{one.label.zh}为{one.value.zh}的占比", en=f"share with {one.label.en} {one.value.en}")


def mean_unit(unit: Unit) -> Unit:
    """A mean of counts is a real number, not a count."""
    return Unit.NUMBER if unit in (Unit.COUNT, Unit.SCORE) else unit
