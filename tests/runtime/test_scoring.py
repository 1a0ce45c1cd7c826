import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goemox.errors import InvalidModel
from goemox.labels import GOEMOTIONS
from goemox.model_folder import ONNX_INT8, default_folder, file_sha256, open_model
from goemox.runtime.openvino_engine import OpenvinoEngine
from goemox.runtime.plan import RunCosts, batches
from goemox.runtime.session import Scorer

GRAPH = default_folder() / ONNX_INT8
TEXTS = [
    "Thank you so much!",
    "This is the worst day of my life",
    "ok",
    "The meeting is at noon. " * 12,
    "Wow",
]


def test_scores_are_in_the_order_of_the_texts(classifier):
    alone = np.concatenate([classifier.scores([text]).logits for text in TEXTS])
    assert np.abs(classifier.scores(TEXTS).logits - alone).max() < 1e-4


def test_a_score_never_depends_on_the_neighbours_in_the_batch(classifier):
    crowd = ["so " * n + "angry" for n in range(1, 60)]
    among = classifier.scores([*crowd, TEXTS[0]])
    alone = classifier.scores([TEXTS[0]])
    assert np.abs(among.logits[-1] - alone.logits[0]).max() < 1e-4
    assert np.abs(among.embeddings[-1] - alone.embeddings[0]).max() < 1e-4


def test_repeated_texts_get_the_same_scores_and_are_counted_each(classifier):
    counted = []
    scores = classifier.scorer.score([TEXTS[0], TEXTS[1], TEXTS[0]], progress=counted.append)
    assert scores.logits[0].tolist() == scores.logits[2].tolist()
    assert sum(counted) == 3


def test_only_texts_longer_than_the_model_reads_are_marked(classifier):
    scores = classifier.scores(["short", "word " * 600])
    assert scores.truncated.tolist() == [False, True]
    assert scores.n_tokens[1] == 512


def test_no_texts_give_an_empty_matrix(classifier):
    scores = classifier.scores([])
    assert scores.logits.shape == (0, 28)


def test_hard_texts_are_scored_like_any_other(classifier):
    hard = [
        "\x00\x01\x02",
        "\ud800",
        "🏳️‍🌈" * 400,
        "\u202eabc\u202c",
        "[SEP] [PAD] [MASK]",
        "a" * 100_000,
        " ",
        "漢字 " * 900,
    ]
    scores = classifier.scores(hard)
    assert np.isfinite(scores.logits).all()
    assert np.isfinite(scores.embeddings).all()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 512), max_size=300))
def test_every_text_is_in_exactly_one_run_and_none_is_too_big(lengths):
    costs = RunCosts()
    runs = batches(np.array(lengths, dtype=np.int32), costs)
    rows = np.concatenate(runs) if runs else np.empty(0, dtype=int)
    assert sorted(rows.tolist()) == list(range(len(lengths)))
    for run in runs:
        assert len(run) == 1 or len(run) * max(lengths[i] for i in run) <= costs.batch_tokens


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 512), max_size=300))
def test_where_shapes_are_kept_few_no_row_is_lost_and_the_eights_of_its_width_are_those_it_has_alone(lengths):
    runs = batches(np.array(lengths, dtype=np.int32), OpenvinoEngine.costs)
    rows = np.concatenate(runs) if runs else np.empty(0, dtype=int)
    assert sorted(rows.tolist()) == list(range(len(lengths)))
    for run in runs:
        own = [lengths[i] for i in run]
        height, width = OpenvinoEngine.costs.shape(len(run), max(own), 512)
        assert height >= len(run)
        assert width >= max(own)
        assert width <= 512
        assert {OpenvinoEngine.costs.shape(1, n, 512)[1] // 8 for n in own} == {width // 8}


def test_many_texts_share_few_shapes_and_little_is_padded():
    lengths = np.random.default_rng(1).gamma(4, 4.5, 5_000).astype(np.int32).clip(3, 60)
    costs = OpenvinoEngine.costs
    shapes = [costs.shape(len(run), int(lengths[run].max()), 512) for run in batches(lengths, costs)]
    assert len(set(shapes)) <= 40
    assert sum(height * width for height, width in shapes) <= 1.05 * lengths.sum()


def test_texts_of_like_length_share_runs_and_hardly_anything_is_padded():
    lengths = np.random.default_rng(1).integers(4, 40, 64).astype(np.int32)
    runs = batches(lengths, RunCosts())
    padded = sum(len(run) * int(lengths[run].max()) for run in runs)
    assert padded <= 1.1 * lengths.sum()
    assert len(runs) <= 24


def test_how_many_runs_go_on_at_once_changes_no_score():
    folder = open_model(default_folder())
    one, two = (
        Scorer(GRAPH, folder.path / "tokenizer.json", folder.labels, 512, file_sha256(GRAPH), threads).score(
            TEXTS * 40
        )
        for threads in (1, 2)
    )
    assert one.logits.tobytes() == two.logits.tobytes()


class WideEngine:
    """Answers at once, with embeddings beside which all else that a call holds is small."""

    costs, survives_fork = RunCosts(), True

    def run(self, tokens, mask):
        return {
            "logits": np.zeros((len(tokens), len(GOEMOTIONS)), dtype=np.float32),
            "embedding": np.ones((len(tokens), 4_000), dtype=np.float32),
        }


def test_a_call_holds_little_more_than_its_result():
    folder = open_model(default_folder())
    scorer = Scorer(GRAPH, folder.path / "tokenizer.json", folder.labels, 512, file_sha256(GRAPH), threads=2)
    scorer._engine = WideEngine()
    texts = [f"{'so ' * 40}{i}" for i in range(1_000)]
    scorer.score(texts[:20])  # starts the threads
    tracemalloc.start()
    try:
        result = scorer.score(texts)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result.embeddings.all()
    assert most < 1.4 * result.embeddings.nbytes


def test_a_graph_with_another_number_of_labels_is_refused():
    folder = default_folder()
    with pytest.raises(InvalidModel, match=r"the graph has 28 labels, config\.json names 27"):
        Scorer(GRAPH, folder / "tokenizer.json", GOEMOTIONS[:27], 512, file_sha256(GRAPH))


def test_bytes_that_are_no_graph_and_no_tokenizer_are_refused_in_one_line(tmp_path):
    folder = default_folder()
    (tmp_path / "model.onnx").write_bytes(b"\x80\x04garbage")
    garbage = tmp_path / "model.onnx"
    with pytest.raises(InvalidModel, match=r"model\.onnx: onnxruntime cannot load"):
        Scorer(garbage, folder / "tokenizer.json", GOEMOTIONS, 512, file_sha256(garbage))
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(InvalidModel, match=r"tokenizer\.json: not a tokenizer"):
        Scorer(GRAPH, tmp_path / "tokenizer.json", GOEMOTIONS, 512, file_sha256(GRAPH))
