"""How many cores this process may use, and of what kind they are."""

from __future__ import annotations

import hashlib
import math
import os
import platform
from pathlib import Path

__all__ = ["instructions", "n_cores", "processor"]

QUOTA = Path("/sys/fs/cgroup/cpu.max")  # of a container, cgroup v2: microseconds of work, microseconds
CPU_INFO = Path("/proc/cpuinfo")


def n_cores() -> int:
    """OMP_NUM_THREADS where it is a number, else what the system and the container let this process have."""
    wanted = os.environ.get("OMP_NUM_THREADS", "").strip()
    if wanted.isascii() and wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    given = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(given, _quota(QUOTA) or given)


def processor() -> str:
    """What tells processors apart that run the same program at different speeds: name and instructions."""
    known = " ".join(sorted(instructions() or ()))
    return f"{platform.machine()} {_told('model name')} {hashlib.sha256(known.encode()).hexdigest()[:8]}"


def instructions() -> frozenset[str] | None:
    """Instruction sets as Linux lists them, or None where the system does not tell."""
    listed = _told("flags") or _told("Features")
    return frozenset(listed.split()) or None


def _told(key: str) -> str:
    """What /proc/cpuinfo says of the first core; empty where nothing is told."""
    try:
        lines = CPU_INFO.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    said = (line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == key)
    return next(said, "")


def _quota(file: Path) -> int | None:
    """Cores that the work allowed in a period keeps busy, rounded up; None where nothing limits it."""
    try:
        work, period = file.read_text("ascii").split()
        return None if work == "max" else max(1, math.ceil(int(work) / int(period)))
    except (OSError, ValueError, ZeroDivisionError):
        return None
