"""Bytes -> lines: encodings, line ends, damaged archives, things that are no text."""

import codecs
import gzip
import io
import json
import os
import random
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goemox.data.files import read_records
from goemox.data.lines import text_lines
from goemox.errors import InvalidInput, UsageError

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


def test_western_text_is_read_as_windows_1252_and_told_once(tmp_path):
    path = tmp_path / "my file.csv"
    path.write_bytes("id,text\n1,fine\n2,caf\u00e9 \u20ac3\n3,d\u00e9j\u00e0 vu\n".encode("cp1252"))
    told = []
    stream = read_records(path, notice=told.append)
    assert [r.text for r in stream] == ["fine", "caf\u00e9 \u20ac3", "d\u00e9j\u00e0 vu"]
    assert stream.encoding == "utf-8, 2 lines windows-1252"
    assert told == [
        f"{path}:3: not UTF-8; this line and others that are not are read as Windows-1252. "
        "If letters come out wrong, save the file as UTF-8"
    ]


def test_lines_of_two_encodings_in_one_file_are_each_read_in_their_own(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes("utf-8: na\u00efve\n".encode() + "latin: na\u00efve\n".encode("latin-1"))
    assert [r.text for r in read_records(path)] == ["utf-8: na\u00efve", "latin: na\u00efve"]


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("x.txt", "Hello my friend\nHow are you\n\u201cNo\u2026\u201d\nfine\n", "\u201cNo\u2026\u201d"),
        ("x.csv", "id,text\n1,fine\n2,\u201c\u2026\u201d\n", "\u201c\u2026\u201d"),
        ("x.txt", "\xab\xa0\xc9t\xe9\xa0\xbb \u2013 \u20ac\n", "\xab\xa0\xc9t\xe9\xa0\xbb \u2013 \u20ac"),
        ("x.txt", "\xe9t\xe9 \xe0 c\xf4t\xe9 du caf\xe9\n", "\xe9t\xe9 \xe0 c\xf4t\xe9 du caf\xe9"),
        ("x.txt", "\xc0 \xe9t\xe9\n", "\xc0 \xe9t\xe9"),
    ],
    ids=["quotes", "quotes-alone", "guillemets", "french", "short-french"],
)
def test_a_short_western_line_full_of_quotes_or_accents_is_read(tmp_path, name, content, text):
    path = tmp_path / name
    path.write_bytes(content.encode("cp1252"))
    assert text in [r.text for r in read_records(path)]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "\u041f\u0440\u0438\u0432\u0435\u0442"),
        ("cp1251", "\xab\u0421\u043f\u0430\u0441\u0438\u0431\u043e\xbb\u2026"),
        ("gb18030", "\u6211\u4e0d\u4f1a"),
        ("euc_kr", "\uac10\uc0ac"),
    ],
)
def test_one_word_in_another_script_is_no_western_text(tmp_path, encoding, text):
    path = tmp_path / "x.txt"
    path.write_bytes(text.encode(encoding) + b"\n")
    with pytest.raises(InvalidInput, match=r"x\.txt:1: not UTF-8 .*predict and profile .*--encoding"):
        list(read_records(path))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "cp1251",
            "Я ничего не понимаю",
        ),
        ("gb18030", "我不明白你的意思"),
        ("shift_jis", "意味がわかりません"),
    ],
)
def test_an_encoding_that_nobody_can_tell_is_refused_until_it_is_named(tmp_path, encoding, text):
    path = tmp_path / "x.txt"
    path.write_bytes(b"good line\n" * 500 + text.encode(encoding) + b"\n")
    with pytest.raises(InvalidInput) as refusal:
        list(read_records(path))
    assert f"{path}:501: not UTF-8 (byte 50" in str(refusal.value)
    assert f"iconv -f ENCODING -t utf-8 {path}" in str(refusal.value)
    stream = read_records(path, encoding=encoding)
    assert [r.text for r in stream][500] == text
    assert stream.encoding == encoding


def test_an_encoding_that_does_not_exist_is_a_usage_error(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(b"a\n")
    for wrong in ("utf-9", "rot13", ""):
        with pytest.raises(UsageError, match=f"encoding '{wrong}' does not exist"):
            read_records(path, encoding=wrong)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32-be", "utf-8"])
def test_marks_leave_no_trace_where_the_encoding_is_named_and_files_were_joined(tmp_path, encoding):
    path = tmp_path / "x.txt"
    path.write_bytes("\ufeffone\n\ufefftwo\n".encode(encoding))
    assert [r.text for r in read_records(path, encoding=encoding)] == ["one", "two"]
    path = tmp_path / "x.json"
    path.write_bytes('\ufeff["one"]'.encode(encoding))
    assert [r.text for r in read_records(path, encoding=encoding)] == ["one"]


def test_a_text_that_breaks_the_named_encoding_is_refused_by_line(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(b"fine\ncaf\xe9\n")
    with pytest.raises(InvalidInput, match=r"x.txt:2: not UTF-8 \(byte 8\)"):
        list(read_records(path, encoding="utf-8"))


@pytest.mark.parametrize(
    ("codec", "said"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8 with a byte order mark"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
    ],
)
@pytest.mark.parametrize(
    ("name", "content"), [("x.txt", "a\n"), ("x.jsonl", '{"text": "a"}\n'), ("x.json", '[{"text": "a"}]')]
)
def test_the_encoding_that_was_found_is_reported(tmp_path, name, content, codec, said):
    path = tmp_path / name
    path.write_bytes(content.encode(codec))
    stream = read_records(path)
    assert [r.text for r in stream] == ["a"]
    assert stream.encoding == said


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-32"])
def test_json_lines_called_json_are_lines_in_any_encoding(tmp_path, codec):
    path = tmp_path / "x.json"
    rows = [{"text": "a"}, {"text": "\u0a0a, which has the bytes of line breaks"}, {"text": "c"}]
    path.write_bytes("".join(json.dumps(row, ensure_ascii=False) + "\r\n" for row in rows).encode(codec))
    assert [r.text for r in read_records(path)] == [row["text"] for row in rows]


def test_a_mark_in_the_middle_where_files_were_joined_leaves_no_trace(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(codecs.BOM_UTF8 + b'{"text": "a"}\n' + codecs.BOM_UTF8 + b'{"text": "b"}\n')
    assert [r.text for r in read_records(path)] == ["a", "b"]


def test_a_line_beyond_64_megabytes_is_refused_and_named(tmp_path):
    path = tmp_path / "x.txt"
    with path.open("wb") as file:
        file.write(b"short\n")
        for _ in range(100):
            file.write(b"x" * 1024 * 1024)
    with pytest.raises(InvalidInput, match=r"x.txt:2: the line is longer than 64 MB"):
        list(read_records(path))


def test_a_json_array_on_one_line_may_be_longer_than_any_line(tmp_path):
    path = tmp_path / "x.json"
    row = b'{"text": "' + b"word " * 200_000 + b'"}'
    path.write_bytes(b"[" + b",".join([row] * 70) + b"]")
    assert sum(len(r.text) == 1_000_000 for r in read_records(path)) == 70


def test_broken_utf16_is_refused(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(codecs.BOM_UTF16_LE + b"a\0\x00\xd8b\0")
    with pytest.raises(InvalidInput, match=r"x.txt:1: not UTF-16 \(byte 4\)"):
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
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + random.Random(0).randbytes(5_000), "holds binary data, not text"),
        ("no mark".encode("utf-16-le") * 50, "UTF-16 with a byte order mark"),
        (excel_file(), "a zip or Excel file: save it as CSV"),
        (gzip.compress(b"text\n" * 100), "end its name with .gz"),
    ],
    ids=["noise", "zeros", "picture", "utf16-no-mark", "excel", "gzip"],
)
@pytest.mark.parametrize("name", ["x.csv", "x.txt", "x.jsonl", "x.tsv", "x.json"])
def test_binary_data_under_a_texts_name_is_refused(tmp_path, name, data, said):
    path = tmp_path / name
    path.write_bytes(data)
    told = []
    with pytest.raises(InvalidInput) as refusal:
        list(read_records(path, bad_rows=[], notice=told.append))
    assert said in str(refusal.value)
    assert told == []


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
    if text.encode().startswith((b"\xff\xfe", b"\xfe\xff")) or "\ufeff" in text or text.count("\0") > 1:
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
