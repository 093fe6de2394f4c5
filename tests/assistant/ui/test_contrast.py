"""Contrast of the page's colours in both themes, by the formulas of WCAG 2.2: 4.5 for text, 3 for what is not text."""

from __future__ import annotations

import re

import pytest

from assistant.ui.charts import COLORS
from assistant.ui.theme import read_static

GROUNDS = ("page", "surface", "sunken", "accent-soft", "amber-soft")
TEXTS = ("ink", "ink-2", "ink-3", "accent-ink", "amber", "red")


def _themes() -> dict[str, dict[str, str]]:
    found = re.findall(r"\{([^{}]*--fq-page:[^{}]*)\}", read_static("app.css"))
    colours = [dict(re.findall(r"--fq-([\w-]+): (#[0-9a-f]{6})", block)) for block in found]
    return dict(zip(("light", "dark"), colours, strict=True))


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


THEMES = _themes()


def test_the_formula_gives_the_published_extremes() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_is_legible(theme: str, text: str, ground: str) -> None:
    colours = THEMES[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize(("theme", "label"), [("light", "#ffffff"), ("dark", "#06231e")])
def test_the_labels_of_filled_buttons_are_legible(theme: str, label: str) -> None:
    assert contrast(THEMES[theme]["accent"], label) >= 4.5
    assert contrast(THEMES[theme]["accent-ink"], label) >= 4.5, "under the pointer"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["page", "surface", "sunken"])
def test_the_focus_ring_is_visible(theme: str, ground: str) -> None:
    assert contrast(THEMES[theme]["accent"], THEMES[theme][ground]) >= 3


@pytest.mark.parametrize("colour", COLORS[:1])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_colour_of_charts_stands_out_in_both_themes(colour: str, theme: str) -> None:
    assert contrast(colour, THEMES[theme]["page"]) >= 3
