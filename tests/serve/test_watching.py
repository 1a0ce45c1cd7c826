"""What an operator sees: counts that add up, and drift that is said only where it is."""

import re

import numpy as np
import pytest
import scipy.stats

import goemox
from goemox.evaluation.significance import LEVEL, holm
from goemox.serve.drift import BLOCK, BLOCKS, Drift, _binned, _p_values, chi_square_tail


@pytest.fixture(scope="module")
def classifier():
    return goemox.load("default")


@pytest.fixture
def drift(classifier):
    decided = classifier.rule.decide(classifier.profile.probabilities.astype(np.float64))
    return Drift(classifier.labels, classifier.profile, decided)


@pytest.fixture(scope="module")
def like_home(classifier):
    """Predictions as of held-out texts of the model's own domain, drawn from the profile itself."""
    p = classifier.profile.probabilities.astype(np.float64)
    rows = np.random.default_rng(0).permutation(len(p))[:600]
    decided = classifier.rule.decide(p[rows])
    return [
        goemox.Prediction(
            id=str(i),
            labels=tuple(classifier.labels[j] for j in np.argsort(-row, kind="stable") if chosen[j]),
            scores=dict(zip(classifier.labels, row.tolist(), strict=True)),
            domain_percentile=50.0,
            in_domain=True,
        )
        for i, (row, chosen) in enumerate(zip(p[rows], decided, strict=True))
    ]


def test_texts_like_those_of_home_do_not_drift(drift, like_home):
    drift.read(like_home)
    found = drift.report()
    assert (found["n"], found["enough"], found["moved"], found["share_outside"]) == (600, True, [], 0.0)


@pytest.mark.parametrize("n", [200, 1000])
def test_texts_of_home_are_seldom_said_to_drift_though_some_labels_are_rare(classifier, n):
    profile = classifier.profile.probabilities.astype(np.float64)
    dice, said = np.random.default_rng(0), []
    for _ in range(200):
        rows = dice.permutation(len(profile))
        here, home = _binned(profile[rows[:n]]), _binned(profile[rows[n:]])
        said.append((holm(_p_values(here, home)) < LEVEL).any())
    assert np.mean(said) <= 0.1  # .41 of 200 texts where bins with a fifth of a text count for themselves


def test_texts_that_are_all_thanks_drift_and_the_label_is_named(drift, classifier):
    drift.read(classifier([f"thank you very much number {i}" for i in range(220)]))
    found = drift.report()
    rows = {row["label"]: row for row in found["labels"]}
    assert "gratitude" in found["moved"]
    assert rows["gratitude"]["low"] > 0.9 > rows["gratitude"]["share_reference"]


def test_few_texts_are_counted_and_not_compared(drift, like_home):
    drift.read(like_home[:199])
    found = drift.report()
    assert (found["enough"], found["moved"]) == (False, [])
    assert {row["p_adjusted"] for row in found["labels"]} == {None}


def test_only_the_last_texts_are_kept(drift, like_home):
    for _ in range(5):
        drift.read(like_home)
    assert BLOCK * (BLOCKS - 1) <= drift.report()["n"] <= BLOCK * BLOCKS


def test_nothing_read_is_an_answer_too(server, classifier):
    assert Drift(classifier.labels, None, None).report()["share_outside"] is None


def value(text, name):
    return sum(float(x) for x in re.findall(rf"^goemox_{name}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE))


def test_counts_grow_by_what_was_asked_and_hold_no_text(server):
    before = server.ask("GET", "/metrics").body.decode()
    server.ask("POST", "/v1/predict", {"texts": ["thank you secretly", "thank you"]})
    server.ask("GET", "/secretly")
    after = server.ask("GET", "/metrics").body.decode()
    assert value(after, "texts_total") - value(before, "texts_total") == 2
    assert value(after, "labels_total") - value(before, "labels_total") >= 2
    assert 'path="other",status="404"' in after
    assert "secretly" not in after


def test_the_drift_of_a_server_counts_its_own_texts(server):
    before = server.ask("GET", "/v1/drift").json["n"]
    server.ask("POST", "/v1/predict", {"texts": ["one", "two", "three"]})
    assert server.ask("GET", "/v1/drift").json["n"] == before + 3


def test_the_chance_of_a_chi_square_is_that_of_scipy():
    for freedom in range(1, 12):
        for statistic in (1e-9, 0.5, 3.0, 20.0, 400.0):
            expected = scipy.stats.chi2.sf(statistic, freedom)
            assert chi_square_tail(statistic, freedom) == pytest.approx(expected, rel=1e-9)
    assert chi_square_tail(5.0, 0) == 1.0


def test_a_batch_is_counted_as_its_texts_are_one_by_one(classifier, like_home):
    together, apart = Drift(classifier.labels, None, None), Drift(classifier.labels, None, None)
    together.read(like_home)
    for found in like_home:
        apart.read([found])
    assert together.report() == apart.report()
    assert together.total.bins.tolist() == apart.total.bins.tolist()
    assert together.total.n == 600
    assert together.last().n == 600


def test_metrics_tell_what_the_texts_were_given_and_what_answers(server):
    server.ask("POST", "/v1/predict", {"texts": ["thank you", "why does it crash"]})
    text = server.ask("GET", "/metrics").body.decode()
    for name in ("label_scores", "drift_texts", "queue_seconds_count", "batch_seconds_count", "texts_placed"):
        assert value(text, f"{name}_total" if name in ("label_scores", "texts_placed") else name) > 0, name
    assert value(text, "requests_in_flight") == 1
    assert re.search(r'goemox_model_info\{sha256="[0-9a-f]{64}"\} 1\.0', text)
    assert int(float(re.search(r"^process_resident_memory_bytes (\S+)$", text, re.MULTILINE)[1])) > 50e6
    assert "worker=" not in text
