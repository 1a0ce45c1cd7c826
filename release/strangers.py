"""Install the wheel as a stranger does, on every Python that it names, and use it there: `make wheel-check`.

    python release/strangers.py [--python PATH ...] [--wheel FILE]

On each Python two fresh environments, in a folder with a space and a letter beyond ASCII: the wheel alone,
and with [serve]; nothing may be installed that they do not name. On the oldest Python two more, with the
lowest versions that the wheel allows. There stranger.py works, without a network and without torch. It takes
some minutes and an index of packages. What passed is written to build/wheel-check.json, which
`make release-check` reads.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from archives import ROOT, build_wheel, sha256
from checklist import Line, told

PYTHONS = ("3.11", "3.12", "3.13")
PASSED = ROOT / "build" / "wheel-check.json"
PINNED = ("--constraint", ROOT / "constraints.txt")
LOWEST = ("--resolution", "lowest-direct")  # what others need in turn is the newest: their bounds are theirs
# What a wheel and its extra ask for, by the metadata of what is installed: {canonical names}.
CLOSURE = """
import json, sys
from importlib.metadata import distribution, distributions
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
asked, todo = set(), [("goemox", tuple(filter(None, sys.argv[1:])))]
while todo:
    name, extras = todo.pop()
    if (name, extras) in asked: continue
    asked.add((name, extras))
    for requirement in map(Requirement, distribution(name).requires or ()):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": e}) for e in ("", *extras)):
            todo.append((canonicalize_name(requirement.name), tuple(sorted(requirement.extras))))
here = {canonicalize_name(d.name) for d in distributions()}
print(json.dumps([sorted(here - {n for n, _ in asked}), sorted({n for n, _ in asked} - here)]))
"""


def main(arguments: list[str]) -> int:
    """Build, install, use; tell a line for each environment."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--python", nargs="+", default=[], metavar="PATH", help="these instead of all that are found"
    )
    parser.add_argument(
        "--wheel", type=Path, metavar="FILE", help="this one instead of one that is built now"
    )
    given = parser.parse_args(arguments)
    pythons = {_version_of(path): path for path in given.python} or {
        short: _found(short) for short in PYTHONS
    }
    with tempfile.TemporaryDirectory(prefix="goemox ü ") as folder:
        wheel = given.wheel or build_wheel(ROOT, Path(folder) / "wheel")
        networks: set[str] = set()
        code = told(_lines(pythons, wheel, Path(folder), networks))
        if code == 0 and set(pythons) >= set(PYTHONS):
            PASSED.parent.mkdir(exist_ok=True)
            content = {
                "wheel_sha256": sha256(wheel),
                "pythons": sorted(pythons),
                "network": " and ".join(sorted(networks)),
            }
            PASSED.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return code


def _lines(pythons: dict[str, str | None], wheel: Path, folder: Path, networks: set[str]) -> Iterator[Line]:
    for short, python in pythons.items():
        if python is None:
            yield Line(f"Python {short}", "not on this machine", "install it, or name it with --python PATH")
            continue
        for versions in (PINNED, LOWEST) if short == PYTHONS[0] else (PINNED,):
            for extra in ("", "serve"):
                lowest = ", lowest versions" if versions is LOWEST else ""
                name = f"Python {short}, goemox{f'[{extra}]' if extra else ''}{lowest}"
                place = folder / name
                try:
                    yield Line(name, _used(python, wheel, extra, versions, place, networks))
                except RuntimeError as error:
                    yield Line(name, str(error), "see what the step says; nothing of it is kept")
                shutil.rmtree(place, ignore_errors=True)


def _used(
    python: str, wheel: Path, extra: str, versions: Sequence[object], place: Path, networks: set[str]
) -> str:
    """Install and use the wheel in `place`; what was found, in words. Raises RuntimeError for what failed.

    versions: PINNED or LOWEST.
    """
    environment = place / "environment"
    inside = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = [sys.executable, "-m", "uv"]
    asked = f"goemox{f'[{extra}]' if extra else ''} @ {wheel.resolve().as_uri()}"
    _run([*uv, "venv", "--quiet", "--python", python, environment])
    _run([*uv, "pip", "install", "--quiet", "--python", inside, *versions, asked])
    _run([*uv, "pip", "check", "--quiet", "--python", inside])
    n = len(_run([*uv, "pip", "freeze", "--python", inside]).splitlines())
    _only_what_was_asked(uv, inside, place, extra)
    work = place / "work"
    work.mkdir()
    answers = _run([inside, ROOT / "release" / "stranger.py", _version(wheel), extra, work], fails=True)
    steps = [json.loads(row) for row in answers.splitlines()]
    networks |= {step["detail"] for step in steps if step["step"] == "network"}
    failed = [f"{step['step']}: {step['detail']}" for step in steps if not step["ok"]]
    if failed or not steps:
        raise RuntimeError("; ".join(failed) or "no step was taken")
    seconds = sum(step["seconds"] for step in steps)
    names = ", ".join(step["step"] for step in steps[1:])
    return f"{n} packages, {len(steps)} steps in {seconds:.0f} s ({names})"


def _only_what_was_asked(uv: list[str], inside: Path, place: Path, extra: str) -> None:
    """Raises RuntimeError where what is installed is not what was asked for, no more and no less."""
    asking = place / "asking"  # `packaging` may not be among what is installed
    _run([*uv, "pip", "install", "--quiet", "--no-deps", "--python", inside, "--target", asking, "packaging"])
    for left in asking.glob("*.dist-info"):
        shutil.rmtree(left)
    told = _run([inside, "-c", CLOSURE, extra], PYTHONPATH=str(asking))
    needless, missing = json.loads(told)
    if needless or missing:
        raise RuntimeError(f"installed and not asked for: {needless}; asked for and not installed: {missing}")


def _found(short: str) -> str | None:
    """A Python of this version: on the path, of pyenv, or one that uv knows."""
    homes = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [
        shutil.which(f"python{short}"),
        *sorted(map(str, homes.glob(f"{short}.*/bin/python")), reverse=True),
    ]
    for candidate in filter(None, candidates):
        try:
            if _version_of(candidate) == short:
                return candidate
        except RuntimeError:  # a shim that leads nowhere
            continue
    asked = [sys.executable, "-m", "uv", "python", "find", "--no-python-downloads", short]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def _version_of(python: str) -> str:
    return _run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip()


def _version(wheel: Path) -> str:
    return wheel.name.split("-")[1]


def _run(command: Sequence[object], *, fails: bool = False, **environment: str) -> str:
    """Standard output; fails: the caller looks at failures that have one. Raises RuntimeError for others."""
    parts = [str(part) for part in command]
    done = subprocess.run(
        parts,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode and not (fails and done.stdout.strip()):
        raise RuntimeError(f"{' '.join(parts[:6])} ...: {done.stderr.strip()[-800:]}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
