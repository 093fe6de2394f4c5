"""Run everything, print one table, write it to benchmarks/results.md.

python -m benchmarks [--orders 1000000 10000000] [--customers 40000 400000 1000000] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

import yaml

from benchmarks.data import write_histories, write_orders
from benchmarks.measure import Measured, run_case
from benchmarks.startup import seconds_until_served

HERE = Path(__file__).parent
QUESTIONS = HERE.parent / "tests" / "cases" / "questions"
FIRST = QUESTIONS / "first_24.yaml"
Row = tuple[str, str, str, str, str]


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--customers", type=int, nargs="*", default=[40_000, 400_000, 1_000_000])
    parser.add_argument("--keep", type=Path, help="folder for generated files, kept for the next run")
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="fenqun-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("FENQUN_HOME", str(folder / "home"))
    try:
        rows = [*app_rows(folder)]
        for orders in arguments.orders:
            rows += [*rfm_rows(folder, orders), *load_rows(folder, orders)]
        rows += refresh_rows(folder, arguments.customers)
        if arguments.customers:
            rows += large_rows(folder, max(arguments.customers))
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    text = render(rows)
    (HERE / "results.md").write_text(text, encoding="utf-8")
    print(text)


def rfm_rows(folder: Path, orders: int) -> list[Row]:
    """RFM features and scores: the product, the minimal query, pandas, lifetimes."""
    warehouse = _loaded(folder, write_orders(folder, orders, "csv"), orders)
    ours = run_case("rfm_fenqun", warehouse)
    minimal = run_case("rfm_minimal", warehouse)
    pandas = run_case("rfm_pandas", warehouse)
    lifetimes = run_case("rfm_lifetimes", warehouse, runs=1)
    name = f"RFM features and scores, {orders:,} orders"
    return [
        _row(name, "Fenqun", ours, _goal_rfm(ours, minimal, pandas, lifetimes)),
        _row(name, "minimal DuckDB query", minimal, ""),
        _row(name, "pandas, fetched from the same table", pandas, _in_memory(pandas)),
        _row(name, f"lifetimes {version('lifetimes')}, summary only, fetched from the same table", lifetimes, _in_memory(lifetimes)),
    ]


def load_rows(folder: Path, orders: int) -> list[Row]:
    """A CSV of orders into a warehouse: the product beside DuckDB's plain read_csv."""
    csv = write_orders(folder, orders, "csv")
    ours, plain = run_case("load_fenqun", csv), run_case("load_duckdb", csv)
    name = f"CSV load, {orders:,} orders ({csv.stat().st_size / 1e6:,.0f} MB)"
    note = f"{ours.seconds / plain.seconds:.2f} × plain (goal ≤ 2.5)" if isinstance(ours, Measured) and isinstance(plain, Measured) else ""
    return [_row(name, "Fenqun, mapping + cleaning + quarantine", ours, note), _row(name, "DuckDB CREATE TABLE AS read_csv", plain, "")]


def app_rows(folder: Path) -> list[Row]:
    """Answers, the parts of an answer, and start-up on the demo."""
    demo = _demo(folder)
    listed = _listed(folder, FIRST)
    everything = _listed(folder, *sorted(QUESTIONS.glob("*.yaml")))
    starts = sorted(seconds_until_served(demo) for _ in range(3))
    return [
        _asked_row("question to answer through the planner, demo", run_case("ask_planner", demo, listed), "goal ≤ 0.5 s"),
        _asked_row("question to first streamed words, demo", run_case("first_text", demo, listed), "goal ≤ 0.3 s"),
        _asked_row("question to tool calls (planner alone), demo", run_case("planner_parse", demo, everything), "goal ≤ 30 ms"),
        _asked_row("what the loop adds to the bare tools, demo", run_case("loop_overhead", demo, listed), "goal ≤ 50 ms"),
        (
            "start of the web app until the page is served",
            "Fenqun",
            f"{starts[0]:.2f} s",
            "",
            f"slowest of 3: {starts[-1]:.2f} s; goal ≤ 6 s",
        ),
    ]


def large_rows(folder: Path, customers: int) -> list[Row]:
    """Answers over a large shop, after its refresh."""
    from tools.segments.refresh import refresh
    from tools.warehouse.warehouse import Warehouse

    refreshed = folder / f"refreshed_{customers}.duckdb"
    if not refreshed.exists():
        shutil.copyfile(_loaded(folder, write_histories(folder, customers), customers, "histories"), refreshed)
        refresh(Warehouse(refreshed))
    asked = run_case("ask_planner", refreshed, _listed(folder, HERE / "large_questions.yaml"), runs=2)
    return [_asked_row(f"question to answer through the planner, {customers * 25:,} orders", asked, "goal ≤ 1.5 s")]


def _demo(folder: Path) -> Path:
    from tools.ingest.demo import load_demo_data
    from tools.segments.refresh import refresh
    from tools.warehouse.warehouse import Warehouse

    demo = folder / "demo.duckdb"
    if not demo.exists():
        load_demo_data(Warehouse(demo))
        refresh(Warehouse(demo))
    return demo


def _listed(folder: Path, *files: Path) -> Path:
    """The questions of these files, those of conversations too, as one list."""
    cases = [case for file in files for case in yaml.safe_load(file.read_text(encoding="utf-8"))]
    questions = [turn["question"] for case in cases for turn in case.get("turns", [case])]
    path = folder / f"questions_{len(questions)}.json"
    path.write_text(json.dumps(questions, ensure_ascii=False), encoding="utf-8")
    return path


def _asked_row(what: str, found: Measured | str, goal: str) -> Row:
    if isinstance(found, str):
        return (what, "Fenqun", found, "", goal)
    detail = found.detail
    times = f"p95 of {detail['questions']}; median {_short(detail['median'])}, slowest {_short(detail['slowest'])}; {goal}"
    return (what, "Fenqun", _short(found.seconds), f"{found.megabytes:,.0f} MB", times)


def _short(seconds: object) -> str:
    assert isinstance(seconds, float)
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{1000 * seconds:.1f} ms"


def refresh_rows(folder: Path, sizes: list[int]) -> list[Row]:
    """A full refresh with every model, for several numbers of customers, beside the usual script."""
    rows, took = [], []
    for customers in sizes:
        warehouse = _loaded(folder, write_histories(folder, customers), customers, "histories")
        ours = run_case("refresh_fenqun", warehouse, runs=1)
        usual = run_case("refresh_pandas", warehouse, runs=1, limit=3600)
        took.append((customers, ours))
        name = f"full refresh, {customers:,} customers with 25 orders each"
        rows += [
            _row(name, "Fenqun", ours, _stages(ours) + _growth(took)),
            _row(name, "usual pandas + scikit-learn + lifetimes script", usual, _script(usual)),
        ]
    return rows


def _stages(found: Measured | str) -> str:
    if isinstance(found, str):
        return ""
    stages: dict[str, float] = found.detail["stages"]  # type: ignore[assignment]
    return ", ".join(f"{name} {seconds:.0f} s" for name, seconds in stages.items() if seconds >= 1)


def _growth(took: list[tuple[int, Measured | str]]) -> str:
    (first, small), (last, large) = took[0], took[-1]
    if first == last or isinstance(small, str) or isinstance(large, str):
        return ""
    exponent = math.log(large.seconds / small.seconds) / math.log(last / first)
    goal = "; goals ≤ 180 s, ≤ 8 GB" if last >= 1_000_000 else ""
    return f"; growth exponent from {first:,} customers {exponent:.2f} (goal ≤ 1.1){goal}"


def _script(found: Measured | str) -> str:
    return "" if isinstance(found, str) else ", ".join(f"{name} {value}" for name, value in found.detail.items())


def _loaded(folder: Path, csv: Path, orders: int, kind: str = "orders") -> Path:
    from tools.ingest.load import load
    from tools.warehouse.warehouse import Warehouse

    path = folder / f"{kind}_{orders}.duckdb"
    if not path.exists():
        load(Warehouse(path), [csv])
    return path


def _goal_rfm(ours: Measured | str, *peers: Measured | str) -> str:
    if isinstance(ours, str):
        return ""
    goals = ("minimal query (goal ≤ 1.5)", "pandas (goal: 3 × faster)", "lifetimes (goal: 10 × faster)")
    parts = []
    for peer, goal in zip(peers, goals, strict=True):
        if isinstance(peer, Measured):
            ratio = ours.seconds / peer.seconds
            parts.append(f"{ratio:.2f} × {goal}" if "minimal" in goal else f"{1 / ratio:.1f} × faster than {goal}")
    return "; ".join(parts)


def _in_memory(found: Measured | str) -> str:
    return f"{found.detail['in_memory']:.2f} s of it once in memory" if isinstance(found, Measured) else ""


def _row(what: str, who: str, found: Measured | str, note: str) -> Row:
    if isinstance(found, str):
        return (what, who, found, "", note)
    return (what, who, f"{found.seconds:.2f} s", f"{found.megabytes:,.0f} MB", note)


def render(rows: list[Row]) -> str:
    """The table as Markdown, with what it was measured on."""
    names = ("duckdb", "pandas", "pyarrow", "langchain", "gradio")
    head = (
        "# Benchmarks\n\n"
        f"Made by `make bench`: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in names)
        + ". Seconds are the best of three runs (lifetimes and refreshes: one), each in a process of its own; memory is its peak.\n\n"
        "| what | who | time | peak memory | against the goals |\n|---|---|---:|---:|---|\n"
    )
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    main()
