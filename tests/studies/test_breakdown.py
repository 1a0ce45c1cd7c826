"""Groups by any column: the largest are shown, small ones are no finding, hostile values are harmless."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from goemox.domain_shift import DomainSample
from goemox.errors import UnknownColumn
from goemox.records import TextRecord
from goemox.scores import ScoreMatrix
from goemox.studies.breakdown import breakdown, without_column
from goemox.studies.domains import domain_of

LABELS = ("joy", "fear", "neutral")


def rows(values, **more):
    return [TextRecord(str(i), f"text {i}", meta={"col": value}, **more) for i, value in enumerate(values)]


def sample_of(decided):
    logits = np.where(decided, 2.0, -2.0).astype(np.float32)
    n = len(logits)
    return DomainSample(
        name="d",
        scores=ScoreMatrix(
            tuple(map(str, range(n))), LABELS, logits, None, np.zeros(n, dtype=bool), np.full(n, 5), "0" * 64
        ),
        probabilities=1 / (1 + np.exp(-logits)),
        decided=decided,
        domain_percentile=np.full(n, 50.0),
        in_domain=np.arange(n) % 4 > 0,
    )


def broken_down(values, decided=None, column="col", records=None):
    held = np.tile([False, False, True], (len(values), 1)) if decided is None else decided
    return breakdown(column, records or rows(values), sample_of(held), 0)


def names_of(found):
    return [(group["name"], group["n"]) for group in found["shown"]]


def test_groups_come_by_size_and_equal_ones_by_name_whatever_the_order_of_rows():
    values = ["b"] * 3 + ["a"] * 3 + ["c"] * 5
    assert names_of(broken_down(values)) == [("c", 5), ("a", 3), ("b", 3)]
    assert names_of(broken_down(values[::-1])) == names_of(broken_down(values))


def test_groups_of_numbers_stand_from_low_to_high_however_many_texts_they_have():
    values = [5] * 60 + [1] * 70 + [10] * 3 + [3] * 2
    assert names_of(broken_down(values)) == [("1", 70), ("3", 2), ("5", 60), ("10", 3)]


def test_the_twelve_largest_are_shown_and_the_rest_together():
    values = [f"g{i:02}" for i in range(20) for _ in range(20 - i)]
    found = broken_down(values)
    assert len(found["shown"]) == 12
    assert (found["others"]["n"], found["others"]["n_groups"], found["n_groups"]) == (36, 8, 20)
    assert sum(group["n"] for group in (*found["shown"], found["others"])) == len(values)


def test_each_group_says_what_the_model_says_of_its_texts():
    decided = np.array([[1, 0, 0]] * 6 + [[0, 0, 1]] * 2 + [[0, 0, 0]] * 4, dtype=bool)
    first, second = broken_down(["x"] * 8 + ["y"] * 4, decided)["shown"]
    assert first["label_share"] == {"joy": 0.75, "fear": 0.0, "neutral": 0.25}
    assert first["top_label_share"] == {"neutral": 0.25, "admiration": 0.0, "others": 0.75}
    assert (first["no_label_share"], second["no_label_share"]) == (0.0, 1.0)
    assert first["share_outside"] == 0.25
    low, high = first["label_share_interval"]["joy"]
    assert low < 0.75 < high


def test_a_planted_difference_is_found_between_large_groups_and_never_with_a_small_one():
    decided = np.zeros((320, 3), dtype=bool)
    decided[:60, 0] = True  # 60 of the 100 of a; none of b
    decided[300:, 1] = True  # all of the 20 of c
    found = broken_down(["a"] * 100 + ["b"] * 200 + ["c"] * 20, decided)
    assert found["moved"] == ["joy"]
    (joy, *_) = found["tests"]
    assert (joy["lowest"], joy["highest"]) == ("b", "a")
    lone = broken_down(["a"] * 100 + ["b"] * 49, np.tile([True, False, False], (149, 1)))
    assert (lone["tests"], lone["moved"]) == ([], [])


def test_top_neutral_is_tested_by_itself_not_by_neutral_given():
    decided = np.tile([True, False, True], (400, 1))  # all are given neutral …
    sample = sample_of(decided)
    first = np.zeros_like(sample.probabilities)
    first[:120, 2] = first[200:260, 2] = 0.05  # … and it is the top label of 120 of 200 and of 60 of 200
    first[120:200, 0] = first[260:, 0] = 0.05
    sample = replace(sample, probabilities=sample.probabilities + first)
    found = breakdown("col", rows(["a"] * 200 + ["b"] * 200), sample, 0)
    table = [[120, 80], [60, 140]]
    assert "neutral" not in found["moved"]
    assert found["top_neutral_p"] == pytest.approx(chi2_contingency(table, correction=False).pvalue, abs=2e-6)
    assert broken_down(["a"] * 200 + ["b"] * 200)["top_neutral_p"] == 1.0
    assert broken_down(["a"] * 200 + ["b"] * 49)["top_neutral_p"] is None


def test_groups_drawn_from_the_same_texts_rarely_differ():
    dice = np.random.default_rng(3)
    alarms = 0
    for _ in range(60):
        decided = dice.random((300, 3)) < [0.3, 0.05, 0.8]
        alarms += bool(broken_down(dice.choice(["a", "b", "c"], 300).tolist(), decided)["moved"])
    assert alarms <= 6


def test_numbers_of_many_values_are_cut_at_their_quartiles_and_equal_ones_stay_together():
    found = broken_down([str(i) for i in range(1, 41)])
    assert (found["way"], found["others"]) == ("quartiles", None)
    assert names_of(found) == [("1 to 10", 10), ("11 to 20", 10), ("21 to 30", 10), ("31 to 40", 10)]
    skewed = broken_down([0] * 300 + list(range(1, 101)))
    assert names_of(skewed)[0] == ("0", 300)
    assert sum(n for _, n in names_of(skewed)) == 400


@pytest.mark.parametrize(
    ("numbers", "names"),
    [
        (
            range(1_700_000_000, 1_700_000_400, 10),
            [
                "1,700,000,000 to 1,700,000,090",
                "1,700,000,100 to 1,700,000,190",
                "1,700,000,200 to 1,700,000,290",
                "1,700,000,300 to 1,700,000,390",
            ],
        ),
        (range(1980, 2020), ["1980 to 1989", "1990 to 1999", "2000 to 2009", "2010 to 2019"]),
        (
            [round(9.5 + i / 10, 1) for i in range(40)],
            ["9.5 to 10.4", "10.5 to 11.4", "11.5 to 12.4", "12.5 to 13.4"],
        ),
        (
            [i + 1 / 3 for i in range(1_700_000_000, 1_700_000_040)],
            [
                "1,700,000,000 to 1,700,000,009",
                "1,700,000,010 to 1,700,000,019",
                "1,700,000,020 to 1,700,000,029",
                "1,700,000,030 to 1,700,000,039",
            ],
        ),
        (
            [i + 1 / 3 for i in range(16)],
            ["0.333333 to 3.33333", "4.33333 to 7.33333", "8.33333 to 11.3333", "12.3333 to 15.3333"],
        ),
        (
            [10.0**i for i in range(16, 32)],
            ["1e+16 to 1e+19", "1e+20 to 1e+23", "1e+24 to 1e+27", "1e+28 to 1e+31"],
        ),
    ],
)
def test_quartiles_are_named_by_their_ends_in_as_many_digits_as_those_need(numbers, names):
    assert [name for name, _ in names_of(broken_down(list(numbers)))] == names


@pytest.mark.parametrize("step", [1e-9, 1e-12, 1e-15])
@pytest.mark.parametrize("start", [0.1, 1.0, -1.0])
def test_quartiles_that_lie_close_have_names_of_their_own(start, step):
    found = broken_down([repr(start + step * i) for i in range(40)])
    assert len({name for name, _ in names_of(found)}) == len(found["shown"]) == 4


def test_long_values_that_begin_alike_have_names_of_their_own():
    names = [name for name, _ in names_of(broken_down(["z" * 500 + end for end in "aabbc"]))]
    assert len(set(names)) == 3
    assert max(map(len, names)) == 120


def test_few_numbers_are_groups_like_words():
    found = broken_down([1, 2, 2.0, 2.5, True, None, float("nan"), ""])
    assert (found["way"], found["n_missing"]) == ("values", 3)
    assert names_of(found) == [("2", 2), ("1", 1), ("2.5", 1), ("true", 1)]


def test_two_authors_of_fifty_texts_are_shown_among_many_of_one():
    found = broken_down([*["ann"] * 50, *["ben"] * 50, *(f"author {i}" for i in range(110))])
    assert names_of(found)[:2] == [("ann", 50), ("ben", 50)]
    assert found["others"]["n_groups"] == 100


def test_a_column_of_ids_shows_no_group():
    found = broken_down([f"id-{i}" for i in range(200)])
    assert (found["shown"], found["others"], found["n_groups"], found["tests"]) == ([], None, 200, [])


def test_a_column_without_any_value_shows_no_group():
    found = broken_down([None, "", "  ", []])
    assert (found["shown"], found["n_groups"], found["n_missing"]) == ([], 0, 4)


def test_lists_objects_and_hostile_texts_become_one_line_of_text():
    deep: list = []
    for _ in range(2000):
        deep = [deep]
    values = [
        ["bug", "ui"],
        {"b": 1, "a": [2]},
        "<b>\nx</b>",
        "\u202eevil",
        "z" * 10_000,
        deep,
        ["a", {"k": 1}],
    ]
    names = {name for name, _ in names_of(broken_down(values))}
    assert {"bug | ui", '{"a":[2],"b":1}', "<b> x</b>", "\u202eevil", 'a | {"k":1}'} <= names
    assert max(map(len, names)) == 120


def test_how_the_texts_came_is_no_source_of_theirs():
    own = domain_of("d", rows(["x"] * 4))
    with pytest.raises(UnknownColumn, match=r"d: no column 'source'\. Columns here: col\."):
        without_column("source", [own])


def test_the_source_and_the_host_of_the_address_are_columns_too():
    records = rows(["x"] * 4, source="hackernews", url="https://www.example.org/a?b")
    assert names_of(broken_down("x" * 4, column="source", records=records)) == [("hackernews", 4)]
    assert names_of(broken_down("x" * 4, column="host", records=records)) == [("www.example.org", 4)]
    broken = [replace(record, url="http://[x") for record in records]
    assert broken_down("x" * 4, column="host", records=broken)["n_missing"] == 4


def test_a_domain_without_the_column_gets_none_and_is_named():
    domain, plain = domain_of("with", rows(["x"])), domain_of("without", ["Some text."])
    assert without_column("col", [domain, plain]) == ["without"]
    assert breakdown("other", rows(["x"]), sample_of(np.ones((1, 3), dtype=bool)), 0) is None


def test_an_unknown_column_is_refused_as_one_of_a_file_is():
    own = domain_of("own", [TextRecord("1", "A text.", meta={"repo": "b", "author": "a", "zeta": 1})])
    with pytest.raises(UnknownColumn) as refused:
        without_column("rpeo", [own, domain_of("more", ["Some text."])])
    assert str(refused.value) == (
        "own and more: no column 'rpeo'; did you mean 'repo'? Columns here: repo, author, zeta. "
        "Choose one with --group-by (group_by= in Python), or leave it out."
    )
