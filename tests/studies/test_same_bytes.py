"""The same inputs give the same files, byte for byte, in any process."""

import json
import os
import subprocess
import sys

import pytest

RUN = """
import json, sys
from goemox.cli import main
for arguments in json.loads(sys.argv[1]):
    sys.argv = ["goemox", *arguments]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
"""


def goemox(hash_seed, *calls):
    """One process that orders its sets by this seed, and makes these calls one after the other."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps([[*map(str, call)] for call in calls])],
        capture_output=True, text=True, check=False, timeout=240, encoding="utf-8",
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """The folders of one study, run in two processes that order their sets differently."""
    root = tmp_path_factory.mktemp("twice")
    texts = [
        f"{what} in version {i}" for i in range(40) for what in ("Thanks that works", "It crashes again")
    ]
    (root / "mine.csv").write_text(
        "id,text,labels,repo,created_at\n"
        + "".join(
            f"r{i},{text},{'joy' if i % 2 else 'anger|annoyance'},o/{i % 3},20{10 + i % 9}-05-01\n"
            for i, text in enumerate(texts)
        )
    )
    folders = []
    for seed in (1, 2):
        folder = root / f"out{seed}"
        goemox(seed, [
            "study", "--data", root / "mine.csv", "--domain", f"mine={root / 'mine.csv'}",
            "--group-by", "repo", "--output-dir", folder, "--figures", folder / "figures",
        ])  # fmt: skip
        folders.append(folder)
    return folders


def files(folder):
    """{name: bytes}, without the moment at which the study was made."""
    made = json.loads((folder / "report.json").read_text(encoding="utf-8"))["created_at"]
    forms = [made.encode(), made.replace("T", " ").replace("Z", " UTC").encode()]
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            for form in forms:
                content = content.replace(form, b"")
            found[str(path.relative_to(folder))] = content
    return found


def test_two_processes_write_the_same_bytes_but_for_the_moment(twice):
    one, other = map(files, twice)
    assert list(one) == list(other)
    assert {"report.json", "report.html", "rows.jsonl.gz"} < set(one)
    assert len(one) > 10  # the figures, too
    for name, content in one.items():
        assert content == other[name], name
    report = json.loads(one["report.json"])
    assert len(report["map"]["sets"]) == 1  # what is drawn by lot is there
    assert report["domains"][0]["distance"]["ridge"]
    for block in (report["in_domain"], *report["domains"]):
        assert len(block["examples"]) > 10
        assert [word["word"] for each in block["words"] for word in each["words"]]


def test_the_page_can_be_drawn_again_from_its_report(twice):
    folder = twice[0]
    page = (folder / "report.html").read_bytes()
    goemox(3, ["report", folder / "report.json"])
    assert (folder / "report.html").read_bytes() == page


def test_two_processes_compare_with_the_same_bytes(twice, tmp_path):
    for seed in (1, 2):
        compare = ["report", "--compare", *twice, "-o"]
        goemox(seed, [*compare, tmp_path / f"{seed}.json", "--json"], [*compare, tmp_path / f"{seed}.html"])
    for kind in ("json", "html"):
        assert (tmp_path / f"1.{kind}").read_bytes() == (tmp_path / f"2.{kind}").read_bytes()
    content = json.loads((tmp_path / "1.json").read_text())
    assert content["in_domain"]["verdict"] == content["domains"][0]["verdict"] == "same"
