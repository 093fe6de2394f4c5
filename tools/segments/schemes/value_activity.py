"""The value–activity grid: three levels of value by three of activity, each of the nine cells one named group."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.schemes.shapes import Group, Scheme

LEVELS = ("high", "middle", "low")
VALUE_LEVELS = {
    "high": Text(zh="高价值", en="high value"),
    "middle": Text(zh="中价值", en="middle value"),
    "low": Text(zh="低价值", en="low value"),
}
ACTIVITY_LEVELS = {
    "high": Text(zh="高活跃", en="high activity"),
    "middle": Text(zh="中活跃", en="middle activity"),
    "low": Text(zh="低活跃", en="low activity"),
}

CELLS: dict[tuple[str, str], tuple[str, str]] = {
    ("high", "high"): ("明星客户", "Star customers"),
    ("high", "middle"): ("骨干客户", "Backbone customers"),
    ("high", "low"): ("休眠大客户", "Dormant big customers"),
    ("middle", "high"): ("上升客户", "Rising customers"),
    ("middle", "middle"): ("中坚客户", "Middle-of-the-road customers"),
    ("middle", "low"): ("冷却客户", "Cooling customers"),
    ("low", "high"): ("活跃小额客户", "Active small spenders"),
    ("low", "middle"): ("零星客户", "Occasional customers"),
    ("low", "low"): ("边缘客户", "Marginal customers"),
}
"""Level of value and level of activity to the names of the cell."""


def cell_id(value: str, activity: str) -> str:
    """The group id of a cell, such as "va_high_low"."""
    return f"va_{value}_{activity}"


def _cell(value: str, activity: str) -> Group:
    zh, en = CELLS[value, activity]
    levels = (VALUE_LEVELS[value], ACTIVITY_LEVELS[activity])
    heights = {"高": "高", "中": "中等", "低": "低"}
    plain_zh, plain_en = "".join(level.zh for level in levels), ", ".join(level.en for level in levels)
    aliases = (plain_zh, f"{plain_zh}客户", plain_en, plain_en.replace(",", ""), plain_en.replace(", ", " and "))
    return Group(
        cell_id(value, activity),
        Text(zh=zh, en=en),
        Text(
            zh=f"近365天消费{heights[plain_zh[0]]}、近30天活跃度{heights[plain_zh[3]]}",
            en=f"{levels[0].en} in the last 365 days, {levels[1].en} in the last 30",
        ),
        aliases,
        f"{value}_{activity}",
    )


VALUE_ACTIVITY = Scheme(
    "value_activity",
    Text(zh="价值-活跃度矩阵", en="Value–activity groups"),
    "value_activity",
    tuple(_cell(value, activity) for value in LEVELS for activity in LEVELS),
    Text(
        zh="价值：近365天净消费额，高于期间下单客户的80%分位数为高，高于40%分位数为中，其余为低；"
        "活跃度：近30天订单数与行为次数之和，3次及以上为高，1–2次为中，0次为低（界限可在设置中调整）。",
        en="Value is the net amount of the last 365 days: high above the 80 % quantile of those who ordered in them, middle above the "
        "40 % quantile, else low. Activity is orders plus events of the last 30 days: high from 3, middle 1 to 2, low 0. The limits "
        "can be set.",
    ),
)
