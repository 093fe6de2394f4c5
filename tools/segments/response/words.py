"""What the response tool says beside its figures: the definition, how a request was understood, and caveats."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.response.report import Facts


def definition(facts: Facts) -> Text:
    """What the probabilities mean and what they were learned from."""
    if not facts.by_model:
        return Text(
            zh=f"{facts.name.zh}的响应率，按客户以前是否响应过任何活动分别计算；截至{facts.as_of}。",
            en=f"Response rate of the {facts.name.en}s so far, of those who had responded to any campaign before and of those who had not; "
            f"as of {facts.as_of}.",
        )
    later = facts.quality["judged_on"] == "later campaigns"
    return Text(
        zh=f"响应=被触达后对该活动至少有一次响应。概率针对{facts.as_of}之后的下一次{facts.name.zh}，从以往活动学得，特征截至各次触达前一天；"
        + ("在较晚的活动上检验。" if later else "没有更晚的活动可检验，改用未参与训练的客户检验。"),
        en=f"Responded = at least one response to the campaign. The probability is for the next {facts.name.en} after {facts.as_of}, "
        "learned from earlier ones with features as of the day before each contact, "
        + ("and judged on later campaigns." if later else "and judged on customers held out of the same campaigns, as none is later."),
    )


def interpretation(facts: Facts) -> Text:
    """How the request was understood, in words."""
    first_zh, first_en = (f"，取前{facts.size}位", f", the first {facts.size}") if facts.size < facts.totals["scored"] else ("", "")
    return Text(
        zh=f"对下一次{facts.name.zh}的响应概率，数据截至{facts.as_of}，按概率排序{first_zh}",
        en=f"Probability of responding to the next {facts.name.en}, as of {facts.as_of}, most likely first{first_en}",
    )


def caveats(facts: Facts) -> list[Text]:
    """What an operator should know before acting on the list."""
    found: list[Text] = []
    if not facts.by_model:
        why = facts.quality["why"]
        found.append(
            Text(
                zh=f"可信度低：数据不足以训练模型，改用“以前是否响应过”的历史响应率。{why['zh']}",
                en=f"Low confidence: the data do not suffice for a model, so response rates by earlier response stand in. {why['en']}",
            )
        )
    elif facts.quality["auc"] <= facts.quality["responded_before_auc"]:
        found.append(
            Text(
                zh="在检验活动中，模型并不比“以前响应过几次”更好，请谨慎使用。",
                en="On the test campaigns the model was no better than earlier responses alone; use it with care.",
            )
        )
    never, scored = facts.totals["never_contacted"], facts.totals["scored"]
    if never:
        found.append(
            Text(
                zh=f"{scored:,}位客户中有{never:,}位从未被此类活动触达，其概率由被触达者推断，偏差可能更大。",
                en=f"{never:,} of {scored:,} customers were never contacted by this kind; their probability is inferred from those "
                "who were, so it is less certain.",
            )
        )
    found.append(
        Text(
            zh="响应概率高不等于活动带来的增量大：其中一些人不触达也会购买；要知道增量，需要保留对照组。",
            en="Likely to respond is not the same as persuaded: some would have bought anyway; a control group tells the effect.",
        )
    )
    return found
