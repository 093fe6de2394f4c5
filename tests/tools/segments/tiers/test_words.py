"""What is said of membership limits: in the words of the limits that were given."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tools.contracts import Text
from tools.requests import TierLimit
from tools.segments.overview.tiers import _tier_words
from tools.segments.schemes import MEMBERSHIP


@pytest.mark.parametrize(
    ("label", "limit", "amount", "told"),
    [
        (
            "SVIP",
            TierLimit(share=Decimal("0.01")),
            Decimal("9422.00"),
            Text(zh="SVIP 为消费最高的 1%，即高于 9,422.00", en="SVIP is the top 1% by spend, above 9,422.00"),
        ),
        (
            "VIP",
            TierLimit(share=Decimal("0.1")),
            Decimal("4360.35"),
            Text(zh="VIP 为消费最高的 10%（SVIP 除外），即高于 4,360.35", en="VIP is the top 10% by spend, but for SVIP, above 4,360.35"),
        ),
        (
            "SVIP",
            TierLimit(amount=Decimal(3000), orders=100),
            Decimal(3000),
            Text(zh="SVIP 需消费满 3,000且满 100 单", en="SVIP takes spend of at least 3,000 and at least 100 orders"),
        ),
    ],
)
def test_limits_in_words(label: str, limit: TierLimit, amount: Decimal, told: Text) -> None:
    assert _tier_words(label, limit, amount) == told


def test_tiers_are_described_by_their_limits_not_by_rank() -> None:
    # With a limit of orders a VIP may well have spent more than an SVIP.
    assert not any("most" in group.meaning.en or "最高" in group.meaning.zh for group in MEMBERSHIP.groups)
