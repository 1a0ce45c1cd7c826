"""What may lie in a model folder, and whether every file is as its SHA256SUMS says.

Nothing is parsed here but names, hashes and the first bytes of safetensors files. Code has no place in a
folder: files that can carry it are refused wherever they lie, though nothing would read them, so that nobody
has to know which program reads what. Links may not lead out of the folder: what is behind them could be any
file of the machine, and the card of a model is shown to others. Hard links are not told from files, since
package managers install with them. Names that begin with a dot are left alone: nothing reads them.

What it does not cover: who can write to the folder can write its SHA256SUMS. The sums find damage and files
that were changed, added or left behind, not a model that was dishonest from the start.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from goemox.atomic import write_bytes
from goemox.errors import InvalidModel

__all__ = ["REFUSED", "SUMS", "check_files", "file_sha256", "read_checked", "unlisted", "write_sums"]

SUMS = "SHA256SUMS"
REFUSED = (
    ".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".npy", ".npz", ".joblib", ".dill", ".h5", ".hdf5",
    ".keras", ".ot", ".mar", ".nemo", ".py", ".pyc", ".so", ".dll", ".dylib",
)  # fmt: skip
"""Endings of files that are pickles, may hold some, or are code."""

LITTER = (".DS_Store", ".directory", ".cache")  # what systems and downloads leave in a folder
MAX_SUMS_BYTES = 1_000_000
MAX_NAME_BYTES = 255  # of a file, with its folders: the most that file systems have for one part
MAX_HEADER_BYTES = 10_000_000  # the names of a model's weights take some thousand; the format allows 100 MB
BLOCK = 2**20

_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def check_files(path: Path, optional: tuple[str, ...] = ()) -> Mapping[str, str] | None:
    """The hashes {name: sha256} of a folder whose files are all as its SHA256SUMS says; None without one.

    optional: listed files that may be missing. Raises InvalidModel for a file that can carry code, a link
    out of the folder, a safetensors file that is none, and for a file that differs from its hash, is missing
    or is not listed.
    """
    found = list(_visible(path))
    for name in found:
        if Path(name).suffix.lower() in REFUSED:
            raise InvalidModel(
                f"{path / name}: may carry code and is never read; weights belong in model.safetensors or "
                "ONNX. If those are there, delete this file: nothing needs it"
            )
        if name.endswith(".safetensors"):
            _check_head(path / name)
    sums = _read_sums(path)
    if sums is None:
        return None
    for name, expected in sums.items():
        file = path / name
        if not file.is_file():
            if name in optional:
                continue
            raise InvalidModel(
                f"{file}: is missing, but stands in {SUMS}; the model is damaged, get it again"
            )
        if file_sha256(file) != expected:
            raise InvalidModel(f"{file}: differs from {SUMS}; the model is damaged, get it again")
    extra = _unlisted(found, sums)
    if extra is not None:
        raise InvalidModel(
            f"{path / extra}: is not listed in {SUMS}, so nobody vouches for it; delete it, or get the model "
            "again"
        )
    return sums


def unlisted(path: Path) -> str | None:
    """A file of the folder that is no part of its model; None where there is none.

    One that its SHA256SUMS does not name, where it has sums, and one that begins with a dot, but for what
    systems leave in any folder.
    """
    hidden = (file.name for file in path.iterdir() if file.name.startswith("."))
    sums = _read_sums(path)
    own = next((name for name in hidden if name not in LITTER), None)
    return own or (None if sums is None else _unlisted(_visible(path), sums))


def _unlisted(found: Iterable[str], sums: Mapping[str, str]) -> str | None:
    return next((name for name in found if name not in sums and name != SUMS), None)


def read_checked(path: Path, name: str, sums: Mapping[str, str] | None, most: int) -> bytes:
    """The content of a file of the folder `path`: exactly the bytes that were hashed, where there are sums.

    most: bytes that it may have. Raises InvalidModel for a larger one, or one that changed since
    `check_files`.
    """
    with (path / name).open("rb") as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise InvalidModel(f"{path / name}: larger than {most / 1e6:,.0f} MB, no such file of a model is")
    if sums is not None and sums.get(name) != hashlib.sha256(content).hexdigest():
        raise InvalidModel(f"{path / name}: differs from {SUMS}; the model is damaged, get it again")
    return content


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_sums(folder: Path) -> None:
    """Write SHA256SUMS of all files that are in `folder` now; who changed one by hand vouches for it so."""
    names = [name for name in sorted(_visible(folder)) if name != SUMS]
    lines = [f"{file_sha256(folder / name)}  {name}\n" for name in names]
    write_bytes(folder / SUMS, "".join(lines).encode())


def _visible(path: Path) -> Iterator[str]:
    """Names of all files below the folder, with `/`. Raises InvalidModel for a link that leads out of it."""
    home = _home(path)
    for place, folders, files in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files = sorted(name for name in files if not name.startswith("."))
        for file in (Path(place, name) for name in (*folders, *files)):
            if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(home):
                raise InvalidModel(
                    f"{file}: is a link that points outside the folder; put the file itself there"
                )
        yield from (Path(place, name).relative_to(path).as_posix() for name in files)


def _home(path: Path) -> Path:
    """The folder that links must stay in: `path`, or the repository of a Hugging Face cache around it.

    There a snapshot's files are links to blobs: REPOSITORY/snapshots/REVISION/FILE -> REPOSITORY/blobs/HASH.
    """
    real = path.resolve()
    is_snapshot = real.parent.name == "snapshots" and (real.parents[1] / "blobs").is_dir()
    return real.parents[1] if is_snapshot else real


def _check_head(file: Path) -> None:
    """Refuse a safetensors file whose header cannot be one; what follows is checked by who reads it."""
    if not file.is_file():
        raise InvalidModel(f"{file}: no file; get the model again")
    with file.open("rb") as stream:
        head = stream.read(9)
    length = int.from_bytes(head[:8], "little")
    if len(head) < 9 or head[8:] != b"{" or length > min(MAX_HEADER_BYTES, file.stat().st_size - 8):
        raise InvalidModel(f"{file}: not a whole safetensors file (its header is none); get the model again")


def _read_sums(path: Path) -> dict[str, str] | None:
    file = path / SUMS
    if not file.is_file():
        return None
    try:
        lines = read_checked(path, SUMS, None, MAX_SUMS_BYTES).decode("utf-8").splitlines()
    except UnicodeDecodeError:
        raise InvalidModel(f"{file}: not UTF-8; get the model again") from None
    sums: dict[str, str] = {}
    seen = set()
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line)
        if not found:
            raise InvalidModel(f"{file}:{number}: not a hash and a name; get the model again")
        name = found[2]
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or ":" in name or "\\" in name:
            raise InvalidModel(f"{file}:{number}: {name!r} points outside the folder")
        if len(name.encode()) > MAX_NAME_BYTES:
            raise InvalidModel(f"{file}:{number}: no file has so long a name; get the model again")
        if name.casefold() in seen:
            raise InvalidModel(f"{file}:{number}: {name!r} is listed twice; get the model again")
        seen.add(name.casefold())
        sums[name] = found[1]
    return sums
