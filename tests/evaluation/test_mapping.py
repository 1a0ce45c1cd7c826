import json

import numpy as np
import pytest

from goemox.errors import InvalidInput, UnknownLabel
from goemox.evaluation.mapping import LabelMapping, in_groups, only_named, read_mapping, read_mappings
from goemox.records import TextRecord

LABELS = ("anger", "annoyance", "joy")


def written(tmp_path, content):
    path = tmp_path / "mapping.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def test_a_group_has_the_largest_probability_and_any_decision_of_its_members(tmp_path):
    mapping = read_mapping(written(tmp_path, {"cross": ["annoyance", "anger"], "glad": ["joy"]}), LABELS)
    assert mapping.labels == ("cross", "glad")
    assert mapping.probabilities(np.array([[0.1, 0.7, 0.2]])).tolist() == [[0.7, 0.2]]
    assert mapping.decisions(np.array([[False, True, False]])).tolist() == [[True, False]]


def test_a_space_around_a_label_is_none_of_its_name(tmp_path):
    assert read_mapping(written(tmp_path, {" glad ": ["joy"]}), LABELS).labels == ("glad",)
    for wrong, said in (
        ({"glad": ["joy"], "glad ": ["anger"]}, "'glad' stands there twice"),
        ({" ": ["joy"]}, "without"),
    ):
        with pytest.raises(InvalidInput, match=said):
            read_mapping(written(tmp_path, wrong), LABELS)


def test_labels_may_count_for_several_outside_labels_or_for_none():
    mapping = LabelMapping.of({"x": ["joy"], "y": ["joy"]}, LABELS)
    assert mapping.probabilities(np.array([[0.1, 0.7, 0.2]])).tolist() == [[0.2, 0.2]]


def test_an_unknown_member_is_named_with_its_place(tmp_path):
    path = written(tmp_path, {"glad": ["happiness"]})
    with pytest.raises(
        UnknownLabel, match=r"mapping\.json, 'glad': unknown label 'happiness'\. Known labels: anger"
    ):
        read_mapping(path, LABELS)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "not JSON"),
        ("[]", "not a mapping"),
        ({}, "not a mapping"),
        ({"glad": "joy"}, "not a mapping"),
        ({"glad": [1]}, "not a mapping"),
        ({"glad": []}, "list at least one"),
        ('{"glad": ["joy"], "glad": ["anger"]}', "'glad' is there twice"),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_form(tmp_path, content, reason):
    with pytest.raises(InvalidInput, match=reason) as refused:
        read_mapping(written(tmp_path, content), LABELS)
    assert "\n" not in str(refused.value)
    assert "mapping.json" in str(refused.value)


def test_null_leaves_a_label_out(tmp_path):
    assert read_mapping(written(tmp_path, {"glad": ["joy"], "cross": None}), LABELS).labels == ("glad",)
    with pytest.raises(InvalidInput, match="no labels in it"):
        read_mapping(written(tmp_path, {"cross": None}), LABELS)


def test_files_that_cannot_be_read_are_refused(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_mapping(tmp_path / "missing.json", LABELS)
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="not JSON"):
        read_mapping(tmp_path / "binary.json", LABELS)
    with pytest.raises(InvalidInput, match="no labels"):
        LabelMapping.of({}, LABELS)


def test_of_a_group_each_model_takes_the_labels_that_it_has(tmp_path):
    path = written(tmp_path, {"cross": ["annoyance", "anger", "rage"], "glad": ["joy"]})
    ours, theirs = read_mappings(path, LABELS, ("joy", "rage"))
    assert ours.labels == theirs.labels == ("cross", "glad")
    assert ours.columns == ((1, 0), (2,))
    assert theirs.columns == ((1,), (0,))


def test_a_name_that_no_model_has_and_a_group_that_one_model_lacks_are_refused(tmp_path):
    with pytest.raises(UnknownLabel, match="'glee'"):
        read_mappings(written(tmp_path, {"glad": ["joy", "glee"]}), LABELS, ("joy",))
    with pytest.raises(InvalidInput, match="one of the models has no label for 'cross'"):
        read_mappings(written(tmp_path, {"cross": ["anger"]}), LABELS, ("joy",))


def test_rows_of_the_models_labels_are_put_into_groups_and_judged_where_all_members_were():
    members = {"good": ["joy", "love"], "bad": ["anger"]}
    rows = [
        TextRecord("1", "a", labels=frozenset({"joy", "anger"})),
        TextRecord("2", "b", labels=frozenset({"love"}), judged=frozenset({"love", "anger"})),
        TextRecord("3", "c", labels=frozenset(), judged=frozenset({"love", "anger"})),
    ]
    found = in_groups(rows, members, ("joy", "love", "anger"), print)
    assert [row.labels for row in found] == [{"good", "bad"}, {"good"}, frozenset()]
    assert [row.judged for row in found] == [None, {"good", "bad"}, {"bad"}]


def test_labels_that_nobody_named_are_told_with_their_number_and_count_as_none():
    rows = [
        TextRecord(str(i), "t", labels=frozenset(labels))
        for i, labels in enumerate((["x"], ["y", "x"], ["y"]))
    ]
    said = []
    assert [row.labels for row in only_named(rows, ("x",), "the mapping", said.append)] == [
        {"x"},
        {"x"},
        set(),
    ]
    assert said == [
        "2 of 3 rows carry labels that the mapping does not name (y 2); these count as none of its labels"
    ]
    assert only_named(rows, ("x", "y"), "the mapping", said.append) == rows
    with pytest.raises(InvalidInput, match="no row carries a label that the mapping names"):
        only_named(rows, ("z",), "the mapping", said.append)
