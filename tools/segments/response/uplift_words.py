"""What the uplift tool says beside its figures: the definition, how a request was understood, and caveats."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.response.customer_types import LEAST_ARM, LEAST_HITS, MOST_SAMPLED
from tools.segments.response.uplift_report import OUTCOMES, Facts


def definition(facts: Facts) -> Text:
    """What was compared and how."""
    days = facts.request.horizon_days
    what = {
        "response": Text(zh="响应=对该活动至少有一次响应", en="responded = at least one response to the campaign"),
        "order": Text(zh=f"下单=触达后{days}天内有有效订单", en=f"ordered = a counted order within {days} days of the contact"),
        "revenue": Text(zh=f"收入=触达后{days}天内的净消费额", en=f"revenue = net spend within {days} days of the contact"),
    }[facts.request.outcome]
    return Text(
        zh=f"增量=触达组−对照组；{what.zh}。区间为95%：比率用Newcombe混合得分法，金额用Welch法；多个活动各自对比后按Mantel-Haenszel权重合并。"
        f"增量收入=人均收入差×触达人数（触达后{days}天内）；投资回报率=（增量收入−成本）÷成本。",
        en=f"Uplift = treatment − control; {what.en}. Intervals are 95 %: Newcombe's hybrid score for rates, Welch's for amounts; several "
        "campaigns are compared each within itself and put together with Mantel-Haenszel weights. Incremental revenue = difference of "
        f"revenue per customer × customers contacted (within {days} days); return = (incremental revenue − cost) ÷ cost.",
    )


def interpretation(facts: Facts) -> Text:
    """How the request was understood, in words."""
    name, count = OUTCOMES[facts.request.outcome], len(facts.effects)
    which = facts.effects[0].name if count == 1 else ""
    who = Text(zh=which, en=which) if count == 1 else Text(zh=f"{count}个有对照组的活动", en=f"{count} campaigns with a control group")
    return Text(
        zh=f"{who.zh}对{name.zh}的影响，触达后{facts.request.horizon_days}天，数据截至{facts.as_of}",
        en=f"Effect of {who.en} on the {name.en}, {facts.request.horizon_days} days from the contact, as of {facts.as_of}",
    )


def caveats(facts: Facts) -> list[Text]:
    """What an operator should know before acting on the effect."""
    whole, types = facts.whole, facts.types
    found = [
        (
            not facts.is_complete,
            f"最后一次触达后还不满{facts.request.horizon_days}天，结果尚不完整。",
            f"Fewer than {facts.request.horizon_days} days have passed since the last contact; the outcome is not complete yet.",
        ),
        (
            whole.before is not None and whole.before.is_credible,
            "两组客户在活动前90天的消费就已不同，分组可能不是随机的，增量不可靠。",
            "The arms differed in spend in the 90 days before already, so chance did not draw them; the uplift is not reliable.",
        ),
        (
            facts.request.outcome == "response" and not whole.control.total,
            "对照组没有任何响应记录：未被触达的人也许无法响应；请看对下单或收入的影响。",
            "The control group has no responses, perhaps because nobody uncontacted could respond; ask for orders or revenue.",
        ),
        (
            types is None and facts.is_rate and len(facts.effects) == 1,
            f"客户类型需要每组至少{LEAST_ARM}人、其中至少{LEAST_HITS}人有结果且{LEAST_HITS}人没有，数据不足，未作划分。",
            f"Types of customers need at least {LEAST_ARM} customers in each arm, {LEAST_HITS} with the outcome and {LEAST_HITS} "
            "without; there are too few.",
        ),
        (
            types is not None and not types.separates,
            "模型没能在未见过的客户中分出谁更容易被说服，请勿按类型运营。",
            "On customers that it had not seen, the model could not tell whom the campaign persuades; do not act on the types.",
        ),
        (
            types is not None and types.customers >= MOST_SAMPLED,
            f"客户类型由随机抽取的{MOST_SAMPLED:,}位客户得出。",
            f"The types rest on a random sample of {MOST_SAMPLED:,} customers.",
        ),
        (
            len(facts.effects) > 1 and facts.is_rate,
            "要看四类客户，请指定一个活动。",
            "Name one campaign to see the four types of customers.",
        ),
    ]
    return [Text(zh=zh, en=en) for holds, zh, en in found if holds]
