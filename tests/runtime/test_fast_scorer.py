import os
import subprocess
import sys

import numpy as np
import pytest

from goemox.data.samples import load_samples
from goemox.errors import InvalidModel
from goemox.model_folder import TOKENIZER, default_folder
from goemox.runtime.fast import FastScorer
from goemox.runtime.ngram_net import NgramNet, quantised

LABELS = ("calm", "cross", "neutral")
TEXTS = [sample.text for sample in load_samples()]
PIECES, WIDTH, WINDOW, CHANNELS, HIDDEN = 30_522, 8, 5, 12, 10


def small_arrays(n_pieces=PIECES, seed=0):
    random = np.random.default_rng(seed)
    shapes = [
        (n_pieces, WIDTH), (WINDOW, WIDTH, CHANNELS), (CHANNELS,), (2 * CHANNELS, HIDDEN), (HIDDEN,),
        (HIDDEN, len(LABELS)), (len(LABELS),),
    ]  # fmt: skip
    return quantised(*(random.normal(size=shape) for shape in shapes))


def scorer_of(arrays, threads=None, max_length=512):
    net = NgramNet.from_arrays(arrays, "fast.safetensors", len(LABELS))
    return FastScorer(net, default_folder() / TOKENIZER, LABELS, max_length, "abc", threads)


@pytest.fixture(scope="module")
def scorer():
    return scorer_of(small_arrays())


def test_logits_are_those_of_the_convolution_written_out(scorer):
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in small_arrays().items()}
    vectors = np.vstack([arrays["vectors"] * arrays["vector_scales"][:, None], np.zeros(WIDTH)])
    ids = scorer._reader.read(["I love this, thank you!"]).ids
    line = np.concatenate([[PIECES] * 2, ids, [PIECES] * 2])
    at = np.array([
        sum(vectors[line[i + j]] @ arrays["kernel"][j] for j in range(WINDOW)) + arrays["kernel_bias"]
        for i in range(len(ids))
    ]).clip(0)  # fmt: skip
    read = np.concatenate([at.max(axis=0), at.sum(axis=0) / np.sqrt(len(ids))])
    hidden = (read @ arrays["hidden"] + arrays["hidden_bias"]).clip(0)
    expected = hidden @ arrays["output"] + arrays["output_bias"]
    found = scorer.score(["I love this, thank you!"])
    assert found.logits[0] == pytest.approx(expected, rel=1e-4, abs=1e-3)
    assert found.embeddings[0] == pytest.approx(vectors[ids].sum(axis=0) / np.sqrt(len(ids)), abs=1e-4)


def test_order_neighbours_repeats_and_threads_never_change_a_score(scorer):
    texts = [*TEXTS, "", "ok", *TEXTS[:7], "so " * 700] * 40
    order = np.random.default_rng(1).permutation(len(texts))
    whole, mixed = scorer.score(texts), scorer.score([texts[i] for i in order])
    alone = np.concatenate([scorer.score([text]).logits for text in texts[:40]])
    one_core = scorer_of(small_arrays(), threads=1).score(texts)
    assert np.array_equal(whole.logits[order], mixed.logits)
    assert np.array_equal(whole.logits[:40], alone)
    assert np.array_equal(whole.logits, one_core.logits)
    assert np.array_equal(whole.embeddings[order], mixed.embeddings)


def test_progress_counts_every_text_once(scorer):
    told = []
    scorer.score([*TEXTS, *TEXTS] * 50, progress=told.append)
    assert sum(told) == 100 * len(TEXTS)


def test_no_texts_and_empty_texts_have_rows(scorer):
    assert scorer.score([]).logits.shape == (0, len(LABELS))
    empty = scorer.score(["", " "])
    assert np.isfinite(empty.logits).all()
    assert empty.n_tokens.tolist() == [2, 2]
    assert not empty.embeddings.any()


def test_long_texts_are_cut_or_read_in_windows(scorer):
    long = "I was so happy about it. " * 120
    cut, windows = scorer.score(["hi", long]), scorer.score(["hi", long], long_text="chunk")
    assert cut.truncated.tolist() == [False, True]
    assert cut.n_tokens[1] == 512
    assert windows.truncated.tolist() == [False, False]
    assert windows.n_windows[0] == 1 < windows.n_windows[1]
    assert np.array_equal(cut.logits[0], windows.logits[0])


def test_windows_are_read_where_the_model_reads_less_than_a_window_at_once():
    few = scorer_of(small_arrays(), max_length=32)
    found = few.score(["hi", "I was so happy about it. " * 40], long_text="chunk")
    assert found.truncated.tolist() == [False, False]
    assert found.n_windows[0] == 1 < found.n_windows[1]


def test_ids_and_counts_are_kept(scorer):
    scores = scorer.score(["Thank you!", "no"], ["a", "b"])
    assert scores.ids == ("a", "b")
    assert scores.model == "abc"


@pytest.mark.parametrize("name", list(small_arrays(50)))
def test_a_missing_array_is_told_by_name(name):
    arrays = {key: value for key, value in small_arrays(50).items() if key != name}
    with pytest.raises(InvalidModel, match=name):
        NgramNet.from_arrays(arrays, "fast.safetensors", len(LABELS))


@pytest.mark.parametrize("name", list(small_arrays(50)))
def test_arrays_that_do_not_fit_are_refused(name):
    arrays = small_arrays(50)
    arrays[name] = arrays[name][..., :-1]
    with pytest.raises(InvalidModel, match="do not fit"):
        NgramNet.from_arrays(arrays, "fast.safetensors", len(LABELS))


def test_a_network_of_other_labels_or_fewer_pieces_is_refused():
    with pytest.raises(InvalidModel, match="do not fit"):
        NgramNet.from_arrays(small_arrays(50), "fast.safetensors", 28)
    with pytest.raises(InvalidModel, match=r"30,522 pieces, the fast tier knows 50"):
        scorer_of(small_arrays(50))


def test_the_number_of_blas_threads_changes_no_bit_of_an_opened_network():
    hashes = (
        "import hashlib, goemox; "
        "print(hashlib.sha256(goemox.load(tier='fast').scorer._net.table).hexdigest())"
    )
    asked = [
        subprocess.run(
            [sys.executable, "-c", hashes],
            env={**os.environ, "OMP_NUM_THREADS": n},
            capture_output=True,
            check=True,
        ).stdout
        for n in ("1", "2")
    ]
    assert asked[0] == asked[1]
