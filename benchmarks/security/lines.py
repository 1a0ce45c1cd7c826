"""How the scripts beside this one tell what they measured: lines of the checklist, one JSON file a script.

docs/security.md is made from the files: run benchmarks/security_page.py after a script.
"""

from __future__ import annotations

import json
import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["FOLDER", "Line", "machine", "publish"]

FOLDER = Path(__file__).parent.parent / "results" / "security"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist as it was measured.

    number: of the checklist. test: what was done, in short words. wanted: the pass figure. measured: the
    figures in words. figures: the same, raw. why: the reason, should it not hold.
    """

    number: int
    test: str
    wanted: str
    measured: str
    holds: bool
    figures: Mapping[str, object] = field(default_factory=dict)
    why: str = ""


def publish(name: str, lines: Sequence[Line], arguments: Sequence[str] = ()) -> int:
    """Print the lines and write results/security/NAME.json; the exit code is 1 where one does not hold.

    arguments: those that the script was given, for the command that repeats the measurement.
    """
    for line in lines:
        print(f"{line.number:>2} {'holds' if line.holds else 'FAILS'}  {line.test}: {line.measured}")
    told = []
    for line in lines:
        row = asdict(line)
        row["pass"], why = row.pop("wanted"), row.pop("why")
        if why and not line.holds:
            row["why"] = why
        told.append(row)
    content = {
        "machine": machine(),
        "date": datetime.now(UTC).date().isoformat(),
        "command": " ".join([f"python benchmarks/security/{name}.py", *arguments]),
        "lines": told,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(
        json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return 0 if all(line.holds for line in lines) else 1


def machine() -> str:
    """System, cores, the processor's name and Python's version."""
    python = f"Python {sys.version.split()[0]}"
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {_processor()}, {python}"


def _processor() -> str:
    """The name that Linux gives it; elsewhere what Python knows."""
    file = Path("/proc/cpuinfo")
    names = re.findall(r"^model name\s*: (.+)$", file.read_text(), re.M) if file.exists() else []
    return names[0] if names else platform.processor()
