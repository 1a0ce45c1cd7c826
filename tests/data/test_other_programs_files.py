"""Files as other programs write them: Excel's first line, rows inside an object, titles beside bodies."""

import io
import json
from pathlib import Path

import pytest

from goemox.data.files import read_records
from goemox.errors import InvalidInput, UnknownColumn


def read(path):
    """The texts, and all that was told, as one text."""
    told = []
    return [record.text for record in read_records(path, notice=told.append)], "\n".join(told)


@pytest.mark.parametrize("blank", ["", "\n"])
def test_the_line_with_which_excel_names_the_separator_is_no_header(tmp_path, blank):
    path = tmp_path / "a.csv"
    path.write_text(f"sep=;\n{blank}id;text\n1;one, two\n2;three\n")
    bad = []
    assert [record.text for record in read_records(path, bad_rows=bad)] == ["one, two", "three"]
    assert bad == []


@pytest.mark.parametrize("source", ["a.csv", "-"])
def test_columns_without_name_and_content_at_the_end_as_excel_writes_them_are_left_out(tmp_path, source):
    content = "id;text;;\n1;one;;\n2;two; ;\n3;three\n4;four;a note;\n5;five; or six;;\n"
    (tmp_path / "a.csv").write_text(content)
    path, pipe, bad = "-" if source == "-" else tmp_path / source, io.BytesIO(content.encode()), []
    records = read_records(path, bad_rows=bad, stdin=pipe)
    assert [(record.id, record.text, record.meta) for record in records] == [
        ("1", "one", {}), ("2", "two", {}), ("3", "three", {}),
    ]  # fmt: skip
    assert [row.reason.split(";")[0] for row in bad] == [
        "4 cells where the header names 2", "5 cells where the header names 2",
    ]  # fmt: skip


def test_a_title_above_the_header_with_empty_cells_beside_it_names_no_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Tickets of March;;\nid;text;date\n1;one;today\n")
    with pytest.raises(InvalidInput, match="none of the first 2 rows can be read"):
        read(path)


def test_rows_inside_an_object_are_found_and_named(tmp_path):
    path = tmp_path / "gh.json"
    nodes = [{"title": "one"}, {"title": "two"}]
    path.write_text(json.dumps({"data": {"issues": {"total": 2, "nodes": nodes}}}, indent=1))
    with pytest.raises(InvalidInput, match=r"rows seem to stand under 'data\.issues\.nodes'; save that list"):
        list(read_records(path))
    path.write_text(json.dumps({"data": {"kind": "none"}}))
    with pytest.raises(UnknownColumn):
        list(read_records(path))


def test_a_title_above_the_header_is_told_instead_of_read_as_a_column(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text("Tickets of March\nid,text\n1,one\n2,two\nthe end\n")
    with pytest.raises(InvalidInput, match="if a title stands above the header, take it out"):
        read(path)
    assert read_records(path, text_column="Tickets of March", bad_rows=[]).columns.text == "Tickets of March"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([f"{day}.3.2026" for day in range(1, 10)], "hardly holds words, but '1.3.2026' and the like"),
        (["Sales", "Support"] * 30, "holds only 2 different ones in the first 60 rows"),
        (["Sales", "Support"] * 20, ""),
        ([f"That is {n}" for n in range(60)], ""),
    ],
)
def test_a_column_that_was_named_and_hardly_holds_texts_is_doubted(tmp_path, cells, said):
    path, told = tmp_path / "a.csv", []
    path.write_text("what,text\n" + "".join(f"{cell},a text\n" for cell in cells))
    read_records(path, text_column="what", notice=told.append)
    assert [message for message in told if "does it hold the texts?" in message] == (
        [f"{path}: column 'what' {said}: does it hold the texts? (choose another with --text-column)"]
        if said
        else []
    )


def test_a_title_beside_the_body_that_is_read_is_told(tmp_path):
    path = tmp_path / "issues.jsonl"
    path.write_text('{"title": "a title", "body": "a body"}\n')
    texts, told = read(path)
    assert texts == ["a body"]
    assert "column 'body', by its name; 'title' may be meant, too (choose another with --text-column)" in told


def test_what_cannot_be_read_as_it_is_names_the_way(tmp_path):
    sheet = tmp_path / "t.xlsx"
    sheet.write_bytes(b"PK")
    with pytest.raises(InvalidInput, match=r"ending in \.xlsx cannot be read; save it as CSV \(UTF-8\)"):
        read(sheet)
    with pytest.raises(InvalidInput, match="addresses are not read; download the file first"):
        read(Path("https://example.org/x.csv"))
