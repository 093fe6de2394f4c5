"""The lifecycle stages between two periods of equal length, one after the other."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.schemes.shapes import Group, Scheme

LIFECYCLE = Scheme(
    "lifecycle",
    Text(zh="生命周期", en="Lifecycle stages"),
    "lifecycle",
    (
        Group(
            "lifecycle_new",
            Text(zh="本期新增客户", en="New this period"),
            Text(zh="首单在本期", en="their first order ever is in this period"),
            ("本期新增", "生命周期新增", "新增阶段", "lifecycle new"),
            "new",
        ),
        Group(
            "lifecycle_retained",
            Text(zh="本期留存客户", en="Retained this period"),
            Text(zh="上期和本期都下过单", en="ordered in both periods"),
            ("本期留存", "生命周期留存", "留存阶段", "lifecycle retained"),
            "retained",
        ),
        Group(
            "lifecycle_returned",
            Text(zh="本期回流客户", en="Returned this period"),
            Text(zh="更早下过单、上期没有、本期又下单", en="ordered before the last period, not in it, and again in this one"),
            (
                "本期回流",
                "回流客户",
                "回流",
                "生命周期回流",
                "reactivated customers",
                "returned customers",
                "won-back customers",
                "lifecycle returned",
            ),
            "returned",
        ),
        Group(
            "lifecycle_lapsed",
            Text(zh="本期流失客户", en="Lapsed this period"),
            Text(zh="上期下过单、本期没有", en="ordered in the last period and not in this one"),
            ("本期流失", "生命周期流失", "流失阶段", "lifecycle lapsed"),
            "lapsed",
        ),
    ),
    Text(
        zh="把截至数据日期的一段时间作为本期、紧接其前的等长时间作为上期（默认各90天），按两期及更早的有效订单分阶段；两期都没有下单的客户不在其中。",
        en="The days up to the as-of date are this period and as many before them the last one (90 each by default); counted orders in "
        "the two and before them give the stage. Who ordered in neither is in none.",
    ),
    Text(zh="两期都没有有效订单的客户", en="Customers without a counted order in either period"),
)
