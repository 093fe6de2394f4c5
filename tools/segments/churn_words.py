"""What the churn tool says beside its figures: the definition, how a request was understood, and caveats."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.churn_report import Facts, title
from tools.segments.churn_run import RHYTHM_LATE


def definition_text(facts: Facts) -> Text:
    """What "churn" means in the answer."""
    zh = (
        f"流失=截至日后{facts.horizon}天内没有有效订单。只对仍活跃的客户评分：最近90天内有订单，或距上次下单不超过自身典型间隔的3倍。"
        f"三种定义：天数={facts.horizon}天未下单；节奏=距上次下单÷自身间隔中位数≥{RHYTHM_LATE:.0f}；模型=流失概率（高≥0.6，中0.3–0.6，低<0.3）。"
        "面临风险的金额=名单客户最近365天的净消费额。"
    )
    en = (
        f"Churned = no counted order in the {facts.horizon} days after the as-of date. Only customers who are still active are scored: "
        "an order in the last 90 days, or within three of their own typical gaps. Three definitions: window = no order for "
        f"{facts.horizon} days; rhythm = days since the last order ÷ own median gap of at least {RHYTHM_LATE:.0f}; model = probability "
        "(high from 0.6, middle from 0.3, low below). Value at stake = net spend of the listed customers in the last 365 days."
    )
    return Text(zh=zh, en=en)


def interpret(facts: Facts) -> Text:
    """How the request was understood, in words."""
    name = title(facts)
    order = Text(zh="按逾期程度排序", en="the latest first")
    if facts.request.definition == "model" and facts.method == "model":
        order = Text(zh="按流失概率排序", en="by probability")
    elif facts.request.definition == "model":
        order = Text(zh="按间隔倍数排序", en="by times their usual gap")
    cut_zh, cut_en = (f"，取前{facts.size}位", f", the first {facts.size}") if facts.size < facts.matching else ("", "")
    return Text(
        zh=f"{name.zh}，预测{facts.horizon}天，数据截至{facts.as_of}，{order.zh}{cut_zh}",
        en=f"{name.en}, horizon {facts.horizon} days, as of {facts.as_of}, {order.en}{cut_en}",
    )


def list_caveats(facts: Facts) -> list[Text]:
    """What an operator should know before acting on the list."""
    undecided, silent = facts.overview["undecided"], facts.matching - facts.listed_scored
    by_model = facts.request.definition == "model" and facts.method == "model"
    found = [
        (
            facts.method == "model" and facts.quality["auc"] <= facts.quality["recency_auc"],
            "在检验期，模型并不比只看最近下单日期更好，请谨慎使用。",
            "On the test period the model was no better than recency alone; use it with care.",
        ),
        (
            by_model and bool(facts.rows) and not facts.overview["customers_high"],
            "没有客户达到高风险（概率≥60%）；列出的是概率最高的客户。",
            "No customer reaches the high band (60 % or more); those with the highest probability are listed.",
        ),
        (
            bool(undecided),
            f"有{undecided}位客户只在一天下过单，没有自身间隔，节奏规则无法判断。",
            f"{undecided} customers ordered on one date only; without a gap of their own the rhythm rule cannot judge them.",
        ),
        (
            bool(silent),
            f"名单中有{silent}位客户早已不活跃，没有流失概率。",
            f"{silent} customers of the list have long been inactive and have no churn probability.",
        ),
    ]
    return [Text(zh=zh, en=en) for holds, zh, en in found if holds]
