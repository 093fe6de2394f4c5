"""Generated shops whose customers belong to planted groups, written straight into the canonical tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from tools.contracts import Text
from tools.features.build import rebuild
from tools.segments.clusters.step import score_clusters
from tools.segments.membership import fill_segments
from tools.segments.scoring import fill_scores, store_edges
from tools.segments.steps import Step, assemble
from tools.settings import Settings
from tools.warehouse.context import latest_date, write_meta
from tools.warehouse.warehouse import Warehouse

END = dt.datetime(2024, 6, 30)
DAYS = 365
HOURS = {"morning": (7, 11), "afternoon": (13, 17), "evening": (18, 21), "late": (22, 26), "any": (7, 23)}


@dataclass(frozen=True)
class Group:
    """How the customers of one planted group behave.

    Args:
        name: Its name.
        customers: How many there are.
        orders: Least and most orders of a customer.
        category: What they mostly buy.
        price: Median price of an item.
        hours: When they order.
        weekend: Whether they mostly order at weekends.
        discount: Share of the price that they get off.
        channel: Where they mostly order.
        silent: Least and most days since their last order.
        views: Views before an order; none where 0.
        view_hours: When they look.
        decision: Least and most days from the first view to the order.
        items: Most items of an order.
    """

    name: str
    customers: int
    orders: tuple[int, int]
    category: str
    price: float
    hours: str = "any"
    weekend: bool = False
    discount: float = 0.03
    channel: str = "web"
    silent: tuple[int, int] = (0, 40)
    views: int = 2
    view_hours: str = "any"
    decision: tuple[int, int] = (0, 3)
    items: int = 2


SIX = (
    Group("slow electronics", 120, (3, 6), "Electronics", 900.0, "evening", views=14, view_hours="late", decision=(14, 35), items=1),
    Group("morning groceries", 520, (30, 60), "Groceries", 12.0, "morning", channel="store", silent=(0, 10), views=0, items=3),
    Group("weekend home", 200, (7, 12), "Home", 60.0, "afternoon", weekend=True, channel="store", views=3, items=4),
    Group(
        "fashion deals",
        330,
        (8, 15),
        "Fashion",
        45.0,
        "evening",
        discount=0.38,
        channel="app",
        views=6,
        view_hours="evening",
        decision=(0, 1),
    ),
    Group("one-time beauty", 420, (1, 2), "Beauty", 30.0, silent=(200, 330), views=2),
    Group("afternoon snacks", 260, (20, 40), "Snacks", 4.0, "afternoon", channel="app", silent=(0, 15), views=1, decision=(0, 0), items=2),
)
"""Six groups; the first: late-night browsers of expensive electronics who take weeks to decide."""

FOUR = (
    Group("团购大户", 90, (40, 90), "办公用品", 300.0, "morning", channel="客户经理", silent=(0, 20), views=0, items=8),
    Group("周末生鲜", 750, (15, 30), "生鲜", 25.0, "morning", weekend=True, channel="小程序", silent=(0, 20), views=0, items=5),
    Group("促销日用", 1800, (3, 9), "日用百货", 15.0, "evening", discount=0.3, channel="小程序", silent=(0, 120), views=0, items=3),
    Group("沉睡母婴", 360, (2, 6), "母婴", 120.0, "any", channel="门店", silent=(180, 300), views=0, items=2),
)
"""Groups of very different sizes, named in Chinese, without events."""

PRICES = {"Electronics": 400.0, "Groceries": 10.0, "Home": 50.0, "Fashion": 60.0, "Beauty": 30.0, "Snacks": 5.0}


@dataclass
class Rows:
    """Rows of the canonical tables, and the planted group of each customer."""

    customers: list[tuple[str, ...]] = field(default_factory=list)
    orders: list[tuple[object, ...]] = field(default_factory=list)
    lines: list[tuple[object, ...]] = field(default_factory=list)
    products: list[tuple[str, ...]] = field(default_factory=list)
    events: list[tuple[object, ...]] = field(default_factory=list)
    group: dict[str, str] = field(default_factory=dict)


def plant(groups: Sequence[Group], seed: int, scale: float = 1.0, stray: float = 0.3, spread: float = 0.8) -> Rows:
    """Rows of customers of the groups.

    Args:
        groups: Who.
        seed: Of everything random.
        scale: Multiplies their numbers.
        stray: Share of what they do that follows no pattern.
        spread: Of the logarithm of prices that customers pay, and of how often they do things: 1 makes a few of them very large.
    """
    random = np.random.default_rng(seed)
    categories = sorted({group.category for group in groups})
    rows = Rows()
    rows.products = [(f"{category}-{number}", f"{category} {number}", category) for category in categories for number in range(40)]
    channels = sorted({group.channel for group in groups})
    for group in groups:
        for number in range(int(group.customers * scale)):
            customer = f"{group.name}-{number:05d}"
            rows.customers.append((customer,))
            rows.group[customer] = group.name
            _customer(rows, random, group, customer, categories, channels, (stray, spread))
    return rows


def _customer(
    rows: Rows,
    random: np.random.Generator,
    group: Group,
    customer: str,
    categories: Sequence[str],
    channels: Sequence[str],
    noise: tuple[float, float],
) -> None:
    stray, spread = noise
    last = int(random.integers(group.silent[0], group.silent[1] + 1))
    first = int(random.integers(max(last + 20, 300), DAYS + 1))
    count = int(random.integers(group.orders[0], group.orders[1] + 1))
    days = np.sort(random.choice(np.arange(last, first + 1), size=min(count, first - last), replace=False))
    days[0] = last
    taste = float(random.lognormal(0, spread))
    eager = float(random.lognormal(0, spread))
    for place, ago in enumerate(days.tolist()):
        day = END - dt.timedelta(days=ago)
        if group.weekend and random.random() > stray:
            day = max(day - dt.timedelta(days=(day.weekday() - 5) % 7), END - dt.timedelta(days=DAYS))
        order = f"{customer}-{place}"
        moment = day + _hour(random, group.hours if random.random() > stray else "any")
        channel = group.channel if random.random() > stray else str(random.choice(channels))
        total = saved = 0.0
        for line in range(int(random.integers(1, group.items + 1))):
            own = random.random() > stray
            category = group.category if own else str(random.choice(categories))
            product = f"{category}-{int(random.integers(0, 40))}"
            price = (group.price if own else PRICES.get(category, 30.0)) * taste * float(random.lognormal(0, 0.3))
            off = price * max(0.0, group.discount + float(random.normal(0, 0.03)))
            paid = round(price - off, 2)
            rows.lines.append((order, product, 1, paid, round(off, 2)))
            total, saved = total + paid, saved + off
            if line == 0 and group.views:
                _views(rows, random, group, customer, product, moment, stray, eager)
        rows.orders.append((order, customer, moment, "completed", round(total, 2), round(saved, 2), channel))


def _views(
    rows: Rows, random: np.random.Generator, group: Group, customer: str, product: str, moment: dt.datetime, stray: float, eager: float
) -> None:
    waited = int(random.integers(group.decision[0], group.decision[1] + 1))
    for number in range(int(random.poisson(group.views * eager)) + 1):
        ago = waited if number == 0 else int(random.integers(0, waited + 1))
        when = (
            moment.replace(hour=0, minute=0)
            - dt.timedelta(days=ago)
            + _hour(random, group.view_hours if random.random() > stray else "any")
        )
        rows.events.append((customer, min(when, moment - dt.timedelta(minutes=1)), "view", product))
    if random.random() < 0.5:
        rows.events.append((customer, moment - dt.timedelta(minutes=2), "cart", product))


def _hour(random: np.random.Generator, name: str) -> dt.timedelta:
    start, end = HOURS[name]
    # Hours from 24 on are after midnight, of the night before.
    return dt.timedelta(hours=int(random.integers(start, end + 1)) % 24, minutes=int(random.integers(1, 60)))


COLUMNS: Mapping[str, str] = {
    "customers": "customer_id",
    "orders": "order_id, customer_id, ordered_at, status, amount, discount, channel",
    "order_lines": "order_id, product_id, quantity, amount, discount",
    "products": "product_id, name, category",
    "events": "customer_id, occurred_at, kind, product_id",
}


def write(rows: Rows, path: Path) -> Warehouse:
    """A warehouse of those rows, not refreshed."""
    warehouse = Warehouse(path, Settings(home=path.parent))
    tables = {
        "customers": rows.customers,
        "orders": rows.orders,
        "order_lines": rows.lines,
        "products": rows.products,
        "events": rows.events,
    }
    with warehouse.writing() as engine, engine.transaction():
        for name, data in tables.items():
            if data:
                columns = [column.strip() for column in COLUMNS[name].split(",")]
                engine.register("_rows", pa.Table.from_pandas(pd.DataFrame(data, columns=columns), preserve_index=False))
                engine.execute(f"INSERT INTO {name} ({COLUMNS[name]}) SELECT {COLUMNS[name]} FROM _rows")
    return warehouse


def cluster(warehouse: Warehouse) -> None:
    """What a refresh does, with clusters as the only step."""
    step = Step("clusters", Text(zh="", en=""), score_clusters, ("cluster",))
    with warehouse.writing() as engine, engine.transaction():
        as_of = latest_date(engine)
        assert as_of is not None
        rebuild(engine, as_of)
        write_meta(engine, "features_as_of", as_of.isoformat())
        write_meta(engine, "refreshed_data_version", "0")
        edges = store_edges(engine, as_of)
        assert edges is not None
        fill_scores(engine, edges)
        score_clusters(engine, as_of, warehouse.config)
        assemble(engine, [step])
        fill_segments(engine, as_of)
