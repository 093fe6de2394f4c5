"""The classic eight groups: R, F and M, each high or low, each combination exactly one group."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.schemes.shapes import Scheme, named

EIGHT = Scheme(
    "rfm_eight",
    Text(zh="RFM 经典八分群", en="Classic eight RFM groups"),
    "rfm_eight",
    (
        named(
            "key_value",
            "重要价值客户",
            "Key value customers",
            "最近买过、买得勤、花得多",
            "bought lately and often, and spent much",
            "高价值客户",
        ),
        named(
            "key_develop",
            "重要发展客户",
            "Key customers to develop",
            "最近买过、次数不多、花得多",
            "bought lately, not often, and spent much",
            "重点发展客户",
            "重要深耕客户",
            "key develop",
        ),
        named(
            "key_keep",
            "重要保持客户",
            "Key customers to keep",
            "最近没来、以前买得勤、花得多",
            "not here lately, used to buy often, and spent much",
            "重点保持客户",
            "重要唤回客户",
            "key keep",
        ),
        named(
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
        named(
            "general_value",
            "一般价值客户",
            "General value customers",
            "最近买过、买得勤、花得不多",
            "bought lately and often, but spent little",
            "潜力客户",
        ),
        named(
            "general_develop",
            "一般发展客户",
            "General customers to develop",
            "最近买过、次数不多、花得不多",
            "bought lately, not often, and spent little",
            "新客户",
            "general develop",
        ),
        named(
            "general_keep",
            "一般保持客户",
            "General customers to keep",
            "最近没来、以前买得勤、花得不多",
            "not here lately, used to buy often, but spent little",
            "一般维持客户",
            "general keep",
        ),
        named(
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


def eight_group(recency_high: bool, frequency_high: bool, monetary_high: bool) -> str:
    """The group id of a combination of high (True) and low scores."""
    return EIGHT_CELLS[recency_high, frequency_high, monetary_high]
