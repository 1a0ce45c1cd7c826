import pytest

from goemox.report.fields import Fields
from goemox.report.sentences import confusions as say
from goemox.report.sentences.in_domain import NOT_MEASURED


def told(sentence, confusion):
    return sentence(Fields({"in_domain": {"confusion": confusion}}))


def planted(off, diagonal=0.6, labels=("neutral", "joy", "love"), support=90, **cells):
    """A table with `off` everywhere but on the diagonal, and at cells given as joy_neutral=0.5."""
    matrix = [[diagonal if i == j else off for j in range(len(labels))] for i in range(len(labels))]
    for pair, value in cells.items():
        true, predicted = pair.split("_")
        matrix[labels.index(true)][labels.index(predicted)] = value
    sizes = [support] * len(labels)
    return {
        "labels": list(labels), "multi_label": matrix, "single_label": matrix,
        "support": sizes, "single_label_support": sizes,
    }  # fmt: skip


def test_the_largest_confusion_is_a_share_of_all_rows_that_carry_the_label():
    said = told(say.multi_label_confusion, planted(0.02, joy_neutral=0.5, love_joy=0.2))
    assert said == (
        "In 50% of all rows that carry joy it was missed and neutral wrongly given: the largest confusion "
        "here. Between two emotions it is joy for love (20%)."
    )
    assert told(say.single_label_confusion, planted(0.02, joy_neutral=0.5)).startswith(
        "Of the rows whose only label is joy, 50% get neutral as top label."
    )


def test_even_small_confusions_are_no_finding():
    flat = planted(0.04)
    said = told(say.multi_label_confusion, flat)
    assert said.startswith("No label regularly takes the place of a missed one")
    assert said.endswith("in 4.0% of all rows that carry neutral.")
    assert told(say.single_label_confusion, flat).startswith("No pair of labels is mixed up in 10%")
    none = planted(0.0)
    assert told(say.multi_label_confusion, none) == "No label took the place of a missed one."


def test_a_row_of_few_texts_is_no_finding_however_dark_its_cells():
    few = planted(0.02, love_joy=0.9)
    few["support"] = few["single_label_support"] = [90, 90, 29]
    for sentence in (say.multi_label_confusion, say.single_label_confusion):
        said = told(sentence, few)
        assert said.startswith("Among labels with 30 such rows or more (2 of 3): no ")
        assert said.endswith(" On fewer rows, a hint: 90% of the 29 rows of love become joy.")
        assert told(sentence, planted(0.5, support=8)) == say.FEW


def test_no_sentence_denies_what_its_picture_shows_of_a_naive_model():
    naive = planted(0.0, joy_neutral=0.95, love_neutral=1.0, neutral_joy=0.049)
    naive["support"] = naive["single_label_support"] = [400, 20, 12]
    assert told(say.single_label_confusion, naive) == (
        "Among labels with 30 such rows or more (1 of 3): no pair of labels is mixed up in 10% of the rows; "
        "the largest is 4.9%. On fewer rows, a hint: 100% of the 12 rows of love become neutral."
    )
    assert "a hint: 100% of the 12 rows of love" in told(say.multi_label_confusion, naive)


def test_a_finding_is_not_called_the_largest_where_a_row_of_few_texts_shows_more():
    both = planted(0.02, joy_neutral=0.3, love_neutral=0.8)
    both["support"] = both["single_label_support"] = [90, 90, 12]
    said = told(say.multi_label_confusion, both)
    assert said.startswith(
        "Among labels with 30 such rows or more (2 of 3): in 30% of all rows that carry joy"
    )
    assert said.endswith("On fewer rows, a hint: 80% of the 12 rows of love become neutral.")


def test_tables_without_the_number_of_texts_are_still_read():
    old = planted(0.02, joy_neutral=0.5)
    del old["support"], old["single_label_support"]
    assert "50%" in told(say.multi_label_confusion, old)


@pytest.mark.parametrize("empty", [None, planted(None, None), planted(0.5, labels=("joy",))])
def test_confusions_without_numbers_were_not_measured(empty):
    assert told(say.multi_label_confusion, empty) == NOT_MEASURED
    assert told(say.single_label_confusion, empty) == NOT_MEASURED
