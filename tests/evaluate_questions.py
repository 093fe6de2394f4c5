"""Asks the questions of the evaluation over the demo and compares with SQL over the source files.

Run with ``make eval``, or ``python -m tests.evaluate_questions [FILE...] [--warehouse FILE] [--kind KIND] [--all] [--show]``.
Without files: every file of ``tests/cases/questions``, the part for development, what is still open of it, and the part that is
kept back, each with its accuracy by kind and language. What the part kept back asks is printed only with ``--show``: nobody tunes on it.

Right means: the right outcome, and every expected figure, table row, file and argument. "Wrong and confident" is an
answer that was given as answered and is not right.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
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

QUESTIONS = Path(__file__).parent / "cases" / "questions"
VIEWS = ("source_views.sql", "earlier_views.sql", "opened_views.sql")
KEPT_BACK = "unseen.yaml"
OPEN = "open.yaml"
CENT = Decimal("0.0050001")
"""Half a cent, and the little by which a double misses it."""


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
    for file in filter(Path.exists, (QUESTIONS / name for name in VIEWS)):
        for statement in filter(str.strip, file.read_text(encoding="utf-8").split(";\n")):
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
        outcomes = _several(case["outcome"])
        if answer.outcome not in outcomes:
            return [f"outcome {answer.outcome}, expected {' or '.join(outcomes)}"]
        # A question that mixes the languages may be answered in either.
        faults = [] if case.get("mixed") or answer.language == case["language"] else [f"answered in {answer.language}"]
        if answer.outcome == "answered":
            faults += [*self._calls(case, answer), *self._figures(case, answer), *self._tables(case, answer), *self._file(case, answer)]
        return faults

    def _rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.sql(sql).fetchall()

    def _calls(self, case: dict[str, Any], answer: Answer) -> Iterator[str]:
        tools = _several(case.get("tool", []))
        if tools and not set(tools) & {step.tool for step in answer.steps}:
            yield f"{' or '.join(tools)} was not called"
        readings = [case["arguments"]] if case.get("arguments") else case.get("arguments_any", [])
        if readings and not any(_has(step.arguments, wanted) for step in answer.steps for wanted in readings):
            yield f"no call with {' or '.join(map(str, readings))}"
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


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _has(arguments: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(str(arguments.get(key)) == str(value) for key, value in wanted.items())


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
            shared = {key: case[key] for key in ("kind", "language", "mixed") if key in case}
            yield judge(conversation, {**shared, **turn}, checker)


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
    for verdict in sorted(verdicts, key=lambda one: str(one.case["kind"])):
        groups.setdefault(verdict.case["kind"], []).append(verdict)
    languages = ("zh", "en")
    lines = [f"{'kind':<14}" + "".join(f"{language:>10}" for language in [*languages, "all"]) + f"{'%':>7}{'wrong and confident':>22}"]
    for kind, group in [*groups.items(), ("all", verdicts)]:
        shares = [_share([verdict for verdict in group if verdict.case["language"] == language]) for language in languages]
        cells = "".join(f"{share:>10}" for share in [*shares, _share(group)])
        percent = 100 * sum(not verdict.faults for verdict in group) / len(group)
        lines.append(f"{kind:<14}{cells}{percent:>7.1f}{sum(verdict.confident for verdict in group):>22}")
    seconds = sorted(verdict.seconds for verdict in verdicts)
    confident = sum(verdict.confident for verdict in verdicts)
    return "\n".join(
        [
            *lines,
            f"wrong and not flagged: {100 * confident / len(verdicts):.1f} %",
            f"95 % of the answers came within {seconds[int(len(seconds) * 0.95)]:.2f} s",
        ]
    )


def _share(group: list[Verdict]) -> str:
    return f"{sum(not verdict.faults for verdict in group)}/{len(group)}" if group else ""


def cases_of(file: Path) -> list[dict[str, Any]]:
    """The cases of a file; those of the first list have no kind of their own."""
    return [{"kind": "first", **case} for case in yaml.safe_load(file.read_text(encoding="utf-8"))]


def parts() -> dict[str, list[Path]]:
    """The files of each part of the evaluation."""
    files = sorted(QUESTIONS.glob("*.yaml"))
    return {
        "development": [file for file in files if file.name not in (KEPT_BACK, OPEN)],
        "open": [file for file in files if file.name == OPEN],
        "kept back": [file for file in files if file.name == KEPT_BACK],
    }


def _warehouse(path: Path | None, folder: str) -> Warehouse:
    if path:
        return Warehouse(path)
    warehouse = Warehouse(Path(folder) / "demo.duckdb")
    load_demo_data(warehouse)
    refresh(warehouse)
    return warehouse


def _run(warehouse: Warehouse, files: list[Path], kind: str | None, told: Callable[[Verdict], bool]) -> list[Verdict]:
    verdicts = []
    cases = [case for file in files for case in cases_of(file) if kind in (None, case["kind"])]
    for verdict in evaluate(warehouse, cases, Checker(source())):
        verdicts.append(verdict)
        if told(verdict):
            sys.stdout.write(report(verdict) + "\n\n")
            sys.stdout.flush()
    return verdicts


def _told(shown: bool, also_right: bool, verdict: Verdict) -> bool:
    return shown and (also_right or bool(verdict.faults))


def main() -> int:
    """Run from the command line; 0 whatever the accuracy, because a measurement is no test."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="*")
    parser.add_argument("--warehouse", type=Path, help="a warehouse with the demo, loaded and refreshed")
    parser.add_argument("--kind", help="only this kind")
    parser.add_argument("--all", action="store_true", help="print right answers too")
    parser.add_argument("--show", action="store_true", help="print the questions of the part that is kept back too")
    options = parser.parse_args()
    groups = {"questions": options.files} if options.files else parts()
    found: dict[str, list[Verdict]] = {}
    with tempfile.TemporaryDirectory() as folder:
        warehouse = _warehouse(options.warehouse, folder)
        for name, files in groups.items():
            shown = name != "kept back" or options.show
            found[name] = _run(warehouse, files, options.kind, partial(_told, shown, options.all))
    for name, verdicts in found.items():
        if verdicts:
            sys.stdout.write(f"{name}: {len(verdicts)} questions\n{summary(verdicts)}\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
