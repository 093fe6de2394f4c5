"""What the tools of value and of the next order say beside their figures."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.value.report import KINDS, SORTS, Facts


def definition(facts: Facts) -> Text:
    """What the figures mean."""
    days = facts.horizon
    if not facts.by_model:
        return Text(
            zh=f"历史价值=截至{facts.as_of}的净消费；未来{days}天的预测价值=按数据长度比例推算的历史消费；总价值=两者之和。",
            en=f"Historic value = net spend up to {facts.as_of}; predicted value of the next {days} days = past spend, pro rata of the "
            "length of the data; total value = both.",
        )
    kind, base = KINDS[facts.quality["kind"]], KINDS[facts.quality["base"]]
    quality = facts.quality
    alive = _alive(facts, base)
    zh = (
        f"预测价值=未来{days}天预计订单数×预计每单金额；总价值=历史净消费+预测价值；"
        f"仍活跃概率={alive.zh}。"
        f"所用方法：{kind.zh}（在 {quality['test_cut_off']} 之后 {quality['horizon_days']} 天的检验中最好）；"
        "区间应包含80%的客户，宽度取自检验期的实际偏差。"
    )
    en = (
        f"Predicted value = expected orders of the next {days} days × expected order value; total value = historic net spend + predicted "
        f"value; probability of being alive = {alive.en}. Method used: {kind.en}, the best on the {quality['horizon_days']} days after "
        f"{quality['test_cut_off']}. Ranges should hold 80 % of "
        "customers; their width is what the test missed by."
    )
    return Text(zh=zh, en=en)


def _alive(facts: Facts, base: Text) -> Text:
    """What the probability of being alive is of."""
    if facts.quality["kind"] != "learned":
        return Text(
            zh=f"{base.zh} 模型下客户还会再下单的概率（不限时间）", en=f"that the customer will ever order again, by the {base.en} model"
        )
    days, tested = facts.horizon, facts.quality["horizon_days"]
    if days == tested:
        return Text(zh=f"客户在未来{days}天内至少再下一单的概率", en=f"that the customer orders again within the next {days} days")
    return Text(
        zh=f"客户在未来{days}天内至少再下一单的概率（先学得{tested}天内的概率，再按 {base.zh} 模型换算到{days}天）",
        en=f"that the customer orders again within the next {days} days (learned over {tested} days and taken to {days} by the odds of "
        f"the {base.en} model)",
    )


def interpretation(facts: Facts) -> Text:
    """How the request was understood."""
    who, sort = facts.chosen.sentence, SORTS[facts.request.sort_by]
    way = Text(zh="从高到低", en="highest first") if facts.request.descending else Text(zh="从低到高", en="lowest first")
    size = facts.listed.num_rows
    cut_zh, cut_en = (f"，取前{size}位", f", the first {size}") if size < facts.overview["predicted"] else ("", "")
    return Text(
        zh=f"{who.zh}，未来{facts.horizon}天的客户价值，数据截至{facts.as_of}，按{sort.zh}{way.zh}{cut_zh}",
        en=f"{who.en}, value over the next {facts.horizon} days as of {facts.as_of}, by {sort.en}, {way.en}{cut_en}",
    )


def caveats(facts: Facts) -> tuple[Text, ...]:
    """What an operator should know before acting on it."""
    missing = facts.overview["customers"] - facts.overview["predicted"]
    found = [
        (
            bool(missing) and facts.chosen.named,
            f"其中有{missing:,}位客户没有下过单，没有预测。",
            f"{missing:,} of them never ordered and have no prediction.",
        ),
    ]
    if facts.by_model:
        quality = facts.quality
        used, past = quality["by_kind"][quality["kind"]], quality["by_kind"]["historic"]
        found += [
            (
                facts.horizon > quality["horizon_days"],
                f"数据只够在 {quality['horizon_days']} 天内检验；更长的部分按复购模型外推，区间会偏窄。",
                f"The data allow a test over {quality['horizon_days']} days only; beyond them the model of repeat buying extrapolates, "
                "and the ranges are too narrow.",
            ),
            (
                used["explained"] <= past["explained"],
                "在检验期，模型并不比沿用历史消费节奏更准，请谨慎使用。",
                "On the test period the model was no better than the past pace of spending; use it with care.",
            ),
            (
                not 0.8 <= used["level"] <= 1.25,
                f"检验期的预测合计是实际的 {used['level']:.2f} 倍，整体水平可能偏差。",
                f"In the test the predictions summed to {used['level']:.2f} times what was spent; the level may be off.",
            ),
        ]
    return tuple(Text(zh=zh, en=en) for holds, zh, en in found if holds)
