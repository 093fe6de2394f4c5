"""Whom a treatment changes: estimates of the effect on each customer, and how well they rank (Qini)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tools.models.evaluation import Floats, Labels
from tools.models.threads import bounded_threads

Kind = Literal["two_model", "transformed", "blend"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FOLDS = 3
TYPES = ("persuadable", "sure_thing", "lost_cause", "sleeping_dog")
LEAST_EFFECT = 0.01
"""An effect on a rate below one point counts as none."""


class UpliftModel:
    """The effect of a randomised treatment on each customer's outcome.

    Two estimates, and their mean: the *two-model* one is the difference of two models, of the treated and of the control
    group; the *transformed-outcome* one is a model of an outcome whose mean is the effect (Athey and Imbens 2016), here
    in its form with both models taken out first (Robins, Rotnitzky and Zhao 1994), which varies far less. The one whose
    ranking has the best Qini coefficient on customers that it was not fitted on is used.

    Args:
        kind: a fixed estimate, or None to choose by data
        seed: seed of the folds and of the trees
        threads: most threads that a fit may use

    Attributes:
        kind_: the estimate in use
        qini_: Qini coefficient of each estimate on customers that it was not fitted on
        effects_: shape (n,), effect on each customer, by models that had not seen the customer
        rates_: shape (n, 2), outcome expected without and with the treatment, by models that had not seen the customer
    """

    def __init__(self, kind: Kind | None = None, seed: int = 7, threads: int = 1) -> None:
        self.kind = kind
        self.seed = seed
        self.threads = threads

    def fit(self, features: Floats, treated: Labels, outcomes: Floats) -> Self:
        """Learn from the customers of a campaign.

        Args:
            features: shape (n, k), finite, known before the treatment
            treated: shape (n,), 1 = treated, 0 = control, assigned by chance
            outcomes: shape (n,), 0 or 1, or an amount

        Raises:
            ValueError: An arm has fewer customers than there are folds.
        """
        if min(int(treated.sum()), int((1 - treated).sum())) < FOLDS**2:
            raise ValueError(f"an uplift model needs at least {FOLDS**2} customers in each arm")
        found = {kind: np.empty(len(treated)) for kind in KINDS}
        self.rates_: Floats = np.empty((len(treated), 2))
        with bounded_threads(self.threads, len(treated)):
            for train, test in _folds(treated, self.seed):
                part = _Estimates(features[train], treated[train], outcomes[train], self.seed)
                self.rates_[test] = part.rates(features[test])
                for kind in KINDS:
                    found[kind][test] = part.effects(kind, features[test])
            self._estimates = _Estimates(features, treated, outcomes, self.seed)
        self.qini_: dict[Kind, float] = {kind: qini_coefficient(outcomes, treated, found[kind]) for kind in KINDS}
        best: Kind = max(self.qini_, key=lambda kind: self.qini_[kind])
        self.kind_: Kind = self.kind or best
        self.effects_: Floats = found[self.kind_]
        return self

    def predict_effect(self, features: Floats) -> Floats:
        """Expected change of the outcome by the treatment, shape (n,)."""
        return self._estimates.effects(self.kind_, features)

    def predict_rates(self, features: Floats) -> Floats:
        """Outcome expected without and with the treatment, shape (n, 2)."""
        return self._estimates.rates(features)


class _Estimates:
    """Both estimates, fitted on the same customers."""

    def __init__(self, features: Floats, treated: Labels, outcomes: Floats, seed: int) -> None:
        self._arms = [_Outcome(features[treated == arm], outcomes[treated == arm], seed) for arm in (0, 1)]
        self._direct = _regression(seed).fit(features, _transformed(features, treated, outcomes, seed))

    def rates(self, features: Floats) -> Floats:
        """Outcome expected without and with the treatment, shape (n, 2)."""
        return np.column_stack([arm.expected(features) for arm in self._arms])

    def effects(self, kind: Kind, features: Floats) -> Floats:
        """Effects by one estimate, shape (n,)."""
        rates = self.rates(features)
        two_model = rates[:, 1] - rates[:, 0]
        if kind == "two_model":
            return two_model
        direct: Floats = self._direct.predict(features)
        return direct if kind == "transformed" else (direct + two_model) / 2.0


class _Outcome:
    """Expected outcome of one arm: the mean of a linear model and of trees, a constant where nothing varies."""

    def __init__(self, features: Floats, outcomes: Floats, seed: int) -> None:
        self._constant = float(outcomes.mean()) if len(outcomes) else 0.0
        self._binary = bool(np.isin(outcomes, (0.0, 1.0)).all())
        self._models = []
        if len(np.unique(outcomes)) > 1:
            linear = LogisticRegression(C=0.1, max_iter=500) if self._binary else Ridge(alpha=10.0)
            trees = _classification(seed) if self._binary else _regression(seed)
            self._models = [model.fit(features, outcomes) for model in (make_pipeline(StandardScaler(), linear), trees)]

    def expected(self, features: Floats) -> Floats:
        """Shape (n,)."""
        if not self._models:
            return np.full(len(features), self._constant)
        found = [model.predict_proba(features)[:, 1] if self._binary else model.predict(features) for model in self._models]
        mean: Floats = np.mean(found, axis=0)
        return mean


def _classification(seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=80,
        learning_rate=0.06,
        max_leaf_nodes=8,
        min_samples_leaf=60,
        l2_regularization=5.0,
        early_stopping=False,
        random_state=seed,
    )


def _regression(seed: int) -> HistGradientBoostingRegressor:
    # What an effect leaves to be seen is small against the noise: few, small steps.
    return HistGradientBoostingRegressor(
        max_iter=60,
        learning_rate=0.05,
        max_leaf_nodes=6,
        min_samples_leaf=100,
        l2_regularization=20.0,
        early_stopping=False,
        random_state=seed,
    )


def _transformed(features: Floats, treated: Labels, outcomes: Floats, seed: int) -> Floats:
    """An outcome whose mean, given the features, is the effect; each customer's models have not seen that customer."""
    expected = np.empty((len(treated), 2))
    for train, test in _folds(treated, seed + 1, 2):
        for arm in (0, 1):
            mine = train & (treated == arm)
            expected[test, arm] = _Outcome(features[mine], outcomes[mine], seed).expected(features[test])
    share = float(treated.mean())
    rest = outcomes - np.where(treated == 1, expected[:, 1], expected[:, 0])
    weight = np.where(treated == 1, 1.0 / share, -1.0 / (1.0 - share))
    return np.asarray(expected[:, 1] - expected[:, 0] + weight * rest, dtype=np.float64)


def _folds(treated: Labels, seed: int, count: int = FOLDS) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    fold = np.empty(len(treated), dtype=np.int64)
    generator = np.random.default_rng(seed)
    for arm in (0, 1):
        where = np.flatnonzero(treated == arm)
        fold[generator.permutation(where)] = np.arange(len(where)) % count
    for number in range(count):
        yield fold != number, fold == number


def qini_curve(outcomes: Floats, treated: Labels, scores: Floats) -> tuple[Floats, Floats]:
    """Incremental outcome by the share of customers treated, the highest scores first.

    At a share, the gain is the outcome of the treated so far minus that of the control group so far, scaled to as many
    customers as were treated (Radcliffe 2007; Gutierrez and Gérardy 2017, equation 13).

    Args:
        outcomes: shape (n,)
        treated: shape (n,), 0 or 1
        scores: shape (n,), larger means a larger effect is expected; equal scores enter together

    Returns:
        shares: from 0 to 1
        gains: in units of the outcome, over all treated customers
    """
    order = np.argsort(-scores, kind="stable")
    last = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    arm, outcome = treated[order].astype(np.float64), outcomes[order]
    treated_so_far, control_so_far = np.cumsum(arm)[last], np.cumsum(1.0 - arm)[last]
    of_treated, of_control = np.cumsum(outcome * arm)[last], np.cumsum(outcome * (1.0 - arm))[last]
    scale = np.divide(treated_so_far, control_so_far, out=np.zeros_like(treated_so_far), where=control_so_far > 0)
    shares = (treated_so_far + control_so_far) / len(scores)
    return np.concatenate([[0.0], shares]), np.concatenate([[0.0], of_treated - of_control * scale])


def qini_coefficient(outcomes: Floats, treated: Labels, scores: Floats) -> float:
    """Area between the Qini curve and the straight line of a random order, per treated customer.

    Its unit is that of the outcome; 0 is as good as chance. What is attainable depends on the effects, so rankings are
    compared on the same customers.

    Raises:
        ValueError: An arm is empty.
    """
    if not treated.sum() or treated.all():
        raise ValueError("a Qini coefficient needs treated and control customers")
    shares, gains = qini_curve(outcomes, treated, scores)
    above = gains - shares * gains[-1]
    return float(np.trapezoid(above, shares)) / float(treated.sum())


def customer_types(rates: Floats, effects: Floats, least_effect: float | None = None) -> NDArray[np.str_]:
    """Which of the four types each customer is.

    Persuadables gain at least ``least_effect`` by the treatment and sleeping dogs lose as much; of the others, those whose
    expected rate reaches the mean of all are sure things, the rest lost causes.

    Args:
        rates: shape (n, 2), rate expected without and with the treatment
        effects: shape (n,), effect on the rate
        least_effect: half the size of the mean effect, or one point if that is more, when left out
    """
    least = max(abs(float(effects.mean())) / 2.0, LEAST_EFFECT) if least_effect is None else least_effect
    level = rates.mean(axis=1)
    usual = np.where(level >= level.mean(), "sure_thing", "lost_cause")
    return np.where(effects >= least, "persuadable", np.where(effects <= -least, "sleeping_dog", usual))
