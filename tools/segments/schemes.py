"""The named group schemes over RFM scores, as data: every cell of a scheme belongs to exactly one group."""

from __future__ import annotations

from dataclasses import dataclass

from tools.contracts import Text


@dataclass(frozen=True)
class Group:
    """One named group.

    Args:
        id: What is stored.
        name: What is shown.
        meaning: One short description of who is in it.
        aliases: Other names that operators use, in either language.
        value: What the scheme's field holds; the id when left out.
    """

    id: str
    name: Text
    meaning: Text
    aliases: tuple[str, ...] = ()
    value: str = ""

    @property
    def stored(self) -> str:
        """What the scheme's field holds for a member."""
        return self.value or self.id


@dataclass(frozen=True)
class Scheme:
    """A set of groups of which a customer is in one at most.

    Args:
        id: "rfm", "rfm_eight" or "churn".
        name: What is shown.
        field: The field of a customer that holds the group's id.
        groups: In the order in which they are listed, best first.
        definition: How customers come into the groups, in words.
    """

    id: str
    name: Text
    field: str
    groups: tuple[Group, ...]
    definition: Text


def _group(group_id: str, zh: str, en: str, meaning_zh: str, meaning_en: str, *aliases: str) -> Group:
    return Group(group_id, Text(zh=zh, en=en), Text(zh=meaning_zh, en=meaning_en), aliases)


PROSPECTS = _group("prospects", "未下单客户", "Prospects", "还没有有效订单", "no counted order yet", "never ordered")

RFM = Scheme(
    "rfm",
    Text(zh="RFM 分群", en="RFM segments"),
    "rfm_group",
    (
        _group("champions", "冠军客户", "Champions", "最近刚买、买得勤、花得多", "bought recently, often and for most", "champion"),
        _group("loyal", "忠诚客户", "Loyal customers", "经常购买且较近买过", "buy often and fairly recently"),
        _group(
            "potential_loyal",
            "潜力忠诚客户",
            "Potential loyalists",
            "最近买过、频次金额中等",
            "recent buyers of middling frequency and spend",
            "potential loyal",
            "potential loyalist",
        ),
        _group("new", "新客户", "New customers", "最近才买、次数还少", "bought very recently, few times so far", "new"),
        _group("promising", "有希望客户", "Promising", "较近买过、次数和金额还低", "fairly recent, low frequency and spend so far"),
        _group(
            "needs_attention",
            "需关注客户",
            "Needs attention",
            "各方面都在中游，开始变冷",
            "middling on every count and cooling",
            "need attention",
            "需要关注客户",
        ),
        _group("about_to_sleep", "即将沉睡客户", "About to sleep", "有一阵没来、买得不多", "have been away for a while and bought little"),
        _group("at_risk", "流失风险客户", "At risk", "以前买得不少，很久没来", "used to buy a fair amount, long away", "风险客户"),
        _group(
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
        _group("hibernating", "沉睡客户", "Hibernating", "很久没来、买得少", "long away and bought little"),
        _group("lost", "流失客户", "Lost", "最久没来、买得最少", "longest away and bought least", "已流失客户"),
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

EIGHT = Scheme(
    "rfm_eight",
    Text(zh="RFM 经典八分群", en="Classic eight RFM groups"),
    "rfm_eight",
    (
        _group(
            "key_value",
            "重要价值客户",
            "Key value customers",
            "最近买过、买得勤、花得多",
            "bought lately and often, and spent much",
            "高价值客户",
        ),
        _group(
            "key_develop",
            "重要发展客户",
            "Key customers to develop",
            "最近买过、次数不多、花得多",
            "bought lately, not often, and spent much",
            "重点发展客户",
            "重要深耕客户",
            "key develop",
        ),
        _group(
            "key_keep",
            "重要保持客户",
            "Key customers to keep",
            "最近没来、以前买得勤、花得多",
            "not here lately, used to buy often, and spent much",
            "重点保持客户",
            "重要唤回客户",
            "key keep",
        ),
        _group(
            "key_retain",
            "重要挽留客户",
            "Key customers to win back",
            "最近没来、次数不多、花得多",
            "not here lately, did not buy often, but spent much",
            "重点挽留客户",
            "重要挽回客户",
            "key retain",
            "key customers to retain",
        ),
        _group(
            "general_value",
            "一般价值客户",
            "General value customers",
            "最近买过、买得勤、花得不多",
            "bought lately and often, but spent little",
            "潜力客户",
        ),
        _group(
            "general_develop",
            "一般发展客户",
            "General customers to develop",
            "最近买过、次数不多、花得不多",
            "bought lately, not often, and spent little",
            "新客户",
            "general develop",
        ),
        _group(
            "general_keep",
            "一般保持客户",
            "General customers to keep",
            "最近没来、以前买得勤、花得不多",
            "not here lately, used to buy often, but spent little",
            "一般维持客户",
            "general keep",
        ),
        _group(
            "general_retain",
            "一般挽留客户",
            "General customers to win back",
            "最近没来、次数不多、花得不多",
            "not here lately, bought neither often nor much",
            "流失客户",
            "潜在客户",
            "general retain",
            "general customers to retain",
        ),
    ),
    Text(
        zh="R、F、M 三项得分各与人群平均分比较，高于平均为高，共八种组合；未下单客户不在其中。",
        en="Each of the scores R, F and M is high when it is above the population's mean score; the eight combinations are the "
        "groups. Customers without an order are in none.",
    ),
)

EIGHT_CELLS: dict[tuple[bool, bool, bool], str] = {
    (True, True, True): "key_value",
    (False, True, True): "key_keep",
    (True, False, True): "key_develop",
    (False, False, True): "key_retain",
    (True, True, False): "general_value",
    (False, True, False): "general_keep",
    (True, False, False): "general_develop",
    (False, False, False): "general_retain",
}
"""Whether R, F and M are high, to the group."""

CHURN = Scheme(
    "churn",
    Text(zh="流失风险分层", en="Churn risk bands"),
    "churn_band",
    (
        Group(
            "churn_high",
            Text(zh="高流失风险客户", en="High churn risk"),
            Text(zh="流失概率不低于 60%", en="churn probability of at least 60 %"),
            ("高风险客户", "流失高风险客户", "high risk", "likely to churn"),
            "high",
        ),
        Group(
            "churn_middle",
            Text(zh="中流失风险客户", en="Middle churn risk"),
            Text(zh="流失概率 30%–60%", en="churn probability from 30 % to below 60 %"),
            ("中风险客户", "流失中风险客户", "medium churn risk", "middle risk", "medium risk"),
            "middle",
        ),
        Group(
            "churn_low",
            Text(zh="低流失风险客户", en="Low churn risk"),
            Text(zh="流失概率低于 30%", en="churn probability below 30 %"),
            ("低风险客户", "流失低风险客户", "low risk"),
            "low",
        ),
    ),
    Text(
        zh="按模型给出的流失概率分为高（≥0.6）、中（0.3–0.6）、低（<0.3）三层；只对仍活跃的客户评分。",
        en="The model's churn probability in three bands: high from 0.6, middle from 0.3, low below; only customers who are still "
        "active are scored.",
    ),
)

MERGE_WITH = {
    "champions": "loyal",
    "loyal": "champions",
    "potential_loyal": "loyal",
    "new": "potential_loyal",
    "promising": "potential_loyal",
    "needs_attention": "about_to_sleep",
    "about_to_sleep": "needs_attention",
    "at_risk": "cannot_lose",
    "cannot_lose": "at_risk",
    "hibernating": "lost",
    "lost": "hibernating",
    "key_value": "key_develop",
    "key_develop": "key_value",
    "key_keep": "key_retain",
    "key_retain": "key_keep",
    "general_value": "general_develop",
    "general_develop": "general_value",
    "general_keep": "general_retain",
    "general_retain": "general_keep",
}
"""The nearest group of each, to act on together when one is too small."""

SCHEMES: dict[str, Scheme] = {scheme.id: scheme for scheme in (RFM, EIGHT, CHURN)}


def rfm_group(recency_score: int, fm_score: int) -> str:
    """The group id of a cell.

    Args:
        recency_score: R, 1 to 5.
        fm_score: FM, 1 to 5.
    """
    return RFM_CELLS[recency_score][fm_score - 1]


def eight_group(recency_high: bool, frequency_high: bool, monetary_high: bool) -> str:
    """The group id of a combination of high (True) and low scores."""
    return EIGHT_CELLS[recency_high, frequency_high, monetary_high]


def scheme_of(group_id: str) -> Scheme | None:
    """The scheme that has a group of that id; None when there is none."""
    return next((scheme for scheme in SCHEMES.values() if any(group.id == group_id for group in scheme.groups)), None)


def group_of(group_id: str) -> Group | None:
    """The group of that id, of either scheme; None when there is none."""
    return next((group for scheme in SCHEMES.values() for group in scheme.groups if group.id == group_id), None)
