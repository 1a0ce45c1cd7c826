"""The flat picture of two sides shows what there is to tell, and one cloud as one cloud."""

import numpy as np
import pytest

from goemox.domain_shift.lengths import auroc
from goemox.domain_shift.neighbours import reference_share
from goemox.domain_shift.projection import telling_projection
from goemox.errors import ShapeError


def cloud(n, seed, move=0.0, d=64, axis=3):
    rows = np.random.default_rng(seed).normal(size=(n, d))
    rows[:, axis] += move
    return rows


def told(before, after):
    return auroc(before[:, 0], after[:, 0]).value


def test_two_clouds_apart_stand_side_by_side_the_target_to_the_right():
    before, after = telling_projection(cloud(300, 0), cloud(300, 1, move=4.0))
    assert told(before, after) > 0.99
    assert after[:, 0].mean() > 0 > before[:, 0].mean()
    assert reference_share(before, after) < 0.1


@pytest.mark.parametrize(("m", "n"), [(300, 300), (1000, 60), (60, 60), (40, 12)])
def test_one_cloud_is_not_parted_however_many_directions_there_are(m, n):
    areas = [told(*telling_projection(cloud(m, seed), cloud(n, 900 + seed), seed=seed)) for seed in range(40)]
    assert 0.42 < np.mean(areas) < 0.56


def test_fitted_and_placed_on_the_same_rows_the_one_cloud_would_be_parted():
    """Why halves are crossed: the discriminant of 64 directions parts noise."""
    before, after = cloud(60, 0), cloud(60, 1)
    within = (np.cov(before, rowvar=False) + np.cov(after, rowvar=False)) / 2
    direction = np.linalg.solve(within + np.eye(64), after.mean(axis=0) - before.mean(axis=0))
    assert auroc(before @ direction, after @ direction).value > 0.8


def test_upward_stands_what_spreads_most_besides():
    before, after = cloud(300, 0, d=5), cloud(300, 1, move=4.0, d=5)
    before[:, 1] *= 6
    after[:, 1] *= 6
    places = np.concatenate(telling_projection(before, after))
    everything = np.concatenate([before, after])
    assert abs(np.corrcoef(places[:, 1], everything[:, 1])[0, 1]) > 0.99


def test_a_large_side_does_not_outweigh_a_small_one():
    few, many = cloud(40, 0, d=5), cloud(2000, 1, move=4.0, d=5)
    assert told(*telling_projection(few, many)) > 0.98
    assert told(*telling_projection(many, few)) > 0.98


def test_the_same_rows_and_seed_give_the_same_bytes():
    one, other = (telling_projection(cloud(90, 0), cloud(50, 1), seed=3) for _ in range(2))
    assert one[0].tobytes() == other[0].tobytes()
    assert one[1].tobytes() == other[1].tobytes()


@pytest.mark.parametrize("rows", [np.zeros((30, 4)), np.ones((30, 4))])
def test_repeats_alone_stay_finite(rows):
    for places in telling_projection(rows, rows[:10]):
        assert np.isfinite(places).all()
    for places in telling_projection(cloud(30, 0, d=4), rows):
        assert np.isfinite(places).all()


def test_sides_that_do_not_fit_are_refused():
    with pytest.raises(ShapeError, match="target vectors"):
        telling_projection(cloud(30, 0, d=4), cloud(30, 0, d=5))
    with pytest.raises(ShapeError, match="each side"):
        telling_projection(cloud(30, 0, d=4), cloud(3, 0, d=4))
