import csv

import pytest

from goemox.data.files import read_records
from goemox.data.goemotions import is_goemotions_folder, is_goemotions_tsv, read_split, read_tsv
from goemox.data.labelled import load_labelled
from goemox.errors import InvalidInput
from goemox.labels import GOEMOTIONS


def write(tmp_path, content, name="test.tsv"):
    path = tmp_path / name
    path.write_bytes(content.encode())
    return path


def test_a_row_is_text_labels_and_id(tmp_path):
    (record,) = read_tsv(write(tmp_path, "Nice [NAME]\t0,17\tabc\n"))
    assert (record.id, record.text, record.labels) == ("abc", "Nice [NAME]", {"admiration", "joy"})


def test_quoted_texts_are_read_as_their_authors_wrote_them(tmp_path):
    path = write(tmp_path, '"He said ""no""."\t0\ta\n"stray\t0\tb\n"both" and "more"\t0\tc\n')
    assert [record.text for record in read_tsv(path)] == ['He said "no".', '"stray', '"both" and "more"']


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("only text\n", r"test\.tsv:1: expected text, label ids and comment id"),
        ("fine\t0\ta\nx\t28\tb\n", r"test\.tsv:2: label ids '28' are not .* from 0 to 27"),
        ("x\tjoy\tb\n", r"test\.tsv:1: label ids 'joy'"),
        ("x\t-1\tb\n", r"test\.tsv:1: label ids '-1'"),
        ("", r"test\.tsv: the file is empty"),
    ],
)
def test_rows_of_another_shape_are_named_by_file_and_line(tmp_path, content, message):
    with pytest.raises(InvalidInput, match=message):
        read_tsv(write(tmp_path, content))


def test_a_missing_split_lists_those_that_are_there(tmp_path):
    write(tmp_path, "x\t0\ta\n", "dev.tsv")
    assert is_goemotions_folder(tmp_path)
    with pytest.raises(InvalidInput, match=r"no test\.tsv\. Splits here: dev"):
        read_split(tmp_path, "test")


def test_files_of_its_names_that_have_a_header_are_the_users_own(tmp_path):
    for split in ("train", "dev", "test"):
        write(tmp_path, "text\tlabel\nSo glad it works\tjoy\n", f"{split}.tsv")
    (record,) = load_labelled(tmp_path, "test")
    assert (record.text, record.labels, record.source) == ("So glad it works", {"joy"}, "")


@pytest.mark.parametrize(
    ("test", "others", "message"),
    [("", {}, "the file is empty"), ("x\n", {"dev.tsv": "x\t0\ta\n"}, "1: expected text"),
     ("x\n", {"labels.txt": "joy\n"}, "1: expected text")],
)  # fmt: skip
def test_a_broken_file_of_the_data_set_is_called_so(tmp_path, test, others, message):
    for name, content in {"test.tsv": test, **others}.items():
        write(tmp_path, content, name)
    with pytest.raises(InvalidInput, match=rf"test\.tsv:? ?{message}"):
        load_labelled(tmp_path, "test")


def test_the_shape_is_recognised_by_a_line():
    assert is_goemotions_tsv("text\t27\tid\n")
    assert not is_goemotions_tsv("text\tneutral\tid\n")
    assert is_goemotions_tsv("I'm 5 \t3,14\ted00q6i\r\n")
    assert not is_goemotions_tsv("text,27,id\n")
    assert not is_goemotions_tsv("text\t28\tid\n")
    assert not is_goemotions_tsv("text\t27\t\n")
    assert not is_goemotions_tsv("101\t0\tThe movie was great\n")
    assert not is_goemotions_tsv("101\t0\tGreat\n")


def test_another_table_of_three_columns_without_a_header_is_not_taken_for_it(tmp_path):
    rows = "101\t0\tThe movie was great\n102\t1\tThe movie was bad\n103\t1\tSo it was\n"
    told = []
    records = list(read_records(write(tmp_path, rows), notice=told.append))
    assert [record.text for record in records] == ["The movie was bad", "So it was"]
    assert "'The movie was great'" in told[0]


@pytest.mark.parametrize(("split", "rows"), [("train", 43_410), ("dev", 5_426), ("test", 5_427)])
def test_the_official_splits_are_read_whole_and_as_csv_reads_them(goemox_data, split, rows):
    records = read_split(goemox_data / "goemotions", split)
    assert len(records) == rows
    with (goemox_data / "goemotions" / f"{split}.tsv").open(encoding="utf-8", newline="") as lines:
        expected = [(text, ids) for text, ids, _ in csv.reader(lines, delimiter="\t")]
    assert [record.text for record in records] == [text for text, _ in expected]
    assert records[0].labels == {GOEMOTIONS[int(i)] for i in expected[0][1].split(",")}
