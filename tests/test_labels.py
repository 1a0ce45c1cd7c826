import json

from goemox.labels import EKMAN, GOEMOTIONS, SENTIMENT, display_group, is_goemotions


def test_there_are_28_labels_and_neutral_is_last():
    assert len(GOEMOTIONS) == len(set(GOEMOTIONS)) == 28
    assert GOEMOTIONS[-1] == "neutral"


def test_each_grouping_holds_every_label_once():
    for grouping in (EKMAN, SENTIMENT):
        members = [label for group in grouping.values() for label in group]
        assert sorted(members) == sorted(GOEMOTIONS)


def test_labels_and_groups_are_the_published_ones(goemox_data):
    folder = goemox_data / "goemotions"
    assert tuple((folder / "labels.txt").read_text().split()) == GOEMOTIONS
    for ours, name in ((EKMAN, "ekman_mapping.json"), (SENTIMENT, "sentiment_mapping.json")):
        published = json.loads((folder / name).read_text())
        assert {k: set(v) for k, v in published.items()} | {"neutral": {"neutral"}} == {
            k: set(v) for k, v in ours.items()
        }


def test_other_taxonomies_are_told_apart():
    assert is_goemotions(tuple(reversed(GOEMOTIONS)))
    assert not is_goemotions(GOEMOTIONS[:27])
    assert [display_group(label) for label in ("neutral", "admiration", "joy")] == [
        "neutral",
        "admiration",
        "others",
    ]
