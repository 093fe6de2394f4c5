"""How the tool of customer value shows what it found: figures, tables, chart."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa

from tools.contracts import Chart, Column, Figure, FigureValue, Table, Text, Unit
from tools.requests import CustomerValue
from tools.segments.chosen import Chosen
from tools.segments.reporting import ROWS_SHOWN, ROWS_WITH_FIGURES, bars, figure, share
from tools.segments.value.current import Predictions

KINDS = {
    "bg_nbd": Text(zh="BG/NBD", en="BG/NBD"),
    "pareto_nbd": Text(zh="Pareto/NBD", en="Pareto/NBD"),
    "learned": Text(zh="机器学习", en="learned"),
    "historic": Text(zh="历史消费节奏", en="past pace of spending"),
}
SORTS = {
    "predicted_value": Text(zh="预测价值", en="predicted value"),
    "total_value": Text(zh="总价值", en="total value"),
    "alive_probability": Text(zh="仍活跃概率", en="probability of being alive"),
    "expected_orders": Text(zh="预计订单数", en="expected orders"),
    "expected_order_value": Text(zh="预计每单金额", en="expected order value"),
}


@dataclass(frozen=True)
class Facts:
    """What one answer is about.

    Args:
        request: As asked.
        chosen: Whose value.
        predictions: Where they come from.
        overview: The row of ``value_overview.sql``.
        tenths: The rows of ``value_tenths.sql``.
        listed: The rows of ``value_list.sql``.
        as_of: Predictions hold after this date.
        path: File with the whole list, where it is longer than the table.
    """

    request: CustomerValue
    chosen: Chosen
    predictions: Predictions
    overview: dict[str, Any]
    tenths: list[dict[str, Any]]
    listed: pa.Table
    as_of: dt.date
    path: str | None = None

    @property
    def horizon(self) -> int:
        """Days ahead."""
        return self.predictions.horizon

    @property
    def quality(self) -> dict[str, Any]:
        """Of the run."""
        return self.predictions.quality

    @property
    def by_model(self) -> bool:
        """Whether a model predicted."""
        return self.predictions.method == "model"

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The first rows of the list, those that are shown."""
        rows: list[dict[str, Any]] = self.listed.slice(0, ROWS_SHOWN).to_pylist()
        return rows


def figures(facts: Facts) -> tuple[Figure, ...]:
    """All figures: of the customers, of the model's quality, and of the first rows."""
    return (*_whole(facts), *_quality(facts), *_rows(facts))


def _whole(facts: Facts) -> list[Figure]:
    found = facts.overview
    days = facts.horizon
    each = None if not found["expected_orders"] else found["predicted_value"] / Decimal(str(found["expected_orders"]))
    top = facts.tenths[0]["predicted_value"] if len(facts.tenths) == 10 else None
    values: list[tuple[str, str, str, FigureValue, Unit]] = [
        ("customers", "有预测的客户数", "customers with a prediction", found["predicted"], Unit.COUNT),
        (
            "predicted_value",
            f"未来{days}天预测价值合计",
            f"predicted value over the next {days} days",
            found["predicted_value"],
            Unit.MONEY,
        ),
        ("historic_value", "历史价值合计", "historic value", found["historic_value"], Unit.MONEY),
        ("total_value", "总价值合计（历史+预测）", "total value (historic + predicted)", found["total_value"], Unit.MONEY),
        ("mean_predicted_value", "人均预测价值", "predicted value per customer", _mean(found, "predicted_value"), Unit.MONEY),
        ("median_predicted_value", "预测价值中位数", "median predicted value", found["median_predicted_value"], Unit.MONEY),
        ("mean_total_value", "人均总价值", "total value per customer", _mean(found, "total_value"), Unit.MONEY),
        (
            "expected_orders",
            f"未来{days}天预计订单数",
            f"expected orders over the next {days} days",
            _whole_number(found["expected_orders"]),
            Unit.COUNT,
        ),
        (
            "expected_order_value",
            "预计每单金额",
            "expected order value",
            None if each is None else each.quantize(Decimal("0.01")),
            Unit.MONEY,
        ),
        ("alive_probability", "平均仍活跃概率", "mean probability of being alive", found["alive_probability"], Unit.PROBABILITY),
        ("alive_customers", "预计仍活跃的客户数", "customers expected to be alive", _whole_number(found["alive_customers"]), Unit.COUNT),
        (
            "top_tenth_share",
            "预测价值最高的一成客户占比",
            "share of the tenth with the highest predicted value",
            _share(top, found),
            Unit.SHARE,
        ),
        ("listed", "名单人数", "customers on the list", facts.listed.num_rows, Unit.COUNT),
        ("horizon_days", "预测天数", "horizon", days, Unit.DAYS),
        ("as_of", "数据截至", "as of", facts.as_of, Unit.DATE),
    ]
    return [figure(*one) for one in values if one[3] is not None]


def _mean(found: dict[str, Any], name: str) -> Decimal | None:
    return (found[name] / found["predicted"]).quantize(Decimal("0.01")) if found["predicted"] else None


def _whole_number(value: float | None) -> int | None:
    return None if value is None else round(value)


def _share(part: Decimal | None, found: dict[str, Any]) -> float | None:
    return None if part is None else share(part, found["predicted_value"])


def _quality(facts: Facts) -> list[Figure]:
    if not facts.by_model:
        return []
    quality = facts.quality
    days = quality["horizon_days"]
    found = [
        figure("test_cut_off", "检验截止日", "cut-off of the test", dt.date.fromisoformat(quality["test_cut_off"]), Unit.DATE),
        figure("test_days", "检验期天数", "days of the test period", days, Unit.DAYS),
        figure("test_customers", "检验客户数", "customers of the test", quality["customers"], Unit.COUNT),
        figure("range_share", "区间应包含的比例", "share that ranges should hold", quality["range_share"], Unit.SHARE),
        figure("range_coverage", "检验期区间实际包含的比例", "share that ranges held in the test", quality["range_coverage"], Unit.SHARE),
        figure("level", "检验期预测合计÷实际合计", "predicted ÷ actual in the test", quality["level"], Unit.SHARE),
    ]
    for kind, judged in quality["by_kind"].items():
        name = KINDS[kind]
        found += [
            figure(
                f"captured_{kind}",
                f"{name.zh}：前一成客户占实际消费",
                f"{name.en}: spend captured by the top tenth",
                judged["captured"],
                Unit.SHARE,
            ),
            figure(
                f"error_{kind}", f"{name.zh}：人均误差", f"{name.en}: mean error per customer", _money(judged["mean_error"]), Unit.MONEY
            ),
        ]
    used = quality["by_kind"][quality["kind"]]
    return [*found, figure("captured", "前一成客户占实际消费", "spend captured by the top tenth", used["captured"], Unit.SHARE)]


def _money(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


_CELLS = {
    "predicted_value": ("预测价值", "predicted value", Unit.MONEY),
    "predicted_value_low": ("预测下限", "low end", Unit.MONEY),
    "predicted_value_high": ("预测上限", "high end", Unit.MONEY),
    "total_value": ("总价值", "total value", Unit.MONEY),
    "historic_value": ("历史价值", "historic value", Unit.MONEY),
    "alive_probability": ("仍活跃概率", "probability of being alive", Unit.PROBABILITY),
    "expected_orders": ("预计订单数", "expected orders", Unit.NUMBER),
    "expected_order_value": ("预计每单金额", "expected order value", Unit.MONEY),
    "orders": ("历史订单数", "orders so far", Unit.COUNT),
    "last_order_date": ("最近下单日期", "last order", Unit.DATE),
}


def _rows(facts: Facts) -> list[Figure]:
    found = []
    for number, row in enumerate(facts.rows[:ROWS_WITH_FIGURES], 1):
        who = row["customer_id"]
        found.append(figure(f"row{number}.customer_id", "客户编号", "customer id", who, Unit.ID))
        found += [
            figure(f"row{number}.{key}", f"{who}：{zh}", f"{who}: {en}", row[key], unit)
            for key, (zh, en, unit) in _CELLS.items()
            if row[key] is not None
        ]
    return found


def tables(facts: Facts) -> tuple[Table, ...]:
    """The list, and how the kinds of forecasters compare."""
    ids = ["customer_id", *_CELLS]
    columns = [Column(id="customer_id", label=Text(zh="客户编号", en="customer id"), unit=Unit.ID)]
    columns += [Column(id=key, label=Text(zh=zh, en=en), unit=unit) for key, (zh, en, unit) in _CELLS.items()]
    listed = Table(
        id="customers",
        title=title(facts),
        columns=tuple(columns),
        rows=tuple(tuple(row[key] for key in ids) for row in facts.rows),
        row_count=facts.listed.num_rows,
        path=facts.path,
    )
    return (listed, _comparison(facts)) if facts.by_model else (listed,)


def title(facts: Facts) -> Text:
    """What the list is called."""
    sort = SORTS[facts.request.sort_by]
    way = Text(zh="最高", en="highest") if facts.request.descending else Text(zh="最低", en="lowest")
    return Text(
        zh=f"{sort.zh}{way.zh}的客户（未来{facts.horizon}天）", en=f"Customers with the {way.en} {sort.en} (next {facts.horizon} days)"
    )


def _comparison(facts: Facts) -> Table:
    quality = facts.quality
    columns = (
        Column(id="kind", label=Text(zh="方法", en="method"), unit=Unit.TEXT, names=KINDS),
        Column(id="explained", label=Text(zh="解释的偏差", en="deviance explained"), unit=Unit.SHARE),
        Column(id="mean_error", label=Text(zh="人均误差", en="mean error per customer"), unit=Unit.MONEY),
        Column(id="captured", label=Text(zh="前一成客户占实际消费", en="spend captured by the top tenth"), unit=Unit.SHARE),
        Column(id="level", label=Text(zh="预测÷实际", en="predicted ÷ actual"), unit=Unit.SHARE),
    )
    rows = tuple(
        (kind, judged["explained"], _money(judged["mean_error"]), judged["captured"], judged["level"])
        for kind, judged in quality["by_kind"].items()
    )
    heading = Text(
        zh=f"各方法在 {quality['test_cut_off']} 之后 {quality['horizon_days']} 天的检验",
        en=f"Methods on the {quality['horizon_days']} days after {quality['test_cut_off']}",
    )
    return Table(id="methods", title=heading, columns=columns, rows=rows, row_count=len(rows))


def charts(facts: Facts) -> tuple[Chart, ...]:
    """Predicted value by tenths of customers; none of fewer than ten."""
    if len(facts.tenths) < 10 or not facts.overview["predicted_value"]:
        return ()
    heading = Text(
        zh=f"未来{facts.horizon}天预测价值（按客户十等分）", en=f"Predicted value of the next {facts.horizon} days by tenth of customers"
    )
    names = [Text(zh=f"第{row['tenth']}成", en=f"tenth {row['tenth']}") for row in facts.tenths]
    series = Text(zh="预测价值", en="predicted value")
    return (bars("tenths", heading, names, [(series, [float(row["predicted_value"]) for row in facts.tenths])], ",.0f"),)
