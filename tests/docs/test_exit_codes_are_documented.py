"""Every error is on the page with its code, and every place that lists the codes lists the same."""

import re

from reference_parts.blocks import ROOT
from reference_parts.exit_codes import MEANINGS, by_code, markdown

from goemox import errors
from goemox.cli.verbs import application

README = " ".join((ROOT / "README.md").read_text("utf-8").split())


def test_every_public_error_is_on_the_page():
    found = {each.__name__ for kinds in by_code().values() for each in kinds}
    assert found == set(errors.__all__)
    assert all(f"| `{name}` |" in markdown() for name in found)


def test_every_code_has_a_meaning():
    assert set(by_code()) == set(MEANINGS)


def test_the_readme_and_the_help_list_the_same_codes():
    for listed in (README[README.index("exit codes are ") :], application(()).info.epilog):
        assert [int(code) for code in re.findall(r"\b(\d{1,3}) [a-z]", listed.partition(". ")[0])] == list(
            MEANINGS
        )
