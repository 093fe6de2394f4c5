"""Time windows as data, resolved against an as-of date; never against the wall clock."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tools.errors import InputError

NamedPeriod = Literal[
    "all",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
]

_CALENDAR = re.compile(r"(?P<year>\d{4})(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|W(?P<week>\d{2})|(?P<month>\d{2})))?")


class DateRange(NamedTuple):
    """Calendar dates from ``start`` to ``end``, both included; None is open."""

    start: dt.date | None
    end: dt.date | None


class Window(BaseModel):
    """A window of time; give exactly one of ``last_days``, ``period`` or ``start``/``end``.

    Args:
        last_days: The N calendar dates that end with the as-of date, it included.
        period: A named period ("last_month"; relative to the as-of date's) or a calendar period
            ("2017", "2017-Q4", "2017-H1", "2017-11", "2017-W05").
        start: First date included; open when left out.
        end: Last date included; open when left out.
        shift: Moves the window back by this many of its own lengths: 1 is "the period before".
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    last_days: int | None = Field(default=None, ge=1, le=36525)
    period: NamedPeriod | str | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    shift: int = Field(default=0, ge=0, le=120)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [self.last_days is not None, self.period is not None, self.start is not None or self.end is not None]
        if sum(kinds) > 1:
            raise ValueError("a window takes one of last_days, period, or start/end")
        if self.start and self.end and self.start > self.end:
            raise ValueError(f"the window starts ({self.start}) after it ends ({self.end})")
        return self

    def previous(self) -> Window:
        """The window of the same kind just before this one."""
        return self.model_copy(update={"shift": self.shift + 1})

    def resolve(self, as_of: dt.date) -> DateRange:
        """The dates it covers at ``as_of``.

        Raises:
            InputError: The period is not a known one, an open window was shifted, or it lies outside the calendar.
        """
        try:
            return self._resolve(as_of)
        except (ValueError, OverflowError) as error:
            raise InputError(
                "The window reaches back before the year 1; choose a later or a shorter one.",
                "该时间范围早于公元 1 年；请选择更近或更短的时间范围。",
            ) from error

    def _resolve(self, as_of: dt.date) -> DateRange:
        if self.last_days is not None:
            end = as_of - dt.timedelta(days=self.last_days * self.shift)
            return DateRange(end - dt.timedelta(days=self.last_days - 1), end)
        if self.period is not None:
            return _period(self.period, as_of, self.shift)
        return self._explicit()

    def _explicit(self) -> DateRange:
        if not self.shift:
            return DateRange(self.start, self.end)
        if self.start is None or self.end is None:
            raise _nothing_before()
        days = dt.timedelta(days=((self.end - self.start).days + 1) * self.shift)
        return DateRange(self.start - days, self.end - days)


def _nothing_before() -> InputError:
    return InputError(
        "A window that is open on one side has no period before it; give both dates.",
        "单侧开放的时间范围没有“上一期”；请给出起止日期。",
    )


def _period(name: str, as_of: dt.date, shift: int) -> DateRange:
    if name == "all":
        if shift:
            raise _nothing_before()
        return DateRange(None, as_of)
    if name.startswith(("this_", "last_")):
        relation, unit = name.split("_", 1)
        if unit in ("week", "month", "quarter", "year"):
            back = shift + (relation == "last")
            whole = _unit_range(unit, as_of, back)
            return DateRange(whole.start, min(whole.end, as_of)) if whole.end and not back else whole
    match = _CALENDAR.fullmatch(name.upper())
    if not match:
        raise InputError(
            f"{name!r} is not a period; use a year (2017), quarter (2017-Q4), month (2017-11) or last_month and the like.",
            f"“{name}”不是可识别的时间段；请用年（2017）、季度（2017-Q4）、月（2017-11）或 last_month 等。",
        )
    return _calendar(match, shift)


def _calendar(match: re.Match[str], shift: int) -> DateRange:
    year, parts = int(match["year"]), match.groupdict()
    try:
        if parts["week"]:
            return _unit_range("week", dt.date.fromisocalendar(year, int(parts["week"]), 1), shift)
        if parts["month"]:
            return _unit_range("month", dt.date(year, int(parts["month"]), 1), shift)
    except ValueError as error:
        raise InputError(f"{match[0]!r} is not a calendar period: {error}.", f"“{match[0]}”不是有效的日历时间段。") from error
    if parts["quarter"]:
        return _unit_range("quarter", dt.date(year, int(parts["quarter"]) * 3, 1), shift)
    if parts["half"]:
        return _months(dt.date(year, 1 + 6 * (int(parts["half"]) - 1), 1), 6, shift)
    return _unit_range("year", dt.date(year, 1, 1), shift)


def _unit_range(unit: str, day: dt.date, back: int) -> DateRange:
    if unit == "week":
        start = day - dt.timedelta(days=day.weekday() + 7 * back)
        return DateRange(start, start + dt.timedelta(days=6))
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = dt.date(day.year, 1 + (day.month - 1) // length * length, 1)
    return _months(first, length, back)


def _months(first: dt.date, length: int, back: int) -> DateRange:
    start = _add_months(first, -length * back)
    last = _add_months(start, length - 1)
    return DateRange(start, last.replace(day=calendar.monthrange(last.year, last.month)[1]))


def _add_months(day: dt.date, months: int) -> dt.date:
    index = day.year * 12 + day.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)
