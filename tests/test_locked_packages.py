"""requirements.lock is what was tested: the light environment and the server, hash by hash."""

import json
import re
import tomllib
from pathlib import Path

import pytest
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


@pytest.mark.parametrize(("version", "is_known"), [("0.9", False), ("1.0", True), ("1.4.2", False)])
def test_a_copy_of_advisories_knows_the_versions_that_it_speaks_of(version, is_known, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "benchmarks" / "security")
    from advisories import Advisories

    events = [{"introduced": "1.0"}, {"fixed": "1.4.2"}]
    package = {"name": "some-package", "ecosystem": "PyPI"}
    affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    told = {"id": "X-1", "published": "2024-07-07", "affected": affected}
    (tmp_path / "one.json").write_text(json.dumps(told))
    copy = Advisories(tmp_path)
    assert (copy.n, copy.newest) == (1, "2024-07-07")
    assert bool(copy.known("Some_Package", version)) is is_known
    assert not copy.known("other", version)
