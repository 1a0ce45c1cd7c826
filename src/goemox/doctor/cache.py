"""The cache folder: whether it takes files, has room, and holds only whole ones."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from goemox.cache_folder import cache_dir
from goemox.data.hub import PINS, REVISION
from goemox.doctor.finding import Finding
from goemox.errors import UsageError
from goemox.model_folder import file_sha256
from goemox.wording import plural, refusal

__all__ = ["cache"]

PROBE = 65_536  # bytes that are written to find out
ROOM = 200_000_000  # bytes; GoEmotions and a cache of answers take less
LEFT_BEHIND_S = 3_600.0  # nobody writes so long to one file
ELSEWHERE = "set GOEMOX_CACHE_DIR to a folder that can"


def cache() -> Iterator[Finding]:
    """Write a little, count what is free, and hash what was downloaded."""
    try:
        path = cache_dir()
    except UsageError as error:
        yield Finding("cache", "problem", str(error), "mend GOEMOX_CACHE_DIR, or unset it")
        return
    refused = _refused(path)
    if refused is not None:
        yield Finding("cache", "problem", f"{path} cannot be written {refused}", ELSEWHERE)
        return
    free = shutil.disk_usage(_existing(path)).free
    if free < ROOM:
        detail = f"{path} has {free / 1e6:,.0f} MB free; downloads may not fit"
        yield Finding("cache", "warning", detail, "make room, or set GOEMOX_CACHE_DIR to another disk")
    else:
        yield Finding("cache", "ok", f"{path}, {free / 1e9:,.1f} GB free")
    yield from _downloads(path)


def _existing(path: Path) -> Path:
    """The folder itself, or the nearest above it that is there."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def _refused(path: Path) -> str | None:
    """Why nothing can be kept there; None where it can. Owner and mode tell a superuser nothing."""
    existing = _existing(path)
    if not existing.is_dir():
        return f"({existing} is a file, where a folder has to be)"
    try:
        with TemporaryDirectory(dir=existing, prefix=".goemox-doctor-", ignore_cleanup_errors=True) as place:
            (Path(place) / "probe").write_bytes(bytes(PROBE))
    except OSError as error:
        return refusal(error)
    return None


def _downloads(path: Path) -> Iterator[Finding]:
    """Files of GoEmotions that are not what they have to be, and what killed downloads left."""
    folder = path / "datasets" / "go_emotions" / REVISION
    kept = {name: folder / pin.file for name, pin in PINS.items() if (folder / pin.file).is_file()}
    damaged = [file for name, file in kept.items() if file_sha256(file) != PINS[name].sha256]
    for file in damaged:
        size = f"{file.stat().st_size:,} bytes"
        detail = f"{file} is damaged or not whole ({size}); with --offline it cannot be used"
        yield Finding("download", "problem", detail, "delete it: it is fetched again when it is needed")
    if kept and not damaged:
        yield Finding("download", "ok", f"GoEmotions {', '.join(kept)}, as pinned")
    parts = [part for part in path.rglob(".*.part") if _is_left(part)] if path.is_dir() else []
    if parts:
        detail = f"{plural(len(parts), 'unfinished file')} of killed runs in {path}, such as {parts[0].name}"
        yield Finding("leftovers", "warning", detail, f"delete {'them' if len(parts) > 1 else 'it'}")


def _is_left(part: Path) -> bool:
    with suppress(OSError):  # its writer has just finished it
        return time.time() - part.stat().st_mtime > LEFT_BEHIND_S
    return False
