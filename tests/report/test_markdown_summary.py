"""The Markdown summary tells the same story and cannot be turned into anything else."""

from goemox.report.page import markdown_summary


def test_it_answers_the_questions_and_tables_the_numbers(planted):
    text = markdown_summary(planted.planted_report())
    assert "**How good is it?** On 5,427 texts" in text
    assert "| Macro-F1 | 0.533 | 0.515 to 0.551 |" in text
    assert "| Brier score | 0.0231 | 0.0227 to 0.0235 |" in text
    assert "| hackernews | 20,000 | 71% | 54% |" in text
    assert "| samples (samples, never evidence) | 240 |" in text
    assert "❌ bad: More than half" in text


def test_names_cannot_mention_link_or_format(planted):
    name = "@team [x](http://y) <b>*|`#1"
    text = markdown_summary(planted.planted_report([planted.domain(name)]))
    row = next(line for line in text.splitlines() if line.startswith("| &#64;team"))
    assert row.count("|") == 5
    assert not set("@[]<>*`#") & set(row.replace("&#", ""))


def test_an_empty_report_is_still_a_summary():
    text = markdown_summary({})
    assert text.startswith("## Study of an unnamed model")
    assert "not measured" in text


def test_a_small_domain_is_marked(planted):
    assert "| tiny (too few) | 3 |" in markdown_summary(planted.planted_report([planted.domain("tiny", n=3)]))
