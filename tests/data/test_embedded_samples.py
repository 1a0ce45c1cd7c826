"""The sample texts in the package keep what is said about them."""

from collections import Counter

import pytest

from goemox.data.goemotions import read_tsv
from goemox.data.samples import STYLES, load_samples
from goemox.data.splits import duplicates, find_overlap
from goemox.errors import UsageError
from goemox.labels import GOEMOTIONS


def test_there_are_enough_samples_in_each_style():
    counts = {style: len(load_samples(style)) for style in STYLES}
    assert sum(counts.values()) == len(load_samples()) >= 240
    assert counts["reddit"] >= 100
    assert min(counts.values()) >= 60


def test_every_sample_carries_one_to_three_known_labels_and_its_mark():
    records = load_samples()
    assert len(records) >= 240
    for record in records:
        assert record.labels is not None
        assert 1 <= len(record.labels) <= 3
        assert record.labels <= set(GOEMOTIONS)
        assert record.source == "sample"
        assert record.meta == {"style": record.id.split("-")[1], "written_for": "goemox"}


def test_neutral_never_stands_beside_an_emotion():
    assert all(record.labels == {"neutral"} for record in load_samples() if "neutral" in record.labels)


def test_every_label_occurs_at_least_six_times():
    counts = Counter(label for record in load_samples() for label in record.labels or ())
    assert {label: counts[label] for label in GOEMOTIONS if counts[label] < 6} == {}


def test_ids_are_unique_and_count_up_within_a_style():
    for style in STYLES:
        ids = [record.id for record in load_samples(style)]
        assert ids == [f"sample-{style}-{number:03d}" for number in range(1, len(ids) + 1)]


def test_no_text_occurs_twice_and_lengths_are_those_of_real_ones():
    records = load_samples()
    assert duplicates(records) == 0
    assert all(3 <= len(record.text.split()) <= 30 for record in records)


def test_an_unknown_style_is_refused():
    with pytest.raises(UsageError, match="styles: reddit, story, issue"):
        load_samples("sonnet")


@pytest.mark.data
def test_no_sample_is_a_goemotions_row(goemox_data):
    files = [goemox_data / "goemotions" / f"{split}.tsv" for split in ("train", "dev", "test")]
    known = [record.text for file in files for record in read_tsv(file)]
    assert find_overlap(known, [record.text for record in load_samples()]) == []
