import re
import shutil
from pathlib import Path

import numpy as np
import orjson
import pytest
from safetensors.numpy import save

import goemox
from goemox.errors import GoemoxError, InvalidModel, UsageError
from goemox.model_folder import (
    SUMS,
    default_folder,
    file_sha256,
    open_model,
    write_sums,
)
from goemox.model_place import check_place, write_folder


@pytest.fixture
def copy(tmp_path):
    """A copy of the bundled model, to damage."""
    return shutil.copytree(default_folder(), tmp_path / "model")


def edit(path, **changes):
    path.write_bytes(orjson.dumps(orjson.loads(path.read_bytes()) | changes))


def vouched(folder):
    """The folder, with checksums of what is in it now."""
    write_sums(folder)
    return folder


def test_the_bundled_model_keeps_its_size_promise():
    folder = default_folder()
    assert (folder / "onnx/model_int8.onnx").stat().st_size <= 26_000_000
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) <= 34_000_000
    assert (folder / "reference.safetensors").stat().st_size <= 8_000_000


def test_the_bundled_model_holds_every_file_of_the_contract_and_nothing_unsafe():
    names = {p.relative_to(default_folder()).as_posix() for p in default_folder().rglob("*") if p.is_file()}
    assert names == {
        "README.md", "SHA256SUMS", "config.json", "evaluation.json", "fast.safetensors", "goemox.json",
        "onnx/model_int8.onnx", "reference.safetensors", "tokenizer.json", "tokenizer_config.json",
    }  # fmt: skip


def test_one_flipped_byte_in_any_file_is_noticed(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(default_folder(), folder)
    for name in [line.partition("  ")[2] for line in (folder / SUMS).read_text().splitlines()]:
        path = folder / name
        if not path.is_file():
            continue  # full weights, which are not bundled
        content = bytearray(path.read_bytes())
        place = len(content) // 2
        content[place] ^= 1
        path.write_bytes(content)
        with pytest.raises(InvalidModel, match="differs from SHA256SUMS"):
            open_model(folder)
        content[place] ^= 1
        path.write_bytes(content)
    assert open_model(folder).labels == open_model(default_folder()).labels


def test_a_missing_file_is_noticed(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(default_folder(), folder)
    (folder / "goemox.json").unlink()
    with pytest.raises(InvalidModel, match="is missing, but stands in SHA256SUMS"):
        open_model(folder)


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/hostname"])
def test_checksums_cannot_point_outside_the_folder(copy, name):
    (copy / SUMS).write_text(f"{'0' * 64}  {name}\n")
    with pytest.raises(InvalidModel, match="points outside the folder"):
        open_model(copy)


def test_folders_that_are_no_model_say_so(tmp_path):
    with pytest.raises(InvalidModel, match="no such model folder"):
        open_model(tmp_path / "nothing")
    with pytest.raises(InvalidModel, match=r"not a model folder \(no config\.json\)"):
        open_model(tmp_path)


def test_pickled_weights_are_never_an_option(tmp_path):
    (tmp_path / "config.json").write_text('{"id2label": {"0": "a"}}')
    (tmp_path / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(InvalidModel, match="may carry code and is never read"):
        open_model(tmp_path)


def test_labels_of_rule_and_config_must_agree(copy):
    config = orjson.loads((copy / "config.json").read_bytes())
    config["id2label"].pop("27")
    edit(copy / "config.json", **config)
    with pytest.raises(InvalidModel, match="name different labels"):
        open_model(vouched(copy))


@pytest.mark.parametrize(
    ("schema", "remedy"),
    [
        ("goemox.model/2", r"goemox\.model/2.*goemox\.model/1.*pip install --upgrade goemox"),
        ("goemox.model/0", "train or export it again"),
        ("other/1", "get the model again"),
        (None, "get the model again"),
    ],
)
def test_a_newer_or_older_schema_says_what_to_renew(copy, schema, remedy):
    edit(copy / "goemox.json", schema=schema)
    write_sums(copy)
    with pytest.raises(InvalidModel, match=remedy):
        open_model(copy)


@pytest.mark.parametrize("precious", ["notes.txt", "config.json", "model.safetensors"])
def test_nothing_but_a_model_of_goemox_is_written_over(tmp_path, precious):
    place = tmp_path / "mine"
    place.mkdir()
    (place / precious).write_text("mine")
    for path in (place, place / precious):
        with pytest.raises(UsageError, match=r"; name an? "), write_folder(path) as folder:
            (folder / "config.json").write_text("{}")
    assert (place / precious).read_text() == "mine"


def test_sums_beside_other_files_make_no_model_of_them(tmp_path):
    (tmp_path / "train.csv").write_text("text,label\n")
    write_sums(tmp_path)
    with pytest.raises(UsageError, match="holds files that are no goemox model"):
        check_place(tmp_path)


def test_nothing_is_written_into_another_model(copy):
    with pytest.raises(UsageError, match=r"lies in the model folder .*; name a folder outside it"):
        check_place(copy / "new" / "hf")
    assert open_model(copy)


@pytest.mark.parametrize("place", [".", "..", "sub/..", "{here}", "/"])
def test_a_folder_that_cannot_be_replaced_is_refused_before_any_work(tmp_path, monkeypatch, place):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub" if place in (".", "..", "{here}") else tmp_path)
    with pytest.raises(UsageError, match=r"cannot be replaced .*; name a new folder in it, such as .*model$"):
        check_place(Path(place.format(here=tmp_path / "sub")))
    assert [path.name for path in tmp_path.iterdir()] == ["sub"]


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"[]", b'{"id2label": {}}', b'{"id2label": {"0": "a", "2": "b"}}']
)
def test_a_broken_config_is_refused(copy, content):
    (copy / "config.json").write_bytes(content)
    with pytest.raises(InvalidModel, match=r"config\.json"):
        open_model(vouched(copy))


def test_a_reference_with_nan_or_cut_short_is_refused(copy):
    path = copy / "reference.safetensors"
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    with pytest.raises(InvalidModel, match="not a whole safetensors file"):
        goemox.load(vouched(copy)).profile
    path.write_bytes(save({"mean": np.array([np.nan], dtype=np.float32)}))
    with pytest.raises(InvalidModel, match="NaN"):
        goemox.load(vouched(copy)).profile


def test_a_plain_folder_without_our_files_predicts_uncalibrated_at_one_half(copy):
    for name in ("goemox.json", "reference.safetensors", "evaluation.json", SUMS):
        (copy / name).unlink()
    clf = goemox.load(copy)
    assert not clf.rule.calibrated
    prediction = clf("Thank you so much!")
    assert prediction.labels == ("gratitude",)
    assert prediction.prediction_set is None
    assert prediction.domain_percentile is None


def test_a_folder_without_any_graph_names_the_command_that_makes_one(copy):
    shutil.rmtree(copy / "onnx")
    with pytest.raises(InvalidModel, match="goemox export"):
        goemox.load(vouched(copy))("x")


def test_a_written_folder_lists_the_hash_of_every_file(tmp_path):
    with write_folder(tmp_path / "m") as folder:
        (folder / "onnx").mkdir()
        (folder / "onnx" / "a").write_bytes(b"1")
        (folder / "b").write_bytes(b"2")
    lines = (tmp_path / "m" / SUMS).read_text().splitlines()
    assert [line.partition("  ")[2] for line in lines] == ["b", "onnx/a"]
    assert lines[0].startswith(file_sha256(tmp_path / "m" / "b"))


def test_a_writer_that_was_killed_costs_neither_the_old_folder_nor_the_next_write(tmp_path):
    with write_folder(tmp_path / "m") as folder:
        (folder / "config.json").write_bytes(b"1")
    aside = tmp_path / ".m.aside_01.old"  # as where it was killed between stepping aside and taking the place
    aside.mkdir()
    (tmp_path / "m").rename(aside / "m")
    (tmp_path / ".m.half_001.part").mkdir()
    with pytest.raises(RuntimeError), write_folder(tmp_path / "m"):
        assert (tmp_path / "m" / "config.json").read_bytes() == b"1"
        raise RuntimeError
    assert (tmp_path / "m" / "config.json").read_bytes() == b"1"
    with write_folder(tmp_path / "m") as folder:
        (folder / "config.json").write_bytes(b"2")
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_folder_with_a_file_of_somebody_elses_is_not_replaced(tmp_path):
    with write_folder(tmp_path / "m") as folder:
        (folder / "config.json").write_bytes(b"1")
    (tmp_path / "m" / ".DS_Store").write_text("the system's")
    check_place(tmp_path / "m")
    for name in ("labels.jsonl", ".env"):
        own = tmp_path / "m" / name
        own.write_text("mine")
        with pytest.raises(
            UsageError, match=rf"m: holds {re.escape(name)}, which is no part of the model there"
        ):
            check_place(tmp_path / "m")
        own.unlink()
    (tmp_path / "m" / SUMS).write_text("damaged")
    with pytest.raises(UsageError, match="move the folder away, or name another one"):
        check_place(tmp_path / "m")


def test_one_process_at_a_time_writes_a_folder(tmp_path):
    with write_folder(tmp_path / "m") as first:
        (first / "config.json").write_bytes(b"1")
        with pytest.raises(GoemoxError, match="m: another goemox is writing"), write_folder(tmp_path / "m"):
            pass
        assert first.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["m"]
