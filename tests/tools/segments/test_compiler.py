"""Compiled rules against an evaluation in plain Python on random small data, and against errors that operators make."""

from __future__ import annotations

import datetime as dt
import operator
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from tools.contracts import Text
from tools.errors import Blocked, InputError, UnknownName
from tools.rules import AllOf, AnyOf, Behaviour, Condition, InSegment, NotRule, SegmentRule, Selection
from tools.segments.compiler import compile_rule, compile_selection
from tools.segments.membership import save_segment
from tools.segments.refresh import refresh
from tools.settings import Settings
from tools.warehouse.context import ToolContext, open_context
from tools.warehouse.duckdb_engine import DuckDBEngine
from tools.warehouse.warehouse import Warehouse
from tools.windows import Window

AS_OF = dt.date(2024, 6, 30)
RULE: TypeAdapter[SegmentRule] = TypeAdapter(SegmentRule)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
CATEGORIES, STORES = ("MEAT", "DELI", "TOYS"), ("s1", "s2")


def _rows() -> dict[str, list[dict[str, Any]]]:
    """40 random customers with orders before and after the as-of date, some cancelled, some lines without a product."""
    dice = random.Random(11)
    people, orders, lines = [], [], []
    for number in range(40):
        customer = f"c{number:02d}"
        people.append({"id": customer, "age": dice.choice([None, 20, 35, 50]), "city": dice.choice([None, "Rome", "Oslo"])})
        for _ in range(dice.choice([0, 1, 3, 6])):
            order = f"o{len(orders)}"
            orders.append(
                {
                    "id": order,
                    "customer": customer,
                    "day": AS_OF - dt.timedelta(days=dice.randrange(-20, 120)),
                    "counts": dice.random() < 0.85,
                    "amount": Decimal(dice.randrange(0, 9000)) / 100,
                    "store": dice.choice(STORES),
                }
            )
            lines += [_line(dice, order) for _ in range(dice.randrange(0, 4))]
    return {"people": people, "orders": orders, "lines": lines}


def _line(dice: random.Random, order: str) -> dict[str, Any]:
    cents = dice.randrange(0, 3000)
    return {"order": order, "category": dice.choice([*CATEGORIES, None]), "quantity": dice.randrange(1, 5), "amount": Decimal(cents) / 100}


DATA = _rows()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DuckDBEngine]:
    with Warehouse(tmp_path_factory.mktemp("rules") / "w.duckdb").writing() as engine:
        for one in DATA["people"]:
            engine.execute("INSERT INTO customers (customer_id, age, city) VALUES ($id, $age, $city)", one)
        for category in CATEGORIES:
            engine.execute("INSERT INTO products (product_id, category) VALUES ($c, $c)", {"c": category})
        for one in DATA["orders"]:
            engine.execute(
                "INSERT INTO orders (order_id, customer_id, ordered_at, status, amount, store_id) "
                "VALUES ($id, $customer, $day, CASE WHEN $counts THEN 'completed' ELSE 'cancelled' END, $amount, $store)",
                one,
            )
        for one in DATA["lines"]:
            engine.execute(
                "INSERT INTO order_lines (order_id, product_id, quantity, amount) VALUES ($order, $category, $quantity, $amount)", one
            )
        yield engine


def _measured(rule: Behaviour, customer: str) -> Decimal | int:
    start, end = rule.window.resolve(AS_OF) if rule.window else (None, None)
    last = min(end, AS_OF) if end else AS_OF
    orders = [
        one
        for one in DATA["orders"]
        if one["customer"] == customer and one["counts"] and one["day"] <= last and (start is None or one["day"] >= start)
        if "store" not in rule.where or one["store"] in rule.where["store"]
    ]
    fitting = {
        one["id"]: [
            line
            for line in DATA["lines"]
            if line["order"] == one["id"] and ("category" not in rule.where or line["category"] in rule.where["category"])
        ]
        for one in orders
    }
    by_line = "category" in rule.where or rule.behaviour == "quantity"
    if by_line:
        orders = [one for one in orders if fitting[one["id"]]]
    if rule.behaviour == "orders":
        return len(orders)
    if rule.behaviour == "active_days":
        return len({one["day"] for one in orders})
    if rule.behaviour == "quantity":
        return sum(line["quantity"] for one in orders for line in fitting[one["id"]])
    if by_line:
        return sum((line["amount"] for one in orders for line in fitting[one["id"]]), Decimal(0))
    return sum(one["amount"] for one in orders)


def _holds(rule: SegmentRule, person: dict[str, Any]) -> bool | None:
    """Three-valued: None is unknown."""
    if isinstance(rule, Behaviour):
        found = _measured(rule, person["id"])
        if isinstance(rule.value, list):
            return rule.value[0] <= found <= rule.value[1]
        return COMPARE[rule.op](found, rule.value)
    if isinstance(rule, Condition):
        value = person[rule.field]
        if rule.op in ("is known", "is unknown"):
            return (value is not None) == (rule.op == "is known")
        if value is None:
            return None
        if isinstance(rule.value, list):
            inside = rule.value[0] <= value <= rule.value[1] if rule.op == "between" else value in rule.value
            return inside != (rule.op == "not in")
        return COMPARE[rule.op](value, rule.value)
    if isinstance(rule, NotRule):
        return _holds(rule.not_, person) is not True
    assert isinstance(rule, AllOf | AnyOf)
    parts = [_holds(part, person) for part in (rule.all if isinstance(rule, AllOf) else rule.any)]
    decisive = isinstance(rule, AnyOf)
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


windows = st.one_of(
    st.none(),
    st.builds(Window, last_days=st.integers(1, 150), shift=st.integers(0, 1)),
    st.sampled_from(
        [Window(period="2024-05"), Window(period="2024"), Window(start=dt.date(2024, 5, 10)), Window(end=dt.date(2024, 5, 10))]
    ),
)
places = st.fixed_dictionaries(
    {},
    optional={
        "category": st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2, unique=True),
        "store": st.lists(st.sampled_from(STORES), min_size=1, max_size=2, unique=True),
    },
)
behaviours = st.one_of(
    st.builds(
        Behaviour,
        behaviour=st.sampled_from(["orders", "amount", "quantity", "active_days"]),
        op=st.sampled_from(list(COMPARE)),
        value=st.integers(0, 8) | st.integers(0, 200).map(lambda cents: Decimal(cents)),
        window=windows,
        where=places,
    ),
    st.builds(Behaviour, behaviour=st.just("orders"), op=st.just("between"), value=st.just([1, 3]), window=windows, where=places),
)
conditions = st.one_of(
    st.builds(Condition, field=st.just("age"), op=st.sampled_from(list(COMPARE)), value=st.sampled_from([20, 35, 40])),
    st.builds(Condition, field=st.just("age"), op=st.just("between"), value=st.just([20, 35])),
    st.builds(Condition, field=st.just("city"), op=st.sampled_from(["=", "!="]), value=st.sampled_from(["Rome", "Oslo", "Nowhere"])),
    st.builds(Condition, field=st.just("city"), op=st.sampled_from(["in", "not in"]), value=st.just(["Rome", "Bonn"])),
    st.builds(Condition, field=st.sampled_from(["age", "city"]), op=st.sampled_from(["is known", "is unknown"])),
)
rules = st.recursive(
    behaviours | conditions,
    lambda inner: st.one_of(
        st.builds(AllOf, all=st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, any=st.lists(inner, max_size=3).map(tuple)),
        inner.map(lambda rule: NotRule.model_validate({"not": rule})),
    ),
    max_leaves=5,
)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules)
def test_compiled_rules_select_whom_they_should(engine: DuckDBEngine, rule: SegmentRule) -> None:
    query = compile_rule(rule, AS_OF)
    found = [row[0] for row in engine.rows(query.sql, query.parameters)]
    assert len(found) == len(set(found))
    assert set(found) == {person["id"] for person in DATA["people"] if _holds(rule, person)}
    assert sqlglot.transpile(query.sql, read="duckdb", write="spark")
    assert query.sentence.en
    assert query.sentence.zh
    assert RULE.validate_json(RULE.dump_json(rule, by_alias=True)) == rule


def test_values_are_bound(engine: DuckDBEngine) -> None:
    query = compile_rule(Condition(field="city", op="=", value="x'; DROP TABLE customers; --"), AS_OF)
    assert "DROP" not in query.sql
    assert list(query.parameters.values()) == ["x'; DROP TABLE customers; --"]
    assert engine.rows(query.sql, query.parameters) == []


def test_order_and_limit(engine: DuckDBEngine) -> None:
    with pytest.raises(UnknownName, match="no field named 'shoe_size'"):
        compile_rule(Condition(field="shoe_size", op="=", value=1), AS_OF)
    ctx = ToolContext(engine, AS_OF, "0", Settings())
    query = compile_selection(ctx, Selection(rule=Condition(field="age", op="is known"), sort_by="age", limit=4))
    ages = {person["id"]: person["age"] for person in DATA["people"]}
    oldest = sorted((one for one in ages if ages[one]), key=lambda one: (-ages[one], one))[:4]
    assert [row[0] for row in engine.rows(query.sql, query.parameters)] == oldest
    assert query.sentence == Text(zh="年龄已知的客户中年龄最高的4位", en="the 4 with the highest age among customers whose age is known")


@pytest.mark.parametrize(
    ("rule", "error", "message"),
    [
        ({"field": "age", "op": ">", "value": "old"}, InputError, "age is compared with a number, not 'old'"),
        ({"field": "age", "op": ">", "value": True}, InputError, "compared with a number, not True"),
        ({"field": "age", "op": "between", "value": 5}, InputError, "age between takes two values, got 1"),
        ({"field": "age", "op": "=", "value": [1, 2]}, InputError, "age = takes a value, got 2"),
        ({"field": "age", "op": "in", "value": []}, InputError, "age in takes a value, got 0"),
        ({"field": "city", "op": ">", "value": "Rome"}, InputError, "city has no order"),
        ({"field": "last_order_date", "op": ">", "value": "yesterday"}, InputError, "compared with a date such as 2017-11-15"),
        ({"field": "marketing_consent", "op": "=", "value": "perhaps"}, InputError, "compared with true or false"),
        ({"field": "rfm_group", "op": "=", "value": "champs"}, UnknownName, "no RFM group named 'champs'; known: champions"),
        ({"field": "email", "op": "=", "value": "a@b.c"}, Blocked, "e-mail is personal data"),
        ({"segment": "champs"}, UnknownName, "no segment named 'champs'; known: champions"),
        (
            {"behaviour": "orders", "op": ">", "value": 1, "where": {"colour": ["red"]}},
            UnknownName,
            "no dimension of this behaviour",
        ),
        ({"behaviour": "orders", "op": "between", "value": 1}, InputError, "orders between takes another number of values"),
        ({"behaviour": "orders", "op": ">", "value": 1, "window": {"period": "someday"}}, InputError, "'someday' is not a period"),
    ],
)
def test_errors_name_what_is_off(rule: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        compile_rule(RULE.validate_python(rule), AS_OF)


def test_deep_nesting_is_refused() -> None:
    rule: SegmentRule = Condition(field="age", op="=", value=1)
    for _ in range(60):
        rule = NotRule.model_validate({"not": rule})
    with pytest.raises(InputError, match="nested too deeply"):
        compile_rule(rule, AS_OF)


def test_segments_resolve_to_their_rules_and_circles_are_refused() -> None:
    rules = {"a": InSegment(segment="b"), "b": AllOf(all=(InSegment(segment="c"), InSegment(segment="lost"))), "c": InSegment(segment="a")}
    with pytest.raises(InputError, match="in a circle: a → b → c → a"):
        compile_rule(InSegment(segment="a"), AS_OF, rules)
    fine = compile_rule(InSegment(segment="x"), AS_OF, {"x": InSegment(segment="champions")})
    assert fine.parameters == {"r_0": "champions"}


def test_contacts_responses_events_and_attributes(make_warehouse: Callable[..., Warehouse], tmp_path: Path) -> None:
    warehouse = make_warehouse([("a", "2024-06-30", "5.00")], ["b", "c"])
    with warehouse.writing() as engine:
        engine.execute("INSERT INTO campaigns (campaign_id, name, start_date) VALUES ('1', 'Spring', DATE '2024-04-01')")
        engine.execute("INSERT INTO campaign_contacts VALUES ('1', 'a', NULL, 'treatment'), ('1', 'b', NULL, 'control')")
        engine.execute("INSERT INTO campaign_responses VALUES ('1', 'a', TIMESTAMP '2024-06-01', 'click', NULL)")
        engine.execute("INSERT INTO events (customer_id, occurred_at, kind) VALUES ('b', TIMESTAMP '2024-06-30 12:00:00', 'cart')")
        engine.execute('UPDATE customers SET attributes = \'{"kids": "2", "odd \\"name": "x"}\' WHERE customer_id = \'a\'')
        engine.execute("UPDATE customers SET attributes = '{\"kids\": \"10\"}' WHERE customer_id = 'b'")
    refresh(warehouse)
    expected = [
        ({"behaviour": "contacts", "op": ">=", "value": 1, "where": {"campaign": ["Spring"]}}, {"a"}),
        ({"behaviour": "contacts", "op": "=", "value": 0}, {"b", "c"}),
        ({"behaviour": "contacts", "op": ">=", "value": 1, "window": {"last_days": 30}}, set()),
        ({"behaviour": "responses", "op": ">=", "value": 1, "where": {"response_kind": ["click"]}}, {"a"}),
        ({"behaviour": "events", "op": ">=", "value": 1, "where": {"event_kind": ["cart"]}, "window": {"last_days": 1}}, {"b"}),
        ({"field": "attribute.kids", "op": ">", "value": 2}, {"b"}),
        ({"field": "attribute.kids", "op": "=", "value": "2"}, {"a"}),
        ({"field": "attribute.kids", "op": "is unknown"}, {"c"}),
        ({"field": 'attribute.odd "name', "op": "=", "value": "x"}, {"a"}),
    ]
    with open_context(warehouse) as ctx:
        for rule, want in expected:
            query = compile_selection(ctx, Selection(rule=RULE.validate_python(rule)))
            assert {row[0] for row in ctx.engine.rows(query.sql, query.parameters)} == want, rule
        with pytest.raises(UnknownName, match=r"no attribute named 'attribute\.kid'; known: attribute\.kids"):
            compile_selection(ctx, Selection(rule=Condition(field="attribute.kid", op="=", value=1)))


def test_saved_segments_are_found_by_id(make_warehouse: Callable[..., Warehouse]) -> None:
    warehouse = make_warehouse([("a", "2024-06-30", "5.00"), ("b", "2024-06-29", "500.00")])
    with warehouse.writing() as engine:
        save_segment(engine, "big", Text(zh="大客户", en="Big"), Behaviour(behaviour="amount", op=">", value=100), "saved", None)
    refresh(warehouse)
    with open_context(warehouse) as ctx:
        query = compile_selection(ctx, Selection(rule=NotRule.model_validate({"not": {"segment": "big"}})))
        assert ctx.engine.rows(query.sql, query.parameters) == [("a",)]
        assert ctx.engine.rows("SELECT customer_id FROM segment_members WHERE segment_id = 'big'") == [("b",)]
