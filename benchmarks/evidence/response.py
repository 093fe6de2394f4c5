"""Responses, uplift and recommendations beside the usual peers.

Responses: the latest Type A campaign of the demo that a model had not seen. Uplift: generated trials whose true effects are
known, so that the ideal ranking is too. Recommendations: what customers bought in the quarter after the offers were made.
"""

from __future__ import annotations

import datetime as dt
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.evidence.rows import EvidenceRow
from tools.contracts import Statement
from tools.models.evaluation import evaluate
from tools.models.uplift import UpliftModel, qini_coefficient
from tools.segments.pairs.build import Level
from tools.segments.pairs.offers import LAPSE_DAYS, make_offers
from tools.segments.response.cases import Cases, read_cases
from tools.segments.response.scores import predict_responses
from tools.segments.response.waves import known_waves, plan_waves, read_waves
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.warehouse import Warehouse

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

KIND = "Type A"
AS_OF = (dt.date(2018, 1, 1), dt.date(2017, 10, 1))
"""Dates at which the latest finished Type A campaign differs."""
SEEDS = (1, 2, 3)
TRIAL, JUDGED = 20_000, 40_000
CUT_OFFS = (dt.date(2017, 10, 3), dt.date(2017, 7, 5))
HORIZON, OFFERED = 90, 5
_SKLEARN = f"scikit-learn {version('scikit-learn')}"
_SCRIPT = f"logistic regression on R, F, M and earlier responses ({_SKLEARN})"


def evidence(demo: Path, folder: Path) -> list[EvidenceRow]:
    """Every figure of the response, uplift and recommendation models, on the demo warehouse at ``demo`` and on generated trials."""
    warehouse = Warehouse(demo, Settings(home=folder, threads=2))
    rows = [row for as_of in AS_OF for row in _responses(warehouse, as_of)]
    rows += _uplift()
    rows += [row for level in ("category", "product") for cut_off in CUT_OFFS for row in _offers(warehouse, level, cut_off)]
    return rows


def _responses(warehouse: Warehouse, as_of: dt.date) -> list[EvidenceRow]:
    with open_context(warehouse, as_of) as ctx:
        waves = read_waves(ctx.engine, as_of)
        found = predict_responses(ctx.engine, as_of, ctx.config, waves, [KIND], current=False)[0].quality
        plan = plan_waves(known_waves(waves, KIND, as_of))
        cases = [[read_cases(ctx.engine, wave) for wave in part] for part in (plan.training, plan.test)]
    script = _script(*cases)
    data = f"demo, {KIND} coupons, {found['customers']:,} contacted ({', '.join(found['test_campaigns'])})"
    peers = (
        ("responded before", found["responded_before_auc"], found["responded_before_lift"], None),
        ("recency", found["recency_auc"], found["recency_lift"], None),
        (_SCRIPT, script["auc"], script["lift"], script["calibration_error"]),
    )
    rows = []
    for peer, area, lift, error in peers:
        common = {"model": "Response", "data": data, "cut_off": found["test_cut_off"], "peer": peer}
        rows.append(EvidenceRow(**common, measure="AUC", figure=f"{found['auc']:.3f}", peer_figure=f"{area:.3f}"))
        rows.append(EvidenceRow(**common, measure="lift, top tenth", figure=f"{found['lift_top_tenth']:.2f}", peer_figure=f"{lift:.2f}"))
        if error is not None:
            figures = {"figure": f"{found['calibration_error']:.3f}", "peer_figure": f"{error:.3f}"}
            rows.append(EvidenceRow(**common, measure="calibration error (10 equal-count bins)", **figures))
    return rows


def _script(training: list[Cases], test: list[Cases]) -> dict[str, float]:
    """What an analyst writes in an hour: four features as of each campaign, all earlier campaigns, no calibration."""
    features = [np.concatenate([_four(part) for part in parts]) for parts in (training, test)]
    labels = [np.concatenate([part.labels for part in parts]) for parts in (training, test)]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(features[0], labels[0])
    found = evaluate(labels[1], model.predict_proba(features[1])[:, 1])
    return {"auc": found.auc, "lift": found.lift, "calibration_error": found.calibration_error}


def _four(cases: Cases) -> Floats:
    return np.column_stack([cases.column(name) for name in ("recency_days", "orders", "amount", "response_count")])


def generated_trial(count: int, seed: int) -> tuple[Floats, Labels, Floats, Floats]:
    """Features, treatment (half, by chance), outcome and true effect; those who buy anyway are not those who are persuaded."""
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(count, 10))
    base = 1 / (1 + np.exp(-(-1.2 + 0.8 * x[:, 0] + 0.4 * x[:, 1] - 0.3 * x[:, 2] * x[:, 3])))
    wanted = 0.25 / (1 + np.exp(-3 * x[:, 4])) * (x[:, 0] < 0.8) - 0.12 * (x[:, 5] > 1) - 0.02 + 0.1 * (np.abs(x[:, 6]) < 0.5)
    effect = np.clip(base + wanted, 0.01, 0.99) - base
    treated = (generator.random(count) < 0.5).astype(np.int64)
    return x, treated, (generator.random(count) < base + treated * effect).astype(np.float64), effect


def _uplift() -> list[EvidenceRow]:
    shares: dict[str, list[float]] = {"ours": [], "logistic": [], "boosted": []}
    for seed in SEEDS:
        x, treated, outcome, _ = generated_trial(TRIAL, seed)
        later, arm, bought, effect = generated_trial(JUDGED, 100 + seed)
        ideal = qini_coefficient(bought, arm, effect)
        scores = {
            "ours": UpliftModel(seed=seed).fit(x, treated, outcome).predict_effect(later),
            "logistic": _two_models(LogisticRegression(max_iter=1000), x, treated, outcome, later),
            "boosted": _two_models(HistGradientBoostingClassifier(random_state=seed), x, treated, outcome, later),
        }
        for name, found in scores.items():
            shares[name].append(qini_coefficient(bought, arm, found) / ideal)
    figures = {name: f"{np.mean(values):.2f} ({min(values):.2f}–{max(values):.2f})" for name, values in shares.items()}
    data = f"generated trials, {len(SEEDS)} × {TRIAL:,} customers, judged on {JUDGED:,} others"
    return [
        EvidenceRow("Uplift", data, "", "Qini coefficient ÷ that of the true effects", figures["ours"], peer, figures[name], "≥ 0.8")
        for name, peer in (
            ("logistic", f"two logistic regressions ({_SKLEARN})"),
            ("boosted", f"two gradient boostings ({_SKLEARN})"),
        )
    ]


def _two_models(
    kind: LogisticRegression | HistGradientBoostingClassifier, x: Floats, treated: Labels, outcome: Floats, later: Floats
) -> Floats:
    rates = [kind.fit(x[treated == arm], outcome[treated == arm]).predict_proba(later)[:, 1] for arm in (0, 1)]
    found: Floats = rates[1] - rates[0]
    return found


def _offers(warehouse: Warehouse, level: Level, cut_off: dt.date) -> list[EvidenceRow]:
    with open_context(warehouse, cut_off) as ctx:
        everyone = Statement(sql="SELECT DISTINCT customer_id FROM counted_orders WHERE order_date <= $day", parameters={"day": cut_off})
        offers = make_offers(ctx, everyone, level, OFFERED).rows.to_pandas()
        past, later = _bought(ctx, level, dt.date.min, cut_off), _bought(ctx, level, cut_off, cut_off + dt.timedelta(days=HORIZON))
    recent = past[(pd.Timestamp(cut_off) - past["last"]).dt.days < LAPSE_DAYS[level]]
    barred = set(zip(recent["customer_id"], recent["item"], strict=True))
    buyers = past.groupby("item")["customer_id"].nunique().sort_values(ascending=False, kind="stable")
    known = set(buyers[buyers >= 30].index[:1500])
    new = later[[item in known and (who, item) not in barred for who, item in zip(later["customer_id"], later["item"], strict=True)]]
    wanted: dict[str, set[str]] = new.groupby("customer_id")["item"].agg(set).to_dict()
    ours = offers.groupby("customer_id")["item"].agg(list).to_dict()
    wanted = {who: items for who, items in wanted.items() if who in ours}
    popular = list(buyers.index)
    theirs = {who: _first(popular, who, barred) for who in wanted}
    data = f"demo, {level} level, {len(wanted):,} customers who bought one they had not lately"
    hits = {name: [bool(items & set(given[who])) for who, items in wanted.items()] for name, given in (("ours", ours), ("popular", theirs))}
    caught = {
        name: [len(items & set(given[who])) for who, items in wanted.items()] for name, given in (("ours", ours), ("popular", theirs))
    }
    rows = []
    for measure, found in (("hit rate of 5 offers, next 90 days", hits), ("offers taken up of 5, next 90 days", caught)):
        shown = {name: f"{np.mean(values):.3f}" for name, values in found.items()}
        rows.append(EvidenceRow("Recommendation", data, cut_off.isoformat(), measure, shown["ours"], "most bought", shown["popular"]))
    return rows


def _first(popular: list[str], who: str, barred: set[tuple[str, str]]) -> list[str]:
    found: list[str] = []
    for item in popular:
        if (who, item) not in barred:
            found.append(item)
        if len(found) == OFFERED:
            break
    return found


def _bought(ctx: ToolContext, level: Level, after: dt.date, until: dt.date) -> pd.DataFrame:
    item = "p.category" if level == "category" else "l.product_id"
    sql = (
        f"SELECT o.customer_id, {item} AS item, max(o.order_date) AS last FROM counted_orders AS o "
        "INNER JOIN order_lines AS l ON l.order_id = o.order_id LEFT JOIN products AS p ON p.product_id = l.product_id "
        f"WHERE {item} IS NOT NULL AND o.customer_id IS NOT NULL AND o.order_date > $after AND o.order_date <= $until "
        f"GROUP BY o.customer_id, {item}"
    )
    found: pd.DataFrame = ctx.engine.query(sql, {"after": after, "until": until}).to_pandas()
    return found.assign(last=pd.to_datetime(found["last"]))
