"""One try to use a hostile file, in a process of its own: what came of it, how long, how much memory.

The process is forked, so that what goemox imports is loaded already and the growth is the file's alone. Every
`pickle.find_class` of the interpreter is counted by an audit hook. Needs Linux.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LONGEST_S = 20.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one try came to.

    error: the class of what was raised, "" where nothing was, "killed" after LONGEST_S. seconds: of the
    processor, since others may keep the machine busy; clock_s: of the clock. grew_mb: peak memory above that
    before the try, in 10^6 bytes. classes: pickled classes looked up. opened: watched files opened.
    """

    error: str
    said: str
    seconds: float
    clock_s: float
    grew_mb: float
    classes: int
    opened: int

    @property
    def refused(self) -> bool:
        """Whether it was an error of ours for a bad model, in one line."""
        return self.error == "InvalidModel" and "\n" not in self.said

    def within(self, seconds: float, mb: float) -> bool:
        """Whether it was refused, fast, in little memory, and nothing was unpickled."""
        return self.refused and self.seconds < seconds and self.grew_mb < mb and self.classes == 0


def attempt(use: Callable[[], object], watched: Path | None = None) -> Outcome:
    """Call `use` in a child. watched: a file that nobody should open."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.write(writing, json.dumps(_try(use, watched)).encode())
        os._exit(0)
    os.close(writing)
    ready = select.select([reading], [], [], LONGEST_S)[0]
    content = b""
    while ready and (piece := os.read(reading, 65_536)):
        content += piece
    os.close(reading)
    if not content:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not content:
        return Outcome("killed", f"status {status}", LONGEST_S, LONGEST_S, 0.0, 0, 0)
    return Outcome(**json.loads(content))


def _try(use: Callable[[], object], watched: Path | None) -> dict[str, object]:
    seen = {"classes": 0, "opened": 0}

    def look(event: str, arguments: tuple[object, ...]) -> None:
        if event == "pickle.find_class":
            seen["classes"] += 1
        elif event == "open" and watched is not None and str(arguments[0]) == str(watched):
            seen["opened"] += 1

    sys.addaudithook(look)
    error = said = ""
    before, began, worked = _memory_kib("VmRSS"), time.perf_counter(), time.process_time()
    try:
        use()
    except BaseException as problem:
        error, said = type(problem).__name__, str(problem)
    return {
        "error": error,
        "said": said[:500],
        "seconds": time.process_time() - worked,
        "clock_s": time.perf_counter() - began,
        "grew_mb": max(0, _memory_kib("VmHWM") - before) * 1024 / 1e6,
        **seen,
    }


def _memory_kib(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
