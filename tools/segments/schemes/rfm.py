"""The RFM groups: 25 cells of R and FM, each in exactly one group."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.schemes.shapes import Scheme, named

PROSPECTS = named("prospects", "未下单客户", "Prospects", "还没有有效订单", "no counted order yet", "never ordered")

RFM = Scheme(
    "rfm",
    Text(zh="RFM 分群", en="RFM segments"),
    "rfm_group",
    (
        named("champions", "冠军客户", "Champions", "最近刚买、买得勤、花得多", "bought recently, often and for most", "champion"),
        named("loyal", "忠诚客户", "Loyal customers", "经常购买且较近买过", "buy often and fairly recently"),
        named(
            "potential_loyal",
            "潜力忠诚客户",
            "Potential loyalists",
            "最近买过、频次金额中等",
            "recent buyers of middling frequency and spend",
            "potential loyal",
            "potential loyalist",
        ),
        named("new", "新客户", "New customers", "最近才买、次数还少", "bought very recently, few times so far", "new"),
        named("promising", "有希望客户", "Promising", "较近买过、次数和金额还低", "fairly recent, low frequency and spend so far"),
        named(
            "needs_attention",
            "需关注客户",
            "Needs attention",
            "各方面都在中游，开始变冷",
            "middling on every count and cooling",
            "need attention",
            "需要关注客户",
        ),
        named("about_to_sleep", "即将沉睡客户", "About to sleep", "有一阵没来、买得不多", "have been away for a while and bought little"),
        named("at_risk", "流失风险客户", "At risk", "以前买得不少，很久没来", "used to buy a fair amount, long away", "风险客户"),
        named(
            "cannot_lose",
            "不可流失客户",
            "Cannot lose",
            "以前是大客户，很久没来",
            "were among the best, long away",
            "can't lose",
            "cant lose",
            "cannot lose them",
            "can't lose them",
        ),
        named("hibernating", "沉睡客户", "Hibernating", "很久没来、买得少", "long away and bought little"),
        named("lost", "流失客户", "Lost", "最久没来、买得最少", "longest away and bought least", "已流失客户"),
        PROSPECTS,
    ),
    Text(
        zh="按最近一次购买距今天数（R）、订单数（F）、总金额（M）各打 1–5 分（分界为人群的 20/40/60/80% 分位数），"
        "再按 R 与 FM=(F+M)/2（四舍五入）的 25 格对应到分群。",
        en="Days since the last order (R), number of orders (F) and total amount (M) are scored 1–5 at the population's "
        "20/40/60/80 % quantiles; R and FM = (F + M) / 2, rounded half up, give one of 25 cells, and each cell one group.",
    ),
)

RFM_CELLS: dict[int, tuple[str, str, str, str, str]] = {
    5: ("new", "potential_loyal", "potential_loyal", "champions", "champions"),
    4: ("promising", "potential_loyal", "loyal", "champions", "champions"),
    3: ("about_to_sleep", "needs_attention", "needs_attention", "loyal", "loyal"),
    2: ("hibernating", "about_to_sleep", "at_risk", "at_risk", "cannot_lose"),
    1: ("lost", "hibernating", "at_risk", "cannot_lose", "cannot_lose"),
}
"""R score to the groups of FM scores 1 to 5."""


def rfm_group(recency_score: int, fm_score: int) -> str:
    """The group id of a cell.

    Args:
        recency_score: R, 1 to 5.
        fm_score: FM, 1 to 5.
    """
    return RFM_CELLS[recency_score][fm_score - 1]
