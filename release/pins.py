"""Whether constraints.txt, requirements.lock and pyproject.toml say the same, and the lock is fresh.

    python release/pins.py [options for uv pip compile]

writes requirements.lock anew (`make lock`).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from archives import ROOT
from checklist import Line
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

__all__ = ["constraints", "lock", "write_lock"]

PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)", re.MULTILINE)
COMPILE = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate", "--no-header",
    "pyproject.toml", "--extra", "serve", "--constraints", "constraints.txt",
)  # fmt: skip
WORDS = "# goemox with its server, hash by hash: pip install --require-hashes -r requirements.lock\n"
UNREACHED = re.compile(r"client error|dns error|timed out|failed to fetch|connect", re.IGNORECASE)


def constraints(root: Path = ROOT) -> Line:
    """Every dependency is pinned at a version that its bound allows and that this environment has."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(requirement for extra in extras for requirement in extra)]
    pinned = _pins(root / "constraints.txt")
    wrong = []
    for requirement in map(Requirement, asked):
        name = canonicalize_name(requirement.name)
        if name not in pinned:
            wrong.append(f"{name} is not pinned")
        elif pinned[name] not in requirement.specifier:
            wrong.append(f"{name}=={pinned[name]} is outside {requirement.specifier}")
        elif (here := _installed(name)) and Version(here).base_version != Version(pinned[name]).base_version:
            wrong.append(f"{name}=={pinned[name]} is pinned, {here} was tested")
    detail = (
        "; ".join(wrong) or f"{len(pinned)} exact versions, {len(asked)} dependencies within their bounds"
    )
    return Line("constraints", detail, "mend constraints.txt, then `make setup`" if wrong else "")


def lock(root: Path = ROOT) -> Line:
    """The lock resolved again is the lock."""
    kept = (root / "requirements.lock").read_text("utf-8")
    pinned = _pins(root / "constraints.txt")
    differs = {name for name, at in _pins(root / "requirements.lock").items() if pinned.get(name, at) != at}
    if differs:
        return Line("lock", f"{', '.join(sorted(differs))}: not as in constraints.txt", "make lock")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "requirements.lock"
        made.write_text(kept, encoding="utf-8")  # what stands there is preferred, as by `make lock`
        done = write_lock(made, root)
        if done.returncode:
            why = "the index cannot be reached" if UNREACHED.search(done.stderr) else done.stderr.strip()
            return Line("lock", f"cannot be resolved again: {why}", "try again where the index answers")
        same = made.read_text("utf-8") == kept
    detail = f"{len(_pins(root / 'requirements.lock'))} packages, resolved again just now, are the same"
    return Line(
        "lock", detail if same else "the index resolves to something else", "" if same else "make lock"
    )


def write_lock(
    file: Path, root: Path = ROOT, options: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Lock the light environment and the server into `file`, with the hashes of the index."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", *COMPILE, "--output-file", str(file)]
    done = subprocess.run([*command, *options], cwd=root, capture_output=True, text=True, check=False)
    if not done.returncode:
        file.write_text(WORDS + file.read_text("utf-8"), encoding="utf-8", newline="\n")
    return done


def _pins(file: Path) -> dict[str, str]:
    return {canonicalize_name(name): at for name, at in PIN.findall(file.read_text("utf-8"))}


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    locked = write_lock(ROOT / "requirements.lock", options=sys.argv[1:])
    sys.stderr.write(locked.stderr)
    sys.exit(locked.returncode)
