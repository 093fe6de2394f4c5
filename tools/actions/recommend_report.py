"""How the recommending tool shows what it found: figures, tables, chart, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tools.contracts import Chart, Column, Figure, FigureValue, Table, Text, Unit
from tools.requests import RecommendProducts
from tools.segments.pairs.build import LEAST_BUYERS, MOST_ITEMS, Level
from tools.segments.pairs.offers import LAPSE_DAYS, Offers
from tools.segments.reporting import ROWS_SHOWN, ROWS_WITH_FIGURES, bars, figure

LEVELS = {"product": Text(zh="商品", en="products"), "category": Text(zh="品类", en="categories")}


@dataclass(frozen=True)
class Facts:
    """What one answer is about.

    Args:
        request: As asked.
        level: Of the items; products where categories were asked for and there are none.
        name: Of the customer or the group.
        offers: Per customer.
        totals: The rows of ``offer_totals.sql``.
        names: Item to its name, where it has one.
        popular: Customers about whom nothing is known, who are offered what most buy.
        path: File with the offers of every customer.
    """

    request: RecommendProducts
    level: Level
    name: Text
    offers: Offers
    totals: Sequence[dict[str, Any]]
    names: Mapping[str, str]
    popular: int
    path: str | None

    @property
    def is_one(self) -> bool:
        """Whether the offers are for a single customer."""
        return self.offers.members == 1

    @property
    def shown(self) -> Sequence[dict[str, Any]]:
        """The offers in order: of the one customer, or of the group by how many get them."""
        if self.is_one:
            by_item = {row["item"]: row for row in self.totals}
            return [by_item[item] for item in self.offers.rows.column("item").to_pylist()]
        return self.totals[: self.request.limit]

    def label(self, item: str | None) -> str | None:
        """What an item is called: its name with its id, or the id alone."""
        if item is None or self.level == "category":
            return item
        name = self.names.get(item)
        return f"{name} ({item})" if name else item


@dataclass(frozen=True)
class Shown:
    """The parts of a tool result that show facts."""

    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...]
    interpretation: Text
    details: dict[str, Any] = field(default_factory=dict)


def show(facts: Facts) -> Shown:
    """Figures, tables, chart and details of ``facts``."""
    what = LEVELS[facts.level]
    numbered = list(enumerate(facts.shown, 1))
    details = {
        "level": facts.level,
        "level_name": what.model_dump(),
        "name": facts.name.model_dump(),
        "is_one": facts.is_one,
        "popular_only": facts.popular == facts.offers.members,
        "with_lift": [number for number, row in numbered if row["lift"] is not None],
        "offers": [
            {"name": facts.label(row["item"]), "because": facts.label(row["because"]), "lapsed": row["lapsed"] * 2 > row["customers"]}
            for _, row in numbered
        ],
    }
    interpretation = Text(
        zh=f"向{facts.name.zh}推荐{what.zh}，每位客户前{facts.request.limit}项",
        en=f"{what.en} to offer to {facts.name.en}, the first {facts.request.limit} per customer",
    )
    tables = (_table(facts),) if facts.is_one else (_table(facts), _customer_table(facts))
    charts = () if facts.is_one or not facts.totals else (_chart(facts),)
    return Shown(tuple(_figures(facts)), tables if facts.totals else (), charts, interpretation, details)


def _figures(facts: Facts) -> list[Figure]:
    found = [
        figure("customers", "客户数", "customers", facts.offers.asked, Unit.COUNT),
        figure("popular_customers", "只能按热销推荐的客户", "customers offered what most buy", facts.popular, Unit.COUNT),
    ]
    for number, row in enumerate(facts.shown[: max(ROWS_WITH_FIGURES, 10)], 1):
        name = facts.label(row["item"])
        cells: list[tuple[str, str, str, FigureValue, Unit]] = [
            ("name", "推荐", "offer", name, Unit.TEXT),
            ("reach", f"{name}：买过的客户占比", f"{name}: share of customers who bought it", _reach(facts, row), Unit.SHARE),
        ]
        if row["lift"] is not None:
            cells.append(("lift", f"{name}：关联提升倍数", f"{name}: lift of co-purchase", row["lift"], Unit.RATIO))
        if not facts.is_one:
            share = row["customers"] / facts.offers.members
            cells += [
                ("customers", f"{name}：推荐给的客户数", f"{name}: customers to offer it to", _scaled(facts, row["customers"]), Unit.COUNT),
                ("share", f"{name}：占该群客户", f"{name}: share of the group", share, Unit.SHARE),
            ]
        found += [figure(f"offer{number}.{key}", zh, en, value, unit) for key, zh, en, value, unit in cells]
    return found


def _reach(facts: Facts, row: Mapping[str, Any]) -> float:
    return float(row["buyers"]) / max(facts.offers.population, int(row["buyers"]), 1)


def _scaled(facts: Facts, customers: int) -> int:
    return round(customers * facts.offers.asked / facts.offers.members)


def _table(facts: Facts) -> Table:
    what = LEVELS[facts.level]
    group = () if facts.is_one else (
        Column(id="customers", label=Text(zh="推荐给的客户数", en="customers to offer it to"), unit=Unit.COUNT),
        Column(id="share", label=Text(zh="占该群", en="share of the group"), unit=Unit.SHARE),
    )  # fmt: skip
    columns = (
        Column(id="item", label=what, unit=Unit.TEXT),
        *group,
        Column(id="because", label=Text(zh="因为买过", en="because they bought"), unit=Unit.TEXT),
        Column(id="lift", label=Text(zh="关联提升", en="lift"), unit=Unit.RATIO),
        Column(id="reach", label=Text(zh="买过的客户占比", en="share of customers who bought it"), unit=Unit.SHARE),
    )
    rows: list[tuple[FigureValue, ...]] = []
    for row in facts.shown[:ROWS_SHOWN]:
        sizes = () if facts.is_one else (_scaled(facts, row["customers"]), row["customers"] / facts.offers.members)
        rows.append((facts.label(row["item"]), *sizes, facts.label(row["because"]), row["lift"], _reach(facts, row)))
    title = Text(zh=f"推荐给{facts.name.zh}的{what.zh}", en=f"{what.en.capitalize()} to offer to {facts.name.en}")
    return Table(id="offers", title=title, columns=columns, rows=tuple(rows), row_count=len(facts.shown))


def _customer_table(facts: Facts) -> Table:
    columns = (
        Column(id="customer_id", label=Text(zh="客户编号", en="customer id"), unit=Unit.ID),
        Column(id="place", label=Text(zh="顺序", en="place"), unit=Unit.COUNT),
        Column(id="item", label=LEVELS[facts.level], unit=Unit.TEXT),
        Column(id="because", label=Text(zh="因为买过", en="because of"), unit=Unit.TEXT),
        Column(id="lift", label=Text(zh="关联提升", en="lift"), unit=Unit.RATIO),
    )
    rows = tuple(
        (row["customer_id"], row["place"], facts.label(row["item"]), facts.label(row["because"]), row["lift"])
        for row in facts.offers.rows.slice(0, ROWS_SHOWN).to_pylist()
    )
    title = Text(zh="每位客户的推荐", en="Offers per customer")
    return Table(id="by_customer", title=title, columns=columns, rows=rows, row_count=facts.offers.rows.num_rows, path=facts.path)


def _chart(facts: Facts) -> Chart:
    shown = facts.shown[:ROWS_WITH_FIGURES]
    labels = [Text(zh=label, en=label) for label in (facts.label(row["item"]) or "" for row in shown)]
    title = Text(zh=f"推荐给{facts.name.zh}：各{LEVELS[facts.level].zh}占该群客户", en=f"Share of {facts.name.en} to offer each to")
    series = [(Text(zh="占该群", en="share of the group"), [row["customers"] / facts.offers.members for row in shown])]
    return bars("offers", title, labels, series, ".0%")


def definition(facts: Facts) -> Text:
    """How offers are chosen."""
    days, what = LAPSE_DAYS[facts.level], LEVELS[facts.level]
    return Text(
        zh=f"按共同购买推荐：买过A的客户中买B的比例×买B的客户中买A的比例，对客户买过的{what.zh}求和；最近{days}天内买过的不推荐。"
        f"关联提升=买过A的客户买B的比例（取95%区间下限，避免少数人的偶然）÷全部客户买B的比例。只考虑至少{LEAST_BUYERS}人买过的"
        f"{what.zh}，最多{MOST_ITEMS}个；没有购买关联的客户按热销推荐。",
        en=f"By co-purchase: share of the buyers of A who bought B × share of the buyers of B who bought A, summed over the {what.en} "
        f"that a customer bought; those bought within {days} days are left out. Lift = share of the buyers of A who bought B (lower end of "
        f"its 95 % interval, so that a few people's accident does not win) ÷ share of all customers. Only {what.en} with at least "
        f"{LEAST_BUYERS} buyers, at most {MOST_ITEMS}; customers without a tie are offered what most buy.",
    )


def caveats(facts: Facts, fell_back: bool) -> list[Text]:
    """What an operator should know before acting on the offers."""
    offers, what = facts.offers, LEVELS[facts.level]
    found = [
        (
            fell_back,
            "数据中没有品类，改为推荐商品。",
            "The data have no categories, so products are offered.",
        ),
        (
            bool(facts.popular) and not facts.is_one,
            f"{facts.popular:,}位客户没有可用的购买关联，按热销{what.zh}推荐。",
            f"{facts.popular:,} customers have no purchases to go by and are offered the {what.en} that most buy.",
        ),
        (
            bool(facts.popular) and facts.is_one,
            f"该客户没有可用的购买关联，按热销{what.zh}推荐。",
            f"Nothing is known of what this customer buys, so the {what.en} that most buy are offered.",
        ),
        (
            offers.asked > offers.members,
            f"这群客户有{offers.asked:,}位，推荐由随机抽取的{offers.members:,}位得出，人数已按比例放大。",
            f"The group has {offers.asked:,} customers; offers rest on a random {offers.members:,} of them, and counts are scaled up.",
        ),
        (
            any(row["lapsed"] for row in facts.shown),
            f"部分推荐是以前买过、但已超过{LAPSE_DAYS[facts.level]}天没买的{what.zh}。",
            f"Some offers are {what.en} that were bought before, but not for {LAPSE_DAYS[facts.level]} days.",
        ),
    ]
    return [Text(zh=zh, en=en) for holds, zh, en in found if holds]
