"""The Sphinx extension puts what is made from the code into the pages of the reference."""

import re

import pytest
from reference_pages import MARKER, PARTS, completed, made_pages
from reference_parts.blocks import ROOT
from reference_parts.rest import document, markdown

DOCS = ROOT / "docs"


def test_every_part_has_its_place_on_a_page():
    found = [MARKER.findall((DOCS / f"{page}.md").read_text("utf-8")) for page in made_pages(DOCS)]
    assert sorted(name for names in found for name in names) == sorted(PARTS)


@pytest.mark.parametrize("page", made_pages(DOCS))
def test_a_completed_page_has_no_marker_and_one_title(page):
    made = completed((DOCS / f"{page}.md").read_text("utf-8"))
    assert not MARKER.search(made)
    assert made.count("\n# ") + made.startswith("# ") == 1


@pytest.mark.parametrize("page", made_pages(DOCS))
def test_a_page_as_it_stands_says_how_to_make_its_tables_and_where_the_same_is_now(page):
    above = (DOCS / f"{page}.md").read_text("utf-8").partition("<!-- made:")[0]
    said = " ".join(above.split())
    assert f"when the site is built (`make docs`, then `build/docs/{page}.html`); in a clone there " in said
    now = said.partition("in a clone there ")[2].partition(". ")[2]
    assert re.match(r"`|\[Serving\]\(", now), "a command, or a page that lists the same"


def test_a_marker_that_nothing_makes_is_an_error():
    with pytest.raises(KeyError):
        completed("<!-- made: nothing -->\n")


def test_every_address_is_there_with_its_body_answer_refusals_and_a_command():
    page = markdown()
    for path, methods in document()["paths"].items():
        for method in methods:
            part = page.partition(f"### {method.upper()} {path}\n")[2].partition("\n###")[0]
            assert f"curl http://127.0.0.1:8000{path}" in part
            assert ("**Body.**" in part) is (method == "post")
            assert "| 405 |" in part
