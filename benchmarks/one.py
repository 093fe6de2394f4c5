"""Runs one case and prints seconds, peak memory and details as JSON: python -m benchmarks.one NAME ARGUMENTS."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks import cases, conversation
from benchmarks.registry import CASES

REGISTERED = (cases, conversation)


def peak_megabytes() -> float:
    """Peak memory of this process. Linux keeps the parent's peak in ru_maxrss over exec, so its own is read from the kernel."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run the case named on the command line."""
    name, *arguments = sys.argv[1:]
    seconds, detail = CASES[name](*arguments)
    peak = peak_megabytes()
    print(json.dumps({"seconds": seconds, "megabytes": peak, "detail": detail}))


if __name__ == "__main__":
    main()
