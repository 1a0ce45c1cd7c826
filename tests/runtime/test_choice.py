"""Which engine is taken: the faster one, measured once for a model, processor and version."""

import json
import os
import subprocess
import sys
import time

import orjson
import pytest
from forked import goemox

from goemox.cache_folder import cache_dir
from goemox.errors import InvalidModel
from goemox.runtime.choice import choose, kept_choice

MODEL = "0" * 64


class Named:
    """As much of an engine as a choice looks at."""

    def __init__(self, name, seconds):
        self.name, self.seconds = name, seconds

    def read(self):
        time.sleep(self.seconds)
        return 10


def chosen(present_s=0.01, other_s=0.005, model=MODEL):
    """The engine taken where one read takes so many seconds, and how many reads there were."""
    engines, reads = (
        {"onnxruntime": Named("onnxruntime", present_s), "openvino": Named("openvino", other_s)},
        [],
    )

    def read(engine):
        reads.append(engine.name)
        return engine.read()

    taken, choice = choose(engines["onnxruntime"], engines.__getitem__, read, model, 2)
    return taken.name, choice, len(reads)


def test_the_faster_engine_is_taken_and_both_figures_are_kept():
    name, choice, _ = chosen()
    assert name == choice.engine == "openvino"
    assert choice.texts_per_second["openvino"] > 1.3 * choice.texts_per_second["onnxruntime"] > 0
    assert kept_choice(MODEL, 2) == choice


def test_what_is_about_as_fast_is_not_worth_a_second_engine():
    assert chosen(0.02, 0.02)[0] == "onnxruntime"


def test_it_is_measured_once():
    first = chosen()
    again = chosen(0.005, 0.01)
    assert first[2] > 0
    assert again[2] == 0
    assert again[:2] == first[:2]


def test_another_model_or_number_of_threads_is_measured_by_itself():
    chosen()
    assert kept_choice("1" * 64, 2) is None
    assert kept_choice(MODEL, 4) is None


def kept_file():
    chosen()
    (file,) = (cache_dir() / "runtime").iterdir()
    return file


def damaged():
    yield "empty", lambda file: file.write_bytes(b"")
    yield "half", lambda file: file.write_bytes(file.read_bytes()[:40])
    yield "other JSON", lambda file: file.write_bytes(b"[1, 2]")
    yield "binary", lambda file: file.write_bytes(b"\x80\x04\xff")
    yield "folder", lambda file: (file.unlink(), file.mkdir())
    for path, value in (
        (("choice", "engine"), "tensorrt"),
        (("choice", "texts_per_second"), None),
        (("choice", "texts_per_second", "openvino"), "fast"),
        (("choice", "measured"), 7),
        (("choice", "measured"), "yesterday"),
        (("holds_for", "onnxruntime"), "0.9"),
        (("holds_for", "processor"), "another"),
        (("holds_for",), None),
    ):
        yield f"{path[-1]} = {value}", lambda file, path=path, value=value: rewritten(file, path, value)


def rewritten(file, path, value):
    content = json.loads(file.read_bytes())
    part = content
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    file.write_bytes(orjson.dumps(content))


def test_a_damaged_or_old_file_is_not_believed_and_never_an_error():
    file = kept_file()
    whole = file.read_bytes()
    for name, damage in damaged():
        damage(file)
        assert kept_choice(MODEL, 2) is None, name
        if file.is_dir():
            file.rmdir()
        file.write_bytes(whole)
    assert kept_choice(MODEL, 2) is not None


def test_after_damage_it_is_measured_again_and_the_file_is_mended():
    file = kept_file()
    file.write_bytes(b"{")
    name, choice, n_reads = chosen(0.001, 0.002)
    assert (name, n_reads > 0) == ("onnxruntime", True)
    assert kept_choice(MODEL, 2) == choice


def test_a_cache_that_cannot_be_written_costs_a_measurement_each_time_and_no_error(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("a file where a folder should be")
    monkeypatch.setenv("GOEMOX_CACHE_DIR", str(tmp_path / "file"))
    assert chosen()[0] == "openvino"
    assert chosen()[2] > 0
    monkeypatch.setenv("GOEMOX_CACHE_DIR", "~nosuch/x")  # a home that nobody has
    assert chosen()[0] == "openvino"


def test_a_graph_that_only_onnxruntime_runs_is_run_by_it():
    def refuse(name):
        raise InvalidModel(f"{name} cannot load this model")

    present = Named("onnxruntime", 0.001)
    taken, choice = choose(present, refuse, lambda engine: engine.read(), MODEL, 2)
    assert taken is present
    assert choice.texts_per_second["openvino"] == 0


def test_few_texts_never_load_openvino_and_many_settle_it_for_good(tmp_path):
    code = (
        "import sys, goemox; c = goemox.load(threads=2); c('Thanks a lot!')\n"
        "assert 'openvino' not in sys.modules and c.scorer.runtime == 'onnxruntime'\n"
        "c.scores([f'text number {i}' for i in range(1_000)])\n"
        "print(c.scorer.runtime, c.scorer.choice.engine, len(c.scorer.choice.texts_per_second))"
    )
    cache = tmp_path / "cache"
    environment = os.environ | {"GOEMOX_RUNTIME": "auto", "GOEMOX_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    taken, kept, n = done.stdout.split()
    assert taken == kept
    assert n == "2"
    assert len(list((cache / "runtime").iterdir())) == 1


@pytest.mark.parametrize("runtime", ["auto", "onnxruntime"])
def test_doctor_says_which_engine_and_why(tmp_path, runtime):
    done = goemox("doctor", "--json", GOEMOX_RUNTIME=runtime, GOEMOX_CACHE_DIR=str(tmp_path / "cache"))
    found = {finding["name"]: finding["detail"] for finding in json.loads(done.stdout)["findings"]}
    assert "openvino 2" in found["[openvino]"]
    if runtime == "auto":
        assert "onnxruntime" in found["engine"]
        assert "openvino" in found["engine"]
        assert "short texts a second" in found["engine"]
    else:
        assert found["engine"] == "onnxruntime, as GOEMOX_RUNTIME says"
