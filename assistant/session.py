"""One conversation: its id, language, as-of date and the results so far, each with a handle t1, t2, ..."""

from __future__ import annotations

import csv
import datetime as dt
import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tools.contracts import Figure, Receipt, Table, ToolResult
from tools.errors import InputError
from tools.rules import Condition, Selection
from tools.spreadsheets import as_written

HANDLE = re.compile(r"t[1-9]\d*(?:\.[1-9]\d*)?")
"""An earlier result; "t3.2" is the second of the groups of customers that it lists."""
LAST = "last"


@dataclass
class Session:
    """What one conversation remembers besides its messages.

    Args:
        id: Names the conversation where it is stored.
        language: "zh" or "en", as of the latest question.
        as_of: The operator's as-of date; None is the data's last date.
    """

    id: str
    language: str = "en"
    as_of: dt.date | None = None
    results: dict[str, ToolResult] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def register(self, result: ToolResult) -> ToolResult:
        """Give ``result`` the next handle; the ids of its figures and receipts become ``t<n>.<id>``."""
        with self._lock:
            handle = f"t{self._next()}"
            kept = with_handle(result, handle)
            self.results[handle] = kept
        return kept

    def restore(self, results: Iterable[ToolResult]) -> None:
        """Take back results that were registered before, such as those of a stored conversation."""
        with self._lock:
            self.results = {handle_of(result): result for result in results}

    def result(self, handle: str) -> ToolResult:
        """The result of ``handle`` ("t3", or "last" for the latest).

        Raises:
            InputError: No result has the handle.
        """
        known = list(self.results)
        name = known[-1] if handle == LAST and known else handle
        if name not in self.results:
            raise _unknown_handle(handle, known)
        return self.results[name]

    def selection(self, handle: str) -> Selection:
        """The customers that the result of ``handle`` is about; "last" is the latest result that has customers.

        Raises:
            InputError: No result has the handle, or it is not about customers.
        """
        with_customers = [name for name, result in self.results.items() if result.selection is not None]
        name = with_customers[-1] if handle == LAST and with_customers else handle
        handle, _, number = name.partition(".")
        result = self.result(handle)
        if number:
            return _listed(result, int(number), handle)
        selection = result.selection or _one_by_one(result)
        if selection is None:
            raise InputError(
                f"The result {name} is not about a group of customers; those that are: {', '.join(with_customers) or 'none yet'}.",
                f"结果 {name} 不对应一组客户；可用的有：{'、'.join(with_customers) or '暂无'}。",
            )
        return selection

    def _next(self) -> int:
        return max((int(handle[1:]) for handle in self.results), default=0) + 1


def handle_of(result: ToolResult) -> str:
    """The handle that a registered result has."""
    return str(result.details["handle"])


def with_handle(result: ToolResult, handle: str) -> ToolResult:
    """``result`` with ids that are unique in the conversation."""
    figures = tuple(_figure(figure, handle) for figure in result.figures)
    receipts = tuple(_receipt(receipt, handle) for receipt in result.receipts)
    checks = tuple(check.model_copy(update={"id": f"{handle}.{check.id}"}) for check in result.checks)
    details = {**result.details, "handle": handle}
    return result.model_copy(update={"figures": figures, "receipts": receipts, "checks": checks, "details": details})


def _figure(figure: Figure, handle: str) -> Figure:
    return figure.model_copy(update={"id": f"{handle}.{figure.id}", "receipt": f"{handle}.{figure.receipt}"})


def _receipt(receipt: Receipt, handle: str) -> Receipt:
    return receipt.model_copy(update={"id": f"{handle}.{receipt.id}"})


def _listed(result: ToolResult, number: int, handle: str) -> Selection:
    """The customers of the n-th group that a result lists, such as a rule of a tree."""
    listed = result.details.get("selections", [])
    if number > len(listed):
        raise InputError(
            f"The result {handle} lists {len(listed)} groups of customers, so it has no number {number}.",
            f"结果 {handle} 列出了 {len(listed)} 组客户，没有第 {number} 组。",
        )
    return Selection.model_validate(listed[number - 1])


def _one_by_one(result: ToolResult) -> Selection | None:
    """The customers whom a measurement by customer lists; None where it lists anything else."""
    table = result.tables[0] if result.tool == "measure" and result.tables else None
    if table is None or table.columns[0].id != "customer":
        return None
    ids = list(dict.fromkeys(_first_column(table)))
    return Selection(rule=Condition(field="customer_id", op="in", value=ids)) if ids else None


def _first_column(table: Table) -> list[str]:
    """All cells of the first column; those of a long table are read from where the whole was written."""
    if table.row_count > len(table.rows) and table.path:
        with Path(table.path).open(encoding="utf-8-sig", newline="") as lines:
            return [as_written(row[0]) for row in csv.reader(lines) if row][1:]
    return [str(row[0]) for row in table.rows if row[0] is not None]


def _unknown_handle(handle: str, known: list[str]) -> InputError:
    return InputError(
        f"There is no earlier result {handle!r}; known: {', '.join(known) or 'none yet'}.",
        f"没有名为“{handle}”的历史结果；可用的有：{'、'.join(known) or '暂无'}。",
    )
