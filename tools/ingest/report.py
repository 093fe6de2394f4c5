"""What planning and loading tell the operator, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from pydantic import Field

from tools.contracts import Frozen, Text
from tools.ingest.grains import GRAINS
from tools.ingest.types import Grain, TableMapping

DEMO = "demo"
"""The source of the demo's loads."""

Progress = Callable[[Text, float], None]
"""Called with what is being done and how much of the whole is done, from 0 to 1."""

REASONS: dict[str, Text] = {
    "missing_id": Text(zh="缺少编号", en="no id"),
    "missing_date": Text(zh="缺少日期", en="no date"),
    "unreadable_date": Text(zh="日期无法识别", en="unreadable date"),
    "impossible_date": Text(zh="日期不可能", en="impossible date"),
    "missing_amount": Text(zh="缺少金额", en="no amount"),
    "unreadable_amount": Text(zh="金额无法识别", en="unreadable amount"),
    "absurd_amount": Text(zh="金额离谱", en="absurd amount"),
    "duplicate": Text(zh="完全重复", en="exact repeat"),
    "conflict": Text(zh="同一编号内容不同", en="same id, other content"),
    "malformed": Text(zh="行格式损坏", en="malformed line"),
}
"""Why a row is quarantined; the keys are what rejected_rows.reason holds."""


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """An English count, such as "1 row" and "2,000 rows"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def have(number: int) -> str:
    """The verb that goes with an English count."""
    return "has" if number == 1 else "have"


class PlannedTable(Frozen):
    """One source table as it would be loaded.

    Args:
        mapping: Where each column goes; ``mapping.unsure`` lists the columns to confirm.
        samples: Source column to some of its values, for the form.
        rows: Data rows.
        already_loaded: Whether a file with this content was loaded before, so that loading changes nothing.
        notes: What was found out about the file's format.
        problem: Why the table cannot be loaded with this mapping; None when it can.
    """

    mapping: TableMapping
    samples: dict[str, list[str]]
    rows: int
    already_loaded: bool = False
    notes: dict[str, str] = Field(default_factory=dict)
    problem: Text | None = None


class LoadPlan(Frozen):
    """What a load would do; nothing is stored by making one."""

    tables: tuple[PlannedTable, ...]
    notes: tuple[Text, ...] = ()

    @property
    def unsure(self) -> tuple[str, ...]:
        """Source columns that the operator should confirm, over all tables."""
        return tuple(column for table in self.tables for column in table.mapping.unsure)


class TableReport(Frozen):
    """What became of one source table; ``rows_in`` = ``rows_accepted`` + ``rows_rejected``.

    Args:
        reasons: Reason id (a key of ``REASONS``) to rejected rows.
    """

    source: str
    grain: Grain
    rows_in: int
    rows_accepted: int
    rows_rejected: int
    reasons: dict[str, int] = Field(default_factory=dict)
    already_loaded: bool = False

    def sentence(self) -> Text:
        """One sentence in both languages."""
        if self.source == DEMO and not self.already_loaded:
            name = GRAINS[self.grain].name
            return Text(zh=f"演示数据{name.zh}：{self.rows_in:,} 行。", en=f"Demo {name.en}: {counted(self.rows_in, 'row')}.")
        if self.already_loaded:
            return Text(zh=f"{self.source}：此前已载入，没有变化。", en=f"{self.source}: loaded before, nothing changed.")
        if not self.rows_rejected:
            rows = counted(self.rows_in, "row")
            return Text(zh=f"{self.source}：{self.rows_in:,} 行，全部接收。", en=f"{self.source}: {rows}, all accepted.")
        why_zh = "、".join(f"{REASONS[reason].zh} {count:,}" for reason, count in self.reasons.items())
        why_en = ", ".join(f"{REASONS[reason].en} {count:,}" for reason, count in self.reasons.items())
        return Text(
            zh=f"{self.source}：{self.rows_in:,} 行，接收 {self.rows_accepted:,} 行，隔离 {self.rows_rejected:,} 行"
            + (f"（{why_zh}）。" if why_zh else "。"),
            en=f"{self.source}: {counted(self.rows_in, 'row')}, {self.rows_accepted:,} accepted, {self.rows_rejected:,} set aside"
            + (f" ({why_en})." if why_en else "."),
        )


class LoadReport(Frozen):
    """What a load did.

    Args:
        changed: Whether anything was stored; features and segments are then stale and a refresh is due.
        tables: One report for each source table.
        notes: Everything worth telling: the demo replaced, guests, refunds, merges, conflicts.
        merged: Source customers that were folded into another customer.
        first_date: First order or event date in the warehouse after the load.
        last_date: The last one, which is the as-of date.
        customers: Customers in the warehouse after the load.
        orders: Orders in the warehouse after the load, of every status.
        amount: Net amount of all counted orders after the load.
        data_version: Changes with every load that changes anything.
    """

    changed: bool
    tables: tuple[TableReport, ...]
    notes: tuple[Text, ...] = ()
    merged: int = 0
    first_date: dt.date | None = None
    last_date: dt.date | None = None
    customers: int = 0
    orders: int = 0
    amount: Decimal = Decimal(0)
    data_version: str = "0"

    @property
    def rows_in(self) -> int:
        """Rows read from all tables."""
        return sum(table.rows_in for table in self.tables)

    @property
    def rows_accepted(self) -> int:
        """Rows accepted from all tables."""
        return sum(table.rows_accepted for table in self.tables)

    @property
    def rows_rejected(self) -> int:
        """Rows set aside from all tables."""
        return sum(table.rows_rejected for table in self.tables)

    def lines(self, language: str) -> list[str]:
        """The whole report as sentences in ``language``, for a terminal or a chat."""
        texts = [*(table.sentence() for table in self.tables), *self.notes]
        return [text.say(language) for text in texts]
