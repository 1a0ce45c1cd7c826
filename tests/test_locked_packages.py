"""requirements.lock is what was tested: every package of the light environment and the server, hash by hash."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PIN = re.compile(r"^([\w.\[\]-]+)==([^\s;\\]+)", re.M)


def pins(text):
    return {canonicalize_name(name): version for name, version in PIN.findall(text)}


def test_every_package_is_there_at_the_version_that_was_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["serve"]
    locked, tested = pins(LOCK), pins((ROOT / "constraints.txt").read_text("utf-8"))
    assert {canonicalize_name(Requirement(each).name) for each in asked} <= locked.keys(), "run: make lock"
    assert {name: tested[name] for name in locked if name in tested} == {
        name: version for name, version in locked.items() if name in tested
    }, "run: make lock"
    assert "torch" not in locked


def test_every_package_has_hashes_and_no_host_is_named():
    blocks = re.split(r"\n(?=\w)", LOCK.partition("\n")[2])
    assert len(blocks) == len(pins(LOCK))
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks)
    assert "://" not in LOCK
