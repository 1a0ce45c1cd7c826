"""Lines of a template that many texts share are named; short, rare and lone ones are not."""

from goemox.profiling.shared_lines import shared_lines
from goemox.records import TextRecord

TEMPLATE = "- [x] I agree to contribute under this licence"


def texts(n, *lines):
    return [TextRecord(str(i), "\n".join((f"text {i}", *lines))) for i in range(n)]


def test_a_line_in_a_twentieth_of_the_texts_is_named_with_its_number():
    told = shared_lines([*texts(12, TEMPLATE, "  Steps to  reproduce it: "), *texts(188)])
    assert told.startswith(f"12 texts (6.0%) share the line '{TEMPLATE}' (1 more such): ")


def test_short_rare_and_lone_lines_are_no_template():
    assert shared_lines(texts(100, "Steps to reproduce")) is None
    assert shared_lines([*texts(9, TEMPLATE), *texts(50)]) is None
    assert shared_lines([*texts(10, TEMPLATE), *texts(300)]) is None
    assert shared_lines([TextRecord(str(i), TEMPLATE) for i in range(50)]) is None
