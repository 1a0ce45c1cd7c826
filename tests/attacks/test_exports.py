"""What goemox writes is never run, hides nothing, and is read back as it was (checklist 16).

benchmarks/security/exports.py does the same word by word, and in Chromium.
"""

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from exported import figures_wrong, markdown_wrong, names_wrong, page_wrong, tables_wrong, terminal_wrong
from hostile_words import WORDS

SOME = ["<script>pwned()</script>", "[x](javascript:pwned())", " ".join(WORDS)]


@pytest.fixture(scope="module")
def planted():
    """Reports whose words are chosen."""
    return SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "report" / "planted.py")))


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_no_cell_is_a_formula_and_every_text_id_and_cell_comes_back(form):
    assert tables_wrong(form) == []


def test_columns_may_be_called_like_formulas_and_keep_their_names():
    assert names_wrong() == []


def test_nothing_that_a_terminal_obeys_is_sent_to_it():
    assert terminal_wrong() == []


@pytest.mark.parametrize("word", SOME)
def test_markup_in_names_and_texts_of_a_report_stays_words(planted, word):
    assert page_wrong(planted, word) == []
    assert markdown_wrong(planted, word) == []
    assert figures_wrong(planted, word) == []
