"""Every environment variable that the source reads or sets is on the page, and no other is."""

import re

import pytest
from reference_pages import completed
from reference_parts.blocks import ROOT
from reference_parts.variables import in_source

PAGE = completed((ROOT / "docs" / "reference" / "environment.md").read_text("utf-8"))
NAMED = set(re.findall(r"`([A-Za-z]+_[A-Za-z_]+|[A-Z]{2,})`", PAGE))
READ_ELSEWHERE = {
    "NO_COLOR": "rich reads it",
    "HTTPS_PROXY": "httpx2 reads it",
    "ALL_PROXY": "httpx2 reads it",
    "HTTP_PROXY": "httpx2 reads it",
    "NO_PROXY": "httpx2 reads it",
    "SSL_CERT_FILE": "httpcore2 reads it",
    "SSL_CERT_DIR": "httpcore2 reads it",
    "GOEMOX_DATA": "tests/conftest.py",
    "GOEMOX_CHROMIUM": "tests/servers/chromium.py",
    "GOEMOX_EXAMPLES": "tests/sources/test_cleaning_properties.py",
}
"""Variables that goemox's source does not name: who reads them."""


@pytest.fixture(scope="module")
def found():
    return in_source()


def test_every_variable_of_the_source_is_on_the_page(found):
    missing = {name: where for name, where in found.items() if not {name, name.upper()} & NAMED}
    assert not missing, "docs/reference/environment.md"


def test_no_variable_is_on_the_page_that_nothing_reads(found):
    assert set() == NAMED - set(found) - set(READ_ELSEWHERE)


def test_a_variable_is_found_however_it_is_read(tmp_path):
    source = """
import os
NAME = "A_NAMED"
SETTINGS = {"A_KEY": "1"}
os.environ.get(NAME), os.getenv("A_GOT"), os.environ["A_READ"], "A_ASKED" in os.environ
for one, value in SETTINGS.items():
    os.environ.setdefault(one, value)
found = [os.environ[n] for n in ("A_FIRST", "A_SECOND")]
OTHER = "GOEMOX_SOMEWHERE"
"""
    (tmp_path / "a.py").write_text(source)
    found = {name for name, places in in_source(tmp_path).items() if places[0].startswith("a.py:")}
    assert found == {
        "A_NAMED", "A_KEY", "A_GOT", "A_READ", "A_ASKED", "A_FIRST", "A_SECOND", "GOEMOX_SOMEWHERE",
    }  # fmt: skip


def test_a_variable_whose_name_is_made_up_at_run_time_is_refused(tmp_path):
    (tmp_path / "a.py").write_text("import os\ndef f(x):\n    return os.environ.get('A_' + x)\n")
    with pytest.raises(ValueError, match=r"a\.py, line 3: which variable"):
        in_source(tmp_path)
