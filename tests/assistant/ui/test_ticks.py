from __future__ import annotations

import pytest

from assistant.ui.ticks import nice_ticks, speak_ticks, spoken


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (0, "¥0", "¥0"),
        (20000, "¥2万", "¥20K"),
        (2_500_000, "¥250万", "¥2.5M"),
        (150_000_000, "¥1.5亿", "¥150M"),
        (-30000, "-¥3万", "-¥30K"),
    ],
)
def test_a_tick_has_the_units_of_its_language(value: float, zh: str, en: str) -> None:
    assert spoken(value, "zh", "¥") == zh
    assert spoken(value, "en", "¥") == en


def test_ticks_are_round_and_reach_over_the_highest_value() -> None:
    assert list(nice_ticks(0, 92_800)) == [0, 20_000, 40_000, 60_000, 80_000, 100_000]
    assert list(nice_ticks(-5, 10)) == [-5, 0, 5, 10]
    assert list(nice_ticks(3, 3)) == []


def test_the_value_axis_speaks_and_the_prefix_is_in_the_words() -> None:
    figure = {"data": [{"type": "bar", "x": ["a", "b"], "y": [40_000, 92_800]}], "layout": {"yaxis": {"tickprefix": "¥"}}}
    speak_ticks(figure, "zh")
    axis = figure["layout"]["yaxis"]  # type: ignore[index]
    assert axis["ticktext"] == ["¥0", "¥2万", "¥4万", "¥6万", "¥8万", "¥10万"]
    assert "tickprefix" not in axis


def test_lying_bars_have_their_values_below() -> None:
    figure = {"data": [{"type": "bar", "orientation": "h", "y": ["a"], "x": [5000]}], "layout": {}}
    speak_ticks(figure, "en")
    assert figure["layout"]["xaxis"]["ticktext"][-1] == "5K"  # type: ignore[index]


@pytest.mark.parametrize("axis", [{"tickformat": ".0%"}, {"tickvals": [1]}])
def test_shares_and_chosen_ticks_stay(axis: dict[str, object]) -> None:
    figure = {"data": [{"type": "bar", "x": ["a"], "y": [5000]}], "layout": {"yaxis": dict(axis)}}
    speak_ticks(figure, "zh")
    assert figure["layout"]["yaxis"] == axis


def test_stacked_bars_count_together() -> None:
    bars = [{"type": "bar", "x": ["a"], "y": [value]} for value in (40_000, 50_000)]
    figure = {"data": bars, "layout": {"barmode": "stack"}}
    speak_ticks(figure, "en")
    assert figure["layout"]["yaxis"]["tickvals"][-1] == 100_000  # type: ignore[index]
