import numpy as np
import pytest

from goemox.domain import DomainProfile, bucket_of, hash_words, words_of
from goemox.errors import InvalidModel, ShapeError


@pytest.fixture
def profile():
    generator = np.random.default_rng(0)
    mix = generator.normal(size=(8, 8))
    return DomainProfile.fit(
        generator.normal(size=(3000, 8)) @ mix,
        generator.normal(size=(2000, 8)) @ mix,
        generator.random((2000, 3)),
        np.full(2000, 12),
        ridge=0.0,
    ), mix


def test_distances_are_mahalanobis(profile):
    fitted, mix = profile
    x = np.random.default_rng(1).normal(size=(50, 8)) @ mix
    expected = np.sqrt(np.einsum("ni,ij,nj->n", x - fitted.mean, np.linalg.inv(mix.T @ mix), x - fitted.mean))
    assert fitted.placed(x).distances == pytest.approx(expected, rel=0.1)


def test_new_in_domain_texts_spread_evenly_over_the_percentiles(profile):
    fitted, mix = profile
    percentiles = fitted.placed(np.random.default_rng(2).normal(size=(4000, 8)) @ mix).percentiles
    assert np.quantile(percentiles, [0.1, 0.5, 0.9]) == pytest.approx([10, 50, 90], abs=3)
    assert (~fitted.in_domain(percentiles)).mean() == pytest.approx(0.05, abs=0.015)


def test_far_texts_are_outside(profile):
    fitted, mix = profile
    percentiles = fitted.placed(np.random.default_rng(3).normal(4, 1, size=(100, 8)) @ mix).percentiles
    assert (~fitted.in_domain(percentiles)).mean() > 0.95
    assert percentiles.max() <= 100.0


def test_a_profile_survives_its_file_and_a_damaged_one_is_refused(profile):
    fitted, mix = profile
    arrays = fitted.to_arrays()
    again = DomainProfile.from_arrays(arrays, "reference.safetensors")
    x = np.random.default_rng(4).normal(size=(20, 8)) @ mix
    assert again.placed(x).percentiles == pytest.approx(fitted.placed(x).percentiles, abs=0.1)
    for name in ("mean", "whitener", "distances", "probabilities", "n_words"):
        with pytest.raises(InvalidModel, match=r"reference\.safetensors"):
            DomainProfile.from_arrays({k: v for k, v in arrays.items() if k != name}, "reference.safetensors")
    with pytest.raises(InvalidModel, match="do not fit"):
        DomainProfile.from_arrays(arrays | {"n_words": arrays["n_words"][:5]}, "reference.safetensors")


def test_embeddings_of_another_model_are_refused(profile):
    with pytest.raises(ShapeError):
        profile[0].placed(np.zeros((3, 9))).percentiles


def test_training_texts_that_are_all_alike_give_finite_distances():
    same = np.full((20, 4), 0.1, dtype=np.float32)
    profile = DomainProfile.fit(same, same, np.full((20, 2), 0.5), np.ones(20, dtype=np.int32))
    assert np.isfinite(profile.distances).all()
    near, far = profile.placed(np.array([same[0], same[0] + 1])).distances
    assert near < far < np.inf


def test_the_sample_of_a_profile_survives_its_file_in_the_order_of_its_texts():
    generator = np.random.default_rng(5)
    held_out = generator.normal(size=(30, 8))
    truth, texts = generator.random((30, 2)) < 0.3, [f"text number {i % 7}" for i in range(30)]
    fitted = DomainProfile.fit(
        generator.normal(size=(500, 8)),
        held_out,
        np.full((30, 2), 0.5),
        np.full(30, 3, dtype=np.int32),
        truth=truth,
        words=hash_words(texts),
    )
    again = DomainProfile.from_arrays(fitted.to_arrays(), "reference.safetensors")
    assert again.distances == pytest.approx(fitted.placed(held_out).distances, abs=1e-5)
    assert (again.truth == truth).all()
    assert again.coordinates == pytest.approx(fitted.placed(held_out).coordinates)
    assert (again.words.matrix() != hash_words(texts).matrix()).nnz == 0
    for name in ("truth", "coordinates"):
        with pytest.raises(InvalidModel, match="do not fit"):
            DomainProfile.from_arrays(fitted.to_arrays() | {name: fitted.to_arrays()[name][:9]}, "r")
    with pytest.raises(InvalidModel, match="words do not fit"):
        DomainProfile.from_arrays(
            fitted.to_arrays() | {"word_starts": fitted.words.starts[:-1]}, "reference.safetensors"
        )


def test_words_are_counted_once_a_text_whatever_their_case():
    words = hash_words(["It's it’s IT'S fine, [NAME]!", "", "été 42"])
    assert words_of("It’s fine, [NAME]!") == ["it's", "fine", "[name]"]
    assert words.matrix().sum(axis=1).ravel().tolist() == [[3.0, 0.0, 2.0]]
    assert words.matrix()[0, bucket_of("it's")] == 1.0
    assert len(words.rows(np.array([2, 0]))) == 2
    assert words.rows(np.array([2, 0])).matrix()[0, bucket_of("42")] == 1.0


def test_a_moved_profile_accepts_95_percent_of_new_texts_of_the_other_domain():
    generator = np.random.default_rng(0)
    stretch = np.linspace(0.5, 2.0, 12)
    old = DomainProfile.fit(
        generator.normal(size=(4000, 12)),
        generator.normal(size=(500, 12)),
        np.full((500, 2), 0.5),
        np.ones(500),
    )
    for m in (150, 2_400):
        there, fresh = (3 + generator.normal(size=(rows, 12)) * stretch for rows in (m, 4_000))
        moved = old.moved_to(there, np.full((m, 2), 0.5), np.ones(m))
        assert old.in_domain(old.placed(fresh).percentiles).mean() < 0.05
        assert moved.in_domain(moved.placed(fresh).percentiles).mean() == pytest.approx(0.95, abs=0.04)
        assert moved.coordinates.shape == (m, 12)
    few = old.moved_to(there[:100], np.full((100, 2), 0.5), np.ones(100))
    assert np.array_equal(few.whitener, old.whitener)


def test_distances_of_a_moved_profile_are_those_from_the_other_texts():
    generator = np.random.default_rng(7)
    old = DomainProfile.fit(
        generator.normal(size=(500, 4)), generator.normal(size=(50, 4)), np.full((50, 1), 0.5), np.ones(50)
    )
    rows = generator.normal(3.0, 2.0, size=(2_000, 4))
    moved = old.moved_to(rows, np.full((2_000, 1), 0.5), np.ones(2_000, dtype=np.int32))
    for i in (0, 999, 1_999):
        others = np.delete(rows, i, axis=0)
        away = rows[i] - others.mean(axis=0)
        expected = np.sqrt(away @ np.linalg.inv(np.cov(others, rowvar=False)) @ away)
        assert moved.distances[i] == pytest.approx(expected, rel=5e-3)  # the ridge
    new = generator.normal(3.0, 2.0, size=(4_000, 4))
    assert (moved.placed(new).percentiles > 95).mean() == pytest.approx(0.05, abs=0.012)


def test_the_percentile_of_a_text_does_not_depend_on_those_beside_it(profile):
    fitted, mix = profile
    x = (np.random.default_rng(6).normal(size=(200, 8)) @ mix).astype(np.float32)
    alone = np.concatenate([fitted.placed(row[None]).percentiles for row in x])
    assert np.abs(fitted.placed(x).percentiles - alone).max() < 1e-9
