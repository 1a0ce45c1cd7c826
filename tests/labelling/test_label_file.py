"""The file of a rater's labels: whole after a kill, one writer, nothing of anybody else's overwritten."""

import json
import subprocess
import sys

import pytest

from goemox.data.labelled import load_labelled
from goemox.errors import GoemoxError, InvalidInput, UnknownLabel, UsageError
from goemox.labelling.label_file import n_labelled, open_labels
from goemox.labelling.rows import with_single_ids
from goemox.records import TextRecord

LABELS = ("joy", "anger")
JOY, ANGER, NONE = frozenset({"joy"}), frozenset({"anger"}), frozenset()
RECORDS = [TextRecord(str(i), f"text {i}", meta={"id": i, "stars": i}) for i in range(4)]


def rows(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "labels.jsonl"


def write(path, *labels, **options):
    with open_labels(path, LABELS, **options) as file:
        for record, given in zip(RECORDS, labels, strict=False):
            file.save(record, given)


def test_a_row_keeps_its_columns_and_says_what_was_found_what_was_looked_for_by_whom_and_when(path):
    write(path, ANGER | JOY, rater="anna")
    (row,) = rows(path)
    time = row.pop("labelled_at")
    assert row == {
        "id": 0, "text": "text 0", "stars": 0, "labels": ["joy", "anger"], "judged": ["joy", "anger"],
        "rater": "anna",
    }  # fmt: skip
    assert len(time) == len("2026-01-01T00:00:00Z")
    assert time.endswith("Z")


def test_what_is_written_is_read_as_labelled_rows_with_what_was_looked_for(path):
    write(path, JOY, NONE)
    found = load_labelled(path)
    assert [record.labels for record in found] == [JOY, NONE]
    assert found[0].judged == frozenset(LABELS)


def test_columns_of_the_input_that_bear_our_names_are_kept_under_others(path):
    meta = {"labels": ["old"], "rater": "x", "sampling": "random", "prediction_set": ["joy"]}
    with open_labels(path, LABELS) as file:
        file.save(TextRecord("1", "t", meta=meta), JOY)
    (row,) = rows(path)
    assert row["input_labels"] == ["old"]
    assert (row["input_rater"], row["rater"], row["sampling"]) == ("x", None, "random")
    (record,) = load_labelled(path)  # it is no file of predictions
    assert record.meta["sampling"] == "random"


def test_labels_made_with_the_models_answers_in_sight_say_so(path):
    write(path, JOY, suggested=True)
    assert rows(path)[0]["suggested"] is True


def test_a_session_goes_on_from_what_is_there(path):
    write(path, JOY, NONE)
    with open_labels(path, LABELS) as file:
        assert file.saved(RECORDS) == {0: JOY, 1: NONE}
        file.save(RECORDS[2], ANGER)
    assert [row["id"] for row in rows(path)] == [0, 1, 2]


def test_other_labels_of_a_row_take_its_place_and_taking_back_leaves_the_others(path):
    with open_labels(path, LABELS) as file:
        for record in RECORDS[:3]:
            file.save(record, JOY)
        file.save(RECORDS[1], ANGER)
        assert [(row["id"], row["labels"]) for row in rows(path)] == [
            (0, ["joy"]),
            (1, ["anger"]),
            (2, ["joy"]),
        ]
        file.take_back(RECORDS[0])
        assert [row["id"] for row in rows(path)] == [1, 2]
        file.save(RECORDS[0], ANGER)
    assert [row["id"] for row in rows(path)] == [1, 2, 0]


@pytest.mark.parametrize("cut", [1, 20, 80])
def test_a_row_that_was_torn_is_left_out_told_and_can_be_labelled_again(path, cut):
    write(path, JOY, ANGER, JOY)
    whole = path.read_bytes()
    path.write_bytes(whole[: -cut - 1])
    told = []
    with open_labels(path, LABELS, notice=told.append) as file:
        assert file.saved(RECORDS) == {0: JOY, 1: ANGER}
        file.save(RECORDS[2], JOY)
    assert "its last row was torn" in told[0]
    assert [row["id"] for row in rows(path)] == [0, 1, 2]


def test_a_last_row_without_its_line_end_is_whole(path):
    write(path, JOY, ANGER)
    path.write_bytes(path.read_bytes()[:-1])
    with open_labels(path, LABELS) as file:
        file.save(RECORDS[2], JOY)
    assert [row["labels"] for row in rows(path)] == [["joy"], ["anger"], ["joy"]]


def test_nothing_is_made_where_nothing_was_labelled(path):
    write(path)
    assert list(path.parent.iterdir()) == []


def test_a_second_writer_is_refused_and_the_first_goes_on(path):
    code = (
        "import sys, pathlib\nfrom goemox.labelling.label_file import open_labels\n"
        "with open_labels(pathlib.Path(sys.argv[1]), ('joy', 'anger')): pass"
    )
    with open_labels(path, LABELS) as file:
        file.save(RECORDS[0], JOY)
        done = subprocess.run(
            [sys.executable, "-c", code, path], capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 1
        assert f"{path}: another goemox is writing there" in done.stderr
        file.save(RECORDS[0], ANGER)  # replaced, and still ours alone
        with pytest.raises(GoemoxError, match="another goemox"), open_labels(path, LABELS):
            pass
    with open_labels(path, LABELS) as file:
        assert file.saved(RECORDS) == {0: ANGER}
    assert list(path.parent.iterdir()) == [path]


ROW = {"id": "0", "text": "text 0", "labels": ["joy"]}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [{**ROW, "rater": "ben"}],
            r":1: was labelled by 'ben', this session is without a rater's name; go on with --rater ben",
        ),
        ([{**ROW, "judged": ["joy"]}], r":1: was labelled with 1 label \(joy\), this session has 2 labels"),
        ([{**ROW, "labels": ["grief"]}], r":1: unknown label 'grief'"),
        ([ROW, ROW], r":2: id '0' is there twice"),
        ([{"id": "0", "text": "text 0"}], r":1: not a row of labels \(an object with id, text and labels\)"),
        (["joy"], r":1: not a row of labels"),
    ],
)
def test_a_file_of_something_else_is_refused_and_left_as_it_is(path, lines, said):
    content = "".join(json.dumps(line) + "\n" for line in lines)
    path.write_text(content)
    with pytest.raises(InvalidInput, match=said), open_labels(path, LABELS):
        pass
    assert path.read_text() == content
    assert list(path.parent.iterdir()) == [path]


def test_a_broken_line_in_the_middle_is_named_and_nothing_is_cut(path):
    write(path, JOY, ANGER)
    content = b"{half\n" + path.read_bytes()
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=r"labels.jsonl:1: not a row of labels; mend the line"):
        write(path)
    assert path.read_bytes() == content


def test_the_rater_without_a_name_is_asked_to_go_on_as_such(path):
    write(path, JOY)
    with pytest.raises(InvalidInput, match=r"this session is by 'anna'; go on without --rater"):
        write(path, rater="anna")


def test_rows_of_a_hand_made_file_are_taken_if_their_labels_are_known(path):
    path.write_text(json.dumps({**ROW, "labels": "joy|anger"}) + "\n")
    with open_labels(path, LABELS) as file:
        assert file.saved(RECORDS) == {0: JOY | ANGER}
    path.write_text(json.dumps({**ROW, "labels": "love"}) + "\n")
    with pytest.raises(UnknownLabel), open_labels(path, LABELS):
        pass


def test_labels_of_another_text_under_the_same_id_are_not_taken_for_ours(path):
    write(path, JOY)
    with open_labels(path, LABELS) as file, pytest.raises(InvalidInput, match="another text under id '0'"):
        file.saved([TextRecord("0", "something else")])


def test_only_json_lines_can_be_gone_on_from(tmp_path):
    with pytest.raises(UsageError, match=r"labels.csv: labels are written as JSON Lines"):
        write(tmp_path / "labels.csv")


def test_rows_with_one_id_each_get_one_of_their_own_the_same_way_each_time():
    records = [
        TextRecord(row_id, str(i), meta={"id": 7}) for i, row_id in enumerate(["7", "7", "7#2", "7", "8"])
    ]
    single, n = with_single_ids(records)
    assert ([record.id for record in single], n) == (["7", "7#3", "7#2", "7#4", "8"], 2)
    assert [record.text for record in single] == ["0", "1", "2", "3", "4"]
    assert "id" not in single[1].meta
    assert with_single_ids(records)[0] == single


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
@pytest.mark.parametrize("again", [False, True])
def test_a_full_disk_costs_the_row_that_is_written_and_no_other(path, again):
    """A limit on the size of files stands for a full disk: both end in a short write and an error."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with (
        pytest.raises(GoemoxError, match=r"labels.jsonl: cannot be written .* the rows before are kept"),
        open_labels(path, LABELS) as file,
    ):
        file.save(RECORDS[0], JOY)
        size = path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size - 10 if again else size + 20, before[1]))
        try:
            file.save(RECORDS[0 if again else 1], ANGER)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    with open_labels(path, LABELS) as file:
        assert file.saved(RECORDS) == {0: JOY}
    assert list(path.parent.iterdir()) == [path]


def test_ids_of_more_than_64_bits_are_gone_on_from(path):
    records = [TextRecord(str(n), f"text {n}", meta={"id": n}) for n in (10**25 + 1, 10**25 + 2)]
    for _ in range(2):
        with open_labels(path, LABELS) as file:
            assert file.saved(records) in ({}, {0: JOY, 1: NONE})
            for record, given in zip(records, (JOY, NONE), strict=True):
                file.save(record, given)
    assert [row["id"] for row in rows(path)] == [10**25 + 1, 10**25 + 2]


def test_work_that_found_no_emotion_is_somebodys_work_too(path):
    write(path, NONE, NONE)
    assert n_labelled(path) == 2
