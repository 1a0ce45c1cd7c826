"""Model folders from somebody who means harm are refused, fast and in one line (checklist 1 to 4).

benchmarks/security/model_folder.py does the same at training's doors, and measures memory.
"""

import random
import shutil
import sys
import time

import numpy as np
import pytest
from hostile_graphs import graph_attacks, honest, nan_for_long_texts
from hostile_settings import config_attacks, rule_attacks, tokenizer_attacks, written
from hostile_sums import sums_attacks
from hostile_weights import MISNAMED, PICKLE_NAMES, SAFETENSORS, pickled, safetensors_attack

import goemox
from goemox.errors import InvalidModel
from goemox.model_folder import (
    FACTS,
    ONNX_INT8,
    REFERENCE,
    SUMS,
    TOKENIZER,
    default_folder,
    open_model,
    write_sums,
)

LONG = "Thank you so much, this is a text of more than twelve tokens, and a kind one at that!"
SLOW_S = 10.0  # by the clock of a busy machine; the benchmark measures the processor's seconds


@pytest.fixture(scope="module")
def light(tmp_path_factory):
    """The bundled model with a graph of a few bytes, so that its copies cost no time."""
    target = shutil.copytree(default_folder(), tmp_path_factory.mktemp("light") / "model")
    (target / ONNX_INT8).write_bytes(honest())
    write_sums(target)
    return target


@pytest.fixture
def folder(light, tmp_path):
    """A copy of it, to change."""
    return shutil.copytree(light, tmp_path / "model")


@pytest.fixture(scope="module")
def unpickled():
    """Names of classes that anybody looked up while reading a pickle."""
    seen, listening = [], [True]

    def look(event, arguments):
        if listening and event == "pickle.find_class":
            seen.append(arguments)

    sys.addaudithook(look)  # it stays for the life of the process
    yield seen
    listening.clear()


def use(folder):
    """All that a prediction needs of a folder."""
    clf = goemox.load(folder)
    for part in ("profile", "groupings", "scorer"):
        getattr(clf, part)
    return clf(LONG)


def assert_refused(folder):
    began = time.monotonic()
    with pytest.raises(InvalidModel) as told:
        use(folder)
    assert time.monotonic() - began < SLOW_S
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 1_000


@pytest.mark.parametrize("name", PICKLE_NAMES)
def test_a_file_that_can_carry_code_has_the_folder_refused(folder, tmp_path, unpickled, name):
    written(name, pickled(tmp_path / "exploded"))(folder)
    assert_refused(folder)
    write_sums(folder)
    assert_refused(folder)
    assert unpickled == []
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("name", MISNAMED)
def test_a_pickle_under_an_honest_name_is_never_unpickled(folder, tmp_path, unpickled, name):
    written(name, pickled(tmp_path / "exploded"))(folder)
    if name != SUMS:
        write_sums(folder)
    assert_refused(folder)
    assert unpickled == []
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize("attack", SAFETENSORS)
def test_a_reference_that_lies_is_refused(folder, attack):
    path = folder / REFERENCE
    path.write_bytes(safetensors_attack(attack, path.read_bytes()))
    write_sums_as_they_are(folder)
    assert_refused(folder)


def write_sums_as_they_are(folder):
    """Vouch for everything, so that the sums find nothing."""
    if (folder / SUMS).exists():
        write_sums(folder)


def test_any_flipped_bit_is_noticed(folder):
    chance = random.Random(0)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    for file in files * 3:
        content = file.read_bytes()
        at = chance.randrange(len(content))
        file.write_bytes(content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :])
        with pytest.raises(InvalidModel):
            open_model(folder)
        file.write_bytes(content)
    assert open_model(folder)


@pytest.mark.parametrize("attack", sums_attacks(default_folder()))
@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
def test_sums_that_do_not_vouch_for_every_file_are_refused(folder, tmp_path, attack):
    (tmp_path / "secret.txt").write_text("secret")
    sums_attacks(tmp_path / "secret.txt")[attack](folder)
    assert_refused(folder)


@pytest.mark.parametrize("name", [ONNX_INT8, TOKENIZER, REFERENCE, FACTS])
def test_a_file_that_is_exchanged_after_it_was_verified_is_refused(folder, name):
    clf = goemox.load(folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    with pytest.raises(InvalidModel, match="differs from"):
        assert (clf.scorer, clf.profile, clf.folder.json(FACTS)) is None


def test_the_snapshot_of_a_hugging_face_cache_is_links_to_blobs_and_opens(tmp_path):
    blobs, snapshot = tmp_path / "repo/blobs", tmp_path / "repo/snapshots/0123"
    shutil.copytree(default_folder(), blobs)
    for path in sorted(blobs.rglob("*")):
        link = snapshot / path.relative_to(blobs)
        if path.is_dir():
            link.mkdir(parents=True)
        else:
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    assert goemox.load(snapshot)("Thank you so much!").labels == ("gratitude",)


SETTINGS = {
    f"{file}: {name}": change
    for file, changes in (
        ("config", config_attacks()), ("goemox", rule_attacks()), ("tokenizer", tokenizer_attacks())
    )
    for name, change in changes.items()
}  # fmt: skip


@pytest.mark.parametrize("attack", SETTINGS)
def test_settings_that_no_honest_model_has_are_refused(folder, attack):
    SETTINGS[attack](folder)
    write_sums_as_they_are(folder)
    assert_refused(folder)


GRAPHS = graph_attacks() | {"NaN for long texts": nan_for_long_texts()}


@pytest.mark.parametrize("attack", GRAPHS)
def test_a_graph_that_reaches_out_never_ends_or_answers_nonsense_is_refused(folder, attack):
    (folder / ONNX_INT8).write_bytes(GRAPHS[attack])
    write_sums_as_they_are(folder)
    assert_refused(folder)


def test_a_graph_never_reads_weights_from_the_working_directory(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.zeros(28, dtype=np.float32).tofile(tmp_path / "weights.data")
    (folder / ONNX_INT8).write_bytes(GRAPHS["external data in the same folder"])
    write_sums(folder)
    assert_refused(folder)


def test_the_honest_one_among_them_opens(folder):
    assert use(folder).scores


def test_an_honest_graph_that_answers_nan_to_one_text_is_an_error_for_that_text_alone(folder):
    (folder / ONNX_INT8).write_bytes(nan_for_long_texts())
    (folder / REFERENCE).unlink()
    write_sums(folder)
    clf = goemox.load(folder)
    assert clf("short").scores
    with pytest.raises(InvalidModel, match="NaN or infinite logits"):
        clf(LONG)
    assert clf("short").scores
