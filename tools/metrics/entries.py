"""The kinds of entries of the catalogue: strict models of what the YAML files hold."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, Self

from pydantic import Field as PydanticField
from pydantic import model_validator

from tools.contracts import Frozen, Text, Unit

Level = Literal["customer", "time", "order", "product", "discount", "campaign", "contact", "response", "event"]
Kind = Literal["category", "band", "time", "segment", "id"]


class Words(Frozen):
    """Other names in both languages."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()


class Entry(Frozen):
    """What every entry has: a stable id, a name and other names in both languages."""

    id: str
    name: Text
    synonyms: Words = Words()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The id and all names, as they may be typed."""
        return (self.id, self.name.zh, self.name.en, *self.synonyms.zh, *self.synonyms.en)


class Source(Frozen):
    """Rows that metrics aggregate: a FROM clause, whose customer, order and time they are, and what can be grouped by.

    ``time_may_lack``: rows without a time count where no window is asked for. ``counted``: a condition that rows must meet,
    unless the dimension ``unless`` is asked for, which tells them apart. ``dated_by``: the source whose dates it has, where it
    is made of one.
    """

    id: str
    name: Text
    sql: str
    customer: str
    time: str | None = None
    time_may_lack: bool = False
    counted: str | None = None
    unless: str | None = None
    order: str | None = None
    dated_by: str | None = None
    levels: tuple[Level, ...]
    needs: tuple[str, ...]


class Form(Frozen):
    """One aggregate over one source. ``per_customer`` or ``per_order`` is aggregated per customer (order) and group before ``sql``."""

    source: str
    sql: str
    per_customer: dict[str, str] = PydanticField(default={})
    per_order: dict[str, str] = PydanticField(default={})
    needs: tuple[str, ...] = ()


class Ratio(Frozen):
    """One metric divided by another; the denominator leaves out dimensions of the levels in ``without``."""

    numerator: str
    denominator: str
    without: tuple[Level, ...] = ()


class Spread(Frozen):
    """The values of single orders or customers that a mean is made of; ``sql`` of a form yields the value, not an aggregate."""

    name: Text
    forms: tuple[Form, ...]


class Percentile(Frozen):
    """Which percentile of the values behind which metric an entry is."""

    of: str
    percent: int


class Metric(Entry):
    """A number that can be measured by dimensions, with filters and a window.

    Args:
        unit: Its unit.
        additive: Levels over which the numbers of groups add up to the total.
        window: rows: the source's rows in the window; ignored: none applies; needed: there must be one;
            churn: the churn horizon when none is given; active: the last 90 days when none is given, unless other metrics
            or periods stand beside.
        rows: Which rows are aggregated: those in the window, in the one before, or all until its end.
        requires: Levels of which at least one dimension must be used.
        needs: Tables ("orders") or columns ("orders.discount") that must hold something.
        hidden: Only a part of other metrics.
        spread: The values whose percentiles can be asked for.
        percentile: Which of them it is itself, so that others can be asked for beside it.
    """

    definition: Text
    unit: Unit
    additive: tuple[Level, ...] = ()
    window: Literal["rows", "ignored", "needed", "churn", "active"] = "rows"
    rows: Literal["window", "previous", "until"] = "window"
    requires: tuple[Level, ...] = ()
    needs: tuple[str, ...] = ()
    hidden: bool = False
    forms: tuple[Form, ...] = ()
    ratio: Ratio | None = None
    spread: Spread | None = None
    percentile: Percentile | None = None

    @model_validator(mode="after")
    def _forms_or_ratio(self) -> Self:
        if bool(self.forms) == bool(self.ratio):
            raise ValueError(f"metric {self.id} needs either forms or a ratio")
        return self

    @property
    def counts_nothing(self) -> bool:
        """Whether a group without rows has zero of the metric, rather than an unknown value."""
        return self.ratio is None and (bool(self.additive) or self.unit is Unit.COUNT)


class Dimension(Entry):
    """Something to group and filter by; ``sql`` yields its value as text.

    Args:
        level: What it is a property of.
        kind: How values are ordered and shown.
        label_sql: A name shown beside an id.
        needs: Tables or columns that must hold something.
        values: Names of the values, where they are ids; also their order when ``order`` is "listed".
        scheme: The segment scheme whose names the values have.
        period: The calendar period of a dimension of time.
    """

    definition: Text
    level: Level
    kind: Kind = "category"
    sql: str
    label_sql: str | None = None
    needs: tuple[str, ...] = ()
    values: dict[str, Text] = PydanticField(default={})
    order: Literal["natural", "listed"] | None = None
    scheme: str | None = None
    period: Literal["day", "week", "month", "quarter", "year"] | None = None

    @property
    def computed(self) -> bool:
        """Whether it follows from the customer's orders as they are measured, so that no table has its values."""
        return "first_at" in self.sql

    @property
    def of_request(self) -> bool:
        """Whether its values are those that a request names: orders that fit its conditions, and the others."""
        return self.sql == "order_fit"

    @property
    def untabled(self) -> bool:
        """Whether no table has its values, so that they are those that are listed here, if any."""
        return self.level == "time" or self.computed or self.of_request or "q." in self.sql

    @property
    def by_start(self) -> bool:
        """Whether it depends on where the window, or each period, starts."""
        return "period_start" in self.sql


class Field(Entry):
    """A property of a customer, for rules and lists.

    Args:
        unit: Its unit.
        kind: How it is compared.
        group: A family that can be asked for together, such as "demographics".
        table: Where it lies; all but personal ones are in customer_base.
        personal: Never shown to a language model; listed and exported only on request.
        listed: Whether it makes sense in a list of customers.
        column: SQL over the columns of ``table``; the column of the field's id when left out.
        scheme: The segment scheme whose names the values have.
        definition: What it means, where its name does not say.
    """

    unit: Unit
    kind: Literal["number", "category", "band", "segment", "boolean", "date", "text", "id"]
    group: str
    table: Literal["customer_base", "customers"] = "customer_base"
    personal: bool = False
    listed: bool = True
    column: str | None = None
    scheme: str | None = None
    definition: Text | None = None

    @property
    def sql(self) -> str:
        """SQL that yields the value from a row of ``table``."""
        return self.column or f'"{self.id}"'


class Term(Entry):
    """A word of the product and what it means."""

    definition: Text
