"""What is said where two studies are compared on rows that were picked, or labelled with answers in sight."""

import runpy
from pathlib import Path

import pytest

from goemox.report.fields import Fields
from goemox.report.sentences.comparable import comparable

planted = runpy.run_path(str(Path(__file__).with_name("planted_comparison.py")))  # tests are no package
comparison, home = planted["comparison"], planted["home"]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (
            {"n_informative_a": 60, "n_informative_b": 60},
            ["Of the labelled texts, 60 of 2,000 rows were picked as informative: figures do not"],
        ),
        ({"n_suggested_b": 60}, ["Of B's labelled texts, 60 of 2,000 rows were labelled with suggestions"]),
        ({"n_informative_a": 0, "n_suggested_b": 0}, []),
    ],
)
def test_rows_that_do_not_stand_for_all_texts_or_flatter_the_model_are_named(counts, said):
    found = [
        words for words in comparable(Fields(comparison(home(**counts)), "comparison")) if "Of " in words
    ]
    assert len(found) == len(said)
    assert all(words.startswith(beginning) for words, beginning in zip(found, said, strict=True))
