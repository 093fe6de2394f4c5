"""Bounds of thread pools, so that a fit never waits for cores that others use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

ROWS_PER_THREAD = 50_000


@contextmanager
def bounded_threads(limit: int, rows: int) -> Iterator[None]:
    """Let numeric libraries use at most ``limit`` threads, and no more than the work needs.

    Threads of OpenMP spin while they wait for each other: on small matrices and a busy machine a second thread
    makes a fit many times slower, so each thread must have at least ``ROWS_PER_THREAD`` rows.
    """
    wanted = max(1, min(limit, rows // ROWS_PER_THREAD))
    with threadpool_limits(limits=wanted):
        yield
