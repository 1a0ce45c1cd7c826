"""Engines: the same answers whatever is read beside a text, the same guards, and nothing told to anybody."""

import hashlib
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hostile_graphs import graph_attacks

import goemox
from goemox.data.goemotions import read_split
from goemox.data.samples import load_samples
from goemox.errors import InvalidModel, UsageError
from goemox.labels import GOEMOTIONS
from goemox.model_folder import ONNX_INT8, TOKENIZER, default_folder, open_model
from goemox.runtime import openvino_engine
from goemox.runtime.engine import ENGINES, runtime_of
from goemox.runtime.session import Scorer

# As if it were not installed: finding it fails, and nothing stands in sys.modules in its place.
WITHOUT_OPENVINO = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "openvino":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
"""
ATTACKS = graph_attacks()
PREDICT = "import sys; sys.argv[0] = 'goemox'; from goemox.cli import main; main()"


def scorer_of(name, threads):
    folder = open_model(default_folder())
    return Scorer(folder.onnx, folder.path / TOKENIZER, folder.labels, folder.max_length,
                  folder.sha256(folder.onnx), threads, runtime=name)  # fmt: skip


@pytest.fixture(scope="module")
def classifiers():
    """The bundled model on every engine, by its name."""
    return {name: goemox.load(runtime=name, threads=2) for name in ENGINES}


@pytest.fixture(scope="module", params=ENGINES)
def scorer(request, classifiers):
    return classifiers[request.param].scorer


@pytest.fixture(scope="module")
def texts():
    """Short texts, and some of every length class up to 512 tokens."""
    short = [sample.text for sample in load_samples()][:80]
    return [*short, *(" ".join(short[i : i + 2 + i // 2]) for i in range(0, 60, 6)), "ok " * 600]


@pytest.fixture(scope="module")
def together(scorer, texts):
    """All texts, read in one call."""
    return scorer.score(texts)


def run(code, *arguments, **environment):
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONWARNINGS": "error"} | environment, timeout=240,
    )  # fmt: skip


def test_a_text_gets_the_same_logits_alone_in_any_order_and_in_any_company(scorer, texts, together):
    order = np.random.default_rng(1).permutation(len(texts))
    mixed = scorer.score([texts[i] for i in order])
    assert mixed.logits.tobytes() == together.logits[order].tobytes()
    sevens = [scorer.score(texts[start : start + 7]) for start in range(0, len(texts), 7)]
    assert np.concatenate([part.logits for part in sevens]).tobytes() == together.logits.tobytes()
    for i in range(0, len(texts), 9):
        alone = scorer.score([texts[i]])
        assert alone.logits[0].tobytes() == together.logits[i].tobytes()
        assert np.abs(alone.embeddings[0] - together.embeddings[i]).max() < 1e-5


def test_the_number_of_threads_changes_no_logit(scorer, texts, together):
    assert scorer_of(scorer.runtime, 1).score(texts).logits.tobytes() == together.logits.tobytes()


def test_bf16_is_for_graphs_of_integers_on_processors_that_multiply_it(monkeypatch):
    graph = (default_folder() / ONNX_INT8).read_bytes()
    for known, expected in (
        ({"avx512_bf16"}, "bf16"),
        ({"amx_bf16"}, "bf16"),
        ({"avx2"}, "f32"),
        (None, "f32"),
    ):
        monkeypatch.setattr(openvino_engine, "instructions", lambda known=known: known)
        assert openvino_engine._precision(graph) == expected
        assert openvino_engine._precision(graph.replace(b"DequantizeLinear", b"")) == "f32"


def test_progress_counts_every_text_once(scorer, texts):
    counted = []
    few = [*texts[:30], texts[-2], texts[0]]
    scorer.score(few, progress=counted.append)
    assert sum(counted) == len(few)


def test_windows_of_long_texts_are_read_by_every_engine(scorer, texts):
    scores = scorer.score(texts[-3:], long_text="chunk")
    assert (scores.n_windows > 1).all()
    assert np.isfinite(scores.logits).all()


def test_a_forked_process_scores_too(scorer, texts, together):
    expected = together.logits[:40]
    forked = multiprocessing.get_context("fork")
    answers = forked.SimpleQueue()
    child = forked.Process(target=lambda: answers.put(scorer.score(texts[:40]).logits.tobytes()))
    child.start()
    child.join(120)
    assert child.exitcode == 0
    assert answers.get() == expected.tobytes()


def opened(graph, sha256, runtime):
    return Scorer(graph, default_folder() / TOKENIZER, GOEMOTIONS, 512, sha256, runtime=runtime)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_unfit_graph_is_refused_for_openvino_as_well(tmp_path, attack):
    graph, content = tmp_path / "model.onnx", ATTACKS[attack]
    graph.write_bytes(content)
    with pytest.raises(InvalidModel):
        opened(graph, hashlib.sha256(content).hexdigest(), "openvino")


@pytest.mark.parametrize("name", ENGINES)
def test_bytes_with_another_hash_reach_no_engine(tmp_path, name):
    whole = default_folder() / ONNX_INT8
    (tmp_path / "model.onnx").write_bytes(whole.read_bytes() + b"\0")
    with pytest.raises(InvalidModel, match="differs from its hash"):
        opened(tmp_path / "model.onnx", open_model(default_folder()).sha256(whole), name)


def test_an_unknown_runtime_is_named_with_those_there_are(monkeypatch):
    with pytest.raises(UsageError, match="no runtime 'tensorrt'; there are auto, onnxruntime, openvino"):
        goemox.load(runtime="tensorrt")
    monkeypatch.setenv("GOEMOX_RUNTIME", "tensorrt")
    with pytest.raises(UsageError, match=r"no runtime 'tensorrt' \(GOEMOX_RUNTIME\)"):
        goemox.load()


def test_the_variable_decides_where_no_runtime_is_named_and_goes_before_none_that_is(monkeypatch):
    monkeypatch.setenv("GOEMOX_RUNTIME", "openvino")
    assert runtime_of(None) == "openvino"
    assert [runtime_of(name) for name in ("auto", "onnxruntime")] == ["auto", "onnxruntime"]
    monkeypatch.delenv("GOEMOX_RUNTIME")
    assert runtime_of(None) == "auto"


def test_without_openvino_the_message_names_the_command_that_installs_it():
    done = run(WITHOUT_OPENVINO + PREDICT, "predict", "--runtime", "openvino", "Thanks!")
    assert done.returncode == 1
    assert "runtime 'openvino'" in done.stderr
    assert "pip install 'goemox[openvino]'" in done.stderr


def test_without_openvino_many_texts_are_read_and_nothing_is_measured(tmp_path):
    code = WITHOUT_OPENVINO + (
        "import goemox; c = goemox.load()\n"
        "assert len(c.scores([f'text number {i}' for i in range(1_001)])) == 1_001\n"
        "print(c.scorer.runtime, c.scorer.choice)"
    )
    done = run(code, GOEMOX_RUNTIME="auto", GOEMOX_CACHE_DIR=str(tmp_path / "cache"))
    assert done.stdout.strip() == "onnxruntime None", done.stderr
    assert not (tmp_path / "cache").exists()


def test_openvino_tells_nobody_and_leaves_nothing_in_the_users_home(tmp_path):
    """Importing it plainly does both; CI says no to its telemetry, so this says that it is none."""
    code = (
        "import sys\n"
        "def heard(event, arguments):\n"
        "    if event.startswith(('socket.connect', 'socket.getaddrinfo', 'subprocess.', 'os.fork')):\n"
        "        sys.stderr.write(f'heard {event} {arguments}\\n')\n"
        "sys.addaudithook(heard)\n"
        "import goemox; c = goemox.load(); print(c('Thanks a lot!').labels, c.scorer.runtime)\n"
        "assert 'openvino_telemetry' not in sys.modules\n"
        "import openvino_telemetry  # nothing of it is left switched off\n"
    )
    places = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    done = run(code, CI="", TF_BUILD="", JENKINS_URL="", GOEMOX_RUNTIME="openvino", **places)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "('gratitude',) openvino"
    assert "heard" not in done.stderr
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.data
def test_engines_agree_on_a_quarter_of_goemotions_test_but_for_the_rounding_of_int8(classifiers, goemox_data):
    """Two engines sum and round in other orders, and where that tips an eight-bit step a logit moves."""
    rows = read_split(goemox_data / "goemotions", "test")[::4]
    texts = list(dict.fromkeys(record.text for record in rows))
    scores = {name: each.scores(texts) for name, each in classifiers.items()}
    one, other = (classifiers[name].rule.probabilities(each) for name, each in scores.items())
    decided = [each.rule.decide(p) for each, p in zip(classifiers.values(), (one, other), strict=True)]
    assert np.abs(one - other).mean() < 4e-3  # with bf16 between the integers; without it, below 1e-3
    assert (decided[0] != decided[1]).mean() < 4e-3
    for name, classifier in classifiers.items():  # each agrees with itself, whatever the order and company
        order = np.random.default_rng(2).permutation(len(texts))[: len(texts) // 6]
        parts = [classifier.scores([texts[i] for i in rows]).logits for rows in np.array_split(order, 9)]
        assert np.concatenate(parts).tobytes() == scores[name].logits[order].tobytes()


def test_the_wheel_does_not_need_openvino():
    text = (Path(goemox.__file__).parents[2] / "pyproject.toml").read_text("utf-8")
    needed = text.partition("dependencies = [")[2].partition("]")[0]
    assert "openvino" not in needed
