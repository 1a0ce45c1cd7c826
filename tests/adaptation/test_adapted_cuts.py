"""Which cuts `adapt` moves, and that those which somebody asked for are none of them."""

import dataclasses

import numpy as np
import pytest

import goemox
from goemox.adaptation import adapt, calibrate
from goemox.decision.cuts import NEVER, CutRule
from goemox.decision.rule import DecisionRule
from goemox.domain import hash_words


@pytest.mark.parametrize("cuts", ["cost:5", "precision:0.8"])
def test_cuts_that_somebody_asked_for_stay_as_they_are_under_the_new_calibration(
    classifier, planted, tmp_path, cuts
):
    rows, said = planted(400), []
    calibrate(classifier, rows[:150], name="a", cuts=CutRule.parse(cuts), output=tmp_path / "m")
    before = goemox.load(tmp_path / "m")
    known = hash_words(row.text for row in rows[:150])
    new = [row for row in rows[150:] if not hash_words([row.text]).found_in(known)[0]]
    adapt(before, new, name="b", output=tmp_path / "n", say=said.append)
    after = goemox.load(tmp_path / "n")
    assert len(new) > 150
    assert any(f"thresholds stay as they were ({cuts}" in line for line in said)
    for old, moved in [(before.rule, after.rule)] + [
        (before.groupings[name].rule, after.groupings[name].rule) for name in ("ekman", "sentiment")
    ]:
        assert not np.array_equal(old.maps, moved.maps)
        np.testing.assert_array_equal(old.thresholds, moved.thresholds)
        assert (moved.cuts, moved.unreached) == (cuts, old.unreached)


def test_a_model_that_brings_no_cuts_gets_those_of_best_f1_and_they_are_called_so(classifier, planted):
    bare = goemox.EmotionClassifier(classifier.folder, DecisionRule.unfitted(classifier.labels))
    rule = adapt(bare, planted(120), name="mine").rule
    assert rule.cuts == "f1"
    assert len(set(rule.thresholds)) > 5
    by_hand = goemox.EmotionClassifier(classifier.folder, bare.rule.with_thresholds({}, every=0.3))
    kept = adapt(by_hand, planted(120), name="mine").rule
    assert (kept.cuts, set(kept.thresholds)) == ("by hand", {0.3})


def test_labels_that_are_never_given_stay_so_while_the_cuts_of_others_move(classifier, planted):
    thresholds = classifier.rule.thresholds.copy()
    column = classifier.labels.index("gratitude")
    thresholds[column] = NEVER
    never = dataclasses.replace(classifier.rule, thresholds=thresholds, unreached=("gratitude",))
    rule = adapt(goemox.EmotionClassifier(classifier.folder, never), planted(120), name="mine").rule
    assert (rule.thresholds[column], rule.unreached) == (NEVER, ("gratitude",))
    assert rule.thresholds[classifier.labels.index("anger")] != thresholds[classifier.labels.index("anger")]
