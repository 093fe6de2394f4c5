"""Cases and shares captured, against pandas and scikit-learn over the source; nothing after a cut-off is seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from tools.errors import NotEnoughData
from tools.features.build import feature_query
from tools.segments.weighing import cases as casing
from tools.segments.weighing.cases import Cases, open_reader
from tools.segments.weighing.dimensions import DIMENSIONS, known_dimensions, raw_values
from tools.segments.weighing.learn import Learned, Weighting, cut_offs, learn_weights, levels_of
from tools.warehouse.context import ToolContext
from tools.warehouse.warehouse import Warehouse

CUT_OFF, AS_OF, HORIZON = dt.date(2017, 10, 3), dt.date(2018, 1, 1), 90
_KEPT: dict[str, Learned] = {}


@pytest.fixture
def learned(demo: ToolContext) -> Learned:
    if "demo" not in _KEPT:
        _KEPT["demo"] = learn_weights(demo.engine, AS_OF, HORIZON, demo.config)
    return _KEPT["demo"]


@pytest.fixture
def people(baskets: pd.DataFrame) -> pd.DataFrame:
    """R, F, M at the cut-off and spend in the 90 days after it, by household, in cents."""
    age = (pd.Timestamp(CUT_OFF) - baskets["day"]).dt.days
    before = baskets[age >= 0].assign(age=age).groupby("household_id").agg(r=("age", "min"), f=("age", "size"), m=("cents", "sum"))
    after = baskets[(age < 0) & (age >= -HORIZON)].groupby("household_id")["cents"].sum()
    recent = baskets[(age >= 0) & (age < HORIZON)].groupby("household_id")["cents"].sum()
    return before.assign(after=after.reindex(before.index, fill_value=0), recent=recent.reindex(before.index, fill_value=0)).sort_index()


def _top_share(score: pd.Series | np.ndarray, spent: pd.Series, part: float, rounds: int = 200) -> float:
    """What the top captures on average when ties are drawn at random: an independent way to the same number."""
    chance, values, found = np.random.default_rng(1), np.asarray(score, float), []
    size = part * len(values)
    for _ in range(rounds):
        order = np.lexsort((chance.uniform(size=len(values)), -values))
        ranked = spent.to_numpy(float)[order]
        found.append(ranked[: int(size)].sum() + (size - int(size)) * ranked[int(size)])
    return float(np.mean(found) / spent.sum())


def test_cases_are_the_sources(learned: Learned, people: pd.DataFrame) -> None:
    raw = learned.test.raw.to_pandas().set_index("customer_id").sort_index()
    assert raw.index.tolist() == people.index.tolist()
    for column, name, unit in (("recency_days", "r", 1), ("orders", "f", 1), ("amount", "m", 100)):
        assert (raw[column] * unit).round(6).tolist() == pytest.approx(people[name].tolist())
    assert (raw["spent_next"] * 100).tolist() == pytest.approx(people["after"].tolist())
    assert (raw["spent_before"] * 100).tolist() == pytest.approx(people["recent"].tolist())


def test_cases_are_the_features_of_their_day(demo: ToolContext, learned: Learned) -> None:
    columns = ["recency_days", "orders", "amount", "amount_90d", "discount_share", "category_count", "responses"]
    query = f"SELECT {', '.join(columns)} FROM ({feature_query()}) AS f WHERE orders > 0 ORDER BY customer_id"
    features = demo.engine.query(query, {"as_of": CUT_OFF}).to_pandas().astype(float)
    found = learned.test.raw.to_pandas()
    for column in columns:
        assert np.allclose(features[column].fillna(0), found[column].fillna(0), rtol=1e-9), column


def test_shares_captured_by_classic_rfm_and_spend(learned: Learned, people: pd.DataFrame) -> None:
    def score(values: pd.Series) -> np.ndarray:
        return 1 + (values.to_numpy()[:, None] > np.quantile(values, [0.2, 0.4, 0.6, 0.8])).sum(axis=1)

    classic = (6 - score(people["r"])) + score(people["f"]) + score(people["m"])
    for name, part in (("top_tenth", 0.1), ("top_fifth", 0.2)):
        assert learned.captured["classic_sum"][name] == pytest.approx(_top_share(classic, people["after"], part), abs=0.004)
        assert learned.captured["spend"][name] == pytest.approx(_top_share(people["m"], people["after"], part, 2), abs=1e-4)
        assert learned.captured["recent_spend"][name] == pytest.approx(_top_share(people["recent"], people["after"], part, 2), abs=1e-4)
        assert learned.captured["best"][name] == pytest.approx(_top_share(people["after"], people["after"], part, 2), abs=1e-6)


def test_weighted_score_is_its_definition(learned: Learned, people: pd.DataFrame) -> None:
    weights = learned.judged.predictive.weights
    ranks = {name: rankdata(values) for name, values in (("recency", -people["r"]), ("frequency", people["f"]), ("monetary", people["m"]))}
    score = sum(weights[name] * (values - values.min()) / (values.max() - values.min()) for name, values in ranks.items())
    for name, part in (("top_tenth", 0.1), ("top_fifth", 0.2)):
        assert learned.captured["predictive"][name] == pytest.approx(_top_share(score, people["after"], part, 2), abs=0.002)


def test_weighted_rfm_beats_classic_rfm_on_the_demo(learned: Learned) -> None:
    for top in ("top_tenth", "top_fifth"):
        assert learned.captured["extended"][top] > learned.captured["classic_sum"][top] + 0.04
        assert learned.captured["predictive"][top] > learned.captured["classic_sum"][top] + 0.04
        assert learned.captured["extended"][top] > max(learned.captured[name][top] for name in ("spend", "recent_spend", "entropy"))
    assert sum(learned.final.extended.weights.values()) == pytest.approx(1.0)
    assert set(learned.final.extended.weights) >= {"recency", "frequency", "monetary", "momentum", "discount", "breadth", "interaction"}
    assert "browsing" not in learned.final.extended.weights, "the demo has no events"


def test_judged_weights_have_not_seen_the_judged_period(learned: Learned) -> None:
    assert learned.test.cut_off == CUT_OFF
    assert all(day + dt.timedelta(days=HORIZON) <= CUT_OFF for day in learned.judged.cut_offs)
    assert all(day + dt.timedelta(days=HORIZON) <= AS_OF for day in learned.final.cut_offs)


def test_what_comes_after_a_cut_off_changes_nothing_before_it(shop: Callable[..., Warehouse]) -> None:
    warehouse = shop(60)
    day = dt.date(2024, 3, 1)
    with warehouse.reading() as engine:
        whole = open_reader(engine, dt.date(2024, 6, 30), 30, 7).cases(day).raw.drop_columns(["spent_next"])
    with warehouse.writing() as engine:
        engine.execute("UPDATE orders SET amount = amount * 10 WHERE ordered_at >= TIMESTAMP '2024-03-02'")
        engine.execute("INSERT INTO events (customer_id, occurred_at, kind) VALUES ('c0001', TIMESTAMP '2024-03-02', 'view')")
    with warehouse.reading() as engine:
        again = open_reader(engine, dt.date(2024, 6, 30), 30, 7).cases(day).raw.drop_columns(["spent_next"])
    assert whole.equals(again)


def test_a_sample_reads_the_same_as_the_whole(shop: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = shop(80)
    day, as_of = dt.date(2024, 3, 1), dt.date(2024, 6, 30)
    with warehouse.reading() as engine:
        whole = open_reader(engine, as_of, 30, 7).cases(day).raw.to_pandas().set_index("customer_id")
        monkeypatch.setattr(casing, "MOST_SAMPLED", 25)
        reader = open_reader(engine, as_of, 30, 7)
        part = reader.cases(day).raw.to_pandas().set_index("customer_id")
        total, groups = reader.classic(day)
    assert reader.sampled
    assert 0 < len(part) <= 25
    pd.testing.assert_frame_equal(part, whole.loc[part.index])
    assert len(total) == len(groups) == len(part)


def test_cut_offs_leave_a_period_before_and_after() -> None:
    first, end = dt.date(2024, 1, 1), dt.date(2024, 12, 31)
    days = cut_offs(first, end, 90)
    assert days[0] == dt.date(2024, 10, 2)
    assert all((later - earlier).days == 45 for later, earlier in pairwise(days))
    assert all((day - first).days >= 89 for day in days)
    assert cut_offs(first, dt.date(2024, 5, 1), 90) == [dt.date(2024, 2, 1)], "one there is, however short the history before"


@pytest.mark.parametrize(
    ("count", "horizon", "match"),
    [(40, 30, "at least 500 customers"), (520, 365, "1095 days of history")],
)
def test_too_little_to_learn_from(shop: Callable[..., Warehouse], count: int, horizon: int, match: str) -> None:
    warehouse = shop(count)
    with warehouse.reading() as engine, pytest.raises(NotEnoughData, match=match):
        learn_weights(engine, dt.date(2024, 6, 30), horizon, warehouse.config)


def test_hardly_anybody_bought_lately(shop: Callable[..., Warehouse]) -> None:
    rows = [(f"c{number:04}", dt.date(2023, 1, 1 + number % 28), 5) for number in range(600)] + [("c0000", dt.date(2024, 6, 30), 5)]
    orders = pd.DataFrame(rows, columns=["customer_id", "day", "amount"])
    warehouse = shop(orders)
    with warehouse.reading() as engine, pytest.raises(NotEnoughData, match="at least 100 customers who bought in the latest period"):
        learn_weights(engine, dt.date(2024, 6, 30), 30, warehouse.config)


def test_dimensions_are_those_that_the_data_have(shop: Callable[..., Warehouse]) -> None:
    warehouse = shop(30)
    with warehouse.reading() as engine:
        found = open_reader(engine, dt.date(2024, 6, 30), 30, 7).cases(dt.date(2024, 6, 30))
    assert known_dimensions(found.raw) == ("recency", "frequency", "monetary", "momentum")
    assert raw_values(found.raw, [one.id for one in DIMENSIONS]).shape == (len(found), len(DIMENSIONS))


def test_levels_turn_recency_round(shop: Callable[..., Warehouse]) -> None:
    warehouse = shop(30)
    with warehouse.reading() as engine:
        found: Cases = open_reader(engine, dt.date(2024, 6, 30), 30, 7).cases(dt.date(2024, 6, 30))
    levels = levels_of(found, Weighting({"recency": 1.0}, {"recency": -1}))[:, 0]
    assert levels[np.argmin(found.numbers("recency_days"))] == 1.0
    assert levels[np.argmax(found.numbers("recency_days"))] == 0.0
