"""The wheel and the sdist: built the same way each time, and what lies in them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

__all__ = ["ROOT", "build_sdist", "build_wheel", "sdist_files", "sha256", "unpack_sdist", "wheel_files"]

ROOT = Path(__file__).resolve().parents[1]
LONG_AGO = "1580601600"  # 2020-02-02, hatchling's own choice: what is built says nothing of when it was


def build_wheel(source: Path, target: Path) -> Path:
    """Build the wheel of the tree `source` into `target`; no network, no isolation.

    This environment's hatchling does it, and SOURCE_DATE_EPOCH is respected. Raises RuntimeError with
    hatchling's words where it fails.
    """
    return _build(source, target, "wheel", "*.whl")


def build_sdist(source: Path, target: Path) -> Path:
    """Build the sdist, as `build_wheel` does the wheel."""
    return _build(source, target, "sdist", "*.tar.gz")


def _build(source: Path, target: Path, kind: str, pattern: str) -> Path:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(target.resolve())],
        cwd=source,
        env={"SOURCE_DATE_EPOCH": LONG_AGO, **os.environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"hatchling: {done.stderr.strip() or done.stdout.strip()}")
    (built,) = target.glob(pattern)
    return built


def wheel_files(wheel: Path) -> dict[str, bytes]:
    """{name: content} of all files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def sdist_files(sdist: Path) -> dict[str, bytes]:
    """{name: content} of all files of an sdist, without its one top folder."""
    files = {}
    with tarfile.open(sdist) as archive:
        for member in archive:
            if stream := archive.extractfile(member):
                files[member.name.partition("/")[2]] = stream.read()
    return files


def unpack_sdist(sdist: Path, folder: Path) -> Path:
    """Unpack into `folder` and return the top folder."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (top,) = folder.iterdir()
    return top


def sha256(file: Path) -> str:
    """In hexadecimal."""
    return hashlib.sha256(file.read_bytes()).hexdigest()
