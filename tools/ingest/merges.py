"""The merges of identities on record, as an operator may see them: what matched, with the value masked, and who became whom."""

from __future__ import annotations

from dataclasses import dataclass

from tools.contracts import Text
from tools.ingest.identities import EARLIER
from tools.warehouse.engine import Engine

MATCHES: dict[str, Text] = {
    "phone": Text(zh="手机号", en="phone"),
    "email": Text(zh="邮箱", en="e-mail"),
    "membership_number": Text(zh="会员号", en="membership number"),
}
"""Words for what identities.matched_by holds."""
_FOUND = """
    FROM identities
    WHERE matched_by <> 'undone'
      AND ($search = '' OR contains(lower(source_customer_id), $search) OR contains(lower(customer_id), $search))
"""
_SHOWN = 3
"""Characters of a masked value that stay readable at most at either end."""


@dataclass(frozen=True)
class Merge:
    """One id of a source that was folded into a customer.

    Args:
        source: As ``identities`` names it; what ``undo_merge`` takes.
        source_customer_id: The id that was folded in.
        customer_id: The customer it became part of.
        matched_by: "phone", "email" or "membership_number".
        masked: The value that both had, masked.
    """

    source: str
    source_customer_id: str
    customer_id: str
    matched_by: str
    masked: str

    @property
    def source_name(self) -> Text:
        """The source in words."""
        return Text(zh="较早的载入", en="an earlier load") if self.source == EARLIER else Text(zh=self.source, en=self.source)

    @property
    def match(self) -> Text:
        """What matched, in words."""
        return MATCHES.get(self.matched_by, Text(zh=self.matched_by, en=self.matched_by))


def list_merges(engine: Engine, search: str = "", limit: int = 50) -> tuple[int, list[Merge]]:
    """How many merges there are, and the first of them by id.

    Args:
        engine: Reads the warehouse.
        search: Only merges with this in either id; all where it is empty.
        limit: At most so many are returned.
    """
    wanted = {"search": search.strip().lower()}
    total = int(engine.rows(f"SELECT count(*) {_FOUND}", wanted)[0][0])
    columns = "source, source_customer_id, customer_id, matched_by, matched_value"
    found = engine.rows(f"SELECT {columns} {_FOUND} ORDER BY customer_id, source_customer_id, source LIMIT {int(limit)}", wanted)
    return total, [
        Merge(str(source), str(one), str(customer), str(kind), mask(str(value or ""))) for source, one, customer, kind, value in found
    ]


def mask(value: str) -> str:
    """``value`` with its middle hidden: 138****8000, a***@example.com. At least half of what identifies stays hidden."""
    name, at, host = value.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    kept = min(_SHOWN, len(value) // 4)
    return f"{value[:kept]}{'*' * (len(value) - 2 * kept)}{value[len(value) - kept :] if kept else ''}"
