"""What a release does around its training: whose work folder it is, and which rows a naive model gets."""

import pytest
from safetensors import SafetensorError
from transformers import DistilBertConfig, RobertaConfig

from goemox.records import TextRecord
from goemox.release import _make_own
from goemox.release_baselines import NAIVE_ROWS, naive_rows
from goemox.training.export import _max_length, export_model, spread
from goemox.training.train import Trained


class Holds:
    """Stands for a trained model where its settings alone are looked at."""

    def __init__(self, config):
        self.model, self.config = self, config


def test_a_work_folder_that_stood_there_is_nobodys_to_remove(tmp_path):
    (tmp_path / "kept.work").mkdir()
    (tmp_path / "kept.work" / "teacher-0.safetensors").write_bytes(b"hours")
    assert not _make_own(tmp_path / "kept.work")
    assert [path.name for path in (tmp_path / "kept.work").iterdir()] == ["teacher-0.safetensors"]
    assert _make_own(tmp_path / "new.work")
    assert _make_own(tmp_path / "new.work")  # of a run that was killed


class FullDisk:
    """Stands for a model whose weights find no room."""

    def save_pretrained(self, folder):
        raise SafetensorError("No space left on device (os error 28)")


def test_weights_that_find_no_room_are_told_as_any_full_disk_is(tmp_path):
    with pytest.raises(OSError, match=r"model\.safetensors: cannot be written: No space left"):
        export_model(Trained(FullDisk(), None, (), {}), tmp_path, [], embedding_depth=1)


@pytest.mark.parametrize(("n", "drawn"), [(NAIVE_ROWS + 1, NAIVE_ROWS), (NAIVE_ROWS, 0)])
def test_the_naive_model_gets_rows_with_a_label_or_none(n, drawn):
    rows = [TextRecord(id=str(i), text="so", source="x", labels=frozenset({"joy"})) for i in range(n)]
    none = [TextRecord(id=f"{i}-", text="so", labels=frozenset()) for i in range(500)]
    found = naive_rows([*rows, *none])
    assert len(found) == drawn
    assert all(record.labels for record in found)


@pytest.mark.parametrize("n", [0, 1, 255, 256, 257, 10_000])
def test_texts_of_a_sorted_file_are_taken_from_all_over_it(n):
    found = spread(list(range(n)), 256)
    assert len(found) <= 256
    assert n < 256 or found[-1] >= n - 2 * -(-n // 256)
    assert len(found) >= min(n, 128)
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("config", "longest"),
    [
        (DistilBertConfig(max_position_embeddings=64), 64),
        (DistilBertConfig(max_position_embeddings=8_192), 512),
        (RobertaConfig(max_position_embeddings=514, pad_token_id=1), 512),
        (RobertaConfig(max_position_embeddings=130, pad_token_id=1), 128),
    ],
)
def test_as_many_tokens_are_read_as_there_are_positions_for_and_goemox_takes(config, longest):
    assert _max_length(Holds(config)) == longest
