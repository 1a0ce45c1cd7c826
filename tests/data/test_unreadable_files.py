"""Files and rows that cannot be used: what is refused, what is set aside, and what is said."""

import io
import random

import polars as pl
import pytest

from goemox.data.bad_rows import BadRow
from goemox.data.files import read_records
from goemox.errors import InvalidInput, UnknownColumn

CSV = "id,text,n\na,I love it,1\nb,oh no,2\n"


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path, **options):
    told = []
    return list(read_records(path, notice=told.append, **options)), told


def test_empty_standard_input_is_refused():
    with pytest.raises(InvalidInput, match="stdin: the file is empty"):
        read("-", stdin=io.BytesIO(b"\n\n"))


def test_two_columns_of_words_are_not_guessed_between(tmp_path):
    path = write(tmp_path / "x.csv", "question_text,answer_text\nwhy not,because of that\n")
    with pytest.raises(UnknownColumn) as refusal:
        read(path)
    assert str(refusal.value) == (
        f"{path}: no column 'text'. Columns here: question_text, answer_text. Choose one with --text-column "
        "(text_column= in Python)."
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("data.body", "no column 'data.body': it is within objects, whose fields are no columns;"),
        ("data", ":1: 'data' holds an object, not text;"),
    ],
)
def test_a_text_within_an_object_is_told_how_to_become_a_column(tmp_path, asked, said):
    path = write(tmp_path / "x.jsonl", '{"n": 1, "data": {"no": 1, "body": "I love it"}}\n')
    with pytest.raises(InvalidInput) as refusal:
        read(path, text_column=asked)
    assert said in str(refusal.value)
    assert str(refusal.value).endswith("a column of its own; of JSON Lines with: jq -c '.text = .data.body'")


@pytest.mark.parametrize("option", ["text_column", "id_column", "label_column"])
def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path, option):
    path = write(tmp_path / "x.csv", CSV)
    with pytest.raises(UnknownColumn) as refusal:
        read_records(path, **{option: "missing"})
    assert refusal.value.exit_code == 4
    assert "no column 'missing'. Columns here: id, text, n." in str(refusal.value)
    assert f"--{option.replace('_', '-')}" in str(refusal.value)


def test_each_kind_of_bad_row_is_set_aside_with_its_line_and_reason(tmp_path):
    lines = [
        '{"id": 1, "text": "good"}',
        '{"id": 2, "text": "   "}',
        '{"id": 3, "text": null}',
        '{"id": 4}',
        "",
        '{"id": 5, "text": 12}',
        '{"id": 6, "text": "cut',
        "[1, 2]",
        '{"text": "half a pair \\ud83d"}',
        "[" * 100_000,
        '"a bare string is a text"',
        '{"id": 7, "text": "good too"}',
    ]
    path = write(tmp_path / "x.jsonl", "\n".join(lines))
    bad: list[BadRow] = []
    records, _ = read(path, bad_rows=bad)
    assert [r.text for r in records] == ["good", "a bare string is a text", "good too"]
    assert [row.where for row in bad] == [f"{path}:{n}" for n in (2, 3, 4, 6, 7, 8, 9, 10)]
    reasons = [row.reason for row in bad]
    assert reasons[:4] == [
        "the text is empty",
        "no text (null in 'text')",
        "no text (nothing in 'text')",
        "'text' holds a number, not text",
    ]
    assert reasons[4] == "not valid JSON (Unterminated string starting at, column 19)"
    assert reasons[5] == "expected a JSON object, found an array"
    assert "surrogate" in reasons[6]
    assert reasons[7] == "not valid JSON (nested too deep)"
    assert bad[0].raw == lines[1] + "\n"
    assert len(bad[7].raw) == 2_000


def test_without_a_collector_the_first_bad_row_stops_with_file_and_line(tmp_path):
    path = write(tmp_path / "x.csv", "id,text\n1,fine\n2,\n3,fine\n")
    stream = read_records(path)
    assert next(stream).text == "fine"
    with pytest.raises(InvalidInput) as refusal:
        next(stream)
    assert str(refusal.value) == f"{path}:3: the text is empty"
    assert refusal.value.exit_code == 4


def test_bad_rows_of_parquet_and_json_arrays_are_named_by_row(tmp_path):
    parquet, array = tmp_path / "x.parquet", tmp_path / "x.json"
    pl.DataFrame({"text": ["a", None, ""], "n": [1, 2, 3]}).write_parquet(parquet)
    array.write_text('[{"text": "a"}, 5, {"text": false}]')
    for path in (parquet, array):
        bad: list[BadRow] = []
        records, _ = read(path, bad_rows=bad)
        assert [r.text for r in records] == ["a"]
        assert [row.where for row in bad] == [f"{path}:2", f"{path}:3"]
    assert bad[0].raw == "5"


def test_a_text_column_of_numbers_makes_every_row_bad(tmp_path):
    path = tmp_path / "x.parquet"
    pl.DataFrame({"text": [1, 2]}).write_parquet(path)
    bad: list[BadRow] = []
    assert read(path, bad_rows=bad)[0] == []
    assert [row.raw for row in bad] == ['{"text": 1}', '{"text": 2}']


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.csv", "", "the file is empty"),
        ("x.csv", "\n\n", "the file is empty"),
        ("x.csv", "id,text\n", "has a header but no rows"),
        ("x.csv", 'id,"text\n1,a\n', ":1: the header is not valid CSV"),
        ("x.csv", "text,text\na,b\n", ":1: column name 'text' occurs twice"),
        ("x.csv", "\nsep=;\n\ntext;text\na;b\n", ":4: column name 'text' occurs twice"),
        ("x.csv", '\n\nid,"text\n1,a\n', ":3: the header is not valid CSV"),
        ("x.tsv", "\n\ntext\ttext\na\tb\n", ":3: column name 'text' occurs twice"),
        ("x.csv", '{"text": "a"}\n', "holds JSON Lines, not a table; end its name with .jsonl"),
        ("x.tsv", "", "the file is empty"),
        ("x.jsonl", "  \n", "the file is empty"),
        ("x.jsonl", "not json\nnor this\n", "none of the first 2 rows can be read; "),
        ("x.json", "", "the file is empty"),
        ("x.json", "[]", "the array is empty"),
        ("x.json", "[1, 2", "not valid JSON"),
        ("x.json", '[{"text": "a"}] more', "something stands behind the array"),
        ("x.json", '[{"text": "a"} {"text": "b"}]', "the array breaks off before this row"),
        ("x.json", "12", "expected a JSON array of objects, found a number"),
        ("x.txt", "", "the file is empty"),
        ("x.parquet", "garbage", "not a readable Parquet file"),
        ("x.parquet", "", "not a readable Parquet file"),
        ("x.arrow", "garbage", "not a readable Arrow file"),
        ("x.arrow", "", "not a readable Arrow file"),
        ("x.xlsx", "PK", "files ending in .xlsx cannot be read; save it as CSV (UTF-8); expected"),
        (
            "x.parquet.gz",
            "",
            "files ending in .parquet.gz cannot be read; unpack it (a .csv may be packed as",
        ),
        (
            "x.zip",
            "PK",
            "files ending in .zip cannot be read; unpack it (a .csv may be packed as .gz or .zst)",
        ),
        ("x.tar.gz", "", "files ending in .tar.gz cannot be read; unpack it"),
        (
            "x.json",
            '{"text": {"0": "a", "1": "b"}, "n": {"0": 1, "1": 2}}',
            'as pandas\' to_json() writes it; write a row a line: to_json(PATH, orient="records", ',
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once_and_named(tmp_path, name, content, said):
    path = write(tmp_path / name, content)
    with pytest.raises(InvalidInput) as refusal:
        read_records(path, bad_rows=[])
    assert str(path) in str(refusal.value)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_parquet_file_without_rows_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    pl.DataFrame({"text": []}, schema={"text": pl.String}).write_parquet(path)
    with pytest.raises(InvalidInput, match="no rows"):
        read_records(path)


def test_damaged_parquet_files_are_refused_and_never_crash(tmp_path):
    good, path = tmp_path / "good.parquet", tmp_path / "x.parquet"
    pl.DataFrame({"text": ["some words here"] * 50, "n": list(range(50))}).write_parquet(good)
    data = good.read_bytes()
    rng = random.Random(0)
    refused = 0
    for _ in range(60):
        damaged = bytearray(data)
        for _ in range(rng.randint(1, 40)):
            damaged[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(damaged[: rng.choice([len(data), rng.randrange(12, len(data))])])
        try:
            list(read_records(path, bad_rows=[]))
        except InvalidInput:
            refused += 1
    assert refused > 30


def test_a_missing_file_is_refused_with_the_nearest_name(tmp_path):
    write(tmp_path / "comments.csv", CSV)
    with pytest.raises(InvalidInput) as refusal:
        read_records(tmp_path / "coments.csv")
    expected = f"{tmp_path / 'coments.csv'}: no such file; did you mean {tmp_path / 'comments.csv'}?"
    assert str(refusal.value) == expected
    with pytest.raises(InvalidInput, match="does not exist either"):
        read_records(tmp_path / "no" / "such.csv")
    with pytest.raises(InvalidInput, match="check the name"):
        read_records(tmp_path / "zzzzzzzzzzz.parquet")


def test_a_folder_without_data_is_refused(tmp_path):
    write(tmp_path / "README.md", "no rows")
    with pytest.raises(InvalidInput, match=r"no data file in it; expected \.csv"):
        read_records(tmp_path)


def test_a_wrong_encoding_in_the_official_table_is_named_by_line(tmp_path):
    path = write(tmp_path / "test.tsv", b"fine\t18\ta\ncaf\xe9\t27\tb\n")
    with pytest.raises(InvalidInput, match=r"test.tsv:2: not UTF-8 \(byte 13\)"):
        read_records(path)
