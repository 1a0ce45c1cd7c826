"""CSV and TSV as they are found: ragged, quoted, semicolons, stray quotes."""

import pytest

from goemox.data.bad_rows import BadRow
from goemox.data.files import read_records


def read(path, content):
    path.write_bytes(content.encode())
    bad: list[BadRow] = []
    told: list[str] = []
    return list(read_records(path, bad_rows=bad, notice=told.append)), bad, told


def test_a_quoted_text_may_hold_separators_quotes_and_line_breaks(tmp_path):
    content = 'id,text\n1,"a, ""b""\r\n\nc"\n2,d\n'
    records, bad, _ = read(tmp_path / "x.csv", content)
    assert [r.text for r in records] == ['a, "b"\r\n\nc', "d"]
    assert bad == []


def test_ragged_rows_cost_themselves_alone_and_are_named_by_their_first_line(tmp_path):
    path = tmp_path / "x.csv"
    content = 'id,text\n1,"two\nlines"\n2,one, too many\n3\n\n4,fine\n'
    records, bad, _ = read(path, content)
    assert [r.id for r in records] == ["1", "4"]
    assert [row.where for row in bad] == [f"{path}:4", f"{path}:5"]
    assert bad[0].reason.startswith("3 cells where the header names 2; a text that holds the separator")
    assert [row.raw for row in bad] == ["2,one, too many\n", "3\n"]


def test_a_quote_that_is_never_closed_costs_its_own_line_not_the_rest_of_the_file(tmp_path):
    path = tmp_path / "x.csv"
    records, bad, _ = read(path, 'id,text\n1,fine\n2,"never closed\n3,also fine\n4,"good, too"\n5,last\n')
    assert [(r.id, r.text) for r in records] == [
        ("1", "fine"),
        ("3", "also fine"),
        ("4", "good, too"),
        ("5", "last"),
    ]
    assert [row.where for row in bad] == [f"{path}:3"]
    assert "not valid CSV" in bad[0].reason


def test_an_unclosed_quote_on_the_last_line_ends_the_file(tmp_path):
    records, bad, _ = read(tmp_path / "x.csv", 'id,text\n1,fine\n2,"open')
    assert [r.id for r in records] == ["1"]
    assert len(bad) == 1


def test_words_behind_a_closing_quote_are_no_csv(tmp_path):
    records, bad, _ = read(tmp_path / "x.csv", 'id,text\n1,"Great" he said\n2,ok\n')
    assert [r.id for r in records] == ["2"]
    assert "a quote inside a quoted text is written twice" in bad[0].reason


def test_a_quote_in_the_middle_of_a_plain_text_is_just_a_character(tmp_path):
    records, bad, _ = read(tmp_path / "x.csv", 'id,text\n1,a 5" disk\n2,it "works"\n')
    assert [r.text for r in records] == ['a 5" disk', 'it "works"']
    assert bad == []


def test_a_tsv_may_be_written_with_or_without_quoting(tmp_path):
    content = 'id\ttext\n1\t"Great" he said\n2\t"quoted\tby the book"\n3\t"open\n4\tlast\n'
    records, bad, _ = read(tmp_path / "x.tsv", content)
    assert [(r.id, r.text) for r in records] == [
        ("1", '"Great" he said'),
        ("2", "quoted\tby the book"),
        ("3", '"open'),
        ("4", "last"),
    ]
    assert bad == []


@pytest.mark.parametrize("name", ["x.tsv", "x.csv"])
def test_rows_of_an_unquoted_tsv_between_two_quotes_stay_rows_and_are_told_once(tmp_path, name):
    texts = ['"Hello there my friend', "foo bar", "he is 6'2\"", '"again', 'and "again"']
    content = "text\tlabel\n" + "".join(f"{text}\tjoy\n" for text in texts)
    records, bad, told = read(tmp_path / name, content)
    assert [r.text for r in records] == texts
    assert bad == []
    (said,) = [message for message in told if "a quote opens" in message]
    assert said.startswith(f"{tmp_path / name}:2: a quote opens here and closes in a later line; ")


@pytest.mark.parametrize(
    "content",
    [
        'text\n"a\nb"\n',
        'id\ttext\n1\t"a\nb"\n',
        'id\ttext\n1\t"def f():\n\treturn 1"\n',
        'text\tid\n"a\nb\tc"\t1\n',
    ],
)
def test_a_quoted_text_of_several_lines_stays_one_in_a_tsv(tmp_path, content):
    records, bad, told = read(tmp_path / "x.tsv", content)
    assert [r.text for r in records] == [content.split('"')[1]]
    assert (bad, told) == ([], [])


def test_a_csv_with_semicolons_or_tabs_is_read_and_told(tmp_path):
    for separator, said in ((";", "';'"), ("\t", "tabs")):
        records, _, told = read(
            tmp_path / "x.csv", f'id{separator}"a,b"{separator}text\n1{separator}2{separator}so, so\n'
        )
        assert [r.text for r in records] == ["so, so"]
        assert told == [f"{tmp_path / 'x.csv'}: columns are separated by {said}"]


def test_a_nameless_first_column_as_pandas_writes_it_is_carried(tmp_path):
    records, _, _ = read(tmp_path / "x.csv", ",text\n0,hi\n")
    assert records[0].meta == {"": "0"}


def test_blank_lines_before_the_header_still_count_as_lines(tmp_path):
    path = tmp_path / "x.csv"
    _, bad, _ = read(path, "\n\nid,text\n1,a\n2,\n")
    assert [row.where for row in bad] == [f"{path}:5"]


def test_a_stray_quote_on_every_line_costs_those_lines_and_no_more(tmp_path):
    lines = "".join(f'{number},"stray\n' for number in range(2_000))
    records, bad, _ = read(tmp_path / "x.csv", f"id,text\nfirst,fine\n{lines}last,fine\n")
    assert [r.id for r in records] == ["first", "last"]
    assert len(bad) == 2_000


def test_columns_at_the_end_without_a_name_are_kept_where_they_can_be_told_apart(tmp_path):
    records, bad, _ = read(tmp_path / "x.csv", 'id,text,," "\n1,fine,a,b\n')
    assert [record.meta for record in records] == [{"": "a", " ": "b"}]
    emptied, _, _ = read(tmp_path / "y.csv", "id,text,,\n1,fine,,\n")
    assert [record.meta for record in emptied] == [{}]
    assert bad == []
