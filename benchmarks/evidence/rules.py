"""Readable trees beside scikit-learn's of the same depth, on later periods of the demo and on data whose rules are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from benchmarks.evidence.rows import EvidenceRow
from tools.models.evaluation import auc
from tools.models.rates import design_effect, wilson
from tools.models.tree import Feature, RuleTree
from tools.segments.trees.cases import read_parts
from tools.segments.trees.columns import feature_names, lacking_names, steady_names, to_features
from tools.segments.trees.targets import TARGETS
from tools.settings import Settings
from tools.warehouse.context import open_context
from tools.warehouse.warehouse import Warehouse

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

MODEL = "Decision tree"
ASKED = (("churn", 30, 3), ("high_value", 90, 3), ("response", 90, 3), ("response", 90, 4))
LEAST_LEAF, LEAST_SHARE = 50, 0.02
PEER = f"scikit-learn {version('scikit-learn')} tree, same depth and leaf size"


@dataclass(frozen=True)
class Pair:
    """AUC and leaves of both trees."""

    ours: float
    theirs: float
    leaves: int
    their_leaves: int


def evidence(demo: Path, folder: Path) -> list[EvidenceRow]:
    """All rows."""
    del folder
    return [*_on_the_demo(demo), *_crossed(), _on_noise(), _coverage()]


def _on_the_demo(demo: Path) -> list[EvidenceRow]:
    rows = []
    with open_context(Warehouse(demo, Settings(threads=2))) as ctx:
        for target, days, depth in ASKED:
            names = feature_names(ctx)
            parts = read_parts(ctx, TARGETS[target], days, names)
            names = steady_names(names, *parts.history)
            lacking = lacking_names(parts.fit.rows, parts.held.rows)
            fit, held = (to_features(one.rows, names, lacking) for one in (parts.fit, parts.held))
            ids = parts.fit.rows.column("customer_id").combine_chunks().dictionary_encode().indices.to_numpy()
            pair = _compare(fit, parts.fit.labels, held, parts.held.labels, depth, design_effect(ids, parts.fit.labels))
            data = f"demo, {target}, {days} days, {len(parts.held.labels):,} later cases, depth {depth}"
            rows += _pair_rows(pair, data, str(parts.held_cut_off))
    return rows


def _pair_rows(pair: Pair, data: str, cut_off: str) -> list[EvidenceRow]:
    return [
        EvidenceRow(MODEL, data, cut_off, "AUC of the leaves' rates", f"{pair.ours:.3f}", PEER, f"{pair.theirs:.3f}"),
        EvidenceRow(MODEL, data, cut_off, "rules to read", str(pair.leaves), PEER, str(pair.their_leaves)),
    ]


def _compare(fit: Sequence[Feature], labels: Labels, held: Sequence[Feature], truth: Labels, depth: int, repeats: float) -> Pair:
    least = max(LEAST_LEAF, int(LEAST_SHARE * len(labels)))
    tree = RuleTree(depth, least, repeats).fit(fit, labels)
    rates = np.array([leaf.positives / leaf.cases for leaf in tree.leaves_])[tree.apply(held)]
    peer = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=least, random_state=0).fit(_matrix(fit, fit), labels)
    theirs = peer.predict_proba(_matrix(held, fit))[:, 1]
    return Pair(auc(truth, rates), auc(truth, theirs), len(tree.leaves_), int(peer.get_n_leaves()))


def _matrix(features: Sequence[Feature], fitted: Sequence[Feature]) -> Floats:
    """Numbers as they are, categories of the fit as columns of zero and one: what scikit-learn's tree takes."""
    columns: list[Floats] = []
    for feature, known in zip(features, fitted, strict=True):
        if not known.categories:
            columns.append(feature.values)
            continue
        for name in known.categories[:40]:
            code = feature.categories.index(name) if name in feature.categories else -1
            columns.append((feature.values == code).astype(np.float64))
    return np.column_stack(columns)


def _generated(random: np.random.Generator, cases: int, crossed: bool) -> tuple[list[Feature], Labels, Floats]:
    """Days, money and three columns of noise; the rate is high where exactly one of days >= 60 and money >= 168 (its median) holds."""
    days, money = random.integers(0, 120, cases).astype(np.float64), random.gamma(2, 100, cases)
    others = [Feature(f"noise {number}", random.normal(size=cases)) for number in range(3)]
    rates = np.where((days >= 60) ^ (money >= 168), 0.8, 0.2) if crossed else np.where(days >= 60, 0.4, 0.15)
    labels: Labels = (random.random(cases) < rates).astype(np.int64)
    return [Feature("days", days), Feature("money", money), *others], labels, rates


def _crossed() -> list[EvidenceRow]:
    random = np.random.default_rng(7)
    (fit, labels, _), (held, truth, _) = _generated(random, 6000, True), _generated(random, 6000, True)
    pair = _compare(fit, labels, held, truth, 2, 1.0)
    return _pair_rows(pair, "generated, two crossed thresholds, 6,000 held-out cases, depth 2", "")


def _on_noise() -> EvidenceRow:
    random, found = np.random.default_rng(7), 0
    for _ in range(100):
        features = [Feature(f"noise {number}", random.normal(size=1000)) for number in range(20)]
        found += len(RuleTree(3).fit(features, (random.random(1000) < 0.3).astype(np.int64)).leaves_) > 1
    return EvidenceRow(
        MODEL, "generated noise, 100 times 1,000 cases x 20 features", "", "trees with any rule", f"{found / 100:.1%}", goal="≤ 5 %"
    )


def _coverage() -> EvidenceRow:
    """How often the interval of a leaf, from held-out cases, holds the true rate of the leaf."""
    random, inside, leaves = np.random.default_rng(7), 0, 0
    for _ in range(200):
        (fit, labels, _), (held, truth, rates) = _generated(random, 2000, False), _generated(random, 1000, False)
        tree = RuleTree(2).fit(fit, labels)
        places = tree.apply(held)
        for place in range(len(tree.leaves_)):
            mine = places == place
            low, high = wilson(int(truth[mine].sum()), int(mine.sum()))
            inside += low <= rates[mine].mean() <= high
            leaves += 1
    data = f"generated, {leaves} leaves of 200 trees"
    return EvidenceRow(MODEL, data, "", "95 % intervals that hold the true rate", f"{inside / leaves:.1%}", goal="≥ 94 %")
