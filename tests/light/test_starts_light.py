"""What must work, and start quickly, where only the core is installed."""

import json
import os
import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "sklearn", "scipy", "polars", "onnxruntime", "httpx2", "rich.console")


def python(code, *arguments):
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=120,
    )


def test_importing_goemox_loads_nothing_heavy():
    done = python(f"import sys, goemox; print([m for m in {HEAVY!r} if m in sys.modules])")
    assert done.stdout.strip() == "[]", done.stderr


VERBS = (
    "", "predict", "study", "evaluate", "train", "reproduce", "calibrate", "adapt", "collect", "profile",
    "sample", "label", "doctor",
)  # fmt: skip


@pytest.fixture(scope="module")
def helped():
    """{verb: what its help printed, how it ended, what heavy was loaded by then}, asked one by one."""
    code = (
        "import io, json, sys, goemox.cli.app as a\n"
        "from contextlib import redirect_stdout\n"
        "sys.argv[0], found = 'goemox', {}\n"
        f"for verb in {VERBS!r}:\n"
        "    with redirect_stdout(io.StringIO()) as out:\n"
        "        try: a.app([*verb.split(), '--help']); code = 0\n"
        "        except SystemExit as end: code = end.code or 0\n"
        f"    found[verb] = out.getvalue(), code, [m for m in {HEAVY!r} if m in sys.modules]\n"
        "print(json.dumps(found))"
    )
    done = python(code)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.mark.parametrize("verb", VERBS)
def test_help_loads_nothing_heavy(verb, helped):
    shown, code, heavy = helped[verb]
    assert (code, heavy) == (0, [])
    assert f"Usage: {' '.join(['goemox', verb]).strip()} " in shown


# As if they were not installed: finding them fails, and nothing stands in sys.modules in their place.
WITHOUT_TORCH = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers", "onnx", "onnxscript"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
"""


def test_predicting_works_without_torch():
    done = python(
        WITHOUT_TORCH + "sys.argv[0] = 'goemox'; from goemox.cli import main; main()",
        "predict",
        "Thanks a lot!",
    )
    assert done.returncode == 0, done.stderr
    assert "gratitude" in json.loads(done.stdout)["labels"]


def test_verbs_that_read_files_work_without_torch(tmp_path):
    from goemox.data.samples import load_samples
    from goemox.data.writers import write_records

    write_records(load_samples("reddit")[:60], tmp_path / "rows.jsonl", "jsonl")
    calls = [
        ["shift", "--target", "mine=rows.jsonl"], ["evaluate", "--data", "rows.jsonl"],
        ["adapt", "--data", "rows.jsonl"], ["calibrate", "--data", "rows.jsonl"], ["explain", "Thanks!"],
        ["export", "--help"],
    ]  # fmt: skip
    code = WITHOUT_TORCH + (
        "import json, os\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "from goemox.cli import main\n"
        "ends = []\n"
        f"for call in {calls!r}:\n"
        "    sys.argv = ['goemox', *call]\n"
        "    try: main(); ends.append(0)\n"
        "    except SystemExit as end: ends.append(end.code or 0)\n"
        "print(json.dumps(ends), file=sys.stderr)"
    )
    done = python(code)
    assert json.loads(done.stderr.splitlines()[-1]) == [0] * len(calls), done.stderr


# Beside HEAVY without onnxruntime, which reads the text: what other verbs, other engines and files need.
NEEDLESS = (
    "torch", "transformers", "openvino", "ray", "sklearn", "scipy", "polars", "httpx2", "rich.console",
    "jinja2", "http.client", "ssl", "asyncio", "multiprocessing", "goemox.training", "goemox.studies",
    "goemox.report", "goemox.serve", "goemox.cli.study", "goemox.cli.train",
)  # fmt: skip


def test_a_text_is_read_without_loading_what_only_others_need():
    code = (
        "import atexit, sys; sys.argv[0] = 'goemox'\n"
        f"atexit.register(lambda: print([m for m in {NEEDLESS!r} if m in sys.modules], file=sys.stderr))\n"
        "from goemox.cli import main; main()"
    )
    done = python(code, "predict", "Thanks a lot!")
    assert "gratitude" in json.loads(done.stdout)["labels"]
    assert done.stderr.strip() == "[]"


def test_a_settings_file_is_checked_whole_whatever_verb_is_asked_for(tmp_path):
    (tmp_path / "goemox.toml").write_text("[study]\nno-such-option = 1\n")
    done = subprocess.run(
        [sys.executable, "-m", "goemox", "predict", "x"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no-such-option" in done.stderr


def test_a_study_works_without_torch_and_without_a_network(tmp_path):
    code = WITHOUT_TORCH + (
        "import socket\n"
        "def refuse(*a, **k): raise OSError('no network here')\n"
        "socket.socket.connect = refuse\n"
        "sys.argv[0] = 'goemox'; from goemox.cli import main; main()"
    )
    done = python(code, "study", "--offline", "--output-dir", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    names = {"report.html", "report.json", "rows.jsonl.gz", "shares.csv"}
    assert {p.name for p in (tmp_path / "out").iterdir()} == names


def test_training_without_the_extra_names_the_command_that_installs_it(tmp_path):
    (tmp_path / "train.csv").write_text("text,labels\nfine,joy\nbad,anger\n")
    code = (
        "import sys, importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'torch' else real(name, *a)\n"
        "sys.argv[0] = 'goemox'; from goemox.cli import main; main()"
    )
    done = python(code, "train", "--data", str(tmp_path), "--output-dir", str(tmp_path / "m"))
    assert done.returncode == 1
    assert (
        done.stderr.strip()
        == "goemox: training needs packages that are not installed: pip install 'goemox[train]'"
    )


def test_scoring_leaves_nothing_in_the_users_home(tmp_path):
    code = "import sys; sys.argv[0] = 'goemox'; from goemox.cli import main; main()"
    environment = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", code, "predict", "x"],
        capture_output=True, text=True, check=False, timeout=120,
        env=environment | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "c")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []
