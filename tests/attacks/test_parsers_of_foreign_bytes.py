"""Whatever the bytes, a parser gives a result or one of goemox's own errors: fewer tries of what
`python benchmarks/security/fuzz_properties.py` does, and what it has found.

GOEMOX_EXAMPLES says how many inputs each parser is tried on, see CONTRIBUTING.md.
"""

import os
import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the serve extra is not installed: pip install 'goemox[serve]'")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks" / "security"))

from fuzz_properties import TARGETS, tried
from parsers import SLOW_S, held

EXAMPLES = int(os.environ.get("GOEMOX_EXAMPLES", "40"))
BY_NAME = {target.name: target for target in TARGETS}
DIGITS, DEEP = b"9" * 5_000, b"[" * 100_000
LISTED = b'{"_data_files": [{"filename": "rows.arrow"}], "features": '


@pytest.mark.parametrize("name", BY_NAME)
def test_a_parser_gives_a_result_or_an_error_with_words(name, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    found = tried(BY_NAME[name], EXAMPLES)
    assert not found.crashes, found.crashes[0]
    assert found.slowest_s < SLOW_S, found.slow[:200]
    assert found.n >= EXAMPLES


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("GitHub's rows", b'{"issue_url": "x/' + DIGITS + b'"}'),
        ("GitHub's rows", b'{"number": 1, "title": "a", "created_at": "0001-01-01T00:00:00+23:59"}'),
        ("headers of limits", b'link: <//a?page=2>; rel="next", <//a?page=' + DIGITS + b'>; rel="last"'),
        ("headers of limits", b'link: <//a?page=2>; rel="next", <https://a[m/x?page=9>; rel="last"'),
        ("label cells", b'["joy", 1e400]'),
        ("goemox.toml", b"[predict]\ntop-k = 1_0\n"),
        ("rows collected before", b'{"id": 5}\n'),
        ("datasets folder", LISTED + b"[1]}"),
        ("datasets folder", LISTED + b'{"labels": {"_type": "ClassLabel", "names": {"a": 1}}}}'),
        ("datasets folder", LISTED + b'{"labels": {"_type": "ClassLabel", "names": 5}}}'),
    ],
)  # fmt: skip
def test_what_is_wrong_beside_the_point_does_not_stop_a_parser(name, data, tmp_path):
    held(BY_NAME[name], data, tmp_path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("dates", b"0001-01-01T00:00:00+23:59"),
        ("dates", b"9999-12-31T23:59:59-23:59"),
        ("written label cells", DIGITS),
        ("goemox.toml", b"model = " + DIGITS),
        ("goemox.toml", b"model = " + DEEP),
        ("mapping", DEEP),
        ("datasets folder", DEEP),
        ("datasets folder", b'{"_data_files": [{"filename": "' + b"a" * 5_000 + b'"}]}'),
        ("SHA256SUMS", b"0" * 64 + b"  " + b"a" * 5_000),
        ("rows of a pipe", b"\x06id,text\n1,\xe2\x80\x9chi\n"),  # punycode
        ("rows of a pipe", b"\x02\xff\xfeid,text\n1,hi\n"),  # half of a character at the end
    ],
)
def test_what_cannot_be_read_is_refused_with_words(name, data, tmp_path):
    assert held(BY_NAME[name], data, tmp_path) is False
