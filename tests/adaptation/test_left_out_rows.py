"""Figures of adapt and calibrate are of fits that did not see the row; informative rows move none of them."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from goemox.adaptation import adapt
from goemox.adaptation.estimates import _cross_validated
from goemox.adaptation.measuring import cross_fitted, misses
from goemox.adaptation.problem import group_problem, own_problem
from goemox.adaptation.rows import LabelledRows
from goemox.decision.few_rows import refit_cuts
from goemox.records import TextRecord
from goemox.scores import logit


def test_no_row_is_judged_by_a_fit_that_saw_it():
    n, saw = 37, []

    def answering(used):
        def answer(here):
            saw.append(bool((used & here).any()))
            return np.zeros((here.sum(), 1)), np.zeros((here.sum(), 1), bool), None

        return answer

    few = SimpleNamespace(logits=np.zeros((n, 1)))
    _cross_validated(SimpleNamespace(few=few, random=np.ones(n, bool), answering=answering), 0)
    assert saw == [False] * 5


def test_a_fit_that_remembers_its_rows_knows_nothing_of_the_rows_left_out():
    truth = np.random.default_rng(0).random((200, 1)) < 0.5

    def fit(used):
        return lambda here: ((p := np.where(used[here, None], truth[here], 0.5)), p > 0.5)

    assert set(cross_fitted(fit, 200, 1)[0].ravel()) == {0.5}


def marked(rows, how):
    return [replace(row, meta={"sampling": how}) for row in rows]


def test_only_random_rows_move_the_cuts_of_adapt(classifier):
    labels, n = classifier.labels, 200
    generator = np.random.default_rng(0)
    p = generator.beta(0.4, 4.0, (n, len(labels)))
    truth = generator.random(p.shape) < p
    random = np.arange(n) % 4 != 0
    truth[~random, 0] = True  # informative rows, all of them with one label
    kinds = np.where(random, "random", "informative").tolist()
    records = [
        TextRecord(
            str(i), f"text {i}", labels=frozenset(np.array(labels)[row].tolist()), meta={"sampling": how}
        )
        for i, (row, how) in enumerate(zip(truth, kinds, strict=True))
    ]
    rows = LabelledRows.of(records, labels, lambda message: None)
    pool = np.zeros((0, len(labels)))
    problem = own_problem(classifier.rule, rows, logit(p, 1e-6), pool, alpha=0.2, population="these")
    assert np.array_equal(problem.random, random)
    fitted = problem.fit(np.ones(n, dtype=bool))
    seen = fitted.found.probabilities(problem.few.logits, None)[random]
    cuts = refit_cuts(problem.few.rows(random), seen, problem.old.thresholds)
    never = np.isin(problem.old.labels, problem.old.unreached)
    np.testing.assert_allclose(fitted.rule.thresholds[~never], cuts[~never])


def test_an_informative_row_among_the_unlabelled_texts_stays_there(classifier, planted):
    rows = planted(80)
    random, picked = marked(rows[:40], "random"), marked(rows[40:50], "informative")
    others = [replace(row, labels=None, meta={}) for row in (*rows[50:], rows[40], rows[0])]
    report = adapt(classifier, [*random, *picked], name="mine", texts=others)
    assert report.n_texts == 30 + 1  # with the picked one, without the random one


def test_sets_are_as_large_as_those_of_the_rows_whose_misses_are_told():
    truth = np.array([[1, 0], [0, 0]], dtype=bool)
    rows = LabelledRows((TextRecord("1", "a"), TextRecord("2", "b")), ("x", "y"), truth, truth, "")
    found = misses(np.array([[1, 0], [1, 1]], dtype=bool), rows)
    assert (found["n"], found["set_size"], found["fnr"]["value"]) == (1, 1.0, 0.0)


def record(text, labels, judged=None, sampling=None):
    looked = None if judged is None else frozenset(judged)
    meta = {} if sampling is None else {"sampling": sampling}
    return TextRecord(text, text, labels=frozenset(labels), judged=looked, meta=meta)


def test_of_a_repeated_text_the_row_drawn_at_random_is_kept():
    rows = LabelledRows.of(
        [record("same", ["x"], sampling="informative"), record("Same", ["x"], sampling="random")],
        ("x",),
        print,
    )
    assert rows.random.tolist() == [True]


def test_a_text_judged_for_one_label_and_then_for_another_is_one_row_without_a_contradiction():
    said = []
    twice = [record("same", ["x"], judged=["x"]), record("same", [], judged=["y"])]
    rows = LabelledRows.of(twice, ("x", "y"), said.append)
    assert (rows.truth.tolist(), rows.judged.tolist()) == ([[True, False]], [[True, True]])
    assert said == [
        "1 of 2 labelled rows repeats an earlier text; the first of each was kept; 1 of them judged for "
        "other labels joined it"
    ]
    picked = [record("same", ["x"], ["x"], "informative"), record("same", [], ["y"], "random")]
    assert LabelledRows.of(picked, ("x", "y"), said.append).random.tolist() == [True]


def test_labels_that_nobody_is_said_to_have_looked_for_count_nowhere_which_is_told():
    said = []
    rows = LabelledRows.of([record("a", ["x", "y"], judged=["y"])], ("x", "y"), said.append)
    assert rows.truth.tolist() == [[False, True]]
    assert said == ["1 row carries labels that `judged` does not name; it counts as not looked for"]


def test_a_handful_of_random_rows_among_informative_ones_does_not_set_the_scale_of_all():
    dice = np.random.default_rng(0)
    p = dice.beta(1, 3, (100, 4))
    truth = dice.random((100, 2)) < 0.3

    def scale(n_random):
        how = ["random"] * n_random + ["informative"] * (100 - n_random)
        records = tuple(record(str(i), [], sampling=each) for i, each in enumerate(how))
        rows = LabelledRows(records, ("g", "h"), truth, np.ones_like(truth), "")
        columns = np.array([[1, 1, 0, 0], [0, 0, 1, 1]], dtype=bool)
        pool = np.zeros((0, 4))
        return group_problem(columns, rows, p, p > 0.5, pool, alpha=0.2, population="").standard[1]

    assert scale(1).tolist() == scale(5).tolist() == scale(0).tolist()
    assert scale(40).tolist() != scale(0).tolist()
