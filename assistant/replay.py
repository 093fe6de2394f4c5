"""Runs a saved answer again and says, figure by figure, whether the same comes out."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.artifacts import json_value
from assistant.checked import check_json, failed_checks
from assistant.session import Session
from assistant.toolbox import Toolbox
from tools.contracts import Check, Outcome, Text, ToolResult
from tools.errors import InputError
from tools.warehouse.warehouse import Warehouse

NOT_REPEATED = frozenset({"export_customers", "export_table", "save_segment"})
"""Tools that write: a replay only reads."""
_CLOSE = 1e-9
"""Relative difference that the order of adding real numbers may make."""
_HANDLE = re.compile(r"t(\d+)\.")
_KEYS = frozenset({"question", "steps", "figures", "receipts"})


@dataclass(frozen=True)
class Replayed:
    """What became of one saved answer.

    Args:
        question: As it was asked.
        same: Figures that came out the same.
        differing: Figures that did not: id, label, saved value, value now (None where it no longer exists).
        skipped: Tools that were not run again because they write.
        versions: Data versions then and now, where they differ.
        failed: Cross-checks that do not hold now.
        checks_differing: How many of the saved cross-checks came to other numbers.
    """

    question: str
    same: int
    differing: tuple[tuple[str, str, Any, Any], ...]
    skipped: tuple[str, ...] = ()
    versions: tuple[str, str] | None = None
    failed: tuple[Text, ...] = ()
    checks_differing: int = 0


@dataclass
class _Replay:
    warehouse: Warehouse
    session: Session = field(default_factory=lambda: Session("replay"))

    def answer(self, saved: Mapping[str, Any]) -> Replayed:
        """Run the steps of one saved answer and compare its figures."""
        self.session.as_of = _as_of(saved)
        self._make_room(saved)
        toolbox = Toolbox(self.warehouse, self.session, question=str(saved["question"]))
        skipped, before = [], set(self.session.results)
        for step in saved["steps"]:
            if step["tool"] in NOT_REPEATED or step["tool"] not in toolbox.tools:
                self._placeholder(str(step["tool"]))
                skipped.append(str(step["tool"]))
            else:
                toolbox.call(step["tool"], step["arguments"])
        made = [result for handle, result in self.session.results.items() if handle not in before]
        return self._compare(saved, skipped, [check for result in made for check in result.checks])

    def _compare(self, saved: Mapping[str, Any], skipped: Sequence[str], checks: Sequence[Check]) -> Replayed:
        found = {figure.id: json_value(figure.value, figure.unit) for result in self.session.results.values() for figure in result.figures}
        compared = [one for one in saved["figures"] if not self._was_skipped(one["id"])]
        differing = [
            (one["id"], one["label"], one["value"], found.get(one["id"]))
            for one in compared
            if not _same(one["value"], found.get(one["id"]))
        ]
        return Replayed(
            str(saved["question"]), len(compared) - len(differing), tuple(differing), tuple(skipped), self._versions(saved["receipts"]),
            tuple(failed_checks(checks, self.warehouse.currency)), self._other_checks(saved.get("checks", []), checks),
        )  # fmt: skip

    def _other_checks(self, saved: Sequence[Mapping[str, Any]], checks: Sequence[Check]) -> int:
        """How many saved checks are no longer made, or came to other numbers; answers of earlier versions have none."""
        now = {check.id: check_json(check, "en") for check in checks}
        compared = [one for one in saved if not self._was_skipped(str(one["id"]))]
        return sum(not _agrees(one, now.get(str(one["id"]))) for one in compared)

    def _was_skipped(self, figure_id: str) -> bool:
        result = self.session.results.get(figure_id.partition(".")[0])
        return result is not None and bool(result.details.get("skipped"))

    def _versions(self, receipts: Sequence[Mapping[str, Any]]) -> tuple[str, str] | None:
        then = next((str(receipt["data_version"]) for receipt in receipts if receipt.get("data_version")), "")
        with Toolbox(self.warehouse, self.session).context() as context:
            now = context.data_version
        return (then, now) if then and then != now else None

    def _make_room(self, saved: Mapping[str, Any]) -> None:
        """An answer from the middle of a conversation has later handles: stand in for the results before it."""
        handles = [match[1] for receipt in saved["receipts"] if (match := _HANDLE.match(str(receipt.get("id", ""))))]
        while handles and len(self.session.results) + 1 < min(map(int, handles)):
            self._placeholder("earlier")

    def _placeholder(self, tool: str) -> None:
        self.session.register(ToolResult(tool=tool, outcome=Outcome.EMPTY, details={"skipped": True}))


def replay(warehouse: Warehouse, path: Path) -> Iterator[Replayed]:
    """Run every answer of a file again, in order, as one conversation; nothing is written.

    Args:
        warehouse: The data.
        path: What ``fenqun ask --json`` printed: one JSON object per line.

    Raises:
        InputError: The file cannot be read, or a line is no saved answer.
    """
    answers = list(_read(path))
    run = _Replay(warehouse)
    for saved in answers:
        yield run.answer(saved)


def _read(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.", f"无法读取 {path}：{error}。") from error
    found = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            found += 1
            yield _answer(path, number, line)
    if not found:
        raise InputError(f"{path} holds no saved answer; save one with: fenqun ask QUESTION --json > {path.name}", _none_zh(path))


def _none_zh(path: Path) -> str:
    return f"{path} 中没有已保存的回答；可以这样保存：fenqun ask 问题 --json > {path.name}"


def _answer(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        saved = json.loads(line)
    except json.JSONDecodeError:
        saved = None
    if not isinstance(saved, dict) or not saved.keys() >= _KEYS:
        raise InputError(
            f"{path}, line {number}, is no saved answer; a line must be what `fenqun ask --json` printed.",
            f"{path} 第 {number} 行不是已保存的回答；每行应是 `fenqun ask --json` 的输出。",
        )
    return saved


def _as_of(saved: Mapping[str, Any]) -> dt.date | None:
    found = next((receipt["as_of"] for receipt in saved["receipts"] if receipt.get("as_of")), None)
    return dt.date.fromisoformat(str(found)) if found else None


def _agrees(then: Mapping[str, Any], now: Mapping[str, Any] | None) -> bool:
    return now is not None and then["holds"] == now["holds"] and all(_same(then[name], now[name]) for name in ("found", "expected"))


def _same(then: Any, now: Any) -> bool:
    if isinstance(then, int | float) and isinstance(now, int | float) and not isinstance(then, bool):
        return math.isclose(then, now, rel_tol=_CLOSE, abs_tol=1e-12)
    return bool(then == now)
