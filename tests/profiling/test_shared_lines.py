"""Lines of a template that many texts share are named; short, rare and lone ones are not."""

from goemox.profiling import profile
from goemox.profiling.shared_lines import SharedLines, in_words
from goemox.records import TextRecord

TEMPLATE = "I agree to contribute under this licence"


def texts(n, *lines, start=0):
    return ["\n".join((f"text {i}", *lines)) for i in range(start, start + n)]


def found(*several):
    lines = SharedLines()
    for each in several:
        lines.add(each)
    return lines.found()


def test_a_line_in_a_twentieth_of_the_texts_is_named_with_its_number():
    lines = found(
        texts(8, f"- [x] {TEMPLATE}", "  Steps to  reproduce it: "), texts(4, f"* [ ] {TEMPLATE}"), texts(188)
    )
    assert [(each.n, each.share, each.line) for each in lines] == [(12, 0.06, TEMPLATE)]
    assert in_words(lines).startswith(f"12 texts share the line '{TEMPLATE}'; what is read of them may be")
    assert "(and 1 other such line)" in in_words(found(texts(20, TEMPLATE, f"{TEMPLATE}, too")))


def test_short_rare_and_lone_lines_are_no_template():
    assert found(texts(100, "Steps to reproduce")) == ()
    assert found(texts(9, TEMPLATE), texts(50)) == ()
    assert found(texts(10, TEMPLATE), texts(300)) == ()
    assert found([TEMPLATE] * 50) == ()
    assert in_words(()) is None


def test_a_profile_counts_a_text_that_is_posted_again_once():
    once = [TextRecord(str(i), text) for i, text in enumerate(texts(12, TEMPLATE))]
    again = [TextRecord(str(i), once[0].text) for i in range(50, 80)]
    (line,) = profile([*once, *again]).to_dict()["shared_lines"]
    assert line == {"n": 12, "share": 1.0, "line": TEMPLATE}
