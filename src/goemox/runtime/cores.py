"""How many cores this process may use."""

from __future__ import annotations

import math
import os
from pathlib import Path

__all__ = ["n_cores"]

QUOTA = Path("/sys/fs/cgroup/cpu.max")  # of a container, cgroup v2: microseconds of work, microseconds


def n_cores() -> int:
    """OMP_NUM_THREADS where it is a number, else what the system and the container let this process have."""
    wanted = os.environ.get("OMP_NUM_THREADS", "").strip()
    if wanted.isascii() and wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    given = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(given, _quota(QUOTA) or given)


def _quota(file: Path) -> int | None:
    """Cores that the work allowed in a period keeps busy, rounded up; None where nothing limits it."""
    try:
        work, period = file.read_text("ascii").split()
        return None if work == "max" else max(1, math.ceil(int(work) / int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        return None
