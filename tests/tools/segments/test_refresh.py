"""A refresh is all or nothing, repeatable, and its changes add up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from tools.contracts import Text
from tools.rules import Behaviour
from tools.segments import refresh as refreshing
from tools.segments.membership import save_segment
from tools.segments.refresh import refresh
from tools.segments.stored import group_rules, read_rule
from tools.warehouse.context import read_meta
from tools.warehouse.warehouse import Warehouse
from tools.windows import Window

ORDERS = [("a", "2024-06-30", "50.00"), ("a", "2024-06-01", "5.00"), ("b", "2024-05-01", "10.00"), ("c", "2024-03-01", "1.00")]
DERIVED = ("customer_features", "scores", "score_edges", "segments", "segment_members", "segment_changes")


def _state(warehouse: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    with warehouse.reading() as engine:
        # Each refresh fits the churn model anew, under a number of its own.
        columns = {table: "* EXCLUDE (churn_run_id)" if table == "scores" else "*" for table in DERIVED}
        return {table: engine.rows(f"SELECT {columns[table]} FROM {table} ORDER BY ALL") for table in DERIVED}


def test_report_and_stages(make_warehouse: Callable[..., Warehouse]) -> None:
    told: list[tuple[str, float]] = []
    report = refresh(make_warehouse(ORDERS, ["never"]), lambda stage, fraction: told.append((stage.zh, fraction)))
    assert (report.as_of, report.customers, report.buyers, report.edges_version) == (dt.date(2024, 6, 30), 4, 3, 1)
    assert report.segments["prospects"] == 1
    assert report.churn_method == "rhythm"
    assert report.churn_reason is not None
    assert [fraction for _, fraction in told] == sorted(fraction for _, fraction in told)
    assert told[-1] == ("完成", 1.0)


def test_refreshing_again_changes_nothing(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(ORDERS, ["never"])
    refresh(warehouse)
    before = _state(warehouse)
    refresh(warehouse)
    assert _state(warehouse) == before


def test_each_customer_is_in_one_group_of_each_scheme(demo_path: Path) -> None:
    with Warehouse(demo_path).reading() as engine:
        for scheme in ("rfm", "rfm_eight"):
            found = engine.rows(
                "SELECT count(*), count(DISTINCT customer_id) FROM segment_members WHERE segment_id IN "
                "(SELECT segment_id FROM segments WHERE scheme = $scheme)",
                {"scheme": scheme},
            )
            assert found == [(2469, 2469)]


def test_stored_rules_are_those_of_the_schemes(demo_path: Path) -> None:
    with Warehouse(demo_path).reading() as engine:
        rows = engine.rows("SELECT segment_id, rule, version FROM segments WHERE scheme <> 'clusters'")
    assert {row[0]: read_rule(row[1]) for row in rows} == group_rules()
    assert {row[2] for row in rows} == {1}


def test_changes_add_up_over_dates(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(ORDERS, ["never"])
    refresh(warehouse)
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO orders VALUES ('n', 'never', TIMESTAMP '2024-07-15', 'completed', 900, NULL, NULL, NULL, NULL, NULL)")
    refresh(warehouse)
    with warehouse.reading() as engine:
        rows = engine.rows("SELECT segment_id, opening, joined, departed, closing FROM segment_changes ORDER BY segment_id, as_of")
        members = dict(engine.rows("SELECT segment_id, count(*) FROM segment_members GROUP BY segment_id"))
    by_segment: dict[str, list[tuple[int, ...]]] = {}
    for segment, *numbers in rows:
        opening, joined, departed, closing = numbers
        assert opening + joined - departed == closing
        by_segment.setdefault(str(segment), []).append(tuple(numbers))
    for segment, (first, second) in by_segment.items():
        assert (first[0], first[3], second[3]) == (0, second[0], members.get(segment, 0))
    assert by_segment["prospects"] == [(0, 1, 0, 1), (1, 0, 1, 0)]


def test_changes_at_one_date_are_one_row(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(ORDERS, ["never"])
    refresh(warehouse)
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO orders VALUES ('n', 'never', TIMESTAMP '2024-06-30', 'completed', 9, NULL, NULL, NULL, NULL, NULL)")
    refresh(warehouse)
    with warehouse.reading() as engine:
        assert engine.rows("SELECT opening, joined, departed, closing FROM segment_changes WHERE segment_id = 'prospects'") == [
            (0, 1, 1, 0)
        ]


def test_a_failure_leaves_the_old_state(make_warehouse: Callable[..., Warehouse], monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = make_warehouse(ORDERS)
    refresh(warehouse)
    before = _state(warehouse)
    with warehouse.writing() as engine:
        engine.execute("UPDATE orders SET amount = amount * 2")

    def broken(*_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(refreshing, "fill_segments", broken)
    with pytest.raises(RuntimeError, match="disk full"):
        refresh(warehouse)
    assert _state(warehouse) == before


def test_readers_see_the_old_state_until_the_new_is_whole(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(ORDERS)
    refresh(warehouse)
    with warehouse.writing() as engine:
        engine.execute("UPDATE orders SET amount = amount * 2")
    seen: list[Decimal] = []

    def look(stage: Text, fraction: float) -> None:
        del stage, fraction
        with warehouse.reading() as reader:
            seen.append(reader.rows("SELECT sum(amount) FROM customer_features")[0][0])

    refresh(warehouse, look)
    assert set(seen) == {Decimal("66.00")}
    with warehouse.reading() as engine:
        assert engine.rows("SELECT sum(amount) FROM customer_features") == [(Decimal("132.00"),)]


def test_rules_get_a_new_version_when_they_change(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse(ORDERS)
    recent = Behaviour(behaviour="orders", op=">=", value=1, window=Window(last_days=30))
    name = Text(zh="近期", en="Recent")
    with warehouse.writing() as engine:
        assert save_segment(engine, "recent", name, recent, "saved", None) == 1
        assert save_segment(engine, "recent", name, recent, "saved", None) == 1
        assert save_segment(engine, "recent", name, recent.model_copy(update={"value": 2}), "saved", None) == 2
    report = refresh(warehouse)
    assert report.segments["recent"] == 1
    with warehouse.reading() as engine:
        assert engine.rows("SELECT version, customer_id FROM segment_members WHERE segment_id = 'recent'") == [(2, "a")]


def test_nothing_dated(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse([], ["a", "b"])
    report = refresh(warehouse)
    assert (report.as_of, report.customers, report.buyers) == (None, 2, 0)
    with warehouse.reading() as engine:
        assert read_meta(engine, "features_as_of") is None


def test_meta_says_what_was_refreshed(demo_path: Path) -> None:
    with Warehouse(demo_path).reading() as engine:
        assert read_meta(engine, "features_as_of") == "2018-01-01"
        assert read_meta(engine, "refreshed_data_version") == read_meta(engine, "data_version")
