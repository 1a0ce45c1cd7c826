import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goemox.errors import InvalidInput, ShapeError, UnknownLabel
from goemox.records import TextRecord, rows_sha256, truth_matrix
from goemox.scores import ScoreMatrix, sigmoid


def matrix(n=3, k=2, **changed):
    arrays = {
        "ids": tuple(map(str, range(n))),
        "labels": tuple("abcdefgh"[:k]),
        "logits": np.arange(n * k, dtype=np.float32).reshape(n, k),
        "embeddings": np.arange(n * 4, dtype=np.float32).reshape(n, 4),
        "truncated": np.zeros(n, dtype=bool),
        "n_tokens": np.full(n, 5),
        "model": "abc",
    }
    return ScoreMatrix(**(arrays | changed))


def test_truth_has_a_row_a_record_and_a_column_a_label():
    records = [TextRecord("1", "x", labels=frozenset({"b"})), TextRecord("2", "y", labels=frozenset())]
    assert truth_matrix(records, ("a", "b")).tolist() == [[False, True], [False, False]]


def test_a_record_that_nobody_labelled_is_not_taken_for_one_without_labels():
    with pytest.raises(InvalidInput, match=r"row 1 .*has no labels"):
        truth_matrix([TextRecord("1", "x")], ("a",))


def test_an_unknown_label_is_named_with_its_row():
    with pytest.raises(UnknownLabel, match=r"row 1 .*'zzz'.*Known labels: a"):
        truth_matrix([TextRecord("7", "x", labels=frozenset({"zzz"}))], ("a",))


def test_rows_are_the_same_where_texts_and_labels_are_whatever_else_differs():
    rows = [TextRecord("1", "x", labels=frozenset({"b", "a"})), TextRecord("2", "y", labels=frozenset())]
    again = [TextRecord("7", "x", "web", labels=frozenset({"a", "b"})), TextRecord("8", "y")]
    assert rows_sha256(rows) == rows_sha256(again)
    assert rows_sha256(rows) != rows_sha256(rows[::-1])
    assert rows_sha256(rows) != rows_sha256([rows[0], TextRecord("2", "y", labels=frozenset({"a"}))])


@pytest.mark.parametrize(
    "wrong",
    [
        {"logits": np.zeros((2, 2), dtype=np.float32)},
        {"truncated": np.zeros(4, dtype=bool)},
        {"n_tokens": np.zeros(2)},
        {"embeddings": np.zeros((2, 4))},
        {"labels": ("a",)},
    ],
)
def test_a_matrix_of_other_rows_or_labels_is_refused_at_birth(wrong):
    with pytest.raises(ShapeError):
        matrix(**wrong)


def test_rows_picks_all_parts_of_the_same_texts():
    picked = matrix().rows(np.array([2, 0]))
    assert picked.ids == ("2", "0")
    assert picked.logits.tolist() == [[4, 5], [0, 1]]
    assert picked.embeddings[:, 0].tolist() == [8, 0]


@given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
def test_sigmoid_is_monotone_bounded_and_symmetric(a, b):
    low, high = sigmoid(np.array([min(a, b), max(a, b)]))
    assert 0.0 <= low <= high <= 1.0
    assert sigmoid(np.array([a]))[0] + sigmoid(np.array([-a]))[0] == pytest.approx(1.0)
