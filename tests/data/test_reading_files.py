"""Files of every kind -> the records in them, and what is told on the way."""

import gzip
import io
import json

import polars as pl
import pytest

from goemox.data.files import read_records

TWO = [{"id": "a", "text": "I love it", "n": 1}, {"id": "b", "text": "oh no", "n": 2}]


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path, **options):
    told = []
    return list(read_records(path, notice=told.append, **options)), told


def as_jsonl(rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


CONTENTS = {
    "x.csv": "id,text,n\na,I love it,1\nb,oh no,2\n",
    "x.tsv": "id\ttext\tn\na\tI love it\t1\nb\toh no\t2\n",
    "x.jsonl": as_jsonl(TWO),
    "x.ndjson": as_jsonl(TWO),
    "x.json": json.dumps(TWO, indent=2),
    "really_lines.json": as_jsonl(TWO),
    "no_ending": as_jsonl(TWO),
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("name", CONTENTS)
def test_each_kind_of_file_gives_the_same_ids_and_texts(tmp_path, name, packed):
    content = CONTENTS[name].encode()
    path = write(tmp_path / (name + ".gz" * packed), gzip.compress(content) if packed else content)
    records, told = read(path)
    assert [(r.id, r.text) for r in records] == [("a", "I love it"), ("b", "oh no")]
    assert told == []


def test_a_parquet_file_gives_its_values_with_their_types(tmp_path):
    path = tmp_path / "x.parquet"
    rows = [
        {**TWO[0], "tags": ["x", "y"], "user": {"name": "ann", "age": 3}},
        {**TWO[1], "tags": [], "user": None},
    ]
    pl.DataFrame(rows).write_parquet(path)
    records, _ = read(path)
    assert [r.meta for r in records] == [
        {"n": 1, "tags": ["x", "y"], "user": {"name": "ann", "age": 3}},
        {"n": 2, "tags": [], "user": None},
    ]


def test_a_parquet_file_longer_than_one_slice_keeps_every_row_in_order(tmp_path):
    path = tmp_path / "long.parquet"
    n = 65_536 + 10
    pl.DataFrame({"text": [f"t{i}" for i in range(n)]}).write_parquet(path)
    records, _ = read(path)
    assert [r.text for r in records] == [f"t{i}" for i in range(n)]
    assert records[-1].id == str(n)


def test_a_text_file_is_one_text_a_line_and_blank_lines_are_no_rows(tmp_path):
    records, _ = read(write(tmp_path / "x.txt", "first\r\n\n  second  \nthird, no end"))
    assert [(r.id, r.text) for r in records] == [("1", "first"), ("2", "  second  "), ("3", "third, no end")]


def test_a_packed_file_without_another_ending_is_looked_at(tmp_path):
    records, _ = read(write(tmp_path / "notes.gz", gzip.compress(b"one\ntwo\n")))
    assert [r.text for r in records] == ["one", "two"]


@pytest.mark.parametrize(
    ("piped", "texts"),
    [
        (b'\n{"text": "a"}\n{"text": "b"}\n', ["a", "b"]),
        (b"plain words\n{not json}\n", ["plain words", "{not json}"]),
        (b"[1, 2]\nthis line is no object\n", ["[1, 2]", "this line is no object"]),
        ("\ufeffh\u00e9llo\n".encode(), ["h\u00e9llo"]),
    ],
)
def test_standard_input_is_json_lines_if_its_first_line_is_an_object_else_one_text_a_line(piped, texts):
    records, _ = read("-", stdin=io.BytesIO(piped))
    assert [r.text for r in records] == texts


def test_rows_are_read_as_they_are_taken_not_all_at_once(tmp_path):
    path = write(tmp_path / "x.txt", "good line\n" * 200_000 + "last")
    position = []

    class Counting(io.BytesIO):
        def readinto(self, buffer):
            n_bytes = super().readinto(buffer)
            position.append(self.tell())
            return n_bytes

    stream = read_records("-", stdin=Counting(path.read_bytes()))
    next(stream)
    assert 0 < max(position) < 20_000


def test_other_columns_are_carried_exactly_as_they_are(tmp_path):
    row = {
        "text": "hi",
        "n": 12345678901234567890123,
        "f": 0.5,
        "none": None,
        "deep": [{"a": [1, {"b": None}]}],
    }
    records, _ = read(write(tmp_path / "x.jsonl", as_jsonl([row])))
    assert records[0].meta == {key: value for key, value in row.items() if key != "text"}
    records, _ = read(write(tmp_path / "x.csv", "text,zip,empty\nhi,00123,\n"))
    assert records[0].meta == {"zip": "00123", "empty": ""}


def test_a_labels_column_in_any_taxonomy_is_carried_and_not_read_unless_asked_for(tmp_path):
    path = write(tmp_path / "x.jsonl", as_jsonl([{"text": "hi", "labels": ["zorn", 3], "judged": 5}]))
    records, _ = read(path)
    assert records[0].labels is None
    assert records[0].meta == {"labels": ["zorn", 3], "judged": 5}


def test_an_id_that_is_a_number_becomes_text_and_stays_a_number_in_meta(tmp_path):
    records, _ = read(
        write(tmp_path / "x.jsonl", as_jsonl([{"id": 7, "text": "hi"}, {"id": None, "text": "ho"}]))
    )
    assert [(r.id, r.meta) for r in records] == [("7", {"id": 7}), ("row-2", {})]


def test_a_web_address_in_url_is_the_records_url(tmp_path):
    rows = [{"text": "a", "url": "https://example.org/1"}, {"text": "b", "url": "javascript:alert(1)"}]
    records, _ = read(write(tmp_path / "x.jsonl", as_jsonl(rows)))
    assert [r.url for r in records] == ["https://example.org/1", None]
    assert records[1].meta == {"url": "javascript:alert(1)"}


def test_ids_that_repeat_are_kept_and_told(tmp_path):
    path = write(tmp_path / "x.csv", "id,text\n1,a\n2,b\n1,c\n2,d\n")
    records, told = read(path)
    assert [r.text for r in records] == ["a", "b", "c", "d"]
    assert told == [f"2 rows repeat the id of an earlier row (first: '1' at {path}:4); all are kept"]


def test_the_guessed_text_column_is_told_and_a_better_name_wins(tmp_path):
    path = write(tmp_path / "x.csv", "Title,BODY,id\nt,the body,9\n")
    stream = read_records(path, notice=(told := []).append)
    assert [r.text for r in stream] == ["the body"]
    assert stream.columns.text == "BODY"
    assert told == [
        f"{path}: texts are read from column 'BODY', by its name; 'Title' may be meant, too "
        "(choose another with --text-column)"
    ]


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("TEXT,Text,text", "text"),
        ("TEXT,Text,n", "TEXT"),
        ("n, Text ,m", " Text "),
        ("title,comment,n", "comment"),
    ],
)
def test_of_names_that_differ_by_case_the_plain_one_is_taken_else_the_first(tmp_path, header, chosen):
    assert read_records(write(tmp_path / "x.csv", f"{header}\na,b,c\n")).columns.text == chosen


def test_an_id_column_of_words_is_not_taken_for_the_text(tmp_path):
    records, _ = read(write(tmp_path / "x.csv", "id,said\nabc,so happy\nxyz,oh no\n"))
    assert [(r.id, r.text) for r in records] == [("abc", "so happy"), ("xyz", "oh no")]


def test_text_wins_over_title_and_body_which_are_carried(tmp_path):
    row = {"id": "o/r#1", "text": "t: b", "title": "t", "body": "b", "created_at": "2024-01-01T00:00:00Z"}
    records, told = read(write(tmp_path / "x.jsonl", as_jsonl([row])))
    assert records[0].text == "t: b"
    assert records[0].meta == {"title": "t", "body": "b", "created_at": "2024-01-01T00:00:00Z"}
    assert told == []


def test_the_only_column_of_words_is_taken_whatever_its_name(tmp_path):
    path = write(
        tmp_path / "x.csv", "key,when,what_they_said,stars\n1,2024-01-05,so happy,5\n2,2024-01-06,ok,3\n"
    )
    records, told = read(path)
    assert [r.text for r in records] == ["so happy", "ok"]
    assert "'what_they_said', the only column of words" in told[0]


def test_chosen_columns_are_used_and_the_rest_carried(tmp_path):
    path = write(tmp_path / "x.csv", "id,text,said,key\n1,no,yes,k9\n")
    records, told = read(path, text_column="said", id_column="key")
    assert [(r.id, r.text, r.meta) for r in records] == [("k9", "yes", {"id": "1", "text": "no"})]
    assert told == []


def test_a_text_of_a_megabyte_is_an_ordinary_row(tmp_path):
    huge = "word " * 210_000
    for name, content in {
        "x.csv": f'id,text\n1,"{huge}"\n2,short\n',
        "x.jsonl": as_jsonl([{"text": huge}, {"text": "short"}]),
        "x.txt": f"{huge}\nshort\n",
    }.items():
        records, _ = read(write(tmp_path / name, content))
        assert [len(r.text) for r in records] == [len(huge), 5]


def test_nul_characters_inside_a_text_are_kept(tmp_path):
    for name, content in {
        "x.csv": "text\na\0b\n",
        "x.jsonl": '{"text": "a\\u0000b"}\n',
        "x.txt": "a\0b\n",
    }.items():
        records, _ = read(write(tmp_path / name, content))
        assert records[0].text == "a\0b"


def test_a_blank_id_never_takes_the_id_of_another_row(tmp_path):
    records, told = read(write(tmp_path / "x.csv", "id,text\n2,a\n,b\n3,c\n"))
    assert [r.id for r in records] == ["2", "row-2", "3"]
    assert told == []


def test_an_id_column_in_other_letters_is_told(tmp_path):
    path = write(tmp_path / "x.csv", "ID,text\n7,a\n")
    records, told = read(path)
    assert records[0].id == "7"
    assert told == [f"{path}: ids are read from column 'ID', by its name (choose another with --id-column)"]


def test_row_numbers_count_bad_rows_too(tmp_path):
    records, _ = read(write(tmp_path / "x.csv", "text,n\na,1\n,2\nc,3\n"), bad_rows=[])
    assert [r.id for r in records] == ["1", "3"]


def test_one_json_object_is_one_row(tmp_path):
    records, _ = read(write(tmp_path / "x.json", '{\n  "text": "alone"\n}'))
    assert [(r.id, r.text) for r in records] == [("1", "alone")]


def test_the_official_goemotions_table_is_recognised_by_its_shape(tmp_path):
    records, _ = read(write(tmp_path / "test.tsv", "I love this\t18\tabc1\nmeh, fine\t3,27\tabc2\n"))
    assert [(r.id, r.text, r.labels) for r in records] == [
        ("abc1", "I love this", {"love"}),
        ("abc2", "meh, fine", {"annoyance", "neutral"}),
    ]
