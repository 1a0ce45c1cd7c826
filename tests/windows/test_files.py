"""What Windows does otherwise with files, as far as it can be tried elsewhere (docs/windows.md)."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import forked
import pytest

from goemox import atomic

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "goemox").rglob("*.py"))
# What Windows keeps for devices, refuses in names, or makes another path of.
HOSTILE = ("CON", "nul", "aux.txt", "a:b", 'a"b?*<|>', "..", "../../x", "ends with a dot.", "C:\\x", "😀 ü")


def goemox(*arguments, cwd=None):
    done = forked.goemox(*arguments, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return done


def refusing(times):
    """A rename that a virus scanner holds up so many times, and how often it was tried."""
    tried = []

    def rename():
        tried.append(len(tried))
        if len(tried) <= times:
            raise PermissionError(13, "Access is denied")

    return rename, tried


def test_a_file_that_a_scanner_holds_for_a_moment_is_replaced_all_the_same():
    rename, tried = refusing(2)
    atomic.put_in_place(rename, waits_s=(0, 0, 0))
    assert len(tried) == 3


@pytest.mark.parametrize("waits_s", [(0, 0), ()])
def test_a_file_that_stays_open_elsewhere_ends_in_what_the_system_says(waits_s):
    rename, tried = refusing(99)
    with pytest.raises(PermissionError, match=r"Access is denied"):
        atomic.put_in_place(rename, waits_s=waits_s)
    assert len(tried) == len(waits_s) + 1


@pytest.mark.skipif(os.name == "nt", reason="Windows refuses it, which is waited for and told")
def test_a_reader_of_the_old_file_keeps_it_while_a_new_one_takes_its_place(tmp_path):
    path = tmp_path / "a.csv"
    atomic.write_bytes(path, b"old")
    with path.open("rb") as reader:
        atomic.write_bytes(path, b"new")
        assert reader.read() == b"old"
    assert path.read_bytes() == b"new"


def test_every_text_file_is_opened_with_its_encoding():
    asked = ["--isolated", "--no-cache", "--preview", "--select", "PLW1514", "--target-version", "py311"]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *asked, "src", "tasks.py", "release"],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def _text_writers(tree):
    """Calls that open a file for writing text, or write one, and do not say what a line end is."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or any(keyword.arg == "newline" for keyword in node.keywords):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name == "write_text" and isinstance(node.func, ast.Attribute):
            yield node
        words = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        modes = [word for word in words if word and set(word) <= set("rwaxbt+")]
        if name in ("open", "fdopen") and any(set("wax") & set(mode) and "b" not in mode for mode in modes):
            yield node


def test_no_file_is_written_in_text_mode_where_windows_would_change_line_ends():
    found = [
        f"{source.relative_to(ROOT)}:{node.lineno}"
        for source in SOURCES
        for node in _text_writers(ast.parse(source.read_text("utf-8")))
        if "atomic" not in ast.unparse(node.func)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("code", "n"),
    [("path.open('w')", 1), ("path.write_text('x')", 1), ("open(p, 'a')", 1), ("path.open('wb')", 0),
     ("path.open('w', newline='')", 0), ("write_text(path, 'x')", 0)],
)  # fmt: skip
def test_the_search_for_text_mode_finds_it(code, n):
    assert len(list(_text_writers(ast.parse(code)))) == n


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_written_line_ends_are_the_same_on_every_system(tmp_path, ending):
    source, target = tmp_path / "in.csv", tmp_path / f"out{ending}"
    source.write_bytes(b'id,text\r\n1,"two\r\nlines"\r\n2,one\r\n')
    goemox("predict", "-i", source, "-o", target)
    content = target.read_bytes()
    if ending == ".csv":  # the line end within a cell is the text's own
        assert content.count(b"two\r\nlines") == content.count(b"\r") == 1
    else:
        assert b"\r" not in content
        assert [json.loads(line)["text"] for line in content.splitlines()] == ["two\r\nlines", "one"]


def test_folders_with_spaces_letters_of_all_alphabets_and_long_paths_are_read_and_written(tmp_path):
    folder = tmp_path / "Träume & Räume" / "世界 😀" / "-".join(["long"] * 45)
    folder = folder / "-".join(["longer"] * 30)
    folder.mkdir(parents=True)
    assert len(str(folder)) > 450
    (folder / "in put.csv").write_bytes("id,text\n1,Thanks a lot 😀\n".encode())
    goemox("predict", "--input", folder / "in put.csv", "-o", folder / "aus gabe.jsonl")
    assert json.loads((folder / "aus gabe.jsonl").read_bytes())["labels"] == ["gratitude"]
    goemox("predict", "--input", "in put.csv", "-o", "teile ü/", cwd=folder)
    assert any(part.name.startswith("part-") for part in (folder / "teile ü").iterdir())


def test_names_of_domains_never_become_names_of_files(tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_text("text\nThanks a lot\nI am sad\nWhat a day\nOh no\n", encoding="utf-8")
    domains = [part for name in HOSTILE for part in ("--domain", f"{name}={rows}")]
    goemox("study", "--offline", *domains, "--figures", "figures", "--output-dir", "out", cwd=tmp_path)
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    names = {name.removeprefix("figures/") for name in written - {"rows.csv"} if "cache" not in name}
    assert {"out/report.html", "out/report.json", "out/rows.jsonl.gz"} <= names
    stems = {name.partition(".")[0] for name in names if not name.startswith("out/")}
    assert stems
    assert all(stem.replace("-", "").replace("_", "").isascii() and stem.isprintable() for stem in stems)
    assert not {stem.lower() for stem in stems} & {"con", "nul", "aux", "prn"}
    content = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert [domain["name"] for domain in content["domains"]] == list(HOSTILE)
