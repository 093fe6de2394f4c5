"""The membership tiers: regular, VIP and SVIP."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.schemes.shapes import Group, Scheme

MEMBERSHIP = Scheme(
    "membership",
    Text(zh="会员等级", en="Membership tiers"),
    "membership_tier",
    (
        Group(
            "tier_svip",
            Text(zh="SVIP", en="SVIP"),
            Text(zh="近365天达到SVIP标准的客户", en="those who reached the limit of SVIP in the last 365 days"),
            ("svip members", "super vip", "超级会员", "SVIP客户", "SVIP 会员"),
            "svip",
        ),
        Group(
            "tier_vip",
            Text(zh="VIP", en="VIP"),
            Text(
                zh="近365天达到VIP标准、未达到SVIP标准的客户", en="those who reached the limit of VIP but not of SVIP in the last 365 days"
            ),
            ("vip members", "vips", "VIP客户", "VIP 会员"),
            "vip",
        ),
        Group(
            "tier_regular",
            Text(zh="普通会员", en="Regular members"),
            Text(zh="未达到VIP标准的客户", en="everybody below VIP"),
            ("regular member", "regular tier"),
            "regular",
        ),
    ),
    Text(
        zh="按近365天净消费额分层：默认SVIP为期间下单客户中消费最高的5%，VIP为其后的15%，其余客户为普通会员；"
        "金额相同的客户等级相同。给出金额或订单数门槛时，达到所有门槛即入级。",
        en="By net amount of the last 365 days: by default SVIP is the top 5 % of those who ordered in them, VIP the next 15 %, and "
        "everybody else a regular member; equal amounts get equal tiers. Where limits of amount or orders are given, a tier takes "
        "those who meet all of them.",
    ),
)
