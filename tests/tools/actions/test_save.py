"""Segments are saved as versioned rules, filled at once, and known to every tool by their name."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.actions import save as saving
from tools.actions.save import draft_segment, save_draft
from tools.contracts import ToolResult
from tools.errors import InputError, UnknownName, UnsupportedQuestion
from tools.requests import Customers, FindCustomers, SaveSegment
from tools.rules import AllOf, Behaviour, Condition, InSegment, NotRule, SegmentRule, Selection
from tools.segments.find import find_customers
from tools.segments.refresh import refresh
from tools.segments.resolve import reserved_name, resolve_customers
from tools.settings import Settings
from tools.warehouse.context import open_context
from tools.warehouse.warehouse import Warehouse
from tools.windows import Window

PEOPLE = [f"c{number}" for number in range(1, 11)]


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten customers; c1 to c5 ordered on 2024-03-01, the others on 2024-01-01; customer n spent n times 10."""
    made = Warehouse(tmp_path_factory.mktemp("save") / "small.duckdb")
    with made.writing() as engine, engine.transaction():
        for number, customer in enumerate(PEOPLE, 1):
            engine.execute("INSERT INTO customers (customer_id) VALUES ($id)", {"id": customer})
            engine.execute(
                "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
                "VALUES ($id, $id, CAST($day AS TIMESTAMP), 'completed', $amount)",
                {"id": customer, "day": "2024-03-01" if number <= 5 else "2024-01-01", "amount": 10 * number},
            )
    refresh(made)
    return made.path


@pytest.fixture
def warehouse(loaded: Path, tmp_path: Path) -> Warehouse:
    return Warehouse(shutil.copy(loaded, tmp_path / "small.duckdb"), Settings(home=tmp_path))


def save(warehouse: Warehouse, customers: Customers, name: str) -> ToolResult:
    with open_context(warehouse) as ctx:
        draft = draft_segment(ctx, SaveSegment(customers=customers, name=name))
    return save_draft(warehouse, draft)


def members(warehouse: Warehouse, segment: str) -> list[str]:
    with warehouse.reading() as engine:
        rows = engine.rows("SELECT customer_id FROM segment_members WHERE segment_id = $id ORDER BY customer_id", {"id": segment})
    return [row[0] for row in rows]


def spent(least: int) -> Condition:
    return Condition(field="amount", op=">=", value=least)


def test_a_rule_is_saved_and_filled_at_once(warehouse: Warehouse) -> None:
    result = save(warehouse, spent(80), "Big  Spenders")
    assert {figure.id: figure.value for figure in result.figures} == {"customers": 3, "share_of_customers": 0.3, "version": 1}
    assert result.details["name"] == {"zh": "Big Spenders", "en": "Big Spenders"}
    assert (result.details["segment"], result.details["state"]) == ("big_spenders", "new")
    assert result.selection == Selection(rule=InSegment(segment="big_spenders"))
    assert members(warehouse, "big_spenders") == ["c10", "c8", "c9"]
    assert "total spend" in result.receipts[0].definition.en


def test_it_is_known_by_its_name_everywhere(warehouse: Warehouse) -> None:
    save(warehouse, spent(80), "高价值 老客")
    with open_context(warehouse) as ctx:
        for name in ("高价值老客", "高价值 老客", "高价值_老客"):
            assert resolve_customers(ctx, name) == Selection(rule=InSegment(segment="高价值_老客"))
        found = find_customers(ctx, FindCustomers(rule=InSegment(segment="高价值_老客")))
        assert found.figure("customers").value == 3
        assert found.interpretation is not None
        assert "高价值 老客" in found.interpretation.zh


def test_the_same_name_makes_a_new_version_and_says_so(warehouse: Warehouse) -> None:
    save(warehouse, spent(80), "Big spenders")
    result = save(warehouse, spent(90), "BIG-SPENDERS")
    figures = {figure.id: figure.value for figure in result.figures}
    assert figures == {"customers": 2, "share_of_customers": 0.2, "version": 2, "before": 3, "joined": 0, "departed": 1}
    assert result.details["state"] == "changed"
    assert any("version 2" in caveat.en and "第 2 版" in caveat.zh for caveat in result.caveats)
    with warehouse.reading() as engine:
        assert engine.rows("SELECT version, name_en FROM segments WHERE segment_id = 'big_spenders' ORDER BY version") == [
            (1, "Big spenders"),
            (2, "Big spenders"),
        ]
        change = engine.rows("SELECT opening, joined, departed, closing FROM segment_changes WHERE segment_id = 'big_spenders'")
    # All of one date in one row: opening + joined - left = closing.
    assert change == [(0, 3, 1, 2)]


def test_the_same_rule_again_makes_no_version(warehouse: Warehouse) -> None:
    save(warehouse, spent(80), "Big spenders")
    result = save(warehouse, spent(80), "Big spenders")
    assert (result.figure("version").value, result.details["state"]) == (1, "same")
    assert any("no new version" in caveat.en for caveat in result.caveats)


def test_members_follow_the_data_at_the_next_refresh(warehouse: Warehouse) -> None:
    save(warehouse, Condition(field="recency_days", op=">", value=30), "Sleepers")
    assert members(warehouse, "sleepers") == ["c10", "c6", "c7", "c8", "c9"]
    with warehouse.writing() as engine:
        engine.execute(
            "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount) "
            "VALUES ('new', 'c6', TIMESTAMP '2024-03-02', 'completed', 5)"
        )
    refresh(warehouse)
    assert members(warehouse, "sleepers") == ["c10", "c7", "c8", "c9"]
    with warehouse.reading() as engine:
        last = engine.rows(
            "SELECT opening, joined, departed, closing FROM segment_changes WHERE segment_id = 'sleepers' ORDER BY as_of DESC LIMIT 1"
        )
    assert last == [(5, 0, 1, 4)]


def test_a_cut_list_is_kept_customer_by_customer(warehouse: Warehouse) -> None:
    result = save(warehouse, Selection(rule=spent(20), sort_by="amount", limit=2), "Top two")
    assert members(warehouse, "top_two") == ["c10", "c9"]
    assert result.details["fixed"] is True
    assert any("does not change with the data" in caveat.en for caveat in result.caveats)


def test_a_long_cut_list_is_refused(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MOST_IDS", 3)
    with pytest.raises(InputError, match="cut to 4 customers is too long"):
        save(warehouse, Selection(sort_by="amount", limit=4), "Top four")


@pytest.mark.parametrize(
    "name", ["Champions", "the champions", "冠军客户", "冠军", "cannot lose them", "重要价值客户", "everyone", "全部客户"]
)
def test_names_of_the_products_groups_are_refused(warehouse: Warehouse, name: str) -> None:
    assert reserved_name(name) is not None
    with pytest.raises(InputError, match="already means"):
        save(warehouse, spent(80), name)


@pytest.mark.parametrize("name", ["!!", "t3", "last", "2024", "t1.2"])
def test_names_that_say_nothing_are_refused(warehouse: Warehouse, name: str) -> None:
    with pytest.raises(InputError, match="cannot name a segment"):
        save(warehouse, spent(80), name)


@pytest.fixture
def clustered(warehouse: Warehouse) -> Warehouse:
    """c1 to c3 are the cluster of night owls."""
    rule = '{"field": "cluster", "op": "=", "value": "cluster_1"}'
    with warehouse.writing() as engine:
        engine.execute("UPDATE model_runs SET in_use = FALSE WHERE model = 'clusters'")
        engine.execute(
            "INSERT INTO model_runs (run_id, model, version, as_of, seed, data_version, in_use, quality) "
            "VALUES (99, 'clusters', 'clusters-1', DATE '2024-03-01', 7, '1', TRUE, '{}')"
        )
        engine.execute(
            "INSERT INTO clusters (run_id, cluster, position, name_zh, name_en, sentence_zh, sentence_en, customers, revenue, traits, "
            "rule) VALUES (99, 'cluster_1', 1, '夜猫子', 'Night owls', 's', 's', 3, 60, '[]', '')"
        )
        engine.execute("INSERT INTO segments VALUES ('cluster_1', 1, 'clusters', '夜猫子', 'Night owls', $rule, NULL)", {"rule": rule})
        engine.execute("UPDATE scores SET cluster = 'cluster_1' WHERE customer_id IN ('c1', 'c2', 'c3')")
    return warehouse


def test_the_name_of_a_cluster_is_refused(clustered: Warehouse) -> None:
    with pytest.raises(InputError, match="is the name of a cluster"):
        save(clustered, spent(80), "night owls")


def test_a_cluster_is_saved_by_what_it_is_now(clustered: Warehouse) -> None:
    """The next refresh may find no such cluster: a segment that named it would be about nothing."""
    save(clustered, AllOf(all=(InSegment(segment="cluster_1"), spent(20))), "Dear owls")
    assert members(clustered, "dear_owls") == ["c2", "c3"]
    with clustered.reading() as engine:
        stored = engine.rows("SELECT rule FROM segments WHERE segment_id = 'dear_owls'")[0][0]
    assert '"segment"' not in stored
    assert '"cluster_1"' in stored


def test_a_rule_about_what_is_gone_holds_for_nobody_and_stops_no_refresh(warehouse: Warehouse) -> None:
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO segments VALUES ('old', 1, 'saved', '旧', 'Old', '{\"segment\": \"cluster_77\"}', NULL)")
    refresh(warehouse)
    assert members(warehouse, "old") == []


def test_a_segment_can_be_narrowed_under_its_own_name(warehouse: Warehouse) -> None:
    save(warehouse, spent(60), "Good")
    narrower = AllOf(all=(InSegment(segment="good"), NotRule(not_=spent(90))))
    save(warehouse, narrower, "Good")
    assert members(warehouse, "good") == ["c6", "c7", "c8"]


def test_a_circle_through_other_segments_is_refused_and_nothing_is_written(warehouse: Warehouse) -> None:
    save(warehouse, spent(60), "Good")
    save(warehouse, AllOf(all=(InSegment(segment="good"), spent(80))), "Better")
    with pytest.raises(InputError, match="circle: better → good → better"):
        save(warehouse, AllOf(all=(InSegment(segment="better"), spent(10))), "Good")
    assert members(warehouse, "good") == ["c10", "c6", "c7", "c8", "c9"]


RULES: Sequence[tuple[SegmentRule, list[str]]] = [
    (Behaviour(behaviour="orders", op=">=", value=1, window=Window(last_days=10)), ["c1", "c2", "c3", "c4", "c5"]),
    (Condition(field="customer_id", op="in", value=["c2", "c9"]), ["c2", "c9"]),
    (AllOf(all=()), sorted(PEOPLE)),
    (AllOf(all=(spent(30), NotRule(not_=Condition(field="recency_days", op="<", value=30)))), ["c10", "c6", "c7", "c8", "c9"]),
]


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_every_kind_of_rule_comes_back_as_it_was(warehouse: Warehouse, rule: SegmentRule, expected: list[str]) -> None:
    save(warehouse, rule, "Kept")
    assert members(warehouse, "kept") == expected
    with open_context(warehouse) as ctx:
        again = find_customers(ctx, FindCustomers(rule=InSegment(segment="kept")))
    assert again.figure("customers").value == len(expected)


def test_an_empty_segment_is_saved_and_said(warehouse: Warehouse) -> None:
    result = save(warehouse, spent(10_000), "Whales")
    assert result.figure("customers").value == 0
    assert any("Nobody is in the segment" in caveat.en for caveat in result.caveats)


def test_unknown_customers_are_refused(warehouse: Warehouse) -> None:
    with pytest.raises(UnknownName, match="no segment named 'nobody knows'"):
        save(warehouse, "nobody knows", "Something")


def test_features_must_have_been_computed(warehouse: Warehouse) -> None:
    with warehouse.writing() as engine:
        engine.execute("DELETE FROM meta WHERE key = 'features_as_of'")
    with pytest.raises(UnsupportedQuestion, match="fenqun refresh"):
        save(warehouse, spent(1), "Any")


@pytest.mark.parametrize(
    ("rule", "fixed", "said"),
    [
        (Condition(field="customer_id", op="in", value=["c1", "c2"]), True, "It is a list, so it is kept customer by customer"),
        (Condition(field="customer_id", op="=", value="c1"), True, "It is a list, so it is kept"),
        (AllOf(all=(Condition(field="customer_id", op="in", value=["c1", "c9"]), spent(50))), False, "Only customers of a fixed list"),
        (spent(50), False, None),
    ],
)
def test_a_list_of_ids_is_fixed(warehouse: Warehouse, rule: SegmentRule, fixed: bool, said: str | None) -> None:
    result = save(warehouse, rule, "A list")
    assert result.details["fixed"] is fixed
    lists = [caveat.en for caveat in result.caveats if "list" in caveat.en]
    assert len(lists) == (0 if said is None else 1)
    assert all(said is not None and text.startswith(said) for text in lists)
