import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

import goemox
from goemox.data.samples import load_samples
from goemox.errors import InvalidModel, UsageError
from goemox.model_folder import FACTS, FAST, default_folder, write_sums

TEXTS = [sample.text for sample in load_samples()]


@pytest.fixture(scope="module")
def fast():
    return goemox.load(tier="fast")


@pytest.fixture(scope="module")
def cascade():
    return goemox.load(tier="cascade")


@pytest.fixture
def folder(tmp_path):
    """A copy of the bundled model that may be damaged."""
    return shutil.copytree(default_folder(), tmp_path / "model")


def test_the_fast_tier_reads_emotions(fast):
    assert fast("Thank you so much, this made my day!").labels[0] == "gratitude"
    assert "anger" in fast("I am so angry about this, I hate it").labels
    assert fast("The meeting is at noon.").labels == ("neutral",)


def test_every_habit_of_a_classifier_works_for_every_tier(fast, cascade):
    texts = TEXTS[:30]
    for classifier in (fast, cascade):
        p, decided = classifier.predict_proba(texts), classifier.predict(texts)
        assert p.shape == decided.shape == (len(texts), 28)
        assert ((p > 0) & (p < 1)).all()
        prediction = classifier.predictions([goemox.TextRecord("a", TEXTS[0])])[0]
        assert prediction.prediction_set
        assert 0 <= prediction.domain_percentile <= 100
        assert classifier.rule.calibrated
        assert classifier.dev["n"] == 5_426
        assert classifier.grouped("sentiment").predict_proba(texts).shape == (len(texts), 4)


def test_a_cascade_says_what_the_best_tier_says_of_the_texts_it_sends_on(classifier, fast, cascade):
    scores = cascade.scores(TEXTS)
    sent = scores.sent_on
    assert 0 < sent.sum() < len(TEXTS)
    ours, best = cascade.rule.probabilities(scores), classifier.predict_proba(TEXTS)
    assert np.abs(ours - best)[sent].max() < 1e-5
    assert np.array_equal(cascade.rule.decide(ours)[sent], classifier.rule.decide(best)[sent])
    assert np.abs(ours - fast.predict_proba(TEXTS))[~sent].max() < 1e-5


def test_a_cascade_tells_who_answered_and_one_tier_alone_does_not(classifier, fast, cascade):
    sent = cascade.scores(TEXTS).sent_on.tolist()
    assert [p.tier for p in cascade(TEXTS)] == ["best" if on else "fast" for on in sent]
    assert cascade(TEXTS)[0].to_dict()["tier"] in ("best", "fast")
    for single in (classifier, fast):
        assert single(TEXTS[0]).tier is None
        assert "tier" not in single(TEXTS[0]).to_dict()


@pytest.mark.parametrize("tier", ["fast", "cascade"])
def test_order_and_neighbours_never_change_a_decision(request, tier):
    clf = request.getfixturevalue(tier)
    together, turned = clf.scores(TEXTS), clf.scores(TEXTS[::-1])
    alone = clf.scores(TEXTS[:1])
    assert np.abs(together.logits - turned.logits[::-1]).max() < 1e-3
    decided, backwards = (clf.rule.decide(clf.rule.probabilities(scores)) for scores in (together, turned))
    assert np.array_equal(decided, backwards[::-1])
    assert np.array_equal(clf.predict(TEXTS[:30]), decided[:30])
    assert np.abs(together.logits[0] - alone.logits[0]).max() < 1e-3


def test_progress_counts_every_text_once(cascade):
    told = []
    cascade.scores([*TEXTS[:60], *TEXTS[:60]], progress=told.append)
    assert sum(told) == 120


def test_long_texts_are_read_in_windows_by_both_tiers(cascade):
    scores = cascade.scores(["I was so happy about it. " * 120, "ok"], long_text="chunk")
    assert scores.n_windows[0] > 1 == scores.n_windows[1]
    assert not scores.truncated.any()


def test_an_unknown_tier_is_told_with_those_that_there_are():
    with pytest.raises(UsageError, match="best, fast, cascade"):
        goemox.load(tier="fastest")


@pytest.mark.parametrize("tier", ["fast", "cascade"])
def test_a_folder_without_tiers_says_how_to_make_them(folder, tier):
    (folder / FAST).unlink()
    write_sums(folder)
    with pytest.raises(InvalidModel, match="goemox export --format fast"):
        goemox.load(folder, tier=tier)
    assert goemox.load(folder).rule.calibrated


def test_a_damaged_file_is_found_before_it_is_read(folder):
    content = bytearray((folder / FAST).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / FAST).write_bytes(content)
    with pytest.raises(InvalidModel, match="differs from SHA256SUMS"):
        goemox.load(folder, tier="fast")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (b'"vectors"', b'"vektors"', "no array 'vectors'"),
        (b'"domain.mean"', b'"domain.moan"', "no array 'mean'"),
    ],
)
def test_a_file_with_other_arrays_is_refused_by_name(folder, before, after, told):
    content = (folder / FAST).read_bytes()
    assert before in content
    (folder / FAST).write_bytes(content.replace(before, after, 1))
    write_sums(folder)
    with pytest.raises(InvalidModel, match=told):
        goemox.load(folder, tier="fast")("hello")


@pytest.mark.parametrize(
    ("tier", "before", "after", "told"),
    [
        ("cascade", b'"cut"', b'"cup"', "no gate can be read"),
        ("cascade", b'"bias": ', b'"bias": 1e999, "x": ', "JSON|fits no model|gate"),
        ("fast", b'"tiers": {', b'"tiers": [], "t": {', "has no fast tier|no table"),
        ("fast", b'"fast": {', b'"fast": 3, "f": {', "is no table"),
    ],
)
def test_facts_that_cannot_be_are_refused(folder, tier, before, after, told):
    content = (folder / FACTS).read_bytes()
    head, tail = content[: content.index(b'"tiers"')], content[content.index(b'"tiers"') :]
    assert before in tail
    (folder / FACTS).write_bytes(head + tail.replace(before, after, 1))
    write_sums(folder)
    with pytest.raises(InvalidModel, match=told):
        goemox.load(folder, tier=tier)("hello")


@pytest.mark.parametrize("tier", ["fast", "cascade"])
def test_tiers_need_no_torch(tier):
    code = (
        "import sys; sys.modules['torch'] = sys.modules['transformers'] = None\n"
        f"import goemox; print(goemox.load(tier={tier!r})('Thank you!').labels[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.stdout.strip() == "gratitude", done.stderr


def test_quality_of_the_tiers_on_the_dev_split(classifier, fast, cascade, goemox_data):
    from goemox.counts import count
    from goemox.data.goemotions import read_split
    from goemox.records import truth_matrix

    records = read_split(goemox_data / "goemotions", "dev")
    truth = truth_matrix(records, classifier.labels)
    found = {}
    for tier, clf in (("fast", fast), ("cascade", cascade)):
        found[tier] = count(clf.rule.decide(clf.rule.probabilities(clf.scores(records))), truth).macro_f1
    assert found["fast"] >= 0.48
    assert classifier.dev["n"] == len(records)
    assert found["cascade"] >= classifier.dev["macro_f1"] - 0.01


def test_the_file_is_small_enough_to_be_bundled():
    assert (default_folder() / FAST).stat().st_size <= 5_500_000
