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


def test_the_finding_comes_first_and_the_long_parts_are_folded(planted):
    text = markdown_summary(planted.planted_report())
    sight, folded = text.split("<details>", 1)
    assert sight.index("macro-F1 is 0.533") < sight.index("❌ bad") < sight.index("| hackernews |")
    assert len(sight) < 2500
    assert "Brier score" not in sight
    assert "**How good is it?**" in folded
    assert text.count("<details>") == text.count("</details>") == 3


def test_each_domain_has_a_table_of_the_labels_that_moved_most(planted):
    moved = ("neutral", "admiration", "gratitude", "curiosity", "amusement", "joy")
    text = markdown_summary(planted.planted_report([planted.domain("mine", moved=moved)]))
    table = text.split("| mine: labels that moved | here | in domain |")[1].split("\n\n")[0]
    assert "| neutral | 73% | 36% |" in table
    assert table.count("\n|") == 1 + 5 + 1
    assert "| 1 more | | |" in table


def test_flat_small_and_sample_domains_have_no_such_table(planted):
    domains = [planted.domain("flat", moved=()), planted.domain("tiny", n=3), planted.samples()]
    assert "labels that moved" not in markdown_summary(planted.planted_report(domains))


def test_a_right_to_left_name_keeps_its_isolate_and_shows_no_code_for_it(planted):
    text = markdown_summary(planted.planted_report([planted.domain("אתר")]))
    assert "\u2068אתר\u2069" in text
    assert "U+2068" not in text
