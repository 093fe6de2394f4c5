"""The AIPL stages: how far a customer has come, from having noticed the shop to buying again."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.schemes.shapes import Group, Scheme

AIPL = Scheme(
    "aipl",
    Text(zh="AIPL 阶段", en="AIPL stages"),
    "aipl_stage",
    (
        Group(
            "aipl_aware",
            Text(zh="认知阶段客户", en="Awareness stage"),
            Text(zh="有过曝光、浏览一次或登录，尚无互动", en="were reached, viewed once or logged in, nothing more"),
            ("认知阶段", "认知人群", "aware stage"),
            "aware",
        ),
        Group(
            "aipl_interest",
            Text(zh="兴趣阶段客户", en="Interest stage"),
            Text(
                zh="多次浏览或有点击、搜索、收藏、加购等互动，尚未购买",
                en="viewed more than once, clicked, searched or added to the cart; never bought",
            ),
            ("兴趣阶段", "兴趣人群", "interested stage"),
            "interest",
        ),
        Group(
            "aipl_purchase",
            Text(zh="购买阶段客户", en="Purchase stage"),
            Text(zh="只有一笔有效订单", en="have one counted order"),
            ("购买阶段", "购买人群", "首购阶段"),
            "purchase",
        ),
        Group(
            "aipl_loyal",
            Text(zh="忠诚阶段客户", en="Loyalty stage"),
            Text(zh="有两笔及以上有效订单", en="have two counted orders or more"),
            ("忠诚阶段", "忠诚人群", "loyal stage"),
            "loyal",
        ),
    ),
    Text(
        zh="取客户达到的最高阶段：忠诚（两笔及以上有效订单）、购买（一笔）、兴趣（浏览两次及以上，或点击、搜索、收藏、加购、分享、咨询，或响应过营销）、"
        "认知（其他行为，或被营销触达）；需要行为数据。",
        en="The highest stage that a customer has reached: loyal (two counted orders or more), purchase (one), interest (two views or "
        "more, or a click, search, favourite, cart, share or support request, or a response to a campaign), aware (any other event, or "
        "a contact). It takes events.",
    ),
    Text(zh="没有订单、行为和触达记录的客户", en="Customers without orders, events or contacts"),
)
