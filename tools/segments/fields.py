"""The catalogue's fields as rules and lists use them: qualified for ``customer_base AS b``."""

from __future__ import annotations

from dataclasses import dataclass

from tools.contracts import Text, Unit
from tools.errors import Blocked
from tools.metrics.catalogue import ATTRIBUTE, Field, attribute_expression, catalogue
from tools.segments.schemes import value_names
from tools.warehouse.identifiers import quote


@dataclass(frozen=True)
class FieldInfo:
    """One field.

    Args:
        id: As rules name it, such as "recency_days" or "attribute.kids_count".
        label: What is shown.
        unit: What its values measure.
        kind: How its values compare: number, date, boolean, category, band, segment, text or id.
        sql: The expression over ``customer_base AS b``.
        names: Shown names of the values, where they are ids.
    """

    id: str
    label: Text
    unit: Unit
    kind: str
    sql: str
    names: dict[str, Text]

    @property
    def is_attribute(self) -> bool:
        """Whether it is a column of a source that the schema lacks, kept as text."""
        return self.id.startswith(ATTRIBUTE)


def field(name: str) -> FieldInfo:
    """The field of that id or name.

    Raises:
        UnknownName: There is none.
        Blocked: It is personal data, which rules and lists do not read.
    """
    entry = catalogue().field(name)
    if entry.personal:
        raise Blocked(
            f"{entry.name.en} is personal data: rules and lists of customers do not read it.",
            f"“{entry.name.zh}”属于个人信息，不能用于规则或客户列表。",
        )
    return FieldInfo(entry.id, entry.name, entry.unit, entry.kind, _sql(entry), value_names(entry.id))


def _sql(entry: Field) -> str:
    if entry.id.startswith(ATTRIBUTE):
        return attribute_expression(entry.id.removeprefix(ATTRIBUTE), "b")
    column = f"b.{quote(entry.id)}" if entry.column is None else entry.column
    return f"CAST({column} AS DATE)" if entry.kind == "date" else column
