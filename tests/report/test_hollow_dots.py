"""What the key of two studies side by side says of dots that are no verdict."""

import re
import runpy
from pathlib import Path

from goemox.report.comparison_page import render_comparison

planted = runpy.run_path(str(Path(__file__).with_name("planted_comparison.py")))  # tests are no package
comparison, home, metric, outside, row, share = (
    planted[name] for name in ("comparison", "home", "metric", "outside", "row", "share")
)


def told(content, figure):
    """What each panel of a figure says of hollow dots, and the figure's note."""
    found = re.search(rf'<figure id="{figure}".*?</figure>', render_comparison(content), re.S)[0]
    keys = re.findall(r'<circle[^>]* r="4" class="dot rest hollow"/>\s*<text[^>]*>([^<]+)', found)
    return keys, "".join(re.findall(r'<p class="note">(.*?)</p>', found))


def labelled(*rows):
    """A comparison of labels, given as (true rows, verdict)."""
    per_label = [
        row({"label": f"label {i}", "support": n}, 0.5, 0.6, verdict) for i, (n, verdict) in enumerate(rows)
    ]
    return comparison(home("within chance", per_label=per_label))


def test_labels_of_few_rows_are_called_untested_where_no_other_is_drawn():
    keys, note = told(labelled((29, "not tested"), (8, "not tested")), "fig-label-f1")
    assert keys == ["not tested"]
    assert note.startswith("No label was tested")
    keys, note = told(labelled((30, "within chance"), (29, "not tested")), "fig-label-f1")
    assert keys == ["within chance"]
    assert "stand in the table alone" in note


def test_shares_of_few_texts_are_called_untested():
    verdicts = {"few": ["not tested"], "mixed": ["not tested", "within chance"], "many": ["same", "more"]}
    domains = [
        outside("changed", [share(each, 0.1, 0.2, each) for each in found], name)
        for name, found in verdicts.items()
    ]
    keys, _ = told(comparison(domains=domains), "fig-shares")
    assert keys == ["not tested", "within chance or not tested", "within chance"]


def test_a_figure_that_was_not_tested_has_a_hollow_dot_that_says_so():
    rows = [metric("macro_f1", 0.4, 0.49, "not tested"), metric("micro_f1", 0.5, 0.5, "within chance")]
    _, note = told(comparison(home("within chance", rows)), "fig-quality")
    assert note.endswith("A hollow dot is within chance or not tested.")
