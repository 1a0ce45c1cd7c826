"""Numbers in sentences."""

import pytest

from goemox.wording import plural


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (plural(0, "text"), "0 texts"),
        (plural(1, "text"), "1 text"),
        (plural(2_000, "text"), "2,000 texts"),
        (plural(1, "text is", "texts are"), "1 text is"),
        (plural(3, "text is", "texts are"), "3 texts are"),
        (plural(1.0, "text"), "1 text"),
    ],
)
def test_one_is_singular_and_all_else_is_plural(said, expected):
    assert said == expected
