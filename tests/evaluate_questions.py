"""Asks the questions of a file over the demo and compares with SQL over the source files.

Run with ``python -m tests.evaluate_questions tests/cases/questions/operators.yaml [--warehouse FILE] [--kind KIND] [--all]``.
Right means: the right outcome, and every expected figure, table row, file and argument. "Wrong and confident" is an
answer that was given as answered and is not right.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import yaml

from assistant.conversation import Conversation, open_conversation
from assistant.events import Answer
from tools.ingest.demo import load_demo_data
from tools.segments.refresh import refresh
from tools.sources.demo import demo_files
from tools.warehouse.warehouse import Warehouse

VIEWS = Path(__file__).parent / "cases" / "questions" / "source_views.sql"
CENT = Decimal("0.005")


@dataclass
class Verdict:
    """How one question went."""

    case: dict[str, Any]
    answer: Answer
    seconds: float
    faults: list[str] = field(default_factory=list)

    @property
    def confident(self) -> bool:
        """Wrong, and said as if it were right."""
        return bool(self.faults) and self.answer.outcome == "answered"


def source() -> duckdb.DuckDBPyConnection:
    """The source files with views over them; knows nothing of the product."""
    connection = duckdb.connect()
    folder = demo_files()["transactions"].parent
    for statement in filter(str.strip, VIEWS.read_text(encoding="utf-8").split(";\n")):
        connection.execute(statement.replace("{folder}", str(folder))).complete()
    return connection


def same(found: Any, expected: Any) -> bool:
    """Equal: exactly for counts, texts, dates and money; half a cent for means of money; rounding of a double for the rest."""
    if isinstance(expected, Decimal):
        return _number(found) == expected
    if isinstance(expected, float) and isinstance(found, str | Decimal):
        number = _number(found)
        return number is not None and abs(number - Decimal(expected)) <= CENT
    if isinstance(expected, float):
        return isinstance(found, float) and abs(found - expected) <= 1e-9 * abs(expected)
    return str(found) == str(expected)


def _number(found: Any) -> Decimal | None:
    return Decimal(str(found)) if re.fullmatch(r"-?\d+(\.\d+)?", str(found)) else None


class Checker:
    """Compares answers with the source.

    Args:
        connection: What :func:`source` gave.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def faults(self, case: dict[str, Any], answer: Answer) -> list[str]:
        """What is wrong with ``answer``; nothing when it is right."""
        outcomes = case["outcome"] if isinstance(case["outcome"], list) else [case["outcome"]]
        if answer.outcome not in outcomes:
            return [f"outcome {answer.outcome}, expected {' or '.join(outcomes)}"]
        faults = [f"answered in {answer.language}"] if answer.language != case["language"] else []
        if answer.outcome == "answered":
            faults += [*self._calls(case, answer), *self._figures(case, answer), *self._tables(case, answer), *self._file(case, answer)]
        return faults

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.sql(sql).fetchall()

    def _calls(self, case: dict[str, Any], answer: Answer) -> Iterator[str]:
        tool = case.get("tool")
        if tool and tool not in [step.tool for step in answer.steps]:
            yield f"{tool} was not called"
        wanted = case.get("arguments", {}).items()
        if wanted and not any(all(str(step.arguments.get(key)) == str(value) for key, value in wanted) for step in answer.steps):
            yield f"no call with {dict(wanted)}"
        for pattern in case.get("says", []):
            if not re.search(pattern, answer.text):
                yield f"does not say {pattern}"

    def _figures(self, case: dict[str, Any], answer: Answer) -> Iterator[str]:
        found = [figure.value for figure in answer.figures]
        cells = [cell for table in answer.tables for row in table.rows for cell in row]
        for entry in case.get("figures", []):
            readings = entry["any"] if isinstance(entry, dict) else [entry]
            expected = [self._rows(sql)[0][0] for sql in readings]
            if not any(same(value, wanted) for wanted in expected for value in [*found, *cells]):
                yield f"no figure {' or '.join(map(str, expected))}"

    def _tables(self, case: dict[str, Any], answer: Answer) -> Iterator[str]:
        if "table" in case:
            expected = self._rows(case["table"])
            if not any(_starts_with(table.rows, expected) for table in answer.tables):
                yield f"no table that starts with {expected[:3]}"
        if "rows" in case:
            wanted = self._rows(case["rows"])[0][0]
            if wanted not in [table.row_count for table in answer.tables]:
                yield f"no table of {wanted} rows but {[table.row_count for table in answer.tables]}"
        if "members_of" in case:
            allowed = {str(row[0]) for row in self._rows(case["members_of"])}
            for table in answer.tables:
                if table.columns[0].id == "customer_id" and not {str(row[0]) for row in table.rows} <= allowed:
                    yield "lists customers that it must not"

    def _file(self, case: dict[str, Any], answer: Answer) -> Iterator[str]:
        if "file" not in case:
            return
        if not answer.files:
            yield "no file"
            return
        file = answer.files[0]
        if not file.path.endswith(case["file"]["ending"]):
            yield f"a file {Path(file.path).suffix}, expected {case['file']['ending']}"
        if "rows" in case["file"] and file.rows != (wanted := self._rows(case["file"]["rows"])[0][0]):
            yield f"a file of {file.rows} rows, expected {wanted}"


def _starts_with(rows: tuple[tuple[Any, ...], ...], expected: list[tuple[Any, ...]]) -> bool:
    return len(rows) >= len(expected) and all(
        len(row) >= len(wanted) and all(same(a, b) for a, b in zip(row, wanted, strict=False))
        for row, wanted in zip(rows, expected, strict=False)
    )


def evaluate(warehouse: Warehouse, cases: list[dict[str, Any]], checker: Checker) -> Iterator[Verdict]:
    """Ask every case, each conversation of its own; one verdict for each turn."""
    for case in cases:
        conversation = open_conversation(warehouse)
        for turn in case.get("turns", [case]):
            yield judge(conversation, {"kind": case["kind"], "language": case["language"], **turn}, checker)


def judge(conversation: Conversation, case: dict[str, Any], checker: Checker) -> Verdict:
    """Ask one question and compare."""
    start = time.perf_counter()
    answer = conversation.answer(case["question"])
    return Verdict(case, answer, time.perf_counter() - start, checker.faults(case, answer))


def report(verdict: Verdict) -> str:
    """One question: what was expected, called and said."""
    case, answer = verdict.case, verdict.answer
    mark = "right" if not verdict.faults else "WRONG AND CONFIDENT" if verdict.confident else "wrong"
    lines = [f"[{mark}] {case['kind']} {case['language']} {verdict.seconds:.2f} s: {case['question']}"]
    lines += [f"    fault: {fault}" for fault in verdict.faults]
    lines += [f"    called: {step.tool} {step.arguments} -> {step.outcome}" for step in answer.steps]
    lines += [f"    understood: {answer.interpretation}"] if answer.interpretation else []
    lines += [f"    | {line}" for line in (answer.text or "").splitlines()]
    lines += [f"    asks: {answer.clarification} {answer.choices}"] if answer.clarification else []
    lines += [f"    caveat: {caveat}" for caveat in answer.caveats]
    return "\n".join(lines)


def summary(verdicts: list[Verdict]) -> str:
    """Accuracy by kind and language, then the whole."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.case["kind"], []).append(verdict)
    lines = [f"{'kind':<14}{'zh':>9}{'en':>9}{'all':>9}{'wrong and confident':>22}"]
    for kind, group in [*groups.items(), ("all", verdicts)]:
        asked = Counter(verdict.case["language"] for verdict in group)
        right = Counter(verdict.case["language"] for verdict in group if not verdict.faults)
        shares = [f"{right[language]}/{asked[language]}" for language in ("zh", "en")]
        confident = sum(verdict.confident for verdict in group)
        lines.append(f"{kind:<14}{shares[0]:>9}{shares[1]:>9}{f'{right.total()}/{asked.total()}':>9}{confident:>22}")
    seconds = sorted(verdict.seconds for verdict in verdicts)
    return "\n".join([*lines, f"95 % of the answers came within {seconds[int(len(seconds) * 0.95)]:.2f} s"])


def _warehouse(path: Path | None, folder: str) -> Warehouse:
    if path:
        return Warehouse(path)
    warehouse = Warehouse(Path(folder) / "demo.duckdb")
    load_demo_data(warehouse)
    refresh(warehouse)
    return warehouse


def main() -> int:
    """Run from the command line; 1 when an answer was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--warehouse", type=Path, help="a warehouse with the demo, loaded and refreshed")
    parser.add_argument("--kind", help="only this kind")
    parser.add_argument("--all", action="store_true", help="print right answers too")
    options = parser.parse_args()
    cases = [case for case in yaml.safe_load(options.file.read_text(encoding="utf-8")) if options.kind in (None, case["kind"])]
    verdicts = []
    with tempfile.TemporaryDirectory() as folder:
        for verdict in evaluate(_warehouse(options.warehouse, folder), cases, Checker(source())):
            verdicts.append(verdict)
            if verdict.faults or options.all:
                sys.stdout.write(report(verdict) + "\n\n")
                sys.stdout.flush()
    sys.stdout.write(summary(verdicts) + "\n")
    return int(any(verdict.faults for verdict in verdicts))


if __name__ == "__main__":
    sys.exit(main())
