"""SHA256SUMS that say less, more or something else than what is in the folder, and links out of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from hostile_settings import written

from goemox.model_folder import SUMS

Change = Callable[[Path], object]

ZEROS = "0" * 64


def sums_attacks(secret: Path) -> dict[str, Change]:
    """Changes of a whole folder. secret: a file outside of it that nobody should read."""
    return {
        "no sums": lambda folder: (folder / SUMS).unlink(),
        "empty sums": written(SUMS, ""),
        "sums that are no text": written(SUMS, b"\xff\xfe\x00"),
        "sums of 2 MB": written(SUMS, "x" * 2_000_000),
        "a line that is no hash": with_line("config.json is fine"),
        "a short hash": with_line("00  README.md"),
        "an entry ../": with_line(f"{ZEROS}  ../secret.txt"),
        "an entry within that leads out": with_line(f"{ZEROS}  onnx/../../secret.txt"),
        "an absolute entry": with_line(f"{ZEROS}  {secret}"),
        "an entry with a drive": with_line(f"{ZEROS}  C:\\secret.txt"),
        "an entry twice": twice,
        "an entry in other letters": in_other_letters,
        "an entry for nothing": with_line(f"{ZEROS}  nothing.txt"),
        "a graph that nobody listed": written("onnx/model.onnx", "{}"),
        "settings that nobody listed": written("generation_config.json", "{}"),
        "weights that nobody listed": written("model-00001-of-00002.safetensors", "{}"),
        "a card that links to a file outside": link("README.md", secret),
        "a card that links there, and is not listed": link("README.md", secret, listed=False),
        "a link to the root": link("more", Path("/")),
        "a link to nothing": link("more", Path("/nonexistent/file")),
        "a link to itself": link("more", Path("more")),
        "a folder that is a link": with_linked_folder(secret.parent / "elsewhere"),
        "a pipe in place of a file": with_pipe,
    }


def with_line(line: str) -> Change:
    """One more line."""
    return lambda folder: (folder / SUMS).write_text((folder / SUMS).read_text() + line + "\n")


def without_line(folder: Path, name: str) -> None:
    """As where the writer never listed a file."""
    lines = (folder / SUMS).read_text().splitlines(keepends=True)
    (folder / SUMS).write_text("".join(line for line in lines if not line.endswith(f"  {name}\n")))


def twice(folder: Path) -> None:
    """The first line once more."""
    lines = (folder / SUMS).read_text().splitlines(keepends=True)
    (folder / SUMS).write_text("".join([*lines, lines[0]]))


def in_other_letters(folder: Path) -> None:
    """What some file systems take for the same name."""
    text = (folder / SUMS).read_text()
    (folder / SUMS).write_text(text.replace("  config.json", "  Config.json"))


def link(name: str, target: Path, *, listed: bool = True) -> Change:
    """A symbolic link in the place of a file."""

    def apply(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)
        if not listed:
            without_line(folder, name)

    return apply


def with_linked_folder(target: Path) -> Change:
    """The graph's folder elsewhere, and a link to it."""

    def apply(folder: Path) -> None:
        shutil.copytree(folder / "onnx", target, dirs_exist_ok=True)
        shutil.rmtree(folder / "onnx")
        (folder / "onnx").symlink_to(target)

    return apply


def with_pipe(folder: Path) -> None:
    """A pipe, at which a reader would wait for ever."""
    (folder / "config.json").unlink()
    os.mkfifo(folder / "config.json")
