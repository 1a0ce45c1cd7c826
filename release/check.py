"""Everything that has to be so before a version goes out, a line each: `make release-check`.

    python release/check.py [--only NAME ...]

It changes nothing but build/; exit code 1 where a line is a problem. It takes half a minute and the docs'
time. Whether the wheel works for strangers is `make wheel-check`, which takes minutes; here it is only asked
whether this very wheel has passed it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from archives import ROOT, build_sdist, build_wheel, sdist_files, sha256, unpack_sdist, wheel_files
from checklist import Line, told
from content import bundled_sums, sdist_problems, texts_of_data, tracked, wheel_problems
from packaging.version import InvalidVersion, Version
from pins import constraints, lock

OLDEST = 90  # days: a figure measured longer ago is measured again before it goes out
PASSED = ROOT / "build" / "wheel-check.json"  # written by strangers.py
DATE = re.compile(r"\b(20\d\d-\d\d-\d\d)\b")


def main(arguments: list[str]) -> int:
    """Tell what is asked for, or everything."""
    checks: dict[str, Callable[[], Line]] = {
        "git": git, "version": version_is_free, "changelog": changelog, "constraints": constraints,
        "lock": lock,
        "model": model, "wheel": wheel, "sdist": sdist, "data": data, "reproducible": reproducible,
        "strangers": strangers, "benchmarks": benchmarks, "docs": docs,
    }  # fmt: skip
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=checks, default=list(checks), metavar="NAME")
    return told(checks[name]() for name in parser.parse_args(arguments).only)


def version(root: Path = ROOT) -> str:
    """Of the package in this tree."""
    words = (root / "src" / "goemox" / "_version.py").read_text("utf-8")
    return str(re.findall(r'^__version__ = "(.+)"', words, flags=re.MULTILINE)[0])


def git(root: Path = ROOT) -> Line:
    """Nothing that is not committed can be found again by whoever installs the version."""
    changed = _git(root, "status", "--porcelain").splitlines()
    if changed:
        return Line(
            "git",
            f"{len(changed)} files are not committed, such as {changed[0][3:]}",
            "commit, or remove them",
        )
    return Line("git", f"clean at {_git(root, 'rev-parse', '--short', 'HEAD')}")


def version_is_free(root: Path = ROOT) -> Line:
    """A number that can be given out, and was not given to another commit."""
    number = version(root)
    try:
        proper = Version(number)
    except InvalidVersion:
        return Line("version", f"{number} is no version", "write one like 1.2.3 into src/goemox/_version.py")
    tagged = _git(root, "rev-list", "-n", "1", f"v{number}")
    if tagged and tagged != _git(root, "rev-parse", "HEAD"):
        return Line(
            "version", f"v{number} is the tag of another commit", "raise it in src/goemox/_version.py"
        )
    if proper.is_devrelease or proper.local:
        return Line("version", f"{number} is not for others", "take off what stands behind its three numbers")
    return Line("version", f"{number}, {'tagged here' if tagged else 'tagged nowhere yet'}")


def changelog(root: Path = ROOT) -> Line:
    """The version has a dated section with something in it, and nothing waits under Unreleased."""
    number = version(root)
    text = (root / "CHANGELOG.md").read_text("utf-8")
    sections = {
        title: [row for row in body.splitlines() if row.startswith("- ")]
        for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    }
    waiting = len(sections.get("[Unreleased]", []))
    title = next(
        (title for title in sections if re.fullmatch(rf"\[{re.escape(number)}\] - \d{{4}}-\d\d-\d\d", title)),
        None,
    )
    todo = f"move what is unreleased under `## [{number}] - YYYY-MM-DD` in CHANGELOG.md"
    if title is None or not sections[title]:
        return Line("changelog", f"no dated section for {number}; {waiting} changes unreleased", todo)
    if waiting:
        return Line("changelog", f"{waiting} changes stand under Unreleased", f"{todo}, or raise the version")
    return Line("changelog", f"{len(sections[title])} changes in {title}")


def model() -> Line:
    """The bundled folder is what its sums say, within its budget of bytes, and made by this tree's schema."""
    folder = ROOT / "src" / "goemox" / "models" / "default"
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    wrong = list(bundled_sums(files, ""))
    size = sum(map(len, files.values()))
    if size > 34_000_000:
        wrong.append(f"{size / 1e6:.1f} MB, over 34")
    if wrong:
        return Line("model", "; ".join(wrong), "make it again: CONTRIBUTING.md, The bundled model")
    sums = files["SHA256SUMS"].decode()
    graph = next(row.partition("  ")[0] for row in sums.splitlines() if row.endswith("model_int8.onnx"))
    return Line("model", f"{len(files)} files as in SHA256SUMS, {size / 1e6:.1f} MB, graph {graph[:16]}")


@cache
def _folder() -> Path:
    """Where this run's archives lie, empty at first."""
    folder = ROOT / "build" / "archives"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@cache
def _wheel() -> Path:
    return build_wheel(ROOT, _folder())


@cache
def _sdist() -> Path:
    return build_sdist(ROOT, _folder())


def wheel() -> Line:
    """All that a user needs, nothing else, each part with its notice."""
    file = _wheel()
    files, size = wheel_files(file), file.stat().st_size
    wrong = wheel_problems(files, size, version(), tracked(ROOT))
    detail = _few(wrong) or f"{len(files)} files, {size / 1e6:.1f} MB, sha256 {sha256(file)}"
    return Line("wheel", detail, "mend [tool.hatch] in pyproject.toml, NOTICE, or the file" if wrong else "")


def sdist() -> Line:
    """All that building and testing take, nothing else."""
    file = _sdist()
    files = sdist_files(file)
    wrong = sdist_problems(files, tracked(ROOT))
    detail = _few(wrong) or f"{len(files)} files, {file.stat().st_size / 1e6:.1f} MB"
    return Line("sdist", detail, "mend [tool.hatch.build.targets.sdist] in pyproject.toml" if wrong else "")


def data() -> Line:
    """No text of the data sets goes out with goemox."""
    place = os.environ.get("GOEMOX_DATA")
    if not place:
        return Line("data", "not looked for", "set GOEMOX_DATA to the folder with goemotions/")
    found = texts_of_data(sdist_files(_sdist()), Path(place) / "goemotions")
    return Line("data", _few(found) or "no text of GoEmotions in the sdist", "take it out" if found else "")


def reproducible() -> Line:
    """Built again from the unpacked sdist, elsewhere, with other file rights, both have the same bytes."""
    with tempfile.TemporaryDirectory() as place:
        before = os.umask(0o077)
        try:
            tree = unpack_sdist(_sdist(), Path(place))
            again = (build_wheel(tree, tree.parent / "again"), build_sdist(tree, tree.parent / "again"))
        finally:
            os.umask(before)
        pairs = zip((_wheel(), _sdist()), again, strict=True)
        differ = [first.name for first, second in pairs if sha256(first) != sha256(second)]
    if differ:
        return Line(
            "reproducible", f"{', '.join(differ)}: other bytes from the sdist", "compare them with diffoscope"
        )
    return Line("reproducible", "wheel and sdist built again from the sdist have the same bytes")


def strangers() -> Line:
    """The wheel of this tree was installed and used on every Python that it names."""
    try:
        passed = json.loads(PASSED.read_text("utf-8"))
    except (OSError, ValueError):
        return Line("strangers", "no wheel has passed", "make wheel-check")
    if passed["wheel_sha256"] != sha256(_wheel()):
        return Line("strangers", "another wheel has passed, not this one", "make wheel-check")
    return Line(
        "strangers", f"this wheel passed on Python {', '.join(passed['pythons'])}, {passed['network']}"
    )


def benchmarks() -> Line:
    """Published figures are not older than some weeks."""
    dates = {
        file: date
        for file in sorted((ROOT / "benchmarks" / "results").rglob("*.json"))
        if (date := _dated(file))
    }
    today = datetime.datetime.now(tz=datetime.UTC).date()
    old = {file: date for file, date in dates.items() if (today - date).days > OLDEST}
    if old:
        names = _few(
            [f"{file.relative_to(ROOT / 'benchmarks' / 'results')} of {date}" for file, date in old.items()]
        )
        return Line(
            "benchmarks",
            f"over {OLDEST} days old: {names}",
            "make bench, security, trust-results (CONTRIBUTING.md)",
        )
    return Line("benchmarks", f"{len(dates)} results, the oldest of {min(dates.values())}")


def _dated(file: Path) -> datetime.date | None:
    """The first day that a result names; None where it names none."""
    found = DATE.search(file.read_text("utf-8"))
    return datetime.date.fromisoformat(found[1]) if found else None


def docs() -> Line:
    """The site builds, where a warning is an error."""
    done = subprocess.run(
        [sys.executable, "tasks.py", "docs"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        return Line("docs", last, "make docs")
    return Line("docs", "built without a warning")


def _few(wrong: list[str], most: int = 5) -> str:
    more = f"; and {len(wrong) - most} more" if len(wrong) > most else ""
    return "; ".join(wrong[:most]) + more


def _git(root: Path, *arguments: str) -> str:
    """What git answers, or "" where it knows nothing."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.rstrip() if done.returncode == 0 else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
