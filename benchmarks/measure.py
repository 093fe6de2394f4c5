"""Runs one case in a process of its own, so that its peak memory is its own and nothing is warm."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """What one case took: the best of its runs in seconds, and its peak memory in megabytes."""

    seconds: float
    megabytes: float
    detail: dict[str, object]


def run_case(name: str, *arguments: object, runs: int = 3, limit: float = 1800) -> Measured | str:
    """Run ``python -m benchmarks.one NAME ARGUMENTS`` that many times; a text says why there is no figure."""
    results = []
    for _ in range(runs):
        command = [sys.executable, "-m", "benchmarks.one", name, *map(str, arguments)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return f"stopped after {limit:.0f} s"
        if done.returncode:
            return "failed: " + (done.stderr.strip().splitlines() or ["no message"])[-1][:120]
        results.append(json.loads(done.stdout.splitlines()[-1]))
    best = min(results, key=lambda found: found["seconds"])
    return Measured(best["seconds"], max(found["megabytes"] for found in results), best["detail"])
