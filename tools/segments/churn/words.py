"""What the churn tool says beside its figures: the definition, how a request was understood, and caveats."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.churn.reasons import LEAST_VISITS
from tools.segments.churn.report import Facts, title
from tools.segments.churn.run import RHYTHM_LATE

_BY_RHYTHM = Text(
    zh=f"节奏定义：距上次下单的天数÷本人购买间隔的中位数≥{RHYTHM_LATE:.0f}；下单不足{LEAST_VISITS}天的客户没有节奏可言，不作判断。",
    en=f"By rhythm: days since the last order ÷ the customer's own median gap is at least {RHYTHM_LATE:.0f}; customers who "
    f"ordered on fewer than {LEAST_VISITS} dates have no rhythm and are not judged.",
)


def definition_text(facts: Facts) -> Text:
    """What "churn" means in the answer."""
    own = {"model": _by_model(facts), "rhythm": _BY_RHYTHM, "window": _by_window(facts)}[facts.definition]
    return Text(
        zh=f"{own.zh}面临风险的金额=名单客户最近365天的净消费额。",
        en=f"{own.en} Value at stake = net spend of the listed customers in the last 365 days.",
    )


def _by_window(facts: Facts) -> Text:
    return Text(
        zh=f"天数定义：截至{facts.as_of}已有{facts.horizon}天或更久没有有效订单。",
        en=f"By window: no counted order for {facts.horizon} days or more by {facts.as_of}.",
    )


def _by_model(facts: Facts) -> Text:
    zh = (
        f"流失=截至日后{facts.horizon}天内没有有效订单。只对仍活跃的客户评分：最近90天内有订单，或距上次下单不超过自身典型间隔的3倍。"
        f"三种定义：天数={facts.horizon}天未下单；节奏=距上次下单÷自身间隔中位数≥{RHYTHM_LATE:.0f}；模型=流失概率（高≥0.6，中0.3–0.6，低<0.3）。"
    )
    en = (
        f"Churned = no counted order in the {facts.horizon} days after the as-of date. Only customers who are still active are scored: "
        "an order in the last 90 days, or within three of their own typical gaps. Three definitions: window = no order for "
        f"{facts.horizon} days; rhythm = days since the last order ÷ own median gap of at least {RHYTHM_LATE:.0f}; model = probability "
        "(high from 0.6, middle from 0.3, low below)."
    )
    return Text(zh=zh, en=en)


def interpret(facts: Facts) -> Text:
    """How the request was understood, in words."""
    name, who = title(facts), Text(zh="", en="")
    if facts.chosen.named:
        who = Text(zh=f"{facts.chosen.sentence.zh}中的", en=f" among {facts.chosen.sentence.en}")
    order = Text(zh="按逾期程度排序", en="the latest first")
    if facts.request.sort_by == "value":
        order = Text(zh="按近365天消费额排序", en="by spend in the last 365 days")
    elif facts.by_model:
        order = Text(zh="按流失概率排序", en="by probability")
    elif facts.definition == "model":
        order = Text(zh="按间隔倍数排序", en="by times their usual gap")
    cut_zh, cut_en = (f"，取前{facts.size}位", f", the first {facts.size}") if facts.size < facts.matching else ("", "")
    ahead = Text(zh="", en="")
    if facts.definition == "model":
        ahead = Text(zh=f"预测{facts.horizon}天，", en=f"horizon {facts.horizon} days, ")
    return Text(
        zh=f"{who.zh}{name.zh}，{ahead.zh}数据截至{facts.as_of}，{order.zh}{cut_zh}",
        en=f"{name.en}{who.en}, {ahead.en}as of {facts.as_of}, {order.en}{cut_en}",
    )


def nobody(facts: Facts) -> Text:
    """What to say when the list is empty."""
    unjudged = facts.overview["unjudged"]
    if facts.definition == "rhythm" and unjudged:
        return Text(
            zh=f"没有客户超过自身购买间隔2倍；另有{unjudged:,}位客户下单不足{LEAST_VISITS}天，无法按节奏判断，可改按“多少天未下单”来看。",
            en=f"Nobody is two of their own gaps late; {unjudged:,} customers ordered on fewer than {LEAST_VISITS} dates and cannot be "
            "judged by rhythm: ask by days without an order instead.",
        )
    if facts.definition == "model" and not facts.by_model and facts.overview["scored"]:
        return _nobody_late(facts)
    if facts.definition == "model" and facts.chosen.named and not facts.overview["scored"]:
        return Text(
            zh="这些客户里没有仍活跃的人：没有人有流失概率，可以说已经流失或从未下单。",
            en="None of these customers is still active, so none has a churn probability: they have already left, or never ordered.",
        )
    return Text(zh="按这个条件没有找到客户。", en="No customer fits this.")


def _nobody_late(facts: Facts) -> Text:
    """The rhythm rule stands in for the model and finds nobody."""
    scored, undecided = facts.overview["scored"], facts.overview["undecided"]
    if undecided == scored:
        return Text(
            zh=f"还活跃的{scored:,}位客户下单都不足{LEAST_VISITS}天，看不出购买节奏，无法判断谁快流失；可改按“多少天未下单”来看。",
            en=f"None of the {scored:,} still active customers ordered on {LEAST_VISITS} dates or more, so there is no rhythm to tell "
            "who is about to churn: ask by days without an order instead.",
        )
    return Text(
        zh=f"按购买节奏，{scored:,}位仍活跃的客户中没有人符合。", en=f"By rhythm, none of the {scored:,} still active customers fits this."
    )


def list_caveats(facts: Facts) -> list[Text]:
    """What an operator should know before acting on the list."""
    silent = facts.matching - facts.listed_scored
    undecided = facts.overview["unjudged" if facts.definition == "rhythm" else "undecided"]
    by_rhythm = facts.definition == "rhythm" or (facts.definition == "model" and not facts.by_model)
    among = Text(zh="其中", en="of them ") if facts.chosen.named else Text(zh="", en="")
    found = [
        (
            facts.by_model and facts.quality["auc"] <= facts.quality["recency_auc"],
            "在检验期，模型并不比只看最近下单日期更好，请谨慎使用。",
            "On the test period the model was no better than recency alone; use it with care.",
        ),
        (
            facts.by_model and bool(facts.rows) and not facts.overview["customers_high"],
            f"{among.zh}没有客户达到高风险（概率≥60%）；列出的是概率最高的客户。",
            f"No customer {among.en}reaches the high band (60 % or more); those with the highest probability are listed.",
        ),
        (
            by_rhythm and bool(undecided),
            f"有{undecided:,}位客户下单不足{LEAST_VISITS}天，看不出购买节奏，未作判断。",
            _people(undecided, f"ordered on fewer than {LEAST_VISITS} dates, too few to judge by rhythm."),
        ),
        (
            bool(silent),
            f"名单中有{silent:,}位客户早已不活跃，没有流失概率。",
            f"{silent:,} customers of the list have long been inactive and have no churn probability.",
        ),
    ]
    return [Text(zh=zh, en=en) for holds, zh, en in found if holds]


def _people(count: int, words: str) -> str:
    return f"{count:,} {'customer' if count == 1 else 'customers'} {words}"
