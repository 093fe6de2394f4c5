"""Bounds of thread pools, so that a fit never waits for cores that others use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from threadpoolctl import threadpool_limits

ROWS_PER_THREAD = 50_000
_LOAD = Path("/proc/loadavg")


def free_cores() -> int:
    """Cores of this process that nobody else computes on at this moment, at least one.

    Where the system does not tell what is running now, the mean load of the last minute stands in for it.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        # "0.20 0.18 0.12 3/80 11206": three threads can run, this one among them.
        others = int(_LOAD.read_text(encoding="ascii").split()[3].partition("/")[0]) - 1
    except (OSError, IndexError, ValueError):
        others = round(os.getloadavg()[0]) if hasattr(os, "getloadavg") else 0
    return max(1, cores - max(0, others))


@contextmanager
def bounded_threads(limit: int, rows: int) -> Iterator[None]:
    """Let numeric libraries use at most ``limit`` threads, no more than the work needs, and none on a busy core.

    Threads of OpenMP spin while they wait for each other: on small matrices or a busy machine a second thread
    makes a fit many times slower, so each thread must have at least ``ROWS_PER_THREAD`` rows and a core of its own.
    """
    wanted = max(1, min(limit, rows // ROWS_PER_THREAD, free_cores()))
    with threadpool_limits(limits=wanted):
        yield
