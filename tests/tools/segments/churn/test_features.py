"""The rows behind the churn model: by hand on a few customers, and never with the future."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Callable
from decimal import Decimal

import numpy as np
import pytest

from tools.errors import WarehouseError
from tools.segments.churn.features import FEATURES, THEME_COLUMNS, churn_feature_query, read_cases, read_histories, read_history
from tools.segments.churn.fitting import expected_orders, fit_model
from tools.segments.churn.scope import check_no_future, draw_sample
from tools.settings import Settings
from tools.warehouse.context import ToolContext
from tools.warehouse.warehouse import Warehouse

CUT_OFF = dt.date(2024, 6, 30)
ORDERS = [
    ("anna", "2024-01-01", "10.00"),
    ("anna", "2024-05-01", "20.00"),
    ("anna", "2024-06-10", "30.00"),
    ("anna", "2024-06-10", "5.00"),
    ("bob", "2024-01-01", "7.00"),
    ("cora", "2023-06-30", "8.00"),
    ("cora", "2023-12-30", "8.00"),
    ("dan", "2024-04-02", "9.00"),
    ("eve", "2024-04-01", "9.00"),
    # After the cut-off:
    ("anna", "2024-07-01", "99.00"),
    ("bob", "2024-07-20", "99.00"),
    ("fay", "2024-07-02", "99.00"),
]


@pytest.fixture
def small(make_warehouse: Callable[..., Warehouse]) -> Warehouse:
    return make_warehouse(ORDERS)


def test_raw_columns_by_hand(small: Warehouse) -> None:
    with small.reading() as engine:
        row = read_cases(engine, CUT_OFF).raw.to_pylist()[0]
    expected = {
        "customer_id": "anna",
        "recency_days": 20,
        "tenure_days": 181,
        "order_days": 3,
        "orders": 4,
        "amount": Decimal("65.00"),
        "amount_30": Decimal("35.00"),
        "amount_90": Decimal("55.00"),
        "gap_median": 80.5,
        "gap_mean": 80.5,
        "gap_max": 121,
        "days_30": 1,
        "days_60": 1,
        "days_90": 2,
        "days_180": 2,
        "age_2": 60,
        "age_3": 181,
        "months_6": 2,
        "event_age": None,
    }
    assert {name: row[name] for name in expected} == expected


def test_eligible_are_those_within_90_days_or_three_gaps(small: Warehouse) -> None:
    # dan ordered 89 days ago, eve 90; cora's only gap is 183 days, so 183 days of silence are one gap; bob has none.
    with small.reading() as engine:
        cases = read_cases(engine, CUT_OFF)
    assert cases.raw.column("customer_id").to_pylist() == ["anna", "cora", "dan"]


def test_labels_look_at_the_horizon_only(small: Warehouse) -> None:
    with small.reading() as engine:
        labels = {
            days: dict(zip(cases.raw.column("customer_id").to_pylist(), cases.labels.tolist(), strict=True))
            for days in (7, 30)
            if (cases := read_cases(engine, CUT_OFF, days)).labels is not None
        }
    assert labels[7] == {"anna": 0, "cora": 1, "dan": 1}
    assert labels[30] == {"anna": 0, "cora": 1, "dan": 1}


def test_the_matrix_is_finite_and_every_feature_has_a_theme(small: Warehouse) -> None:
    with small.reading() as engine:
        matrix = read_cases(engine, CUT_OFF).matrix
    assert matrix.shape == (3, len(FEATURES))
    assert np.isfinite(matrix).all()
    assert sorted(column for columns in THEME_COLUMNS.values() for column in columns) == list(range(len(FEATURES)))


def test_nobody_gives_an_empty_matrix(make_warehouse: Callable[..., Warehouse]) -> None:
    with make_warehouse([], others=["anna"]).reading() as engine:
        cases = read_cases(engine, CUT_OFF, 30)
    assert (len(cases), cases.matrix.shape) == (0, (0, len(FEATURES)))


def test_history_leaves_out_the_future_and_orders_of_nothing(make_warehouse: Callable[..., Warehouse]) -> None:
    with make_warehouse([*ORDERS, ("zero", "2024-06-01", "0.00")]).reading() as engine:
        history = read_history(engine, CUT_OFF)
    assert (history.customers, history.first_date, history.days) == (5, dt.date(2023, 6, 30), 367)


def test_features_are_the_same_without_the_future(small: Warehouse, make_warehouse: Callable[..., Warehouse]) -> None:
    past = make_warehouse([order for order in ORDERS if order[1] <= CUT_OFF.isoformat()], name="past")
    with small.reading() as whole, past.reading() as without:
        assert read_cases(whole, CUT_OFF).raw.equals(read_cases(without, CUT_OFF).raw)
        check_no_future(whole, CUT_OFF, churn_feature_query())


@pytest.mark.parametrize(
    ("planted", "leak"),
    [
        # A column that looks ahead, a score of a later day, a filter that was forgotten, and customers who only exist later.
        (
            "SELECT f.*, (SELECT count(*) FROM orders AS o WHERE o.customer_id = f.customer_id) AS visits FROM ({query}) AS f",
            "visits",
        ),
        ("SELECT f.*, s.rfm_group FROM ({query}) AS f LEFT JOIN scores AS s ON s.customer_id = f.customer_id", "rfm_group"),
        ("{query_without_filter}", "recency_days"),
        (
            "SELECT f.*, (SELECT sum(l.amount) FROM order_lines AS l JOIN orders AS o ON o.order_id = l.order_id "
            "WHERE o.customer_id = f.customer_id) AS basket FROM ({query}) AS f",
            "basket",
        ),
        (
            "SELECT f.*, (SELECT max(k.prediction) FROM kept_predictions AS k WHERE k.customer_id = f.customer_id) AS promised "
            "FROM ({query}) AS f",
            "promised",
        ),
        ("SELECT customer_id, CAST($as_of AS DATE) AS day FROM counted_orders GROUP BY customer_id", "customer_id"),
    ],
)
def test_a_planted_leak_is_caught(small: Warehouse, planted: str, leak: str) -> None:
    query = churn_feature_query()
    forgotten = query.replace("customer_id IS NOT NULL AND order_date <= CAST($as_of AS DATE)", "customer_id = 'anna'")
    assert forgotten != query
    text = planted.format(query=query, query_without_filter=forgotten)
    with small.writing() as engine:
        engine.execute("INSERT INTO scores (customer_id, rfm_group) SELECT customer_id, 'new' FROM customers")
        engine.execute("INSERT INTO order_lines (order_id, amount) SELECT order_id, amount FROM orders")
        engine.execute("INSERT INTO kept_predictions SELECT 1, customer_id, 0.5 FROM customers")
    with small.reading() as engine, pytest.raises(WarehouseError, match=rf"leak the future: .*\b{leak}\b"):
        check_no_future(engine, CUT_OFF, text)


@pytest.mark.parametrize("sampled", [False, True])
def test_the_evaluation_refuses_a_planted_leak(demo: ToolContext, monkeypatch: pytest.MonkeyPatch, sampled: bool) -> None:
    # Orders of the 30 days after the cut-off, which are the answer itself: its AUC would be nearly one.
    leaky = (
        f"SELECT f.* REPLACE (f.days_7 + n.later AS days_7) FROM ({churn_feature_query()}) AS f JOIN (SELECT customer_id, "
        "count(*) FILTER (WHERE order_date > CAST($as_of AS DATE)) AS later FROM counted_orders GROUP BY customer_id) AS n "
        "ON n.customer_id = f.customer_id ORDER BY f.customer_id"
    )
    for module in ("features", "fitting"):
        monkeypatch.setattr(f"tools.segments.churn.{module}.churn_feature_query", lambda: leaky)
    if sampled:
        monkeypatch.setattr("tools.segments.churn.fitting.MOST_SAMPLED", 800)
        monkeypatch.setattr("tools.segments.churn.fitting.LEAST_ELIGIBLE", 400)
    with pytest.raises(WarehouseError, match="leak the future: days_7 changes .*the model was not evaluated"):
        fit_model(demo.engine, dt.date(2017, 12, 25), 30, Settings(threads=2))


def test_the_demo_has_no_leak(demo: ToolContext) -> None:
    check_no_future(demo.engine, dt.date(2017, 8, 1), churn_feature_query())


def test_histories_of_bg_nbd_by_hand(small: Warehouse) -> None:
    with small.reading() as engine:
        found = {row["customer_id"]: tuple(row.values())[1:] for row in read_histories(engine, CUT_OFF).to_pylist()}
    # Dates after the first, days from the first to the last, days from the first to the cut-off.
    assert found == {"anna": (2, 161, 181), "bob": (0, 0, 181), "cora": (1, 183, 366), "dan": (0, 0, 89), "eve": (0, 0, 90)}


def test_bg_nbd_is_asked_about_the_eligible_and_fitted_on_all(demo: ToolContext) -> None:
    cut_off = dt.date(2017, 11, 25)
    cases, known = read_cases(demo.engine, cut_off), read_histories(demo.engine, cut_off)
    found = expected_orders(demo.engine, cases, 30)
    assert len(known) > len(cases) == len(found)
    # The paper's likelihood and closed form, by an implementation of its own.
    peer = pytest.importorskip("lifetimes").BetaGeoFitter()
    frame = known.to_pandas().set_index("customer_id").astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer.fit(frame["repeats"] / 1.0, frame["latest"], frame["age"])
        mine = frame.loc[cases.raw.column("customer_id").to_pylist()]
        theirs = peer.conditional_expected_number_of_purchases_up_to_time(30, mine["repeats"], mine["latest"], mine["age"])
    assert np.corrcoef(found, theirs)[0, 1] > 0.999
    assert np.median(np.abs(found - theirs) / theirs) < 0.02


def test_a_sample_hardly_changes_when_customers_come(make_warehouse: Callable[..., Warehouse]) -> None:
    orders = [(f"c{number:03}", "2024-06-01", "5.00") for number in range(300)]
    more = [*orders, *((f"new{number}", "2024-06-02", "5.00") for number in range(30))]
    found = []
    for name, some in (("few", orders), ("more", more)):
        with make_warehouse(some, name=name).reading() as engine:
            assert draw_sample(engine, CUT_OFF, 100, 7)
            assert not draw_sample(engine, CUT_OFF, len(some), 7)
            found.append(set(engine.query("SELECT customer_id FROM churn_sample").column("customer_id").to_pylist()))
    assert len(found[0]) == len(found[1]) == 100
    assert 80 <= len(found[0] & found[1]) < 100
