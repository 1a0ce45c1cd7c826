"""What the int8 gate takes for a loss: each graph is judged by cuts of its own, of rows left out of them."""

import numpy as np
import pytest

from goemox.counts import count
from goemox.decision.rule import DecisionRule, fit_decisions
from goemox.scores import ScoreMatrix
from goemox.training.gate import gate_int8

LABELS = tuple("abcdef")
N = 1_200


def scores(logits):
    n = len(logits)
    ids, logits = tuple(map(str, range(n))), logits.astype(np.float32)
    return ScoreMatrix(ids, LABELS, logits, None, np.zeros(n, bool), np.ones(n, int), "m")


@pytest.fixture(scope="module")
def graphs():
    """Truth of rare labels, what a graph says of it, and another that says the same in other numbers."""
    random = np.random.default_rng(0)
    z = random.normal(size=(N, 6)) * 2.0 - 3.0
    truth = random.random((N, 6)) < 1 / (1 + np.exp(-z))
    full = z + random.normal(size=z.shape) * 0.8
    return truth, scores(full), scores(full + np.linspace(-1.0, 1.0, 6))


def test_a_graph_that_says_the_same_in_other_numbers_loses_nothing(graphs):
    truth, full, small = graphs
    rule = fit_decisions(LABELS, small.logits, truth, fitted_on="dev")
    figures = gate_int8(rule, full, small, truth)
    theirs = [count(rule.decide(rule.probabilities(each)), truth).macro_f1 for each in (full, small)]
    assert theirs[1] > theirs[0] + 0.01  # by the rule of one graph, on its rows, the other seems to lose
    assert figures["int8_dev_macro_f1"] == pytest.approx(figures["fp32_dev_macro_f1"], abs=0.01)
    assert figures["int8_dev_macro_f1"] < theirs[1]
    assert figures["int8_dev_map"] == pytest.approx(figures["fp32_dev_map"], abs=1e-6)


def test_a_rule_that_nobody_fitted_decides_as_it_stands(graphs):
    truth, full, _ = graphs
    plain = DecisionRule.unfitted(LABELS)
    figures = gate_int8(plain, full, full, truth)
    expected = count(plain.decide(plain.probabilities(full)), truth).macro_f1
    assert figures["fp32_dev_macro_f1"] == figures["int8_dev_macro_f1"] == pytest.approx(expected, abs=1e-6)
