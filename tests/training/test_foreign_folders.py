import orjson
import pytest

import goemox
from goemox.errors import InvalidModel
from goemox.training.bases import load_base
from goemox.training.foreign import export_folder

LABELS = ("calm", "cross", "keen")


@pytest.fixture
def foreign(tiny_base, tmp_path):
    """A plain three-label Hugging Face folder, as transformers saves it."""
    import numpy as np

    folder = tmp_path / "foreign"
    base = load_base(str(tiny_base), LABELS, np.full(3, 0.3), dropout=0.1, seed=0)
    base.model.save_pretrained(folder)
    base.tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def test_a_plain_folder_runs_after_its_export_and_says_it_is_uncalibrated(foreign, tmp_path):
    (foreign / "training_args.bin").write_bytes(b"\x80\x04")
    clf = goemox.load(export_folder(foreign, tmp_path / "out"))
    assert clf.labels == LABELS
    assert not clf.rule.calibrated
    assert set(clf("What a lovely day").scores) == set(LABELS)
    assert not (tmp_path / "out" / "training_args.bin").exists()


def test_a_single_label_model_is_refused_with_the_reason(foreign, tmp_path):
    config = orjson.loads((foreign / "config.json").read_bytes())
    (foreign / "config.json").write_bytes(
        orjson.dumps(config | {"problem_type": "single_label_classification"})
    )
    with pytest.raises(InvalidModel, match="multi_label_classification"):
        export_folder(foreign, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_without_safetensors_is_refused(foreign, tmp_path):
    (foreign / "model.safetensors").unlink()
    with pytest.raises(InvalidModel, match="transformers cannot load it"):
        export_folder(foreign, tmp_path / "out")
