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
QUESTIONS = HERE.parent / "tests" / "cases" / "questions" / "first_24.yaml"
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
    """Answers and start-up on the demo."""
    from tools.ingest.demo import load_demo_data
    from tools.segments.refresh import refresh
    from tools.warehouse.warehouse import Warehouse

    demo = folder / "demo.duckdb"
    if not demo.exists():
        load_demo_data(Warehouse(demo))
        refresh(Warehouse(demo))
    listed = yaml.safe_load(QUESTIONS.read_text(encoding="utf-8"))
    questions = folder / "questions.json"
    questions.write_text(json.dumps([entry["question"] for entry in listed], ensure_ascii=False), encoding="utf-8")
    asked = run_case("ask_planner", demo, questions)
    starts = sorted(seconds_until_served(demo) for _ in range(3))
    detail = (
        f"median {asked.detail['median']:.2f} s, slowest {asked.detail['slowest']:.2f} s; goal ≤ 0.5 s"
        if isinstance(asked, Measured)
        else ""
    )
    return [
        _row(f"ask through the planner, demo, p95 of {len(listed)} questions", "Fenqun", asked, detail),
        (
            "start of the web app until the page is served",
            "Fenqun",
            f"{starts[0]:.2f} s",
            "",
            f"slowest of 3: {starts[-1]:.2f} s; goal ≤ 6 s",
        ),
    ]


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
