"""What may lie in a wheel and an sdist: all that is needed, nothing private, nothing without a notice."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from email.parser import BytesParser
from pathlib import Path

__all__ = [
    "bundled_sums", "private_parts", "sdist_problems", "texts_of_data", "tracked", "wheel_problems",
]  # fmt: skip

MOST_WHEEL = 40_000_000  # bytes
MODEL = "goemox/models/default/"
NEEDED_BY_SDIST = (
    "PKG-INFO", "LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "pyproject.toml", "constraints.txt",
    "tasks.py", "src/goemox/__init__.py", "tests/conftest.py",
)  # fmt: skip
WASTE = re.compile(
    r"__pycache__|\.py[co]$|(^|/)\.(venv|git/|hypothesis|mypy|ruff|pytest)|\.checkpoint$|\.log$"
)
FOREIGN = re.compile(rb"@license|/\*!|\bcopyright (?:\(c\)|\xc2\xa9|\d{4})", re.IGNORECASE)
# Folders of people and machines, keys; what stands in tests on purpose says `example` or a word in capitals.
PRIVATE = re.compile(
    rb"(?<![\w.])/(?:root|home/(?!USER|user\b|app\b|me\b|you\b|somebody)\w+|Users/(?!USER|you\b|me\b)\w+)/[\w.]"
    rb"|-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_[A-Za-z0-9]{36}|\bAKIA[A-Z0-9]{16}\b|\bhf_[A-Za-z]{34}\b"
)
START, STEP = 40, 8  # characters that a text of the data is known by; from one look for them to the next
BINARY = (".onnx", ".safetensors", ".png", ".parquet", ".gz", ".zst")


def wheel_problems(files: Mapping[str, bytes], size: int, version: str, tree: set[str] | None) -> list[str]:
    """Everything that is wrong with a wheel of `size` bytes, in words.

    tree: paths that git knows, as `tracked` gives them; None where there is no git.
    """
    info = f"goemox-{version}.dist-info/"
    notice = files.get(f"{info}licenses/NOTICE", b"").decode()
    wrong = [f"{size / 1e6:.1f} MB, over {MOST_WHEEL / 1e6:.0f}"] if size > MOST_WHEEL else []
    wrong += [f"{name} is no part of goemox" for name in files if not name.startswith(("goemox/", info))]
    wrong += [f"{name} is waste" for name in files if WASTE.search(name)]
    for needed in (
        "goemox/py.typed",
        f"{info}licenses/LICENSE",
        f"{info}licenses/NOTICE",
        f"{info}entry_points.txt",
    ):
        wrong += [] if needed in files else [f"{needed} is missing"]
    named = tuple(re.findall(r"^goemox/\S+", notice, flags=re.MULTILINE))
    for name, content in files.items():
        if name.startswith("goemox/") and not name.endswith(".py"):
            is_named = any(name == part or name.startswith(f"{part}/") for part in named)
            wrong += [] if is_named else [f"{name} stands under no path of NOTICE"]
        if name.startswith("goemox/") and FOREIGN.search(content) and not name.endswith(BINARY):
            wrong.append(f"{name} names a copyright of its own")
    if tree is not None:
        ours = {path.removeprefix("src/") for path in tree if path.startswith("src/goemox/")}
        packed = {name for name in files if name.startswith("goemox/")}
        wrong += [f"{name} is in the repository only" for name in sorted(ours - packed)]
        wrong += [f"{name} is not in the repository" for name in sorted(packed - ours)]
    wrong += _metadata(files.get(f"{info}METADATA", b""), version)
    return wrong + list(bundled_sums(files)) + private_parts(files)


def _metadata(content: bytes, version: str) -> Iterator[str]:
    told = BytesParser().parsebytes(content)
    wanted = {
        "Name": "goemox",
        "Version": version,
        "License-Expression": "Apache-2.0",
        "Requires-Python": ">=3.11",
    }
    for key, value in wanted.items():
        if told[key] != value:
            yield f"the metadata says {key}: {told[key]}, not {value}"
    for key in ("Summary", "Author", "Keywords", "Description-Content-Type"):
        if not told[key]:
            yield f"the metadata has no {key}"
    known = told.get_all("Classifier", [])
    for minor in (11, 12, 13):
        if f"Programming Language :: Python :: 3.{minor}" not in known:
            yield f"no classifier names Python 3.{minor}"


def bundled_sums(files: Mapping[str, bytes], folder: str = MODEL) -> Iterator[str]:
    """What SHA256SUMS of the bundled model says that is not so."""
    sums = files.get(f"{folder}SHA256SUMS", b"").decode()
    listed = {name: given for given, _, name in (row.partition("  ") for row in sums.splitlines())}
    present = {name.removeprefix(folder) for name in files if name.startswith(folder)} - {"SHA256SUMS"}
    yield from (f"SHA256SUMS does not list {name}" for name in sorted(present - listed.keys()))
    yield from (f"SHA256SUMS lists {name}, which is missing" for name in sorted(listed.keys() - present))
    for name in sorted(present & listed.keys()):
        if hashlib.sha256(files[folder + name]).hexdigest() != listed[name]:
            yield f"{folder}{name} is not what SHA256SUMS says"


def sdist_problems(files: Mapping[str, bytes], tree: set[str] | None) -> list[str]:
    """Everything that is wrong with an sdist, in words; tree: as for `wheel_problems`."""
    wrong = [f"{name} is missing" for name in NEEDED_BY_SDIST if name not in files]
    wrong += [f"{name} is waste" for name in files if WASTE.search(name)]
    if tree is not None:
        wrong += [f"{name} is in the repository only" for name in sorted(tree - files.keys())]
        wrong += [f"{name} is not in the repository" for name in sorted(files.keys() - tree - {"PKG-INFO"})]
    return wrong + private_parts(files)


def private_parts(files: Mapping[str, bytes]) -> list[str]:
    """Folders of the machine that built it, and keys, in any text."""
    found = []
    for name, content in files.items():
        seen = None if name.endswith(BINARY) else PRIVATE.search(content)
        if seen and b"example" not in seen.group().lower():
            found.append(f"{name} tells {seen.group().decode('utf-8', 'replace')!r}")
    return found


def texts_of_data(files: Mapping[str, bytes], goemotions: Path) -> list[str]:
    """Files that hold a text of GoEmotions, told by its first 40 characters; short ones say nothing."""
    starts = set()
    for split in sorted(goemotions.glob("*.tsv")):
        for row in split.read_text("utf-8").split("\n"):
            text = row.partition("\t")[0]
            if len(text) >= START:
                starts.add(text[:START])
    pieces = {start[at : at + START - STEP + 1] for start in starts for at in range(STEP)}
    found = []
    for name, content in files.items():
        if name.endswith(BINARY):
            continue
        if hit := _first_of(content.decode("utf-8", "replace"), starts, pieces):
            found.append(f"{name} holds a text of GoEmotions: {hit!r}")
    return found


def _first_of(text: str, starts: set[str], pieces: set[str]) -> str | None:
    """The first of `starts` in a text. Each has one of its pieces where a multiple of STEP begins."""
    length = START - STEP + 1
    for at in range(0, len(text), STEP):
        if text[at : at + length] in pieces:
            for i in range(max(0, at - STEP + 1), at + 1):
                if text[i : i + START] in starts:
                    return text[i : i + START]
    return None


def tracked(root: Path) -> set[str] | None:
    """Paths that git knows or would take; None where `root` is no repository."""
    if not (root / ".git").exists():
        return None
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=root, capture_output=True, check=False).stdout
    return {path for path in os.fsdecode(listed).split("\0") if path and (root / path).exists()}
