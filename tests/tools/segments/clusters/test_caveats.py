"""What is said before anybody acts on clusters, and what to do about each."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from tools.contracts import Text
from tools.rules import Condition
from tools.segments.clusters.caveats import caveats
from tools.segments.clusters.overview import Overview
from tools.segments.clusters.pictures import charts
from tools.segments.clusters.rules import Explanation
from tools.segments.clusters.run import Cluster, Wanted
from tools.segments.clusters.strategy import strategy_of
from tools.segments.clusters.traits import Trait
from tools.segments.playbook import playbook
from tools.warehouse.context import ToolContext

RULE = Condition(field="orders", op=">=", value=5)
CLUSTER = Cluster(
    id="cluster_4",
    name=Text(zh="常客", en="Regulars"),
    sentence=Text(zh="。", en="."),
    customers=400,
    revenue=Decimal("100.00"),
    traits=(Trait("orders", 9.0, 3.0, 2.0),),
    explanation=Explanation(RULE, 0.9, 0.9, 0.9),
    rfm_group=("champions", 0.7),
    is_small=False,
)
GOOD: dict[str, Any] = {
    "silhouette": 0.4,
    "stability": 0.9,
    "noise_share": 0.0,
    "merged": 0,
    "choices": [],
    "chosen": False,
    "themes": ["value"],
}


def _overview(*clusters: Cluster, **quality: Any) -> Overview:
    points = pa.table({"customer_id": ["a", "b"], "cluster": ["cluster_4", None], "x": [0.1234567, 1.0], "y": [0.0, 1.0]})
    return Overview(dt.date(2024, 1, 1), Wanted(), clusters or (CLUSTER,), 1000, Decimal("200.00"), GOOD | quality, points)


def test_good_clusters_need_no_words(ctx: ToolContext) -> None:
    assert caveats(ctx, _overview(), None) == ()


@pytest.mark.parametrize(
    ("quality", "words"),
    [
        ({"silhouette": 0.08}, "regions of a continuum"),
        ({"stability": 0.41}, "stability 0.41"),
        ({"noise_share": 0.25}, "25% of the customers belong to no dense group"),
        ({"merged": 2}, "merged into the nearest: 2"),
    ],
)
def test_weak_clusters_are_told(ctx: ToolContext, quality: dict[str, Any], words: str) -> None:
    found = caveats(ctx, _overview(**quality), None)
    assert len(found) == 1
    assert words in found[0].en
    assert found[0].zh


def test_small_clusters_and_rough_rules_are_named(ctx: ToolContext) -> None:
    small = replace(CLUSTER, is_small=True, explanation=Explanation(None, 0.0, 0.0, 0.0))
    found = [one.en for one in caveats(ctx, _overview(CLUSTER, small), None)]
    assert found[0] == "Too small to act on alone (below 1% of customers, or 30): Regulars."
    assert "rough (fidelity below 60%)" in found[1]
    assert len(caveats(ctx, _overview(CLUSTER, small), CLUSTER)) == 1


def test_the_goal_is_that_of_the_group_most_are_in() -> None:
    found = strategy_of(CLUSTER)
    assert found.group == "champions"
    assert found.goal == playbook()["champions"].goal
    assert found.actions[-1] == playbook()["champions"].actions[0]
    assert "reminders" in found.actions[0].en


def test_without_a_majority_the_traits_set_the_goal() -> None:
    found = strategy_of(replace(CLUSTER, rfm_group=("champions", 0.3)))
    assert found.group == "general"
    assert "what sets them apart" in found.goal.en
    nothing = strategy_of(replace(CLUSTER, rfm_group=None, traits=()))
    assert nothing.goal == playbook()["general"].goal
    assert len(nothing.actions) == 1


def test_noise_is_grey_and_every_cluster_has_its_points() -> None:
    plane, sizes = charts(_overview())
    assert [(trace["name"], trace["x"]) for trace in plane.en["data"]] == [("4 Regulars", [0.123]), ("noise", [1.0])]
    assert plane.zh["data"][1]["name"] == "噪声"
    assert [trace["y"] for trace in sizes.en["data"]] == [[0.4], [0.5]]
