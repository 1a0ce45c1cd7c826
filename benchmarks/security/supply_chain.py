"""Number 25: what goemox is built from: known weaknesses, locked hashes, floors, and work without a network.

    python benchmarks/security/supply_chain.py
    python benchmarks/security/supply_chain.py --advisories DIR

It installs requirements.lock into an environment of its own, hash by hash, and then works in it with the
network taken away (Linux' `unshare`): a study, a prediction, a server and a request to it. pip-audit asks the
public service, or, with --advisories, a copy of advisories (files in OSV's form, YAML or JSON) that is served
on loopback. Where no service can be asked, the line does not hold, and says so. Not part of `make security`:
it needs an index of packages, and some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Mapping
from pathlib import Path

from advisories import Advisories
from lines import Line, publish
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
AUDIT = "pip-audit==2.10.1"
UNASKED = "no service of advisories can be reached from the machine of this measurement"
FLOORS = {"starlette": "0.49.1", "torch": "2.6.0", "h11": "0.16"}
PIN = re.compile(r"^([\w.\[\]-]+)==([^\s;\\]+)")
OFFLINE = """
set -e
ip link set lo up
if ip -o link | grep -qv ': lo:'; then echo "the network is there"; exit 9; fi
"$1" -c 'import importlib.util as u; assert u.find_spec("torch") is None'
"$1" -m goemox study --offline --output-dir "$2/study" >/dev/null 2>"$2/told"
"$1" -m goemox predict "Thank you so much!" --format jsonl 2>/dev/null | grep -q gratitude
"$1" -m goemox serve --port 8123 2>"$2/told" & server=$!
for _ in $(seq 300); do curl -sf -o /dev/null http://127.0.0.1:8123/ready && break; sleep .1; done
curl -sf http://127.0.0.1:8123/v1/predict -H 'Content-Type: application/json' \
  -d '{"texts": ["Thank you so much!"]}' | grep -q '"gratitude"'
kill $server
test -s "$2/study/report.html"
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--advisories", type=Path, metavar="DIR", help="a copy to ask instead of the service")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        lines = [audited(given.advisories, work), hashes(), floors(), *offline(work)]
    return publish("supply_chain", lines, ["--advisories DIR"] if given.advisories else [])


def audited(advisories: Path | None, work: Path) -> Line:
    """pip-audit over everything that is pinned, run-time, training and tests alike."""
    program = _environment(work / "audit", AUDIT)
    pins = work / "pins.txt"
    pins.write_text("\n".join(f"{name}=={version}" for name, version in _pins().items()))
    command = [program.with_name("pip-audit"), "-r", pins, "--no-deps", "--disable-pip", "-f", "json"]
    test, source = "pip-audit over constraints.txt", "the public service"
    if advisories is not None:
        with Advisories(advisories) as service:
            told = _run([*command, "--vulnerability-service", "osv", "--osv-url", service.url])
        source = f"a copy of {service.n} advisories, the newest of {service.newest}"
        test += ", asking a copy of its database on loopback"
    else:
        told = _run(command)
    try:
        found = json.loads(told.stdout)["dependencies"]
    except (ValueError, KeyError):
        said = f"not run: {told.stderr.strip()[-200:]}"
        return Line(25, test, "0 known", said, False, why=UNASKED)
    skipped = [each["name"] for each in found if "skip_reason" in each]
    known = {each["name"]: [one["id"] for one in each["vulns"]] for each in found if each.get("vulns")}
    asked = len(found) - len(skipped)
    figures = {"packages": len(found), "asked": asked, "known": known, "source": source}
    if not asked:
        words = f"not run: {source} answered for none of {len(found)} packages"
        return Line(25, test, "0 known", words, False, figures, UNASKED)
    words = f"{sum(map(len, known.values()))} known for {asked} of {len(found)} packages in {source}"
    why = f"{', '.join(known)}" if known else "a copy does not know what was found after it"
    holds = not known and not skipped and advisories is None
    return Line(25, test, "0 known", words, holds, figures, why)


def hashes() -> Line:
    """Every package of the light and serve environment is locked to one version, with hashes of the index."""
    text = LOCK.read_text("utf-8")
    locked = {canonicalize_name(found[1]): found[2] for found in map(PIN.match, text.splitlines()) if found}
    blocks = re.split(r"\n(?=\w)", text)
    bare = [block.split("=")[0] for block in blocks if PIN.match(block) and "--hash=sha256:" not in block]
    differ = sorted(name for name, version in locked.items() if _pins().get(name, version) != version)
    n = text.count("--hash=sha256:")
    words = f"{len(locked)} packages, {n:,} hashes; {len(bare)} without one, {len(differ)} other than tested"
    holds = bool(locked) and not bare and not differ and "://" not in text
    return Line(25, "requirements.lock", "every package with its hashes, no host named", words, holds,
                {"packages": len(locked), "hashes": n})  # fmt: skip


def floors() -> Line:
    """Versions below which a known weakness lies are refused by pip itself."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [Requirement(each) for each in content["dependencies"]]
    asked += [Requirement(each) for extra in content["optional-dependencies"].values() for each in extra]
    below = [
        name for name, floor in FLOORS.items()
        if Version(_pins()[name]) < Version(floor)
        or not any(each.name == name and _excludes(each, floor) for each in asked)
    ]  # fmt: skip
    words = ", ".join(f"{name} {_pins()[name]}" for name in FLOORS)
    wanted = ", ".join(f"{name} >= {floor}" for name, floor in FLOORS.items())
    return Line(25, "floors in pyproject.toml", wanted, words, not below, {"below": below})


def _excludes(requirement: Requirement, floor: str) -> bool:
    """Whether no version below the floor fits: its own lower bound is as high."""
    bounds = [Version(each.version) for each in requirement.specifier if each.operator in (">=", "==", "~=")]
    return any(bound >= Version(floor) for bound in bounds)


def offline(work: Path) -> list[Line]:
    """The lock installs, without torch, and goemox works in it with no network but loopback."""
    python = work / "light" / "bin" / "python"
    venv.create(work / "light", with_pip=True)
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    installed = _run([*install, "--require-hashes", "--only-binary", ":all:", "-r", LOCK])
    if not installed.returncode:
        installed = _run([*install, "--no-deps", str(ROOT)])
    done = "installed" if not installed.returncode else f"failed: {installed.stderr.strip()[-300:]}"
    lines = [Line(25, "pip install --require-hashes -r requirements.lock", "installs", done,
                  not installed.returncode)]  # fmt: skip
    wanted = "a study, a prediction, a request to the server"
    if installed.returncode or not shutil.which("unshare"):
        return [*lines, Line(25, "work without a network", wanted, "not run", False)]
    script = work / "offline.sh"
    script.write_text(OFFLINE)
    cut = _run(["unshare", "-rn", "bash", str(script), str(python), str(work)], home=work)
    told = (cut.stdout + cut.stderr)[-300:]
    words = f"failed: {told}" if cut.returncode else "all three, without torch"
    return [*lines, Line(25, "work without a network (unshare -rn)", wanted, words, not cut.returncode)]


def _environment(folder: Path, package: str) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    made = _run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package])
    if made.returncode:
        raise SystemExit(f"{package} cannot be installed: {made.stderr[-500:]}")
    return python


def _run(command: list[object], home: Path | None = None) -> subprocess.CompletedProcess[str]:
    own = {} if home is None else {"GOEMOX_CACHE_DIR": str(home / "cache")}
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, cwd=tempfile.gettempdir(),
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | own,
    )  # fmt: skip


def _pins() -> Mapping[str, str]:
    """constraints.txt as {name: version}."""
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return {canonicalize_name(found[1]): found[2] for found in map(PIN.match, lines) if found}


if __name__ == "__main__":
    sys.exit(main())
