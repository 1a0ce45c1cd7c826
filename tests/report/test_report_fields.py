"""What is absent is empty, what is wrong is named."""

import pytest

from goemox.errors import InvalidInput
from goemox.report.fields import Fields


def test_absent_and_null_read_as_empty_values():
    for fields in (Fields({}), Fields({"a": None})):
        assert fields.number("a") is None
        assert fields.count("a") is None
        assert fields.text("a") == ""
        assert fields.flag("a") is None
        assert not fields.fields("a")
        assert fields.rows("a") == ()
        assert fields.texts("a") == ()
        assert fields.matrix("a") == ()
        assert fields.intervals("a") == ()
        assert fields.by_name("a") == {}


def test_a_number_that_is_not_finite_counts_as_missing():
    assert Fields({"a": float("nan")}).number("a") is None
    assert Fields({"a": float("inf")}).number("a") is None


def test_an_interval_without_one_of_its_ends_counts_as_missing():
    assert Fields({"a": [[None, [0.1, 0.2], [0.1, None]]]}).intervals("a") == ((None, (0.1, 0.2), None),)


@pytest.mark.parametrize(
    ("reader", "wrong"),
    [
        ("number", "0.5"), ("number", True), ("text", 3), ("flag", 1), ("fields", []), ("rows", [1]),
        ("rows", {}), ("texts", [1]), ("matrix", [1]), ("matrix", [["x"]]),
        ("intervals", [1]), ("intervals", [[0.5]]), ("intervals", [[[0.1]]]), ("intervals", [[["x", 1]]]),
        ("numbers", ["x"]), ("by_name", {"b": "x"}),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_is_an_input_error_that_names_its_place(reader, wrong):
    with pytest.raises(InvalidInput, match=r"report\.json: a"):
        getattr(Fields({"a": wrong}), reader)("a")


def test_the_path_of_a_nested_value_is_in_the_message():
    report = Fields({"domains": [{"name": "x"}, {"distance": {"share_outside": "half"}}]})
    with pytest.raises(InvalidInput, match=r"domains\[1\]: distance: share_outside must be a number"):
        report.rows("domains")[1].fields("distance").number("share_outside")
