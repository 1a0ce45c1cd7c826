"""Rows that are marked as no sample of the others, or as labelled with suggestions, and who is told."""

import json

import pytest
from forked import goemox

from goemox.data.labelled import load_labelled
from goemox.data.marked_rows import (
    INFORMATIVE,
    RANDOM,
    SUGGESTED,
    figures_mislead,
    informative,
    suggested,
)
from goemox.records import TextRecord
from goemox.report.fields import Fields
from goemox.report.sentences.summary import headline
from goemox.studies.notices import Notices
from goemox.studies.sections import in_domain_section

TEXTS = ("Thank you so much!", "Ok", "I love it", "Oh no, how sad")
PICKED = "2 of 4 rows were picked as informative: figures do not stand for all texts"


@pytest.fixture
def half_picked(tmp_path):
    """Four labelled rows, of which every second was picked as informative."""
    path = tmp_path / "rows.jsonl"
    rows = (
        {"text": text, "labels": ["neutral"], "sampling": (RANDOM, INFORMATIVE)[number % 2]}
        for number, text in enumerate(TEXTS)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 9), ""),
        (
            (1, 0, 9),
            "1 of 9 rows was picked as informative: figures do not stand for all texts; leave it out",
        ),
        (
            (0, 2, 9),
            "2 of 9 rows were labelled with suggestions in sight: figures flatter the model; leave them out",
        ),
        (
            (3, 2, 9),
            "3 of 9 rows were picked as informative and 2 labelled with suggestions in sight: figures do not "
            "stand for all texts and flatter the model; leave them out",
        ),
    ],
)
def test_what_is_wrong_with_figures_on_marked_rows_is_one_sentence(counts, said):
    assert figures_mislead(*counts) == said


def test_marks_are_read_from_any_file_in_which_they_are_kept():
    marks = (True, "true", "True", 1, None, False, "false", "")
    rows = [TextRecord(str(mark), "x", meta={SUGGESTED: mark}) for mark in marks]
    assert suggested([*rows, TextRecord("9", "x")]).tolist() == [True] * 4 + [False] * 5
    assert informative([TextRecord("1", "x", meta={"sampling": INFORMATIVE}), *rows[:1]]).tolist() == [
        True,
        False,
    ]


def test_evaluate_says_that_rows_were_picked_as_informative_and_counts_them(half_picked):
    done = goemox("evaluate", "--data", half_picked, "--json")
    assert PICKED in done.stderr
    document = json.loads(done.stdout)
    assert (document["n_informative"], document["n_suggested"]) == (2, 0)


def test_a_study_of_rows_picked_as_informative_says_so_in_its_report(classifier, half_picked):
    notices = Notices(None)
    records = load_labelled(half_picked, "test", classifier.labels)
    content, _ = in_domain_section(
        classifier, half_picked, "test", records, seed=0, notices=notices, progress=None
    )
    assert f"but {PICKED}; leave them out." in " ".join(headline(Fields({"in_domain": content})))
    assert any(PICKED in line for line in notices.warnings)
    assert (content["n_informative"], content["n_suggested"]) == (2, 0)


def test_marks_are_read_in_any_case_under_a_name_in_any_case():
    marks = {"Sampling": " Informative", "SUGGESTED": "True"}
    records = [TextRecord("1", "a", meta=marks), TextRecord("2", "b")]
    assert informative(records).tolist() == suggested(records).tolist() == [True, False]
