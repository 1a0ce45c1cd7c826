import copy
import pickle
import warnings

import numpy as np
import pytest

import goemox
from goemox.data.samples import load_samples
from goemox.errors import InvalidInput, UsageError
from goemox.records import TextRecord


def test_one_text_gives_one_prediction_and_a_list_a_list(classifier):
    one = classifier("Thank you so much, this made my day!")
    many = classifier(["Thank you so much, this made my day!"])
    assert one.labels == many[0].labels
    assert "gratitude" in one.labels
    assert classifier([]) == []


def test_predict_and_predict_proba_say_what_the_predictions_say(classifier):
    texts = ["I love this", "What is going on here?"]
    p, decided = classifier.predict_proba(texts), classifier.predict(texts)
    assert p.shape == decided.shape == (2, len(classifier.classes_)) == (2, 28)
    assert decided.dtype == np.bool_
    assert ((p > 0) & (p < 1)).all()
    for row, prediction in enumerate(classifier(texts)):
        assert set(classifier.classes_[decided[row]]) == set(prediction.labels)
        assert list(prediction.scores.values()) == pytest.approx(p[row].tolist(), abs=1e-6)


def test_labels_come_highest_first(classifier):
    prediction = classifier("I am so sorry, thank you for your patience and kindness!")
    assert [prediction.scores[label] for label in prediction.labels] == sorted(
        (prediction.scores[label] for label in prediction.labels), reverse=True
    )


def test_the_promise_is_withdrawn_for_texts_outside_the_domain(classifier):
    near = classifier("I really enjoyed that, thanks for sharing!")
    far = classifier(
        "SELECT a.b, c.d FROM x.y INNER JOIN z ON (q.w = e.r) 0x7f3a 0x8812 ENOENT EPERM ::1 /usr/lib64"
    )
    assert near.in_domain
    assert near.prediction_set
    assert set(near.labels[:1]) <= set(near.prediction_set)
    assert not far.in_domain
    assert far.prediction_set is None
    assert near.why_no_set is None
    assert "texts exchangeable with GoEmotions dev" in far.why_no_set
    assert far.domain_percentile > 95 >= near.domain_percentile


def test_the_model_understands_the_samples_that_were_written_for_it(classifier):
    samples = load_samples("reddit")
    predictions = classifier([sample.text for sample in samples])
    hits = [max(p.scores, key=p.scores.get) in s.labels for p, s in zip(predictions, samples, strict=True)]
    assert np.mean(hits) > 0.6


def test_every_public_name_is_there_and_callable_after_all_rooms_are_imported():
    import goemox.domain_shift
    import goemox.studies

    for name in goemox.__all__:
        assert getattr(goemox, name) is not None
    assert callable(goemox.study)
    assert callable(goemox.load)
    assert "study" in dir(goemox)
    with pytest.raises(AttributeError, match="nothing"):
        goemox.nothing


def test_macro_f1_of_the_bundled_model_on_the_test_split(classifier, goemox_data):
    from goemox.counts import count
    from goemox.data.goemotions import read_split
    from goemox.records import truth_matrix

    records = read_split(goemox_data / "goemotions", "test")
    scores = classifier.scores(records)
    counts = count(
        classifier.rule.decide(classifier.rule.probabilities(scores)),
        truth_matrix(records, classifier.labels),
    )
    assert counts.macro_f1 >= 0.52
    percentiles = classifier.percentiles(scores)
    assert 0.03 <= (percentiles > 95).mean() <= 0.07


def test_a_bare_string_or_a_missing_value_is_refused_with_its_place(classifier):
    with pytest.raises(UsageError, match="list of texts"):
        classifier.predict_proba("thanks")
    with pytest.raises(InvalidInput, match="text 2 is NoneType"):
        classifier(["fine", None])
    with pytest.raises(InvalidInput, match="text 1 is float"):
        classifier([float("nan")])
    for ask in (
        classifier,
        classifier.predict,
        classifier.grouped("ekman"),
        classifier.grouped("ekman").predict,
    ):
        with pytest.raises(InvalidInput, match="text 2 is empty; leave rows without a text out"):
            ask(["fine", " "])


def test_bytes_are_refused_with_the_way_to_a_text(classifier):
    for ask in (classifier, classifier.predict, classifier.grouped("ekman")):
        with pytest.raises(
            InvalidInput, match=r"bytes are no text; decode them first: given\.decode\('utf-8'\)"
        ):
            ask(b"I love it")
    with pytest.raises(InvalidInput, match=r"text 2 is bytes, not text; decode it: \.decode\('utf-8'\)"):
        classifier(["fine", b"I love it"])


def test_a_table_is_refused_for_its_column_names_would_be_read(classifier):
    import polars as pl

    table = {"text": ["fine", "good"]}
    for ask in (classifier, classifier.scores, classifier.predict, classifier.grouped("ekman")):
        for given in (table, pl.DataFrame(table)):
            with pytest.raises(InvalidInput, match="is no list of texts; give one column of it"):
                ask(given)
        for given, said in (
            (np.array([["fine"]]), r"give one: array\[:, 0\]"),
            (None, "NoneType is no list"),
            (np.array("fine"), "ndarray is no list"),
        ):
            with pytest.raises(InvalidInput, match=said):
                ask(given)
    with warnings.catch_warnings(action="error"), pytest.raises(InvalidInput, match="LazyFrame is no list"):
        classifier(pl.LazyFrame(table))
    assert len(classifier(pl.DataFrame(table)["text"])) == 2


def test_what_gives_its_texts_only_once_is_read_whole(classifier):
    texts = ["I love it!", "Thanks a lot"]
    for ask in (classifier.predict_proba, classifier.grouped("ekman").predict_proba):
        assert ask(text for text in texts).tolist() == ask(texts).tolist()
    assert classifier.scores(iter(texts)).ids == ("1", "2")
    for ask in (classifier.predictions, classifier.grouped("ekman").predictions):
        told = ask(TextRecord(name, text) for name, text in zip("ab", texts, strict=True))
        assert [(one.id, one.labels) for one in told] == [
            (name, one.labels) for name, one in zip("ab", ask(texts), strict=True)
        ]


def test_a_classifier_that_has_read_a_text_can_be_pickled_and_copied():
    classifier = goemox.load("default")
    before = classifier("I love it!")
    for again in (pickle.loads(pickle.dumps(classifier)), copy.deepcopy(classifier), copy.copy(classifier)):
        assert again("I love it!") == before
    (grouped,) = copy.deepcopy([classifier.grouped("ekman")])
    assert grouped("I love it!").labels == ("joy",)
    assert len(pickle.dumps(classifier)) < 100_000


@pytest.mark.parametrize("threads", [-1, "2", 1.5, True])
def test_a_number_of_threads_that_is_none_is_refused_when_the_model_is_opened(threads):
    with pytest.raises(UsageError, match="threads: give a whole number, or None for all cores"):
        goemox.load(threads=threads)
    assert goemox.load(threads=np.int64(2)).labels


def test_a_model_in_groups_is_called_as_the_model_is(classifier):
    grouped = classifier.grouped("sentiment")
    assert grouped("I love it!").labels == ("positive",)
    assert [one.labels for one in grouped(["I love it!", "I hate it!"])] == [("positive",), ("negative",)]
    assert grouped.classes_.tolist() == list(grouped.labels)
