"""Lifetime value: published parameters, the lifetimes package beside ours, and the demo on a later period."""

from __future__ import annotations

import datetime as dt
import importlib.util
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.evidence.rows import EvidenceRow
from tools.models.lifetime.bg_nbd import BgNbd
from tools.models.lifetime.gamma_gamma import GammaGamma
from tools.models.lifetime.pareto_nbd import ParetoNbd

if TYPE_CHECKING:
    from tools.segments.value.judge import Verdict

PUBLISHED = Path(__file__).parents[2] / "tests" / "published"
CUSTOMERS = 100_000
SEED = 20
_NAMES = {"bg_nbd": "BG/NBD", "pareto_nbd": "Pareto/NBD", "learned": "learned", "historic": "own pace of the past"}
Columns = tuple[Any, Any, Any]


def evidence(demo: Path, folder: Path) -> list[EvidenceRow]:
    """Everything that is claimed of lifetime value and of the next order."""
    del folder
    return [*_published(), *_beside_lifetimes(), *_on_the_demo(demo)]


def _read(name: str) -> Any:
    lines = (PUBLISHED / name).read_text(encoding="utf-8").splitlines()
    _, *rows = [line for line in lines if not line.startswith("#")]
    return np.array([[float(cell) for cell in row.split(",")] for row in rows])


def _published() -> list[EvidenceRow]:
    counts, spend = _read("cdnow_counts.csv").T, _read("cdnow_spend.csv").T
    repeat = {
        "BG/NBD": (BgNbd().fit(*counts), "r 0.243, alpha 4.414, a 0.793, b 2.426", "-9582.4"),
        "Pareto/NBD": (ParetoNbd().fit(*counts), "r 0.553, alpha 10.578, s 0.606, beta 11.669", "-9595.0"),
    }
    data, source = "CDNOW sample, 2,357 customers", "Fader, Hardie and Lee (2005)"
    rows = []
    for name, (model, parameters, likelihood) in repeat.items():
        rows += [
            EvidenceRow(name, data, "", "parameters (weeks)", _parameters(model.parameters_, 3), source, parameters, "equal to 3 digits"),
            EvidenceRow(name, data, "", "log-likelihood", f"{model.log_likelihood_:.1f}", source, likelihood, "not lower"),
        ]
    values, dollars = GammaGamma().fit(*spend), "CDNOW sample, 946 repeat customers"
    paper, told = "Fader and Hardie (2013)", "p 6.25, q 3.74, v 15.44"
    return [*rows, EvidenceRow("Gamma-Gamma", dollars, "", "parameters (dollars)", _parameters(values.parameters_, 2), paper, told)]


def _parameters(found: dict[str, float], digits: int) -> str:
    return ", ".join(f"{name} {value:.{digits}f}" for name, value in found.items())


def simulate(customers: int, seed: int) -> Columns:
    """Histories (x, t_x, T in weeks) of customers who buy and leave as BG/NBD says, with the parameters of CDNOW."""
    random = np.random.default_rng(seed)
    rate, leave = random.gamma(0.243, 1 / 4.414, customers), random.beta(0.793, 2.426, customers)
    age = random.integers(27 * 7, 39 * 7, customers) / 7
    x, t_x, now, alive = np.zeros(customers), np.zeros(customers), np.zeros(customers), np.ones(customers, dtype=bool)
    while alive.any():
        now = now + random.exponential(1 / np.maximum(rate, 1e-12))
        bought = alive & (now <= age)
        x, t_x = x + bought, np.where(bought, now, t_x)
        alive = bought & (random.random(customers) > leave)
    return x, np.minimum(np.round(t_x * 7) / 7, age), age


def _beside_lifetimes() -> list[EvidenceRow]:
    x, t_x, age = simulate(CUSTOMERS, SEED)
    # The first fit of a process also pays for imports.
    BgNbd().fit(x[:100], t_x[:100], age[:100])
    seconds, ours = min((_timed(lambda: BgNbd().fit(x, t_x, age)) for _ in range(3)), key=lambda timed: timed[0])
    data = f"{CUSTOMERS:,} customers simulated from BG/NBD"
    rows = []
    for name, fit in _peers().items():
        theirs_seconds, parameters = min((_timed(lambda fit=fit: fit(x, t_x, age)) for _ in range(3)), key=lambda timed: timed[0])
        theirs = BgNbd().with_parameters(**parameters).log_likelihood(x, t_x, age)
        times = theirs_seconds / seconds
        rows += [
            EvidenceRow("BG/NBD", data, "", "log-likelihood", f"{ours.log_likelihood_:.3f}", name, f"{theirs:.3f}", "not lower"),
            EvidenceRow(
                "BG/NBD", data, "", "seconds of a fit", f"{seconds:.2f}", name, f"{theirs_seconds:.2f} ({times:.0f} ×)", "10 × faster"
            ),
        ]
    return rows


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def _peers() -> dict[str, Callable[..., dict[str, float]]]:
    """The packages that are installed, by name and version."""
    found: dict[str, Callable[..., dict[str, float]]] = {}
    if importlib.util.find_spec("lifetimes"):
        found[f"lifetimes {version('lifetimes')}"] = _by_lifetimes
    if importlib.util.find_spec("pymc_marketing"):
        found[f"pymc-marketing {version('pymc-marketing')} (MAP)"] = _by_pymc
    return found


def _by_lifetimes(x: Any, t_x: Any, age: Any) -> dict[str, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lifetimes import BetaGeoFitter

        fitted = BetaGeoFitter().fit(x, t_x, age)
    return {name: float(value) for name, value in fitted.params_.items()}


def _by_pymc(x: Any, t_x: Any, age: Any) -> dict[str, float]:
    import pandas as pd
    from pymc_marketing.clv import BetaGeoModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = BetaGeoModel(data=pd.DataFrame({"customer_id": range(len(x)), "frequency": x, "recency": t_x, "T": age}))
        model.fit(method="map")
    return {name: float(np.ravel(model.idata.posterior[name].to_numpy())[0]) for name in ("r", "alpha", "a", "b")}


def _on_the_demo(demo: Path) -> list[EvidenceRow]:
    from tools.segments.value.dates import fit_gaps
    from tools.segments.value.histories import read_histories, read_rhythms
    from tools.segments.value.judge import Reader, judge_kinds
    from tools.warehouse.context import latest_date
    from tools.warehouse.warehouse import Warehouse

    warehouse = Warehouse(demo)
    rows = []
    with warehouse.reading() as engine:
        as_of = latest_date(engine)
        assert as_of is not None
        now, reader = read_histories(engine, as_of), Reader(engine, sampled=False)
        for horizon in (90, 30):
            rows += _judged(judge_kinds(reader, now, horizon, warehouse.config))
        test = reader.outcomes(as_of - dt.timedelta(days=90), 90)
        _, gaps = fit_gaps(engine, test.histories, 90, read_rhythms(engine, now), sampled=False)
    data = f"demo, {gaps['cases']:,} next gaps"
    day = test.histories.as_of.isoformat()
    one_gap = f"{gaps['mean_error_days_of_one_gap_for_all']:.2f}"
    return [
        *rows,
        EvidenceRow("Next order", data, day, "mean error, days", f"{gaps['mean_error_days']:.2f}", "the median gap for everybody", one_gap),
        EvidenceRow("Next order", data, day, "share of next orders in their range", f"{gaps['coverage']:.3f}", goal="0.80"),
    ]


def _judged(verdict: Verdict) -> list[EvidenceRow]:
    """Each kind's predictions of spend on the period that none has seen, beside the kind in use."""
    histories, used = verdict.test.histories, verdict.judged[verdict.kind]
    data = f"demo, {used.customers:,} customers, spend of the next {verdict.test.horizon} days"
    day = histories.as_of.isoformat()
    rows = []
    for kind, judged in verdict.judged.items():
        if kind == verdict.kind:
            continue
        pairs = (
            ("spend captured by the top tenth", f"{used.captured:.4f}", f"{judged.captured:.4f}"),
            ("mean absolute error of a customer", f"{used.mean_error:.2f}", f"{judged.mean_error:.2f}"),
            ("deviance explained", f"{used.explained:.3f}", f"{judged.explained:.3f}"),
        )
        name = f"Lifetime value ({_NAMES[verdict.kind]})"
        rows += [EvidenceRow(name, data, day, measure, figure, _NAMES[kind], peer, "better") for measure, figure, peer in pairs]
    rows += _alive(verdict)
    coverage = f"{verdict.ranges.coverage_:.3f}"
    return [*rows, EvidenceRow("Ranges of value", data, day, "share of customers inside", coverage, goal="0.80")]


def _alive(verdict: Verdict) -> list[EvidenceRow]:
    """The learned probability of ordering in the period beside the probability of being alive of the models of repeat buying."""
    if "learned" not in verdict.alive:
        return []
    ours, day = verdict.alive["learned"], verdict.test.histories.as_of.isoformat()
    data = f"demo, {ours.customers:,} customers, an order in the next {verdict.test.horizon} days ({ours.happened:.1%})"
    rows = []
    for base in ("bg_nbd", "pareto_nbd"):
        peer = verdict.alive[base]
        measures = (
            ("Brier score", ours.brier, peer.brier),
            ("calibration error", ours.calibration_error, peer.calibration_error),
            ("AUC", ours.auc, peer.auc),
            ("mean promised", ours.promised, peer.promised),
        )
        rows += [
            EvidenceRow(
                "Alive (learned)", data, day, name, f"{own:.4f}", f"{_NAMES[base]}: probability of being alive", f"{other:.4f}", "better"
            )
            for name, own, other in measures
        ]
    return rows
