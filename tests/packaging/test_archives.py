"""The wheel and the sdist hold what they have to, nothing else, the same bytes each time; the wheel works."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def release():
    """The modules of release/, as its commands find them; gone afterwards."""
    sys.path.insert(0, str(ROOT / "release"))
    names = [file.stem for file in (ROOT / "release").glob("*.py")]
    import archives
    import check
    import content

    yield archives, content, check
    sys.path.remove(str(ROOT / "release"))
    for name in names:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def wheel(release, tmp_path_factory):
    return release[0].build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def sdist(release, tmp_path_factory):
    return release[0].build_sdist(ROOT, tmp_path_factory.mktemp("sdist"))


def test_the_wheel_holds_the_package_its_model_and_a_notice_for_every_part(release, wheel):
    archives, content, check = release
    files, size = archives.wheel_files(wheel), wheel.stat().st_size
    assert content.wheel_problems(files, size, check.version(), content.tracked(ROOT)) == []


def test_the_sdist_holds_what_building_and_testing_take_and_nothing_private(release, sdist):
    archives, content, _ = release
    assert content.sdist_problems(archives.sdist_files(sdist), content.tracked(ROOT)) == []


def test_no_text_of_the_data_is_in_the_sdist(release, sdist, goemox_data):
    archives, content, _ = release
    assert content.texts_of_data(archives.sdist_files(sdist), goemox_data / "goemotions") == []


def test_a_wheel_built_from_the_sdist_has_the_same_bytes(release, wheel, sdist, tmp_path):
    archives, _, _ = release
    before = os.umask(0o077)
    try:
        tree = archives.unpack_sdist(sdist, tmp_path)
        again = archives.build_wheel(tree, tmp_path / "again")
    finally:
        os.umask(before)
    assert archives.sha256(again) == archives.sha256(wheel)


def test_the_installed_wheel_reads_texts_far_from_the_repository(wheel, tmp_path):
    place = tmp_path / "an environment with ü"
    venv.create(place, with_pip=False)
    python = place / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = ["pip", "install", "--quiet", "--offline", "--no-deps", "--python", python, wheel]
    subprocess.run([sys.executable, "-m", "uv", *install], check=True, timeout=120)
    (site,) = place.rglob("site-packages")
    # What goemox needs, without goemox itself, which is found here first.
    (site / "needed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = python.with_name("goemox.exe" if os.name == "nt" else "goemox")
    where = "import goemox; print(goemox.__file__)"
    for arguments, expected in (
        ([command, "--version"], "goemox "),
        ([python, "-m", "goemox", "predict", "Thank you so much!"], '"gratitude"'),
        ([python, "-c", where], str(site / "goemox")),
    ):
        done = subprocess.run(
            arguments, capture_output=True, encoding="utf-8", cwd=tmp_path, env=environment, check=False
        )
        assert expected in done.stdout, done.stderr


METADATA = "goemox-1.0.dist-info/METADATA"
HOME = f"/{'home'}/anna/s"  # put together here, since this file is in the sdist, too
GOOD = {
    "goemox/__init__.py": b"",
    "goemox/py.typed": b"",
    "goemox/models/default/SHA256SUMS": b"",
    "goemox-1.0.dist-info/licenses/LICENSE": b"",
    "goemox-1.0.dist-info/licenses/NOTICE": b"goemox/py.typed\n    x\n\ngoemox/models/default\n    x\n",
    "goemox-1.0.dist-info/entry_points.txt": b"",
    METADATA: (
        b"Name: goemox\nVersion: 1.0\nLicense-Expression: Apache-2.0\nRequires-Python: >=3.11\nSummary: x\n"
        b"Author: x\nKeywords: x\nDescription-Content-Type: text/markdown\n"
        + b"".join(b"Classifier: Programming Language :: Python :: 3.%d\n" % minor for minor in (11, 12, 13))
    ),
}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, None),
        ({"tests/x.py": b""}, "tests/x.py is no part of goemox"),
        ({"goemox/__pycache__/a.py": b""}, "goemox/__pycache__/a.py is waste"),
        ({"goemox/fonts/a.woff2": b""}, "goemox/fonts/a.woff2 stands under no path of NOTICE"),
        ({"goemox/a.py": b"# Copyright (c) 2020 Somebody"}, "goemox/a.py names a copyright of its own"),
        ({"goemox/a.py": f"{HOME}ecret".encode()}, f"goemox/a.py tells '{HOME}'"),
        ({"goemox/models/default/new.json": b""}, "SHA256SUMS does not list new.json"),
        ({METADATA: GOOD[METADATA].replace(b"3.13", b"3.14")}, "no classifier names Python 3.13"),
        ({METADATA: GOOD[METADATA].replace(b"1.0", b"1.1")}, "the metadata says Version: 1.1, not 1.0"),
        ({"goemox/not_added.py": b""}, "goemox/not_added.py is not in the repository"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_wheel_is_told(release, more, told):
    _, content, _ = release
    files = GOOD | more
    tree = {f"src/{name}" for name in files if "/not_added" not in name and name.startswith("goemox/")}
    assert content.wheel_problems(files, 1_000, "1.0", tree) == ([told] if told else [])


def test_a_wheel_over_40_mb_and_one_without_a_file_of_the_repository_are_told(release):
    _, content, _ = release
    tree = {f"src/{name}" for name in GOOD if name.startswith("goemox/")} | {"src/goemox/lost.py"}
    assert content.wheel_problems(GOOD, 40_100_000, "1.0", tree) == [
        "40.1 MB, over 40",
        "goemox/lost.py is in the repository only",
    ]


def test_a_text_of_the_data_is_found_wherever_it_stands(release, tmp_path):
    _, content, _ = release
    text = "A comment that is long enough to be known again, written for this test."
    (tmp_path / "train.tsv").write_text(f"{text}\t27\tid\n", encoding="utf-8")
    files = {f"{n}.md": f"{'.' * n}{text[: 40 + n % 3]}".encode() for n in range(20)}
    assert content.texts_of_data(files | {"clean.md": b"Nothing of it." * 10}, tmp_path) == [
        f"{n}.md holds a text of GoEmotions: {text[:40]!r}" for n in range(20)
    ]


WAITING, DATED = "# Changelog\n\n## [Unreleased]\n\n", "## [1.0.0] - 2026-12-01\n\n"


def repository(folder, changelog, version="1.0.0"):
    (folder / "src" / "goemox").mkdir(parents=True)
    (folder / "src" / "goemox" / "_version.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    (folder / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("changelog", "detail", "is_good"),
    [
        (f"{WAITING}{DATED}- One.\n", "1 changes in [1.0.0] - 2026-12-01", True),
        (f"{WAITING}- One.\n- Two.\n", "no dated section for 1.0.0; 2 changes unreleased", False),
        (f"{WAITING}- More.\n\n{DATED}- One.\n", "1 changes stand under Unreleased", False),
        ("## [1.0.0]\n\n- One.\n", "no dated section for 1.0.0; 0 changes unreleased", False),
    ],
)  # fmt: skip
def test_a_changelog_without_a_dated_section_for_the_version_is_a_problem(
    release, tmp_path, changelog, detail, is_good
):
    _, _, check = release
    line = check.changelog(repository(tmp_path, changelog))
    assert (line.detail, not line.todo) == (detail, is_good)


def test_a_version_that_is_another_commits_tag_and_files_not_committed_are_problems(release, tmp_path):
    _, _, check = release
    folder = repository(tmp_path, f"{DATED}- One.\n")

    def git(*arguments):
        who = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", "One")
    git("tag", "v1.0.0")
    assert check.git(folder).todo == ""
    assert check.version_is_free(folder).detail == "1.0.0, tagged here"
    (folder / "new.txt").write_text("x", encoding="utf-8")
    assert "such as new.txt" in check.git(folder).detail
    git("add", "--all")
    git("commit", "--quiet", "--message", "Two")
    assert check.version_is_free(folder).todo == "raise it in src/goemox/_version.py"


def test_a_problem_ends_in_exit_code_1_and_says_what_to_do(release, capsys):
    from checklist import Line, told

    assert told([Line("lock", "fresh")]) == 0
    assert told([Line("lock", "old", "make lock"), Line("docs", "built")]) == 1
    assert capsys.readouterr().out.splitlines()[1:] == [
        "PROBLEM  lock: old", "           -> make lock", "ok       docs: built",
    ]  # fmt: skip


def test_every_result_of_a_benchmark_that_names_a_day_is_read(release):
    _, _, check = release
    dated = ROOT / "benchmarks" / "results" / "text_map.json"
    assert check._dated(dated).isoformat() == json.loads(dated.read_text("utf-8"))["date"]
