"""Archives and pipes: unpacked on the way, recognised by what they bring, refused when they are broken."""

import gzip
import io
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goemox.data.files import read_records
from goemox.data.packed import zstd
from goemox.errors import InvalidInput, UsageError

ROWS = [{"id": "a", "text": "I love it"}, {"id": "b", "text": "oh no"}]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)
TABLE = "id,text\na,I love it\nb,oh no\n"
PIPED = {
    "json lines": LINES,
    "array": json.dumps(ROWS),
    "array over lines": json.dumps(ROWS, indent=2),
    "csv": TABLE,
    "csv with semicolons": TABLE.replace(",", ";"),
    "tsv": TABLE.replace(",", "\t"),
}


def piped(content, **options):
    told = []
    data = content if isinstance(content, bytes) else content.encode()
    return list(read_records("-", stdin=io.BytesIO(data), notice=told.append, **options)), told


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress], ids=["plain", "gz", "zst"])
@pytest.mark.parametrize("content", PIPED.values(), ids=PIPED)
def test_a_pipe_is_read_as_what_it_brings(content, pack):
    records, _ = piped(pack(content.encode()))
    assert [(r.id, r.text) for r in records] == [("a", "I love it"), ("b", "oh no")]


def test_a_table_from_a_pipe_is_told_with_the_way_out():
    _, told = piped(TABLE)
    assert told == [
        "stdin: read as a table, since the first line names columns "
        "(--input-format txt reads a text from each line)"
    ]
    records, told = piped(TABLE, input_format="txt")
    assert [r.text for r in records] == TABLE.splitlines()
    assert told == []


@pytest.mark.parametrize(
    "content",
    [
        "".join(json.dumps(row, indent=2) + "\n" for row in ROWS),
        '\n{ "id": 1,\n  "text": "a" }\n',
        '{"id": 1, "text": "to',
    ],
)
def test_json_over_several_lines_is_no_list_of_texts(content):
    with pytest.raises(InvalidInput, match=r"stdin: the first line begins a JSON object .*\(jq -c"):
        piped(content)
    assert len(piped(content, input_format="txt")[0]) == len(content.strip().splitlines())


@pytest.mark.parametrize("content", ["{ said he\n}\n", "{name} wrote\n", "{}{\n"])
def test_texts_that_begin_with_a_brace_stay_texts(content):
    assert [r.text for r in piped(content)[0]] == content.splitlines()


@pytest.mark.parametrize(
    "content",
    [
        "text, and then some words, of a sentence that is long enough to be one\nmore\n",
        "Well, title, body!\nthree, more, words\n",
        "id,text\njust one sentence below\n",
        "text\nonly one column\n",
        "comment, comment\na, b\n",
    ],
)
def test_sentences_with_commas_stay_texts(content):
    records, told = piped(content)
    assert [r.text for r in records] == content.splitlines()
    assert told == []


def test_the_format_that_is_asked_for_wins_over_the_name(tmp_path):
    path = tmp_path / "data.log"
    path.write_text(TABLE)
    with pytest.raises(InvalidInput, match=r"files ending in \.log cannot be read"):
        read_records(path)
    assert [r.text for r in read_records(path, input_format="csv")] == ["I love it", "oh no"]
    with pytest.raises(UsageError, match="input format 'xlsx' does not exist; one of csv, tsv"):
        read_records(path, input_format="xlsx")
    with pytest.raises(UsageError, match="parquet cannot be read from a pipe"):
        piped(b"PAR1", input_format="parquet")


@pytest.mark.parametrize(
    "name", ["x.csv.zst", "x.CSV.ZST", "x.tsv.zst", "x.jsonl.zst", "x.json.zst", "notes.zst"]
)
def test_zstandard_files_are_unpacked(tmp_path, name):
    plain = {"csv": TABLE, "tsv": TABLE.replace(",", "\t"), "json": json.dumps(ROWS)}
    path = tmp_path / name
    path.write_bytes(zstd.compress(plain.get(name.lower().split(".")[1], LINES).encode()))
    assert [(r.id, r.text) for r in read_records(path)] == [("a", "I love it"), ("b", "oh no")]


@pytest.mark.parametrize("damage", ["cut", "flipped", "not packed", "empty"])
def test_a_damaged_zstandard_archive_is_refused(tmp_path, damage):
    checksum = {zstd.CompressionParameter.checksum_flag: 1}
    packed = bytearray(zstd.compress(random.Random(1).randbytes(3_000).hex().encode(), options=checksum))
    if damage == "flipped":
        packed[len(packed) // 2] ^= 0xFF
    contents = {"cut": packed[:-500], "flipped": packed, "not packed": b"just text\n", "empty": b""}
    path = tmp_path / "x.txt.zst"
    path.write_bytes(contents[damage])
    with pytest.raises(InvalidInput, match=r"x\.txt\.zst: (the archive is damaged|the file is empty)"):
        list(read_records(path))


def test_an_archive_that_breaks_off_keeps_the_rows_before(tmp_path):
    path = tmp_path / "x.txt.gz"
    lines = [random.Random(n).randbytes(40).hex() for n in range(5_000)]
    path.write_bytes(gzip.compress("\n".join(lines).encode())[:-5_000])
    stream = read_records(path)
    read = []
    with pytest.raises(InvalidInput, match="damaged or cut off"):
        read.extend(r.text for r in stream)
    assert len(lines) // 2 < len(read) < len(lines)
    assert read == lines[: len(read)]


def test_an_archive_under_a_plain_name_is_named_for_what_it_is(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(zstd.compress(random.Random(0).randbytes(2_000)))
    with pytest.raises(InvalidInput, match=r"Zstandard-compressed: end its name with \.zst"):
        list(read_records(path))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.dictionaries(st.text(), values, max_size=3), min_size=1, max_size=5),
    st.sampled_from([None, 1]),
)
def test_an_array_is_read_as_the_whole_would_be(rows, indent):
    rows = [{**row, "text": "said"} for row in rows]
    pipe = io.BytesIO(json.dumps(rows, indent=indent).encode())
    stream = read_records("-", text_column="text", id_column="text", input_format="json", stdin=pipe)
    back = [{**r.meta, "text": r.text} for r in stream]
    assert [json.dumps(row, sort_keys=True) for row in back] == [json.dumps(r, sort_keys=True) for r in rows]


def test_an_archive_of_a_long_window_says_how_to_unpack_it(tmp_path):
    path = tmp_path / "RC.zst"
    options = {
        zstd.CompressionParameter.window_log: 28,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    packer = zstd.ZstdCompressor(options=options)
    path.write_bytes(packer.compress(LINES.encode()) + packer.flush())
    with pytest.raises(
        InvalidInput, match=r"window of over 128 MB; unpack it first: zstd -d --long=31 .*RC\.zst"
    ):
        list(read_records(path, input_format="jsonl"))
