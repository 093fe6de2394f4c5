"""Quick evaluation of small trees, held against the library's own sums."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from tools.models.boosted import MOST_LEAVES, SmallTrees


def fitted(leaves: int = MOST_LEAVES, rows: int = 3000, trees: int = 25) -> tuple[HistGradientBoostingClassifier, np.ndarray]:
    random = np.random.default_rng(3)
    features = random.normal(size=(rows, 5))
    labels = (features[:, 0] * features[:, 1] + np.abs(features[:, 2]) + random.normal(size=rows) > 1).astype(int)
    model = HistGradientBoostingClassifier(max_iter=trees, max_leaf_nodes=leaves, min_samples_leaf=20, random_state=3)
    return model.fit(features, labels), random.normal(size=(500, 5)) * 2


@pytest.mark.parametrize("leaves", [2, 5, MOST_LEAVES])
def test_log_odds_are_the_librarys(leaves: int) -> None:
    model, fresh = fitted(leaves)
    assert SmallTrees(model).log_odds(fresh) == pytest.approx(model.decision_function(fresh), abs=1e-12)


def test_thresholds_themselves_go_the_librarys_way() -> None:
    model, fresh = fitted(trees=5)
    for stage in model._predictors:
        for node in stage[0].nodes:
            if not node["is_leaf"]:
                fresh[:, node["feature_idx"]] = node["num_threshold"]
                assert SmallTrees(model).log_odds(fresh) == pytest.approx(model.decision_function(fresh), abs=1e-12)


def test_without_a_group_is_the_case_with_its_features_replaced() -> None:
    model, fresh = fitted()
    base, groups = np.array([0.3, -0.2, 0.1, 0.0, 1.0]), {"pair": [0, 1], "third": [2], "noise": [3, 4]}
    whole, without = SmallTrees(model).log_odds_without(fresh, base, groups)
    assert whole == pytest.approx(model.decision_function(fresh), abs=1e-12)
    for name, columns in groups.items():
        replaced = fresh.copy()
        replaced[:, columns] = base[columns]
        assert without[name] == pytest.approx(model.decision_function(replaced), abs=1e-12)


def test_one_class_of_leaves_only_gives_the_base() -> None:
    model = HistGradientBoostingClassifier(max_iter=2, min_samples_leaf=20).fit(np.zeros((100, 1)), np.arange(100) % 4 == 0)
    assert SmallTrees(model).log_odds(np.zeros((3, 1))) == pytest.approx(np.log(0.25 / 0.75), abs=1e-6)


def test_larger_trees_are_refused() -> None:
    model, _ = fitted(leaves=9)
    with pytest.raises(ValueError, match="9 leaves; at most 8"):
        SmallTrees(model)
