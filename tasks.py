"""Set-up and everyday tasks on any system, with nothing but Python: `python -m tasks study` or `test`.

Each task makes the virtual environment that it needs, once, and then runs in it. The Makefile calls this
file; on Windows call it directly: `py -m tasks study`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CONSTRAINTS = ROOT / "constraints.txt"
LIGHT = ROOT / ".venv"  # what a user has: no torch
FULL = ROOT / ".venv-dev"  # all that the tests need
PEERS = ROOT / ".venv-peers"  # what goemox's speed is measured against, without goemox
PEERS_PINS = ROOT / "benchmarks" / "speed" / "peers.txt"
# Its torchvision must be of torch's own build, or transformers breaks; its parts that tests use need none.
ALONE = "pytorch-ood==0.4.0"
EXTRAS = "[dev,openvino,oracles,ray,serve,train]"  # of the development environment
DOCS = ("docs/conf.py", "docs/reference_pages.py", "docs/reference_parts")  # their code, not their pages
LINTED = ("src", "tests", "tasks.py", "benchmarks", "examples", "release", *DOCS)
LONG = "Not part of `make security`"  # in the docstring of a script that takes more than some minutes
PLAIN = ("lint", "setup", "security")  # tasks that nothing can be said to
TRUST = (
    "scored",
    "calibration",
    "conformal",
    "refitted_promise",
    "domain",
    "shift_tests",
    "prevalence",
    "adapt",
    "titles",
    "shift_time",
)


def main(arguments: list[str]) -> int:
    """Run one task; the exit code is that of the command it runs."""
    tasks = {
        "study": study,
        "test": test,
        "lint": lint,
        "setup": set_up,
        "lock": lock,
        "release-check": release_check,
        "wheel-check": wheel_check,
        "trust-results": trust_results,
        "security": security,
        "bench": bench,
        "docs": docs,
        "screenshots": screenshots,
    }
    if not arguments or arguments[0] not in tasks:
        print(f"usage: python -m tasks {{{','.join(tasks)}}} [arguments for it]", file=sys.stderr)
        return 2
    if sys.version_info < (3, 11):
        print(f"goemox needs Python 3.11 or newer, this is {sys.version.split()[0]}", file=sys.stderr)
        return 2
    name, *extra = arguments
    if extra and name in PLAIN:
        return refused(f"{name} takes no arguments, and was given {' '.join(extra)}")
    return tasks[name](extra)


def refused(why: str) -> int:
    """Say why a task is not begun."""
    print(f"tasks: {why}", file=sys.stderr)
    return 2


def study(extra: list[str]) -> int:
    """Install goemox without torch and run the study into `out/`."""
    python = environment(LIGHT, "")
    named = any(word.startswith(("-o", "--output-dir")) for word in extra)
    where = [] if named else ["--output-dir", "out"]
    return run([python, "-m", "goemox", "study", *where, *extra])


def test(extra: list[str]) -> int:
    """Install goemox with everything and run linters, type checks and all tests.

    --random: in another order each time, which pytest prints as a seed and `--randomly-seed=SEED` repeats,
    and with new examples for the laws that Hypothesis tries.
    """
    # One more than there are cores, since tests wait for other processes. Each takes up to 1.7 GB: six fit
    # into 16 GB, beside a browser. The order is that of tests/conftest.py: longest first.
    workers = max(2, min((os.cpu_count() or 1) + 1, 6))
    parallel = ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]
    shuffled = ["-p", "randomly", "--hypothesis-profile=new"] if "--random" in extra else []
    chosen = [argument for argument in extra if argument != "--random"]
    how = [*shuffled, *chosen] if chosen else [*parallel, *shuffled]
    return lint([]) or run([environment(FULL, EXTRAS), "-m", "pytest", *how])


def lint(extra: list[str]) -> int:
    """Style, types and the direction of imports."""
    python = environment(FULL, EXTRAS)
    scripts = python.parent
    checks: tuple[list[str | Path], ...] = (
        [python, "-m", "ruff", "check", *LINTED],
        [python, "-m", "ruff", "format", "--check", *LINTED],
        [python, "-m", "mypy"],
        [scripts / "lint-imports"],
        [python, "-m", "deptry", "src"],
    )
    return next((code for check in checks if (code := run(check))), 0)


def trust_results(extra: list[str]) -> int:
    """Measure everything in docs/trust.md again and write it: an hour, with GOEMOX_DATA set.

    Arguments are folders of naive models that `goemox reproduce` wrote, asked about the titles.
    """
    if unknown := [folder for folder in extra if not (ROOT / folder).is_dir()]:
        return refused(f"trust-results takes folders of naive models, and {unknown[0]} is none")
    python = environment(FULL, EXTRAS)
    for name in TRUST:
        if code := run([python, f"benchmarks/trust/{name}.py", *(extra if name == "titles" else [])]):
            return code
    return run([python, "benchmarks/trust_page.py"])


def security(extra: list[str]) -> int:
    """Measure docs/security.md again, all but the scripts whose first words say that they take long."""
    python = environment(FULL, EXTRAS)
    code = 0
    for script in sorted((ROOT / "benchmarks" / "security").glob("*.py")):
        source = script.read_text("utf-8")
        if "__main__" in source and LONG not in source:
            code = run([python, script]) or code
    return run([python, "benchmarks/security_page.py"]) or code


def bench(extra: list[str]) -> int:
    """Measure docs/performance.md again, with GOEMOX_DATA set: `scale` what takes long, --only ROW some."""
    python, peers = environment(FULL, EXTRAS), environment(PEERS, pins=PEERS_PINS)
    return run([python, "benchmarks/speed/run.py", "--peers", peers, *extra])


def docs(extra: list[str]) -> int:
    """Build the site of docs/ into build/docs, offline; a warning is an error."""
    python = environment(FULL, EXTRAS)
    strict = ["-W", "--keep-going", "-n", "-q"]
    return run([python, "-m", "sphinx", *strict, "-d", "build/docs-tree", *extra, "docs", "build/docs"])


def screenshots(extra: list[str]) -> int:
    """Make docs/images again, of a server's page and of a report, with GOEMOX_DATA set, in some minutes.

    --naive DIR: a naive model that `goemox reproduce` wrote; without it the pictures that show one stay.
    """
    python = environment(FULL, EXTRAS)
    return run([python, "benchmarks/page_screenshot.py"]) or run([python, "benchmarks/screenshot.py", *extra])


def lock(extra: list[str]) -> int:
    """Write requirements.lock: the light environment and the server, with the hashes of the index."""
    return run([environment(FULL, EXTRAS), "release/pins.py", *extra])


def release_check(extra: list[str]) -> int:
    """Everything that has to be so before a version goes out, a line each; 1 where one is a problem."""
    return run([environment(FULL, EXTRAS), "release/check.py", *extra])


def wheel_check(extra: list[str]) -> int:
    """Install and use the wheel as a stranger does, on Python 3.11 to 3.13: some minutes, with an index."""
    return run([environment(FULL, EXTRAS), "release/strangers.py", *extra])


def set_up(extra: list[str]) -> int:
    """Make the development environment only."""
    print(environment(FULL, EXTRAS))
    return 0


def environment(folder: Path, extras: str = "", pins: Path | None = None) -> Path:
    """The Python of a virtual environment; installs only when something changed.

    goemox with these extras is in it, or, where there are pins, only what they name.
    """
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "installed"
    wanted = hashlib.sha256(pins.read_bytes() if pins else declared() + CONSTRAINTS.read_bytes()).hexdigest()
    if python.exists() and stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    started = time.monotonic()
    print(f"setting up {folder.name} ...", file=sys.stderr, flush=True)
    venv.create(folder, with_pip=True, clear=True)
    install: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    goemox: list[str | Path] = ["--constraint", CONSTRAINTS, "--editable", f"{ROOT}{extras}"]
    if code := run([*install, *(["--requirement", pins] if pins else goemox)]):
        sys.exit(code)
    if folder == FULL and (code := run([*install, "--no-deps", ALONE])):
        sys.exit(code)
    stamp.write_text(wanted, encoding="utf-8")
    print(f"ready after {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return python


def declared() -> bytes:
    """What pyproject.toml says of the package itself; how it is linted and tested changes no environment."""
    import tomllib  # not at the top: an older Python is to be told what it lacks

    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return json.dumps([content["build-system"], content["project"]], sort_keys=True).encode()


def run(command: list[str | Path]) -> int:
    """Run a command in the repository; stdout and stderr are the caller's."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
