"""The bands of the churn probability."""

from __future__ import annotations

from tools.contracts import Text
from tools.segments.schemes.shapes import Group, Scheme

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
