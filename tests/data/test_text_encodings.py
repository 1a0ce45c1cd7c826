"""Bytes -> lines: encodings, line ends, damaged archives, things that are no text."""

import codecs
import gzip
import io
import os
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goemox.data.files import read_records
from goemox.data.lines import text_lines
from goemox.errors import InvalidInput

WORDS = 'text,who\n"na\u00efve \u2603 \U0001f600",\u00e9lise\nplain,bob\n'


@pytest.mark.parametrize(
    "data",
    [
        WORDS.encode("utf-8"),
        WORDS.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"),
        WORDS.replace("\n", "\r\n").encode("utf-8-sig"),
        WORDS.replace("\n", "\r").encode("utf-8"),
        codecs.BOM_UTF16_LE + WORDS.replace("\n", "\r\n").encode("utf-16-le"),
    ],
    ids=["utf8", "utf8-mark", "utf16-le", "utf16-be", "windows", "old-mac", "excel-unicode"],
)
def test_marks_encodings_and_line_ends_leave_no_trace(tmp_path, data):
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    records = list(read_records(path))
    assert [(r.text, dict(r.meta)) for r in records] == [
        ("na\u00efve \u2603 \U0001f600", {"who": "\u00e9lise"}),
        ("plain", {"who": "bob"}),
    ]


def test_another_encoding_is_refused_with_line_byte_and_remedy(tmp_path):
    path = tmp_path / "my file.csv"
    path.write_bytes("id,text\n1,fine\n2,caf\u00e9\n".encode("latin-1"))
    with pytest.raises(InvalidInput) as refusal:
        list(read_records(path, bad_rows=[]))
    assert str(refusal.value) == (
        f"{path}:3: not UTF-8 (byte 20); save it as UTF-8, or convert it: iconv -f latin1 -t utf-8 '{path}'"
    )


def test_a_wrong_encoding_deep_in_a_file_is_found_where_it_is(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(b"good line\n" * 500 + b"\xff\xfe bad\n")
    stream = read_records(path)
    with pytest.raises(InvalidInput, match=r":501: not UTF-8 \(byte 5000\)"):
        list(stream)


def test_broken_utf16_is_refused(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(codecs.BOM_UTF16_LE + b"a\0\x00\xd8b\0")
    with pytest.raises(InvalidInput, match="starts as UTF-16 but breaks at byte 4"):
        read_records(path)


def excel_file():
    sheet = io.BytesIO()
    with zipfile.ZipFile(sheet, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", os.urandom(4_000))
    return sheet.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (random.Random(0).randbytes(5_000), "holds binary data, not text"),
        (bytes(5_000), "holds binary data, not text"),
        ("no mark".encode("utf-16-le") * 50, "UTF-16 with a byte order mark"),
        (excel_file(), "a zip or Excel file: save it as CSV"),
        (gzip.compress(b"text\n" * 100), "end its name with .gz"),
    ],
    ids=["noise", "zeros", "utf16-no-mark", "excel", "gzip"],
)
@pytest.mark.parametrize("name", ["x.csv", "x.txt", "x.jsonl", "x.tsv", "x.json"])
def test_binary_data_under_a_texts_name_is_refused(tmp_path, name, data, said):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(InvalidInput) as refusal:
        list(read_records(path, bad_rows=[]))
    assert said in str(refusal.value)


@pytest.mark.parametrize("damage", ["cut", "flipped", "not packed"])
def test_a_damaged_archive_is_refused(tmp_path, damage):
    packed = bytearray(gzip.compress(random.Random(1).randbytes(3_000).hex().encode()))
    if damage == "flipped":
        packed[len(packed) // 2] ^= 0xFF
    path = tmp_path / "x.txt.gz"
    path.write_bytes({"cut": packed[:-500], "flipped": packed, "not packed": b"just text\n"}[damage])
    with pytest.raises(InvalidInput, match="archive is damaged"):
        list(read_records(path))


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_joining_the_lines_gives_back_the_text(text):
    if (
        text.encode().startswith((b"\xff\xfe", b"\xfe\xff"))
        or text.startswith("\ufeff")
        or text.count("\0") > 1
    ):
        return
    if "\0" in text and len(text) < 20:
        return
    lines = list(text_lines(io.BytesIO(text.encode()), "x"))
    assert "".join(lines) == text
    assert lines == list(io.StringIO(text, newline=""))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_lines_or_one_clear_refusal(data):
    try:
        lines = list(text_lines(io.BytesIO(data), "x"))
    except InvalidInput as refusal:
        assert str(refusal).startswith("x")  # noqa: PT017 - either way is right
    else:
        assert all(lines)
