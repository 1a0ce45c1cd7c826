"""`goemox predict` for a file, in this process: what it holds while it reads."""

import gc
from types import SimpleNamespace

import pytest

from goemox.cli.predict_file import predict_file
from goemox.data.bad_rows import BadRow
from goemox.errors import InvalidInput
from goemox.runtime import session
from goemox.scale import batches

READING = dict.fromkeys(("text_column", "id_column", "input_format", "encoding"))


@pytest.fixture
def scorer(classifier):
    """What `predict_file` asks of a `BatchScorer`."""
    return SimpleNamespace(
        classifier=classifier, labels=classifier.labels, grouping=None, tier=None, top_k=None,
        long_text="truncate",
    )  # fmt: skip


def n_held():
    """Bad rows in memory, of this test or of others. (Asked for its class, some objects warn.)"""
    return sum(type(each) is BadRow for each in gc.get_objects())


def test_rows_that_cannot_be_read_are_counted_all_and_kept_only_where_a_list_is_asked_for(scorer, tmp_path):
    source, errors = tmp_path / "a.jsonl", tmp_path / "bad.jsonl"
    source.write_text('{"text": "Thanks!"}\n' + '{"text": " "}\n' * 1_000)
    read = {"form": "jsonl", "reading": READING}
    told = r"^1,000 of 1,001 rows could not be read \(\S+:2: the text is empty\); "
    gc.collect()
    before = n_held()
    with pytest.raises(InvalidInput, match=told + "list them all with --errors") as ended:
        predict_file([], str(source), tmp_path / "out.jsonl", scorer, errors=None, **read)
    assert ended.tb  # which holds what the call held
    assert 0 < n_held() - before <= 100
    with pytest.raises(InvalidInput, match=told + "all are listed"):
        predict_file([], str(source), tmp_path / "out.jsonl", scorer, errors=errors, **read)
    assert len(errors.read_text().splitlines()) == 1_000


class Second:
    """An engine by another name."""

    def __init__(self, engine):
        self._engine, self.name = engine, "openvino"

    def __getattr__(self, name):
        return getattr(self._engine, name)


@pytest.mark.parametrize("tier", [None, "cascade"])
@pytest.mark.parametrize(("n_first", "engine"), [(2, "onnxruntime"), (4, "openvino")])
def test_the_first_rows_decide_which_engine_reads_all(tmp_path, monkeypatch, tier, n_first, engine):
    monkeypatch.setattr("goemox.cli.predict_file.CHUNK", 4)
    monkeypatch.setattr("goemox.runtime.choice.choose", lambda present, *_: (Second(present), None))
    monkeypatch.setattr(batches, "is_installed", lambda name: True)
    for room in (batches, session):
        monkeypatch.setattr(room, "LARGE", 3)
    taken, run_all = set(), session.Scorer._run_all

    def noted(self, engine, encoded):
        taken.add(engine.name)
        return run_all(self, engine, encoded)

    monkeypatch.setattr(session.Scorer, "_run_all", noted)
    texts = [f"I am {word} about it, and not sure" for word in ("sad", "glad", "mad", "so so")]
    source, scorer = tmp_path / "in.txt", batches.BatchScorer(threads=1, tier=tier, runtime="auto")
    source.write_text("\n".join(texts[:n_first] * (4 // n_first) + texts + texts[:1] * 4))
    predict_file([], str(source), tmp_path / "out.csv", scorer, form=None, errors=None, reading=READING)
    assert taken == {engine}
