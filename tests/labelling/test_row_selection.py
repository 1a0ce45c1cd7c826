"""Which rows are drawn to be labelled."""

from collections import Counter

import numpy as np
import pytest

from goemox.data.samples import load_samples
from goemox.errors import InvalidInput, UsageError
from goemox.labelling import select_rows
from goemox.labelling.informative import binary_entropy, spread_out
from goemox.records import TextRecord


def records(*texts, **meta):
    return [TextRecord(str(i), text, meta=meta) for i, text in enumerate(texts)]


def texts_of(found):
    return [record.text for record in found.rows]


THOUSAND = records(*(f"text number {i}" for i in range(1_000)))


def test_every_text_is_drawn_with_the_same_chance():
    drawn = Counter(
        text for seed in range(400) for text in texts_of(select_rows(THOUSAND[:20], 5, seed=seed))
    )
    assert len(drawn) == 20
    # 100 draws each are expected, with a standard deviation of 8.7
    assert all(65 < n < 135 for n in drawn.values())


def test_the_places_in_which_texts_stand_are_random_too():
    first = Counter(texts_of(select_rows(THOUSAND[:5], 5, seed=seed))[0] for seed in range(500))
    assert all(60 < n < 140 for n in first.values())


def test_a_text_that_is_repeated_counts_once_and_its_first_row_is_the_one_that_is_drawn():
    found = select_rows(records("Oh no", "oh  NO", "fine", "Oh no"), 10)
    assert {(record.id, record.text) for record in found.rows} == {("0", "Oh no"), ("2", "fine")}
    assert (found.n_read, found.n_texts, found.n_repeats) == (4, 2, 2)
    often = records("rare", *["often"] * 99)
    assert sum(texts_of(select_rows(often, 1, seed=seed)) == ["rare"] for seed in range(200)) > 70


def test_the_seed_decides_and_the_order_of_the_rows_does_not():
    found = texts_of(select_rows(THOUSAND, 10))
    assert texts_of(select_rows(reversed(THOUSAND), 10)) == found
    assert texts_of(select_rows(THOUSAND, 10, seed=1)) != found


def test_more_rows_with_the_same_seed_begin_with_those_of_fewer():
    assert texts_of(select_rows(THOUSAND, 50))[:10] == texts_of(select_rows(THOUSAND, 10))


def test_excluded_texts_are_left_out_however_they_are_spelt():
    found = select_rows(records("Oh no", "fine"), 10, exclude=["OH NO"])
    assert texts_of(found) == ["fine"]
    assert (found.n_excluded, found.n_texts) == (1, 1)


@pytest.mark.parametrize(("n_picked", "is_biased"), [(26, False), (27, True)])  # of 899
def test_texts_left_out_for_the_models_doubts_leave_no_random_sample_of_all(n_picked, is_biased):
    picked = records(*(record.text.upper() for record in THOUSAND[:n_picked]), sampling="informative")
    drawn = records(*(record.text for record in THOUSAND[500:600]), sampling="random")
    elsewhere = records(*(f"another text {i}" for i in range(100)), sampling="informative")
    found = select_rows([*THOUSAND, *THOUSAND], 10, exclude=[*picked, *drawn, *elsewhere, "text number 600"])
    assert (found.n_texts, found.n_excluded_informative) == (899 - n_picked, n_picked)
    assert found.is_biased == is_biased


def test_random_rows_say_so_and_keep_all_else():
    (row,) = select_rows(records("fine", stars=5), 1).rows
    assert row.meta == {"stars": 5, "sampling": "random"}


def test_a_row_that_was_once_chosen_as_informative_never_becomes_random():
    (row,) = select_rows(records("fine", sampling="informative"), 1).rows
    assert row.meta["sampling"] == "informative"


def test_a_column_of_that_name_that_goemox_did_not_write_is_kept_under_another_and_decides_nothing():
    drawn = select_rows(
        [
            TextRecord("1", "oh", meta={"sampling": "stratum A", "stars": 5}),
            TextRecord("2", "no", meta={"sampling": "informative", "stars": 1}),
            TextRecord("3", "well", meta={"stars": 2}),
        ],
        3,
    )
    assert {record.id: record.meta for record in drawn.rows} == {
        "1": {"input_sampling": "stratum A", "stars": 5, "sampling": "random"},
        "2": {"input_sampling": "informative", "stars": 1, "sampling": "random"},
        "3": {"stars": 2, "sampling": "random"},
    }


def test_a_stream_of_any_length_is_read_once_and_only_a_few_rows_are_held():
    def endless():
        for i in range(30_000):
            yield TextRecord(str(i), f"{i} words")

    found = select_rows(endless(), 3)
    assert (len(found.rows), found.n_read, found.n_scored) == (3, 30_000, 0)


def test_nothing_to_draw_from_is_refused_with_the_reason():
    with pytest.raises(InvalidInput, match="there are no texts"):
        select_rows([])
    with pytest.raises(InvalidInput, match="all texts are to be left out"):
        select_rows(records("fine"), exclude=["fine"])


@pytest.mark.parametrize(("n", "kind"), [(0, "random"), (5, "best"), (5, "informative")])
def test_what_cannot_be_asked_for_is_refused(n, kind):
    with pytest.raises(UsageError, match="select_rows"):
        select_rows(THOUSAND, n, kind)


@pytest.fixture(scope="module")
def samples():
    return load_samples()


def doubt(classifier, rows):
    return binary_entropy(classifier.predict_proba([row.text for row in rows])).mean()


def test_informative_rows_are_more_doubtful_than_random_ones(classifier, samples):
    informative = select_rows(samples, 10, "informative", classifier=classifier)
    random = select_rows(samples, 10)
    assert {row.meta["sampling"] for row in informative.rows} == {"informative"}
    assert informative.n_scored == len(samples) - informative.n_repeats
    assert doubt(classifier, informative.rows) > 1.2 * doubt(classifier, random.rows)


def test_informative_rows_are_the_same_for_the_same_seed(classifier, samples):
    one = select_rows(samples, 10, "informative", classifier=classifier, seed=3)
    assert texts_of(select_rows(samples, 10, "informative", classifier=classifier, seed=3)) == texts_of(one)


def test_both_kinds_take_turns_without_a_text_in_common_and_the_random_ones_are_those_of_a_random_draw(
    classifier, samples
):
    found = select_rows(samples, 7, "both", classifier=classifier)
    kinds = [row.meta["sampling"] for row in found.rows]
    assert kinds == ["random", "informative"] * 3 + ["random"]
    assert len(set(texts_of(found))) == 7
    assert texts_of(found)[::2] == texts_of(select_rows(samples, 4))


def test_fewer_texts_than_wanted_are_all_taken(classifier):
    few = records("Oh no", "Great!", "fine")
    for kind in ("random", "informative", "both"):
        assert len(select_rows(few, 10, kind, classifier=classifier).rows) == 3


def test_doubt_is_a_bit_for_each_label_that_is_open_and_none_for_one_that_is_sure():
    assert binary_entropy(np.array([[0.5, 0.5], [0.0, 1.0], [0.5, 1.0]])).tolist() == [2.0, 0.0, 1.0]


def test_spread_out_points_start_with_the_first_and_leave_copies_to_the_end():
    points = np.array([[0.0], [0.0], [0.0], [9.0], [9.0]])
    for seed in range(20):
        assert set(spread_out(points, 2, seed)) & {3, 4}
    assert spread_out(points, 5)[0] == 0
    assert sorted(spread_out(points, 5)) == [0, 1, 2, 3, 4]
    assert sorted(spread_out(points[:3], 9)) == [0, 1, 2]


def test_spread_out_points_leave_no_far_group_out_as_often_as_chance_would():
    generator = np.random.default_rng(0)
    groups = [generator.normal(centre, 0.1, size=(n, 2)) for centre, n in ((0, 90), (5, 5), (-5, 5))]
    points = np.concatenate(groups)
    hit = [
        {min(i // 90, 1) + (i >= 95) for i in spread_out(points, 3, seed)} == {0, 1, 2} for seed in range(50)
    ]
    assert np.mean(hit) > 0.9


@pytest.mark.parametrize("meta", [{"Sampling": "informative"}, {"sampling": "Informative"}])
def test_rows_that_were_informative_stay_so_however_that_is_written(meta):
    found = select_rows(
        [TextRecord(str(i), f"text {i} here", meta=meta) for i in range(5)], 2, "random", seed=0
    )
    assert [row.meta for row in found.rows] == [{"sampling": "informative"}] * 2
